"""The figures of ``stats`` as JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf
from typing import Any

from reports.instants import rfc3339_or_none
from reports.practice import MOMENTS, Practice, Row, Times
from reports.significance import told
from reports.survival import wilson


def practice_object(found: Practice, *, site: str | None = None, section: str | None = None) -> dict[str, Any]:
    return {
        "since": rfc3339_or_none(found.window.since),
        "until": rfc3339_or_none(found.window.until),
        "site": site,
        "section": section,
        **row_object(found.total),
        "left_out": {name: found.left_out[name] for name in ("alike", "flapping", "begun_before")},
        "time_to_edit": {level.label: times_object(times) for level, times in found.times.items()},
        "sections": _rows("section", by_name(found.sections)),
        "significance": _edit_rows("significance", by_name(found.weights)),
        "reasons": [
            {**row, "told": told(str(row["reason"]))} for row in _edit_rows("reason", by_frequency(found.reasons))
        ],
        "months": _edit_rows("month", by_name(found.months)),
    }


def by_name(rows: Mapping[str, Row]) -> list[tuple[str, Row]]:
    return sorted(rows.items())


def by_frequency(rows: Mapping[str, Row]) -> list[tuple[str, Row]]:
    return sorted(rows.items(), key=lambda pair: (-pair[1].edits, pair[0]))


def row_object(row: Row) -> dict[str, Any]:
    return {
        "items": row.items,
        "edited": row.edited,
        "edited_share": share_object(row.edited, row.items),
        "edits": row.edits,
        "weighty": row.weighty,
        "silent": row.silent,
        "silent_share": share_object(row.silent, row.weighty),
        "deletions": row.deletions,
        "words_added": row.added,
        "words_removed": row.removed,
    }


def share_object(hits: int, of: int) -> dict[str, float] | None:
    """With Wilson's 95 % interval; None of nothing."""
    low, high = wilson(hits, of)
    return {"share": round(hits / of, 4), "low": round(low, 4), "high": round(high, 4)} if of else None


def times_object(times: Times) -> dict[str, Any]:
    """Times are seconds since an item was first seen."""
    curve = times.curve()
    median = curve.quantile(0.5)
    return {
        "items": len(times.early),
        "edited": times.edited(),
        "median": None if median is None else {"from": round(median[0]), "to": round(median[1] or 0)},
        "by": {
            name: dict(
                zip(("least", "most"), (round(bound, 4) for bound in curve.by(span.total_seconds())), strict=True)
            )
            | {"followed": times.followed(span)}
            for name, span in MOMENTS.items()
        },
        "curve": [
            {"after": round(early), "by": round(late), "share": round(share, 6)}
            for early, late, share in curve.steps
            if late < inf
        ],
    }


def _rows(name: str, rows: Iterable[tuple[str, Row]]) -> list[dict[str, Any]]:
    return [{name: value, **row_object(row)} for value, row in rows]


def _edit_rows(name: str, rows: Iterable[tuple[str, Row]]) -> list[dict[str, Any]]:
    """Of these an item is in none, or in several: a share of items would say nothing."""
    left_out = {"items", "edited_share"}
    return [{key: value for key, value in row.items() if key not in left_out} for row in _rows(name, rows)]
