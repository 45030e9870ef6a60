"""The report in Chromium: at phone and desktop width, light and dark, on screen and on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage.records import HeldPage, PageState
from tests.browser import DESKTOP, PHONE, looked_at
from tests.reports.made import NOON, PAYLOADS, URL, looks, run
from tests.reports.test_report import given, report_page

if TYPE_CHECKING:
    from selenium.webdriver import Chrome


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A report that has each of its parts, with hostile texts in them."""
    pages = [looks(PageState.GONE, url=f"{URL}gone/", title=text) for text in PAYLOADS[:8]]
    held = [HeldPage(1, "shrinkage", f"{URL}held/", PAYLOADS[1], NOON)]
    made = given(
        4, pages=[*pages, looks(), looks(PageState.SUSPECT, url=f"{URL}held/")], held=held, runs=[run(1, NOON)]
    )
    path = tmp_path / "report.html"
    path.write_text(report_page(made), encoding="utf-8")
    return path


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
@pytest.mark.parametrize("dark", [False, True])
def test_no_serious_finding_no_request_and_no_sideways_scrolling(
    chrome: Chrome, page: Path, size: tuple[int, int], *, dark: bool
) -> None:
    seen = looked_at(chrome, page, size, dark=dark)
    assert (seen.serious, seen.left, seen.errors) == ((), (), ())
    assert seen.overflow <= 0


def test_on_paper_what_was_folded_is_open(chrome: Chrome, page: Path) -> None:
    looked_at(chrome, page, axe=False, paper=True)
    folded = chrome.execute_script(
        "return [...document.querySelectorAll('.cite p')].filter(each => each.getBoundingClientRect().height == 0).length"
    )
    assert folded == 0


def test_two_columns_where_there_is_room_and_one_where_there_is_none(chrome: Chrome, page: Path) -> None:
    columns = []
    for size in (PHONE, DESKTOP):
        looked_at(chrome, page, size, axe=False)
        columns.append(
            chrome.execute_script("return getComputedStyle(document.querySelector('.row.changed .text div')).display")
        )
    assert columns == ["inline", "grid"]


def test_an_injected_script_and_a_foreign_picture_are_found(chrome: Chrome, page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    policy = text.index("<meta http-equiv")
    without = text[:policy] + text[text.index(">", policy) + 1 :]
    page.write_text(
        without.replace(
            "</main>", "<script>document.title = 'live'</script><img src='http://pictures.example.org/a.png'></main>"
        ),
        encoding="utf-8",
    )
    seen = looked_at(chrome, page)
    assert seen.left == ("http://pictures.example.org/a.png",)
    assert chrome.title == "live"
    assert not seen.is_good


def test_the_policy_stops_both_and_the_attempt_is_seen(chrome: Chrome, page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    page.write_text(
        text.replace(
            "</main>", "<script>document.title = 'live'</script><img src='http://pictures.example.org/a.png'></main>"
        ),
        encoding="utf-8",
    )
    seen = looked_at(chrome, page, axe=False)
    assert chrome.title != "live"
    assert seen.errors
