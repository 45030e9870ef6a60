"""The one way into the store: first record what was captured, then settle what it means. The rules are docs/data-model.md's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, select, update

from storage import learned, recording, rereading, reviewing, settling
from storage.engine import writing
from storage.errors import UnknownRecord
from storage.models import RunRow, table_of
from storage.records import (
    Capture,
    RecordedCapture,
    Reread,
    Revision,
    RunMode,
    RunOutcome,
    RunReport,
    Settlement,
    SiteModel,
)
from storage.surge import Course
from storage.times import utc_now

_run = table_of(RunRow)


class Archive:
    """What a run hands over. Each method is one transaction: a process killed inside it has done nothing."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._courses: dict[int, Course] = {}

    @property
    def engine(self) -> Engine:
        """For the queries that go with what is handed over."""
        return self._engine

    def begin_run(
        self,
        site: str | None,
        mode: RunMode,
        *,
        base_url: str | None = None,
        reader_version: str,
        program_version: str,
    ) -> int:
        """Open a run; its id. Runs of the site that never ended are marked abandoned, and settled together with this one."""
        now = self._clock()
        row = {
            "site": site,
            "mode": mode.value,
            "base_url": base_url,
            "reader_version": reader_version,
            "program_version": program_version,
            "started_at": now,
        }
        with writing(self._engine) as connection:
            _abandon_unfinished(connection, site, now)
            return recording.insert_one(connection, _run, row)

    def record(self, run_id: int, captures: Sequence[Capture]) -> list[RecordedCapture]:
        """Store a batch of captures. What is returned is acknowledged: no crash loses it."""
        if not captures:
            return []
        with writing(self._engine) as connection:
            run = _run_row(connection, run_id)
            return recording.record_captures(connection, run_id, run.site, captures, self._clock())

    def note_listed(self, run_id: int, addresses: Sequence[tuple[str, str]]) -> None:
        """Addresses that a list page of this run links: (canonical, as shown). Unknown ones become pending pages."""
        if not addresses:
            return
        with writing(self._engine) as connection:
            run = _run_row(connection, run_id)
            recording.note_addresses(connection, run_id, run.site, addresses)

    def record_reread(self, run_id: int, rereads: Sequence[Reread]) -> int:
        """What today's reader makes of kept bytes; how many differ from the record. Settling the run makes them technical."""
        with writing(self._engine) as connection:
            run = _run_row(connection, run_id)
            return rereading.record_rereads(connection, run.id, rereads)

    def accept(self, held_ids: Sequence[int]) -> Settlement:
        """Apply what was held; the events that this made."""
        with writing(self._engine) as connection:
            return reviewing.accept(connection, held_ids, self._clock())

    def reject(self, held_ids: Sequence[int]) -> Settlement:
        """Drop what was held: the record stays as it was."""
        with writing(self._engine) as connection:
            return reviewing.reject(connection, held_ids)

    def keep_model(self, model: SiteModel, reads_by: str) -> None:
        """Store what a run learned of its site, and by which rules it reads; the next run does so from its first page."""
        with writing(self._engine) as connection:
            learned.keep_model(connection, model, self._clock(), reads_by)

    def revise(self, run_id: int, revisions: Sequence[Revision]) -> int:
        """Write under the run's open captures what they turned out to be; how many were."""
        if not revisions:
            return 0
        with writing(self._engine) as connection:
            return learned.revise(connection, run_id, revisions)

    def settle_batch(self, run_id: int) -> Settlement:
        """Derive what is clear already from the captures so far; nothing in a first crawl of a site."""
        with writing(self._engine) as connection:
            run = _run_row(connection, run_id)
            course = self._courses.setdefault(run_id, Course())
            return settling.settle_clear(connection, run, course, self._clock())

    def settle(self, run_id: int, report: RunReport) -> Settlement:
        """Derive all that is left once the run has ended, and close its row. The counts are those of the whole run."""
        with writing(self._engine) as connection:
            run = _run_row(connection, run_id)
            self._courses.pop(run_id, None)
            return settling.settle_rest(connection, run, report, self._clock())


def _run_row(connection: Connection, run_id: int) -> Row[Any]:
    row = connection.execute(select(_run).where(_run.c.id == run_id)).one_or_none()
    if row is None:
        raise UnknownRecord(f"run {run_id}")
    return row


_ABANDONED: Final = "abandoned: it never reported its end"


def _abandon_unfinished(connection: Connection, site: str | None, now: datetime) -> None:
    is_ours = _run.c.site.is_(None) if site is None else (_run.c.site == site) | _run.c.site.is_(None)
    connection.execute(
        update(_run)
        .where(is_ours, _run.c.finished_at.is_(None))
        .values(finished_at=now, outcome=RunOutcome.FAILED.value, exit_code=1, note=_ABANDONED)
    )
