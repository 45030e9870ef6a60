"""The lines of a text capture, each with what its form alone tells: no rule here knows a sentence or a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from crawler.pages.dates import parse_date
from crawler.pages.text import fold

NAVIGATION: Final = frozenset({"go back", "back to the section", "back to the all news"})
"""The lines below each article, in lower case. They are the site's template, as its pages print it."""

_BREAK: Final = re.compile("\r\n?|[\n\f\v\u2028\u2029]")
_IMAGE: Final = r"\.(?:jpe?g|png|gif|bmp|webp|tiff?|heic)"
_IMAGE_NAME: Final = re.compile(rf"([^/\\<>|:*?\"]{{1,150}}?{_IMAGE})(?:\s+|$)", re.IGNORECASE)
_IMAGE_LINE: Final = re.compile(rf"(?:{_IMAGE_NAME.pattern})+", re.IGNORECASE)
_CLOSING: Final = "\"'”’»)]} "
_SENTENCE_END: Final = re.compile(r"[^\W\d_]{2}[\"'”’»)]*[.!?…]+[\"'”’»)\]]*\s+[\"'“„«(\[—–-]*\s*(?P<next>\w)")
_LIST_ITEM: Final = re.compile(r"(?:[-–•·▪●◦‣*]|\(?\d{1,2}[.)]|\(?[^\W\d_]\))\s*(?=[^\W\d_\"“«])")
_DATELINE: Final = re.compile(r"[^,.;:!?]{2,40}(?:,\s*|\s+[-–—]\s+)(?P<day>.+)")
_ADDRESS: Final = re.compile(r"https?://\S+|www\.\S+|\b[\w.+-]{1,64}@[\w.-]{1,255}", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """One line with text in it. ``gap`` counts the empty lines above it."""

    text: str
    gap: int
    is_indented: bool
    day: date | None
    """Set when the line is a date and nothing else."""
    images: tuple[str, ...]
    """Set when the line is names of image files and nothing else."""

    @cached_property
    def is_navigation(self) -> bool:
        return self.text.casefold() in NAVIGATION

    @cached_property
    def end(self) -> str:
        """The last mark, looking through quotes and brackets; "" where the text ends in a letter or a figure."""
        last = self.text.rstrip(_CLOSING)[-1:]
        return "" if last.isalnum() else last

    @cached_property
    def sentences(self) -> int:
        """How many ends of a sentence lie inside the line; "U.S. Army" and "No. 5" are none."""
        return sum(found["next"].isupper() for found in _SENTENCE_END.finditer(self.text))

    @cached_property
    def is_rule(self) -> bool:
        """``* * *`` and its like."""
        return not any(letter.isalnum() for letter in self.text)

    @cached_property
    def is_list_item(self) -> bool:
        return _LIST_ITEM.match(self.text) is not None

    @cached_property
    def is_contact(self) -> bool:
        """A telephone number, a mail or web address: more figures and signs than words."""
        rest = _ADDRESS.sub("", self.text)
        letters = sum(letter.isalpha() for letter in rest)
        return len(rest) < len(self.text) or letters <= sum(letter.isdigit() for letter in rest)

    @cached_property
    def is_dateline(self) -> bool:
        """Place and day, as a letter or a speech begins with them."""
        found = _DATELINE.fullmatch(self.text)
        return found is not None and parse_date(found["day"]) is not None

    @cached_property
    def is_prose(self) -> bool:
        """A sentence or more, so a paragraph rather than a heading or a name."""
        return self.day is None and not self.images and (self.end in (".", "!", "?", "…") or len(self.text) > 255)


def lines_of(text: str) -> list[Line]:
    """The lines that hold text, in order, white space folded."""
    lines: list[Line] = []
    gap = 0
    for raw in _BREAK.split(text.removeprefix("\ufeff")):
        folded = fold(raw)
        if not folded:
            gap += 1
            continue
        lines.append(Line(folded, gap, raw[:1].isspace(), parse_date(folded), _image_names(folded)))
        gap = 0
    return lines


def is_spaced(lines: Sequence[Line]) -> bool:
    """Whether empty lines part the paragraphs; else the layout is the dense one, a line for each paragraph."""
    return sum(line.gap > 0 for line in lines[1:]) * 2 > len(lines) - 1


def _image_names(text: str) -> tuple[str, ...]:
    if _IMAGE_LINE.fullmatch(text) is None:
        return ()
    return tuple(found[1] for found in _IMAGE_NAME.finditer(text))
