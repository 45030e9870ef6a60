"""What is odd about a text or a date, and is kept just so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.flags import _BROKEN, flags_of, is_broken_form, is_mojibake
from storage.hashing import canonical_text
from storage.records import Article
from tests.reports.made import NOON, article
from tests.reports.test_language import LABELLED, OTHER, RUSSIAN


def flags(text: str = "", **fields: object) -> tuple[str, ...]:
    return flags_of(article(text, **fields), NOON)


@pytest.mark.parametrize("text", ["the СRRF forces", "в XXІ веке, как сказал Пpезидент", "Kaзахстан", "COВЕТ"])
def test_latin_and_cyrillic_letters_in_one_word_are_flagged(text: str) -> None:
    assert flags(text) == ("homoglyph",)


@pytest.mark.parametrize(
    "text", ["IT-специалист", "Ил-76MD", "5G сеть", "the CSTO (ОДКБ) said", "Т72M", "«Wagner», Вагнер", "café", "№1а б"]
)
def test_words_of_two_scripts_side_by_side_are_not(text: str) -> None:
    assert flags(text) == ()


def broken(text: str, encoding: str, times: int = 1) -> str:
    """What the reader of pages keeps of a text whose UTF-8 was read in another encoding."""
    for _ in range(times):
        text = text.encode("utf-8").decode(encoding, "ignore")
    return canonical_text(text)


@pytest.mark.parametrize("encoding", ["cp1251", "cp1252", "latin-1"])
@pytest.mark.parametrize("times", [1, 2])
def test_russian_and_armenian_read_in_another_encoding_are_flagged_and_known_again(encoding: str, times: int) -> None:
    texts = [*RUSSIAN, *OTHER[:5]]
    found = [text for text in texts if is_mojibake(broken(text, encoding, times))]
    # In capitals, twice broken and without its control characters too little is left to tell.
    assert len(found) >= len(texts) - 1
    assert [text for text in texts if not is_broken_form(broken(text, encoding, times), text)] == []


@pytest.mark.parametrize("encoding", ["cp1251", "cp1252"])
def test_a_broken_quote_in_an_english_sentence_is_enough(encoding: str) -> None:
    assert flags(broken("He said “yes” – don’t go…", encoding)) == ("mojibake",)


@pytest.mark.parametrize(
    "text",
    [
        *(text for text, _ in LABELLED),
        *("СССР»", "Группа «В»", "США…", "РІВНЕ", "ӨСІРІЛГЕН", "ӨСІРІСІ", "ВООРУЖЁННЫЕ СИЛЫ", "СЁМГА РЁВ", "С С С С"),
        *("Р. С. Р. С.", "SÃO TOMÉ", "AMANHÃ»", "MANHÃ DE MAIO", "Â", "naïve", "«ÂGE»"),
    ],
)
def test_no_text_that_is_whole_is_called_broken(text: str) -> None:
    assert not is_mojibake(text)


@pytest.mark.parametrize(("days", "flagged"), [(0, False), (1, False), (2, False), (3, True), (400, True), (-5, False)])
def test_a_date_more_than_48_hours_after_the_capture_is_flagged(days: int, flagged: bool) -> None:
    published = NOON.date() + timedelta(days=days)
    assert flags(published=published) == (("future_date",) if flagged else ())


def test_a_date_or_a_capture_that_is_not_known_is_not_flagged() -> None:
    later = date(2030, 1, 1)
    assert flags(published=None) == ()
    assert flags(published=later, unknown=frozenset(("published",))) == ()
    assert flags_of(Article("x", later, "en", ()), None) == ()


def test_the_title_is_looked_at_too_and_flags_keep_their_order() -> None:
    found = flags(broken("Совет собрался", "cp1251"), title="СRRF", published=date(2030, 1, 1))
    assert found == ("homoglyph", "mojibake", "future_date")


@given(st.text(alphabet="РСФХЦвЂ™їЎ абяё\u00c2\u00c3\u00d0\u00d1\u00d8\u00e2\u20ac\u00a9\u00ab", max_size=30))
def test_the_fast_look_for_broken_letters_finds_what_the_whole_pattern_finds(text: str) -> None:
    assert is_mojibake(text) is (_BROKEN.search(text) is not None)
