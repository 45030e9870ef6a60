"""What was deleted, out of the file too: freed space keeps old bytes until something is written over them.

SQLite: what a transaction frees is overwritten (``secure_delete``), then the file is written anew without its free space
(VACUUM), and its log is put away and cut to nothing. PostgreSQL: ``VACUUM FULL`` writes each table anew; the server's own log and
its archives are its keeper's.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Engine, event, text

from storage import word_index
from storage.engine import reading, shown, translated
from storage.errors import StoreBusy
from storage.models import Base
from storage.transactions import written

OTHER_TABLES: Final = ("content_words",)


def overwrite_freed(engine: Engine) -> None:
    """From now on what a transaction frees is filled with zeros before it commits."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "begin")
    def overwrite(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def erase_freed(engine: Engine) -> None:
    """Write the store anew without what was deleted. StoreBusy where a reader holds SQLite's log: then run it again."""
    written(engine, word_index.merge)
    if engine.dialect.name == "sqlite":
        _rewrite_file(engine)
    else:
        _rewrite_tables(engine)


def free_bytes(engine: Engine) -> int | None:
    """The room in SQLite's file that is free for what comes; None for a server, which keeps that to itself."""
    if engine.dialect.name != "sqlite":
        return None
    with reading(engine) as connection:
        pages, size = (connection.scalar(text(f"PRAGMA {name}")) for name in ("freelist_count", "page_size"))
    return int(pages or 0) * int(size or 0)


def _rewrite_file(engine: Engine) -> None:
    where = shown(engine.url)
    with translated(where):
        connection = engine.raw_connection()
        try:
            cursor: Any = connection.cursor()
            cursor.execute("VACUUM")
            (is_held, *_) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            cursor.close()
        finally:
            connection.close()
    if is_held:
        raise StoreBusy(where)


def _rewrite_tables(engine: Engine) -> None:
    tables = [*(table.name for table in Base.metadata.sorted_tables), *OTHER_TABLES]
    separate = engine.execution_options(isolation_level="AUTOCOMMIT")
    with translated(shown(engine.url)), separate.connect() as connection:
        for name in tables:
            connection.execute(text(f"VACUUM (FULL, ANALYZE) {name}"))
