"""Edits of generated articles, planted by something that knows no rule, are told as what they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.corpus import Truth, edit, make_site
from reports.diff import compare_articles
from reports.significance import Verdict, judge
from storage.records import Article, Block, BlockKind

SITES, PAGES = 2, 30


def content(truth: Truth) -> Article:
    blocks = tuple(Block(BlockKind.PARAGRAPH, block.text) for block in truth.blocks)
    return Article(title=truth.title, published=truth.published, language=truth.language, blocks=blocks)


def verdicts(kind: str) -> Iterator[Verdict]:
    for seed in range(SITES):
        for truth in make_site("bitrix", 900 + seed, PAGES).articles:
            edited = edit(kind, truth, seed)
            if edited is not None and content(edited[0]) != content(truth):
                yield judge(compare_articles(content(truth), content(edited[0])))


@pytest.mark.parametrize(
    ("kind", "level", "reasons"),
    [
        ("quotes", "cosmetic", {"typography"}),
        ("case", "minor", {"case"}),
        ("homoglyph", "minor", {"homoglyph"}),
        ("paragraph_out", "substantive", {"removed"}),
        ("paragraph_in", "substantive", {"added"}),
    ],
)
def test_an_edit_has_its_level_and_its_reason_alone(kind: str, level: str, reasons: set[str]) -> None:
    found = [(verdict.significance.label, set(verdict.reasons)) for verdict in verdicts(kind)]
    assert len(found) > 20
    assert [other for other in found if other != (level, reasons)] == []


@pytest.mark.parametrize(
    ("kind", "reasons"),
    [
        ("digit", {"number", "date"}),
        ("date", {"date"}),
        ("name", {"person", "organisation", "name"}),
        ("title", {"headline"}),
    ],
)
def test_an_edit_of_weight_is_substantive_and_told(kind: str, reasons: set[str]) -> None:
    found = list(verdicts(kind))
    assert len(found) > 20
    assert [v for v in found if v.significance.label != "substantive" or not reasons & set(v.reasons)] == []


def test_another_word_is_never_called_harmless() -> None:
    assert {verdict.significance.label for verdict in verdicts("word")} == {"substantive"}


def test_paragraphs_that_changed_places_are_told_as_moved() -> None:
    found = [verdict.reasons for verdict in verdicts("swap")]
    # Two short paragraphs that are nearly alike are taken for each other, edited.
    assert len(found) > 20
    assert sum(reasons == ("moved_block",) for reasons in found) >= 0.95 * len(found)
