"""The outbox: what each rule is still to be told, and what became of each notice.

An event's rows are written in the transaction that writes the event, one for each rule. Later, and once for all, a rule's rows
are put together to notices, each in one transaction that also says to which addresses it goes; then each notice is sent to each
address, and every try marked in a transaction of its own. So a kill loses nothing; a notice that was sent and not marked goes
again, under the same id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, Select, func, insert, or_, select, update

from storage.models import DeliveryRow, EventRow, NoticeRow, OutboxRow, RunRow, VersionRow, table_of
from storage.pieces import chunks
from storage.recording import insert_one
from storage.records import EventKind

WAITING: Final = "waiting"
TOLD: Final = "told"
PASSED: Final = "passed"
SENT: Final = "sent"
DISCARDED: Final = "discarded"

_delivery, _event, _notice = table_of(DeliveryRow), table_of(EventRow), table_of(NoticeRow)
_outbox, _run, _version = table_of(OutboxRow), table_of(RunRow), table_of(VersionRow)
_to: Final = _version.alias("outbox_to")
_OF_EVENT: Final = (
    *(_event.c.id, _event.c.page_id, _event.c.run_id, _event.c.kind, _event.c.recorded_at),
    _to.c.number.label("to_number"),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that is in no notice yet. ``event_id``: None where the event is gone; ``told_by``: the event in whose line it is."""

    id: int
    rule: str
    event_key: bytes
    event_id: int | None
    told_by: int | None
    run_id: int | None
    recorded_at: datetime

    @property
    def uid(self) -> str:
        return uid_of(self.event_key)


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice to be: its events, told in this order, and the rows that it takes along with them."""

    rule: str
    shape: str
    rows: tuple[Waiting, ...]
    targets: tuple[str, ...]

    @property
    def uid(self) -> str:
        """Of the same events for the same rule the same."""
        told = (self.rule.encode(), *(row.event_key for row in self.rows))
        return uid_of(sha256(b"\n".join(told)).digest()[:16])


@dataclass(frozen=True, slots=True)
class Due:
    """A notice that an address is to get now."""

    delivery_id: int
    notice_id: int
    uid: str
    rule: str
    shape: str
    target: str
    tries: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """``events``: in no notice yet; ``notices``: not at all of their addresses yet; ``since``: the oldest of both."""

    events: int
    notices: int
    since: datetime | None
    failed_at: datetime | None = None
    failed: str = ""
    """Rule and address of the last failure that still stands."""
    failure: str = ""


# --- in ---------------------------------------------------------------------------------------------------------------
def enqueue(connection: Connection, rules: Sequence[str], recorded_at: datetime) -> int:
    """Put the events that this transaction recorded at ``recorded_at`` into the outbox of each rule; how many rows that is.

    A first crawl, the past and what a newer reader sees are told nobody. Repeated, it adds nothing.
    """
    if not rules:
        return 0
    rows = [
        {
            "rule": rule,
            "event_key": key_of(event),
            "event_id": event.id,
            "run_id": event.run_id,
            "recorded_at": event.recorded_at,
            "state": WAITING,
        }
        for event in connection.execute(news().where(_event.c.recorded_at == recorded_at)).all()
        for rule in rules
    ]
    added = [row for some in chunks(rows) for row in _unknown(connection, some)]
    if added:
        connection.execute(insert(_outbox), added)
    return len(added)


def news() -> Select[Any]:
    """All events that anybody is ever told of."""
    return _events().where(~_event.c.is_baseline, ~_event.c.is_past).order_by(_event.c.id)


def _events() -> Select[Any]:
    return select(*_OF_EVENT).outerjoin(_to, _to.c.id == _event.c.to_version_id)


def _unknown(connection: Connection, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    keys = {row["event_key"] for row in rows}
    there = select(_outbox.c.rule, _outbox.c.event_key).where(_outbox.c.event_key.in_(keys))
    known = {(rule, bytes(key)) for rule, key in connection.execute(there)}
    return [row for row in rows if (row["rule"], row["event_key"]) not in known]


def key_of(event: Row[Any]) -> bytes:
    """Which event it is: the page and the run by number, the kind, of an edit the version, when it was recorded.

    None of these changes once an event is told; its id alone SQLite may give again to another. (In which version a page is
    new does change, when an older one of it is imported.)
    """
    number = event.to_number if event.kind == EventKind.EDITED else None
    told = (event.page_id, event.run_id, event.kind, number, event.recorded_at.isoformat())
    return sha256(repr(told).encode()).digest()[:16]


def uid_of(key: bytes) -> str:
    """An event's key, or a notice's, as receivers see it."""
    return str(UUID(bytes=bytes(key)))


# --- put together -----------------------------------------------------------------------------------------------------
def waiting(connection: Connection, rules: Collection[str], before: datetime | None = None) -> list[Waiting]:
    """What these rules are still to be told of runs that are settled; ``before``: only what was recorded by then."""
    statement = (
        select(_outbox)
        .outerjoin(_run, _run.c.id == _outbox.c.run_id)
        .where(_outbox.c.state == WAITING, _outbox.c.rule.in_(rules), or_(_run.c.id.is_(None), _run.c.is_settled))
        .order_by(_outbox.c.id)
    )
    if before is not None:
        statement = statement.where(_outbox.c.recorded_at < before)
    rows = connection.execute(statement).all()
    known = _known_events(connection, {row.event_id for row in rows})
    return [_waiting(row, known.get(bytes(row.event_key))) for row in rows]


def _known_events(connection: Connection, ids: Collection[int]) -> dict[bytes, Row[Any]]:
    found = {}
    for some in chunks(ids):
        statement = _events().add_columns(_event.c.folded_into).where(_event.c.id.in_(some))
        found.update({key_of(row): row for row in connection.execute(statement)})
    return found


def _waiting(row: Row[Any], event: Row[Any] | None) -> Waiting:
    told_by = None if event is None else event.folded_into or event.id
    event_id = None if event is None else event.id
    return Waiting(row.id, row.rule, bytes(row.event_key), event_id, told_by, row.run_id, row.recorded_at)


def make(connection: Connection, drafts: Iterable[Draft], passed: Iterable[Waiting], made_at: datetime) -> int:
    """Write notices with their addresses, and what is told to nobody; how many notices. Each row is taken once."""
    count = 0
    for draft in drafts:
        row = {"uid": draft.uid, "rule": draft.rule, "shape": draft.shape, "made_at": made_at}
        notice_id = insert_one(connection, _notice, row)
        _take(connection, draft.rows, state=TOLD, notice_id=notice_id)
        goes = {"notice_id": notice_id, "state": WAITING, "tries": 0, "next_try_at": made_at}
        connection.execute(insert(_delivery), [goes | {"target": target} for target in draft.targets])
        count += 1
    _take(connection, list(passed), state=PASSED)
    return count


def _take(connection: Connection, rows: Sequence[Waiting], **values: Any) -> None:
    for some in chunks(rows):
        ids = [row.id for row in some]
        connection.execute(update(_outbox).where(_outbox.c.id.in_(ids), _outbox.c.state == WAITING).values(**values))


# --- out --------------------------------------------------------------------------------------------------------------
def due(connection: Connection, rules: Collection[str], now: datetime | None) -> list[Due]:
    """What may be tried now, oldest first; ``now`` None: also what waits for its next try."""
    statement = (
        select(_delivery, _notice.c.uid, _notice.c.rule, _notice.c.shape)
        .join(_notice, _notice.c.id == _delivery.c.notice_id)
        .where(_delivery.c.state == WAITING, _notice.c.rule.in_(rules))
        .order_by(_delivery.c.id)
    )
    if now is not None:
        statement = statement.where(_delivery.c.next_try_at <= now)
    return [
        Due(row.id, row.notice_id, row.uid, row.rule, row.shape, row.target, row.tries)
        for row in connection.execute(statement)
    ]


def events_in(connection: Connection, notice_id: int) -> list[Waiting]:
    """The rows of a notice, in order. Those whose event is gone by now (its page was forgotten) have none."""
    rows = connection.execute(select(_outbox).where(_outbox.c.notice_id == notice_id).order_by(_outbox.c.id)).all()
    known = _known_events(connection, {row.event_id for row in rows})
    return [_waiting(row, known.get(bytes(row.event_key))) for row in rows]


def mark_sent(connection: Connection, delivery_id: int, at: datetime) -> None:
    values = {"state": SENT, "sent_at": at, "tries": _delivery.c.tries + 1, "failed_at": None, "failure": None}
    connection.execute(update(_delivery).where(_delivery.c.id == delivery_id).values(values))


def mark_void(connection: Connection, delivery_id: int) -> None:
    """There is nothing left to tell: all its pages were forgotten."""
    connection.execute(update(_delivery).where(_delivery.c.id == delivery_id).values(state=DISCARDED))


def mark_failed(connection: Connection, delivery_id: int, at: datetime, why: str, next_try_at: datetime) -> None:
    values = {"failed_at": at, "failure": why, "tries": _delivery.c.tries + 1, "next_try_at": next_try_at}
    connection.execute(update(_delivery).where(_delivery.c.id == delivery_id).values(values))


def discard(connection: Connection, rule: str) -> int:
    """Give up all that a rule still has to tell; how many events and deliveries. Nothing does so but a person's word."""
    passed = update(_outbox).where(_outbox.c.rule == rule, _outbox.c.state == WAITING).values(state=PASSED)
    of_rule = select(_notice.c.id).where(_notice.c.rule == rule)
    given_up = update(_delivery).where(_delivery.c.notice_id.in_(of_rule), _delivery.c.state == WAITING)
    events = connection.execute(passed).rowcount
    return events + connection.execute(given_up.values(state=DISCARDED)).rowcount


def backlog(connection: Connection, rule: str | None = None) -> Backlog:
    """What waits, since when, and what failed last; of one rule, or of all."""
    rows = select(func.count(), func.min(_outbox.c.recorded_at)).where(_outbox.c.state == WAITING)
    goes = _delivery.join(_notice, _notice.c.id == _delivery.c.notice_id)
    is_waiting = _delivery.c.state == WAITING
    sends = select(func.count(_delivery.c.notice_id.distinct()), func.min(_notice.c.made_at)).select_from(goes)
    failed = select(_notice.c.rule, _delivery.c.target, _delivery.c.failed_at, _delivery.c.failure).select_from(goes)
    failed = failed.where(is_waiting, _delivery.c.failed_at.is_not(None)).order_by(_delivery.c.failed_at.desc())
    if rule is not None:
        rows, sends = rows.where(_outbox.c.rule == rule), sends.where(_notice.c.rule == rule)
        failed = failed.where(_notice.c.rule == rule)
    events, recorded = connection.execute(rows).one()
    notices, made = connection.execute(sends.where(is_waiting)).one()
    since = min(filter(None, (recorded, made)), default=None)
    last = connection.execute(failed.limit(1)).one_or_none()
    if last is None:
        return Backlog(events, notices, since)
    return Backlog(events, notices, since, last.failed_at, f"{last.rule} to {last.target}", last.failure)


def rules_waiting(connection: Connection) -> set[str]:
    """The rules that have something to tell, also those that the settings know no more."""
    rows = select(_outbox.c.rule).where(_outbox.c.state == WAITING).distinct()
    sends = select(_notice.c.rule).join(_delivery, _delivery.c.notice_id == _notice.c.id)
    return {*connection.scalars(rows), *connection.scalars(sends.where(_delivery.c.state == WAITING).distinct())}
