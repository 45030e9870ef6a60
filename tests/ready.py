"""A new store without its migrations: what they made once in this process is put into every empty place after that.

Alembic takes 0.15 s for each new store, a third of what most tests take. SQLite gets the file that the migrations left;
PostgreSQL, where each store of the tests is a schema of its own, the same statements in one go.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, Dialect, Engine, event

from storage import engine as engines
from storage import schema
from storage.engine import sqlite_file

_CHANGES = ("ALTER", "CREATE", "DELETE", "DROP", "INSERT", "UPDATE")
_STATEMENTS = 4000


@contextmanager
def ready_stores() -> Iterator[None]:
    """While the block lasts, ``open_store`` of this process makes new stores from a copy."""
    real = engines.upgrade
    with tempfile.TemporaryDirectory(prefix="csto-ready-") as folder:
        engines.upgrade = _Ready(Path(folder))
        try:
            yield
        finally:
            engines.upgrade = real


class _Ready:
    def __init__(self, folder: Path) -> None:
        self._file = folder / "ready.db"
        self._script = ""

    def __call__(self, engine: Engine) -> None:
        with engine.connect() as connection:
            is_empty = schema.read_schema(connection).is_empty
        make = {"sqlite": self._copy, "postgresql": self._replay}.get(engine.dialect.name)
        if not is_empty or make is None or engine.url.database in {None, ":memory:"}:
            schema.upgrade(engine)
            return
        make(engine)

    def _copy(self, engine: Engine) -> None:
        file = sqlite_file(engine.url)
        assert file is not None
        if self._file.exists():
            engine.dispose()
            shutil.copyfile(self._file, file)
            return
        schema.upgrade(engine)
        engine.dispose()  # closed by the last one, the file is the whole store
        shutil.copyfile(file, self._file)

    def _replay(self, engine: Engine) -> None:
        if not self._script:
            self._script = _recorded(engine)
            return
        with engine.begin() as connection:
            connection.exec_driver_sql(self._script, execution_options={"no_parameters": True})


def _recorded(engine: Engine) -> str:
    """What the migrations of an empty schema change, as one script; it is migrated meanwhile."""
    changes: list[str] = []

    def note(_connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any, is_many: bool) -> None:
        if statement.lstrip().upper().startswith(_CHANGES):
            assert not is_many
            changes.append(psycopg.ClientCursor(cursor.connection).mogrify(statement, parameters or None))

    event.listen(engine, "before_cursor_execute", note)
    try:
        schema.upgrade(engine)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return ";\n".join(changes)


@contextmanager
def known_statements() -> Iterator[None]:
    """While the block lasts, engines of one database share what SQLAlchemy compiled: each test has an engine of its own, and
    would compile the same statements for it, a fifth of its time. A crawl compiles them once in its only engine.
    """
    compiled: dict[type[Dialect], Any] = {}
    create_engine = engines.create_engine

    def sharing(url: URL, **options: Any) -> Engine:
        engine = create_engine(url, query_cache_size=_STATEMENTS, **options)
        engine.dialect.__class__ = kind = _alike(type(engine.dialect))
        engine._compiled_cache = compiled.setdefault(kind, engine._compiled_cache)
        return engine

    engines.create_engine = sharing
    try:
        yield
    finally:
        engines.create_engine = create_engine


@cache
def _alike(kind: type[Dialect]) -> type[Dialect]:
    """The dialect with objects that are equal: what is compiled is kept by dialect, and what differs in one is no part of it."""
    told = {"__eq__": lambda self, other: type(self) is type(other), "__hash__": lambda self: hash(type(self))}
    return type(kind.__name__, (kind,), {"supports_statement_cache": kind.supports_statement_cache} | told)
