"""The generator: the same for the same seed, and every odd thing among the first sixty."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import replica
from replica.addresses import SECTIONS, ancestors, lookup_key, transliterate
from replica.content import write_articles
from replica.model import Anchor, Article, Image, Part, Text, fold, truth


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return write_articles(60, "en", 1)


def test_the_same_seed_writes_the_same_articles(articles: list[Article]) -> None:
    assert write_articles(60, "en", 1) == articles
    assert write_articles(60, "en", 2) != articles


@pytest.mark.parametrize("count", [60, 2000])
def test_no_two_articles_share_an_address(count: int) -> None:
    keys = [lookup_key(article.address) for article in write_articles(count, "ru", 3)]
    assert len(set(keys)) == count


def test_every_section_has_an_article(articles: list[Article]) -> None:
    assert {article.section for article in articles} == set(SECTIONS)


def test_the_odd_addresses_are_there(articles: list[Article]) -> None:
    addresses = [article.address for article in articles]
    assert any("?ELEMENT_ID=" in address for address in addresses)
    assert any("%20" in address for address in addresses)
    assert any("_" in address.split("/")[-2] for address in addresses)
    assert any(address != address.lower() and "?" not in address for address in addresses)
    twins = [address for address in addresses if address.endswith("-/")]
    assert any(twin[:-2] + "/" in addresses for twin in twins)
    assert 100 in {len(address.strip("/").split("/")[-1]) for address in addresses}


def test_three_articles_carry_one_title(articles: list[Article]) -> None:
    titles = [article.title for article in articles]
    assert max(titles.count(title) for title in titles) == 3


def test_the_bodies_hold_every_kind_of_block_and_trap(articles: list[Article]) -> None:
    truths = [truth(article) for article in articles]
    assert {kind for one in truths for kind, _ in one.blocks} == {
        "paragraph",
        "heading",
        "list_item",
        "quote",
        "table_row",
    }
    counts = [sum(kind == "paragraph" for kind, _ in one.blocks) for one in truths]
    assert min(counts) <= 2
    assert max(counts) >= 15
    runs = [run for article in articles for part in article.parts for run in part.runs]
    sources = [run.text for run in runs if isinstance(run, Text)]
    for trap in ("\u00a0", "\u00ad", "  ", "& raquo;", "— ", ".JPG", "* * *"):
        assert any(trap in source for source in sources), trap
    assert any(fold(source).startswith("Dear ") for source in sources)
    hrefs = [run.href for run in runs if isinstance(run, Anchor)]
    for start in ("/", "https://en.odkb-csto.org/", "https://example.org/", "mailto:"):
        assert any(href.startswith(start) for href in hrefs), start
    assert any(isinstance(run, Image) for run in runs)
    assert any(article.lead for article in articles)
    assert 3 <= sum(article.published is None for article in articles) <= 12


def test_an_english_article_may_hold_an_untranslated_paragraph(articles: list[Article]) -> None:
    mixed = [one for one in map(truth, articles) if any("ого " in text for text in one.texts)]
    assert mixed
    for one in mixed:
        letters = [letter for letter in " ".join(one.texts) if letter.isalpha()]
        assert sum(letter.isascii() for letter in letters) > 2 * len(letters) / 3


def test_the_truth_leaves_out_what_no_reader_should_find() -> None:
    parts = (
        Part("paragraph", (Text(" A\u00a0b\u00adc "), Anchor("/x/", "d\u200b"), Image("/i.jpg", " e  f "))),
        Part("paragraph", (Image("/j.jpg", ""),)),
        Part("paragraph", (Anchor("mailto:press@example.org", "press@example.org"),)),
        Part("table_row", (Text("g "), Text("h"))),
    )
    found = truth(Article("/news/smi/a/", "/news/smi/", "T", None, "en", parts))
    assert found.blocks == (("paragraph", "A bc d"), ("paragraph", "press@example.org"), ("table_row", "g | h"))
    assert found.links == (("https://en.odkb-csto.org/x/", "d"),)
    assert found.media == (("https://en.odkb-csto.org/i.jpg", "e f"), ("https://en.odkb-csto.org/j.jpg", ""))


def test_a_slug_is_the_transliterated_title_cut_at_100_letters() -> None:
    assert transliterate("Щит «Граница-2021», объезд") == "shchit-granitsa-2021-obezd"
    assert len(transliterate("слово " * 40)) == 100


def test_the_folders_above_an_address_are_told_outermost_first() -> None:
    assert ancestors("/session/2024/session202409/") == ["/session/", "/session/2024/"]
    assert ancestors("/news/news_odkb/?ELEMENT_ID=5") == ["/news/", "/news/news_odkb/"]
    assert ancestors("/institute") == []


def test_the_replica_imports_nothing_but_itself_and_the_standard_library() -> None:
    allowed = {"replica", *sys.stdlib_module_names}
    for path in Path(replica.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert {name.split(".")[0] for name in names} <= allowed, path
