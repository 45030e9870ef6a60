"""One SHA-256 over what a store says: its pages, versions, times and bodies, as docs/roots.md specifies it for any other program.

It is the same in SQLite and PostgreSQL, in whatever order rows were written, with whatever ids, however they are compressed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from hashlib import sha256
from itertools import chain, groupby
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Result, Select, Table, collate, func, select

from storage import bodies
from storage.models import (
    AddressRow,
    Base,
    BodyRow,
    CaptureRow,
    ContentRow,
    EventRow,
    PageRow,
    VersionRow,
    VisitsRow,
    table_of,
)
from storage.unpacking import COLUMNS, Unpacker
from storage.visit_lists import unpack

ALGORITHM: Final = "csto-content-root-1"
PIECE: Final = 200
"""Rows in memory at a time."""

_address, _body, _capture, _content = (table_of(row) for row in (AddressRow, BodyRow, CaptureRow, ContentRow))
_event, _page, _version, _visits = (table_of(row) for row in (EventRow, PageRow, VersionRow, VisitsRow))
_one, _other = _version.alias("one"), _version.alias("other")
_STATE: Final = (
    *(_page.c.shown_url, _page.c.site, _page.c.state, _page.c.title, _page.c.language, _one.c.number),
    *(_page.c.first_seen_at, _page.c.last_seen_at, _page.c.checked_at, _page.c.missing_since, _page.c.moved_to),
)
_VERSION: Final = (
    *(_version.c.number, _version.c.position, _version.c.reader_version, _one.c.number.label("rereads")),
    *(_version.c.first_seen_at, _version.c.last_seen_at, _version.c.captures, _version.c.is_kept),
    *(_capture.c.captured_at, _content.c.codec, _content.c.article),
)
_CAPTURE: Final = (_capture.c.captured_at, _capture.c.outcome, _capture.c.body_sha256, _one.c.number)
_EVENT: Final = (
    *(_event.c.kind, _event.c.url, _event.c.seen_at, _event.c.not_before, _event.c.recorded_at),
    *(_one.c.number.label("from"), _other.c.number.label("to"), _event.c.fields),
    *(_event.c.is_baseline, _event.c.is_past, _event.c.moved_to),
)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


Read = Callable[[Select[Any]], Result[Any]]


def content_root(connection: Connection) -> bytes:
    """The root of what the connection's transaction sees. ValueError where a body or an article can't be unpacked."""
    root = sha256(line_of(ALGORITHM))
    in_order = by_bytes(connection, _page.c.url)
    with ExitStack() as results:

        def read(statement: Select[Any]) -> Result[Any]:
            return results.enter_context(streamed(connection, statement))

        for line in chain(_page_lines(connection, read, in_order), _body_lines(connection, read)):
            root.update(line)
    return root.digest()


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    tables = Base.metadata.sorted_tables
    return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def streamed(connection: Connection, statement: Select[Any]) -> Result[Any]:
    """The rows of a query, a few in memory at a time."""
    return connection.execute(statement, execution_options={"yield_per": PIECE})


def by_bytes(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """To order a text by its bytes in UTF-8, as SQLite does by itself, whatever language the server's database sorts by."""
    return collate(column, "C") if connection.dialect.name == "postgresql" else column


def _page_lines(connection: Connection, read: Read, in_order: ColumnElement[Any]) -> Iterator[bytes]:
    """A line for each page, in the order of addresses: its address and the digest of its own lines, in order of their bytes."""
    parts: list[_Part] = [_Part(kind, read(query.order_by(in_order))) for kind, query in _queries().items()]
    parts.append(_Listed(connection, read(_of_page(_visits, (_visits.c.data,)).order_by(in_order))))
    for page in read(select(_page.c.id, _page.c.url).order_by(in_order)):
        lines = sorted(line for part in parts for line in part.lines_of(page.id))
        yield line_of("page", page.url, sha256(b"".join(lines)).digest())


def _body_lines(connection: Connection, read: Read) -> list[bytes]:
    """By what is really stored, in the order of what is said of it. Those of one pack are read together: it is unpacked once."""
    unpack, lines = Unpacker(connection), []
    for row in read(select(*COLUMNS).order_by(_body.c.pack_id, _body.c.sha256)):
        data = unpack.unproven(row)
        lines.append((row.sha256, line_of("body", bodies.digest(data), len(data))))
    return [line for _, line in sorted(lines)]


class _Part:
    """One kind of a page's rows. All kinds come in the same order of pages, so that one page is in memory at a time."""

    def __init__(self, kind: str, rows: Iterable[Any]) -> None:
        self._kind = kind
        self._groups = groupby(rows, itemgetter(0))
        self._next = next(self._groups, None)

    def lines_of(self, page_id: int) -> list[bytes]:
        if self._next is None or self._next[0] != page_id:
            return []
        lines = list(self._lines(self._next[1]))
        self._next = next(self._groups, None)
        return lines

    def _lines(self, rows: Iterable[Any]) -> Iterator[bytes]:
        return (line_of(self._kind, *_told(self._kind, row)) for row in rows if row[1] is not None)


class _Listed(_Part):
    """The captures that stand in lists: a line each, as those have that are rows."""

    def __init__(self, connection: Connection, rows: Iterable[Any]) -> None:
        super().__init__("capture", (row for row in rows if row.data is not None))
        self._connection = connection

    def _lines(self, rows: Iterable[Any]) -> Iterator[bytes]:
        numbers: dict[int, int] = {}
        for page_id, _, data in rows:
            if not numbers:
                of_page = select(_version.c.id, _version.c.number).where(_version.c.page_id == page_id)
                numbers.update(self._connection.execute(of_page).all())
            for visit in unpack(data):
                number = numbers.get(visit.version_id)
                yield line_of(self._kind, visit.captured_at, visit.outcome, visit.body_sha256, number)


def _told(kind: str, row: Sequence[Any]) -> Sequence[Any]:
    """The values of a row behind the two ids of its page; an article by the digest of its bytes."""
    if kind != "version":
        return tuple(row)[2:]
    *values, codec, article = tuple(row)[2:]
    return [*values, bodies.digest(bodies.decompress(codec, article))]


def _queries() -> dict[str, Select[Any]]:
    """What is told of a page, by kind: its id, its id as the row has it, the values of a line. A version is its number there."""
    return {
        "state": select(_page.c.id, _page.c.id, *_STATE)
        .select_from(_page)
        .outerjoin(_one, _one.c.id == _page.c.current_version_id),
        "address": _of_page(_address, (_address.c.url, _address.c.moved_to)),
        "version": _of_page(_version, _VERSION)
        .outerjoin(_one, _one.c.id == _version.c.rereads)
        .outerjoin(_capture, _capture.c.id == _version.c.opened_by)
        .outerjoin(_content, _content.c.id == _version.c.content_id),
        "capture": _of_page(_capture, _CAPTURE).outerjoin(_one, _one.c.id == _capture.c.version_id),
        "event": _of_page(_event, _EVENT)
        .outerjoin(_one, _one.c.id == _event.c.from_version_id)
        .outerjoin(_other, _other.c.id == _event.c.to_version_id),
    }


def _of_page(table: Table, columns: Iterable[ColumnElement[Any]]) -> Select[Any]:
    """Outer joins all along: so SQLite goes over the pages by their addresses, and sorts nothing in memory."""
    joined = _page.outerjoin(table, table.c.page_id == _page.c.id)
    return select(_page.c.id, table.c.page_id, *columns).select_from(joined)


def line_of(*values: Any) -> bytes:
    """A line as docs/roots.md writes it."""
    return f"{_encode([_plain(value) for value in values])}\n".encode()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return value
