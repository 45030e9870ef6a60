"""Dates as the site prints them: whole, in front of a text, or behind it. Impossible ones (31 February) are no dates."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final

_MONTHS_EN: Final = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_MONTHS_RU: Final = (
    *("января", "февраля", "марта", "апреля", "мая", "июня", "июля"),
    *("августа", "сентября", "октября", "ноября", "декабря"),
)
_SHORT_EN: Final = {name[:3]: number for number, name in enumerate(_MONTHS_EN, 1)} | {"sept": 9}
_MONTH: Final = (
    {name: number for number, name in enumerate(_MONTHS_EN, 1)}
    | {name: number for number, name in enumerate(_MONTHS_RU, 1)}
    | _SHORT_EN
)

_YEAR: Final = re.compile(r"\d{4}")
_CLOCK: Final = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:\s?[AaPp]\.?[Mm]\.?)?"
_TIME: Final = rf"(?:\s*(?:,|at|в)?\s*{_CLOCK}(?:\s*(?:Z|UTC|GMT|MSK|[+-]\d\d:?\d\d))?)?"
_DOTTED: Final = r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})"
_SLASHED: Final = r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})"
"""Month first: the organs' pages print ``11/28/2019 14:56:41``."""
_NAMED: Final = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?\s+(?P<name>[^\W\d_]{3,9})\.?,?\s+(?P<y>\d{4})"
_NAMED_US: Final = r"(?P<name>[^\W\d_]{3,9})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})"
_ISO: Final = r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)"

_WHOLE: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_DOTTED}(?:\s*г(?:ода|\.)?)?{_TIME}",
        rf"{_SLASHED}{_TIME}",
        rf"{_NAMED}(?:\s*г(?:ода|\.)?)?{_TIME}",
        rf"{_NAMED_US}{_TIME}",
        rf"{_ISO}(?:T(?=\d))?{_TIME}",
    )
)
_US: Final = _SLASHED.replace("?P<", "?P<us_")
_PRINTED: Final = rf"(?:{_DOTTED}(?:\s+{_CLOCK})?|{_US}(?:\s+{_CLOCK})?|{_ISO.replace('?P<', '?P<iso_')})"
_LEADING: Final = re.compile(rf"\s*{_PRINTED}(?![./-]\d)\s*(?P<rest>.*)", re.DOTALL)
_WRITTEN: Final = re.compile(
    rf"\s*(?:{_NAMED}|{_NAMED_US.replace('?P<', '?P<us_')})(?P<rest>[^\W\d_a-zа-яё].*|[«“”„\"—].*)", re.DOTALL
)
"""Written out, the month's name and all, and glued to a capital letter or a quotation mark."""
_LOOSE: Final = re.compile(rf"\s*(?:{_NAMED}|{_NAMED_US.replace('?P<', '?P<us_')})(?!\d)\s*(?P<rest>\S.*)", re.DOTALL)
"""Written out before anything else."""
_FIGURE: Final = re.compile(r"\d")
_TRAILING: Final = re.compile(rf"(?P<rest>.*?)\s*(?<![\d./-]){_PRINTED}\s*", re.DOTALL)


@lru_cache(maxsize=256)
def parse_date(text: str) -> date | None:
    """The day that ``text`` names and nothing else, a time of day behind it aside.

    Read are ``26.07.2024``, ``7/26/2024`` (month first), ``26 July 2024``, ``July 26, 2024``, ``26 июля 2024 г.``, and ISO 8601.

    >>> parse_date("11/28/2019 14:56:41")
    datetime.date(2019, 11, 28)
    """
    folded = " ".join(text.split())
    if len(folded) > 60 or _YEAR.search(folded) is None:
        return None
    for pattern in _WHOLE:
        found = pattern.fullmatch(folded)
        if found is not None:
            return _day(found.groupdict())
    return None


def leading_date(text: str, *, is_usual: bool = False) -> tuple[date, str] | None:
    """A day at the very beginning and the text behind it: in figures, glued or not, or written out and glued.

    ``is_usual``: a day is known to be printed there; then one that is written out and stands before a space is read too.

    >>> leading_date("21.05.2020On May 26"), leading_date("5 March 2026The plan")
    ((datetime.date(2020, 5, 21), 'On May 26'), (datetime.date(2026, 3, 5), 'The plan'))
    """
    found = _split_off(_LEADING.fullmatch(text)) or _split_off(_WRITTEN.fullmatch(text))
    return _split_off(_LOOSE.fullmatch(text)) if found is None and is_usual else found


def trailing_date(text: str) -> tuple[date, str] | None:
    """A day in figures at the very end, and the text before it: ``Title 03.06.2024``."""
    first = _FIGURE.search(text)
    if first is None:
        return None
    # No day begins before the first figure: looked for at each letter of a title, it took 35 us.
    cut = _split_off(_TRAILING.fullmatch(text, first.start()))
    return None if cut is None else (cut[0], f"{text[: first.start()]}{cut[1]}".strip())


def _split_off(found: re.Match[str] | None) -> tuple[date, str] | None:
    if found is None:
        return None
    parts = found.groupdict()
    prefixed = (
        {k.removeprefix(prefix): v for k, v in parts.items() if k.startswith(prefix)} for prefix in ("us_", "iso_")
    )
    day = _day(parts) or next((day for named in prefixed if (day := _day(named))), None)
    return None if day is None else (day, parts["rest"].strip())


def _day(parts: dict[str, str | None]) -> date | None:
    year, day = parts.get("y"), parts.get("d")
    month = parts.get("m") or _MONTH.get((parts.get("name") or "").lower())
    if not (year and day and month) or int(year) < 1900:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
