"""What all tables are declared with."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Final, cast

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, MetaData, Table, Text, text
from sqlalchemy.orm import DeclarativeBase

from storage.times import Instant

ID: Final = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only a column declared INTEGER


def few(name: str, column: str, where: str, on_postgresql: str | None = None) -> Index:
    """An index of some rows alone. Without statistics SQLite takes any index with an equal value for one that leaves ten rows:
    of one in which nearly all rows have one value it reads them all, and no plan says so.
    """
    words = on_postgresql or where
    return Index(f"ix_{name}", column, sqlite_where=text(where), postgresql_where=text(words))


def unsealed(table: str) -> Index:
    """Of the few rows that no seal holds yet."""
    return few(f"{table}_unsealed", "id", "seal IS NULL")


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        datetime: Instant(),
        bytes: LargeBinary(),
        int: BigInteger(),
    }


def table_of(row: type[Base]) -> Table:
    """The table for statements of the Core, which the hot paths use."""
    return cast("Table", row.__table__)
