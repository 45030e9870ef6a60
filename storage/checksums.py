"""A few bytes over the values of a row that is written once and never altered, so that a flipped bit in any of them is seen.

Captures, versions and events have their seals; these rows come and go with the bytes that are kept. What a row's bytes unpack to
has a SHA-256 of its own, so ``data`` isn't in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, bindparam, select, update

from storage.leaves import hash_of, line
from storage.models import AnswerRow, DictionaryRow, PackRow, SpanRow, VisitsRow, table_of

SIZE: Final = 8
SUMMED: Final[Sequence[Table]] = tuple(table_of(row) for row in (AnswerRow, DictionaryRow, PackRow, SpanRow, VisitsRow))
_PIECE: Final = 500


def with_checksum(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row's values, with its checksum."""
    return {**row, "checksum": checksum(table, row)}


def checksum(table: Table, row: Mapping[str, Any]) -> bytes:
    """Of all values but the id that the database gives, the data and the checksum itself."""
    values = (_plain(row[column.name]) for column in table.columns if column.name not in {"id", "data", "checksum"})
    return hash_of(line(table.name, *values))[:SIZE]


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def wrong(connection: Connection) -> Iterator[tuple[str, str]]:
    """(table, key) of each row whose values aren't those that were written."""
    for table in SUMMED:
        for row in rows_of(connection, table):
            if row.checksum != checksum(table, row._asdict()):
                yield table.name, str(row[0])


def rows_of(connection: Connection, table: Table) -> Iterator[Row[Any]]:
    """All rows by their key, some in memory at a time, without the data."""
    (key,) = table.primary_key.columns
    columns = [key, *(column for column in table.columns if column.name not in {key.name, "data"})]
    last = None
    while True:
        statement = select(*columns).order_by(key).limit(_PIECE)
        rows = connection.execute(statement if last is None else statement.where(key > last)).all()
        yield from rows
        if len(rows) < _PIECE:
            return
        last = rows[-1][0]


def fill(connection: Connection, tables: Sequence[Table]) -> None:
    """Write the checksums of all rows of these tables: for a store that had none."""
    for table in tables:
        (key,) = table.primary_key.columns
        statement = update(table).where(key == bindparam("row")).values(checksum=bindparam("sum"))
        some: list[dict[str, Any]] = []
        for row in rows_of(connection, table):
            some.append({"row": row[0], "sum": checksum(table, row._asdict())})
            if len(some) == _PIECE:
                connection.execute(statement, some)
                some = []
        if some:
            connection.execute(statement, some)
