"""The HTML report."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from reports.comparison import Comparison, compare_versions, judged
from reports.entries import Judged
from reports.report import ReportInput, Scope, Source, report_pieces
from storage.observation import LastSeal, Makers
from storage.records import EventKind, HeldPage, PageState, RunOutcome
from tests.reports.made import NOON, PAYLOADS, URL, article, event, looks, run, version
from tests.reports.page_check import look_through
from tests.reports.test_diff import FIRST, SECOND


def edited(number: int = 1, old: str = SECOND, new: str = SECOND.replace("spring", "autumn")) -> Comparison:
    url = f"{URL}{number}/"
    return compare_versions(version(article(FIRST, old), 1, url=url), version(article(FIRST, new), 2, url=url))


SOURCE = Source("1.2", "0009", Makers(("1.1", "1.2"), ("5",)), LastSeal(7, NOON, "ab" * 32), "cd" * 32)


def edits(count: int = 1) -> list[tuple[Judged, Comparison | None]]:
    made = {number: edited(number) for number in range(1, count + 1)}
    return [(judged(event(id=number, url=f"{URL}{number}/"), each), each) for number, each in made.items()]


def given(count: int = 1, **fields: Any) -> ReportInput:
    values: dict[str, Any] = {
        "scope": Scope(since=NOON),
        "changes": edits(count),
        "pages": [looks()],
        "runs": [run(1, NOON)],
        "held": [],
        "source": SOURCE,
    }
    return ReportInput(**{**values, **fields})


def report_page(report: ReportInput) -> str:
    return "".join(report_pieces(report))


def test_the_report_shows_the_words_that_changed() -> None:
    assert "plan for the <del>spring</del><ins>autumn</ins> exercises" in report_page(given())


def test_the_same_input_gives_the_same_bytes() -> None:
    assert report_page(given(5)) == report_page(given(5))


def test_entries_stand_by_weight_the_heaviest_first() -> None:
    light, heavy = edited(1, SECOND, SECOND.replace("agreed", "agreeed")), edited(2)
    changes = [(judged(event(id=n, url=each.url), each), each) for n, each in enumerate((light, heavy), 1)]
    shown = report_page(given(changes=changes))
    assert shown.index("Substantive: 1") < shown.index(heavy.url) < shown.index("Minor: 1") < shown.index(light.url)


def test_a_first_crawl_is_one_sentence() -> None:
    new = [(judged(event(EventKind.NEW, id=n, url=f"{URL}{n}", baseline=True), None), None) for n in range(30)]
    shown = report_page(given(changes=new))
    assert "First crawl of csto-en: 30 pages" in shown
    assert "<article" not in shown


def test_gone_and_unlisted_pages_held_ones_and_gaps_are_stated() -> None:
    shown = report_page(
        given(
            pages=[
                looks(PageState.GONE, url=f"{URL}gone/"),
                looks(PageState.UNLISTED, url=f"{URL}unlisted/"),
                looks(PageState.SUSPECT, url=f"{URL}held/"),
            ],
            held=[HeldPage(1, "shrinkage", f"{URL}held/", "half of its text is missing", NOON)],
            runs=[run(2, NOON + timedelta(days=3)), run(1, NOON)],
        )
    )
    for expected in (
        "gone/",
        "unlisted/",
        "held/",
        "2026-07-26 12:05 UTC to 2026-07-29 12:05 UTC",
    ):
        assert expected in shown


def test_a_report_without_a_complete_run_says_so() -> None:
    shown = report_page(given(runs=[run(1, NOON, outcome=RunOutcome.PARTIAL)]))
    assert "No complete run yet." in shown


def test_an_empty_store_gives_a_report_that_says_that_nothing_changed() -> None:
    shown = report_page(given(scope=Scope(), changes=[], pages=[], runs=[]))
    assert "Nothing changed." in shown
    assert look_through(shown).scripts == 0


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_is_live_in_a_report(payload: str) -> None:
    made = edited(1, f"{SECOND} {payload}", payload)
    hostile = event(id=1, url=payload, title=payload, site=payload, moved_to=payload, also_at=(payload,), group=payload)
    shown = report_page(
        given(
            scope=Scope(section=payload),
            changes=[
                (judged(hostile, made), made),
                (judged(event(EventKind.NEW, id=2, baseline=True, site=payload), None), None),
            ],
            pages=[looks(PageState.GONE, url=payload, title=payload, site=payload)],
            runs=[run(1, NOON, site=payload, note=payload), run(2, NOON + timedelta(days=9), site=payload)],
            held=[HeldPage(1, "shrinkage", payload, payload, NOON)],
        )
    )
    found = look_through(shown)
    assert (found.scripts, found.handlers, found.foreign, found.images) == (0, 0, 0, 0)
    assert found.unsafe == ""


def test_a_report_of_a_thousand_changes_is_made_in_seconds_and_is_not_large() -> None:
    thousand = given(1000)
    begun = time.monotonic()
    shown = report_page(thousand)
    assert time.monotonic() - begun < 5
    assert len(shown.encode()) < 5_000_000
