"""Which events a feed holds: the newest, folded, and of what a first crawl or an import brought only the last few."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from reports.comparison import Comparison
from reports.entries import Entry, Fold, Judged, crowded, fold, fold_key
from reports.feed import FeedEntry
from reports.sections import is_within, section_of
from reports.significance import Significance
from storage import queries
from storage.pieces import chunks
from storage.records import Event, EventKind
from watch.judging import AT_ONCE, judged_of

if TYPE_CHECKING:
    from sqlalchemy import Engine

OF_THE_PAST: Final = 20
"""So many of the events of first crawls and imports stand in a feed: 5,000 at once are no news."""
CROWD: Final = 20
"""More lone edits than this in one crawl look like a redesign, and are one entry."""

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    since: datetime | None = None
    kinds: Sequence[EventKind] = ()
    site: str | None = None
    section: str | None = None
    url: str | None = None
    least: Significance = Significance.COSMETIC
    limit: int = 100


@dataclass(slots=True)
class _Kept:
    """The newest first, as they are read. ``comparisons``: of each entry's last event."""

    judged: list[Judged] = field(default_factory=list)
    keys: set[Key] = field(default_factory=set)
    comparisons: dict[int, Comparison] = field(default_factory=dict)

    def entries(self) -> list[Entry]:
        return crowded(fold(reversed(self.judged)), CROWD)


def feed_entries(engine: Engine, wanted: Wanted) -> list[FeedEntry]:
    """At most ``limit``, in no order. Reads back through the record only as far as that takes."""
    kept, past = _Kept(), _LastOfThePast(engine)
    for _, events in groupby(_each(engine, wanted), key=lambda event: event.run_id):
        for some in chunks(events, AT_ONCE):
            past.take(event for event in some if is_of_the_past(event))
            _keep(engine, wanted, kept, [event for event in some if not is_of_the_past(event)])
        entries = kept.entries()
        if len(entries) >= wanted.limit:
            return _newest(kept, entries, wanted.limit)
    found = _newest(kept, kept.entries(), wanted.limit)
    return found + past.entries(wanted)[: wanted.limit - len(found)]


def is_of_the_past(event: Event) -> bool:
    """From a first crawl or an import: it was so before anybody looked."""
    return event.baseline or event.past


def _each(engine: Engine, wanted: Wanted) -> Iterator[Event]:
    events = queries.each_change_back(engine, wanted.since, wanted.kinds, site=wanted.site, url=wanted.url)
    if wanted.section is None:
        return events
    return (event for event in events if is_within(section_of(event.url), wanted.section))


def _keep(engine: Engine, wanted: Wanted, kept: _Kept, events: Sequence[Event]) -> None:
    for judged, comparison in judged_of(engine, events):
        if judged.verdict.significance < wanted.least:
            continue
        _, key = fold_key(judged.event)
        kept.judged.append(judged)
        if comparison is not None and key not in kept.keys and len(kept.comparisons) < wanted.limit + CROWD:
            kept.comparisons[judged.event.id] = comparison
        kept.keys.add(key)


def _newest(kept: _Kept, entries: Iterable[Entry], limit: int) -> list[FeedEntry]:
    told = (FeedEntry(entry, kept.comparisons.get(entry.last.event.id)) for entry in entries)
    return sorted(told, key=lambda each: (each.updated, each.entry.last.event.id), reverse=True)[:limit]


class _LastOfThePast:
    """The last few of what first crawls and imports brought: a new page by the day that it prints, else by when it was seen."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._last: list[tuple[date, int, Event]] = []

    def take(self, events: Iterable[Event]) -> None:
        some = list(events)
        new = [event.id for event in some if event.kind is EventKind.NEW]
        days = {id_: version.article.published for id_, version in queries.versions_shown(self._engine, new)}
        for event in some:
            day = days.get(event.id) or (event.seen_at.date() if event.seen_at else date.min)
            heapq.heappush(self._last, (day, event.id, event))
            if len(self._last) > OF_THE_PAST:
                heapq.heappop(self._last)

    def entries(self, wanted: Wanted) -> list[FeedEntry]:
        """The latest first, each by itself."""
        events = [event for *_, event in sorted(self._last, key=_day_and_id, reverse=True)]
        return [
            FeedEntry(Entry(Fold.SINGLE, [judged]), comparison)
            for judged, comparison in judged_of(self._engine, events)
            if judged.verdict.significance >= wanted.least
        ]


def _day_and_id(held: tuple[Any, ...]) -> tuple[date, int]:
    return held[0], held[1]
