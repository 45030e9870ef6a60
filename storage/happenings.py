"""All that happened to all pages, in the order of time: what a journal of the site is written from, few at a time in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, case, func, or_, select

from storage.articles import bits_to_fields
from storage.former import LONG_AGO, Former, FormerAddresses
from storage.models import ContentRow, EventRow, PageRow, VersionRow, table_of
from storage.outgoing import placed
from storage.pieces import chunks
from storage.records import EventKind, PageState
from storage.roots import by_bytes, streamed

_content, _event = table_of(ContentRow), table_of(EventRow)
_page, _version = table_of(PageRow), table_of(VersionRow)

TECHNICAL: Final = "technical"
"""No event: only a newer reader saw it differently."""
_BEFORE_VERSIONS: Final = (EventKind.MOVED.value, EventKind.RESTORED.value, EventKind.RELISTED.value)
_BEHIND_VERSIONS: Final = (EventKind.DELETED.value, EventKind.UNLISTED.value)


@dataclass(frozen=True, slots=True)
class Happening:
    """A version that was first seen, or an event without one of its own (deleted, restored, moved, unlisted, relisted)."""

    kind: str
    """Of ``EventKind``, or TECHNICAL."""
    page_id: int
    url: str
    """The page's canonical address at that time."""
    moved_to: str | None
    """Of a page that moved: its canonical address from then on, or None where another page has its own history there."""
    event_id: int | None
    seen_at: datetime | None
    not_before: datetime | None
    version_id: int | None
    """Whatever shows at the page from then on; of a deleted page what had shown."""
    number: int | None
    before_id: int | None
    article_key: bytes | None
    reader_version: str
    fields: tuple[str, ...]
    is_version: bool
    rank: int

    @property
    def place(self) -> tuple[bool, datetime, int]:
        return self.seen_at is not None, self.seen_at or LONG_AGO, self.rank


def happenings(connection: Connection, as_of: datetime | None = None) -> Iterator[Happening]:
    """What was first seen by an instant (else all), what has no time first; at one instant by address.

    Withdrawn versions have no place in time, and a forgotten page has nothing else: neither comes.
    """
    former = FormerAddresses(connection)
    yield from merge(_versions(connection, former, as_of), _events(connection, former, as_of), key=attrgetter("place"))


def count(connection: Connection, as_of: datetime | None = None) -> int:
    """How many ``happenings`` gives."""
    versions = select(func.count()).select_from(_version).where(*placed(as_of))
    events = select(func.count()).select_from(_event).where(*_others(as_of))
    return (connection.scalar(versions) or 0) + (connection.scalar(events) or 0)


@dataclass(frozen=True, slots=True)
class Known:
    """What became of a version: ``is_placed``: it has a place in time."""

    page_id: int
    url: str
    number: int
    is_placed: bool
    is_forgotten: bool


def known_among(connection: Connection, version_ids: Iterable[int]) -> Iterator[tuple[int, Known | None]]:
    """For each of these versions what the store knows of it; None where it never had it."""
    for some in chunks(version_ids):
        statement = (
            select(
                _version.c.id, _version.c.page_id, _page.c.url, _version.c.number, _version.c.position, _page.c.state
            )
            .join(_page, _page.c.id == _version.c.page_id)
            .where(_version.c.id.in_(some))
        )
        rows: dict[int, Any] = {row.id: row for row in connection.execute(statement)}
        for id_ in some:
            row = rows.get(id_)
            yield id_, None if row is None else _known(row)


def _known(row: Row[Any]) -> Known:
    is_forgotten = row.state == PageState.FORGOTTEN.value
    return Known(row.page_id, row.url, row.number, row.position is not None, is_forgotten)


def address_now(connection: Connection, page_id: int) -> str:
    """Its canonical address."""
    return str(connection.scalars(select(_page.c.url).where(_page.c.id == page_id)).one())


def _versions(connection: Connection, former: FormerAddresses, as_of: datetime | None) -> Iterator[Happening]:
    first_seen = _version.c.first_seen_at
    its_event = and_(
        _event.c.to_version_id == _version.c.id, _event.c.kind.in_([EventKind.NEW.value, EventKind.EDITED.value])
    )
    statement = (
        select(
            _version.c.id, _version.c.page_id, _version.c.number, _version.c.position, _version.c.rereads, first_seen
        )
        .add_columns(_version.c.reader_version)
        .add_columns(_page.c.url, _content.c.key)
        .add_columns(_event.c.id.label("event_id"), _event.c.kind, _event.c.not_before)
        .add_columns(_event.c.from_version_id, _event.c.fields)
        .join(_content, _content.c.id == _version.c.content_id)
        .join(_page, _page.c.id == _version.c.page_id)
        .outerjoin(_event, its_event)
        .where(*placed(as_of))
        .order_by(first_seen.is_not(None), first_seen, by_bytes(connection, _page.c.url), _version.c.position)
    )
    with streamed(connection, statement) as rows:
        for row in rows:
            yield _of_version(row, former)


def _of_version(row: Row[Any], former: FormerAddresses) -> Happening:
    is_first = row.position == 0
    return Happening(
        kind=TECHNICAL if row.rereads else row.kind or (EventKind.NEW if is_first else EventKind.EDITED).value,
        page_id=row.page_id,
        url=_url(former.at(row.page_id, row.first_seen_at), row.url),
        moved_to=None,
        event_id=row.event_id,
        seen_at=row.first_seen_at,
        not_before=row.not_before,
        version_id=row.id,
        number=row.number,
        before_id=row.rereads or row.from_version_id,
        article_key=row.key,
        reader_version=row.reader_version,
        fields=bits_to_fields(row.fields or 0),
        is_version=True,
        rank=1,
    )


def _events(connection: Connection, former: FormerAddresses, as_of: datetime | None) -> Iterator[Happening]:
    seen_at = _event.c.seen_at
    rank = case((_event.c.kind.in_(_BEFORE_VERSIONS), 0), else_=2)
    statement = (
        select(_event, _page.c.url.label("page_url"), _version.c.number, rank.label("rank"))
        .join(_page, _page.c.id == _event.c.page_id)
        .outerjoin(_version, _version.c.id == func.coalesce(_event.c.to_version_id, _event.c.from_version_id))
        .where(*_others(as_of))
        .order_by(seen_at.is_not(None), seen_at, rank, by_bytes(connection, _page.c.url), _event.c.id)
    )
    with streamed(connection, statement) as rows:
        for row in rows:
            yield _of_event(row, former)


def _of_event(row: Row[Any], former: FormerAddresses) -> Happening:
    then = _url(former.at(row.page_id, row.seen_at), row.page_url)
    is_move = row.kind == EventKind.MOVED.value
    url = _url(former.left(row.page_id, row.seen_at), row.page_url) if is_move else then
    return Happening(
        kind=row.kind,
        page_id=row.page_id,
        url=url,
        moved_to=then if is_move and then != url else None,
        event_id=row.id,
        seen_at=row.seen_at,
        not_before=row.not_before,
        version_id=row.to_version_id or row.from_version_id,
        number=row.number,
        before_id=None,
        article_key=None,
        reader_version="",
        fields=(),
        is_version=False,
        rank=row.rank,
    )


def _url(former: Former | None, now: str) -> str:
    return former.url if former else now


def _others(as_of: datetime | None) -> tuple[Any, ...]:
    is_other = _event.c.kind.in_([*_BEFORE_VERSIONS, *_BEHIND_VERSIONS])
    if as_of is None:
        return (is_other,)
    return is_other, or_(_event.c.seen_at.is_(None), _event.c.seen_at <= as_of)
