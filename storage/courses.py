"""What became of each page, a page at a time: its own events in the order in which they were seen, told together or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, Select, select

from storage.engine import reading
from storage.models import EventRow, PageRow, RunRow, VersionRow, table_of
from storage.records import Event, PageState, RunOutcome
from storage.rows import event_of

PAGES_AT_ONCE: Final = 200

_event, _page = table_of(EventRow), table_of(PageRow)
_run, _version = table_of(RunRow), table_of(VersionRow)
_from, _to = _version.alias("from_version"), _version.alias("to_version")


@dataclass(frozen=True, slots=True)
class PageCourse:
    """A page that has had a version, and its events. ``last_seen_at``: when its last version was seen last."""

    url: str
    site: str | None
    state: PageState
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    events: tuple[Event, ...]


def each_course(engine: Engine, site: str | None = None) -> Iterator[PageCourse]:
    """By page. Forgotten pages and those that have never answered are left out.

    Read in pieces: no transaction stays open while whoever asked is at work.
    """
    after = 0
    while True:
        with reading(engine) as connection:
            pages = connection.execute(_pages(site, after)).all()
            events = _events_of(connection, [page.id for page in pages]) if pages else {}
        if not pages:
            return
        for page in pages:
            told = tuple(event_of(row, ()) for row in events.get(page.id, ()))
            state = PageState(page.state)
            yield PageCourse(page.shown_url, page.site, state, page.first_seen_at, page.last_seen_at, told)
        after = pages[-1].id


def walks(engine: Engine) -> dict[str | None, list[tuple[datetime, int]]]:
    """By site, when each run began that walked all lists to their end, and its id, in order: what was there it found."""
    was_whole = (_run.c.outcome == RunOutcome.COMPLETE.value, _run.c.walked_lists, _run.c.is_complete)
    found: dict[str | None, list[tuple[datetime, int]]] = {}
    with reading(engine) as connection:
        statement = select(_run.c.site, _run.c.started_at, _run.c.id).where(*was_whole)
        for site, began_at, run_id in connection.execute(statement.order_by(_run.c.started_at, _run.c.id)):
            found.setdefault(site, []).append((began_at, run_id))
    return found


def _pages(site: str | None, after: int) -> Select[Any]:
    columns = (_page.c.id, _page.c.shown_url, _page.c.site, _page.c.state, _page.c.first_seen_at, _page.c.last_seen_at)
    was_read = (_page.c.versions > 0, _page.c.state != PageState.FORGOTTEN.value)
    statement = select(*columns).where(_page.c.id > after, *was_read)
    if site is not None:
        statement = statement.where(_page.c.site == site)
    return statement.order_by(_page.c.id).limit(PAGES_AT_ONCE)


def _events_of(connection: Connection, page_ids: list[int]) -> dict[int, list[Row[Any]]]:
    columns = (_page.c.title, _page.c.site, _page.c.language)
    statement = (
        select(_event, *columns, _from.c.number.label("from_number"), _to.c.number.label("to_number"))
        .join(_page, _page.c.id == _event.c.page_id)
        .outerjoin(_from, _from.c.id == _event.c.from_version_id)
        .outerjoin(_to, _to.c.id == _event.c.to_version_id)
        .where(_event.c.page_id.in_(page_ids))
        .order_by(_event.c.page_id, _event.c.seen_at.is_not(None), _event.c.seen_at, _event.c.id)
    )
    rows = connection.execute(statement)
    return {page_id: list(found) for page_id, found in groupby(rows, key=lambda row: row.page_id)}
