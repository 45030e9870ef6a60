"""The table of ``make bench-reading`` as a picture. Needs matplotlib, which only the benchmark's own environment has."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from benchmarks.block_scores import Figures
from benchmarks.corpus import EDITS
from benchmarks.peers import PEERS

# From bad to good; told apart by those who can't tell red from green.
_COLOURS = LinearSegmentedColormap.from_list("bad to good", ["#e8894a", "#f9d9b8", "#fbf8f1", "#cfe8e4", "#8ccbc3"])
_NOTHING = "#eeeeee"
_INK, _FAINT = "#1d2730", "#6b7680"
_NAMES, _CELL, _ROW, _GAP = 2.3, 0.5, 0.36, 0.14
_PACKAGES = {peer.name: peer.package for peer in PEERS}


@dataclass(frozen=True, slots=True)
class Cell:
    """What is written, and how good it is from 0 to 1; None where there is nothing to judge."""

    text: str
    good: float | None


def cells_of(figures: Figures) -> list[list[Cell]]:
    """One reader's cells, by group of columns."""
    high = [figures[key] for key in ("block_precision", "block_recall", "block_f1", "pages_exact")]
    missed = [figures["missed_edits"][kind] for kind in EDITS]
    ratio = figures["ratio_to_lxml"]
    slow = 1 - min(max(math.log10(max(ratio, 0.1)) + 0.5, 0), 2.5) / 2.5
    return [
        [Cell(percent(value), value) for value in high],
        [_bad(figures["false_edits"])],
        [_bad(value) for value in missed],
        [Cell(digits(figures["ms_a_page"]), slow), Cell(digits(ratio), slow)],
    ]


def _bad(value: float | None) -> Cell:
    return Cell(percent(value), None if value is None else 1 - value)


def percent(value: float | None) -> str:
    """Whole percents; a tenth only where a whole one would say "none" or "all" of what isn't."""
    if value is None:
        return "–"
    return f"{100 * value:.1f}" if 0 < value < 0.01 or 0.99 < value < 1 else f"{100 * value:.0f}"


def digits(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


HEADS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("blocks, %", ("precision", "recall", "F1", "pages exact")),
    ("noise", ("false edits, %",)),
    ("real edits missed, %", tuple(kind.replace("_", " ") for kind in EDITS)),
    ("CPU", ("ms a page", "× lxml")),
)


def lefts() -> list[list[float]]:
    """Where each cell of a row begins, by group."""
    left, places = _NAMES, []
    for _, heads in HEADS:
        places.append([left + number * _CELL for number in range(len(heads))])
        left += len(heads) * _CELL + _GAP
    return places


def draw(report: dict[str, Any], path: Path) -> None:
    """One row for each reader, ours first; a cell's colour says how good it is."""
    mpl.rcParams["font.family"] = "DejaVu Sans"
    rows, notes = report["readers"], notes_of(report)
    width, top, bottom = lefts()[-1][-1] + _CELL + 0.15, 2.1, 0.25 + 0.19 * len(notes)
    height = top + _ROW * len(rows) + bottom
    figure = Figure(figsize=(width, height), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")
    _head(axes, top)
    for number, (name, row) in enumerate(rows.items()):
        _row(axes, top + number * _ROW, name, report["versions"].get(_PACKAGES.get(name, ""), ""), row["all"])
    for number, note in enumerate(notes):
        axes.text(0.15, top + _ROW * len(rows) + 0.28 + 0.19 * number, note, fontsize=8, color=_FAINT, va="center")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150, metadata={"Software": None})


def _head(axes: Any, top: float) -> None:
    axes.text(
        0.15, 0.36, "Reading news pages whose every word is known", fontsize=15, weight="bold", color=_INK, va="center"
    )
    for (title, heads), places in zip(HEADS, lefts(), strict=True):
        axes.text(places[0] + 0.02, 0.82, title, fontsize=9.5, color=_FAINT, va="center")
        axes.plot([places[0] + 0.02, places[-1] + _CELL - 0.02], [0.95, 0.95], color=_FAINT, linewidth=0.8)
        for head, left in zip(heads, places, strict=True):
            axes.text(left + _CELL / 2, top - 0.08, head, fontsize=9, color=_INK, rotation=90, ha="center", va="bottom")


def _row(axes: Any, y: float, name: str, version: str, figures: Figures) -> None:
    is_ours = name not in _PACKAGES
    weight = "bold" if is_ours else "normal"
    shift = 0.06 if version else 0
    axes.text(0.15, y + _ROW / 2 - shift, name, fontsize=10, weight=weight, color=_INK, va="center")
    if version:
        axes.text(0.15, y + _ROW / 2 + 0.1, version, fontsize=6.5, color=_FAINT, va="center")
    for cells, places in zip(cells_of(figures), lefts(), strict=True):
        for cell, left in zip(cells, places, strict=True):
            colour = _NOTHING if cell.good is None else _COLOURS(cell.good)
            axes.add_patch(Rectangle((left, y), _CELL, _ROW, facecolor=colour, edgecolor="white", linewidth=1.2))
            axes.text(
                left + _CELL / 2,
                y + _ROW / 2,
                cell.text,
                fontsize=9.5,
                weight=weight,
                color=_INK,
                ha="center",
                va="center",
            )


def notes_of(report: dict[str, Any]) -> list[str]:
    """What a reader of the picture must know, in lines that fit."""
    plan, ours = report["plan"], next(iter(report["readers"].values()))["all"]
    sites = sum(map(len, report["seeds"].values()))
    said = [
        f"{ours['pages']} pages of {sites} made-up sites in {len(plan['families'])} families of markup, from the held-out "
        f"half of all seeds; {plan['rounds']} fetches of each page with {len(report['noise'])} kinds of noise. "
        "Blocks: multiset of canonical texts; exact: all blocks in order and nothing else. "
        "False edits: a later fetch of an unchanged page has another signature. Missed: an edited page has the same one. "
        "A signature is made of all that a program gives of title, date and text, in canonical form (ours: of links and "
        "images too).",
        f"CPU: one core, best of the rounds; lxml parses the same pages in {report['lxml_ms_a_page']} ms each. "
        f"Python {report['python']}, {report['measured_at'][:10]}, revision {report['revision']}.",
        *_listed("Not the newest version, which can't stand beside the project's pins", report["not_the_newest"]),
        *_listed("Left out", report["left_out"]),
    ]
    return [line for text in said for line in textwrap.wrap(text, 215)]


def _listed(title: str, reasons: dict[str, str]) -> Sequence[str]:
    return [f"{title}: " + "; ".join(f"{name} ({why})" for name, why in reasons.items()) + "."] if reasons else []
