"""One writer at a time. The lock is the kernel's or the server's: it goes with the process that held it, however that ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import URL, make_url, text

from storage.engine import open_engine, refuse_folder, shown, sqlite_file, translated
from storage.errors import SendersHeld, StorageError, StoreHeld


@contextmanager
def store_lock(url: str | URL) -> Iterator[None]:
    """Hold the store for writing; StoreHeld at once where another process does.

    SQLite: an flock on ``<file>.lock``. PostgreSQL: an advisory lock of the schema, on a connection of its own.
    """
    with _lock(url, "lock", "csto-watch", StoreHeld):
        yield


@contextmanager
def senders_lock(url: str | URL) -> Iterator[None]:
    """Hold the right to send the store's notices; SendersHeld at once where another process does. A crawl isn't in its way."""
    with _lock(url, "notices.lock", "csto-watch notices", SendersHeld):
        yield


@contextmanager
def _lock(url: str | URL, ending: str, name: str, held: Callable[[str], StorageError]) -> Iterator[None]:
    file, where = sqlite_file(url), shown(url)
    if file is not None:
        with _file_lock(file, ending, held(where), where):
            yield
    elif make_url(url).get_backend_name() == "postgresql":
        with _advisory_lock(url, name, held(where), where):
            yield
    else:
        yield


@contextmanager
def _file_lock(file: Path, ending: str, held: StorageError, where: str) -> Iterator[None]:
    with translated(where):
        refuse_folder(file)
    lock = FileLock(file.with_name(f"{file.name}.{ending}"))
    with translated(where):
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise held from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _advisory_lock(url: str | URL, name: str, held: StorageError, where: str) -> Iterator[None]:
    engine = open_engine(url)
    key = text("SELECT pg_try_advisory_lock(hashtext(:name), hashtext(current_schema()))")
    try:
        with translated(where), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not connection.scalar(key, {"name": name}):
                raise held
            yield
    finally:
        # Closing the connection frees the lock, also where the server has gone.
        with suppress(Exception):
            engine.dispose()
