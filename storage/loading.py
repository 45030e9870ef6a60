"""Rows put in by the million: references between them are checked once all are there, and new ids begin behind theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, bindparam, func, select, text

_REFERENCES: Final = text(
    "SELECT c.conname AS name, t.relname AS of_table, pg_get_constraintdef(c.oid) AS definition"
    " FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = c.connamespace"
    " WHERE c.contype = 'f' AND n.nspname = current_schema() AND t.relname IN :tables ORDER BY t.relname, c.conname"
).bindparams(bindparam("tables", expanding=True))


@contextmanager
def references_later(connection: Connection, tables: Sequence[Table]) -> Iterator[None]:
    """A row may come before the one that it refers to. IntegrityError, at the end or at the commit, where that never came."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        yield
        return
    # Dropped and made again, in this transaction: deferred checks would wait in the server's memory, one for each row.
    references = connection.execute(_REFERENCES, {"tables": [table.name for table in tables]}).all()
    for reference in references:
        _alter(connection, reference, "DROP CONSTRAINT {name}")
    yield
    for reference in references:
        _alter(connection, reference, "ADD CONSTRAINT {name} {definition}")


def _alter(connection: Connection, reference: Row[Any], change: str) -> None:
    quote = connection.dialect.identifier_preparer.quote
    words = change.format(name=quote(reference.name), definition=reference.definition)
    connection.exec_driver_sql(f"ALTER TABLE {quote(reference.of_table)} {words}")


def set_sequences(connection: Connection, tables: Sequence[Table]) -> None:
    """PostgreSQL counts ids up by itself, wherever rows brought theirs; SQLite looks for the highest."""
    if connection.dialect.name != "postgresql":
        return
    quote = connection.dialect.identifier_preparer.quote
    for table in tables:
        if (column := table.autoincrement_column) is not None:
            sequence = func.pg_get_serial_sequence(quote(table.name), column.name)
            highest = select(func.max(column)).scalar_subquery()
            connection.execute(select(func.setval(sequence, func.coalesce(highest, 1), highest.is_not(None))))


def note_sizes(connection: Connection, tables: Sequence[Table]) -> None:
    """So that the first queries are planned for the rows that are there now."""
    if connection.dialect.name == "postgresql":
        quote = connection.dialect.identifier_preparer.quote
        for table in tables:
            connection.exec_driver_sql(f"ANALYZE {quote(table.name)}")
