"""Sentences that left one paragraph for another. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from reports.prose import SHORT
from reports.words import DELETE, INSERT, Op, Span, joined

Rows = Sequence[tuple[Span, ...]]


def with_moves(rows: Rows) -> list[tuple[Span, ...]]:
    """The spans of an article's paragraphs: words deleted in one and inserted in another, the same and in a row, have moved."""
    come: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for at, spans in enumerate(rows):
        for place, (op, text, _) in enumerate(spans):
            if op is INSERT and text.count(" ") >= SHORT and _is_long(text):
                come[text.strip()].append((at, place))
    if not come:
        return list(rows)
    made: dict[int, list[Span]] = {}
    number = max((span.move for spans in rows for span in spans if span.move), default=0)
    for at, spans in enumerate(rows):
        for place, (op, text, _) in enumerate(spans):
            there = come.get(text.strip()) if op is DELETE and text.count(" ") >= SHORT else None
            if there and (found := next((spot for spot in there if spot[0] != at), None)):
                there.remove(found)
                number += 1
                made.setdefault(at, list(spans))[place] = Span(Op.MOVED_FROM, text, number)
                to = made.setdefault(found[0], list(rows[found[0]]))
                to[found[1]] = Span(Op.MOVED_TO, to[found[1]].text, number)
    return [joined(made[at]) if at in made else spans for at, spans in enumerate(rows)]


def _is_long(text: str) -> bool:
    return text.strip().count(" ") >= SHORT
