"""What all tables are declared with."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Final, cast

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, MetaData, Table, Text, text
from sqlalchemy.orm import DeclarativeBase

from storage.times import Instant

ID: Final = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only a column declared INTEGER

NO_BYTES: Final = text("''")
"""What a column of bytes holds that was put beside rows that are there."""


def unsealed(table: str) -> Index:
    """An index of the few rows that no seal holds yet."""
    is_open = text("seal IS NULL")
    return Index(f"ix_{table}_unsealed", "id", sqlite_where=is_open, postgresql_where=is_open)


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
