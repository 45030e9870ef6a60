"""What a report counts: in time, by section, and from publication to edit."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from reports.coverage import NAMED, coverage
from reports.sections import NO_SECTION
from reports.significance import Significance
from reports.tallies import MOST_BARS, MOST_SECTIONS, Tally, by_section, delays, in_time
from storage.records import PageState
from tests.reports.made import NOON, URL, event, looks, run

HEAVY, LIGHT = Significance.SUBSTANTIVE, Significance.COSMETIC


def tallied(*days: int) -> Tally:
    tally = Tally()
    for day in days:
        tally.count(event(seen_at=NOON + timedelta(days=day)), HEAVY, "/news/")
    return tally


def test_days_without_a_change_have_a_bar_without_height_and_say_whether_anybody_looked() -> None:
    found = in_time(tallied(0, 0, 3), [run(1, NOON), run(2, NOON + timedelta(days=1))], None, None)
    assert found.unit == "day"
    assert [(bar.label, bar.total, bar.is_watched) for bar in found.bars] == [
        ("2026-07-26", 2, True),
        ("2026-07-27", 0, True),
        ("2026-07-28", 0, False),
        ("2026-07-29", 1, False),
    ]


@pytest.mark.parametrize(
    ("days", "unit", "first", "bars"),
    [
        (61, "day", "2026-07-26", 62),
        (62, "week", "2026-07-20", 10),
        (600, "month", "2026-07", 21),
        (9000, "year", "2026", 26),
    ],
)
def test_a_longer_time_is_drawn_in_longer_spans(days: int, unit: str, first: str, bars: int) -> None:
    found = in_time(tallied(0, days), [], None, None)
    assert (found.unit, found.bars[0].label, len(found.bars)) == (unit, first, bars)
    assert sum(bar.total for bar in found.bars) == 2


def test_a_capture_of_the_year_1_makes_no_endless_picture() -> None:
    tally = Tally()
    tally.count(event(seen_at=datetime.fromisoformat("0001-01-01T00:00:00+00:00")), HEAVY, "/")
    found = in_time(tally, [run(1, NOON)], None, None)
    assert len(found.bars) <= 4 * MOST_BARS + 1


def test_the_picture_begins_where_the_interval_does() -> None:
    found = in_time(tallied(3), [run(1, NOON + timedelta(days=3))], NOON, None)
    assert [bar.label for bar in found.bars] == ["2026-07-26", "2026-07-27", "2026-07-28", "2026-07-29"]
    assert in_time(Tally(), [], NOON, None).bars == []


def test_an_event_counts_on_the_day_on_which_it_was_seen_not_on_that_on_which_it_was_recorded() -> None:
    tally = Tally()
    tally.count(event(seen_at=NOON, recorded_at=NOON + timedelta(days=2)), HEAVY, "/")
    tally.count(event(seen_at=None, recorded_at=NOON + timedelta(days=2)), LIGHT, "/")
    assert [bar.by_level for bar in in_time(tally, [], None, None).bars] == [(1, 0, 0), (0, 0, 0), (0, 0, 1)]


def test_sections_stand_by_their_number_of_changes_and_the_last_ones_are_one() -> None:
    tally = Tally()
    for number in range(MOST_SECTIONS + 3):
        for _ in range(1 + (number == 5)):
            tally.count(event(), HEAVY, f"/{number:02}/")
    bars = by_section(tally)
    assert [(bars[0].label, bars[0].total), (bars[-1].label, bars[-1].total)] == [("/05/", 2), ("3 others", 3)]
    assert sum(bar.total for bar in bars) == MOST_SECTIONS + 4


def waited(published: date | None, **fields: Any) -> Tally:
    tally = Tally()
    tally.count_edit(event(**fields), published)
    return tally


def test_an_edit_counts_from_the_least_to_the_most_that_it_can_have_taken() -> None:
    """Seen as it was three days after publication, and edited after nine: it took more than three days and no more than nine."""
    found = delays(waited(date(2026, 7, 20), not_before=NOON - timedelta(days=3), seen_at=NOON + timedelta(days=3)))
    assert [(step.label, step.at_least, step.at_most) for step in found.steps[:4]] == [
        ("1 day", 0, 0),
        ("2 days", 0, 0),
        ("1 week", 0, 1),
        ("30 days", 1, 1),
    ]
    assert found.curve == [(0, 0, 0), (3, 0, 1), (9, 1, 1), (1825, 1, 1)]


def test_without_a_look_before_it_an_edit_may_have_come_at_once() -> None:
    found = delays(waited(date(2026, 7, 20), not_before=None, seen_at=NOON))
    assert (found.steps[0].at_least, found.steps[0].at_most) == (0, 1)


def test_edits_without_a_day_and_before_their_day_are_told_apart() -> None:
    without, before = delays(waited(None)), delays(waited(date(2026, 8, 20)))
    assert (without.edits, without.without) == (0, 1)
    assert (before.edits, before.before, before.steps[-1].at_most) == (1, 1, 0)


def test_only_pages_that_were_seen_twice_and_alike_are_unchanged() -> None:
    found = coverage(
        [
            looks(url=f"{URL}a/"),
            looks(url=f"{URL}b/", count=2, first_at=NOON - timedelta(days=1)),
            looks(url=f"{URL}once/", count=1),
            looks(url=f"{URL}edited/", is_steady=False),
            looks(PageState.PENDING, url=f"{URL}unseen/", count=0, first_at=None, last_at=None),
            looks(url="urn:capture:x", site=None),
        ]
    )
    site = found.sites[0]
    assert (site.site, site.known, site.pages, site.looks, site.fewest) == ("csto-en", 5, 2, 5, 2)
    assert (site.first_at, site.last_at) == (NOON - timedelta(days=1), NOON + timedelta(days=2))
    assert (site.changed, site.once, site.unseen) == (1, 1, 1)
    assert [page.url for page in found.named] == [f"{URL}a/", f"{URL}b/", "urn:capture:x"]
    assert [(row.site, row.section) for row in found.sections] == [
        ("csto-en", "news/news_odkb"),
        ("import", NO_SECTION),
    ]


def test_of_many_unchanged_pages_those_looked_at_most_are_named() -> None:
    found = coverage(looks(url=f"{URL}{n:04}/", count=2 + n % 7) for n in range(NAMED + 100))
    assert (len(found.named), found.unnamed) == (NAMED, 100)
    assert min(page.count for page in found.named) > 2
    assert [page.url for page in found.named] == sorted(page.url for page in found.named)
