"""A page forgotten for good: a court's order, somebody's right. What it said goes; that something went stays.

In this order, so that a kill leaves a whole store at any moment, and the same call, run again, goes on: dictionaries in which it
may stand are replaced; its rows become husks, in one transaction that leaves a removal for each row that a seal holds; packs
with its bytes are made anew; and the freed space is erased (storage/erasing.py).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, delete, func, insert, or_, select, update

from storage import closings, husks
from storage.clocks import SteadyClock, newest_instant
from storage.dictionaries import by_id
from storage.engine import reading
from storage.erasing import erase_freed, overwrite_freed
from storage.filing import packed
from storage.forgotten import stub_of
from storage.keeping import drop_unneeded
from storage.leaves import event_leaf, hash_of
from storage.models import (
    AddressRow,
    AnswerRow,
    BodyRow,
    CaptureRow,
    ContentRow,
    EventRow,
    HeldRow,
    PageRow,
    RemovalRow,
    VersionRow,
    VisitsRow,
    table_of,
)
from storage.pieces import chunks
from storage.recording import insert_one, keep_article
from storage.records import EventKind, PageState
from storage.repacking import rewrite_holed
from storage.replacing import clear_dictionaries
from storage.seal_checks import FORGOTTEN, leaves_of_captures
from storage.seals import seal
from storage.times import utc_now
from storage.transactions import written
from storage.unpacking import COLUMNS, Unpacker
from storage.visits import contents_in_lists, put_back
from storage.word_index import refill, remove_words

_address, _answer, _body, _capture = (table_of(row) for row in (AddressRow, AnswerRow, BodyRow, CaptureRow))
_content, _event, _held, _page = (table_of(row) for row in (ContentRow, EventRow, HeldRow, PageRow))
_removal, _version, _visits = table_of(RemovalRow), table_of(VersionRow), table_of(VisitsRow)
_LEFT: Final = 1000
"""Contents that nothing shows any more are deleted so many at a time."""


@dataclass(frozen=True, slots=True)
class Forgettable:
    """A page and what there is of it. ``urls``: its addresses, today's first; of a forgotten page what is left of them."""

    page_id: int
    urls: tuple[str, ...]
    captures: int
    versions: int
    events: int
    is_forgotten: bool


def look(connection: Connection, page_id: int) -> Forgettable:
    page = connection.execute(select(_page).where(_page.c.id == page_id)).one()
    former = connection.scalars(select(_address.c.shown_url).where(_address.c.page_id == page_id))
    captures, versions, events = (
        connection.scalar(select(func.count()).where(table.c.page_id == page_id)) or 0
        for table in (_capture, _version, _event)
    )
    captures += connection.scalar(select(func.sum(_visits.c.visits)).where(_visits.c.page_id == page_id)) or 0
    is_forgotten = page.state == PageState.FORGOTTEN.value
    return Forgettable(page_id, (page.shown_url, *former), captures, versions, events, is_forgotten)


def forget(engine: Engine, page_ids: Sequence[int], *, clock: Callable[[], datetime] = utc_now) -> None:
    """Forget these pages; those that are forgotten are gone over again. The caller holds the store's lock.

    StoreBusy where the log of SQLite's file is held by a reader: the pages are forgotten, and the log still holds them.
    """
    overwrite_freed(engine)
    now = SteadyClock(clock)
    with reading(engine) as connection:
        now.start(newest_instant(connection))
    for page_id in page_ids:
        with reading(engine) as connection:
            is_known = not look(connection, page_id).is_forgotten
        if is_known:
            clear_dictionaries(engine, page_id, now)
            _forget_rows(engine, page_id, now)
    while _drop_strays(engine):
        pass
    rewrite_holed(engine, now)
    erase_freed(engine)


def _forget_rows(engine: Engine, page_id: int, now: Callable[[], datetime]) -> None:
    written(engine, lambda connection: make_husk(connection, page_id, now()))


def make_husk(connection: Connection, page_id: int, now: datetime) -> None:
    """All of a page but that it was, and its seals' leaves."""
    closings.drop(connection)
    put_back(connection, [page_id])
    page = connection.execute(select(_page).where(_page.c.id == page_id)).one()
    stub = stub_of(page.url)
    _note_removed(connection, page_id, now)
    _tell(connection, page_id, stub, now)
    _untie(connection, page)
    _drop_bytes(connection, page_id)
    _drop_contents(connection, page_id)
    _drop_addresses(connection, page_id, stub)
    connection.execute(
        update(_page).where(_page.c.id == page_id).values(dict(husks.PAGE) | {"url": stub, "shown_url": stub})
    )
    seal(connection, None, now)
    closings.take(connection, now)


def _note_removed(connection: Connection, page_id: int, now: datetime) -> None:
    """What was sealed of each row: the seals above go on to be proven by it."""
    for some in chunks(_sealed(connection, page_id)):
        rows = [
            {"kind": kind, "row_id": row_id, "leaf": leaf, "reason": FORGOTTEN, "removed_at": now}
            for kind, row_id, leaf in some
        ]
        connection.execute(insert(_removal), rows)


def _sealed(connection: Connection, page_id: int) -> Iterator[tuple[str, int, bytes]]:
    """Kind, id and leaf of each row of the page that a seal holds."""
    yield from (("capture", id_, leaf) for id_, leaf in leaves_of_captures(connection, page_id))
    is_sealed = (_version.c.page_id == page_id, _version.c.seal.is_not(None))
    for row in connection.execute(
        select(_version.c.id, _version.c.leaf).where(*is_sealed).order_by(_version.c.id)
    ).all():
        yield "version", row.id, row.leaf
    told = select(_event).where(_event.c.page_id == page_id, _event.c.seal.is_not(None)).order_by(_event.c.id)
    for row in connection.execute(told).all():
        yield "event", row.id, hash_of(event_leaf(row))


def _tell(connection: Connection, page_id: int, stub: str, now: datetime) -> None:
    """One event for all that the page had. It gets its id before they go: no id is given twice."""
    row = {"page_id": page_id, "kind": EventKind.FORGOTTEN.value, "url": stub, "recorded_at": now, "is_past": True}
    told = insert_one(connection, _event, row)
    others = _event.c.folded_into.in_(select(_event.c.id).where(_event.c.page_id == page_id))
    is_elsewhere = _event.c.page_id != page_id
    by_root: dict[int, list[int]] = {}
    folded = select(_event.c.folded_into, _event.c.id).where(others, is_elsewhere).order_by(_event.c.id)
    for root, id_ in connection.execute(folded):
        by_root.setdefault(root, []).append(id_)
    for first, *rest in by_root.values():
        connection.execute(update(_event).where(_event.c.id == first).values(folded_into=None))
        connection.execute(update(_event).where(_event.c.id.in_(rest)).values(folded_into=first))
    connection.execute(delete(_event).where(_event.c.page_id == page_id, _event.c.id != told))


def _untie(connection: Connection, page: Row[Any]) -> None:
    """From the pages of the same article, and from what waits in review."""
    connection.execute(delete(_held).where(or_(_held.c.page_id == page.id, _held.c.other_page_id == page.id)))
    if page.same_as is None:
        return
    others = connection.scalars(
        select(_page.c.id).where(_page.c.same_as == page.same_as, _page.c.id != page.id).order_by(_page.c.id)
    ).all()
    root = others[0] if len(others) > 1 else None
    connection.execute(update(_page).where(_page.c.id.in_(others)).values(same_as=root))


def _drop_bytes(connection: Connection, page_id: int) -> None:
    """Its answers, and the bodies that no other page needs. A body that stands behind one of them is stored without it."""
    answers = select(_answer.c.body_sha256).join(_capture, _capture.c.id == _answer.c.capture_id)
    digests = {
        *connection.scalars(answers.where(_capture.c.page_id == page_id)),
        *connection.scalars(select(_capture.c.body_sha256).where(_capture.c.page_id == page_id)),
    } - {None}
    of_page = select(_capture.c.id).where(_capture.c.page_id == page_id)
    connection.execute(delete(_answer).where(_answer.c.capture_id.in_(of_page)))
    for some in chunks(digests):
        drop_unneeded(connection, some)
        is_kept = select(_answer.c.capture_id).where(_answer.c.body_sha256 == _body.c.sha256).exists()
        left = connection.scalars(select(_body.c.sha256).where(_body.c.sha256.in_(some), ~is_kept)).all()
        _store_without(connection, left)
        drop_unneeded(connection, left)


def _store_without(connection: Connection, bases: Collection[bytes]) -> None:
    """Store anew the bodies that stand behind these, each behind its dictionary alone."""
    unpack = Unpacker(connection)
    for row in connection.execute(select(*COLUMNS).where(_body.c.base_sha256.in_(bases))).all():
        dictionary = None if row.dictionary_id is None else by_id(connection, row.dictionary_id)
        values = packed(unpack, unpack(row), dictionary, None)
        connection.execute(update(_body).where(_body.c.sha256 == row.sha256).values(values))


def _drop_contents(connection: Connection, page_id: int) -> None:
    """Captures and versions become husks; the articles that no other page shows go, with their words."""
    shown = {
        *connection.scalars(select(_capture.c.content_id).where(_capture.c.page_id == page_id)),
        *connection.scalars(select(_version.c.content_id).where(_version.c.page_id == page_id)),
    } - {None}
    nothing, listed = keep_article(connection, husks.NOTHING), contents_in_lists(connection)
    connection.execute(update(_capture).where(_capture.c.page_id == page_id).values(dict(husks.CAPTURE)))
    values = dict(husks.VERSION) | {"content_id": nothing}
    connection.execute(update(_version).where(_version.c.page_id == page_id).values(values))
    for some in chunks(shown):
        kept = {
            *connection.scalars(select(_capture.c.content_id).where(_capture.c.content_id.in_(some)).distinct()),
            *connection.scalars(select(_version.c.content_id).where(_version.c.content_id.in_(some))),
        }
        if left := set(some) - kept - listed:
            _delete_contents(connection, left)


def _delete_contents(connection: Connection, ids: Collection[int]) -> None:
    is_done = remove_words(connection, ids)
    connection.execute(delete(_content).where(_content.c.id.in_(ids)))
    if not is_done:
        refill(connection)


def _drop_addresses(connection: Connection, page_id: int, stub: str) -> None:
    """Former addresses are remembered as today's is: nothing is fetched or recorded there."""
    for url in connection.scalars(select(_address.c.url).where(_address.c.page_id == page_id)).all():
        values = {"url": stub_of(url), "shown_url": stub_of(url), "moved_to": stub}
        connection.execute(update(_address).where(_address.c.url == url).values(values))


def _drop_strays(engine: Engine) -> bool:
    """Contents that neither a capture nor a version shows: what was read of a page before it was read otherwise."""

    def work(connection: Connection) -> bool:
        by_capture = select(_capture.c.content_id).where(_capture.c.content_id.is_not(None))
        by_version = select(_version.c.content_id)
        strays = select(_content.c.id).where(_content.c.id.not_in(by_capture), _content.c.id.not_in(by_version))
        listed = contents_in_lists(connection)
        ids = [id_ for id_ in connection.scalars(strays.order_by(_content.c.id)) if id_ not in listed][:_LEFT]
        if ids:
            _delete_contents(connection, ids)
        return bool(ids)

    return written(engine, work)
