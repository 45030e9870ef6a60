"""What the store knows of each page, judged, for the figures of ``stats``; some pages in memory at a time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from reports.practice import Item, Practice, Window
from reports.sections import is_within, section_of
from storage import queries
from storage.courses import each_course, walks
from storage.pieces import chunks
from storage.records import Event, EventKind
from watch.judging import judged_of

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from reports.comparison import Comparison
    from reports.entries import Judged

AT_ONCE: Final = 100


def practice_of(engine: Engine, window: Window, site: str | None, section: str | None) -> Practice:
    found = Practice(window)
    for item in _items(engine, site, section):
        found.add(item)
    return found


def _items(engine: Engine, site: str | None, section: str | None) -> Iterator[Item]:
    walked = walks(engine)
    courses = (
        course for course in each_course(engine, site) if section is None or is_within(section_of(course.url), section)
    )
    for some in chunks(courses, AT_ONCE):
        edits = _edits(engine, [event for course in some for event in course.events])
        days = _days(engine, [event for course in some for event in course.events])
        for course in some:
            new = next((event for event in course.events if event.kind is EventKind.NEW), None)
            of_page = [edits[event.id] for event in course.events if event.id in edits]
            yield Item(
                course, of_page, days.get(new.id) if new else None, _walked_before(walked.get(course.site, []), new)
            )


def _edits(engine: Engine, events: list[Event]) -> dict[int, tuple[Judged, Comparison | None]]:
    edits = [event for event in events if event.kind is EventKind.EDITED]
    return {judged.event.id: (judged, comparison) for judged, comparison in judged_of(engine, edits)}


def _days(engine: Engine, events: list[Event]) -> dict[int, date | None]:
    """The day that a page printed when it was first seen, of those that were seen from their beginning."""
    new = [event.id for event in events if event.kind is EventKind.NEW and not event.baseline and not event.past]
    return {id_: version.article.published for id_, version in queries.versions_shown(engine, new)}


def _walked_before(walked: list[tuple[datetime, int]], new: Event | None) -> datetime | None:
    """When the last walk through the lists began that didn't find the page yet."""
    if new is None or new.seen_at is None:
        return None
    before = walked[: bisect_left(walked, (new.seen_at, 0))]
    return next((began_at for began_at, run_id in reversed(before) if run_id != new.run_id), None)
