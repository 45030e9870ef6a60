"""Times in which nobody looked."""

from __future__ import annotations

from datetime import timedelta

from reports.gaps import gaps, overdue_sites
from storage.records import Run, RunMode, RunOutcome
from tests.reports.made import NOON, run


def days(*numbers: float) -> list[Run]:
    return [run(index, NOON + timedelta(days=number)) for index, number in enumerate(numbers, 1)]


def test_runs_a_day_apart_leave_no_gap() -> None:
    assert gaps(days(0, 1, 2.1, 3)) == []


def test_a_missed_run_leaves_a_gap_from_end_to_end() -> None:
    (gap,) = gaps(days(0, 1, 3))
    assert gap.began_at == NOON + timedelta(days=1, minutes=5)
    assert gap.ended_at == NOON + timedelta(days=3, minutes=5)


def test_an_open_gap_has_no_end() -> None:
    (gap,) = gaps(days(0, 1), until=NOON + timedelta(days=3))
    assert gap.ended_at is None


def test_partial_runs_and_runs_of_single_pages_fill_no_gap() -> None:
    first, _, last = days(0, 1, 2)
    between = NOON + timedelta(days=1)
    for fields in (
        {"outcome": RunOutcome.PARTIAL},
        {"mode": RunMode.URL},
        {"mode": RunMode.NEW},
        {"mode": RunMode.IMPORT},
    ):
        assert len(gaps([first, run(2, between, **fields), last])) == 1


def test_each_site_has_its_own_gaps() -> None:
    mixed = [run(1, NOON), run(2, NOON + timedelta(days=1), site="csto-ru"), run(3, NOON + timedelta(days=2))]
    assert [gap.site for gap in gaps(mixed)] == ["csto-en"]


def test_three_intervals_without_a_complete_run_are_overdue_and_not_a_minute_less() -> None:
    runs = days(0)
    end = NOON + timedelta(minutes=5)
    assert overdue_sites(runs, now=end + timedelta(hours=72)) == []
    assert overdue_sites(runs, now=end + timedelta(hours=72, minutes=1)) == ["csto-en"]


def test_a_site_whose_runs_all_failed_is_overdue_by_its_first_run() -> None:
    failed = [run(n, NOON + timedelta(days=n), outcome=RunOutcome.PARTIAL) for n in range(5)]
    assert overdue_sites(failed, now=NOON + timedelta(days=4)) == ["csto-en"]


def test_a_store_that_was_never_crawled_is_not_overdue() -> None:
    imports = [run(1, NOON, mode=RunMode.IMPORT, site=None)]
    assert overdue_sites([], now=NOON) == []
    assert overdue_sites(imports, now=NOON + timedelta(days=30)) == []
