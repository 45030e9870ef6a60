"""Unchanged visits in lists: what ``compact`` makes of the captures that say no more than that a page was still as it was.

A visit is listed without loss: every capture's leaf is made from the list as it was from the row, so the seals hold as they did.
A list is of one page, so that a page's history is read from few rows; it says from which run to which, so that a run's visits are
found too. What would alter a listed capture (another page's, another version's) puts the page's visits back into rows first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine, Select, delete, exists, func, insert, select

from storage import closings
from storage.checksums import with_checksum
from storage.engine import reading
from storage.models import (
    AnswerRow,
    CaptureRow,
    ContentRow,
    HeldRow,
    PageRow,
    RunRow,
    Standing,
    VersionRow,
    VisitsRow,
    table_of,
)
from storage.pieces import chunks
from storage.records import RunMode
from storage.transactions import give_way, written
from storage.visit_lists import Visit, pack, unpack

FEWEST: Final = 32
"""Fewer visits of a page wait for more: a list's own row and what it says once cost some 150 bytes."""
MOST: Final = 256
"""So many go into one list; of a run's visits no more than these of each page are in memory at a time."""
_PAGES: Final = 50

_answer, _capture, _content, _held = (table_of(row) for row in (AnswerRow, CaptureRow, ContentRow, HeldRow))
_page, _run, _version, _visits = (table_of(row) for row in (PageRow, RunRow, VersionRow, VisitsRow))
_later = _capture.alias("later")


@dataclass(frozen=True, slots=True)
class Listed:
    """``visits`` went into ``lists``, of so many bytes."""

    visits: int = 0
    lists: int = 0
    size: int = 0

    def plus(self, other: Listed) -> Listed:
        return Listed(self.visits + other.visits, self.lists + other.lists, self.size + other.size)


# --- rows into lists -------------------------------------------------------------------------------------------------
def list_visits(engine: Engine, told: Callable[[int], None] = lambda _pages: None) -> Listed:
    """List what can be listed, some pages in each transaction. ``told`` gets how many pages were looked at."""
    total, after = Listed(), 0
    while pages := _pages_after(engine, after):

        def work(connection: Connection, pages: Sequence[int] = pages) -> Listed:
            closings.wait_for_writers(connection)
            return _sum(_list_page(connection, page_id) for page_id in pages)

        listed = written(engine, work)
        if listed.lists:
            give_way(engine)
        total = total.plus(listed)
        told(len(pages))
        after = pages[-1]
    return total


def count_pages(engine: Engine) -> int:
    """How many pages ``list_visits`` will look at."""
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(_page)) or 0


def _pages_after(engine: Engine, after: int) -> Sequence[int]:
    with reading(engine) as connection:
        return connection.scalars(select(_page.c.id).where(_page.c.id > after).order_by(_page.c.id).limit(_PAGES)).all()


def _list_page(connection: Connection, page_id: int) -> Listed:
    rows = connection.execute(_unchanged(page_id)).all()
    return _sum(_list_some(connection, page_id, some) for some in chunks(rows, MOST) if len(some) >= FEWEST)


def _list_some(connection: Connection, page_id: int, rows: Sequence[Any]) -> Listed:
    visits = [Visit(*row) for row in rows]
    data = pack(visits)
    if unpack(data) != visits:
        return Listed()  # pragma: no cover - a value that no column can hold
    runs = [visit.run_id for visit in visits]
    row = {"page_id": page_id, "first_run": min(runs), "last_run": max(runs), "visits": len(visits)}
    row_of_list = with_checksum(_visits, row) | {"id": visits[0].id, "data": data}
    connection.execute(insert(_visits).values(row_of_list))
    for some in chunks(visit.id for visit in visits):
        connection.execute(delete(_capture).where(_capture.c.id.in_(some)))
    return Listed(len(visits), 1, len(data))


def _unchanged(page_id: int) -> Select[Any]:
    """The page's captures that nothing refers to and that have nothing but what a list keeps, the oldest first.

    Those of an import stay: the same file, imported again, is looked for among them. So does the newest of all: the database
    gives the next one the id behind it.
    """
    plain = (_capture.c.reread_of, _capture.c.moved_to, _capture.c.at_url, _capture.c.reason)
    return (
        select(*(_capture.c[name] for name in Visit._fields))
        .join(_run, _run.c.id == _capture.c.run_id)
        .join(_page, _page.c.id == _capture.c.page_id)
        .where(
            _capture.c.page_id == page_id,
            _capture.c.standing == Standing.COUNTED,
            _run.c.seal.is_not(None),
            _run.c.mode != RunMode.IMPORT.value,
        )
        .where(*(_capture.c[name].is_not(None) for name in ("captured_at", "content_id", "version_id")))
        .where(*(column.is_(None) for column in plain))
        .where(
            _capture.c.id != _page.c.latest_capture_id, _capture.c.id != select(func.max(_later.c.id)).scalar_subquery()
        )
        .where(
            ~exists().where(_version.c.page_id == page_id, _version.c.opened_by == _capture.c.id),
            ~exists().where(_answer.c.capture_id == _capture.c.id),
            ~exists().where(_held.c.page_id == page_id, _held.c.capture_id == _capture.c.id),
            ~exists().where(_later.c.page_id == page_id, _later.c.reread_of == _capture.c.id),
        )
        .order_by(_capture.c.captured_at, _capture.c.id)
    )


def _sum(done: Iterable[Listed]) -> Listed:
    total = Listed()
    for each in done:
        total = total.plus(each)
    return total


# --- and back --------------------------------------------------------------------------------------------------------
def put_back(connection: Connection, page_ids: Collection[int]) -> None:
    """The listed visits of these pages as rows again."""
    for page_id in page_ids:
        for some in chunks(rows_of(connection, page_id)):
            connection.execute(insert(_capture), list(some))
        connection.execute(delete(_visits).where(_visits.c.page_id == page_id))


def rows_of(connection: Connection, page_id: int) -> list[dict[str, Any]]:
    """A page's listed visits as the rows of ``capture`` that they were."""
    return [visit._asdict() | _COMMON | {"page_id": page_id} for visit in visits_of(connection, page_id)]


def put_back_any(connection: Connection, page_id: int, capture_ids: Collection[int]) -> None:
    """Put the page's visits back where any of these captures is among them."""
    if any(visit.id in capture_ids for visit in visits_of(connection, page_id)):
        put_back(connection, [page_id])


_COMMON: Final = {
    "standing": int(Standing.COUNTED),
    "reread_of": None,
    "moved_to": None,
    "at_url": None,
    "reason": None,
}


# --- reading ---------------------------------------------------------------------------------------------------------
def visits_of(connection: Connection, page_id: int) -> Iterator[Visit]:
    """A page's listed visits. ValueError where a list is damaged."""
    for data in connection.scalars(select(_visits.c.data).where(_visits.c.page_id == page_id).order_by(_visits.c.id)):
        yield from unpack(data)


def contents_in_lists(connection: Connection) -> set[int]:
    """The contents that listed visits show: where none is a row any more they are all that refers to one."""
    lists = connection.scalars(select(_visits.c.data).order_by(_visits.c.id))
    return {visit.content_id for data in lists for visit in unpack(data)}


def are_listed(connection: Connection, page_id: int) -> bool:
    """Whether the page has any."""
    return connection.scalar(select(_visits.c.id).where(_visits.c.page_id == page_id).limit(1)) is not None


@dataclass(frozen=True, slots=True)
class ListedCapture:
    """A listed visit as the capture that it was, with what its leaf quotes of its article."""

    visit: Visit
    page_id: int
    key: bytes
    content_sha256: bytes
    reread_of: None = None
    moved_to: None = None
    at_url: None = None
    reason: None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.visit, name)


class RunVisits:
    """The listed visits by run. Asked for one run after another, it reads each list once and keeps those that reach so far."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._open: dict[int, tuple[int, dict[int, list[ListedCapture]]]] = {}
        self._contents: dict[int, tuple[bytes, bytes]] = {}

    def of(self, run_id: int) -> list[ListedCapture]:
        """Those of a list that is damaged are missing: ``verify`` names it."""
        reaching = (_visits.c.first_run <= run_id, _visits.c.last_run >= run_id)
        ids = self._connection.scalars(select(_visits.c.id).where(*reaching)).all()
        self._open = {id_: each for id_, each in self._open.items() if each[0] >= run_id}
        for some in chunks(id_ for id_ in ids if id_ not in self._open):
            for row in self._connection.execute(select(_visits).where(_visits.c.id.in_(some))):
                self._open[row.id] = (row.last_run, self._by_run(row))
        return [capture for id_ in ids for capture in self._open[id_][1].get(run_id, ())]

    def _by_run(self, row: Any) -> dict[int, list[ListedCapture]]:
        try:
            visits = unpack(row.data)
        except ValueError:
            return {}
        self._learn({visit.content_id for visit in visits})
        found: dict[int, list[ListedCapture]] = {}
        for visit in visits:
            said = self._contents.get(visit.content_id, (b"", b""))
            found.setdefault(visit.run_id, []).append(ListedCapture(visit, row.page_id, *said))
        return found

    def _learn(self, content_ids: set[int]) -> None:
        columns = (_content.c.id, _content.c.key, _content.c.content_sha256)
        for some in chunks(content_ids - self._contents.keys()):
            for id_, key, digest in self._connection.execute(select(*columns).where(_content.c.id.in_(some))):
                self._contents[id_] = (key, digest)
