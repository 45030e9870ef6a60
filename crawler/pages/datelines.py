"""The day of an article where it is printed: on a line of its own, among labels, behind the title, glued to the first word."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from crawler.pages.blocks import Line
from crawler.pages.boilerplate import PROSE
from crawler.pages.dates import leading_date, parse_date
from crawler.pages.names import split_date
from crawler.pages.text import fold

_LABEL: Final = re.compile(
    r"(?:published|posted|date(?: of publication)?|дата(?: публикации)?|опубликовано|размещено)\s*[:—–-]?\s*(?P<day>\S.*)",
    re.IGNORECASE,
)
_BETWEEN_LABELS: Final = re.compile(r"\s*[|·•]\s*|\s+[—–-]\s+")
_YEAR: Final = re.compile(r"\d{4}")
_LONGEST: Final = 90
_LONGEST_MONTH: Final = 12
"""Letters of the longest name of a month, its dot and the space behind it, and one more."""
_GOES_ON: Final = re.compile(r"[a-zа-яё,;:.)]")
"""How a text goes on when the day before it belongs to its first sentence; so it may with one of ``_DASHES``."""
_DASHES: Final = "–—-"
_SPEECH: Final = re.compile(r"[–—-]\s+[^\W\d_a-zа-яё]")
"""What somebody says: a dash that is glued to the day before it, and a capital letter."""


def date_line(line: Line) -> date | None:
    """The day that the whole line prints, with a label or among labels; or that its ``time`` element says."""
    text = line.text
    if not text or len(text) > _LONGEST:
        return None
    day = (parse_date(text) or _labelled(text) or _among_labels(text)) if _YEAR.search(text) else None
    if day is None and line.time and line.own < PROSE:
        day = parse_date(line.time)
    return day


def _labelled(text: str) -> date | None:
    found = _LABEL.fullmatch(text)
    return parse_date(found["day"]) if found else None


def _among_labels(text: str) -> date | None:
    """``26.07.2024 | News | Views: 12``; not a sentence that a dash parts."""
    pieces = _BETWEEN_LABELS.split(text)
    if len(pieces) < 2 or any(len(piece) > 30 or piece[-1:] in ".!?;" for piece in pieces):
        return None
    return next((day for piece in pieces if (day := parse_date(piece) or _labelled(piece))), None)


def date_in_title(text: str, title: str) -> date | None:
    """The day that stands in a title's line around the title."""
    found = split_date(text) if len(text) > len(title) else None
    return found[0] if found else None


def _begins_with_day(text: str) -> bool:
    """Or may: a figure is among its first letters, behind a month's name at the most."""
    return any(map(str.isdigit, text[:_LONGEST_MONTH]))


def glued_date(line: Line, *, is_known: bool, is_usual: bool = False) -> tuple[date, str] | None:
    """A day in an element of its own before the first word, or glued to it in figures, and the rest of the text.

    Where no day is known yet, one in figures with a space behind it counts too, unless the sentence goes on from it.
    ``is_usual``: this template prints its days so; then only a small letter or a sign says that the sentence goes on.
    """
    if not _begins_with_day(line.text):
        return None
    first = fold(line.first) if line.first.lstrip()[:1].isdigit() else ""
    day = parse_date(first) if first and first != line.text else None
    if day is not None and line.text.startswith(first):
        return day, line.text[len(first) :].lstrip()
    cut = leading_date(line.text, is_usual=is_usual)
    if cut is None or not cut[1]:
        return None
    is_apart = line.text[-len(cut[1]) - 1] == " "
    begins_speech = not is_apart and _SPEECH.match(cut[1])
    if _GOES_ON.match(cut[1]) or (not is_usual and not begins_speech and cut[1][0] in _DASHES):
        return None
    return None if is_known and is_apart else cut
