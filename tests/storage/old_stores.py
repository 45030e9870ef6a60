"""A store as an older program left it: its migrations up to a revision, and rows put in by SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, column, insert, inspect, select, table, text

from storage import bodies
from storage.models import Base
from storage.moving import FILLED
from storage.schema import configuration
from storage.unpacking import COLUMNS, Unpacker


def make_old(engine: Engine, revision: str, filled: Engine) -> None:
    """The tables of ``revision``, with what they can hold of the rows of ``filled``, a store of today."""
    from alembic import command

    with engine.begin() as connection:
        command.upgrade(configuration(connection), revision)
    with engine.begin() as connection, filled.connect() as source:
        for today in Base.metadata.sorted_tables:
            _copy(connection, source, today.name)
        for other in FILLED:
            if inspect(connection).has_table(other.name):
                other.fill(connection)


def _copy(connection: Connection, source: Connection, name: str) -> None:
    if not inspect(connection).has_table(name):
        return
    then = {each["name"] for each in inspect(connection).get_columns(name)}
    kept = [each for each in Base.metadata.tables[name].columns if each.name in then]
    rows = [row._asdict() for row in source.execute(select(*kept))]
    if name == "body" and "dictionary_id" not in then:
        rows = [_alone(row, source) for row in rows]
    if rows:
        connection.execute(insert(table(name, *(column(each.name, each.type) for each in kept))), rows)
    if "id" in then and connection.dialect.name == "postgresql":
        top = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), coalesce(max(id), 1)) FROM {name}"
        connection.execute(text(top))


def _alone(row: dict[str, Any], source: Connection) -> dict[str, Any]:
    """A body as it was stored before there were dictionaries and bases."""
    body = Base.metadata.tables["body"]
    stored = source.execute(select(*COLUMNS).where(body.c.sha256 == row["sha256"])).one()
    codec, data = bodies.compress(Unpacker(source)(stored))
    return row | {"codec": codec, "data": data}


def rows_of(engine: Engine) -> dict[str, list[dict[str, object]]]:
    """Every row of every table by column, as the database has them: for comparing two schemas."""
    found = {}
    with engine.connect() as connection:
        for name in inspect(connection).get_table_names():
            rows = connection.execute(text(f"SELECT * FROM {name}")).all()
            found[name] = sorted((row._asdict() for row in rows), key=repr)
    return found
