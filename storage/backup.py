"""A safe copy of an SQLite store by SQLite's own backup API, while a crawl may write to it.

A copy of the file alone would lose what stands only in its log: of 402 rows ``cp`` kept 400.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Engine

from storage.engine import open_engine, open_store, reading, shown, sqlite_file, sqlite_module, translated
from storage.errors import StoreCorrupt, TargetRefused
from storage.lock import store_lock
from storage.placing import placed, side_files
from storage.verify import verify

_STEP: Final = 1024
"""So many pages of the database (4 MiB) between two calls of ``told``."""

Told = Callable[[int, int], None]
"""How much is done, of how much."""


def back_up(url: str, target: Path, *, replace: bool = False, whole: bool = False, told: Told | None = None) -> int:
    """Write a copy of the store to ``target``; its size in bytes. Nothing stands under the name before the copy is checked.

    ``replace``: also where a file has that name. ``whole``: everything in the copy is hashed again, not only SQLite's own
    check made. TargetRefused; StoreCorrupt where the store is damaged: then no copy is kept, and an older one stays.
    """
    source = sqlite_file(url)
    if source is None:
        raise TargetRefused(
            f"{shown(url)} is no file: use the server's pg_dump, or `csto-watch copy-to sqlite:///path/to/file.db`."
        )
    _refuse(source, target, replace=replace)
    engine = open_store(url, write=False)
    try:
        with _no_crawl_into(target):
            return _copy(engine, target, check=lambda part: _check(part, source, whole=whole), told=told)
    finally:
        engine.dispose()


def copy_database(engine: Engine, target: Path) -> None:
    """The same, over whatever is there: a migration's own backup."""
    _copy(engine, target)


def _copy(engine: Engine, target: Path, check: Callable[[Path], None] | None = None, told: Told | None = None) -> int:
    with placed(target) as part:
        with translated(str(target)):
            _copy_pages(engine, part, told)
        if check is not None:
            check(part)
        return part.stat().st_size


def _copy_pages(engine: Engine, part: Path, told: Told | None) -> None:
    copy = sqlite_module().connect(part)
    try:
        with reading(engine) as connection:
            # The first query fixes what is seen. Without it each commit of a crawl would make the backup begin again.
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").all()
            driver: Any = connection.connection.driver_connection
            driver.backup(copy, pages=_STEP, progress=_progress(told))
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        copy.close()


def _progress(told: Told | None) -> Callable[[int, int, int], None] | None:
    if told is None:
        return None
    return lambda _status, remaining, total: told(total - remaining, total)


def _refuse(source: Path, target: Path, *, replace: bool) -> None:
    """What must not be written over, or beside."""
    own = (source, *side_files(source), source.with_name(f"{source.name}.lock"))
    if target.resolve() in {path.resolve() for path in own} or (target.exists() and target.samefile(source)):
        raise TargetRefused(f"{target} is the store itself: name another file.")
    if target.exists() and not target.is_file():
        raise TargetRefused(f"{target} is no file that can be replaced: name another.")
    if target.exists() and not replace:
        raise TargetRefused(f"{target} is there already: name another file, or say --force.")
    for side in side_files(target):
        if side.exists() and not side.name.endswith("-shm"):
            raise TargetRefused(f"{side} stands beside it: {target} is a store in use. Name another file.")


@contextmanager
def _no_crawl_into(target: Path) -> Iterator[None]:
    """A file to be replaced may be a store of its own, with its lock beside it."""
    if not target.with_name(f"{target.name}.lock").exists():
        yield
        return
    with store_lock(_url_of(target)):
        yield


def _url_of(file: Path) -> URL:
    return URL.create("sqlite", database=str(file))


def _check(part: Path, source: Path, *, whole: bool) -> None:
    # Nobody else knows the file: SQLite needs no side files to read it.
    engine = open_engine(_url_of(part), read_only=True, is_still=True)
    try:
        with reading(engine) as connection:
            (first, *_) = connection.exec_driver_sql("PRAGMA integrity_check").scalars()
        if first != "ok":
            raise StoreCorrupt(str(source), f"is damaged ({first})")
        if whole and (damage := verify(engine)):
            raise StoreCorrupt(str(source), f"is damaged in {len(damage)} places: `csto-watch verify` names them")
    finally:
        engine.dispose()
