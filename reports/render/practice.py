"""The figures of ``stats`` as sheets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reports.practice import MOMENTS, Practice, Row
from reports.practice_shapes import by_frequency, by_name
from reports.render.table import Sheet
from reports.sections import NO_SECTION
from reports.significance import told
from reports.survival import wilson

REASONS_SHOWN = 15


def practice_sheets(found: Practice) -> Iterator[Sheet]:
    yield _sections(found)
    yield _times(found)
    yield _edits("SIGNIFICANCE", by_name(found.weights))
    yield _edits("REASON", [(told(name), row) for name, row in by_frequency(found.reasons)[:REASONS_SHOWN]])
    yield _edits("MONTH", by_name(found.months), deletions=True)


def share(hits: int, of: int) -> str:
    """ "12 % (8-17)": with Wilson's 95 % interval."""
    low, high = wilson(hits, of)
    return f"{_percent(hits / of)} ({low * 100:.0f}-{high * 100:.0f})" if of else ""


def span(seconds: float) -> str:
    """A length of time in its largest unit."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.0f} s"


def _percent(value: float) -> str:
    return f"{value * 100:.1f} %"


def _sections(found: Practice) -> Sheet:
    columns = (
        "SECTION",
        "ITEMS",
        "EDITED",
        "SHARE (95 %)",
        "EDITS",
        "SILENT",
        "SHARE (95 %)",
        "DELETED",
        "WORDS +",
        "WORDS -",
    )
    sheet = Sheet(columns, lead=len(columns))
    for name, row in [*by_name(found.sections), ("all", found.total)]:
        sheet.add(
            name or NO_SECTION,
            str(row.items),
            str(row.edited),
            share(row.edited, row.items),
            str(row.edits),
            f"{row.silent} of {row.weighty}",
            share(row.silent, row.weighty),
            str(row.deletions),
            str(row.added),
            str(row.removed),
        )
    return sheet


def _times(found: Practice) -> Sheet:
    columns = ("EDITED, AT LEAST", "ITEMS", "EDITED", *(f"BY {name}" for name in MOMENTS), "MEDIAN")
    sheet = Sheet(columns, lead=len(columns))
    for level, times in found.times.items():
        curve = times.curve()
        median = curve.quantile(0.5)
        between = "not reached" if median is None else f"{span(median[0])} to {span(median[1] or 0)}"
        shares = [_between(curve.by(moment.total_seconds())) for moment in MOMENTS.values()]
        sheet.add(level.label, str(len(times.early)), str(times.edited()), *shares, between)
    return sheet


def _between(bounds: tuple[float, float]) -> str:
    if bounds == (0.0, 1.0):
        return "unknown"
    low, high = (f"{bound * 100:.1f}" for bound in bounds)
    return f"{low} %" if low == high else f"{low}-{high} %"


def _edits(name: str, rows: Iterable[tuple[str, Row]], *, deletions: bool = False) -> Sheet:
    columns = (name, "EDITS", "ITEMS", "SILENT", "WORDS +", "WORDS -", *["DELETED"] * deletions)
    sheet = Sheet(columns, lead=len(columns))
    for value, row in rows:
        numbers = (row.added, row.removed, *[row.deletions] * deletions)
        silent = f"{row.silent} of {row.weighty}"
        sheet.add(value or "(unknown)", str(row.edits), str(row.edited), silent, *map(str, numbers))
    return sheet
