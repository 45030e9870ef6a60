"""What a page may not do to a terminal, a log or a JSON line."""

from __future__ import annotations

import json
import sys

import pytest

from reports.render.text import is_unsafe, json_line, json_text, visible
from tests.reports.made import PAYLOADS


def test_every_control_and_format_character_of_unicode_is_written_out() -> None:
    left = [hex(code) for code in range(sys.maxunicode + 1) if is_unsafe(chr(code)) and visible(chr(code)) == chr(code)]
    assert left == []


def test_letters_of_any_script_stay_as_they_are() -> None:
    text = "Ўзбекистон, Հայաստան, Қазақстан: “x” — 5 % №\u00a07 é"
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "\\x1b[31m"),
        ("\x9b2J", "\\x9b2J"),
        ("\u202eabc", "\\u202eabc"),
        ("a\nb\tc\r", "a\\x0ab\\x09c\\x0d"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("\ufffe", "\\ufffe"),
        ("\ufdd0", "\\ufdd0"),
        ("\U0010ffff", "\\U0010ffff"),
    ],
)
def test_a_control_character_is_shown_by_its_number(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_line_ends_and_tabs_stay_where_lines_are_wanted() -> None:
    assert visible("a\nb\tc\rd", lines=True) == "a\nb\tc\\x0dd"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_json_line_is_one_line_without_control_characters_and_reads_back_equal(payload: str) -> None:
    for ascii_only in (False, True):
        line = json_line({"title": payload}, ascii_only=ascii_only)
        assert not any(map(is_unsafe, line))
        assert json.loads(line) == {"title": payload}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_json_on_many_lines_has_no_line_end_or_control_of_a_page_either(payload: str) -> None:
    text = json_text({"title": payload, "url": "x"})
    assert len(text.split("\n")) == 4
    assert not any(is_unsafe(letter) for letter in text.replace("\n", ""))
    assert json.loads(text) == {"title": payload, "url": "x"}
