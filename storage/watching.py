"""The fields watched: how many of a run's articles have a title, a date, a text; and a fall of these against what was known.

Nothing is decoded for it: which fields an article has stands beside it (``content.present``).
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, select

from storage.articles import bits_to_fields
from storage.facets import WATCHED
from storage.models import CaptureRow, ContentRow, PageRow, RunRow, VersionRow, table_of
from storage.records import Outcome, RunMode, RunOutcome
from storage.spans import of_runs

POINTS: Final = 0.20
"""A share that falls by more is a fall; so is a field lost by more than half of the pages that had it, few as they may be."""
MOST: Final = 0.5
PAGES: Final = 5
"""At least so many pages that had the field in their last version, for editors take it away from a few."""
SHORTER: Final = 0.6
"""Texts whose median length is less than this share of what it was have fallen too."""
LENGTH: Final = "length"
NAMES: Final = {"title": "title", "published": "published date", "body": "body", "links": "links", "media": "media"}

_content, _capture, _page = table_of(ContentRow), table_of(CaptureRow), table_of(PageRow)
_run, _version = table_of(RunRow), table_of(VersionRow)
_shown = table_of(ContentRow).alias("shown")
_CHECKED_BY: Final = (RunMode.FULL.value, RunMode.DUE.value)


@dataclass(slots=True)
class Tally:
    """Articles, and how many of them have each field."""

    articles: int = 0
    having: Counter[str] = field(default_factory=Counter)
    lengths: array[int] = field(default_factory=lambda: array("q"))

    def add(self, present: int, length: int) -> None:
        self.articles += 1
        self.having.update(bits_to_fields(present))
        self.lengths.append(length)

    def share(self, name: str) -> float:
        return self.having[name] / self.articles if self.articles else 0.0

    def fields(self) -> dict[str, float]:
        """As it stands in ``run.fields``."""
        if not self.articles:
            return {"articles": 0}
        shares = {name: round(self.share(name), 4) for name in WATCHED}
        return {"articles": self.articles, **shares, "median_length": int(median(self.lengths))}


@dataclass(slots=True)
class Watched:
    """``read``: all articles of a run. ``before`` and ``now``: those of pages known before it, as they were and as they are."""

    read: Tally = field(default_factory=Tally)
    before: Tally = field(default_factory=Tally)
    now: Tally = field(default_factory=Tally)
    lost: Counter[str] = field(default_factory=Counter)
    """By field, the known pages that had it and have it no more; by ``LENGTH``, those whose text is much shorter."""

    def falls(self, last: Mapping[str, float]) -> dict[str, str]:
        """The fields that have fallen, and from what to what; ``last``: the fields of the site's last complete run."""
        told = {name: self._fall(name, last) for name in WATCHED} | {LENGTH: self._shrinkage(last)}
        return {name: words for name, words in told.items() if words}

    def _fall(self, name: str, last: Mapping[str, float]) -> str:
        if self.lost[name] < PAGES:
            return ""
        pairs = ((self.before.share(name), self.now.share(name)), (last.get(name, 0.0), self.read.share(name)))
        before, now = max(pairs, key=lambda pair: pair[0] - pair[1])
        if before - now <= POINTS and self.lost[name] <= MOST * self.before.having[name]:
            return ""
        return f"{NAMES[name]}: {before:.0%} of the articles had it, {now:.0%} have it now"

    def _shrinkage(self, last: Mapping[str, float]) -> str:
        if self.lost[LENGTH] < PAGES:
            return ""
        known = [
            (median(self.before.lengths), median(self.now.lengths)),
            (last.get("median_length", 0), median(self.read.lengths)),
        ]
        was, now = min(known, key=lambda pair: pair[1] / pair[0] if pair[0] else 1.0)
        if now >= SHORTER * was:
            return ""
        return f"body: the texts' median length was {was:.0f} characters, it is {now:.0f} now"


def watch(connection: Connection, run_ids: Sequence[int], agreed: Collection[tuple[int, bytes, int]]) -> Watched:
    """Look at the articles of runs that are about to be settled. ``agreed``: what an earlier crawl saw too."""
    watched = Watched()
    for row in _articles(connection, run_ids):
        watched.read.add(row.present, row.text_length)
        if not _is_beside_itself(row) or (row.page_id, row.text_sha256, row.present) in agreed:
            continue
        watched.before.add(row.shown_present, row.shown_length)
        watched.now.add(row.present, row.text_length)
        watched.lost.update(bits_to_fields(row.shown_present & ~row.present))
        watched.lost[LENGTH] += _is_much_shorter(row)
    return watched


def _is_beside_itself(row: Row[Any]) -> bool:
    """Whether the capture stands beside an earlier one of its page, and both know all fields."""
    if row.shown_length is None or row.opened_by == row.id or row.unknown or row.shown_unknown:
        return False
    return row.last_seen_at is not None and row.captured_at is not None and bool(row.captured_at >= row.last_seen_at)


def _is_much_shorter(row: Row[Any]) -> bool:
    return bool(row.text_length < SHORTER * row.shown_length)


def last_fields(connection: Connection, run: Row[Any]) -> dict[str, float]:
    """The fields of the site's last complete run that looked at known pages, if it read enough of them."""
    statement = (
        select(_run.c.fields)
        .where(_run.c.site == run.site, _run.c.id < run.id, _run.c.is_complete, _run.c.mode.in_(_CHECKED_BY))
        .where(_run.c.outcome == RunOutcome.COMPLETE.value, _run.c.fields != "{}")
        .order_by(_run.c.id.desc())
        .limit(1)
    )
    fields: dict[str, float] = json.loads(connection.scalar(statement) or "{}")
    return fields if fields.get("articles", 0) >= PAGES else {}


def _articles(connection: Connection, run_ids: Sequence[int]) -> Iterator[Row[Any]]:
    """The articles read, each beside what its page showed; a page settled already as new or edited stands beside itself."""
    result = connection.execute(_read(run_ids).execution_options(yield_per=1000))
    yield from result


def _read(run_ids: Sequence[int]) -> Select[Any]:
    columns = (
        _capture.c.id,
        _capture.c.page_id,
        _capture.c.captured_at,
        _page.c.last_seen_at,
        _content.c.text_sha256,
        _content.c.present,
        _content.c.text_length,
        _content.c.unknown,
        _version.c.opened_by,
        _shown.c.present.label("shown_present"),
        _shown.c.text_length.label("shown_length"),
        _shown.c.unknown.label("shown_unknown"),
    )
    return (
        select(*columns)
        .select_from(_capture)
        .join(_content, _content.c.id == _capture.c.content_id)
        .join(_page, _page.c.id == _capture.c.page_id)
        .outerjoin(_version, _version.c.id == _page.c.current_version_id)
        .outerjoin(_shown, _shown.c.id == _version.c.content_id)
        .where(of_runs(run_ids), _capture.c.outcome == Outcome.OK.value, _capture.c.reread_of.is_(None))
    )
