"""A whole store into another database: every row of every table with its id, in one transaction, read back and compared.

It knows no table by name: what the models hold is copied. What a store has beside them stands in ``FILLED``.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, Row, Select, Table, Text, insert, make_url, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from storage import word_index
from storage.engine import open_store, reading, shown, sqlite_file, translated, writing
from storage.errors import StorageError, StoreCorrupt, TargetRefused
from storage.loading import note_sizes, references_later, set_sequences
from storage.lock import store_lock
from storage.models import Base
from storage.placing import placed
from storage.roots import by_bytes, counts, streamed
from storage.verify import UNREADABLE

Told = Callable[[int, int], None]
"""How many rows are copied, of how many."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A table that is in no model (an index of full texts): it is not copied but made anew from the rows that were."""

    name: str
    """Of the table; those that the database keeps for it begin with it."""
    fill: Callable[[Connection], object]


FILLED: Final[tuple[Filled, ...]] = (Filled("content_words", word_index.fill),)


def copy_store(source_url: str, target_url: str, *, told: Told | None = None) -> dict[str, int]:
    """The rows copied, by table. TargetRefused where the target isn't empty; it stays empty if anything fails."""
    _refuse_itself(source_url, target_url)
    source = open_store(source_url, write=False)
    try:
        fitting = _fitting(shown(source_url))
        with opened(target_url) as target, fitting, reading(source) as here, writing(target) as there:
            return _copy_all(here, there, told)
    finally:
        source.dispose()


def _refuse_itself(source_url: str, target_url: str) -> None:
    source, target = sqlite_file(source_url), sqlite_file(target_url)
    is_one_file = source is not None and target is not None and source.resolve() == target.resolve()
    if is_one_file or make_url(source_url) == make_url(target_url):
        raise TargetRefused(f"{shown(target_url)} is the store itself: name another place.")


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """The target, with nobody else writing to it. A new file has its name only once everything is in it."""
    file = sqlite_file(url)
    with store_lock(url):
        if file is None or file.exists():
            with _engine(url) as engine:
                yield engine
            return
        with translated(shown(url)), placed(file) as part, _engine(URL.create("sqlite", database=str(part))) as engine:
            _keep_no_log(engine)
            yield engine


@contextmanager
def _engine(url: str | URL) -> Iterator[Engine]:
    engine = open_store(url, write=True)
    try:
        yield engine
    finally:
        engine.dispose()


def _keep_no_log(engine: Engine) -> None:
    """For a file that goes if anything fails, and is brought to the disk when nothing did: a log would be as long as it."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        for pragma in ("journal_mode=MEMORY", "synchronous=OFF"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
    finally:
        connection.close()


@contextmanager
def _fitting(source: str) -> Iterator[None]:
    """A row that refers to nothing, or has what it can't have, is refused by the target, and is damage of the source."""
    try:
        yield
    except StorageError as error:
        if isinstance(error.__cause__, IntegrityError | DataError):
            raise StoreCorrupt(source, "is damaged: `csto-watch verify` names what doesn't fit together") from error
        raise


def _copy_all(here: Connection, there: Connection, told: Told | None) -> dict[str, int]:
    tables = Base.metadata.sorted_tables
    refuse_filled(there, tables)
    tell = _Tally(told, sum(counts(here).values())).tell if told else None
    with references_later(there, tables):
        digests = {table: _copy(here, there, table, tell) for table in tables}
    for other in FILLED:
        other.fill(there)
    set_sequences(there, tables)
    note_sizes(there, tables)
    for table, digest in digests.items():
        if _digest_of(there, table) != digest:
            raise StorageError(
                f"{shown(there.engine.url)} gives back other rows of {table.name}: nothing was kept there."
            )
    return counts(there)


def refuse_filled(there: Connection, tables: Sequence[Table]) -> None:
    for table in tables:
        if there.execute(select(1).select_from(table).limit(1)).first():
            raise TargetRefused(f"{shown(there.engine.url)} holds a store: name an empty database or a new file.")


def _copy(here: Connection, there: Connection, table: Table, tell: Callable[[int], None] | None) -> bytes:
    """Copy a table's rows; the digest of what was read."""
    digest = sha256()
    with closing(_pieces(here, table)) as pieces:
        for rows in pieces:
            there.execute(insert(table), [dict(row._mapping) for row in rows])
            for row in rows:
                digest.update(_plain(row))
            if tell is not None:
                tell(len(rows))
    return digest.digest()


def _digest_of(connection: Connection, table: Table) -> bytes:
    digest = sha256()
    with closing(_pieces(connection, table)) as pieces:
        for row in chain.from_iterable(pieces):
            digest.update(_plain(row))
    return digest.digest()


def _pieces(connection: Connection, table: Table) -> Generator[Sequence[Row[Any]]]:
    """All rows in one order on any database. What goes wrong is told of the store that was read, not of the other one."""
    where = shown(connection.engine.url)
    with translated(where):
        try:
            with streamed(connection, in_order(connection, table)) as result:
                yield from result.partitions()
        except DBAPIError:
            raise
        except UNREADABLE as error:
            raise StoreCorrupt(where, f"is damaged: {table.name} can't be read to the end ({error})") from error


def in_order(connection: Connection, table: Table) -> Select[Any]:
    key = table.primary_key.columns
    return select(table).order_by(*(by_bytes(connection, c) if isinstance(c.type, Text) else c for c in key))


def _plain(row: Row[Any]) -> bytes:
    return repr([value.hex() if isinstance(value, bytes) else value for value in row]).encode()


@dataclass
class _Tally:
    told: Told
    total: int
    done: int = 0

    def tell(self, rows: int) -> None:
        self.done += rows
        self.told(self.done, self.total)
