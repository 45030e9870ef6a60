"""Pages one after the other, each with what became of it: for whatever shows a page as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, or_, select

from storage import outgoing
from storage.models import EventRow, PageRow, table_of
from storage.records import EventKind, PageState, Version

_event, _page = table_of(EventRow), table_of(PageRow)
_NOT_SHOWN: Final = (EventKind.FORGOTTEN.value,)


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the page, as far as its story needs it. ``version_id``: that it ends in."""

    kind: EventKind
    seen_at: datetime | None
    not_before: datetime | None
    version_id: int | None
    moved_to: str | None


@dataclass(frozen=True, slots=True)
class Story:
    """A page that has a version. ``versions``: in the order of time, read while they are gone through. ``told`` too."""

    url: str
    canonical: str
    state: PageState
    moved_to: str | None
    told: tuple[Told, ...]
    versions: Iterator[Version]


def stories(connection: Connection, as_of: datetime | None = None) -> Iterator[Story]:
    """By page. Each must be gone through before the next one is asked for."""
    for page_id, state, versions in outgoing.pages_and_versions(connection, as_of):
        page = connection.execute(select(_page).where(_page.c.id == page_id)).one()
        yield Story(page.shown_url, page.url, state, page.moved_to, _told(connection, page_id, as_of), versions)


def _told(connection: Connection, page_id: int, as_of: datetime | None) -> tuple[Told, ...]:
    statement = select(_event).where(_event.c.page_id == page_id, _event.c.kind.not_in(_NOT_SHOWN))
    if as_of is not None:
        statement = statement.where(or_(_event.c.seen_at.is_(None), _event.c.seen_at <= as_of))
    in_order = statement.order_by(_event.c.seen_at.is_not(None), _event.c.seen_at, _event.c.id)
    return tuple(map(_one, connection.execute(in_order)))


def _one(row: Row[Any]) -> Told:
    return Told(EventKind(row.kind), row.seen_at, row.not_before, row.to_version_id, row.moved_to)
