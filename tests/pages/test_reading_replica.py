"""The reader on the replica's four markups, where the truth of every page is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from crawler.pages.reading import Answer, Fingerprint, Reading, fingerprint, read
from crawler.sites import SITES
from replica.site import ReplicaSite
from replica.stand_ins import STAND_INS
from storage.records import Outcome

if TYPE_CHECKING:
    from replica.model import Truth

MARKUPS = ("bitrix", "semantic", "table", "divs")
SEED = 20


def asked(site: ReplicaSite, address: str, probe: Fingerprint | None = None) -> Reading:
    got = site.respond(address)
    answer = Answer(site.url(address), got.status, got.body, got.content_type, probe=probe)
    return read(answer, site=SITES[f"csto-{site.language}"])


def assert_exact(found: Reading, truth: Truth) -> None:
    assert found.article is not None, f"{truth.url}: {found.outcome}: {found.reason}"
    article = found.article
    assert article.title == truth.title
    assert article.published == truth.published
    assert article.language == truth.language
    assert tuple((block.kind.value, block.text) for block in article.blocks) == truth.blocks
    assert tuple((link.href, link.text) for link in article.links) == truth.links
    assert tuple((media.src, media.alt) for media in article.media) == truth.media
    assert article.unknown == frozenset()


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("markup", MARKUPS)
def test_every_article_of_every_markup_is_read_exactly(markup: str, language: Literal["en", "ru"]) -> None:
    site = ReplicaSite(60, markup, SEED, language)
    for address, truth in site.truths.items():
        assert_exact(asked(site, address), truth)


@pytest.mark.parametrize("markup", MARKUPS)
def test_fifty_answers_of_one_page_differ_in_every_byte_and_give_one_article(markup: str) -> None:
    site = ReplicaSite(40, markup, SEED + 1, kilobytes=20)
    for address in site.addresses[:4]:
        bodies = {site.respond(address).body for _ in range(50)}
        articles = {asked(site, address).article for _ in range(50)}
        assert len(bodies) == 50
        assert len(articles) == 1
        assert None not in articles


@pytest.mark.parametrize("markup", MARKUPS)
@pytest.mark.parametrize("kind", [name for name, stand_in in STAND_INS.items() if stand_in.status == 200])
def test_what_stands_in_an_articles_place_is_never_ok(markup: str, kind: str) -> None:
    site = ReplicaSite(30, markup, SEED + 2, kilobytes=20)
    missing = site.respond("/news/news_odkb/0123456789abcdef/")
    probe = fingerprint(missing.body, missing.content_type)
    for address in site.addresses[:8]:
        edit = site.replace_by(address, kind)
        found = asked(site, address, probe if kind == "soft_404" else None)
        assert found.outcome.value in edit.outcomes, found.reason
        assert found.article is None


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("markup", MARKUPS)
def test_a_site_that_answers_200_for_everything_is_known_by_its_probe_page(
    markup: str, language: Literal["en", "ru"]
) -> None:
    site = ReplicaSite(20, markup, SEED + 3, language, soft_404=True)
    probe_answer = site.respond("/news/news_odkb/0123456789abcdef/")
    probe = fingerprint(probe_answer.body, probe_answer.content_type)
    assert asked(site, "/news/news_odkb/no-such-article-either/", probe).outcome is Outcome.SOFT_404
    for address, truth in site.truths.items():
        assert_exact(asked(site, address, probe), truth)


def test_links_to_the_base_url_are_mapped_back_to_the_site() -> None:
    site = ReplicaSite(10, "bitrix", SEED + 4)
    for address, truth in site.truths.items():
        got = site.respond(address)
        body = got.body.replace(b"https://en.odkb-csto.org", b"http://127.0.0.1:8123")
        answer = Answer(truth.url, got.status, body, got.content_type, base_origin="http://127.0.0.1:8123")
        assert_exact(read(answer, site=SITES["csto-en"]), truth)
