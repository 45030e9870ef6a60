"""crawler.pages.dates: days as the site prints them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages.dates import leading_date, parse_date, trailing_date


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("26.07.2024", date(2024, 7, 26)),
        ("6.7.2024", date(2024, 7, 6)),
        ("26.07.2024 14:20", date(2024, 7, 26)),
        ("26.07.2024, 14:20:59", date(2024, 7, 26)),
        ("26.07.2024 г.", date(2024, 7, 26)),
        ("\u00a026.07.2024 \n", date(2024, 7, 26)),
        ("11/28/2019 14:56:41", date(2019, 11, 28)),
        ("11/28/2019", date(2019, 11, 28)),
        ("11/28/2019 02:56:41 PM", date(2019, 11, 28)),
        ("1/2/2019", date(2019, 1, 2)),
        ("26 July 2024", date(2024, 7, 26)),
        ("26th july, 2024", date(2024, 7, 26)),
        ("July 26, 2024", date(2024, 7, 26)),
        ("JULY 26th, 2024 at 9:05", date(2024, 7, 26)),
        ("Sept. 3, 2020", date(2020, 9, 3)),
        ("3 Sep 2020", date(2020, 9, 3)),
        ("26 июля 2024", date(2024, 7, 26)),
        ("26 июля 2024 г. в 10:00", date(2024, 7, 26)),
        ("1 МАЯ 2024 года", date(2024, 5, 1)),
        ("2024-07-26", date(2024, 7, 26)),
        ("2024-07-26T23:59:59Z", date(2024, 7, 26)),
        ("2024-07-26T00:00:00.123+03:00", date(2024, 7, 26)),
        ("2024-07-26 14:20", date(2024, 7, 26)),
        ("29.02.2024", date(2024, 2, 29)),
        ("31.12.2999", date(2999, 12, 31)),
    ],
)
def test_a_day_is_read_in_each_form(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31.02.2024",
        "29.02.2023",
        "00.07.2024",
        "26.13.2024",
        "28/11/2019",
        "26.07.24",
        "26.07.1799",
        "26.07.2024 25:00",
        "26.07.2024.",
        "on 26.07.2024",
        "26.07.2024 and more",
        "26 Quintember 2024",
        "July 2024",
        "2024",
        "26 июль 2024",
        "26.07.2024" + " " * 10 + "x" * 60,
    ],
)
def test_what_is_no_day_or_more_than_one_is_none(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("21.05.2020On a May day", (date(2020, 5, 21), "On a May day")),
        ("16.07.2021   The text", (date(2021, 7, 16), "The text")),
        ("  16.07.2021 The text ", (date(2021, 7, 16), "The text")),
        ("16.07.2021 10:30The text", (date(2021, 7, 16), "The text")),
        ("11/28/2019 14:56:41The text", (date(2019, 11, 28), "The text")),
        ("27.03.202325 boats", (date(2023, 3, 27), "25 boats")),
        ("16.07.2021", (date(2021, 7, 16), "")),
        ("31.02.2020The text", None),
        ("10.10.2010.5 The text", None),
        ("10.10.2010-12.10.2010 The text", None),
        ("On 21.05.2020", None),
        ("26 July 2024 The text", None),
    ],
)
def test_a_day_in_front_of_a_text_is_split_off(text: str, found: tuple[date, str] | None) -> None:
    assert leading_date(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A title 03.06.2024", (date(2024, 6, 3), "A title")),
        ("A title03.06.2024\u00a0", (date(2024, 6, 3), "A title")),
        ("A title (2023) 11.06.2023", (date(2023, 6, 11), "A title (2023)")),
        ("A title 11/28/2019 14:56:41", (date(2019, 11, 28), "A title")),
        ("03.06.2024", (date(2024, 6, 3), "")),
        ("A title 31.02.2024", None),
        ("A title 1.03.06.2024", None),
        ("A title of 03.06.2024 in full", None),
        ("A title June 3, 2024", None),
    ],
)
def test_a_day_behind_a_text_is_split_off(text: str, found: tuple[date, str] | None) -> None:
    assert trailing_date(text) == found


@given(
    st.dates(min_value=date(1900, 1, 1)), st.sampled_from(["%d.%m.%Y", "%m/%d/%Y", "%Y-%m-%d", "%d %B %Y", "%B %d, %Y"])
)
def test_every_day_is_read_back_from_each_form(day: date, form: str) -> None:
    assert parse_date(day.strftime(form)) == day


@given(st.dates(min_value=date(1900, 1, 1)), st.text(alphabet=st.characters(categories=["L"]), min_size=1))
def test_a_day_glued_to_a_word_comes_off_whole(day: date, word: str) -> None:
    assert leading_date(f"{day:%d.%m.%Y}{word}") == (day, word)
    assert trailing_date(f"{word} {day:%d.%m.%Y}") == (day, word)


@given(st.text())
def test_any_text_is_a_day_or_none(text: str) -> None:
    for found in (parse_date(text), leading_date(text), trailing_date(text)):
        assert found is None or found


@pytest.mark.parametrize(
    ("text", "day", "rest"),
    [
        ("5 марта 2026Всего задействовано", date(2026, 3, 5), "Всего задействовано"),
        ("March 5, 2026“The plan” was signed", date(2026, 3, 5), "“The plan” was signed"),
        ("2023-10-19The work goes on", date(2023, 10, 19), "The work goes on"),
        ("5 March 2026”The plan”, he said", date(2026, 3, 5), "”The plan”, he said"),
    ],
)
def test_a_written_day_glued_to_a_capital_letter_is_taken_off(text: str, day: date, rest: str) -> None:
    assert leading_date(text) == (day, rest)


@pytest.mark.parametrize("text", ["5 March 2026 was a cold day", "March 5, 2026 they met", "5 March 2026th"])
def test_a_written_day_that_a_sentence_goes_on_from_stays(text: str) -> None:
    assert leading_date(text) is None


@pytest.mark.parametrize("rest", ["13 states met", "was a cold day", "— Who came?"])
def test_where_days_are_known_to_stand_a_written_one_before_a_space_is_read_too(rest: str) -> None:
    assert leading_date(f"5 March 2026 {rest}", is_usual=True) == (date(2026, 3, 5), rest)
    assert leading_date("5 March 20261 states met", is_usual=True) is None


def test_a_t_behind_an_iso_day_needs_a_time() -> None:
    assert parse_date("2023-10-19T") is None
    assert parse_date("2023-10-19T10:05:00Z") == date(2023, 10, 19)
