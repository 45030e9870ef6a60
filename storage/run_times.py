"""Of runs only when they looked, at what, and how they ended: of some hundred that is read in a few milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Engine, select

from storage.engine import reading
from storage.models import RunRow, table_of
from storage.records import RunMode, RunOutcome

_run: Final = table_of(RunRow)
_COLUMNS: Final = tuple(
    _run.c[name] for name in ("id", "site", "mode", "started_at", "finished_at", "outcome", "is_complete")
)


@dataclass(frozen=True, slots=True)
class RunTimes:
    """A run without what it counted."""

    id: int
    site: str | None
    mode: RunMode
    started_at: datetime
    finished_at: datetime | None
    outcome: RunOutcome | None
    is_complete: bool


def run_times(engine: Engine, limit: int) -> list[RunTimes]:
    """The latest first."""
    with reading(engine) as connection:
        rows = connection.execute(select(*_COLUMNS).order_by(_run.c.id.desc()).limit(limit))
        return [
            RunTimes(id_, site, RunMode(mode), started_at, finished_at, RunOutcome(outcome) if outcome else None, whole)
            for id_, site, mode, started_at, finished_at, outcome, whole in rows
        ]
