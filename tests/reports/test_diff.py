"""Two articles compared."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.diff import ArticleDiff, BlockOp, ItemOp, canonical_article, compare_articles
from reports.patch import PatchError, apply_diff
from reports.render.jsondiff import diff_object
from reports.words import Op
from storage.hashing import canonical_fields, hash_article
from storage.records import FIELDS, Article, Block, BlockKind, Link, Media
from tests.reports.made import article, link, media

FIRST = "The council met in the old town hall on Monday."
SECOND = "It agreed on a plan for the spring exercises."
THIRD = "The plan has four stages and begins in March."
FOURTH = "Observers of three organisations were present."


def ops(diff: ArticleDiff) -> list[str]:
    return [step.op.value for step in diff.blocks]


def test_equal_articles_have_no_field_in_their_diff() -> None:
    diff = compare_articles(article(FIRST, SECOND), article(FIRST, SECOND))
    assert diff.fields == ()
    assert ops(diff) == ["same", "same"]


def test_a_changed_word_is_one_changed_block_with_its_words() -> None:
    diff = compare_articles(article(FIRST, SECOND), article(FIRST, SECOND.replace("spring", "autumn")))
    assert diff.fields == ("body",)
    assert ops(diff) == ["same", "changed"]
    changed = [(span.op, span.text) for span in diff.blocks[1].spans if span.op is not Op.EQUAL]
    assert changed == [(Op.DELETE, "spring"), (Op.INSERT, "autumn")]


def test_an_inserted_and_a_removed_paragraph_are_told_from_an_edited_one() -> None:
    diff = compare_articles(article(FIRST, SECOND, THIRD), article(FIRST, FOURTH, SECOND))
    assert ops(diff) == ["same", "added", "same", "removed"]


def test_a_moved_paragraph_is_a_move_at_both_its_places() -> None:
    diff = compare_articles(article(FIRST, SECOND, THIRD, FOURTH), article(SECOND, THIRD, FOURTH, FIRST))
    assert ops(diff) == ["moved_from", "same", "same", "same", "moved_to"]
    assert (diff.blocks[0].old_index, diff.blocks[0].new_index) == (0, 3)


def test_a_paragraph_edited_while_it_moved_is_a_move_with_its_words() -> None:
    edited = FIRST.replace("Monday", "Tuesday")
    diff = compare_articles(article(FIRST, SECOND, THIRD, FOURTH), article(SECOND, THIRD, FOURTH, edited))
    moved = [step for step in diff.blocks if step.op is BlockOp.MOVED_TO]
    assert len(moved) == 1
    assert [span.text for span in moved[0].spans if span.op is Op.INSERT] == ["Tuesday"]


def test_a_rewritten_paragraph_is_shown_as_rewritten_and_not_as_confetti() -> None:
    rewritten = "Nothing at all was decided, and the guests of the town left on a train."
    diff = compare_articles(article(SECOND, FIRST, THIRD), article(SECOND, rewritten, THIRD))
    assert BlockOp.SAME in {step.op for step in diff.blocks}
    for step in diff.blocks:
        assert len(step.spans) <= 2


def test_a_short_cell_that_changed_is_an_edit() -> None:
    diff = compare_articles(article(FIRST, "15", SECOND), article(FIRST, "16", SECOND))
    assert ops(diff) == ["same", "changed", "same"]


def test_title_date_and_language_are_told_each_in_its_own_field() -> None:
    old = article(FIRST)
    new = article(FIRST, title="A meeting of ministers", published=date(2026, 7, 27), language="ru")
    diff = compare_articles(old, new)
    assert diff.fields == ("title", "published", "language")
    assert diff.title is not None
    assert [span.text for span in diff.title.spans] == ["A meeting of ", "experts", "ministers"]
    assert diff.published is not None
    assert (diff.published.old, diff.published.new) == ("2026-07-26", "2026-07-27")


def test_a_link_that_kept_its_text_has_a_changed_target() -> None:
    old = article(FIRST, links=(link("/a/", "the plan"), link("/b/", "the list")))
    new = article(FIRST, links=(link("/c/", "the plan"), link("/b/", "the list")))
    diff = compare_articles(old, new)
    assert diff.fields == ("links",)
    assert [step.op for step in diff.links] == [ItemOp.CHANGED, ItemOp.SAME]


def test_a_swapped_picture_is_a_change_of_media_alone() -> None:
    diff = compare_articles(article(FIRST, media=(media("/1.jpg"),)), article(FIRST, media=(media("/2.jpg"),)))
    assert diff.fields == ("media",)
    assert [step.op for step in diff.media] == [ItemOp.REMOVED, ItemOp.ADDED]


def test_a_field_that_a_capture_cannot_know_is_compared_with_nothing() -> None:
    text = article(FIRST, title=None, published=None, unknown=frozenset({"title", "published", "links", "media"}))
    page = article(FIRST, links=(link("/a/", "a"),), media=(media("/1.jpg"),))
    assert compare_articles(text, page).fields == ()
    assert compare_articles(page, text).fields == ()


def test_block_kinds_and_list_markers_are_no_difference() -> None:
    old = article("- first thing", "second")
    new = Article(
        old.title,
        old.published,
        old.language,
        (Block(BlockKind.LIST_ITEM, "first thing"), Block(BlockKind.HEADING, "second")),
    )
    assert compare_articles(old, new).fields == ()


def test_soft_hyphens_and_double_spaces_are_no_difference() -> None:
    assert compare_articles(article("A co\u00adoperation  plan"), article("A cooperation\u00a0plan")).fields == ()


def test_hundreds_of_rewritten_lines_are_compared_in_a_moment() -> None:
    old = article(*(f"Line {n} says that number {n * 7} of the old list stays" for n in range(400)))
    new = article(*(f"Row {n} tells us how figure {n * 7} on the new page goes" for n in range(400)))
    assert compare_articles(old, new).fields == ("body",)


sentences = st.lists(
    st.sampled_from([FIRST, SECOND, THIRD, FOURTH, "15", "* * *", "- a point", "Да.", "x\u00a0y", ""]), max_size=8
)
words = st.text(st.sampled_from("ab Жя1.-\u00ad\u00a0\u202e"), max_size=12)
links = st.lists(
    st.builds(Link, st.sampled_from(["https://example.org/a", "https://example.org/b"]), words), max_size=4
)
pictures = st.lists(st.builds(Media, st.sampled_from(["https://example.org/1.jpg", "2.jpg"]), words), max_size=4)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    texts = draw(sentences)
    for index in range(len(texts)):
        if draw(st.booleans()):
            texts[index] += draw(words)
    kinds = st.sampled_from(list(BlockKind))
    return Article(
        title=draw(st.none() | words),
        published=draw(st.none() | st.dates(date(2019, 1, 1), date(2026, 1, 1))),
        language=draw(st.sampled_from([None, "en", "ru"])),
        blocks=tuple(Block(draw(kinds), text) for text in texts),
        links=tuple(draw(links)),
        media=tuple(draw(pictures)),
    )


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(articles(), articles())
def test_a_json_diff_applied_to_the_old_article_gives_the_new_one(old: Article, new: Article) -> None:
    read_back = json.loads(json.dumps(diff_object(compare_articles(old, new))))
    assert apply_diff(old, read_back) == canonical_article(new)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(articles(), articles())
def test_the_fields_of_a_diff_are_exactly_those_whose_hashed_form_differs(old: Article, new: Article) -> None:
    a, b = canonical_fields(old), canonical_fields(new)
    diff = compare_articles(old, new)
    assert diff.fields == tuple(name for name in FIELDS if a[name] != b[name])
    assert (diff.fields == ()) == (hash_article(old).content == hash_article(new).content)


def test_a_diff_is_refused_by_an_article_that_it_was_not_made_from() -> None:
    diff = diff_object(compare_articles(article(FIRST, SECOND), article(FIRST, THIRD)))
    with pytest.raises(PatchError):
        apply_diff(article(FIRST, FOURTH), diff)
    with pytest.raises(PatchError):
        apply_diff(article(FIRST), diff)
    titled = diff_object(compare_articles(article(FIRST), article(FIRST, title="Another")))
    with pytest.raises(PatchError):
        apply_diff(article(FIRST, title="A third"), titled)
    linked = diff_object(compare_articles(article(FIRST, links=(link("/a/"),)), article(FIRST)))
    with pytest.raises(PatchError):
        apply_diff(article(FIRST, links=(link("/b/"),)), linked)
