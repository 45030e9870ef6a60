"""What carries weight in a sentence is found, whatever it is written like."""

from __future__ import annotations

import pytest

from reports.marks import DATE, NAME, NEGATION, NUMBER, ORGANISATION, PERSON
from reports.quantities import quantities
from reports.quoting import quotes, speech
from reports.sentences import sentences_of
from reports.strength import modals, negations
from reports.wording import marks_of, reasons_between
from tests.cpu import within


def values(text: str) -> list[tuple[str, str]]:
    return [mark.key for mark in quantities(text)]


@pytest.mark.parametrize(
    "forms",
    [
        ("20 000 boats", "20,000 boats", "20000 boats", "20 thousand boats", "20 тыс. лодок"),
        ("twelve boats", "12 boats", "двенадцать лодок"),
        ("the third", "the 3rd", "the III", "третий", "3-й"),
        ("10 %", "10%", "ten percent", "10 per cent", "10 процентов"),
        ("1.5 million", "1,5 млн", "1500000"),
        ("twenty-five", "25", "двадцать пять"),
        ("двухдневный визит", "двухдневного визита"),
    ],
)
def test_a_number_has_one_value_in_all_its_forms(forms: tuple[str, ...]) -> None:
    found = [values(form) for form in forms]
    assert found == [found[0]] * len(forms)
    assert found[0][0][0] == NUMBER


@pytest.mark.parametrize(
    "forms",
    [
        ("on 5 May 2024", "on May 5, 2024", "05.05.2024", "2024-05-05", "5 мая 2024 года", "on the 5th of May 2024"),
        ("in March", "в марте"),
        ("on Tuesday", "во вторник"),
        ("in 1987", "в 1987 году"),
    ],
)
def test_a_date_has_one_value_in_all_its_forms(forms: tuple[str, ...]) -> None:
    found = [values(form) for form in forms]
    assert found == [found[0]] * len(forms)
    assert found[0][0][0] == DATE


def test_no_digit_of_a_very_long_number_is_rounded_away() -> None:
    assert reasons_between(f"It is {10**40 + 1}.", f"It is {10**40 + 2}.") == {"number"}


def test_a_comma_parts_thousands_in_english_and_a_fraction_in_russian() -> None:
    assert values("about 1,234 boats") == [(NUMBER, "1234")]
    assert values("около 1,234 тонны") == [(NUMBER, "1.234")]


def test_days_of_a_range_are_dates_and_what_is_counted_is_a_number() -> None:
    assert [kind for kind, _ in values("from 3 to 9 August with 9 boats")] == [DATE, DATE, NUMBER]
    assert [kind for kind, _ in values("с 3 по 9 августа, 9 лодок")] == [DATE, DATE, NUMBER]
    assert values("about 2000 people") == [(NUMBER, "2000")]


def test_may_is_a_month_only_where_it_can_be_one() -> None:
    assert values("They may leave in May.") == [(DATE, "M5")]
    assert [mark.value for mark in modals("May I leave? They may leave in May.")] == ["may", "may"]


def test_a_minus_belongs_to_its_number_and_a_dash_to_none() -> None:
    assert values("at -5 degrees") == values("at \u22125 degrees") == values("at \u20135 degrees") == [(NUMBER, "-5")]
    assert values("pages 10\u201312") == values("pages 10-12") == [(NUMBER, "10"), (NUMBER, "12")]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It is not open, and never was.", 2),
        ("Not only boats came.", 0),
        ("Order No. 5 stays.", 0),
        ("They don't, won’t and cannot.", 3),
        ("Не только лодки.", 0),
        ("Никто не пришёл без билета.", 3),
        ("Нота и нетто.", 0),
        ("Если не придут, то нет.", 2),
    ],
)
def test_negations_are_counted(text: str, count: int) -> None:
    found = list(negations(text))
    assert len(found) == count
    assert {mark.kind for mark in found} <= {NEGATION}


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Thanks to Elena Voronina for it.", PERSON, "elena voronina"),
        ("the deputy chairman spoke", PERSON, "deputy chairman"),
        ("so Mr Lindqvist said", PERSON, "lindqvist"),
        ("then A. P. Gromov came", PERSON, "a p gromov"),
        ("the Ministry of Defence came", ORGANISATION, "ministry of defence"),
        ("so the CSTO said", ORGANISATION, "csto"),
        ("the Armenian boats", ORGANISATION, "country 0"),
        ("они из Армении", ORGANISATION, "country 0"),
        ("российские лодки", ORGANISATION, "country 4"),
        ("пришёл Совет министров обороны", ORGANISATION, "совет министр оборон"),
        ("они встретились в Бишкеке", NAME, "бишкек"),
        ("the exercise “Quiet Harbour” is over", NAME, "quiet harbour"),
        ("начальник поста Тарасов", PERSON, "тарасов"),
    ],
)
def test_names_are_told_apart_by_what_they_name(text: str, kind: str, value: str) -> None:
    assert (kind, value) in [mark.key for mark in marks_of(text)]


@pytest.mark.parametrize("text", ["Boats came. Thus it ended", "THE RIVER IS FREE", "И вот конец", "I left", "in May"])
def test_a_capital_that_something_else_explains_is_no_name(text: str) -> None:
    for sentence in sentences_of(text):
        assert [mark for mark in marks_of(sentence) if mark.kind in {PERSON, ORGANISATION, NAME}] == []


def test_a_name_in_quotation_marks_is_nobodys_words() -> None:
    text = "The exercise «Quiet Harbour» is over, «we were lucky with the wind», he said."
    assert [text[start:end] for start, end in quotes(text)] == ["Quiet Harbour", "we were lucky with the wind"]
    assert [text[start:end] for start, end in speech(text)] == ["we were lucky with the wind"]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One is here. Two came.", ["One is here.", "Two came."]),
        ("It began. Mr. Holt and A. P. Gromov met at 5 p.m. in St. Mary. They left.", 3),
        ("“Go!” he said. “We are late.” They went.", ["“Go!” he said.", "“We are late.”", "They went."]),
        ("Это 5 тыс. рублей. В 2020 г. их не было. Конец…", 3),
        ("no end", ["no end"]),
        ("", []),
    ],
)
def test_a_paragraph_is_cut_into_its_sentences(text: str, sentences: list[str] | int) -> None:
    found = sentences_of(text)
    assert " ".join(found) == text
    assert (len(found) if isinstance(sentences, int) else found) == sentences


@pytest.mark.parametrize(
    ("old", "new", "reasons"),
    [
        ("They brought 5 tents and 7 boats.", "They brought 7 boats and 5 tents.", {"wording"}),
        ("It rose from 5 to 7.", "It rose from 7 to 5.", {"number"}),
        ("None of them was clean.", "All of them were clean.", {"negation"}),
        ("Hidden by the dam, men waited.", "Hidden by the dam men waited.", {"punctuation"}),
        ("One of the boats sank.", "The boats sank.", {"wording"}),
        ("One boat sank.", "Two boats sank.", {"number"}),
        ("A two-day visit", "A two-week visit", {"number"}),
        ("Двухдневный визит", "Двухнедельный визит", {"number"}),
        ("It took three parts", "It took third parts", {"number"}),
        ("Так сказал Иванов.", "Так сказала Иванова.", {"wording"}),
        (
            "Then Mr Sergeev, Dmitriy Vasilyev and Yulia Ermekova met.",
            "Then Mr Sergeyev, Dmitry Vasiliev and Iuliya Yermekova met.",
            {"spelling"},
        ),
        ("Thanks to Zhanna for it.", "Thanks to Anna for it.", {"person"}),
        ("Thanks to Maria for it.", "Thanks to Mara for it.", {"person"}),
        ("Thanks to Ivan Petrov for it.", "Thanks to Evan Petrov for it.", {"person"}),
        ("Вчера Иванов молчал.", "Вчера Иванова молчал.", {"person"}),
        ("Вчера министр Иванов молчал.", "Вчера министра Иванова молчал.", {"grammar"}),
        ("Пришла дюжина лодок.", "Пришли десятки лодок.", {"number"}),
        ("The fee doubles then.", "The fee doubled then.", {"number"}),
        ("Они думали после ужина.", "Они гадали перед ужином.", {"wording"}),
        ("Судно стояло в порту.", "Баржа стояла в порту.", {"wording"}),
        ("approved for September 2023", "approved for Seрtember 2023", {"homoglyph"}),
        ("They will go", "They Will go", {"case"}),
        ("In the first week", "In the First week", {"case"}),
        ("It may end", "It May end", {"modal", "date"}),
        ("It is here", "It is here", set()),
    ],
)
def test_an_edited_sentence_has_the_reasons_of_what_it_says(old: str, new: str, reasons: set[str]) -> None:
    assert reasons_between(old, new) == reasons


def test_a_very_long_row_takes_no_longer_than_its_words() -> None:
    row = " ".join(f"Armenia {n} boats not by Ivanov «Quiet» | " for n in range(1500))
    assert within(10, lambda: reasons_between(row, row.replace("boats", "rafts"))) == {"wording"}
