"""What every command needs to know of how it was called."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from storage import configuration
from storage.where import ENVIRONMENT, default_store
from watch.errors import WrongArgumentError, WrongSettingError
from watch.when import WhenError, parse_when

if TYPE_CHECKING:
    from storage.configuration import Configuration

LARGEST: Final = 2**63 - 1
"""No number in a store is larger."""


@dataclass(frozen=True, slots=True)
class Called:
    """``named_db`` is an SQLAlchemy URL as it was given. It may hold a password: it is never printed as it is."""

    named_db: str
    by_option: bool = True
    debug: bool = False
    named_configuration: str | None = None

    @property
    def configuration(self) -> Configuration:
        """What ``csto-watch.toml`` says, or the defaults. Raises ConfigurationFault."""
        return configuration.load(os.environ, Path(), self.named_configuration)

    @property
    def db_url(self) -> str:
        """The store's URL, checked. Raises WrongArgumentError or, for one from the environment, WrongSettingError.

        Whoever asks is about to open the store: a configuration file with a fault ends that here, whatever the command.
        """
        _ = self.configuration
        fault = _fault_of(self.named_db)
        if fault is None:
            return self.named_db
        if self.by_option:
            raise WrongArgumentError(f"--db: {fault}")
        raise WrongSettingError(f"{ENVIRONMENT}: {fault}")


def store_url(text: str, argument: str) -> str:
    """An argument's SQLAlchemy URL, checked as that of ``--db`` is."""
    if (fault := _fault_of(text.strip())) is not None:
        raise WrongArgumentError(f"{argument}: {fault}")
    return text.strip()


def _fault_of(db_url: str) -> str | None:
    from sqlalchemy import make_url  # noqa: PLC0415 - a tenth of a second that --help needn't wait for
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    from storage.engine import busy_seconds, is_in_memory  # noqa: PLC0415

    form = "write sqlite:///path/to/file.db or postgresql://user@host/name"
    try:
        backend = make_url(db_url).get_backend_name()
    except (ArgumentError, ValueError):
        # The text itself may hold a password, so it isn't repeated.
        return f"that is no SQLAlchemy URL; {form}"
    if backend == "sqlite" and is_in_memory(db_url):
        return f"a store in memory is gone when the command ends; {form}"
    if backend == "sqlite" and _is_wrong(lambda: busy_seconds(db_url)):
        return (
            "timeout is how many seconds to wait for a lock: from 0 to 3600, as in sqlite:///path/to/file.db?timeout=60"
        )
    return None if backend in {"sqlite", "postgresql"} else f"stores are SQLite or PostgreSQL, not {backend}; {form}"


def _is_wrong(check: Callable[[], object]) -> bool:
    try:
        check()
    except ValueError:
        return True
    return False


def called(context: typer.Context) -> Called:
    """What the program was called with; where a command is run by itself, the defaults."""
    return context.obj if isinstance(context.obj, Called) else called_with(None)


def called_with(db: str | None, *, debug: bool = False, config: str | None = None) -> Called:
    if db is not None:
        return Called(db.strip(), debug=debug, named_configuration=config)
    store = default_store(os.environ, Path.cwd())
    return Called(store, by_option=False, debug=debug, named_configuration=config)


def moment(text: str | None, option: str, *, ends_day: bool = False) -> datetime | None:
    """An option's WHEN; None where it wasn't given."""
    if text is None:
        return None
    try:
        return parse_when(text, now=datetime.now(UTC), ends_day=ends_day)
    except WhenError as error:
        raise WrongArgumentError(f"{option}: {error}") from None
