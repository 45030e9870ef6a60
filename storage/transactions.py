"""Work in one transaction, begun anew where that can help: a lock that another tool holds, two writers that crossed, a
connection that broke. A disk that failed is not asked again: after a failed sync the kernel may take lost pages for written.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine, text

from storage.engine import reading, shown, writing
from storage.errors import OutcomeUnknown, StorageError, StoreUnreachable

T = TypeVar("T")

PAUSE_SECONDS: Final = 0.1
"""Before the second try; doubled before each further one."""
GAP_SECONDS: Final = 0.11
_LOOKUP_SECONDS: Final = 10.0
"""A server that is ending a transaction when it is asked gets so long to end it."""


def written(engine: Engine, work: Callable[[Connection], T]) -> T:
    """What ``work`` gave, committed once. It may be called again from the start: whatever it changes but the store, it must
    be able to change again.
    """
    tried = 0
    while True:
        tried += 1
        try:
            return _once(engine, work)
        except StorageError as error:
            if tried >= error.tries:
                raise
        time.sleep(PAUSE_SECONDS * 2 ** (tried - 1))


def give_way(engine: Engine) -> None:
    """Between two transactions of a long job: who waits for SQLite's lock looks at it every 100 ms, and would hardly ever find
    it free where the next transaction begins at once.
    """
    if engine.dialect.name == "sqlite":
        time.sleep(GAP_SECONDS)


def _once(engine: Engine, work: Callable[[Connection], T]) -> T:
    number: int | None = None
    try:
        with writing(engine) as connection:
            result = work(connection)
            number = _number_of(connection)
    except StoreUnreachable:
        # Lost before COMMIT was sent, it is rolled back; lost inside it, only the server knows.
        if number is None or not _was_committed(engine, number):
            raise
    return result


def _number_of(connection: Connection) -> int | None:
    """The server's number of the transaction; None where nothing was written, and in SQLite, which loses no connection."""
    if connection.dialect.name != "postgresql":
        return None
    number: int | None = connection.scalar(text("SELECT txid_current_if_assigned()"))
    return number


def _was_committed(engine: Engine, number: int) -> bool:
    """What became of a transaction whose COMMIT was never answered. Raises OutcomeUnknown where the server can't tell."""
    deadline = time.monotonic() + _LOOKUP_SECONDS
    while time.monotonic() < deadline:
        try:
            with reading(engine) as connection:
                status = connection.scalar(text("SELECT txid_status(:number)"), {"number": number})
        except StoreUnreachable:
            status = "unreachable"
        if status in {"committed", "aborted"}:
            return bool(status == "committed")
        time.sleep(PAUSE_SECONDS)
    raise OutcomeUnknown(shown(engine.url))
