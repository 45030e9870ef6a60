"""What may still change (a page's state, its former addresses, what is held), as the last run left it.

No seal can hold such a row, since the next run alters it. So each run closes with a list of them: of each row its key and four
bytes of its hash. Whoever writes drops the list first; as long as it is there no row may differ from it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, text, true

from storage import bodies
from storage.damage import Damage
from storage.leaves import hash_of, line
from storage.models import TOLD_TOGETHER, AddressRow, CaptureRow, ClosingRow, EventRow, HeldRow, PageRow, table_of

PREFIX: Final = 4
MANY: Final = 5000
"""To list so many pages takes 60 ms. Of more, those runs alone list them that looked at a tenth."""
_PIECE: Final = 2000
_closing, _event, _page = table_of(ClosingRow), table_of(EventRow), table_of(PageRow)
_address, _capture, _held = table_of(AddressRow), table_of(CaptureRow), table_of(HeldRow)


@dataclass(frozen=True, slots=True)
class Closed:
    """Which rows are listed, by which key, and what of them."""

    key: ColumnElement[Any]
    columns: Sequence[ColumnElement[Any]]
    where: Any

    @property
    def name(self) -> str:
        return str(self.columns[0].table.name)


CLOSED: Final[Sequence[Closed]] = (
    Closed(_page.c.id, list(_page.c), true()),
    Closed(_address.c.url, list(_address.c), true()),
    Closed(_held.c.id, list(_held.c), true()),
    # What was told together with others, or may be yet: the rest of an event is sealed.
    Closed(
        _event.c.id,
        [_event.c[name] for name in ("id", "is_flapping", "change_group", "folded_into")],
        text(
            f"({TOLD_TOGETHER.text})"
        ),  # it is asked together with the key: without its own brackets every piece is the first
    ),
)


def drop(connection: Connection) -> None:
    """The first statement of whoever writes: what was listed may not be so any more."""
    connection.execute(delete(_closing))


def wait_for_writers(connection: Connection) -> None:
    """Go on when nobody else is writing, and let nobody write until this transaction ends; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE closing IN SHARE ROW EXCLUSIVE MODE"))


def take(connection: Connection, taken_at: datetime, run_id: int | None = None) -> None:
    """List what is there now. ``run_id``: the run that has ended; a short one doesn't go over all pages of a large site."""
    wait_for_writers(connection)
    connection.execute(delete(_closing))
    for closed in CLOSED:
        if closed.key is _page.c.id and _are_too_many(connection, run_id):
            continue
        leaves = {key: leaf.hex() for key, leaf in _leaves(connection, closed)}
        _, listed = bodies.compress(json.dumps(leaves, separators=(",", ":"), ensure_ascii=False).encode())
        row = {"name": closed.name, "taken_at": taken_at, "listed": listed}
        checksum = _checksum(closed.name, taken_at, listed)
        connection.execute(insert(_closing).values(row | {"checksum": checksum}))


def _are_too_many(connection: Connection, run_id: int | None) -> bool:
    pages = connection.scalar(select(func.max(_page.c.id))) or 0
    if pages <= MANY:
        return False
    some = select(_capture.c.id).where(_capture.c.run_id == run_id).limit(pages // 10).subquery()
    return (connection.scalar(select(func.count()).select_from(some)) or 0) < pages // 10


def changed(connection: Connection) -> Iterator[Damage]:
    """The rows that aren't as the last run left them; nothing where somebody has written since."""
    rows = {row.name: row for row in connection.execute(select(_closing))}
    for closed in CLOSED:
        row = rows.pop(closed.name, None)
        if row is not None:
            yield from _changed(connection, closed, row)
    for name in rows:
        yield Damage("closing", name, "is no list that this program makes")


def _changed(connection: Connection, closed: Closed, row: Row[Any]) -> Iterator[Damage]:
    if _checksum(row.name, row.taken_at, row.listed) != row.checksum:
        yield Damage("closing", closed.name, "its list was altered")
        return
    then = json.loads(bodies.decompress(bodies.CODEC, row.listed))
    for key, leaf in _leaves(connection, closed):
        before = then.pop(key, None)
        if before is None:
            yield Damage(closed.name, key, "wasn't there when the last run ended")
        elif before != leaf.hex():
            yield Damage(closed.name, key, "isn't what the last run left")
    for key in then:
        yield Damage(closed.name, key, "was there when the last run ended")


def _leaves(connection: Connection, closed: Closed) -> Iterator[tuple[str, bytes]]:
    """Each row's key as text, and the first bytes of its hash."""
    statement = (
        select(closed.key.label("closing_key"), *closed.columns).where(closed.where).order_by(closed.key).limit(_PIECE)
    )
    last = None
    while True:
        rows = connection.execute(statement if last is None else statement.where(closed.key > last)).all()
        for row in rows:
            yield str(row[0]), hash_of(line(*row[1:]))[:PREFIX]
        if len(rows) < _PIECE:
            return
        last = rows[-1][0]


def _checksum(name: str, taken_at: datetime, listed: bytes) -> bytes:
    return hash_of(line(name, taken_at, sha256(listed)))[:8]
