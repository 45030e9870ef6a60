"""A page's history derived once more from its captures, beside what is recorded of it. Nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from storage import bodies
from storage.articles import encode_article
from storage.damage import Damage
from storage.histories import derived_event, event_key, page_values, sightings_of, told_events
from storage.models import ContentRow, PageRow, VersionRow, table_of
from storage.timeline import Timeline, derive

VERSIONS_DIFFER: Final = "its captures tell another history than its versions"
EVENTS_DIFFER: Final = "its events tell another history than its captures"

_content, _page, _version = table_of(ContentRow), table_of(PageRow), table_of(VersionRow)


def differences(connection: Connection, page_id: int) -> Iterator[Damage]:
    """What a page's versions and events say that its captures don't: of the row that says it, where that can be told."""
    sightings, version_of = sightings_of(connection, page_id)
    timeline = derive(sightings)
    versions = connection.execute(_versions(page_id)).all()
    rows = {row.position: row for row in versions}
    found = [*_crowded(versions), *_versions_differ(timeline, rows, version_of)]
    yield from found
    if set(rows) != set(range(len(timeline.spans))):
        yield Damage("page", str(page_id), VERSIONS_DIFFER)
        return
    if found:
        return
    yield from _events_differ(connection, page_id, timeline, rows)
    if timeline.spans:
        ids = {place: row.id for place, row in rows.items()}
        page = connection.execute(select(_page).where(_page.c.id == page_id)).one()
        for name, value in page_values(timeline, ids).items():
            if getattr(page, name) != value:
                yield Damage("page", str(page_id), f"its {name} isn't what its captures tell")


def _versions(page_id: int) -> Any:
    return (
        select(_version, _content.c.key)
        .join(_content, _content.c.id == _version.c.content_id)
        .where(_version.c.page_id == page_id, _version.c.position.is_not(None))
    )


def _crowded(versions: Sequence[Row[Any]]) -> Iterator[Damage]:
    """Versions that stand at one place in time with another."""
    taken = Counter(row.position for row in versions)
    for row in versions:
        if taken[row.position] > 1:
            yield Damage("version", str(row.id), "stands at another version's place in time")


def _versions_differ(
    timeline: Timeline, rows: Mapping[int, Row[Any]], version_of: Mapping[int, int | None]
) -> Iterator[Damage]:
    for place, row in rows.items():
        if place not in range(len(timeline.spans)):
            yield Damage("version", str(row.id), "stands at a place in time that its page's captures don't give")
            continue
        span = timeline.spans[place]
        derived = {
            "content": (row.key, bodies.digest(encode_article(span.article))),
            "first_seen_at": (row.first_seen_at, span.first_seen_at),
            "last_seen_at": (row.last_seen_at, span.last_seen_at),
            "captures": (row.captures, len(span.sightings)),
        }
        for name, (stored, told) in derived.items():
            if stored != told:
                yield Damage("version", str(row.id), f"its {name} isn't what its page's captures tell")
        for sighting in span.sightings:
            if version_of[sighting.capture_id] != row.id:
                yield Damage("capture", str(sighting.capture_id), f"isn't under version {row.id}, which it shows")


def _events_differ(
    connection: Connection, page_id: int, timeline: Timeline, rows: Mapping[int, Row[Any]]
) -> Iterator[Damage]:
    told = told_events(connection, page_id)
    ids = {id(span): rows[place].id for place, span in enumerate(timeline.spans)}
    for order, span in enumerate(timeline.openings()):
        derived = derived_event(timeline, span, ids, is_first=order == 0)
        row = told.pop(event_key(derived["kind"], derived["to_version_id"]), None)
        if row is None:
            yield Damage("page", str(page_id), EVENTS_DIFFER)
            continue
        for name, value in derived.items():
            if getattr(row, name) != value:
                yield Damage("event", str(row.id), f"its {name} isn't what its page's captures tell")
    for row in told.values():
        yield Damage("event", str(row.id), "tells of a version that its page's captures don't")
