"""A page that flips to and fro: all its versions are kept, and one line is shown of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row

from storage.histories import FLAPPING_WITHIN


def without_repeats(rows: Sequence[Row[Any]]) -> Iterator[tuple[Row[Any], int]]:
    """Of a page that flaps only the first entry, and how many it stands for; after a day of rest it would be another."""
    last: dict[int, Row[Any]] = {}
    first: dict[int, Row[Any]] = {}
    flips: Counter[int] = Counter()
    for row in rows:
        if row.is_flapping:
            if row.page_id not in last or not _is_same_flapping(last[row.page_id], row):
                first[row.page_id] = row
            last[row.page_id] = row
            flips[first[row.page_id].id] += 1
    for row in rows:
        if not row.is_flapping or row.id in flips:
            yield row, flips[row.id]


def _is_same_flapping(one: Row[Any], other: Row[Any]) -> bool:
    if one.seen_at is None or other.seen_at is None:
        return True
    return bool(abs(other.seen_at - one.seen_at) <= FLAPPING_WITHIN)
