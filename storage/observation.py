"""How often each page was looked at between two instants, and whether any look showed something else than the one before it.

An interval in which nothing changed is a statement of its own: it needs two looks at least, and nothing in between that is in
doubt. What was edited and undone between two looks can't be seen, so nothing is said of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, Select, func, or_, select, union

from storage.engine import reading
from storage.models import CaptureRow, EventRow, HeldRow, PageRow, RunRow, SealRow, Standing, VisitsRow, table_of
from storage.records import EventKind, Outcome, PageState
from storage.roots import by_bytes, streamed
from storage.visit_lists import unpack

_capture, _event, _held = table_of(CaptureRow), table_of(EventRow), table_of(HeldRow)
_page, _run, _seal, _visits = table_of(PageRow), table_of(RunRow), table_of(SealRow), table_of(VisitsRow)
_DOUBTED: Final = (Standing.WAITING, Standing.HELD, Standing.REJECTED, Standing.OPEN)
_NOT_THERE: Final = tuple(outcome.value for outcome in (Outcome.GONE, Outcome.SOFT_404, Outcome.MOVED))


@dataclass(frozen=True, slots=True)
class Looks:
    """A page's sightings in the interval. ``is_steady``: none of them, nor anything else on record, shows or suggests a change.

    ``first_at`` and ``last_at`` are None where there was no look.
    """

    url: str
    site: str | None
    title: str | None
    state: PageState
    count: int
    first_at: datetime | None
    last_at: datetime | None
    is_steady: bool
    last_seen_at: datetime | None = None
    """At any time, the interval or not."""


@dataclass(frozen=True, slots=True)
class Makers:
    """Which programs and which readers the runs of the interval had."""

    programs: tuple[str, ...]
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LastSeal:
    number: int
    sealed_at: datetime
    sha256: str


def looks(
    engine: Engine, since: datetime | None = None, until: datetime | None = None, site: str | None = None
) -> Iterator[Looks]:
    """Every page by address, looked at or not. Counted are sightings by runs that were at work in the interval."""
    with reading(engine) as connection:
        found = _rows_counted(connection, since, until)
        _add_listed(connection, since, until, found)
        unsteady = set(connection.scalars(_unsteady(since, until)))
        columns = (_page.c.id, _page.c.shown_url, _page.c.site, _page.c.title, _page.c.state, _page.c.last_seen_at)
        pages = select(*columns).where(_page.c.state != PageState.FORGOTTEN.value)
        pages = pages if site is None else pages.where(_page.c.site == site)
        for row in streamed(connection, pages.order_by(by_bytes(connection, _page.c.shown_url), _page.c.id)):
            count, first_at, last_at = found.get(row.id, (0, None, None))
            state = PageState(row.state)
            is_steady = row.id not in unsteady and state is not PageState.SUSPECT
            seen = row.last_seen_at
            yield Looks(row.shown_url, row.site, row.title, state, count, first_at, last_at, is_steady, seen)


_Counted = dict[int, tuple[int, datetime | None, datetime | None]]


def _rows_counted(connection: Connection, since: datetime | None, until: datetime | None) -> _Counted:
    at = _capture.c.captured_at
    counted = select(_capture.c.page_id, func.count(), func.min(at), func.max(at)).group_by(_capture.c.page_id)
    counted = counted.where(_capture.c.standing == Standing.COUNTED, at.is_not(None), *_between(at, since, until))
    if since is not None or until is not None:
        counted = counted.where(_capture.c.run_id.in_(_runs(since, until)))
    return {page_id: (count, first, last) for page_id, count, first, last in connection.execute(counted)}


def _add_listed(connection: Connection, since: datetime | None, until: datetime | None, found: _Counted) -> None:
    """The visits that ``compact`` packed. Those of a list that is damaged are missing: ``verify`` names it."""
    bounds = select(func.min(_run.c.id), func.max(_run.c.id)).where(_run.c.id.in_(_runs(since, until)))
    first_run, last_run = connection.execute(bounds).one()
    if first_run is None:
        return
    reaching = (_visits.c.first_run <= last_run, _visits.c.last_run >= first_run)
    for row in streamed(connection, select(_visits.c.page_id, _visits.c.data).where(*reaching)):
        try:
            visits = unpack(row.data)
        except ValueError:
            continue
        instants = [visit.captured_at for visit in visits if _is_between(visit.captured_at, since, until)]
        if instants:
            count, first, last = found.get(row.page_id, (0, None, None))
            known = [at for at in (first, last) if at is not None]
            found[row.page_id] = (count + len(instants), min([*known, *instants]), max([*known, *instants]))


def _runs(since: datetime | None, until: datetime | None) -> Select[Any]:
    """The ids of the runs that were at work in the interval."""
    statement = select(_run.c.id)
    if since is not None:
        statement = statement.where(or_(_run.c.finished_at.is_(None), _run.c.finished_at >= since))
    return statement if until is None else statement.where(_run.c.started_at <= until)


def _between(column: ColumnElement[Any], since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    bounds = [column >= since] if since is not None else []
    return [*bounds, column <= until] if until is not None else bounds


def _is_between(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or at >= since) and (until is None or at <= until)


def _unsteady(since: datetime | None, until: datetime | None) -> Any:
    """The ids of pages of which something in the interval is told or is in doubt."""
    changed = select(_event.c.page_id).where(_event.c.kind != EventKind.NEW.value)
    doubted = select(_capture.c.page_id).where(
        or_(_capture.c.standing.in_(_DOUBTED), _capture.c.outcome.in_(_NOT_THERE)),
        *_between(_capture.c.captured_at, since, until),
    )
    if since is not None or until is not None:
        doubted = doubted.where(_capture.c.run_id.in_(_runs(since, until)))
    return union(
        changed.where(*_between(_event.c.seen_at, since, until)),
        changed.where(*_between(_event.c.recorded_at, since, until)),
        doubted,
        select(_held.c.page_id),
    )


def makers(engine: Engine, since: datetime | None = None, until: datetime | None = None) -> Makers:
    with reading(engine) as connection:
        rows = connection.execute(
            select(_run.c.program_version, _run.c.reader_version).where(_run.c.id.in_(_runs(since, until)))
        ).all()
    return Makers(*(tuple(sorted({row[place] for row in rows})) for place in (0, 1)))


def last_seal(engine: Engine) -> LastSeal | None:
    """The newest seal, which quotes all before it."""
    with reading(engine) as connection:
        columns = (_seal.c.number, _seal.c.sealed_at, _seal.c.hash)
        row = connection.execute(select(*columns).order_by(_seal.c.number.desc()).limit(1)).one_or_none()
    return None if row is None else LastSeal(row.number, row.sealed_at, row[2].hex())


def sites(engine: Engine) -> list[str]:
    """The sites that any run or page is of."""
    with reading(engine) as connection:
        named = union(select(_run.c.site), select(_page.c.site))
        return sorted(site for site in connection.scalars(named) if site is not None)
