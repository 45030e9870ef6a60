"""Engines from a URL, and the two kinds of transaction: one that writes and one that reads.

SQLite: WAL, ``synchronous=FULL``, foreign keys on, 10 s of waiting (``?timeout=SECONDS`` behind the file's name sets another
time), and BEGIN IMMEDIATE for whatever writes, because a deferred transaction that upgrades while another wrote fails at once,
whatever the waiting time. On a network file system a rollback journal takes the place of WAL, which needs shared memory.
"""

from __future__ import annotations

import errno
import math
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from storage.errors import (
    DiskFailed,
    OutOfSpace,
    StorageError,
    StoreBusy,
    StoreConflict,
    StoreCorrupt,
    StoreIsFolder,
    StoreMissing,
    StoreOutdated,
    StoreReadOnly,
    StoreTooNew,
    StoreUnreachable,
)
from storage.medium import is_full, network_file_system
from storage.models import SCHEMA_REVISION
from storage.schema import Schema, read_schema, upgrade

try:  # the wheel's SQLite has no WAL-reset bug, the system's may: https://sqlite.org/wal.html#walresetbug
    import pysqlite3.dbapi2 as _newer_sqlite
except ImportError:  # pragma: no cover - the wheel is an extra
    _newer_sqlite = None

BUSY_SECONDS: Final = 10
_LONGEST_WAIT: Final = 3600
_READS: Final = "csto_only_reads"
_SMALLEST: Final = 512
"""The smallest page of SQLite: no database is smaller."""


def sqlite_module() -> ModuleType:
    """The newest SQLite at hand."""
    return _newer_sqlite or sqlite3


def open_engine(url: str | URL, *, read_only: bool = False, is_still: bool = False) -> Engine:
    """An engine for the store at an SQLAlchemy URL; nothing is opened or made yet.

    ``is_still``: nobody can write the file (a read-only medium), so SQLite needs no side files to read it.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed, read_only=read_only, is_still=is_still)
    # A reader's queries see one state of the store, as they do in SQLite.
    level = "REPEATABLE READ" if read_only else "READ COMMITTED"
    return create_engine(parsed, hide_parameters=True, isolation_level=level, pool_pre_ping=True)


def open_store(url: str | URL, *, write: bool) -> Engine:
    """An engine for a store that is whole and of today's schema.

    A writer makes a missing store, and brings an older one up to date after a backup beside it. A reader does neither:
    StoreMissing, StoreOutdated. Both refuse what is no store or a newer one, and leave it as it is.
    """
    where, file = shown(url), sqlite_file(url)
    with translated(where):
        if file is not None:
            refuse_folder(file)
        if file is not None and not _is_there(file, where):
            if not write:
                raise StoreMissing(where)
            _make(file)
        schema, is_still = _look(url, where, file)
    _check_schema(schema, where, write=write)
    engine = open_engine(url, read_only=not write, is_still=is_still and not write)
    if write:
        try:
            with translated(where):
                _bring_up_to_date(engine, schema, file)
        except BaseException:
            engine.dispose()
            raise
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes; all of it or nothing."""
    with translated(shown(engine.url)), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that reads: every query in it sees one state of the store, and no writer waits for it."""
    with translated(shown(engine.url)), engine.connect().execution_options(**{_READS: True}) as connection:
        yield connection


def shown(url: str | URL) -> str:
    """The store's address for people: never with its password."""
    parsed = make_url(url)
    file = sqlite_file(parsed)
    return str(file) if file is not None else parsed.render_as_string(hide_password=True)


def sqlite_file(url: str | URL) -> Path | None:
    """The file of an SQLite store; None for another database and for one in memory."""
    parsed = make_url(url)
    name = parsed.database
    if parsed.get_backend_name() != "sqlite" or not name or name == ":memory:":
        return None
    return Path(unquote(urlsplit(name).path) if parsed.query.get("uri") else name)


def busy_seconds(url: str | URL) -> float:
    """How long SQLite waits for a lock: the URL's own ``timeout``. ValueError where that is no time."""
    given = make_url(url).query.get("timeout", BUSY_SECONDS)
    seconds = float(given) if isinstance(given, (str, int)) else math.nan
    if not 0 <= seconds <= _LONGEST_WAIT:
        raise ValueError(f"timeout={given}")
    return seconds


def is_in_memory(url: str | URL) -> bool:
    """Whether it names an SQLite store that no other command could open."""
    parsed = make_url(url)
    asked = parsed.query.get("mode") == "memory" or ":memory:" in (parsed.database or ":memory:")
    return parsed.get_backend_name() == "sqlite" and asked


def refuse_folder(file: Path) -> None:
    if file.is_dir():
        raise StoreIsFolder(str(file))


def _is_there(file: Path, where: str) -> bool:
    """Whether there is a file. It is looked at, never opened: closing it again would drop the locks that SQLite has on it."""
    try:
        size = file.stat().st_size
    except FileNotFoundError:
        return False
    if size < _SMALLEST:
        raise StoreCorrupt(where, "is an empty file" if size == 0 else "is no SQLite database")
    return True


def _make(file: Path) -> None:
    """A new store appears with all its tables or not at all: a kill leaves nothing that the next run must refuse."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.new")
    for left in (new, *_side_files(new)):
        left.unlink(missing_ok=True)
    engine = open_engine(f"sqlite:///{new}")
    try:
        upgrade(engine)
    finally:
        engine.dispose()
    new.rename(file)


def _side_files(file: Path) -> tuple[Path, Path]:
    return file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")


def _look(url: str | URL, where: str, file: Path | None) -> tuple[Schema, bool]:
    """The schema, read by a connection that can't change anything; and whether nobody can."""
    try:
        return _schema_of(open_engine(url, read_only=True), where, file), False
    except StoreReadOnly:
        # Without a log that may hold more, the file alone is the whole store.
        if file is None or _has_log(file):
            raise
        return _schema_of(open_engine(url, read_only=True, is_still=True), where, file), True


def _schema_of(engine: Engine, where: str, file: Path | None) -> Schema:
    try:
        with translated(where), engine.connect() as connection:
            schema = read_schema(connection)
            if file is not None and file.stat().st_size < _promised_size(connection) and not _has_log(file):
                raise StoreCorrupt(where, "is cut: it is shorter than it says it is")
            return schema
    finally:
        engine.dispose()


def _promised_size(connection: Connection) -> int:
    """The bytes that the database says it has; it notices itself only when whole pages are missing."""
    pages, size = (connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size"))
    return int(pages) * int(size)


def _has_log(file: Path) -> bool:
    return log_bytes(file) > 0


def log_bytes(file: Path) -> int:
    """How long the write-ahead log beside ``file`` is; 0 where there is none."""
    try:
        return _side_files(file)[0].stat().st_size
    except FileNotFoundError:
        return 0


def _check_schema(schema: Schema, where: str, *, write: bool) -> None:
    if schema.is_current or (schema.is_empty and write):
        return
    if schema.is_empty:
        raise StoreMissing(where)
    if schema.revision is None:
        raise StoreCorrupt(where, "is a database of another program")
    if not schema.is_older:
        raise StoreTooNew(where, schema.revision)
    if not write:
        raise StoreOutdated(where, schema.revision, SCHEMA_REVISION)


def _bring_up_to_date(engine: Engine, schema: Schema, file: Path | None) -> None:
    if schema.is_older and file is not None:
        from storage.backup import copy_database  # noqa: PLC0415 - it needs the engines of this file

        copy_database(engine, file.with_name(f"{file.name}.before-{SCHEMA_REVISION}"))
    if not schema.is_current:
        upgrade(engine)
    # What can't be written shows here, before the first request is sent.
    if file is not None and not os.access(file, os.W_OK):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))
    with engine.begin():
        pass


@contextmanager
def translated(where: str) -> Iterator[None]:
    """The database's errors as the room's own: what happened, to which store."""
    try:
        yield
    except DBAPIError as error:
        raise _storage_error(error, where) from error
    except sqlite_module().Error as error:  # from the driver itself, which alone knows backups
        raise _by_words(str(error), where) from error
    except OSError as error:
        raise _from_os(error, where) from error
    except UnicodeDecodeError as error:
        # A text of the database that is no UTF-8 was not written by this program.
        raise StoreCorrupt(where, "is damaged") from error


def _from_os(error: OSError, where: str) -> StorageError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return OutOfSpace(where)
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return StoreReadOnly(where)
    if error.errno == errno.EIO:
        return DiskFailed(where)
    return StorageError(f"{where} can't be used: {error.strerror}")


# The words of SQLite's result codes: its own are not on the exceptions of every driver.
_BY_WORDS: Final[tuple[tuple[str, Callable[[str], StorageError]], ...]] = (
    ("database or disk is full", OutOfSpace),
    ("readonly database", StoreReadOnly),
    ("unable to open database file", lambda where: _full_or(StoreReadOnly, where)),
    ("disk i/o error", lambda where: _full_or(DiskFailed, where)),
    ("database is locked", StoreBusy),
    ("database table is locked", StoreBusy),
    ("malformed", lambda where: StoreCorrupt(where, "is damaged")),
    ("file is not a database", lambda where: StoreCorrupt(where, "is no SQLite database")),
    ("file is encrypted", lambda where: StoreCorrupt(where, "is no SQLite database")),
    ("no space left on device", OutOfSpace),
)


_CROSSED: Final = frozenset({"40001", "40P01"})
"""SQLSTATE: serialization_failure, deadlock_detected. The transaction is rolled back; begun anew it may go through."""


def _full_or(other: Callable[[str], StorageError], where: str) -> StorageError:
    """SQLite has one word for a sync, a log or its shared memory that found no space, and for any other failure of these."""
    file = Path(where)
    return OutOfSpace(where) if file.parent.is_dir() and is_full(file) else other(where)


def _storage_error(error: DBAPIError, where: str) -> StorageError:
    """The room's error for one of the database's; the driver's own words are kept where nothing better is known."""
    if getattr(error.orig, "sqlstate", None) in _CROSSED:
        return StoreConflict(where)
    return _by_words(str(error.orig), where, is_lost=error.connection_invalidated)


def _by_words(words: str, where: str, *, is_lost: bool = False) -> StorageError:
    for known, make in _BY_WORDS:
        if known in words.lower():
            return make(where)
    if is_lost or "connection" in words.lower():
        return StoreUnreachable(where, words.strip().splitlines()[0])
    return StorageError(f"{where} refused: {words.strip()}")


def _sqlite_engine(url: URL, *, read_only: bool, is_still: bool) -> Engine:
    file, seconds = sqlite_file(url), busy_seconds(url)
    journal = "DELETE" if file is not None and not read_only and network_file_system(file) else "WAL"
    if file is not None and read_only:
        still = {"immutable": "1"} if is_still else {}
        url = url.set(database=file.resolve().as_uri(), query={"mode": "ro", "uri": "true"} | still)
    engine = create_engine(url, module=sqlite_module(), hide_parameters=True, connect_args={"timeout": seconds})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # The driver must not begin transactions by itself: it would begin them deferred, and late.
        connection.isolation_level = None
        _set_pragmas(connection, seconds, None if read_only else journal)

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        only_reads = read_only or connection.get_execution_options().get(_READS)
        connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")

    return engine


def _set_pragmas(connection: Any, seconds: float, journal: str | None) -> None:
    """``journal`` is None for a reader."""
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={round(seconds * 1000)}")
    cursor.execute("PRAGMA foreign_keys=ON")
    if journal is None:
        cursor.execute("PRAGMA query_only=ON")
    else:
        cursor.execute(f"PRAGMA journal_mode={journal}")
        # A journal that is deleted to commit is gone for good only once its folder is synced too: EXTRA does so.
        cursor.execute(f"PRAGMA synchronous={'FULL' if journal == 'WAL' else 'EXTRA'}")
    cursor.close()
