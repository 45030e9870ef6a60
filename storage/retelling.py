"""A page's history derived once more from its captures, beside what is recorded of it. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from storage import bodies
from storage.articles import encode_article
from storage.histories import derived_event, event_key, page_values, sightings_of, told_events
from storage.models import ContentRow, PageRow, VersionRow, table_of
from storage.timeline import Timeline, derive

VERSIONS_DIFFER: Final = "its captures tell another history than its versions"
EVENTS_DIFFER: Final = "its events tell another history than its captures"

_content, _page, _version = table_of(ContentRow), table_of(PageRow), table_of(VersionRow)


def differences(connection: Connection, page_id: int) -> Iterator[str]:
    """What a page's versions and events say that its captures don't."""
    sightings, version_of = sightings_of(connection, page_id)
    timeline = derive(sightings)
    rows = {row.position: row for row in connection.execute(_versions(page_id))}
    if not _are_told(timeline, rows, version_of):
        yield VERSIONS_DIFFER
        return
    if not _events_are_told(connection, page_id, timeline, rows):
        yield EVENTS_DIFFER
    if timeline.spans:
        ids = {place: row.id for place, row in rows.items()}
        page = connection.execute(select(_page).where(_page.c.id == page_id)).one()
        for name, value in page_values(timeline, ids).items():
            if getattr(page, name) != value:
                yield f"its {name} isn't what its captures tell"


def _versions(page_id: int) -> Any:
    return (
        select(_version, _content.c.key)
        .join(_content, _content.c.id == _version.c.content_id)
        .where(_version.c.page_id == page_id, _version.c.position.is_not(None))
    )


def _are_told(timeline: Timeline, rows: Mapping[int, Row[Any]], version_of: Mapping[int, int | None]) -> bool:
    if set(rows) != set(range(len(timeline.spans))):
        return False
    for place, span in enumerate(timeline.spans):
        row = rows[place]
        told = (row.key, row.first_seen_at, row.last_seen_at, row.captures)
        if told != (
            bodies.digest(encode_article(span.article)),
            span.first_seen_at,
            span.last_seen_at,
            len(span.sightings),
        ):
            return False
        if any(version_of[sighting.capture_id] != row.id for sighting in span.sightings):
            return False
    return True


def _events_are_told(connection: Connection, page_id: int, timeline: Timeline, rows: Mapping[int, Row[Any]]) -> bool:
    told = told_events(connection, page_id)
    ids = {id(span): rows[place].id for place, span in enumerate(timeline.spans)}
    for order, span in enumerate(timeline.openings()):
        derived = derived_event(timeline, span, ids, is_first=order == 0)
        row = told.pop(event_key(derived["kind"], derived["to_version_id"]), None)
        if row is None or any(getattr(row, name) != value for name, value in derived.items()):
            return False
    return not told
