"""Text that ``<br>`` part: two of them part paragraphs; one does where most of them stand behind a sentence's end."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from crawler.pages.document import Element
from crawler.pages.text import fold

BREAK: Final = "\x00"
"""Stands for a ``<br>`` in the text that gathers. No parser lets NUL through, so it can't be text."""
MARKER: Final = re.compile(r"[-•·▪●◦*]\s+(?=[^\s*])")
"""The marker of a list item that was drawn by hand."""
_PARAGRAPH_GAP: Final = re.compile(r"\x00\s*(?:\x00\s*)+")
_ENDS: Final = ".!?…:;»”\"’'"

Splits = Callable[[str], bool]
"""Says of one side of a single ``<br>`` that it is a line of its own."""
Piece = tuple[int, int, str | None]
"""Where it begins and ends in the gathered text, and its own text where that is known already."""


@dataclass(slots=True)
class Breaks:
    """Single ``<br>`` behind a sentence's end, and within a sentence. ``part``: known to part paragraphs in this template."""

    part: bool = False
    ends: int = 0
    joins: int = 0
    parted: set[tuple[str, str] | None] = field(default_factory=set)
    """Boxes, by tag and class, in which single breaks were seen to part paragraphs: so they do in later boxes alike."""

    def add(self, other: Breaks) -> None:
        self.ends += other.ends
        self.joins += other.joins

    @property
    def seem_to_part(self) -> bool:
        return self.ends > 0 and self.joins * 4 <= self.ends

    def pieces(self, joined: str, box: Element | None, stands_alone: Splits) -> list[Piece]:
        """The text of one block, in which ``BREAK`` stands for a ``<br>``, cut into its lines. ``box``: the block."""
        pieces: list[Piece] = []
        start = text_from = 0
        for gap in _PARAGRAPH_GAP.finditer(joined):
            end = gap.start() + 1  # an image between two breaks belongs to what follows
            has_break = joined.find(BREAK, text_from, end - 1) >= 0
            pieces += self._sides(joined, start, end, box, stands_alone) if has_break else [(start, end, None)]
            start, text_from = end, gap.end()
        return [*pieces, *self._sides(joined, start, len(joined) + 1, box, stands_alone)]

    def _are_lines(self, texts: list[str], box: Element | None) -> bool:
        """Whether single breaks part paragraphs here: some stand behind a sentence's end, and hardly one within a sentence."""
        ends, joins = _ends_and_joins(texts)
        self.ends += ends
        self.joins += joins
        kind = None if box is None else (str(box.tag), box.get("class") or "")
        if not (self.part or kind in self.parted):
            if not ends or (ends * 2 < len(texts) - 1 and joins * 4 >= len(texts)):
                return False
            self.parted.add(kind)
        return True

    def _sides(self, joined: str, start: int, end: int, box: Element | None, stands_alone: Splits) -> list[Piece]:
        """The piece as one, or cut at its single ``<br>``: at each where they part sentences, else beside lines of their own."""
        at, cuts = start, []
        while at < end:
            stop = joined.find(BREAK, at, end)
            stop = end if stop < 0 else stop + 1
            cuts.append((at, stop, fold(joined[at:stop].replace(BREAK, " "))))
            at = stop
        are_lines = self._are_lines([text for _, _, text in cuts if text], box)
        sides: list[Piece] = []
        was_alone = True
        for begin, stop, text in cuts:
            alone = bool(text) and (are_lines or stands_alone(text) or bool(MARKER.match(text)))
            if alone or was_alone:
                sides.append((begin, stop, text))
            else:
                sides[-1] = (sides[-1][0], stop, None)
            was_alone = alone
        return sides


def _ends_and_joins(texts: list[str]) -> tuple[int, int]:
    """How many single breaks stand behind a sentence's end, and how many within a sentence."""
    ends = joins = 0
    for before, after in pairwise(texts):
        is_end = before[-1] in _ENDS or bool(MARKER.match(before))
        ends += is_end
        joins += not is_end and after[:1].islower()
    return ends, joins
