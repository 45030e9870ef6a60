"""Counts as the geometry of small pictures; the templates draw it. Pure: no colour, no text of a page but section names.

The pictures are 360 units wide, as a phone is, so that their letters are never smaller than the text around them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p
from typing import Final

from reports.tallies import Bar, Delays, InTime

WIDTH: Final = 360
_TOP, _BOTTOM, _LEFT, _RIGHT = 12, 22, 30, 8
_ROW: Final = 30
_HEIGHT: Final = 170


@dataclass(frozen=True, slots=True)
class Box:
    """``level``: the place of a significance, the heaviest first."""

    x: float
    y: float
    width: float
    height: float
    level: int = 0


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Plot:
    """``blind``: spans in which nobody looked. ``right`` and ``foot`` are where the axes end."""

    height: float
    boxes: list[Box]
    across: list[Tick]
    up: list[Tick]
    blind: list[Box]
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    top: float = _TOP
    foot: float = _HEIGHT - _BOTTOM


@dataclass(frozen=True, slots=True)
class Line:
    """``area``, ``least`` and ``most`` are paths of steps."""

    height: float
    area: str
    least: str
    most: str
    across: list[Tick]
    up: list[Tick]
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    top: float = _TOP
    foot: float = _HEIGHT - _BOTTOM


def time_plot(counted: InTime) -> Plot:
    """A bar for each span of time, its levels upon each other, the heaviest at the bottom."""
    bars = counted.bars
    foot, tall = _HEIGHT - _BOTTOM, _HEIGHT - _BOTTOM - _TOP
    most = _ceiling(max((bar.total for bar in bars), default=0))
    step = (WIDTH - _LEFT - _RIGHT) / max(len(bars), 1)
    wide = min(step * 0.8, 40)
    boxes, blind = [], []
    for place, bar in enumerate(bars):
        x = _LEFT + place * step
        if not bar.is_watched:
            blind.append(Box(_short(x), _TOP, _short(step), tall))
        boxes += _stack(bar, x + (step - wide) / 2, wide, foot, tall / most)
    return Plot(_HEIGHT, boxes, _labels(bars, step), _scale(most, foot, tall), blind)


def _stack(bar: Bar, x: float, wide: float, foot: float, unit: float) -> list[Box]:
    boxes, y = [], foot
    for level, count in enumerate(bar.by_level):
        y -= count * unit
        if count:
            boxes.append(Box(_short(x), _short(y), _short(wide), _short(count * unit), level))
    return boxes


def _labels(bars: Sequence[Bar], step: float) -> list[Tick]:
    """The first, the last and, where there is room, the one in the middle."""
    last = len(bars) - 1
    places = [0, last // 2, last] if last >= 4 else [0, last] if last > 0 else [0][: len(bars)]
    anchors = {0: "start", last: "end"} if last > 0 else {}
    ticks = []
    for place in places:
        anchor = anchors.get(place, "middle")
        shift = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        ticks.append(Tick(_short(_LEFT + (place + shift) * step), bars[place].label, anchor))
    return ticks


def _ceiling(most: int) -> int:
    """The end of an axis: 1, 2 or 5 times a power of ten, or twice such a number, and even, so that its half is a count too."""
    size = 1
    while True:
        for factor in (2, 4, 10):
            if size * factor >= most:
                return size * factor
        size *= 10


def _scale(most: int, foot: float, tall: float) -> list[Tick]:
    return [Tick(_short(foot - tall * share), str(int(most * share)), "end") for share in (0, 0.5, 1)]


def section_plot(bars: Sequence[Bar]) -> Plot:
    """A row for each section, its name above its bar."""
    height = _ROW * len(bars) + _TOP + _BOTTOM
    most = _ceiling(max((bar.total for bar in bars), default=0))
    wide = WIDTH - 4 - _RIGHT
    boxes = []
    for place, bar in enumerate(bars):
        x = 4.0
        for level, count in enumerate(bar.by_level):
            size = count * wide / most
            if count:
                boxes.append(Box(_short(x), _TOP + place * _ROW + 14, _short(size), 10, level))
            x += size
    names = [Tick(_TOP + place * _ROW + 10.0, bar.label, "start") for place, bar in enumerate(bars)]
    anchors = ("start", "middle", "end")
    across = [
        Tick(_short(4 + wide * share), str(int(most * share)), anchor)
        for share, anchor in zip((0, 0.5, 1), anchors, strict=True)
    ]
    return Plot(height, boxes, across, names, [], left=4, foot=height - _BOTTOM)


def delay_plot(found: Delays) -> Line:
    """Two lines of steps, and between them what can't be known. The later after publication, the closer days stand."""
    foot, tall, wide = _HEIGHT - _BOTTOM, _HEIGHT - _BOTTOM - _TOP, WIDTH - _LEFT - _RIGHT
    most = _ceiling(found.edits)
    end = log1p(found.steps[-1].days)

    def x_of(days: int) -> float:
        return _short(_LEFT + wide * log1p(days) / end)

    def y_of(count: int) -> float:
        return _short(foot - tall * count / most)

    least = [(x_of(days), y_of(certain)) for days, certain, _ in found.curve]
    likely = [(x_of(days), y_of(possible)) for days, _, possible in found.curve]
    shown = {1: "1 d", 7: "1 week", 30: "30 d", 365: "1 year"}
    across = [Tick(x_of(step.days), shown[step.days]) for step in found.steps if step.days in shown]
    across.append(Tick(x_of(found.steps[-1].days), found.steps[-1].label, "end"))
    area = _steps(likely) + "L" + _points([*reversed(_corners(least))]) + "Z"
    return Line(_HEIGHT, area, _steps(least), _steps(likely), across, _scale(most, foot, tall))


def _steps(points: Sequence[tuple[float, float]]) -> str:
    return "M" + _points(_corners(points))


def _corners(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """A count holds until the next one is reached."""
    corners = [points[0]]
    for x, y in points[1:]:
        corners += [(x, corners[-1][1]), (x, y)]
    return corners


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def _short(value: float) -> float:
    return round(value, 1)
