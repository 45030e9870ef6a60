"""A paragraph compared sentence by sentence."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.edit_pairs import KINDS, LANGUAGES, make_pair
from reports.diff import BlockOp, canonical_article, compare_articles
from reports.patch import apply_diff
from reports.prose import compare_paragraphs
from reports.render.jsondiff import diff_object
from reports.significance import judge
from reports.words import Op, Span, new_text, old_text
from tests.reports.made import article

FIRST = "The council met in the old town hall on Monday."
SECOND = "Short word."
THIRD = "It agreed on a plan for the spring exercises with Mr. Orlov."


def changed(old: str, new: str) -> list[tuple[Op, str]]:
    return [(span.op, span.text) for span in compare_paragraphs(old, new) if span.op is not Op.EQUAL]


def test_a_sentence_that_moved_is_a_move_and_not_the_longer_ones_that_it_passed() -> None:
    found = compare_paragraphs(f"{SECOND} {FIRST} {THIRD}", f"{FIRST} {SECOND} {THIRD}")
    assert [span for span in found if span.op is not Op.EQUAL] == [
        Span(Op.MOVED_FROM, f"{SECOND} ", 1),
        Span(Op.MOVED_TO, f"{SECOND} ", 1),
    ]


def test_a_sentence_edited_while_it_moved_is_a_move_with_its_words() -> None:
    found = changed(f"{FIRST} {THIRD} {THIRD[:-1]} again, {FIRST}", f"{THIRD} {THIRD[:-1]} again, {FIRST} {FIRST}")
    assert {op for op, _ in found} <= {Op.MOVED_FROM, Op.MOVED_TO, Op.DELETE, Op.INSERT}
    moved = changed(
        f"{FIRST} {THIRD} {THIRD} {SECOND}", f"{THIRD} {THIRD} {FIRST.replace('Monday', 'Friday')} {SECOND}"
    )
    assert (Op.DELETE, "Monday") in moved
    assert (Op.INSERT, "Friday") in moved
    assert any(op is Op.MOVED_FROM for op, _ in moved)


def test_a_rewritten_sentence_is_marked_whole() -> None:
    new = "Nobody knows why the town stayed silent."
    found = changed(f"{FIRST} {SECOND} {THIRD}", f"{FIRST} {SECOND} {new}")
    assert found == [(Op.DELETE, THIRD), (Op.INSERT, new)]


def test_an_inserted_sentence_that_begins_like_its_neighbour_is_marked_whole() -> None:
    added = "The council met again and dined."
    assert changed(f"{SECOND} {FIRST}", f"{SECOND} {added} {FIRST}") == [(Op.INSERT, f"{added} ")]


def test_words_behind_which_a_capital_begins_a_sentence_of_its_own_stay() -> None:
    """ "12.05.2025 г." becomes a sentence where a capital follows it, and was the beginning of one where none did."""
    old = "12.05.2025 г. стороны подписали протокол на ул. Садовой."
    new = "12.05.2025 г. Академия встретила гостей на ул. Садовой."
    found = changed(f"{FIRST} {old}", f"{FIRST} {new}")
    assert not [text for _, text in found if "2025" in text]
    assert old_text(compare_paragraphs(old, new)) == old
    assert new_text(compare_paragraphs(old, new)) == new


def test_a_sentence_that_passed_others_much_like_it_is_a_move_and_no_edit_of_them() -> None:
    signed = [f"On 1{n} May the parties signed protocol {n} in the town hall." for n in range(1, 4)]
    found = compare_paragraphs(" ".join([*signed, FIRST]), " ".join([signed[2], signed[0], signed[1], FIRST]))
    assert [span for span in found if span.op is not Op.EQUAL] == [
        Span(Op.MOVED_TO, f"{signed[2]} ", 1),
        Span(Op.MOVED_FROM, f"{signed[2]} ", 1),
    ]


def test_a_paragraph_alone_between_two_that_were_edited_is_compared_where_it_stands() -> None:
    old = [f"{FIRST} {THIRD}", f"{SECOND} {THIRD}", f"{THIRD} {FIRST}"]
    new = [
        old[0].replace("Monday", "Friday"),
        f"Nobody of the delegation said a word to the press. {THIRD}",
        f"{old[2]} Well.",
    ]
    steps = compare_articles(article(*old), article(*new)).blocks
    assert [step.op for step in steps] == [BlockOp.CHANGED] * 3
    assert [span.text for span in steps[1].spans if span.op is Op.EQUAL] == [THIRD]


def test_a_sentence_that_lost_its_capital_is_compared_with_its_old_form_behind_however_long_a_one() -> None:
    long = "At the range near the town the brigade of four hundred men completed the task of the day in five minutes."
    old, new = "Observers from 4 organisations followed the seminar.", "reliably 4 organisations watched the seminar."
    assert changed(f"{long} {old} {THIRD}", f"{long} {new} {THIRD}") == [
        (Op.DELETE, "Observers from"),
        (Op.INSERT, "reliably"),
        (Op.DELETE, "followed"),
        (Op.INSERT, "watched"),
    ]


def test_words_before_a_clause_that_now_begins_with_a_name_stay_where_a_dot_stands_between() -> None:
    rest = "на ул. Садовой, д. 4."
    found = changed(f"13.05.2012 г. стороны подписали протокол {rest}", f"13.05.2012 г. Участники прочли доклад {rest}")
    assert found == [(Op.DELETE, "стороны подписали протокол"), (Op.INSERT, "Участники прочли доклад")]


def test_of_two_paragraphs_that_changed_places_the_one_of_fewer_words_moved() -> None:
    long, short = (
        "Oh it is as it is so we go on by it. " * 3,
        "Understandings notwithstanding organisational representatives. " * 3,
    )
    diff = compare_articles(article(long, short), article(short, long))
    assert [step.old_index for step in diff.blocks if step.op is BlockOp.MOVED_FROM] == [1]


def test_a_comma_that_became_a_full_stop_marks_no_other_word() -> None:
    old = "The council met in the old town hall, and then its guests left for the airport."
    new = "The council met in the old town hall. Then its guests left for the airport."
    assert sum(len(text) for _, text in changed(old, new)) < 20


def test_a_moved_sentence_is_told_as_moved() -> None:
    diff = compare_articles(article(f"{SECOND} {FIRST} {THIRD}"), article(f"{FIRST} {SECOND} {THIRD}"))
    assert judge(diff).reasons == ("moved_block",)


sentences = st.lists(
    st.sampled_from(
        [FIRST, SECOND, THIRD, "Да.", "Он (т. е. А. В.) сказал: «Да! Нет.»", " ", "a  b.", "One.\tTwo.", "!"]
    ),
    max_size=9,
)


@settings(max_examples=400, deadline=None)
@given(sentences, sentences, st.text(st.sampled_from("aБ1 .,«"), max_size=9))
def test_two_paragraphs_can_be_put_together_again_from_their_spans(old: list[str], new: list[str], more: str) -> None:
    before, after = " ".join(old) + more, more + " ".join(new)
    spans = compare_paragraphs(before, after)
    assert old_text(spans) == before
    assert new_text(spans) == after


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(list(KINDS)), st.sampled_from(LANGUAGES), st.integers(0, 10_000))
def test_the_diff_of_planted_edits_applied_to_the_old_text_gives_the_new_one(kind: str, language: str, n: int) -> None:
    pair = make_pair(kind, language, 7, n)
    old, new = article(*pair.old.blocks), article(*pair.new.blocks)
    assert apply_diff(old, diff_object(compare_articles(old, new))) == canonical_article(new)


def test_a_split_and_a_joined_paragraph_are_told_as_that_with_their_words_still_compared() -> None:
    whole, parts = f"{FIRST} {THIRD}", (FIRST, THIRD.replace("spring", "autumn"))
    split = compare_articles(article("Before.", whole, "Behind."), article("Before.", *parts, "Behind."))
    assert [step.op.value for step in split.blocks] == ["same", "split", "split", "same"]
    assert split.blocks[1].spans == (Span(Op.EQUAL, FIRST), Span(Op.SPLIT, " "))
    assert {span.text for span in split.blocks[2].spans if span.op in {Op.DELETE, Op.INSERT}} == {"spring", "autumn"}
    joined = compare_articles(article("Before.", *parts, "Behind."), article("Before.", whole, "Behind."))
    assert [step.op.value for step in joined.blocks] == ["same", "joined", "joined", "same"]
    assert judge(compare_articles(article(FIRST, THIRD), article(whole))).reasons == ("typography",)
    assert judge(compare_articles(article(whole), article(FIRST, THIRD))).reasons == ("typography",)


def test_a_sentence_that_left_for_another_paragraph_is_a_move() -> None:
    old = article(f"{FIRST} {THIRD}", "Another paragraph stays. It has two sentences.")
    new = article(FIRST, f"Another paragraph stays. {THIRD} It has two sentences.")
    diff = compare_articles(old, new)
    moved = [(span.op, span.text.strip(), span.move) for step in diff.blocks for span in step.spans if span.move]
    assert moved == [(Op.MOVED_FROM, THIRD, 1), (Op.MOVED_TO, THIRD, 1)]
    assert apply_diff(old, diff_object(diff)) == new
