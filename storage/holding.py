"""What is held back until a second crawl agrees or a person has looked: what is doubted, and pages gone by the dozen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from storage.doubts import FIELD_LOST, SIGHTINGS, Doubts
from storage.histories import Settling, insert_event, rebuild
from storage.keeping import drop_superseded
from storage.models import CaptureRow, ContentRow, HeldRow, Listing, PageRow, Standing, table_of
from storage.records import EventKind, Outcome, PageState

DISAPPEARANCE: Final = "disappearance"
POSSIBLE_MOVE: Final = "possible_move"

_MISSING: Final = (Outcome.GONE.value, Outcome.SOFT_404.value, Outcome.MOVED.value)
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)

_capture, _content, _held, _page = table_of(CaptureRow), table_of(ContentRow), table_of(HeldRow), table_of(PageRow)


def settle_sightings(
    connection: Connection, page_id: int, rows: Sequence[Row[Any]], settling: Settling, doubts: Doubts
) -> bool:
    """Count a page's waiting captures, or hold those that can't be believed yet; whether any was counted."""
    is_counted = False
    for row in rows:
        doubt = doubts.about(row)
        may_agree = doubt is not None or row.state == PageState.SUSPECT
        if (may_agree and _agrees(connection, row)) or doubt is None:
            let_go(connection, page_id, *SIGHTINGS)
            stand(connection, [row.id], Standing.COUNTED)
            is_counted = True
        else:
            _hold_sighting(connection, row, *doubt, settling)
    if is_counted:
        count(connection, page_id, settling, max(rows, key=lambda row: row.captured_at or _LONG_AGO).captured_at)
    return is_counted


def count(connection: Connection, page_id: int, settling: Settling, seen_at: datetime | None) -> None:
    """Derive the page's history with what was counted just now, the latest of it at ``seen_at``."""
    was_shown = connection.scalar(select(_page.c.current_version_id).where(_page.c.id == page_id))
    rebuild(connection, page_id, settling)
    _recover(connection, page_id, settling, seen_at, was_shown)
    drop_superseded(connection, page_id, settling.retention)


def stand(connection: Connection, capture_ids: Sequence[int], standing: Standing) -> None:
    connection.execute(update(_capture).where(_capture.c.id.in_(capture_ids)).values(standing=int(standing)))


def let_go(connection: Connection, page_id: int, *kinds: str) -> None:
    """What was held of a page is settled by a later crawl: it waits no longer."""
    rows = select(_held.c.capture_id).where(_held.c.page_id == page_id, _held.c.kind.in_(kinds))
    captures = [capture_id for capture_id in connection.scalars(rows) if capture_id is not None]
    connection.execute(delete(_held).where(_held.c.page_id == page_id, _held.c.kind.in_(kinds)))
    still_held = _capture.c.id.in_(captures) & (_capture.c.standing == Standing.HELD)
    connection.execute(update(_capture).where(still_held).values(standing=int(Standing.PASSED)))


def hold(connection: Connection, kind: str, page_id: int, reason: str, settling: Settling, **more: int | None) -> None:
    """Put a page on the list of ``review``; once for each kind."""
    let_go(connection, page_id, kind)
    row = {
        "kind": kind,
        "page_id": page_id,
        "run_id": settling.run_id,
        "reason": reason,
        "held_at": settling.recorded_at,
    }
    connection.execute(insert(_held).values(row | more))


def set_state(connection: Connection, page_id: int, state: PageState) -> None:
    connection.execute(update(_page).where(_page.c.id == page_id).values(state=state.value))


def back_to_lists(connection: Connection, page_id: int, run_id: int | None) -> None:
    """The page is where it was: on the lists, or off them."""
    page = connection.execute(select(_page).where(_page.c.id == page_id)).one()
    is_found = page.listing == Listing.NEVER and page.noted_run_id is not None and page.noted_run_id == run_id
    is_listed = page.listing == Listing.LISTED or is_found
    values = {
        "state": (PageState.LISTED if is_listed else PageState.UNLISTED).value,
        "listing": int(Listing.LISTED) if is_listed else page.listing,
        "missing_since": None,
        "moved_to": None,
    }
    connection.execute(update(_page).where(_page.c.id == page_id).values(values))


def _recover(
    connection: Connection, page_id: int, settling: Settling, seen_at: datetime | None, was_shown: int | None
) -> None:
    """A page that shows an article is here: one that was gone is restored, one in doubt is so no longer.

    A capture from before it was gone says nothing of that.
    """
    page = connection.execute(select(_page).where(_page.c.id == page_id)).one()
    last_missing = _last_missing(connection, page_id)
    is_later = last_missing is None or (seen_at is not None and seen_at > last_missing)
    if not is_later and page.state != PageState.PENDING:
        return
    let_go(connection, page_id, DISAPPEARANCE)
    if page.state in {PageState.GONE, PageState.MOVED}:
        values = {
            "kind": EventKind.RESTORED.value,
            "seen_at": seen_at,
            "not_before": last_missing,
            "from_version_id": was_shown,
            "to_version_id": page.current_version_id,
        }
        insert_event(connection, values, settling, page)
    back_to_lists(connection, page_id, settling.run_id)


def _last_missing(connection: Connection, page_id: int) -> datetime | None:
    """When the page was last seen not to be here."""
    is_missing = (
        _capture.c.page_id == page_id,
        _capture.c.outcome.in_(_MISSING),
        _capture.c.at_url.is_(None),
    )
    statement = select(_capture.c.captured_at).where(*is_missing, _capture.c.captured_at.is_not(None))
    found: datetime | None = connection.scalar(statement.order_by(_capture.c.captured_at.desc()).limit(1))
    return found


def _agrees(connection: Connection, row: Row[Any]) -> bool:
    """Whether an earlier crawl saw the same text, or lack of a field, which is what is in doubt; what it saw counts then too.

    Not the same content: that covers the hashes of files, and one of the two crawls may have gone without ``--media``.
    """
    statement = (
        select(_held.c.id, _held.c.capture_id)
        .join(_capture, _capture.c.id == _held.c.capture_id)
        .join(_content, _content.c.id == _capture.c.content_id)
        .where(_held.c.page_id == row.page_id, _held.c.kind.in_(SIGHTINGS), _capture.c.run_id != row.run_id)
        .where(_content.c.text_sha256 == row.text_sha256)
        .where((_held.c.kind != FIELD_LOST) | (_content.c.present == row.present))
    )
    earlier = connection.execute(statement).all()
    stand(connection, [held.capture_id for held in earlier], Standing.COUNTED)
    return bool(earlier)


def _hold_sighting(connection: Connection, row: Row[Any], kind: str, reason: str, settling: Settling) -> None:
    let_go(connection, row.page_id, *SIGHTINGS)
    hold(connection, kind, row.page_id, reason, settling, capture_id=row.id)
    stand(connection, [row.id], Standing.HELD)
    set_state(connection, row.page_id, PageState.SUSPECT)
