"""HTML diffs: two columns and one are the same page, and in both stand the old text and the new one, to the letter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import html

from benchmarks.diff_quality import article_of
from benchmarks.edit_pairs import make_pairs
from reports.comparison import Comparison, compare_versions
from reports.diff import canonical_article, compare_articles
from reports.render.html import diff_page
from reports.render.sides import Facing, Row, facing, rows_of
from reports.render.text import visible
from reports.words import Op, Span, new_text, old_text
from storage.records import Article
from tests.reports.made import PAYLOADS, article, link, version
from tests.reports.page_check import look_through
from tests.reports.test_diff import FIRST, FOURTH, SECOND, THIRD, articles

_OLD_ONLY = frozenset({"del", "s", "split"})
_NEW_ONLY = frozenset({"ins", "u", "join"})


def compared(old: Article, new: Article) -> Comparison:
    return compare_versions(version(old, 1), version(new, 2))


def rows(old: Article, new: Article) -> list[Row]:
    return list(rows_of(compare_articles(old, new)))


def seen(element: html.HtmlElement, without: frozenset[str]) -> str:
    """The text without the marks of the other side and without our own words; a paragraph sign stands for a space."""
    return "".join([element.text or "", *_seen_inside(element, without)])


def _seen_inside(element: html.HtmlElement, without: frozenset[str]) -> Iterator[str]:
    for child in element:
        name = child.get("class") if child.tag == "b" else child.tag
        if name not in without and name != "i":
            yield " " if child.tag == "b" else seen(child, without)
        yield child.tail or ""


def cells(page: str) -> Iterator[tuple[str, str, html.HtmlElement]]:
    """Each cell of the paragraphs in reading order, with the kind of its row and its side."""
    for row in html.document_fromstring(page).find_class("diff")[0].find_class("row"):
        kinds = row.get("class").split()[1:]
        if "field" not in kinds and "heads" not in kinds:
            yield from ((kinds[0], cell.get("class"), cell) for cell in row.xpath(".//div/span"))


def two_columns(page: str) -> tuple[str, str]:
    found = list(cells(page))
    old = [seen(cell, _NEW_ONLY) for _, name, cell in found if name.startswith("old")]
    return "".join(old), "".join(seen(cell, _OLD_ONLY) for _, name, cell in found if name.startswith("new"))


def one_column(page: str) -> tuple[str, str]:
    """What stands on the new side is shown where it stands alone."""
    shown = [(kind, name, cell) for kind, name, cell in cells(page) if name != "new"]
    old = [seen(cell, _NEW_ONLY) for kind, _, cell in shown if kind != "came"]
    return "".join(old), "".join(seen(cell, _OLD_ONLY) for kind, _, cell in shown if kind != "went")


def texts(old: Article, new: Article) -> tuple[str, str]:
    before, after = ("".join(visible(block.text) for block in canonical_article(side).blocks) for side in (old, new))
    return before, after


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(articles(), articles())
def test_both_layouts_hold_both_texts_to_the_letter(old: Article, new: Article) -> None:
    page = diff_page(compared(old, new))
    if compare_articles(old, new).fields:
        assert two_columns(page) == texts(old, new)
        assert one_column(page) == texts(old, new)


@pytest.mark.parametrize("seed", [11, 12])
def test_both_layouts_hold_both_texts_of_planted_edits_in_both_languages(seed: int) -> None:
    for pair in make_pairs(seed, 80):
        old, new = article_of(pair.old.blocks), article_of(pair.new.blocks)
        page = diff_page(compared(old, new))
        assert two_columns(page) == one_column(page) == texts(old, new), pair.kind


def test_a_moved_block_says_where_it_went_and_where_it_came_from() -> None:
    found = {row.kind: row.label for row in rows(article(FIRST, SECOND, THIRD), article(SECOND, THIRD, FIRST))}
    assert found["went"] == "Moved away, to paragraph 3"
    assert found["came"] == "Moved here, from paragraph 1"


def test_split_joined_rewritten_added_and_removed_are_told_in_words() -> None:
    both = f"{FIRST} {SECOND}"
    assert [row.label for row in rows(article(both, THIRD), article(FIRST, SECOND, THIRD))] == [
        "Split into 2 paragraphs",
        "",
    ]
    assert rows(article(FIRST, SECOND), article(both))[0].label == "2 paragraphs joined to one"
    assert rows(article(FIRST, THIRD), article(FIRST))[1].label == "Removed"
    assert rows(article(FIRST), article(FIRST, FOURTH))[1].label == "Added"
    assert rows(article("Minister Ivanov"), article("Secretary Petrov"))[0].label == "Rewritten"
    assert rows(article(FIRST), article(FIRST.replace(" the ", " a ", 1)))[0].label == "Changed"


def test_a_changed_sentence_faces_its_old_form_and_the_others_stay_together() -> None:
    old = "One stays here. Two stays here. The third is on Monday. The fourth stays."
    found = rows(article(old), article(old.replace("Monday", "Friday")))[0].facing
    assert [old_text(piece.left) for piece in found] == [
        "One stays here. Two stays here. ",
        "The third is on Monday. ",
        "The fourth stays.",
    ]
    assert new_text(found[1].right) == "The third is on Friday. "


def test_a_sentence_that_came_faces_nothing_and_one_put_in_the_place_of_another_faces_it() -> None:
    gone, come = Span(Op.DELETE, "He left early. "), Span(Op.INSERT, "They stay on. ")
    last = Span(Op.EQUAL, "The end.")
    assert facing([come, last])[0] == Facing((), (come,))
    assert facing([gone, come, last])[0] == Facing((gone, come), (come,))


def test_unchanged_paragraphs_that_are_left_out_are_counted() -> None:
    many = [f"Paragraph number {n} stays as it was written." for n in range(9)]
    diff = compare_articles(article(*many), article(*many[:4], "Another one altogether.", *many[5:]))
    assert [row.label for row in rows_of(diff, context=1) if row.kind == "gap"] == ["3 unchanged paragraphs"] * 2


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_closes_a_mark_or_opens_one(payload: str) -> None:
    old = article(f"It is {payload} and so on. {FIRST}", links=(link("/a/", payload),))
    new = article(f"It was {payload} and so on. {SECOND}", title=payload, language=payload)
    page = diff_page(compared(old, new))
    assert two_columns(page) == one_column(page) == texts(old, new)
    assert look_through(page).scripts == 0


def test_the_page_opens_in_two_columns_or_in_one_as_asked() -> None:
    made = compared(article(FIRST), article(SECOND))
    assert 'id="one-column">' in diff_page(made)
    assert 'id="one-column" checked>' in diff_page(made, in_one_column=True)
