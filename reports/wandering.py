"""Sentences that left one paragraph for another. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from reports.prose import SHORT
from reports.words import Op, Span, joined

Rows = Sequence[tuple[Span, ...]]


def with_moves(rows: Rows) -> list[tuple[Span, ...]]:
    """The spans of an article's paragraphs: words deleted in one and inserted in another, the same and in a row, have moved."""
    come: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    number = 0
    for at, spans in enumerate(rows):
        for place, span in enumerate(spans):
            number = max(number, span.move or 0)
            if span.op is Op.INSERT and _is_long(span):
                come[span.text.strip()].append((at, place))
    if not come:
        return list(rows)
    made = [list(spans) for spans in rows]
    for at, spans in enumerate(rows):
        for place, span in enumerate(spans):
            there = come.get(span.text.strip()) if span.op is Op.DELETE else None
            if there and (found := next((spot for spot in there if spot[0] != at), None)):
                there.remove(found)
                number += 1
                made[at][place] = Span(Op.MOVED_FROM, span.text, number)
                to = made[found[0]][found[1]]
                made[found[0]][found[1]] = Span(Op.MOVED_TO, to.text, number)
    return [joined(spans) for spans in made]


def _is_long(span: Span) -> bool:
    return span.text.strip().count(" ") >= SHORT
