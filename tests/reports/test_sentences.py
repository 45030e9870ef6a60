"""Where sentences end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.sentences import ends

ONE = [
    "Mr. Petrov and Dr. A. V. Orlov met Gen. Ivanov in St. Petersburg.",
    "The sum is approx. 1,200 roubles, i.e. 5.5 per cent (see No. 5).",
    "The U.S. Senate met at 10:30 a.m. on Monday.",
    "“Is it time?” asked Petrov.",
    "He stressed: “There is no doubt! The drill will go on.”",
    "В г. Минске прошло заседание.",
    "По словам А. В. Орлова, т. е. руководителя, всё идёт по плану.",
    "Академия им. Петрова на ул. Садовой, д. 5, приняла гостей.",
    "«Пора?» – спросил Иванов.",
    "21.05.2020 г. подписан протокол № 5.",
    "1. Introduction",
    "no sign at its end",
]
MORE = [
    ("It ended. Then they left. All was well!", ["It ended.", "Then they left.", "All was well!"]),
    ("В 2024 г. Участники уехали. Всё.", ["В 2024 г.", "Участники уехали.", "Всё."]),
    ("He said “yes.” She left.", ["He said “yes.”", "She left."]),
    ("Расходы – 5 млн. Доходы – 6.", ["Расходы – 5 млн.", "Доходы – 6."]),
    ("Really?! Yes… No.", ["Really?!", "Yes…", "No."]),
]


def split(text: str) -> list[str]:
    chunks = text.split(" ")
    return [" ".join(chunks[start:end]) for start, end in pairwise([0, *ends(chunks)])]


@pytest.mark.parametrize("text", ONE)
def test_dots_inside_a_sentence_end_nothing(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize(("text", "expected"), MORE)
def test_sentences_are_told_apart(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@given(st.text(st.sampled_from('Aб1. !?«»“”"—\n'), max_size=40))
def test_sentences_joined_are_the_text_and_none_is_empty(text: str) -> None:
    chunks = text.split(" ")
    found = ends(chunks)
    assert found[-1] == len(chunks)
    assert all(a < b for a, b in pairwise([0, *found]))
