"""Words and the marks between them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.words import Op, Span, compare, tokens


def joined(spans: tuple[Span, ...], without: Op) -> str:
    return "".join(span.text for span in spans if span.op is not without)


def marked(old: str, new: str) -> str:
    marks = {Op.EQUAL: "{}", Op.DELETE: "[-{}-]", Op.INSERT: "{{+{}+}}"}
    return "".join(marks[span.op].format(span.text) for span in compare(old, new))


@given(st.text(max_size=60))
def test_the_tokens_of_a_text_joined_are_the_text(text: str) -> None:
    assert "".join(tokens(text)) == text


@given(
    st.lists(st.sampled_from(["one", "two,", "three.", "12", "13", "и", "не", "—", "\u00a0", "«", "»"]), max_size=20),
    st.data(),
)
def test_deleted_and_equal_words_are_the_old_text_and_inserted_and_equal_ones_the_new(
    words: list[str], data: st.DataObject
) -> None:
    old = " ".join(words)
    new = " ".join(data.draw(st.permutations(words)))
    spans = compare(old, new)
    assert joined(spans, Op.INSERT) == old
    assert joined(spans, Op.DELETE) == new


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_texts_can_be_compared_and_put_together_again(old: str, new: str) -> None:
    spans = compare(old, new)
    assert joined(spans, Op.INSERT) == old
    assert joined(spans, Op.DELETE) == new
    assert all(span.text for span in spans)
    assert all(a.op is not b.op for a, b in pairwise(spans))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Signed on 21.05.2020 by all", "Signed on 22.05.2020 by all", "Signed on [-21.05.2020-]{+22.05.2020+} by all"),
        ("the 1,200 men", "the 1,300 men", "the [-1,200-]{+1,300+} men"),
        ("an anti-terrorist drill", "an anti-drug drill", "an [-anti-terrorist-]{+anti-drug+} drill"),
        ("Он прибыл утром.", "Он прибыл вечером.", "Он прибыл [-утром-]{+вечером+}."),
        ("it ends here", "it ends here now", "it ends here{+ now+}"),
    ],
)
def test_a_changed_word_is_marked_whole(old: str, new: str, expected: str) -> None:
    assert marked(old, new) == expected


def test_a_space_or_comma_between_two_changed_words_joins_the_change() -> None:
    assert marked("all met, then left", "all convened, and left") == "all [-met, then-]{+convened, and+} left"


def test_equal_texts_have_no_change() -> None:
    assert compare("the same", "the same") == (Span(Op.EQUAL, "the same"),)
    assert compare("", "") == ()
