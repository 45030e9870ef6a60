"""Which schema a store has, and bringing it up to date with the migrations that lie inside the package."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Engine, inspect, text

from storage.models import SCHEMA_REVISION

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS: Final = Path(__file__).parent / "migrations"
_REVISION_FILE: Final = re.compile(r"(\d{4})_\w+\.py")


@dataclass(frozen=True, slots=True)
class Schema:
    """What was found: nothing at all, something that isn't ours, or a revision."""

    is_empty: bool
    revision: str | None

    @property
    def is_current(self) -> bool:
        return self.revision == SCHEMA_REVISION

    @property
    def is_older(self) -> bool:
        return self.revision in known_revisions() and not self.is_current


def known_revisions() -> frozenset[str]:
    """The revisions up to today's that a store may have."""
    names = (_REVISION_FILE.fullmatch(file.name) for file in (MIGRATIONS / "versions").iterdir())
    return frozenset(name[1] for name in names if name)


def read_schema(connection: Connection) -> Schema:
    """What the connection's database holds; it is only looked at."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" not in tables:
        return Schema(is_empty=not tables, revision=None)
    return Schema(is_empty=False, revision=connection.scalar(text("SELECT version_num FROM alembic_version")))


def upgrade(engine: Engine) -> None:
    """Make or migrate the tables in one transaction: a kill in between leaves the old schema or the new one."""
    from alembic import command  # noqa: PLC0415 - it costs 0.1 s and most runs need no migration

    with engine.connect() as connection, _loose(connection), connection.begin():
        command.upgrade(configuration(connection), "head")


@contextmanager
def _loose(connection: Connection) -> Iterator[None]:
    """SQLite with foreign keys off: a table that a migration makes anew is dropped while others refer to it, and put back.

    The switch does nothing inside a transaction, so it is the driver's own connection that is told.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration without a file, so that it is found in an installed wheel too."""
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    attributes: dict[str, Any] = config.attributes
    attributes["connection"] = connection
    return config
