"""The one way into the store: first record what was captured, then settle what it means. The rules are docs/data-model.md's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, Row, select, update

from storage import closings, imported, learned, outbox, recording, rereading, reviewing, settling, spans
from storage.clocks import SteadyClock, newest_instant
from storage.errors import UnknownRecord
from storage.models import RunRow, table_of
from storage.pieces import chunks
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
from storage.retention import DEFAULT, Retention
from storage.seals import seal
from storage.surge import Course
from storage.times import utc_now
from storage.transactions import written

_run = table_of(RunRow)
T = TypeVar("T")


class Archive:
    """What a run hands over. Each method is one transaction: a process killed inside it has done nothing."""

    def __init__(
        self,
        engine: Engine,
        *,
        clock: Callable[[], datetime] = utc_now,
        retention: Retention = DEFAULT,
        rules: Sequence[str] = (),
    ) -> None:
        """``rules``: the names of those that are told of events (storage/outbox.py)."""
        self._engine = engine
        self._retention = retention
        self._rules = tuple(rules)
        self._clock = SteadyClock(clock)
        self._courses: dict[int, Course] = {}

    @property
    def engine(self) -> Engine:
        """For the queries that go with what is handed over."""
        return self._engine

    def now(self) -> datetime:
        """The time of the run that was begun last: never before what the store knows, also where the clock is."""
        return self._clock()

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
        row = {
            "site": site,
            "mode": mode.value,
            "base_url": base_url,
            "reader_version": reader_version,
            "program_version": program_version,
        }

        def work(connection: Connection) -> int:
            self._clock.start(newest_instant(connection))
            now = self._clock()
            _abandon_unfinished(connection, site, now)
            run_id = recording.insert_one(connection, _run, row | {"started_at": now})
            spans.begin(connection, run_id)
            return run_id

        return self._written(work)

    def record(self, run_id: int, captures: Sequence[Capture]) -> list[RecordedCapture]:
        """Store a batch of captures. What is returned is acknowledged: no crash loses it. An import stores nothing twice."""
        if not captures:
            return []

        def work(connection: Connection) -> list[RecordedCapture]:
            run = _run_row(connection, run_id)
            if run.mode == RunMode.IMPORT:
                return imported.record_imported(connection, run_id, run.site, captures, self._clock())
            timed = captures if run.mode in settling.PAST else self._in_order(captures)
            return recording.record_captures(connection, run_id, run.site, timed, self._clock())

        return self._written(work)

    def _in_order(self, captures: Sequence[Capture]) -> Sequence[Capture]:
        """What was fetched just now, as far ahead of the clock as the run is."""
        self._clock()
        ahead = self._clock.ahead
        if not ahead:
            return captures
        return [replace(c, captured_at=c.captured_at + ahead) if c.captured_at else c for c in captures]

    def note_listed(self, run_id: int, addresses: Sequence[tuple[str, str]]) -> None:
        """Addresses that a list page of this run links: (canonical, as shown). Unknown ones become pending pages.

        Some in each transaction: 10,000 at once took 7 MB, the largest part of what a crawl's memory grew by with the site.
        """
        for some in chunks(addresses):

            def work(connection: Connection, some: Sequence[tuple[str, str]] = some) -> None:
                run = _run_row(connection, run_id)
                recording.note_addresses(connection, run_id, run.site, some)

            self._written(work)

    def record_reread(self, run_id: int, rereads: Sequence[Reread]) -> int:
        """What today's reader makes of kept bytes; how many differ from the record. Settling the run makes them technical."""

        def work(connection: Connection) -> int:
            run = _run_row(connection, run_id)
            return rereading.record_rereads(connection, run.id, rereads)

        return self._written(work)

    def accept(self, held_ids: Sequence[int]) -> Settlement:
        """Apply what was held; the events that this made."""

        def work(connection: Connection) -> Settlement:
            now = self._clock()
            settlement = reviewing.accept(connection, held_ids, now, self._retention)
            outbox.enqueue(connection, self._rules, now)
            seal(connection, None, now)
            closings.take(connection, now)
            return settlement

        return self._written(work)

    def reject(self, held_ids: Sequence[int]) -> Settlement:
        """Drop what was held: the record stays as it was."""

        def work(connection: Connection) -> Settlement:
            settlement = reviewing.reject(connection, held_ids)
            closings.take(connection, self._clock())
            return settlement

        return self._written(work)

    def keep_model(self, model: SiteModel, reads_by: str) -> None:
        """Store what a run learned of its site, and by which rules it reads; the next run does so from its first page."""
        self._written(lambda connection: learned.keep_model(connection, model, self._clock(), reads_by))

    def revise(self, run_id: int, revisions: Sequence[Revision]) -> int:
        """Write under the run's open captures what they turned out to be; how many were."""
        if not revisions:
            return 0
        return self._written(lambda connection: learned.revise(connection, run_id, revisions))

    def settle_batch(self, run_id: int) -> Settlement:
        """Derive what is clear already from the captures so far; nothing in a first crawl of a site."""

        def work(connection: Connection) -> tuple[Settlement, Course]:
            run = _run_row(connection, run_id)
            course, now = self._courses.get(run_id, Course()).copy(), self._clock()
            settlement = settling.settle_clear(connection, run, course, now, self._retention)
            outbox.enqueue(connection, self._rules, now)
            return settlement, course

        settlement, self._courses[run_id] = self._written(work)
        return settlement

    def settle(self, run_id: int, report: RunReport) -> Settlement:
        """Derive all that is left once the run has ended, close its row and seal it. The counts are those of the whole run."""

        def work(connection: Connection) -> Settlement:
            run = _run_row(connection, run_id)
            now = self._clock()
            note = "; ".join(filter(None, (report.note, self._clock.note)))
            settlement = settling.settle_rest(connection, run, replace(report, note=note), now, self._retention)
            outbox.enqueue(connection, self._rules, now)
            seal(connection, run_id, now)
            closings.take(connection, now, run_id)
            return settlement

        settlement = self._written(work)
        self._courses.pop(run_id, None)
        return settlement

    def _written(self, work: Callable[[Connection], T]) -> T:
        """What ``work`` gave, in one transaction that says first that somebody writes."""

        def told(connection: Connection) -> T:
            closings.drop(connection)
            return work(connection)

        return written(self._engine, told)


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
