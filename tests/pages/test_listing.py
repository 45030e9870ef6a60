"""crawler.pages.listing: what a list page links to."""

from __future__ import annotations

import pytest

from crawler.pages.listing import ListPage, list_links
from replica.site import ReplicaSite
from tests.pages.pages import OTHER, html

LIST = "https://en.odkb-csto.org/news/news_odkb/"
ROW = '<div class="list"><div class="row bx_12_aBc"><a href="{}">{}</a></div></div>'


def listed(body: str, url: str = LIST, **more: str) -> ListPage:
    return list_links(html(body).encode(), url, "text/html; charset=utf-8", **more)


def test_links_are_told_in_order_absolute_and_with_the_slash_as_it_is_linked() -> None:
    page = listed(
        f'{ROW.format(OTHER, "An  article")}<p><a href="/institute#x">B</a><a href="second-article">C</a></p>'
    )
    assert [(link.href, link.text) for link in page.links[4:]] == [
        ("https://en.odkb-csto.org" + OTHER, "An article"),
        ("https://en.odkb-csto.org/institute", "B"),
        ("https://en.odkb-csto.org/news/news_odkb/second-article", "C"),
    ]


def test_a_place_is_the_same_for_all_rows_and_in_every_answer() -> None:
    first = listed(
        ROW.format("/news/smi/a_long_slug_of_news/", "A") + ROW.format("/news/smi/b_long_slug_of_news/", "B")
    )
    other = listed(ROW.replace("bx_12_aBc", "bx_99_XyZ").format("/news/smi/c_long_slug_of_news/", "C"))
    places = {link.signature for link in (*first.links[4:], *other.links[4:])}
    assert places == {"html>body>div.list>div.row>a"} or places == {"body>div.list>div.row>a"}
    assert first.links[0].signature not in places


@pytest.mark.parametrize("href", ["javascript:x()", "#top", "mailto:a@example.org", "", "https://t.me/share/url?url=x"])
def test_what_leads_to_no_page_is_no_link(href: str) -> None:
    assert len(listed(f'<a href="{href}">x</a>').links) == 4


@pytest.mark.parametrize(
    ("url", "numbers", "expected"),
    [
        (LIST, (1, 2, 3, 15), (2, 3, 15)),
        (f"{LIST}?PAGEN_1=2", (1, 2, 3), (3,)),
        (f"{LIST}?PAGEN_1=15", (1, 14, 15), ()),
    ],
)
def test_the_pages_that_follow_are_those_with_a_greater_number(
    url: str, numbers: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    page = listed("".join(f'<a href="{LIST}?PAGEN_1={number}">{number}</a>' for number in numbers), url)
    assert page.next_pages == tuple(f"{LIST}?PAGEN_1={number}" for number in expected)


def test_the_pages_of_another_list_are_not_this_lists() -> None:
    assert listed('<a href="/news/speech/?PAGEN_1=2">2</a>').next_pages == ()


def test_a_page_number_that_is_absurd_does_no_harm() -> None:
    assert len(listed(f'<a href="?PAGEN_1={"9" * 500}">2</a>').next_pages) == 1


def test_links_to_the_base_url_are_the_sites_own() -> None:
    page = listed(f'<a href="http://127.0.0.1:81{OTHER}">x</a>', base_origin="http://127.0.0.1:81")
    assert page.links[-1].href == "https://en.odkb-csto.org" + OTHER


@pytest.mark.parametrize("body", [b"", b"%PDF-1.4", b"\xff\xfe\x00", b'{"a": 1}'])
def test_what_is_no_page_has_no_links(body: bytes) -> None:
    assert list_links(body, LIST, "text/html; charset=utf-8") == ListPage((), ())


@pytest.mark.parametrize("markup", ["bitrix", "semantic", "table", "divs"])
def test_the_lists_of_every_markup_name_all_their_articles(markup: str) -> None:
    site = ReplicaSite(60, markup, 3)
    got = site.respond("/news/news_odkb/")
    page = list_links(got.body, LIST, got.content_type)
    listed_here = {site.url(address) for address in site.listed if address.startswith("/news/news_odkb/")}
    assert len({link.href for link in page.links} & listed_here) >= 18
    assert page.next_pages == (f"{LIST}?PAGEN_1=2",)


@pytest.mark.parametrize("markup", ["bitrix", "semantic", "table"])
def test_the_rows_of_a_list_stand_where_no_other_page_has_links(markup: str) -> None:
    """In nested ``div`` without classes the strip of teasers stands just where a list's rows do."""
    site = ReplicaSite(60, markup, 3)
    got = site.respond("/news/news_odkb/")
    on_probe = [site.respond("/news/news_odkb/0123456789/") for _ in range(5)]
    frame = {link.signature for other in on_probe for link in list_links(other.body, LIST, other.content_type).links}
    rows = {link.href for link in list_links(got.body, LIST, got.content_type).links if link.signature not in frame}
    assert len(rows) >= 18
