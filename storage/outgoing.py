"""Versions on their way out of the store, in one order whatever the database, a few in memory at a time.

Everything is read on the connection that is given, so that an export sees one moment of the store, a crawl beside it or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select

from storage.models import ContentRow, EventRow, PageRow, VersionRow, table_of
from storage.pieces import CHUNK
from storage.records import EventKind, PageState, Version
from storage.roots import streamed
from storage.rows import version_of

_content, _event = table_of(ContentRow), table_of(EventRow)
_page, _version = table_of(PageRow), table_of(VersionRow)

_STATE_AFTER: Final = {
    EventKind.NEW: PageState.LISTED,
    EventKind.DELETED: PageState.GONE,
    EventKind.RESTORED: PageState.LISTED,
    EventKind.UNLISTED: PageState.UNLISTED,
    EventKind.RELISTED: PageState.LISTED,
}


def standing(connection: Connection, as_of: datetime | None = None) -> Iterator[tuple[Version, PageState]]:
    """The version and the state of every page as of an instant (else now), by page."""
    for page_id, state in _pages(connection):
        row = connection.execute(one_version(page_id, None, as_of)).first()
        if row is not None:
            yield version_of(row), _state(connection, page_id, state, as_of)


def history(connection: Connection, as_of: datetime | None = None) -> Iterator[tuple[Version, PageState]]:
    """Every version that was first seen by an instant (else all), by page and in order of time, with its page's state then.

    Versions that were withdrawn have no place in time, and are left out.
    """
    for page_id, state in _pages(connection):
        in_time = versions_of(page_id).where(*placed(as_of)).order_by(_version.c.position)
        state_then = None
        with streamed(connection, in_time) as rows:
            for row in rows:
                state_then = state_then or _state(connection, page_id, state, as_of)
                yield version_of(row), state_then


def pages_in_time(connection: Connection, as_of: datetime | None = None) -> Iterator[Iterator[Version]]:
    """For each page that has any, its versions in order of time; each page is read before the next one is asked for."""
    yield from (versions for _, _, versions in pages_and_versions(connection, as_of))


def pages_and_versions(
    connection: Connection, as_of: datetime | None = None
) -> Iterator[tuple[int, PageState, Iterator[Version]]]:
    """The same, with the id and the state of each page."""
    for page_id, state in _pages(connection):
        in_time = versions_of(page_id).where(*placed(as_of)).order_by(_version.c.position)
        with streamed(connection, in_time) as rows:
            first = next(rows, None)
            if first is not None:
                yield page_id, _state(connection, page_id, state, as_of), _with_first(first, rows)


def _with_first(first: Row[Any], rows: Iterator[Row[Any]]) -> Iterator[Version]:
    yield version_of(first)
    yield from map(version_of, rows)


def count_history(connection: Connection, as_of: datetime | None = None) -> int:
    """How many versions ``history`` gives."""
    return connection.scalar(select(func.count()).select_from(_version).where(*placed(as_of))) or 0


def count_standing(connection: Connection, as_of: datetime | None = None) -> int:
    """How many pages ``standing`` gives a version of."""
    if as_of is None:
        return connection.scalar(select(func.count()).where(_page.c.current_version_id.is_not(None))) or 0
    pages = select(func.count(_version.c.page_id.distinct())).where(*placed(as_of))
    return connection.scalar(pages) or 0


def by_id(connection: Connection, version_ids: Sequence[int]) -> dict[int, Version]:
    """At most as many as one statement can name (storage/pieces.py)."""
    rows = connection.execute(versions_of().where(_version.c.id.in_(version_ids)))
    return {row.id: version_of(row) for row in rows}


def versions_of(page_id: int | None = None) -> Select[Any]:
    """Of one page, or of all."""
    columns = (
        _content.c.text_sha256,
        _content.c.content_sha256,
        _content.c.codec,
        _content.c.article,
        _page.c.shown_url,
    )
    statement = (
        select(_version, *columns)
        .join(_content, _content.c.id == _version.c.content_id)
        .join(_page, _page.c.id == _version.c.page_id)
    )
    return statement if page_id is None else statement.where(_version.c.page_id == page_id)


def one_version(page_id: int, number: int | None, at: datetime | None) -> Select[Any]:
    """By its number, as of an instant, or else the current one."""
    statement = versions_of(page_id).limit(1)
    if number is not None:
        return statement.where(_version.c.number == number)
    if at is None:
        return statement.where(_version.c.id == _page.c.current_version_id)
    return statement.where(*placed(at)).order_by(_version.c.position.desc())


def placed(as_of: datetime | None) -> tuple[ColumnElement[bool], ...]:
    """Versions that have a place in time, and were first seen by then."""
    has_place = _version.c.position.is_not(None)
    if as_of is None:
        return (has_place,)
    return has_place, or_(_version.c.first_seen_at.is_(None), _version.c.first_seen_at <= as_of)


def _pages(connection: Connection) -> Iterator[tuple[int, str]]:
    """Id and state of every page, by id; read in pieces."""
    after = 0
    while rows := connection.execute(
        select(_page.c.id, _page.c.state).where(_page.c.id > after).order_by(_page.c.id).limit(CHUNK)
    ).all():
        yield from ((row.id, row.state) for row in rows)
        after = rows[-1].id


def stands(connection: Connection, page_id: int, as_of: datetime | None = None) -> tuple[Version | None, PageState]:
    """One page's version and state as of an instant (else now)."""
    now = connection.scalar(select(_page.c.state).where(_page.c.id == page_id)) or PageState.FORGOTTEN.value
    row = connection.execute(one_version(page_id, None, as_of)).first()
    return (version_of(row) if row is not None else None), _state(connection, page_id, now, as_of)


def _state(connection: Connection, page_id: int, now: str, as_of: datetime | None) -> PageState:
    return PageState(now) if as_of is None else _state_at(connection, page_id, as_of)


def _state_at(connection: Connection, page_id: int, moment: datetime) -> PageState:
    """A page's state at an instant, as its events tell it; a doubt (``suspect``) leaves no trace."""
    in_order = (_event.c.seen_at.is_not(None), _event.c.seen_at, _event.c.id)
    was_seen = or_(_event.c.seen_at.is_(None), _event.c.seen_at <= moment)
    kinds = [kind.value for kind in _STATE_AFTER]
    statement = select(_event.c.kind).where(_event.c.page_id == page_id, was_seen, _event.c.kind.in_(kinds))
    last = connection.scalars(statement.order_by(*in_order)).all()
    return _STATE_AFTER[EventKind(last[-1])] if last else PageState.UNLISTED
