"""The figures of ``stats`` as one picture: when items are edited first, what share in each section, how many a month."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf, log10
from typing import Final

from reports.practice import MOMENTS, Practice, Row, Times
from reports.practice_shapes import by_name
from reports.render.canvas import INK, LINE, SOFT, Canvas
from reports.render.practice import share, span
from reports.sections import NO_SECTION
from reports.significance import Significance
from reports.survival import Curve, wilson

_WIDTH: Final = 920
_LEFT: Final = 70
_RIGHT: Final = 30
_CURVES: Final = {
    Significance.COSMETIC: ("#0969da", "edited at all"),
    Significance.SUBSTANTIVE: ("#bc4c00", "substantively"),
}
_BAR: Final = "#0969da"
_SILENT: Final = "#bc4c00"
_ROW: Final = 26
_SECTIONS: Final = 12
_MONTHS: Final = 24
_PLOT: Final = 260
_SHORTEST: Final = 600.0
"""Seconds at which the axis of time begins: no crawl tells what happened within ten minutes."""


def practice_svg(found: Practice) -> bytes:
    sections = sorted(by_name(found.sections), key=lambda pair: -pair[1].items)[:_SECTIONS]
    months = by_name(found.months)[-_MONTHS:]
    below = 120 + _PLOT + 110
    height = below + len(sections) * _ROW + 80 + 200 + 70
    canvas = Canvas(_WIDTH, height, "How the site corrects itself", " ".join(_said(found)))
    canvas.text((_LEFT - 40, 40), "How the site corrects itself", size=22)
    for place, line in enumerate(_said(found)):
        canvas.text((_LEFT - 40, 64 + place * 18), line, fill=SOFT, room=_WIDTH - 60)
    _curves(canvas, found, 120)
    _sections(canvas, sections, below)
    _months(canvas, months, below + len(sections) * _ROW + 80)
    return canvas.drawn()


def _said(found: Practice) -> tuple[str, str]:
    row = found.total
    edited = f", {share(row.edited, row.items)} with its 95 % interval" if row.items else ""
    return (
        f"{row.items} items, {row.edited} of them edited{edited}; {row.deletions} deletions.",
        f"{row.silent} of {row.weighty} edits beyond the cosmetic say nothing of themselves.",
    )


# --- survival --------------------------------------------------------------------------------------------------------
def _curves(canvas: Canvas, found: Practice, top: float) -> None:
    curves = {level: found.times[level].curve() for level in _CURVES}
    end = max([MOMENTS["30d"].total_seconds(), *(_last(found.times[level]) for level in _CURVES)])
    lowest = min(1 - sum(each for _, _, each in _within(curve)) for curve in curves.values())
    floor = max(int(lowest * 10 - 0.5), 0) / 10
    canvas.text((_LEFT - 40, top), "Share of items not edited yet, by the time since they were first seen", size=15)
    top, bottom = top + 20, top + 20 + _PLOT
    for part in range(5):
        value = floor + (1 - floor) * part / 4
        y = bottom - _PLOT * part / 4
        canvas.line((_LEFT, y), (_WIDTH - _RIGHT, y))
        canvas.text((_LEFT - 8, y + 4), f"{value * 100:.0f} %", size=12, fill=SOFT, anchor="end")
    for name, moment in MOMENTS.items():
        x = _across(moment.total_seconds(), end)
        canvas.line((x, top), (x, bottom))
        canvas.text((x, bottom + 18), name, size=12, fill=SOFT, anchor="middle")
    if _across(MOMENTS["30d"].total_seconds(), end) < _WIDTH - _RIGHT - 70:
        canvas.text((_WIDTH - _RIGHT, bottom + 18), span(end), size=12, fill=SOFT, anchor="end")

    def height(left: float) -> float:
        return bottom - _PLOT * (left - floor) / (1 - floor)

    for place, (level, (colour, name)) in enumerate(_CURVES.items()):
        _band(canvas, curves[level], end, height, colour)
        words = f"{name} ({found.times[level].edited()} of {len(found.times[level].early)} items)"
        canvas.box(_LEFT + 10 + place * 330, bottom + 32, 14, 10, colour)
        canvas.text((_LEFT + 30 + place * 330, bottom + 41), words, size=12)


def _within(curve: Curve) -> list[tuple[float, float, float]]:
    """The steps that were seen: what is left happens after all that was observed, or never."""
    return [step for step in curve.steps if step[1] < inf]


def _last(times: Times) -> float:
    return max([*times.early, *(late for late in times.late if late < inf)], default=0.0)


def _across(time: float, end: float) -> float:
    share_of_axis = log10(max(time, _SHORTEST) / _SHORTEST) / log10(end / _SHORTEST)
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * share_of_axis


def _band(canvas: Canvas, curve: Curve, end: float, height: Callable[[float], float], colour: str) -> None:
    """The upper and the lower edge of what the observations allow, and what lies between."""
    upper = list(_stairs([(late, each) for _, late, each in _within(curve)], end))
    lower = list(_stairs([(early, each) for early, _, each in _within(curve)], end))
    edges = [[(_across(time, end), height(left)) for time, left in edge] for edge in (upper, lower)]
    canvas.path([*edges[0], *reversed(edges[1])], fill=colour, opacity=0.2)
    canvas.path(edges[0], stroke=colour)
    canvas.path(edges[1], stroke=colour)


def _stairs(steps: list[tuple[float, float]], end: float) -> Iterator[tuple[float, float]]:
    left = 1.0
    yield _SHORTEST, left
    for time, each in sorted(steps):
        if time >= end:
            break
        yield time, left
        left -= each
        yield time, left
    yield end, left


# --- bars ------------------------------------------------------------------------------------------------------------
def _sections(canvas: Canvas, sections: list[tuple[str, Row]], top: float) -> None:
    canvas.text((_LEFT - 40, top), "Share of items edited, by section (line: 95 % interval)", size=15)
    start, end = 260, _WIDTH - 190
    most = max([0.1, *(wilson(row.edited, row.items)[1] for _, row in sections)])
    for place, (name, row) in enumerate(sections):
        y = top + 18 + place * _ROW
        low, high = (start + (end - start) * bound / most for bound in wilson(row.edited, row.items))
        canvas.text((start - 10, y + 14), name or NO_SECTION, size=12, anchor="end", room=210)
        canvas.box(start, y + 3, (end - start) * row.edited / row.items / most, 15, _BAR)
        canvas.line((low, y + 10.5), (high, y + 10.5), INK, 1.5)
        canvas.text(
            (end + 12, y + 14), f"{row.edited} of {row.items}, {share(row.edited, row.items)}", size=12, fill=SOFT
        )
    canvas.line((start, top + 14), (start, top + 18 + len(sections) * _ROW))


def _months(canvas: Canvas, months: list[tuple[str, Row]], top: float) -> None:
    canvas.text((_LEFT - 40, top), "Edits a month", size=15)
    canvas.box(_LEFT + 100, top - 10, 14, 10, _BAR)
    canvas.text((_LEFT + 120, top), "all", size=12)
    canvas.box(_LEFT + 160, top - 10, 14, 10, _SILENT)
    canvas.text((_LEFT + 180, top), "of these silent, beyond the cosmetic", size=12)
    top, bottom = top + 30, top + 190
    most = max([1, *(row.edits for _, row in months)])
    wide = (_WIDTH - _LEFT - _RIGHT) / max(len(months), 12)
    canvas.line((_LEFT, bottom), (_WIDTH - _RIGHT, bottom), LINE)
    for place, (name, row) in enumerate(months):
        x, high = _LEFT + place * wide + wide * 0.15, (bottom - top) * row.edits / most
        silent = (bottom - top) * row.silent / most
        canvas.box(x, bottom - high, wide * 0.7, high, _BAR)
        canvas.box(x, bottom - silent, wide * 0.7, silent, _SILENT)
        canvas.text((x + wide * 0.35, bottom - high - 5), str(row.edits), size=11, anchor="middle")
        if place % (len(months) // 12 + 1) == 0:
            canvas.text((x + wide * 0.35, bottom + 17), name or "unknown", size=11, fill=SOFT, anchor="middle")
