"""The HTML report."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from reports.comparison import Comparison, compare_versions, judged
from reports.report import ReportInput, report_page
from storage.records import EventKind, HeldPage, PageState, RunOutcome
from tests.reports.made import NOON, PAYLOADS, URL, article, event, page, run, version
from tests.reports.page_check import look_through
from tests.reports.test_diff import FIRST, SECOND


def edited(number: int = 1, old: str = SECOND, new: str = SECOND.replace("spring", "autumn")) -> Comparison:
    url = f"{URL}{number}/"
    return compare_versions(version(article(FIRST, old), 1, url=url), version(article(FIRST, new), 2, url=url))


def given(count: int = 1) -> ReportInput:
    comparisons = {number: edited(number) for number in range(1, count + 1)}
    changes = [judged(event(id=number, url=f"{URL}{number}/"), made) for number, made in comparisons.items()]
    return ReportInput(since=NOON, changes=changes, comparisons=comparisons, pages=[page()], runs=[run(1, NOON)])


def test_the_report_shows_the_words_that_changed() -> None:
    assert "plan for the <del>spring</del><ins>autumn</ins> exercises" in report_page(given())


def test_the_same_input_gives_the_same_bytes() -> None:
    assert report_page(given(5)) == report_page(given(5))


def test_entries_stand_by_weight_the_heaviest_first() -> None:
    light, heavy = edited(1, SECOND, SECOND.replace("agreed", "agreeed")), edited(2)
    changes = [judged(event(id=1, url=light.url), light), judged(event(id=2, url=heavy.url), heavy)]
    shown = report_page(replace(given(), changes=changes, comparisons={1: light, 2: heavy}))
    assert shown.index("Substantive: 1") < shown.index(heavy.url) < shown.index("Minor: 1") < shown.index(light.url)


def test_a_first_crawl_is_one_sentence() -> None:
    new = [judged(event(EventKind.NEW, id=n, url=f"{URL}{n}", baseline=True), None) for n in range(30)]
    shown = report_page(replace(given(), changes=new, comparisons={}))
    assert "First crawl of csto-en: 30 pages" in shown
    assert "<article" not in shown


def test_gone_and_unlisted_pages_held_ones_and_gaps_are_stated() -> None:
    shown = report_page(
        replace(
            given(),
            pages=[page(), page(PageState.GONE, url=f"{URL}gone/"), page(PageState.UNLISTED, url=f"{URL}unlisted/")],
            held=[HeldPage(1, "shrinkage", f"{URL}held/", "half of its text is missing", NOON)],
            runs=[run(2, NOON + timedelta(days=3)), run(1, NOON)],
        )
    )
    for expected in (
        "gone/",
        "unlisted/",
        "held/",
        "2026-07-26 12:05 UTC to 2026-07-29 12:05 UTC",
        "3 pages are known",
    ):
        assert expected in shown


def test_a_report_without_a_complete_run_says_so() -> None:
    shown = report_page(replace(given(), runs=[run(1, NOON, outcome=RunOutcome.PARTIAL)]))
    assert "No complete run yet." in shown


def test_an_empty_store_gives_a_report_that_says_that_nothing_changed() -> None:
    shown = report_page(ReportInput(since=None, changes=[], comparisons={}, pages=[], runs=[]))
    assert "Nothing changed." in shown
    assert look_through(shown).scripts == 0


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_is_live_in_a_report(payload: str) -> None:
    made = edited(1, f"{SECOND} {payload}", payload)
    hostile = event(id=1, url=payload, title=payload, site=payload, moved_to=payload, also_at=(payload,), group=payload)
    shown = report_page(
        ReportInput(
            since=None,
            changes=[judged(hostile, made), judged(event(EventKind.NEW, id=2, baseline=True, site=payload), None)],
            comparisons={1: made},
            pages=[page(PageState.GONE, url=payload, title=payload)],
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
