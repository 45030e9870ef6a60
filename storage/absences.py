"""Pages that are not where they were: gone, unlisted, or gone by the dozen. Settled once, when a run has ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Integer, Row, Select, case, func, insert, literal_column, select, update

from storage.histories import Settling, insert_event
from storage.holding import DISAPPEARANCE, POSSIBLE_MOVE, hold, let_go
from storage.models import (
    CaptureRow,
    ContentRow,
    EventRow,
    HeldRow,
    Listing,
    PageRow,
    RunRow,
    Standing,
    VersionRow,
    table_of,
)
from storage.pieces import CHUNK
from storage.records import EventKind, Outcome, PageState, RunMode, RunReport
from storage.spans import unsettled
from storage.twins import texts_shown

CONFIRMED_AFTER: Final = timedelta(hours=12)
"""A 404 counts when it is seen again so much later."""
MANY_PAGES: Final = 20
MANY_SHARE: Final = 0.05
AT_LEAST: Final = 5
"""More than ``MANY_PAGES`` pages, or more than this share and at least ``AT_LEAST``, gone in one run are not believed."""

_GONE: Final = (Outcome.GONE.value, Outcome.SOFT_404.value)
_NEVER: Final = literal_column(str(int(Listing.NEVER)), Integer)
_UNLISTED: Final = literal_column(str(int(Listing.UNLISTED)), Integer)
"""Written out: SQLite takes an index of some rows only where the statement itself says that it asks for these."""
_AWAY: Final = (PageState.GONE.value, PageState.MOVED.value)
_HERE: Final = (PageState.LISTED.value, PageState.UNLISTED.value)

_capture, _content, _event, _held = table_of(CaptureRow), table_of(ContentRow), table_of(EventRow), table_of(HeldRow)
_page, _run, _version = table_of(PageRow), table_of(RunRow), table_of(VersionRow)


def settle_missing(
    connection: Connection, run: Row[Any], run_ids: Sequence[int], report: RunReport, settling: Settling
) -> tuple[list[int], int]:
    """Pages that answered 404 or 410: the ids of those that are gone now, and how many were too many to believe."""
    missing = [row for row in connection.execute(_missing(run.id, run_ids)) if _is_still_missing(row)]
    # What was held and is missing again in a complete run is no surprise any more: a second crawl agrees.
    newly = [row for row in missing if not row.is_held and (row.missing_since is None or row.is_gone_for_good)]
    if _are_too_many(connection, run.site, len(newly)):
        for row in newly:
            _hold_missing(connection, row, settling)
        return [], len(newly)
    gone = [row for row in missing if _is_confirmed(row, run, report)]
    gone_now = {row.id for row in gone}
    for row in missing:
        if row.is_held and row.id not in gone_now:
            continue  # an incomplete run agrees with nothing
        let_go(connection, row.id, DISAPPEARANCE)
        since = row.missing_since or row.first_missing_at
        connection.execute(
            update(_page).where(_page.c.id == row.id).values(state=PageState.SUSPECT.value, missing_since=since)
        )
    for row in gone:
        call_gone(connection, row.id, settling)
    return [row.id for row in gone], 0


def call_gone(connection: Connection, page_id: int, settling: Settling) -> None:
    """The page is deleted: its event, and its state."""
    page = connection.execute(select(_page).where(_page.c.id == page_id)).one()
    values = {
        "kind": EventKind.DELETED.value,
        "seen_at": page.missing_since,
        "not_before": page.last_seen_at,
        "from_version_id": page.current_version_id,
    }
    insert_event(connection, values, settling, page)
    connection.execute(
        update(_page).where(_page.c.id == page_id).values(state=PageState.GONE.value, listing=int(Listing.NEVER))
    )


def settle_lists(connection: Connection, run: Row[Any], report: RunReport, settling: Settling) -> None:
    """Which pages the lists link: said by a run that walked every list to its end, and only then told of."""
    may_tell = report.is_complete and report.walked_lists
    _join_lists(connection, run.id)
    if may_tell:
        _change_lists(connection, _noted(run.id), Listing.LISTED, settling, _last_walk(connection, run))
        _change_lists(connection, _left_out(run), Listing.UNLISTED, settling)


def propose_moves(connection: Connection, gone: Sequence[int], settling: Settling) -> int:
    """A page that is gone, and a newer one with its text: a move without a redirect, for a person to judge."""
    proposed = 0
    for page_id in gone:
        old = connection.execute(_with_text(page_id)).one()
        for other, state in texts_shown(connection, [old.text_sha256]).get(old.text_sha256, ()):
            if other != page_id and state in _HERE and _appeared_after(connection, other, old.last_seen_at):
                reason = "the same text stands at another address"
                hold(connection, POSSIBLE_MOVE, page_id, reason, settling, other_page_id=other)
                proposed += 1
                break
    return proposed


def _missing(run_id: int, run_ids: Sequence[int]) -> Select[Any]:
    """Pages with a history whose waiting captures say that they are gone."""
    is_held = select(_held.c.id).where(_held.c.page_id == _page.c.id, _held.c.kind == DISAPPEARANCE).exists()
    sightings = func.sum(case((_capture.c.run_id == run_id, 1), else_=0))
    for_good = func.max(case((_capture.c.http_status == 410, 1), else_=0))
    return (
        select(
            _page.c.id,
            _page.c.missing_since,
            _page.c.last_seen_at,
            is_held.label("is_held"),
            func.min(_capture.c.captured_at).label("first_missing_at"),
            func.max(_capture.c.captured_at).label("last_missing_at"),
            sightings.label("looks"),
            for_good.label("is_gone_for_good"),
        )
        .join(_capture, _capture.c.page_id == _page.c.id)
        .where(
            unsettled(run_ids),
            _capture.c.standing == Standing.WAITING,
            _capture.c.outcome.in_(_GONE),
            _capture.c.at_url.is_(None),
            _page.c.current_version_id.is_not(None),
            _page.c.state.not_in(_AWAY),
        )
        .group_by(_page.c.id, _page.c.missing_since, _page.c.last_seen_at)
        .order_by(_page.c.id)
    )


def _is_still_missing(row: Row[Any]) -> bool:
    """Whether nothing later than its 404 shows the page."""
    return row.last_seen_at is None or row.last_missing_at is None or row.last_missing_at >= row.last_seen_at


def _is_confirmed(row: Row[Any], run: Row[Any], report: RunReport) -> bool:
    if row.is_gone_for_good:
        return True
    if not report.is_complete:
        return False
    if row.is_held:
        return True
    if run.mode == RunMode.FULL and report.looked_twice and row.looks >= 2:
        return True
    return row.missing_since is not None and row.last_missing_at - row.missing_since >= CONFIRMED_AFTER


def _are_too_many(connection: Connection, site: str | None, count: int) -> bool:
    if count < AT_LEAST:
        return False
    known = select(func.count()).where(_page.c.current_version_id.is_not(None), _page.c.state.not_in(_AWAY))
    if site is not None:
        known = known.where(_page.c.site == site)
    return count > MANY_PAGES or count > MANY_SHARE * (connection.scalar(known) or 0)


def _hold_missing(connection: Connection, row: Row[Any], settling: Settling) -> None:
    hold(connection, DISAPPEARANCE, row.id, "gone together with many others", settling)
    since = row.missing_since or row.first_missing_at
    connection.execute(
        update(_page).where(_page.c.id == row.id).values(state=PageState.SUSPECT.value, missing_since=since)
    )


def _join_lists(connection: Connection, run_id: int) -> None:
    """A page that a list links for the first time is listed: that is no event, it was never seen to be off the lists."""
    found = (_page.c.noted_run_id == run_id) & (_page.c.listing == _NEVER)
    connection.execute(
        update(_page).where(found, _page.c.state == PageState.UNLISTED.value).values(state=PageState.LISTED.value)
    )
    connection.execute(update(_page).where(found, _page.c.state.not_in(_AWAY)).values(listing=int(Listing.LISTED)))


def _noted(run_id: int) -> Any:
    return (_page.c.listing == _UNLISTED) & (_page.c.noted_run_id == run_id)


def _left_out(run: Row[Any]) -> Any:
    is_left_out = (_page.c.noted_run_id.is_(None)) | (_page.c.noted_run_id != run.id)
    return (_page.c.site == run.site) & (_page.c.listing == Listing.LISTED) & is_left_out


def _last_walk(connection: Connection, run: Row[Any]) -> datetime | None:
    """When all lists were walked to their end before: a page that is on one again was on none then."""
    earlier = (_run.c.site == run.site) & (_run.c.id < run.id) & _run.c.is_complete & _run.c.walked_lists
    statement = select(_run.c.started_at).where(earlier).order_by(_run.c.id.desc()).limit(1)
    found: datetime | None = connection.scalar(statement)
    return found


def _change_lists(
    connection: Connection, found: Any, listing: Listing, settling: Settling, last_walk: datetime | None = None
) -> None:
    """Pages that are here and were found on or off the lists: their event, their state. What is in doubt or away waits.

    A page that is on no list any more was on one when the last run that noted it began.
    """
    is_back = listing is Listing.LISTED
    kind = EventKind.RELISTED if is_back else EventKind.UNLISTED
    state = PageState.LISTED if is_back else PageState.UNLISTED
    statement = select(_page, _run.c.started_at).outerjoin(_run, _run.c.id == _page.c.noted_run_id)
    while True:
        pages = connection.execute(statement.where(found, _page.c.state.in_(_HERE)).limit(CHUNK)).all()
        if not pages:
            return
        events = [_list_event(page, kind, settling, last_walk if is_back else page.started_at) for page in pages]
        connection.execute(insert(_event), events)
        connection.execute(
            update(_page)
            .where(_page.c.id.in_([page.id for page in pages]))
            .values(state=state.value, listing=int(listing))
        )


def _list_event(page: Row[Any], kind: EventKind, settling: Settling, not_before: datetime | None) -> dict[str, Any]:
    return {
        "page_id": page.id,
        "run_id": settling.run_id,
        "kind": kind.value,
        "url": page.shown_url,
        "seen_at": settling.recorded_at,
        "not_before": not_before,
        "recorded_at": settling.recorded_at,
        "from_version_id": page.current_version_id,
        "to_version_id": page.current_version_id,
    }


def _with_text(page_id: int) -> Select[Any]:
    return (
        select(_page.c.last_seen_at, _content.c.text_sha256)
        .join(_version, _version.c.id == _page.c.current_version_id)
        .join(_content, _content.c.id == _version.c.content_id)
        .where(_page.c.id == page_id)
    )


def _appeared_after(connection: Connection, page_id: int, moment: Any) -> bool:
    first = connection.scalar(select(_page.c.first_seen_at).where(_page.c.id == page_id))
    return moment is not None and first is not None and first > moment
