"""WHEN on the command line."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watch.when import WhenError, parse_when

NOW = datetime(2026, 7, 26, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7d", "2026-07-19T12:00:00+00:00"),
        ("12h", "2026-07-26T00:00:00+00:00"),
        ("30m", "2026-07-26T11:30:00+00:00"),
        ("2w", "2026-07-12T12:00:00+00:00"),
        ("2026-07-01", "2026-07-01T00:00:00+00:00"),
        ("2026-07-01T10:00:00Z", "2026-07-01T10:00:00+00:00"),
        ("2026-07-01t10:00:00z", "2026-07-01T10:00:00+00:00"),
        ("2026-07-01 10:00:00.5+03:00", "2026-07-01T07:00:00.500000+00:00"),
        ("2026-07-01T10:00:00.123456789Z", "2026-07-01T10:00:00.123456+00:00"),
        ("  7d ", "2026-07-19T12:00:00+00:00"),
    ],
)
def test_an_age_a_date_or_an_instant_is_a_moment(text: str, expected: str) -> None:
    assert parse_when(text, now=NOW).isoformat() == expected


def test_a_date_that_ends_a_span_takes_in_its_day() -> None:
    assert parse_when("2026-07-01", now=NOW, ends_day=True).isoformat() == "2026-07-01T23:59:59.999999+00:00"


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "7", "7y", "-7d", "2026-13-01", "2026-02-30", "2026-07-01T10:00:00", "2026-W01", "20260701", "07/01/2026",
     "999999999w", "2026-07-01T25:00:00Z", "2026-07-01T10:00:00+99:00", "0001-01-01T00:00:00+10:00"],
)  # fmt: skip
def test_anything_else_is_refused_with_a_word_of_help(text: str) -> None:
    with pytest.raises(WhenError) as refused:
        parse_when(text, now=NOW)
    assert "\n" not in str(refused.value)


@given(st.text(max_size=30))
def test_no_text_whatever_breaks_the_parser(text: str) -> None:
    with suppress(WhenError):
        assert parse_when(text, now=NOW).tzinfo is UTC
