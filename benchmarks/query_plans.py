"""What SQLite does for a piece of work, without a clock: how it finds the rows of each statement, and in how many steps.

A plan alone doesn't tell all: an index in which nearly all rows have the value that is asked for is searched, says the plan, and
every row is read. The steps of SQLite's machine tell that.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Engine, event

_SMALL: Final = frozenset(
    {"run", "seal", "model", "held", "address", "dictionary", "removal", "stamp", "closing", "alembic_version"}
)
"""Tables with few rows, however long a history is."""
_SCAN: Final = re.compile(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?")
_BOUNDED: Final = "closing_key"
"""At a run's end the pages are listed, where they are few or the run looked at many (storage/closings.py)."""
_STEPS_AT_ONCE: Final = 10


@dataclass(frozen=True, slots=True)
class Plan:
    statement: str
    lines: tuple[str, ...]


@dataclass(slots=True)
class Seen:
    """``plans``: of each statement once, in order."""

    plans: dict[str, Plan] = field(default_factory=dict)
    statements: int = 0
    steps: int = 0
    few: frozenset[str] = frozenset()
    """Names of the indexes of some rows alone: going through one of these is no scan."""

    def scans(self, over: Collection[str] = ()) -> list[str]:
        """The lines of plans that go over a large table from end to end, or make an index of it for the occasion; but for the
        indexes ``over``."""
        may_be = self.few | set(over)
        plans = (plan for plan in self.plans.values() if _BOUNDED not in plan.statement)
        return [line for plan in plans for line in plan.lines if _is_scan(line, may_be)]


def _is_scan(line: str, may_be: Collection[str]) -> bool:
    found = _SCAN.match(line)
    is_part = found is not None and found[1].startswith(
        "anon_"
    )  # a query inside the query: its own lines tell how it is read
    is_over = found is not None and not is_part and found[1] not in _SMALL | {"CONSTANT"} and found[2] not in may_be
    return (is_over and "VIRTUAL TABLE" not in line) or " AUTOMATIC " in line


@contextmanager
def watched(engine: Engine) -> Iterator[Seen]:
    """Whatever is sent through ``engine`` meanwhile. Statements are explained as they come, with the values that they have."""
    with engine.connect() as connection:
        few = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'")
        seen = Seen(few=frozenset(few.scalars()))

    def explain(connection: Any, _cursor: object, statement: str, values: Any, _context: object, many: bool) -> None:
        seen.statements += 1
        if statement.split(None, 1)[0] not in {"SELECT", "UPDATE", "DELETE"}:  # an INSERT of values looks for nothing
            return
        if statement not in seen.plans:
            driver = connection.connection.driver_connection
            rows = driver.execute(f"EXPLAIN QUERY PLAN {statement}", values[0] if many else values).fetchall()
            seen.plans[statement] = Plan(statement, tuple(row[3] for row in rows))
        _count(connection.connection.driver_connection, seen)

    event.listen(engine, "before_cursor_execute", explain)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", explain)


def _count(driver: Any, seen: Seen) -> None:
    """From here on each ten steps of this connection are told, until another is watched."""

    def ten_more() -> int:
        seen.steps += _STEPS_AT_ONCE
        return 0

    driver.set_progress_handler(ten_more, _STEPS_AT_ONCE)
