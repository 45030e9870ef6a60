"""WHEN on the command line: RFC 3339, a date, or an age such as 7d or 12h."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

_AGE: Final = re.compile(r"(\d{1,9})([mhdw])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(\.\d{1,6})?\d*([Zz]|[+-]\d{2}:\d{2})")
FORMS: Final = "2026-07-26T12:00:00Z, 2026-07-26, or an age such as 7d or 12h"


class WhenError(ValueError):
    """The text names no moment; the message says which forms do."""


def parse_when(text: str, *, now: datetime, ends_day: bool = False) -> datetime:
    """An aware UTC instant.

    A date is its first moment in UTC, or its last with ``ends_day``: "since the 26th" and "as of the 26th" both take in the 26th.
    """
    text = text.strip()
    if age := _AGE.fullmatch(text):
        return _ago(text, now, int(age[1]), _UNITS[age[2]])
    try:
        if _DATE.fullmatch(text):
            day = datetime.fromisoformat(text).replace(tzinfo=UTC)
            return day + timedelta(days=1, microseconds=-1) if ends_day else day
        if parts := _INSTANT.fullmatch(text):
            return datetime.fromisoformat(f"{parts[1]}T{parts[2]}{parts[3] or ''}{parts[4].upper()}").astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise WhenError(f"{text!r} is no moment of the calendar: {error}") from None
    raise WhenError(f"{text!r} is no moment; write {FORMS}")


def _ago(text: str, now: datetime, count: int, unit: str) -> datetime:
    try:
        return now - timedelta(**{unit: count})
    except OverflowError:
        raise WhenError(f"{text!r} is before the calendar begins") from None
