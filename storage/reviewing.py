"""A person's answers to what is held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select

from storage.absences import call_gone
from storage.doubts import SIGHTINGS
from storage.errors import UnknownRecord
from storage.histories import Settling
from storage.holding import DISAPPEARANCE, POSSIBLE_MOVE, back_to_lists, count, let_go, stand
from storage.models import CaptureRow, EventRow, HeldRow, PageRow, Standing, table_of
from storage.moves import link_pages
from storage.records import Settlement
from storage.retention import DEFAULT, Retention

_capture, _event, _held, _page = table_of(CaptureRow), table_of(EventRow), table_of(HeldRow), table_of(PageRow)


def accept(
    connection: Connection, held_ids: Sequence[int], recorded_at: datetime, retention: Retention = DEFAULT
) -> Settlement:
    """What was held is so: pages are gone, a text has shrunk, a page has moved."""
    newest = connection.scalar(select(func.max(_event.c.id))) or 0
    for row in _rows(connection, held_ids):
        settling = Settling(row.run_id, recorded_at, retention=retention)
        connection.execute(delete(_held).where(_held.c.id == row.id))
        if row.kind == DISAPPEARANCE:
            call_gone(connection, row.page_id, settling)
        elif row.kind in SIGHTINGS:
            _accept_sighting(connection, row, settling)
        elif row.kind == POSSIBLE_MOVE:
            _accept_move(connection, row, settling)
    told = connection.scalars(select(_event.c.kind).where(_event.c.id > newest))
    return Settlement(dict(Counter(told)))


def reject(connection: Connection, held_ids: Sequence[int]) -> Settlement:
    """What was held isn't so: the record stays as it was."""
    for row in _rows(connection, held_ids):
        connection.execute(delete(_held).where(_held.c.id == row.id))
        if row.capture_id is not None:
            stand(connection, [row.capture_id], Standing.REJECTED)
        if row.kind != POSSIBLE_MOVE:
            back_to_lists(connection, row.page_id, None)
    return Settlement({})


def _rows(connection: Connection, held_ids: Sequence[int]) -> Sequence[Row[Any]]:
    rows = connection.execute(select(_held).where(_held.c.id.in_(held_ids)).order_by(_held.c.id)).all()
    unknown = sorted(set(held_ids) - {row.id for row in rows})
    if unknown:
        raise UnknownRecord(f"held page {', '.join(map(str, unknown))}; `csto-watch review` lists them")
    return rows


def _accept_sighting(connection: Connection, row: Row[Any], settling: Settling) -> None:
    capture = connection.execute(select(_capture).where(_capture.c.id == row.capture_id)).one()
    if capture.content_id is None:
        # Nothing was read of it that a version could hold: to accept it is to say that the page is all right.
        stand(connection, [capture.id], Standing.PASSED)
        back_to_lists(connection, row.page_id, None)
        return
    stand(connection, [capture.id], Standing.COUNTED)
    count(connection, row.page_id, settling, capture.captured_at)


def _accept_move(connection: Connection, row: Row[Any], settling: Settling) -> None:
    pages = {
        page.id: page
        for page in connection.execute(select(_page).where(_page.c.id.in_([row.page_id, row.other_page_id])))
    }
    old, new = pages[row.page_id], pages[row.other_page_id]
    let_go(connection, old.id, DISAPPEARANCE)
    link_pages(connection, old, new, settling, seen_at=new.first_seen_at, not_before=old.last_seen_at)
