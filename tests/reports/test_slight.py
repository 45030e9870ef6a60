"""Paragraphs in which little changed, compared without a look at their sentences."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.align import Alignment
from reports.prose import compare_paragraphs
from reports.slight import is_near, slight
from reports.words import COME, GONE, new_text, old_text

LONG = "The members of the council met on Monday in Minsk and spoke for two hours of what the border needs in spring."
WORDS = st.sampled_from(["one", "two,", "three.", "12", "13", "и", "не", "—", "«да»", "end.", "The", "а-б", ""])


def marked(old: str, new: str) -> str | None:
    spans = slight(old.split(" "), new.split(" "))
    if spans is None:
        return None
    signs = {"delete": "[-{}-]", "insert": "{{+{}+}}", "equal": "{}"}
    return "".join(signs[span.op].format(span.text) for span in spans)


@given(st.lists(WORDS, min_size=1, max_size=30), st.data())
def test_the_spans_of_either_side_joined_are_its_text(old: list[str], data: st.DataObject) -> None:
    new = list(old)
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(new)))
        new[at : at + data.draw(st.integers(0, 2))] = data.draw(st.lists(WORDS, max_size=2))
    new = new or [""]
    spans = slight(old, new)
    if spans is not None:
        assert old_text(spans) == " ".join(old)
        assert new_text(spans) == " ".join(new)
        assert all(span.text for span in spans)
        assert all(a.op != b.op for a, b in pairwise(spans))
        assert any(span.op in GONE | COME for span in spans) == (old != new)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Monday in Minsk", "Tuesday in Minsk", "[-Monday-]{+Tuesday+} in Minsk"),
        ("spring.", "autumn.", "[-spring-]{+autumn+}."),
        ("on Monday in", "on 12.05.2026, in", "on [-Monday-]{+12.05.2026,+} in"),
        ("for two hours", "for two long hours", "for two {+long +}hours"),
        ("for two hours", "for hours", "for [-two -]hours"),
        ("The members", "All the members", "[-The-]{+All the+} members"),
        ("in spring.", "in spring. Nobody left.", "in spring.{+ Nobody left.+}"),
        ("needs in spring.", "needs.", "needs[- in spring-]."),
        ("spoke for two", "spoke, for two", "spoke{+,+} for two"),
    ],
)
def test_a_slight_edit_is_marked_as_a_reader_would(old: str, new: str, expected: str) -> None:
    found = marked(LONG, LONG.replace(old, new))
    assert found == LONG.replace(old, expected)
    assert slight(LONG.split(" "), LONG.replace(old, new).split(" ")) == compare_paragraphs(
        LONG, LONG.replace(old, new)
    )


@pytest.mark.parametrize(
    "new",
    [
        LONG.replace("members of the council", "ministers from four states"),
        LONG.replace("The members of the council met ", ""),
        f"{LONG} Then they left the town.",
        " ".join(word[::-1] if at % 2 else word for at, word in enumerate(LONG.split(" "))),
        "Nothing of it.",
    ],
)
def test_what_is_more_than_slight_is_left_to_sentences(new: str) -> None:
    assert marked(LONG, new) is None


def test_words_that_stay_between_two_changes_and_hold_no_letter_are_confetti() -> None:
    assert marked(f"Monday – Friday {LONG}", f"Tuesday – Sunday {LONG}") is None


def test_a_short_sentence_that_moved_within_its_paragraph_is_left_to_sentences() -> None:
    """It is a move there, and would be words that went and came here."""
    assert marked(f"He left. {LONG} They stayed.", f"{LONG} He left. They stayed.") is None


def test_what_differs_in_most_words_is_not_near() -> None:
    assert is_near(LONG.split(" "), LONG.replace("Monday", "Friday").split(" "))
    assert not is_near(
        LONG.split(" "),
        LONG.replace("on Monday in Minsk and spoke for two hours of what", "again: nobody knows why, or what").split(
            " "
        ),
    )


def test_paragraphs_that_changed_places_are_not_taken_for_edits_in_place() -> None:
    rows = ["Armenia sent 12 boats to the lake.", "Belarus sent 15 boats to the lake.", LONG]
    aligned = Alignment(rows, [rows[1], rows[0], LONG.replace("Monday", "Friday")])
    assert len(aligned.moves) == 1
    assert aligned.pairs[-1] == (2, 2)


def test_one_paragraph_rewritten_between_two_that_stayed_is_in_its_place() -> None:
    old = [f"First. {LONG}", "A short text of eight words stands here.", f"Last. {LONG}"]
    new = [
        old[0].replace("Monday", "Friday"),
        "A short note of nine other words stands here.",
        old[2].replace("two", "six"),
    ]
    assert Alignment(old, new).pairs == [(0, 0), (1, 1), (2, 2)]
