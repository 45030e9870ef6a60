"""What a sentence quotes: somebody's words, or a name in quotation marks. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from reports.marks import words_of

_OPENING: Final = {"«": "»", "“": "”", "„": "“”", "‘": "’"}
_STRAIGHT: Final = '"'
MARKS: Final = frozenset('«»“”„‟"‘’')
_FEW: Final = 3
"""So many words in quotation marks may be a name; more are somebody's words."""
_SAID_BEHIND: Final = re.compile(r"[»”“\"’]?\s*,|[»”“\"’]?\s*[–—-]\s")

Region = tuple[int, int]
"""Where the quoted text begins and ends, without the marks."""


def quotes(text: str) -> list[Region]:
    """All that stands in quotation marks, outermost; a mark that is never closed quotes the rest."""
    found: list[Region] = []
    start, closing = -1, ""
    for at, letter in enumerate(text):
        if start < 0:
            if _opens(text, at):
                start, closing = at + 1, _OPENING.get(letter, _STRAIGHT)
            elif letter in "»”" and not found:
                found.append((0, at))
        elif letter in closing and not (letter == "’" and text[at + 1 : at + 2].isalpha()):
            found.append((start, at))
            start = -1
    return [*found, (start, len(text))] if start >= 0 else found


def _opens(text: str, at: int) -> bool:
    letter = text[at]
    is_at_word = not text[at - 1 : at].isalnum() if at else True
    return (letter in _OPENING and (letter != "‘" or is_at_word)) or (letter == _STRAIGHT and is_at_word)


def name_quotes(text: str) -> Iterator[Region]:
    """A few words with a capital, that nobody says: «Тихая гавань»."""
    for start, end in quotes(text):
        if not _is_speech(text, start, end):
            yield start, end


def speech(text: str) -> list[Region]:
    """The regions that are somebody's words."""
    return [(start, end) for start, end in quotes(text) if _is_speech(text, start, end)]


def _is_speech(text: str, start: int, end: int) -> bool:
    inside = text[start:end].strip()
    is_said = inside[-1:] in {",", ".", "!", "?", "…"} or text[: max(start - 1, 0)].rstrip().endswith(":")
    is_led = start <= 1 and _SAID_BEHIND.match(text, end) is not None
    return is_said or is_led or len(words_of(inside)) > _FEW or not inside[:1].isupper()
