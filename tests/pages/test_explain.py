"""Why each block of a page is or isn't the article's: of one mind with ``read``."""

from __future__ import annotations

import pytest

from crawler.pages.model import Model
from crawler.pages.model import Template as Learned
from crawler.pages.reading import Answer, Explanation, explain, read
from crawler.sites import SITES
from replica.site import ReplicaSite
from storage.records import Outcome
from tests.pages.pages import DATE, FIRST, FOOT, HEADING, OTHER, TITLE, URL, html
from tests.pages.wild import Template


def explained(page: str) -> Explanation:
    return explain(Answer(URL, 200, page.encode(), "text/html; charset=utf-8"), site=SITES["csto-en"])


def assert_agrees(answer: Answer) -> None:
    site = SITES["csto-en"]
    told = explain(answer, site=site)
    assert told.reading == read(answer, site=site)
    assert told.reading.article is not None, told.reading.reason
    own = [block.text for block in told.blocks if block.verdict == "article" and not block.text.startswith("/upload")]
    texts = [block.text for block in told.reading.article.blocks]
    assert [text[-60:] for text in own] == [text[-60:] for text in texts]
    assert all(block.why for block in told.blocks)
    assert [block.verdict for block in told.blocks].count("title") >= 1


@pytest.mark.parametrize("markup", ["bitrix", "semantic", "table", "divs"])
def test_the_blocks_called_the_articles_are_the_articles_blocks(markup: str) -> None:
    site = ReplicaSite(12, markup, 9)
    for address in site.addresses:
        got = site.respond(address)
        assert_agrees(Answer(site.url(address), 200, got.body, got.content_type))


@pytest.mark.parametrize("seed", range(300, 330))
def test_the_blocks_of_a_template_never_seen_are_explained_too(seed: int) -> None:
    page = Template(seed).page(0)
    assert_agrees(Answer(page.url, 200, page.html.encode(), "text/html; charset=utf-8"))


def test_every_block_of_the_page_is_told_once_and_in_order() -> None:
    teaser = f'<div><a href="{OTHER}">Quite another article</a></div>'
    nav = "<nav>A menu of its own</nav>"
    told = explained(
        html(f"{nav}<div>{teaser}{HEADING}{DATE}<p>{FIRST}</p><p>Views: 12</p>{FOOT}</div><footer>The foot</footer>")
    )
    assert [(block.text, block.verdict) for block in told.blocks] == [
        ("Main News Papers Hall", "site"),
        ("A menu of its own", "site"),
        ("Quite another article", "site"),
        (TITLE, "title"),
        ("26.07.2024", "date"),
        (FIRST, "article"),
        ("Views: 12", "site"),
        ("Back to the section", "site"),
        ("The foot", "site"),
    ]
    whys = {block.text: block.why for block in told.blocks}
    assert whys["A menu of its own"] == "inside <nav>"
    assert whys["Views: 12"] == "a counter"
    assert whys["The foot"] == "inside <footer>"
    assert whys["Quite another article"] == "stands above the title"


def test_a_page_without_an_article_is_explained_as_the_sites() -> None:
    told = explained(html("<p>Element not found</p>", "Element not found"))
    assert told.reading.outcome is Outcome.EXTRACT_FAILED
    assert {block.verdict for block in told.blocks} == {"site"}


def test_what_is_no_page_has_no_blocks() -> None:
    assert explained("").blocks == ()
    assert explained("%PDF-1.4").blocks == ()


def test_a_page_too_deep_to_be_read_is_not_explained() -> None:
    assert explained(html("<div>" * 250 + FIRST)).blocks == ()


def test_what_is_left_out_above_a_title_is_shown_all_the_same() -> None:
    teasers = "".join(f'<div><a href="{OTHER}{n}/">Quite another article, number {n}</a></div>' for n in range(12))
    page = html(f"<section>{teasers}{HEADING}{DATE}<p>{FIRST}</p></section>").encode()
    template = Learned((("section", 0),), 20, title=("h1",))
    told = explain(Answer(URL, 200, page, "text/html"), site=SITES["csto-en"], model=Model(1, 1, (template,)))
    shown = [(block.text, block.verdict) for block in told.blocks if "another" in block.text]
    assert shown == [(f"Quite another article, number {n}", "site") for n in range(12)]
    assert [block.text for block in told.blocks if block.verdict == "article"] == [FIRST]
