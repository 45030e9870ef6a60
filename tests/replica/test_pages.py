"""What stands in a page: the article exactly, and the site's own things around it."""

from __future__ import annotations

import re
from collections import Counter

import lxml.html
import pytest

from replica.markups import MARKUPS
from replica.model import Language
from replica.site import ReplicaSite
from tests.replica.reader import read

LANGUAGES: tuple[Language, ...] = ("en", "ru")


def text_of(site: ReplicaSite, target: str) -> str:
    answer = site.respond(target)
    return answer.body.decode("cp1251" if site.markup == "table" else "utf-8")


def record_of(site: ReplicaSite, address: str) -> str:
    """A number that stands in the first paragraphs of this article and nowhere else."""
    found = re.search(r"\(record \d+\)", " ".join(site.truth(address).texts))
    assert found
    return found[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("markup", MARKUPS)
def test_every_article_stands_in_its_page_exactly(markup: str, language: Language) -> None:
    site = ReplicaSite(60, markup, language=language)
    for address, truth in site.truths.items():
        for _ in range(3):
            answer = site.respond(address)
            assert answer.status == 200
            assert read(answer, markup, truth) == truth


@pytest.mark.parametrize("markup", MARKUPS)
def test_the_head_of_the_page_names_the_article(markup: str) -> None:
    site = ReplicaSite(20, markup)
    for address in site.addresses:
        title = lxml.html.document_fromstring(site.respond(address).body).findtext("head/title") or ""
        assert " ".join(title.split()).startswith(" ".join(site.truth(address).title.split())[:40].replace("\xad", ""))


def test_the_windows_1251_site_says_so_in_the_header_or_in_the_page() -> None:
    site = ReplicaSite(30, "table", language="ru")
    places = Counter()
    for address in site.addresses:
        answer = site.respond(address)
        in_header, in_page = "windows-1251" in answer.content_type, b"charset=windows-1251" in answer.body
        assert in_header != in_page
        places[in_header] += 1
    assert min(places[True], places[False]) > 5


def test_the_table_site_has_no_paragraph_element() -> None:
    site = ReplicaSite(60, "table")
    assert not [address for address in site.addresses if b"<p>" in site.respond(address).body]


@pytest.mark.parametrize("markup", MARKUPS)
def test_the_strip_shows_other_news_and_at_times_this_very_article(markup: str) -> None:
    site = ReplicaSite(30, markup)
    address = site.addresses[5]
    own_words = record_of(site, address)
    other_words = [record_of(site, other) for other in site.listed if other != address]
    pages = [
        " ".join(lxml.html.document_fromstring(site.respond(address).body).text_content().replace("\xad", "").split())
        for _ in range(150)
    ]
    assert any(page.count(own_words) == 2 for page in pages)
    assert any(page.count(own_words) == 1 for page in pages)
    strips = {tuple(words for words in other_words if words in page) for page in pages}
    assert len(strips) > 20
    assert () in strips


def test_navigation_lines_end_the_page_and_some_pages_lack_one() -> None:
    site = ReplicaSite(30, "divs")
    counts = Counter(
        sum(line in text_of(site, address) for line in ("Go back", "Back to the section", "Back to the all news"))
        for address in site.addresses
    )
    assert set(counts) == {2, 3}


def test_a_list_page_past_the_end_shows_the_last_page_again() -> None:
    site = ReplicaSite(60, "divs", noise=False, page_size=5)
    last = -(-len([address for address in site.listed if address.startswith("/news/news_odkb/")]) // 5)
    assert (
        site.respond(f"/news/news_odkb/?PAGEN_1={last + 7}").body
        == site.respond(f"/news/news_odkb/?PAGEN_1={last}").body
    )
    assert site.respond(f"/news/news_odkb/?PAGEN_1={last}").body != site.respond("/news/news_odkb/?PAGEN_1=1").body
    assert site.respond("/news/news_odkb/?PAGEN_1=1").body == site.respond("/news/news_odkb/").body


@pytest.mark.parametrize("markup", MARKUPS)
def test_the_lists_name_every_listed_article(markup: str) -> None:
    site = ReplicaSite(60, markup, noise=False, page_size=7)
    linked: set[str] = set()
    for section in {site.article(address).section for address in site.listed}:
        for number in range(1, 10):
            document = lxml.html.document_fromstring(site.respond(f"{section}?PAGEN_1={number}").body)
            linked.update(document.xpath("//a/@href"))
    assert set(site.listed) <= linked


def test_the_home_page_has_tabs() -> None:
    site = ReplicaSite(60, "semantic", noise=False)
    assert {text_of(site, f"/?c-tab={number}") for number in (1, 2, 3)} == {
        text_of(site, "/"),
        text_of(site, "/?c-tab=2"),
        text_of(site, "/?c-tab=3"),
    }
    assert text_of(site, "/") != text_of(site, "/?c-tab=2")


@pytest.mark.parametrize("markup", MARKUPS)
def test_an_unknown_address_gets_a_404_in_the_full_frame(markup: str) -> None:
    site = ReplicaSite(20, markup)
    answer = site.respond("/news/news_odkb/no-such-page/")
    assert answer.status == 404
    assert "Element not found" in text_of(site, "/news/news_odkb/no-such-page/")
    assert "All rights reserved" in text_of(site, "/news/news_odkb/no-such-page/")
    site.soft_404 = True
    assert site.respond("/news/news_odkb/no-such-page/").status == 200


def test_a_final_slash_and_noise_parameters_lead_to_the_same_article() -> None:
    site = ReplicaSite(60, "divs", noise=False)
    address = next(address for address in site.addresses if address.endswith("/"))
    whole = site.respond(address).body
    assert site.respond(address.rstrip("/")).body == whole
    assert site.respond(f"{address}?bxajaxid=0123456789abcdef0123456789abcdef").body == whole
    assert site.respond("/institute").status == site.respond("/institute/").status == 200


@pytest.mark.parametrize("markup", MARKUPS)
def test_a_heavy_page_has_about_the_size_and_the_elements_of_a_real_one(markup: str) -> None:
    site = ReplicaSite(40, markup, kilobytes=50)
    for address in site.addresses:
        body = site.respond(address).body
        assert 42_000 < len(body) < 60_000
        assert 850 < sum(1 for _ in lxml.html.document_fromstring(body).iter()) < 1050
