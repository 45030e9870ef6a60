"""One writer at a time. The lock is the kernel's or the server's: it goes with the process that held it, however that ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import URL, make_url, text

from storage.engine import open_engine, refuse_folder, shown, sqlite_file, translated
from storage.errors import StoreHeld


@contextmanager
def store_lock(url: str | URL) -> Iterator[None]:
    """Hold the store for writing; StoreHeld at once where another process does.

    SQLite: an flock on ``<file>.lock``. PostgreSQL: an advisory lock of the schema, on a connection of its own.
    """
    file = sqlite_file(url)
    if file is not None:
        with _file_lock(file, shown(url)):
            yield
    elif make_url(url).get_backend_name() == "postgresql":
        with _advisory_lock(url):
            yield
    else:
        yield


@contextmanager
def _file_lock(file: Path, where: str) -> Iterator[None]:
    with translated(where):
        refuse_folder(file)
    lock = FileLock(file.with_name(f"{file.name}.lock"))
    with translated(where):
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise StoreHeld(where) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _advisory_lock(url: str | URL) -> Iterator[None]:
    engine = open_engine(url)
    where = shown(url)
    key = text("SELECT pg_try_advisory_lock(hashtext('csto-watch'), hashtext(current_schema()))")
    try:
        with translated(where), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not connection.scalar(key):
                raise StoreHeld(where)
            yield
    finally:
        # Closing the connection frees the lock, also where the server has gone.
        with suppress(Exception):
            engine.dispose()
