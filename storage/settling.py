"""The second half of a run: versions and events derived from what was recorded. Both steps may be repeated without effect."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, update

from storage import sightings, spans, twins
from storage.absences import propose_moves, settle_lists, settle_missing
from storage.doubts import Doubts, agreed_before, doubts_of
from storage.familiar import familiar
from storage.groups import group_alike
from storage.histories import Settling
from storage.holding import settle_sightings
from storage.keeping import drop_old_failures
from storage.learned import close_open
from storage.models import CaptureRow, EventRow, HeldRow, PageRow, RunRow, Standing, table_of
from storage.moves import move_targets, settle_moves
from storage.pieces import chunks
from storage.records import Outcome, RunMode, RunOutcome, RunReport, Settlement
from storage.retention import DEFAULT, Retention
from storage.spans import of_runs, unsettled
from storage.surge import Course
from storage.texts import storable
from storage.watching import last_fields, watch

PAST: Final = frozenset({RunMode.IMPORT.value, RunMode.REREAD.value})
"""Modes whose captures were not fetched by the run."""

_capture, _event, _held = table_of(CaptureRow), table_of(EventRow), table_of(HeldRow)
_page, _run = table_of(PageRow), table_of(RunRow)


def is_baseline(connection: Connection, site: str | None) -> bool:
    """Whether the site has had no complete crawl of all its lists yet."""
    complete = select(_run.c.id).where(_run.c.site == site, _run.c.is_complete, _run.c.walked_lists).limit(1)
    return connection.scalar(complete) is None


def settling_of(
    connection: Connection, run: Row[Any], recorded_at: datetime, retention: Retention = DEFAULT
) -> Settling:
    sites = {run.site, *connection.scalars(select(_run.c.site).where(~_run.c.is_settled))}
    baselines = frozenset(site for site in sites if site is not None and is_baseline(connection, site))
    return Settling(run.id, recorded_at, run.mode in PAST, baselines, retention)


def settle_clear(
    connection: Connection, run: Row[Any], course: Course, recorded_at: datetime, retention: Retention = DEFAULT
) -> Settlement:
    """Settle what is clear before the run has ended: pages as they were, lone edits, new pages. ``course`` goes on."""
    if run.mode not in PAST and is_baseline(connection, run.site):
        return Settlement({})
    settling = settling_of(connection, run, recorded_at, retention)
    newest = connection.scalar(select(func.max(_event.c.id))) or 0
    for rows in sightings.waiting(connection, run.id, course.after):
        course.after = rows[-1].id
        found = sightings.sort(rows, familiar(connection, rows))
        sightings.write_unchanged(connection, found.unchanged, settling.retention)
        targets = move_targets(connection, run.id)
        new = twins.unknown(connection, [row for row in found.new if row.url not in targets])
        sightings.write_new(connection, course.of_their_own(new), settling)
        clear = course.clear(connection, found)
        for page_id, each in clear.items():
            settle_sightings(connection, page_id, each, settling, Doubts())
        twins.fold_edits(connection, clear, settling)
    return Settlement(_told(connection, run.id, newest))


def settle_rest(
    connection: Connection, run: Row[Any], report: RunReport, recorded_at: datetime, retention: Retention = DEFAULT
) -> Settlement:
    """Settle all that is left of a run, and of runs that were abandoned before it; write its row."""
    settling = settling_of(connection, run, recorded_at, retention)
    run_ids = _to_settle(connection, run)
    close_open(connection, run_ids)
    for run_id in run_ids:
        settle_moves(connection, run_id, settling)
    watched = watch(connection, run_ids, agreed_before(connection, run_ids))
    fallen = {} if settling.is_past else watched.falls(last_fields(connection, run))
    doubts = doubts_of(connection, run_ids, fallen, is_past=settling.is_past)
    for run_id in run_ids:
        _settle_sightings(connection, run_id, settling, doubts)
    gone, disappeared = settle_missing(connection, run, run_ids, report, settling)
    settle_lists(connection, run, report, settling)
    if report.is_complete:
        propose_moves(connection, gone, settling)
    alike = group_alike(connection, run.id)
    _pass_the_rest(connection, run_ids, settling)
    connection.execute(update(_run).where(_run.c.id.in_(run_ids)).values(is_settled=True))
    spans.end(connection, run_ids)
    gone_at_once = disappeared or run.disappeared
    report = _alarmed(report, gone_at_once, fallen)
    settlement = _write_run(connection, run, report, gone_at_once, watched.read.fields(), recorded_at)
    return replace(settlement, alike=tuple(sorted(alike.values(), reverse=True)), alarm="; ".join(fallen.values()))


def _to_settle(connection: Connection, run: Row[Any]) -> list[int]:
    """The run and, before it, those that were abandoned with captures not settled yet."""
    abandoned = select(_run.c.id).where(~_run.c.is_settled, _run.c.finished_at.is_not(None), _run.c.id != run.id)
    return [*connection.scalars(abandoned.order_by(_run.c.id)), run.id]


def _settle_sightings(connection: Connection, run_id: int, settling: Settling, doubts: Doubts) -> None:
    for rows in sightings.waiting(connection, run_id):
        found = sightings.sort(rows, familiar(connection, rows))
        sightings.write_unchanged(connection, found.unchanged, settling.retention)
        new = [row for row in found.new if row.id not in doubts.same_text]
        found.other.update((row.page_id, [row]) for row in found.new if row.id in doubts.same_text)
        sightings.write_new(connection, new, settling)
        for page_id, each in found.other.items():
            settle_sightings(connection, page_id, each, settling, doubts)
        twins.link(connection, new, settling)
        twins.fold_edits(connection, found.other, settling)


def _pass_the_rest(connection: Connection, run_ids: Sequence[int], settling: Settling) -> None:
    """What shows no article has been looked at; of its bytes each page keeps the last few, or what else the policy says."""
    is_left = unsettled(run_ids) & (_capture.c.standing == Standing.WAITING)
    connection.execute(update(_capture).where(is_left).values(standing=int(Standing.PASSED)))
    failed = (
        of_runs(run_ids),
        _capture.c.outcome != Outcome.OK.value,
        _capture.c.body_sha256.is_not(None),
    )
    pages = connection.scalars(select(_capture.c.page_id).where(*failed).distinct()).all()
    for some in chunks(pages):
        drop_old_failures(connection, some, settling.retention, settling.recorded_at)


def _alarmed(report: RunReport, disappeared: int, fallen: Mapping[str, str]) -> RunReport:
    """The report of a run that would have ended well, but for what was found when it was settled."""
    alarm = "; ".join(fallen.values())
    if disappeared > 0 and report.outcome is RunOutcome.COMPLETE:
        report = replace(report, outcome=RunOutcome.ALARM, exit_code=20)
    if alarm and report.outcome in {RunOutcome.COMPLETE, RunOutcome.PARTIAL}:
        report = replace(report, outcome=RunOutcome.ALARM, exit_code=20)
    return replace(report, note="; ".join(filter(None, (report.note, alarm))))


def _write_run(  # noqa: PLR0913, PLR0917 - a run's row in one place
    connection: Connection,
    run: Row[Any],
    report: RunReport,
    disappeared: int,
    fields: Mapping[str, float],
    now: datetime,
) -> Settlement:
    events = _told(connection, run.id)
    held = connection.scalar(select(func.count()).where(_held.c.run_id == run.id)) or 0
    values: dict[str, Any] = {
        "finished_at": run.finished_at or now,
        "outcome": report.outcome.value,
        "exit_code": report.exit_code,
        "is_complete": report.is_complete,
        "walked_lists": report.walked_lists,
        "template_changed": report.template_changed,
        "requests": report.requests,
        "bytes": report.bytes,
        "captures": json.dumps(_captures_of(connection, run.id)),
        "events": json.dumps(events),
        "held": held,
        "disappeared": disappeared,
        "note": storable(report.note),
        "fields": json.dumps(fields),
    }
    connection.execute(update(_run).where(_run.c.id == run.id).values(values))
    return Settlement(events, held, disappeared, fields=fields)


def _captures_of(connection: Connection, run_id: int) -> dict[str, int]:
    statement = (
        select(_capture.c.outcome, func.count().label("number")).where(of_runs([run_id])).group_by(_capture.c.outcome)
    )
    return {row.outcome: row.number for row in connection.execute(statement.order_by(_capture.c.outcome))}


def _told(connection: Connection, run_id: int, after: int = 0) -> dict[str, int]:
    """A run's events by kind; an article at two addresses is told of once."""
    is_told = (_event.c.run_id == run_id, _event.c.id > after, _event.c.folded_into.is_(None))
    counts = select(_event.c.kind, func.count().label("number")).where(*is_told).group_by(_event.c.kind)
    return {row.kind: row.number for row in connection.execute(counts.order_by(_event.c.kind))}
