"""The HTML report."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from lxml import html

from reports.comparison import Comparison, compare_versions, judged
from reports.entries import Judged
from reports.report import ReportInput, Scope, Source, report_pieces
from reports.significance import Significance
from storage.observation import LastSeal, Makers
from storage.records import EventKind, HeldPage, PageState, RunOutcome
from tests.cpu import within
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
    shown = within(5, lambda: report_page(thousand))
    assert len(shown.encode()) < 5_000_000


def test_every_change_has_a_link_that_is_the_same_in_every_report() -> None:
    first, all_of_them = report_page(given(1)), report_page(given(3))
    for page in (first, all_of_them):
        assert 'id="change-1"' in page
        assert 'href="#change-1"' in page


def test_what_is_linked_within_the_page_is_there_once() -> None:
    page = report_page(given(3, pages=[looks(PageState.GONE, url=f"{URL}1/")]))
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert sorted(set(ids)) == sorted(ids)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_a_page_that_is_gone_leads_to_the_change_that_says_so() -> None:
    gone = event(EventKind.DELETED, id=9, url=f"{URL}gone/")
    page = report_page(given(changes=[(judged(gone, None), None)], pages=[looks(PageState.GONE, url=gone.url)]))
    assert '<a href="#change-9">gone</a>' in page


def test_a_change_can_be_quoted_with_both_hashes_and_its_interval() -> None:
    made = edited()
    page = report_page(given())
    assert f"version 1 (content_sha256 {made.old.content_sha256})" in page
    assert f"version 2 (content_sha256 {made.new.content_sha256})" in page
    assert "Happened between 2026-07-26 00:00 UTC and 2026-07-26 12:00 UTC." in page
    assert "Event 1 of the record." in page


def test_what_the_report_stands_on_is_told() -> None:
    page = report_page(given())
    for expected in ("cd" * 32, "ab" * 32, "csto-watch 1.2, store schema 0009", "csto-watch 1.1, 1.2, reader 5"):
        assert expected in page


def test_checked_and_unchanged_is_a_sentence_with_its_interval() -> None:
    pages = [looks(), looks(url=f"{URL}b/"), looks(url=f"{URL}c/", count=1), looks(url=f"{URL}d/", is_steady=False)]
    page = " ".join(report_page(given(pages=pages)).split())
    assert (
        "csto-en: 2 pages were checked 6 times in all between 2026-07-26 12:00 UTC and 2026-07-28 12:00 UTC, "
        "each at least 3 times, and no change was seen." in page
    )
    assert "1 changed or is in doubt. 1 was seen only once." in page


def test_each_picture_has_a_name_a_description_and_its_numbers() -> None:
    page = html.document_fromstring(report_page(given(3)))
    pictures = page.xpath("//figure/svg")
    assert len(pictures) == 3
    for picture in pictures:
        names = picture.get("aria-labelledby").split()
        assert [page.get_element_by_id(name).tag for name in names] == ["title", "desc"]
        assert all(page.get_element_by_id(name).text_content() for name in names)
    assert [len(table) for table in (figure.xpath(".//tbody/tr") for figure in page.xpath("//figure"))] == [1, 1, 7]


def test_a_report_is_about_the_site_the_section_and_the_weight_that_are_asked_for() -> None:
    light = edited(1, SECOND, SECOND.replace("agreed", "agreeed"))
    heavy, other = edited(2), edited(3)
    changes = [
        (judged(event(id=1, url=light.url), light), light),
        (judged(event(id=2, url=heavy.url), heavy), heavy),
        (judged(event(id=3, url="https://odkb-csto.org/news/x/", site="csto-ru"), other), other),
    ]
    weighty = report_page(given(changes=changes, scope=Scope(site="csto-en", level=Significance.SUBSTANTIVE)))
    assert re.findall(r'<article.*id="([^"]+)"', weighty) == ["change-2"]
    assert "1 change of less than substantive weight is left out." in weighty
    elsewhere = report_page(given(changes=changes, scope=Scope(section="/speech/")))
    assert "<article" not in elsewhere
    russian = report_page(given(changes=changes, scope=Scope(section="news", site="csto-ru")))
    assert re.findall(r'<article.*id="([^"]+)"', russian) == ["change-3"]


def test_runs_and_gaps_behind_the_end_are_no_part_of_it() -> None:
    runs = [run(3, NOON + timedelta(days=9)), run(2, NOON + timedelta(days=1)), run(1, NOON)]
    page = report_page(given(runs=runs, scope=Scope(until=NOON + timedelta(days=5))))
    assert "As of run 2" in page
    assert "2026-07-27 12:05 UTC to the end of this report" in page
    assert "2026-08-04" not in page


def test_of_pages_that_changed_alike_only_the_last_diff_is_drawn() -> None:
    alike = [(number, edited(number)) for number in range(1, 31)]
    changes = [(judged(event(id=n, url=each.url, group="g"), each), each) for n, each in alike]
    page = report_page(given(changes=changes))
    assert page.count("<article") == page.count('<div class="diff">') == 1
    assert "30 pages changed alike" in page
    assert "And 9 more." in page


@pytest.mark.parametrize("injected", ["<script>alert(1)</script>", '<img src="https://example.org/a.png">'])
def test_the_check_itself_finds_what_is_put_into_a_report(injected: str) -> None:
    page = report_page(given()).replace("</main>", f"{injected}</main>")
    found = look_through(page)
    assert found.scripts + found.foreign + found.images > 0


def test_the_check_finds_a_picture_that_holds_more_than_a_drawing() -> None:
    page = report_page(given())
    assert look_through(page).scripts == 0
    assert look_through(page).plots == 6
    assert look_through(page.replace("</svg>", "<foreignobject>x</foreignobject></svg>", 1)).scripts > 0
