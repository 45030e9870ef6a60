"""Bytes that mean harm, or nothing: the reader ends soon, with an outcome, and gives the same one each time."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.pages.listing import list_links
from crawler.pages.model import Model, Template
from crawler.pages.reading import Answer, explain, fingerprint, read
from crawler.pages.text import fold
from crawler.sites import SITES
from replica.site import ReplicaSite
from storage.records import Outcome
from tests.cpu import within
from tests.pages.pages import DATE, FIRST, FOOT, HEADING, SECOND, TITLE, URL, html, read_page

SITE = SITES["csto-en"]
_PAGE = html(
    f"{HEADING}{DATE}<div><p>{FIRST} <a href='/x/'>x</a></p><img src='/a.jpg'><p>{SECOND}</p></div>{FOOT}"
).encode()
_REPLICA = ReplicaSite(8, "divs", 5)
_PAGES = [_PAGE, *(_REPLICA.respond(address).body for address in _REPLICA.addresses[:6])]

HOSTILE = {
    "100,000 divs deep": "<div>" * 100_000 + FIRST,
    "100,000 divs, closed": "<div>" * 100_000 + FIRST + "</div>" * 100_000,
    "100,000 open bold words": "<b>" * 100_000 + FIRST,
    "100,000 open links": "<a href=/x/>" * 100_000 + FIRST,
    "1,500 open bold words": "<b>" * 1_500 + FIRST,
    "300,000 attributes": "<div " + " ".join(f"a{n}=1" for n in range(300_000)) + ">" + FIRST + "</div>",
    "one text of 7 MB": "<p>" + FIRST * 110_000 + "</p>",
    "7 MB without a space": "<p>" + "a" * 7_000_000 + "</p>",
    "200,000 breaks": "words<br>" * 200_000,
    "60,000 paragraphs": "<p>Some words of a paragraph.</p>" * 60_000,
    "40,000 links to articles": "<p><a href='/news/news_odkb/a_long_slug_of_news/'>A title of news</a></p>" * 40_000,
    "20,000 teasers": "<div><a href='/news/news_odkb/a_long_slug_of_news/'>A title</a><p>Some words of a teaser.</p></div>"
    * 20_000,
    "the title 20,000 times": f"<div>{TITLE}</div>" * 20_000,
    "nested tables": "<table><tr><td>" * 2_000 + FIRST,
    "nested lists": "<ul><li>" * 5_000 + FIRST,
    "500,000 entities": "<p>" + "&amp;&nbsp;" * 500_000 + "</p>",
    "100,000 open comments": "<!-- " * 100_000 + FIRST,
    "as many links as are read": "<p><a href='/news/news_odkb/a_long_slug_of_news/'>A title of news</a></p>" * 9_000,
    "as many links up as are read": "<p><a href='/news/'>All the news</a></p>" * 9_000,
    "as many teasers as are read": "<div><a href='/news/news_odkb/a_long_slug_of_news/'>A title</a><p>Some words of it.</p></div>"
    * 6_000,
    "as many paragraphs as are read": "<p>Some words of a paragraph of this page.</p>" * 19_000,
    "paragraphs and links by turns": f"<p>{FIRST}</p><p><a href='/news/'>All the news</a></p>" * 6_000,
    "titles and teasers by turns": f"<p>{TITLE}</p><p><a href='/news/news_odkb/a_long_slug_of_news/'>A title</a></p>"
    * 6_000,
    "titles in links": f"<h2><a href='{URL}'>{TITLE}</a></h2>" * 9_000,
    "many headings": "<h1>Some words</h1>" * 30_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("where", ["below the title", "alone"])
def test_a_hostile_page_is_done_with_in_two_seconds(name: str, where: str) -> None:
    head = f"{HEADING}{DATE}" if where == "below the title" else ""
    page = html(head + HOSTILE[name] + "</div>" + FOOT)
    found = within(2, lambda: read_page(page))
    assert isinstance(found.outcome, Outcome)


def test_a_long_class_name_and_many_images_above_a_title_take_a_known_template_no_two_seconds() -> None:
    """Two pages of half a million broken ones did: the time grew with the square of both."""
    template = Template((("section", 0),), 20, title=("h1",), classes=frozenset({"a", "b"}))
    long = f"<section class='{'x' * 80_000}'>{HEADING}{DATE}<p>{FIRST}</p></section>"
    images = "<p><a href='/upload/a.jpg'><img src='/upload/a.jpg'></a></p>" * 3_000
    many = f"<section class='a b'><div>{images}</div>{HEADING}{DATE}<p>{FIRST}</p></section>"
    for body in (long, many):
        answer = Answer(URL, 200, html(body).encode(), "text/html")
        found = within(2, partial(read, answer, site=SITE, model=Model(1, 1, (template,))))
        assert found.outcome in Outcome


def test_a_link_right_in_the_region_beside_crumbs_is_no_crumb() -> None:
    """Of half a million broken pages 38 ended in an exception here: a line in no box stands before one in a box."""
    crumbs = "<a href='/'>Main</a><br><br><a href='/news/'>News</a><br><br>"
    body = f"{crumbs}<div><b>{TITLE}</b></div>{DATE}<div><p>{FIRST}</p><p>{SECOND}</p></div>"
    page = f"<html><head><title>{TITLE}</title></head><body>{body}</body></html>"
    found = read(Answer(URL, 200, page.encode(), "text/html"), site=SITE)
    assert found.outcome is Outcome.OK


def test_a_heading_that_is_a_day_and_nothing_else_is_no_title() -> None:
    """A broken attribute swallowed the title and left the day in its ``h1``: an article without a title came of it."""
    broken = f'<h1 class="name>{TITLE}</h1><div><b>Some words</b> <span class="day">26.07.2024</span></div>'
    found = read_page(html(f"{broken}<p>{FIRST}</p><p>{SECOND}</p>{FOOT}", title="Quite another name of the page"))
    assert (found.outcome, found.article) == (Outcome.EXTRACT_FAILED, None)


def test_an_article_below_the_depth_that_is_read_gives_no_version() -> None:
    page = html(f"{HEADING}{DATE}" + "<div>" * 300 + f"<p>{FIRST}</p>" + "</div>" * 300)
    assert read_page(page).outcome is not Outcome.OK


def test_what_is_nested_too_deep_behind_an_open_comment_is_refused() -> None:
    """One of 854,608 broken pages: BeautifulSoup compares such elements by what is in them, down to the end of the stack."""
    page = html(f"{HEADING}{DATE}<!-- {'<span>' * 1500}{FIRST}{'</span>y' * 1500}{FOOT}").encode()
    found = read(Answer(URL, 200, page, "text/html; charset=utf-8"), site=SITE)
    assert (found.outcome, found.reason) == (
        Outcome.EXTRACT_FAILED,
        "nested too deep behind a comment that is never closed",
    )
    assert fingerprint(page).title == ""
    assert list_links(page, URL).links == ()


def _mutated(page: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    for place, length, put in cuts:
        at = place % (len(page) + 1)
        page = page[:at] + put + page[at + length :]
    return page


_SCRAPS = st.sampled_from(
    [
        b"",
        b"<",
        b">",
        b"</div>",
        b"<p>",
        b"<!--",
        b"-->",
        b"\x00",
        b"\xff",
        b"&#xD800;",
        b"<table><td>",
        b"<br><br>",
        b'"',
        b"\xc3\x28",
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(_PAGES),
    st.lists(st.tuples(st.integers(0, 60_000), st.integers(0, 400), _SCRAPS), max_size=6),
    st.sampled_from(["text/html", "text/html; charset=utf-8", "text/html; charset=windows-1251", None]),
)
def test_mutated_pages_never_raise_and_are_read_the_same_twice(
    page: bytes, cuts: list[tuple[int, int, bytes]], content_type: str | None
) -> None:
    answer = Answer(URL, 200, _mutated(page, cuts), content_type)
    found = read(answer, site=SITE)
    assert found == read(answer, site=SITE)
    assert found == explain(answer, site=SITE).reading
    if found.outcome is not Outcome.SUSPECT:  # of which an article may go along, for another crawl to agree
        assert (found.outcome is Outcome.OK) is (found.article is not None)
    fingerprint(answer.body, content_type)
    list_links(answer.body, URL, content_type)
    if found.article is not None:
        assert found.article.title
        assert found.article.blocks
        assert all(block.text and fold(block.text) == block.text for block in found.article.blocks)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.integers(100, 600), st.text(max_size=40), st.text(max_size=40))
def test_any_bytes_and_any_address_give_an_outcome(body: bytes, status: int, content_type: str, url: str) -> None:
    found = read(Answer(url, status, body, content_type))
    assert isinstance(found.outcome, Outcome)
    assert found.article is None or found.outcome in {Outcome.OK, Outcome.SUSPECT}
