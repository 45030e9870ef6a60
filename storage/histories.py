"""One page's versions and events, brought in line with its time line.

Numbers follow recording: a version keeps its number for as long as the capture that opened it shows its content, wherever in
time later recordings place it. What is already so is not written again, so this may be repeated without effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, select, update

from storage import bodies
from storage.articles import decode_article, fields_to_bits
from storage.hashing import canonical_text
from storage.models import AnswerRow, CaptureRow, ContentRow, EventRow, PageRow, Standing, VersionRow, table_of
from storage.pieces import chunks
from storage.recording import insert_one, keep_article
from storage.records import Article, EventKind
from storage.retention import DEFAULT, Retention
from storage.seals import note_removed
from storage.timeline import Sighting, Span, Timeline, derive, differing_fields
from storage.visits import put_back_any, visits_of

FLAPPING_WITHIN: Final = timedelta(hours=24)
FLAPPING_FLIPS: Final = 3
"""More changes than this between the same two contents within the time above are flapping."""

_capture, _content, _event = table_of(CaptureRow), table_of(ContentRow), table_of(EventRow)
_page, _version = table_of(PageRow), table_of(VersionRow)


@dataclass(frozen=True, slots=True)
class Settling:
    """What every step of settling needs to know: the run it speaks for, and when."""

    run_id: int | None
    recorded_at: datetime
    is_past: bool = False
    """An import or a reread: its events notify nobody."""
    baseline_sites: frozenset[str | None] = frozenset()
    """Sites without a complete crawl so far: what is new there is no news."""
    retention: Retention = DEFAULT


def rebuild(connection: Connection, page_id: int, settling: Settling) -> list[int]:
    """Derive a page's versions and events from its counted captures; the ids of the new events."""
    page = connection.execute(select(_page).where(_page.c.id == page_id)).one()
    sightings, version_of = sightings_of(connection, page_id)
    if not sightings:
        return []
    timeline = derive(sightings)
    rows = list(connection.execute(select(_version).where(_version.c.page_id == page_id).order_by(_version.c.number)))
    ids = _write_versions(connection, page_id, timeline, rows)
    _assign(connection, page_id, timeline, ids, version_of)
    _write_page(connection, page_id, timeline, ids)
    return _write_events(connection, page, timeline, ids, settling)


def article_of(connection: Connection, content_id: int) -> Article:
    """The article of a content row."""
    row = connection.execute(select(_content.c.codec, _content.c.article).where(_content.c.id == content_id)).one()
    return decode_article(bodies.decompress(row.codec, row.article))


def sightings_of(connection: Connection, page_id: int) -> tuple[list[Sighting], dict[int, int | None]]:
    """The page's counted captures as sightings, and the version that each stands under so far."""
    articles: dict[int, Article] = {}
    sightings: list[Sighting] = []
    version_of: dict[int, int | None] = {}
    columns = (
        _capture.c.id,
        _capture.c.captured_at,
        _capture.c.reader_version,
        _capture.c.content_id,
        _capture.c.reread_of,
        _capture.c.version_id,
    )
    counted = (
        _capture.c.page_id == page_id,
        _capture.c.standing == Standing.COUNTED,
        _capture.c.content_id.is_not(None),
    )
    for row in connection.execute(select(*columns).where(*counted)).all():
        if row.content_id not in articles:
            articles[row.content_id] = article_of(connection, row.content_id)
        sightings.append(
            Sighting(row.id, row.captured_at, row.reader_version or "", articles[row.content_id], row.reread_of)
        )
        version_of[row.id] = row.version_id
    for visit in visits_of(connection, page_id):
        if visit.content_id not in articles:
            articles[visit.content_id] = article_of(connection, visit.content_id)
        article = articles[visit.content_id]
        sightings.append(Sighting(visit.id, visit.captured_at, visit.reader_version or "", article, None))
        version_of[visit.id] = visit.version_id
    return sightings, version_of


def _write_versions(
    connection: Connection, page_id: int, timeline: Timeline, rows: Sequence[Row[Any]]
) -> dict[int, int]:
    """Update and add version rows; the version id of each span, by the span's place in time."""
    place_of = {seen.capture_id: place for place, span in enumerate(timeline.spans) for seen in span.sightings}
    ids: dict[int, int] = {}
    withdrawn: list[int] = []
    for row in rows:
        place = place_of.get(row.opened_by)
        if place is None or place in ids:
            withdrawn.append(row.id)
        else:
            ids[place] = row.id
    _add_versions(connection, page_id, timeline, ids, len(rows))
    _update_versions(connection, timeline, ids, {row.id: row for row in rows})
    if withdrawn:
        connection.execute(update(_version).where(_version.c.id.in_(withdrawn)).values(position=None, captures=0))
    return ids


def _add_versions(connection: Connection, page_id: int, timeline: Timeline, ids: dict[int, int], given: int) -> None:
    """Rows for the spans that have none, numbered on in order of time; ``ids`` is completed."""
    numbers = {
        place: given + 1 + extra for extra, place in enumerate(p for p in range(len(timeline.spans)) if p not in ids)
    }
    for place, number in numbers.items():
        span = timeline.spans[place]
        opener, is_kept = _opener(connection, span)
        row = {
            "page_id": page_id,
            "number": number,
            "opened_by": opener.capture_id,
            "is_kept": is_kept,
            "reader_version": opener.reader,
            "rereads": ids[timeline.spans.index(span.rereads)] if span.rereads else None,
        }
        ids[place] = insert_one(connection, _version, row | _derived(connection, place, span))


def _opener(connection: Connection, span: Span) -> tuple[Sighting, bool]:
    """The first sighting whose bytes are kept, else the first; and whether they are."""
    captures = [sighting.capture_id for sighting in span.sightings]
    kept = {id_ for some in chunks(captures) for id_ in connection.scalars(_kept_of(some))}
    first = next((sighting for sighting in span.sightings if sighting.capture_id in kept), None)
    return first or span.sightings[0], first is not None


def _kept_of(capture_ids: Sequence[int]) -> Select[Any]:
    answer = table_of(AnswerRow)
    return select(answer.c.capture_id).where(answer.c.capture_id.in_(capture_ids))


def _derived(connection: Connection, place: int, span: Span) -> dict[str, Any]:
    """The columns of a version that follow from its span."""
    return {
        "position": place,
        "content_id": keep_article(connection, span.article),
        "first_seen_at": span.first_seen_at,
        "last_seen_at": span.last_seen_at,
        "captures": len(span.sightings),
    }


def _update_versions(
    connection: Connection, timeline: Timeline, ids: Mapping[int, int], rows: Mapping[int, Row[Any]]
) -> None:
    for place, span in enumerate(timeline.spans):
        row = rows.get(ids[place])
        if row is None:
            continue
        derived = _derived(connection, place, span)
        if any(getattr(row, name) != value for name, value in derived.items()):
            connection.execute(update(_version).where(_version.c.id == row.id).values(derived))


def _assign(
    connection: Connection,
    page_id: int,
    timeline: Timeline,
    ids: Mapping[int, int],
    version_of: Mapping[int, int | None],
) -> None:
    """Write under each capture the version that it shows."""
    changed = [
        {"capture": seen.capture_id, "version": ids[place]}
        for place, span in enumerate(timeline.spans)
        for seen in span.sightings
        if version_of[seen.capture_id] != ids[place]
    ]
    if changed:
        put_back_any(connection, page_id, {row["capture"] for row in changed})
        statement = (
            update(_capture).where(_capture.c.id == bindparam("capture")).values(version_id=bindparam("version"))
        )
        connection.execute(statement, changed)


def _write_page(connection: Connection, page_id: int, timeline: Timeline, ids: Mapping[int, int]) -> None:
    highest = select(func.max(_version.c.number)).where(_version.c.page_id == page_id)
    values = page_values(timeline, ids) | {"versions": highest.scalar_subquery()}
    connection.execute(update(_page).where(_page.c.id == page_id).values(values))


def page_values(timeline: Timeline, ids: Mapping[int, int]) -> dict[str, Any]:
    """The columns of a page that follow from its time line; ``ids`` are its versions by their place in time."""
    spans = timeline.spans
    # The latest state, as the latest capture of it was read.
    current = max(
        (place for place, span in enumerate(spans) if span.state == spans[-1].state),
        key=lambda place: spans[place].sightings[-1].place,
    )
    article, newest = spans[current].article, spans[current].sightings[-1]
    return {
        "current_version_id": ids[current],
        "latest_capture_id": newest.capture_id,
        "title": plain(article.title),
        "language": plain(article.language),
        "first_seen_at": spans[0].first_seen_at,
        "last_seen_at": newest.captured_at,
    }


def plain(text: str | None) -> str | None:
    """A text that any database takes in a column: no NUL, no lone surrogate."""
    return canonical_text(text) if text is not None else None


def _write_events(
    connection: Connection,
    page: Row[Any],
    timeline: Timeline,
    ids: Mapping[int, int],
    settling: Settling,
) -> list[int]:
    """Bring the page's ``new`` and ``edited`` events in line with its states; the ids of those that were added.

    An event that was told already keeps its id and the time of its recording; its bounds become truer as captures from the
    past are put in.
    """
    told = told_events(connection, page.id)
    openings = timeline.openings()
    flapping = flapping_orders(openings)
    places = {id(span): place for place, span in enumerate(timeline.spans)}
    added: list[int] = []
    for order, span in enumerate(openings):
        derived = derived_event(timeline, span, {key: ids[place] for key, place in places.items()}, is_first=order == 0)
        row = told.pop(event_key(derived["kind"], derived["to_version_id"]), None)
        if row is None:
            extra = _extra(page, settling, openings, order) | {"is_flapping": order in flapping}
            added.append(insert_event(connection, derived | extra, settling, page))
        elif any(getattr(row, name) != value for name, value in derived.items()):
            connection.execute(update(_event).where(_event.c.id == row.id).values(derived))
        if row is not None and order in flapping and not row.is_flapping:
            connection.execute(update(_event).where(_event.c.id == row.id).values(is_flapping=True))
    if told:
        note_removed(connection, list(told.values()), "its captures tell it no longer", settling.recorded_at)
        connection.execute(delete(_event).where(_event.c.id.in_([row.id for row in told.values()])))
    return added


def insert_event(connection: Connection, values: Mapping[str, Any], settling: Settling, page: Row[Any]) -> int:
    """Add an event to the page; its id."""
    row = {
        "page_id": page.id,
        "run_id": settling.run_id,
        "url": page.shown_url,
        "recorded_at": settling.recorded_at,
        "is_past": settling.is_past,
    }
    return insert_one(connection, _event, row | dict(values))


def told_events(connection: Connection, page_id: int) -> dict[tuple[str, int | None], Row[Any]]:
    kinds = (EventKind.NEW.value, EventKind.EDITED.value)
    rows = connection.execute(select(_event).where(_event.c.page_id == page_id, _event.c.kind.in_(kinds)))
    return {event_key(row.kind, row.to_version_id): row for row in rows}


def event_key(kind: str, to_version_id: int | None) -> tuple[str, int | None]:
    """A page is new once; it is edited into each version once."""
    return (kind, None if kind == EventKind.NEW else to_version_id)


def derived_event(timeline: Timeline, span: Span, ids: Mapping[int, int], *, is_first: bool) -> dict[str, Any]:
    """The columns of an event that follow from the time line."""
    return {
        "kind": EventKind.NEW.value if is_first else EventKind.EDITED.value,
        "seen_at": span.first_seen_at,
        "not_before": timeline.not_before[span.state],
        "from_version_id": ids[id(span.before)] if span.before else None,
        "to_version_id": ids[id(span)],
        "fields": fields_to_bits(span.fields),
    }


def _extra(page: Row[Any], settling: Settling, openings: Sequence[Span], order: int) -> dict[str, Any]:
    """What is decided once, when the event is told; ``page`` is the row as it was before."""
    seen_at, was_seen_at = openings[order].first_seen_at, page.last_seen_at
    is_past = settling.is_past or (was_seen_at is not None and (seen_at is None or seen_at < was_seen_at))
    return {
        "is_past": is_past,
        "is_baseline": order == 0 and not is_past and page.site in settling.baseline_sites,
    }


def flapping_orders(openings: Sequence[Span]) -> set[int]:
    """The changes that are flapping; those before the fourth of a row are so from then on."""
    found = (order for order in range(len(openings)) if is_flapping(openings, order))
    return {each for order in found for each in range(order - FLAPPING_FLIPS, order + 1)}


def is_flapping(openings: Sequence[Span], order: int) -> bool:
    """Whether this change is at least the fourth within 24 h between the same two contents."""
    first = order - FLAPPING_FLIPS
    if first < 1:
        return False
    start, end = openings[first].first_seen_at, openings[order].first_seen_at
    if start is None or end is None or end - start > FLAPPING_WITHIN:
        return False
    run = [openings[place].article for place in range(first - 1, order + 1)]
    return all(not differing_fields(one, other) for one, other in zip(run, run[2:], strict=False))
