"""A clock that never goes back behind what it gave or what the store knows: the order of the record outlives a clock set back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from storage.models import CaptureRow, RunRow, table_of
from storage.spans import of_runs

TOLD_FROM: Final = timedelta(seconds=5)
"""Machines that share a store differ by less; what is more stands in the run's note."""

_capture, _run = table_of(CaptureRow), table_of(RunRow)


class SteadyClock:
    """Where ``clock`` falls behind, time goes on from the last instant: all later ones are as far ahead of ``clock`` as it fell.

    Which of the two was wrong nobody can know here, so the run's note says by how much they differ.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._last: datetime | None = None
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        now = self._clock() + self.ahead
        if self._last is not None and now < self._last:
            self.ahead += self._last - now
            now = self._last
        self._last = now
        return now

    def start(self, newest: datetime | None) -> None:
        """Begin anew at the clock's own time, or at ``newest`` where that is later."""
        self.ahead, self._last = timedelta(), newest

    @property
    def note(self) -> str:
        if self.ahead < TOLD_FROM:
            return ""
        return f"the clock was set back: the times of this run are {self.ahead} ahead of it, to stand behind the last run's"


def newest_instant(connection: Connection) -> datetime | None:
    """The latest instant at which a run was at work, as far as the store knows."""
    ended = connection.execute(select(func.max(_run.c.started_at), func.max(_run.c.finished_at))).one()
    unfinished = connection.scalars(select(_run.c.id).where(_run.c.finished_at.is_(None))).all()
    captured = connection.scalar(select(func.max(_capture.c.captured_at)).where(of_runs(unfinished)))
    return max((instant for instant in (*ended, captured) if instant is not None), default=None)
