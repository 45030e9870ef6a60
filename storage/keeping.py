"""Which bytes are kept: those that opened a version for ever, each page's latest, and of its failures what the policy says.

What is let go is chosen by three queries, which settling asks for the pages that it touched and ``prune`` for all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    delete,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
)

from storage.models import AnswerRow, BodyRow, CaptureRow, PackRow, PageRow, RunRow, Standing, VersionRow, table_of
from storage.pieces import chunks
from storage.recording import KEPT_WHOLE
from storage.records import Outcome
from storage.retention import Retention

_answer, _body, _capture = table_of(AnswerRow), table_of(BodyRow), table_of(CaptureRow)
_pack, _page, _run, _version = table_of(PackRow), table_of(PageRow), table_of(RunRow), table_of(VersionRow)
_behind = _body.alias("behind")
_UNREAD: Final = (Outcome.EXTRACT_FAILED.value, Outcome.SUSPECT.value)
_UNDECIDED: Final = (Standing.WAITING, Standing.OPEN, Standing.HELD)
_NEVER: Final = timedelta(days=36_500)


class Why(StrEnum):
    """Why bytes are let go."""

    SUPERSEDED = "superseded"
    """A later answer of the page shows the same."""
    FAILED_COUNT = "failed_count"
    FAILED_AGE = "failed_age"
    UNREAD_COUNT = "unread_count"
    UNREAD_AGE = "unread_age"


@dataclass(frozen=True, slots=True)
class Dropped:
    """What left the store: ``stored`` counts the bytes that it took there."""

    bodies: int = 0
    stored: int = 0

    def plus(self, other: Dropped) -> Dropped:
        return Dropped(self.bodies + other.bodies, self.stored + other.stored)


def drop_answers(connection: Connection, capture_ids: Collection[int]) -> Dropped:
    """Let go of the bytes of these captures; bytes that another capture needs stay."""
    dropped = Dropped()
    for some in chunks(capture_ids):
        kept = _answer.c.capture_id.in_(some)
        digests = list(connection.scalars(select(_answer.c.body_sha256).where(kept)))
        if digests:
            connection.execute(delete(_answer).where(kept))
            dropped = dropped.plus(drop_unneeded(connection, digests))
    return dropped


def drop_unneeded(connection: Connection, digests: Collection[bytes]) -> Dropped:
    """Of these bodies delete those that no answer refers to and that no other body needs to be unpacked.

    A base stays as long as a body stands behind it; then it goes with the last of them. So does a pack.
    """
    is_kept = exists().where(_answer.c.body_sha256 == _body.c.sha256)
    is_base = exists().where(_behind.c.base_sha256 == _body.c.sha256)
    columns = (_body.c.sha256, _body.c.base_sha256, _body.c.pack_id, func.length(_body.c.data).label("stored"))
    rows = connection.execute(select(*columns).where(_body.c.sha256.in_(digests), ~is_kept, ~is_base)).all()
    if not rows:
        return Dropped()
    connection.execute(delete(_body).where(_body.c.sha256.in_([row.sha256 for row in rows])))
    dropped = Dropped(len(rows), sum(row.stored for row in rows))
    bases = {row.base_sha256 for row in rows} - {None}
    if bases:
        dropped = dropped.plus(drop_unneeded(connection, bases))
    packs = {row.pack_id for row in rows} - {None}
    return dropped.plus(Dropped(0, drop_empty_packs(connection, packs))) if packs else dropped


def drop_empty_packs(connection: Connection, pack_ids: Collection[int]) -> int:
    """Of these packs delete those in which no body stands any more; the bytes that they took."""
    is_used = exists().where(_body.c.pack_id == _pack.c.id)
    columns = (_pack.c.id, func.length(_pack.c.data).label("stored"))
    rows = connection.execute(select(*columns).where(_pack.c.id.in_(pack_ids), ~is_used)).all()
    if rows:
        connection.execute(delete(_pack).where(_pack.c.id.in_([row.id for row in rows])))
    return sum(row.stored for row in rows)


def drop_superseded(connection: Connection, page_id: int, retention: Retention) -> None:
    """Of a page's sightings keep the bytes of the latest, and of those that opened a version or are its first; or all."""
    chosen = _superseded(_capture.c.page_id == page_id, retention)
    drop_answers(connection, [row.id for row in connection.execute(chosen)])


def drop_old_failures(connection: Connection, page_ids: Collection[int], retention: Retention, now: datetime) -> None:
    """Of each page's answers that were no article keep what the policy says."""
    for some in chunks(page_ids):
        of_pages = _capture.c.page_id.in_(some)
        chosen = (_failed(of_pages, retention, now), _unread(of_pages, retention, now))
        drop_answers(connection, [row.id for query in chosen for row in connection.execute(query)])


def let_go_by(
    connection: Connection, of_pages: ColumnElement[bool], retention: Retention, now: datetime
) -> Iterator[Any]:
    """All captures of some pages whose bytes the policy lets go: ``id``, ``body_sha256``, ``size`` and ``why``."""
    for query in (
        _superseded(of_pages, retention),
        _failed(of_pages, retention, now),
        _unread(of_pages, retention, now),
    ):
        yield from connection.execute(query).all()


def _superseded(of_pages: ColumnElement[bool], retention: Retention) -> Select[Any]:
    """Sightings whose bytes say what a later one's say."""
    is_first = (_capture.c.captured_at == _version.c.first_seen_at) | (
        _capture.c.captured_at.is_(None) & _version.c.first_seen_at.is_(None)
    )
    return (
        _answered(literal(Why.SUPERSEDED.value).label("why"))
        .join(_page, _page.c.id == _capture.c.page_id)
        .join(_version, _version.c.id == _capture.c.version_id)
        .where(of_pages, _capture.c.standing == Standing.COUNTED, ~_is_latest(), ~is_first, ~_is_opener())
        .where(true() if retention.keep == "versions" else false())
        .order_by(_capture.c.page_id, _capture.c.id)
    )


def _is_latest() -> ColumnElement[bool]:
    """Whether it is the page's latest sighting; where that brought no bytes (a 304), the latest that did."""
    other, answered = _capture.alias("other"), _answer.alias("answered")
    has_bytes = exists().where(answered.c.capture_id == _page.c.latest_capture_id)
    newest = (
        select(other.c.id)
        .join(answered, answered.c.capture_id == other.c.id)
        .where(other.c.page_id == _page.c.id, other.c.standing == Standing.COUNTED)
        .order_by(other.c.captured_at.desc().nulls_last(), other.c.id.desc())
        .limit(1)
        .correlate(_page)
        .scalar_subquery()
    )
    return or_(_capture.c.id == _page.c.latest_capture_id, and_(~has_bytes, _capture.c.id == newest))


def _is_opener() -> ColumnElement[bool]:
    opened = _version.alias("opened")
    return exists().where(opened.c.opened_by == _capture.c.id)


def _failed(of_pages: ColumnElement[bool], retention: Retention, now: datetime) -> Select[Any]:
    kept_whole = [outcome.value for outcome in KEPT_WHOLE]
    limits = (retention.failed_count, retention.failed_age)
    words = (Why.FAILED_COUNT, Why.FAILED_AGE)
    return _beyond(of_pages & _capture.c.outcome.not_in(kept_whole), limits, words, now)


def _unread(of_pages: ColumnElement[bool], retention: Retention, now: datetime) -> Select[Any]:
    limits = (retention.unread_count, retention.unread_age)
    words = (Why.UNREAD_COUNT, Why.UNREAD_AGE)
    return _beyond(of_pages & _capture.c.outcome.in_(_UNREAD), limits, words, now)


def _beyond(
    which: ColumnElement[bool], limits: tuple[int | None, timedelta | None], words: tuple[Why, Why], now: datetime
) -> Select[Any]:
    """Those beyond the newest so many of their page, and those recorded longer ago. What is undecided stays."""
    count, age = limits
    place = func.row_number().over(partition_by=_capture.c.page_id, order_by=_capture.c.id.desc()).label("place")
    is_settled = _capture.c.standing.not_in([int(each) for each in (*_UNDECIDED, Standing.COUNTED)])
    ranked = (
        _answered(place, _run.c.started_at)
        .join(_run, _run.c.id == _capture.c.run_id)
        .where(which, is_settled, ~_is_opener())
        .subquery()
    )
    is_beyond = false() if count is None else ranked.c.place > count
    is_old = false() if age is None else ranked.c.started_at < now - min(age, _NEVER)
    why = case((is_beyond, words[0].value), else_=words[1].value).label("why")
    columns = (ranked.c.id, ranked.c.page_id, ranked.c.body_sha256, ranked.c.size, why)
    return select(*columns).where(or_(is_beyond, is_old)).order_by(ranked.c.page_id, ranked.c.id)


def _answered(*more: ColumnElement[Any]) -> Select[Any]:
    """Captures whose bytes are kept."""
    columns = (_capture.c.id, _capture.c.page_id, _answer.c.body_sha256, _body.c.size, *more)
    return (
        select(*columns)
        .join(_answer, _answer.c.capture_id == _capture.c.id)
        .join(_body, _body.c.sha256 == _answer.c.body_sha256)
    )
