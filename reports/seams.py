"""Paragraphs that were split in several, or joined to one. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from rapidfuzz.distance import LCSseq

from reports.prose import compare_paragraphs
from reports.words import COME, GONE, Op, Span

PART: Final = 0.6
"""A paragraph beside one that was split is a part of it when that has this share of its words, in order, beyond those that its
other parts have."""


def parts_of(whole: str, texts: Sequence[str], at: int, taken: Collection[int], words: Mapping[str, str]) -> range:
    """Places of the paragraphs that are parts of ``whole``, around the one at ``at``; none of ``taken`` is.

    ``words``: of a text, a character for each.
    """
    low, high = at, at + 1
    row = ""
    for step in (1, -1):
        while True:
            place = high if step > 0 else low - 1
            if not 0 <= place < len(texts) or place in taken or not (part := words[texts[place]]):
                break
            row = row or words[texts[at]]
            more = row + part if step > 0 else part + row
            gain = LCSseq.similarity(words[whole], more) - LCSseq.similarity(words[whole], row)
            if gain < PART * len(part):
                break
            row = more
            low, high = min(low, place), max(high, place + 1)
    return range(low, high)


def compare_split(old: str, parts: Sequence[str]) -> list[tuple[Span, ...]]:
    """The spans of each new paragraph; what only the old one has stands where it stood."""
    return [tuple(part) for part in _cut(compare_paragraphs(old, " ".join(parts)), parts, GONE, Op.SPLIT)]


def compare_joined(parts: Sequence[str], new: str) -> list[tuple[Span, ...]]:
    """The spans of each old paragraph."""
    return [tuple(part) for part in _cut(compare_paragraphs(" ".join(parts), new), parts, COME, Op.JOIN)]


def _cut(spans: Sequence[Span], parts: Sequence[str], of_other: Collection[Op], seam: Op) -> Iterator[list[Span]]:
    """The space between two parts isn't there on their own side: where both have it, it is the other side's ``seam``."""
    at, left = 0, len(parts[0])
    part: list[Span] = []
    for span in spans:
        if span.op in of_other:
            part.append(span)
            continue
        text = span.text
        while len(text) > left and at + 1 < len(parts):
            if left:
                part.append(Span(span.op, text[:left], span.move))
            if span.op is Op.EQUAL:
                part.append(Span(seam, " "))
            yield part
            text, part, at = text[left + 1 :], [], at + 1
            left = len(parts[at])
        if text:
            part.append(Span(span.op, text, span.move))
            left -= len(text)
    yield part
