"""Words, stems and queries: pure, without a store."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.hashing import canonical_text
from storage.phrases import EmptyQuery, Match, Query, Term, parse
from storage.stems import beginning, stem
from storage.word_index import LONGEST, MOST_BYTES, OVERFULL, indexed_words
from storage.words import fold, joined, texts_of, vocabulary, words_of
from tests.storage.stage import article

TEXTS = st.text(
    st.characters(codec="utf-8") | st.sampled_from("аЁёйИ\u0301\u0306\u0300 -\u00ad\u200b_\u0130ßﬁ½\u2044"), max_size=40
)


def folded(text: str) -> list[str]:
    return [word.folded for word in words_of(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The CSTO's anti-terrorist force, 21.05.2020", ["the", "csto", "s", "anti", "terrorist", "force", "21", "05", "2020"]),
        ("Ещё ЁЖ", ["еще", "еж"]),
        ("за\u0301мок_дверь", ["замок", "дверь"]),
        ("«Взаимодействие—2020» № 5", ["взаимодействие", "2020", "5"]),
        ("🙂 — …", []),
    ],
)  # fmt: skip
def test_a_text_is_parted_into_words_without_case_stress_and_the_dots_of_e(text: str, words: list[str]) -> None:
    assert folded(text) == words


def test_a_word_is_where_it_stands_in_the_text() -> None:
    text = "«Ещё за\u0301мок»"
    assert [text[word.start : word.end] for word in words_of(text)] == ["Ещё", "за\u0301мок"]


@given(st.lists(TEXTS, max_size=4), TEXTS)
def test_the_index_holds_exactly_the_words_that_a_query_can_ask_for(paragraphs: list[str], title: str) -> None:
    shown = article(*paragraphs, title=title)
    assert vocabulary(texts_of(shown)) == {word for text in texts_of(shown) for word in folded(canonical_text(text))}


@given(TEXTS)
def test_no_word_holds_what_the_index_would_part_it_at(text: str) -> None:
    for word in vocabulary([text]):
        assert all(letter.isalnum() for letter in word if letter.isascii())
        assert fold(word) == word


def test_a_very_long_word_is_cut_and_a_boundless_vocabulary_is_one_mark() -> None:
    assert indexed_words(["ы" * 5000]) == ["ы" * LONGEST]
    boundless = " ".join(f"w{number}" for number in range(MOST_BYTES // 5))
    assert indexed_words([boundless]) == [OVERFULL]


@pytest.mark.parametrize(
    "forms",
    [
        "exercise exercises exercised exercising",
        "country countries",
        "party parties",
        "act acts",
        "move moves",
        "state states",
        "meeting meetings meets",
        "миротворцы миротворцев миротворцам миротворцами миротворцах",
        "учение учения учений учениям учениями учениях",
        "совместный совместная совместного совместному совместными совместные",
        "обсудил обсудила обсудили",
        "совет совета совету советом советы советов",
        "прием приема приеме приемы",
        "лавров лаврова лаврову",
        "год года году годом годы годов годам годах",
        "мера меры мер мерам мерах",
        "встреча встречи встречу встреч встречам",
        "собрался собралась собрались",
        "безопасность безопасности безопасностью",
    ],
)
def test_forms_of_one_word_share_a_stem(forms: str) -> None:
    assert len({stem(word) for word in forms.split()}) == 1


@pytest.mark.parametrize(
    "words",
    [
        "new news",
        "class clause",
        "оон оно",
        "страна странно",
        "csto csts",
        "мир мера",
        "совет сова",
        "state statue",
        "party part",
        "ever every",
        "note not",
        "одкб сша нато снг",
    ],
)
def test_other_words_do_not(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == len(words.split())


@given(TEXTS | st.text("иыйesaydng", max_size=9))
def test_every_word_begins_as_its_stem_tells(text: str) -> None:
    assert all(word.startswith(beginning(stem(word))) and beginning(stem(word)) for word in vocabulary([text]))


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("joint exercise", [Term(("joint",), Match.FORM), Term(("exercise",), Match.FORM)]),
        ('"Joint Exercise" held', [Term(("joint", "exercise")), Term(("held",), Match.FORM)]),
        ("«совместные учения»", [Term(("совместные", "учения"))]),
        ('"exercise"', [Term(("exercise",))]),
        ("exerc*", [Term(("exerc",), Match.START)]),
        ("anti-terrorist", [Term(("anti", "terrorist"))]),
        ("21.05.2020", [Term(("21", "05", "2020"))]),
        ("-exercise ^exercise +exercise", [Term(("exercise",), Match.FORM)]),
        ("a AND b", [Term(("a",), Match.FORM), Term(("and",), Match.FORM), Term(("b",), Match.FORM)]),
        ('"never closed', [Term(("never", "closed"))]),
        ("ex\0er\u00adcise \ud800", [Term(("exercise",), Match.FORM)]),
    ],
)
def test_what_was_typed_is_words_and_phrases(typed: str, terms: list[Term]) -> None:
    assert parse(typed) == Query(tuple(terms))


@pytest.mark.parametrize("typed", ["", "  ", '"', '""', "*", "-- ^ ()", "\0", "\ud800", "🙂", "…", "_"])
def test_what_holds_no_word_is_no_query(typed: str) -> None:
    with pytest.raises(EmptyQuery, match="no word"):
        parse(typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("exercise", ["exercise", "Exercises"]),
        ('"exercise"', ["exercise"]),
        ("ex*", ["exercise", "Exercises", "ex", "except"]),
        ('"joint exercise"', ["joint exercise", "Joint, exercise"]),
        ("exer", []),
    ],
)
def test_what_is_said_is_exact(typed: str, said: list[str]) -> None:
    text = "A joint exercise. Exercises by an ex, except one. Joint, exercise"
    found = [text[start:end] for term in parse(typed).terms for start, end in term.spans(text)]
    assert sorted(set(found)) == sorted(said)


def test_a_phrase_does_not_run_over_the_border_of_a_block_or_of_the_title() -> None:
    texts = joined(["The title", "first block", "second block"])
    assert parse('"first block"').is_said_in(texts)
    assert parse("title second").is_said_in(texts)
    assert not parse('"block second"').is_said_in(texts)
    assert not parse('"title first"').is_said_in(texts)


@given(st.lists(TEXTS, max_size=3), TEXTS | st.sampled_from(["ё", "a b", '"a - b"', "a*", '"ё"']))
def test_the_quick_look_and_the_slow_one_say_the_same(texts: list[str], typed: str) -> None:
    try:
        query = parse(typed)
    except EmptyQuery:
        return
    slow = all(any(list(term.spans(canonical_text(text))) for text in texts) for term in query.terms)
    assert query.is_said_in(joined(texts)) == slow
