"""crawler.pages.text: one form for all the ways in which a page can write the same words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages.text import fold, language_of, says, skeleton


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("  a \t\n b ", "a b"),
        ("a\u00a0b\u2009c\u3000d\u202fe", "a b c d e"),
        ("co\u00adop\u200ber\u200cat\u200di\u2060on\ufeff", "cooperation"),
        ("a\x00b\x07c\x1fd\x7fe\x85f\x9fg", "abcdefg"),
        ("a\x0bb\x0cc\u2028d\u2029e", "a b c d e"),
        ("и\u0306ван", "йван"),
        ("e\u200b\u0301", "é"),
        ("\ud800x\udfff", "\ufffdx\ufffd"),
        ("\u202eabc\u2066", "\u202eabc\u2066"),
        ("ХI “q” «r» A", "ХI “q” «r» A"),
        ("", ""),
        ("\u200b \u00a0", ""),
    ],
)
def test_text_is_folded_as_the_rules_say(raw: str, folded: str) -> None:
    assert fold(raw) == folded


@given(st.text(st.characters(codec=None)))
def test_folding_twice_changes_nothing(raw: str) -> None:
    once = fold(raw)
    assert fold(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert "  " not in once
    assert once == once.strip()


@given(st.lists(st.sampled_from(["a", "б", " ", "\u00a0", "\u00ad", "\n", "\u0306", "\x1f", "\x85", "\ud800"])))
def test_the_short_way_and_the_long_way_of_folding_agree(letters: list[str]) -> None:
    text = "".join(letters)
    assert fold(text) == fold(text + "\u200b")


def test_a_skeleton_has_letters_and_digits_only() -> None:
    assert skeleton("The «Big» Meeting — No. 5!") == "thebigmeetingno5"


@pytest.mark.parametrize(
    ("texts", "declared", "language"),
    [
        (["The ministers met."], "ru", "en"),
        (["Министры встретились."], "en", "ru"),
        (["Minsk, Минск"], "ru-RU", "ru"),
        (["Minsk, Минск"], "en", "en"),
        (["Minsk, Минск"], None, "en"),
        (["The ministers of the six states met.", "Один абзац."], None, "en"),
        (["Zzz", "Ъыъ"], None, "en"),
        (["12.05.2020"], None, None),
        ([], "en", "en"),
    ],
)
def test_the_language_is_told_by_the_letters(texts: list[str], declared: str | None, language: str | None) -> None:
    assert language_of(texts, declared) == language


ODD = "аб ab\n\t\u00a0\u00ad\u200b\u0306\u2009"


@given(st.text(ODD, max_size=60), st.text("аб ab", min_size=1, max_size=6))
def test_a_phrase_is_found_however_the_text_writes_it(text: str, raw: str) -> None:
    phrase = fold(raw)
    if phrase and phrase in fold(text):
        assert says(text.encode(), phrase)


@pytest.mark.parametrize(
    "text", ["the  far\n   shore", "the far\u00a0shore", "the f\u00adar sho\u200bre", "a; the far shore, b"]
)
def test_breaks_and_invisible_signs_hide_no_phrase(text: str) -> None:
    assert says(text.encode(), "the far shore")
    assert not says(text.encode(), "the far shores")
