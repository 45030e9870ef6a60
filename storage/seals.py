"""Sealing: what a run has added is put under one hash, and that hash under the next run's.

Sealed are the runs that have ended and are settled, with their captures, and all versions, events, models and removals that no
seal holds yet. It is part of the transaction that settles: a store is never settled and unsealed. A store from before there were
seals gets its first one, over all of its history, when it next settles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, Table, bindparam, insert, select, update

from storage.leaves import (
    KINDS,
    SealText,
    answer_leaf,
    capture_leaf,
    event_leaf,
    hash_of,
    model_leaf,
    removal_leaf,
    root_of,
    run_leaf,
    version_leaf,
)
from storage.models import (
    AnswerRow,
    CaptureRow,
    ContentRow,
    EventRow,
    ModelRow,
    RemovalRow,
    RunRow,
    SealRow,
    VersionRow,
    table_of,
)
from storage.pieces import chunks
from storage.seal_lists import pack
from storage.spans import of_runs

_PIECE: Final = 1000
Leaves = list[tuple[int, bytes]]
"""Ids of rows in the order of the tree, each with the hash of its leaf."""

_answer, _capture, _content = table_of(AnswerRow), table_of(CaptureRow), table_of(ContentRow)
_event, _model, _removal = table_of(EventRow), table_of(ModelRow), table_of(RemovalRow)
_run, _seal, _version = table_of(RunRow), table_of(SealRow), table_of(VersionRow)


def seal(connection: Connection, run_id: int | None, sealed_at: datetime) -> int | None:
    """Seal all that is settled and that no seal holds; the seal's number, None where there is nothing. ``run_id``: who asks."""
    last = connection.execute(
        select(_seal.c.number, _seal.c.hash).order_by(_seal.c.number.desc()).limit(1)
    ).one_or_none()
    number = 1 if last is None else last.number + 1
    leaves = _gather(connection)
    if not any(leaves.values()):
        return None
    said = SealText(
        number=number,
        sealed_at=sealed_at,
        counts=tuple(len(leaves[kind]) for kind in KINDS),
        root=root_of([leaf for kind in KINDS for _, leaf in leaves[kind]]),
        previous=None if last is None else last[1],
    )
    connection.execute(insert(_seal).values(_row(said, run_id, pack(leaves))))
    _mark(connection, leaves, number)
    return number


def _row(said: SealText, run_id: int | None, listed: bytes) -> dict[str, Any]:
    counts = {f"{kind}s": count for kind, count in zip(KINDS, said.counts, strict=True)}
    return counts | {
        "number": said.number,
        "run_id": run_id,
        "sealed_at": said.sealed_at,
        "root": said.root,
        "previous": said.previous,
        "hash": said.hash,
        "listed": listed,
    }


def _gather(connection: Connection) -> dict[str, Leaves]:
    """The leaves of what no seal holds, by kind."""
    runs = connection.execute(select(_run).where(_run.c.is_settled, _run.c.seal.is_(None)).order_by(_run.c.id)).all()
    captures = [(row.id, hash_of(capture_leaf(row))) for run in runs for row in captures_of(connection, run.id)]
    return {
        "run": [(row.id, hash_of(run_leaf(row))) for row in runs],
        "model": [(row.id, hash_of(model_leaf(row))) for row in _unsealed(connection, _model)],
        "capture": captures,
        "version": _new_versions(connection, dict(captures)),
        "event": [(row.id, hash_of(event_leaf(row))) for row in _unsealed_events(connection)],
        "removal": [(row.id, hash_of(removal_leaf(row))) for row in _unsealed(connection, _removal)],
    }


def captures_of(connection: Connection, run_id: int) -> Iterator[Row[Any]]:
    """A run's captures with the hashes of what they show, by id, some in memory at a time."""
    after = 0
    while rows := connection.execute(_captures().where(of_runs([run_id]), _capture.c.id > after)).all():
        yield from rows
        after = rows[-1].id


def captures_by_id(connection: Connection, ids: Sequence[int]) -> Iterator[Row[Any]]:
    for some in chunks(ids):
        yield from connection.execute(_captures().where(_capture.c.id.in_(some)))


def _captures() -> Select[Any]:
    return (
        select(_capture, _content.c.key, _content.c.content_sha256)
        .outerjoin(_content, _content.c.id == _capture.c.content_id)
        .order_by(_capture.c.id)
        .limit(_PIECE)
    )


def _unsealed(connection: Connection, table: Table) -> Sequence[Row[Any]]:
    return connection.execute(select(table).where(table.c.seal.is_(None)).order_by(table.c.id)).all()


def _unsealed_events(connection: Connection) -> Sequence[Row[Any]]:
    """Those of a run that isn't settled may still be taken back."""
    is_settled = (
        _event.c.run_id.is_(None) | select(_run.c.id).where(_run.c.id == _event.c.run_id, _run.c.is_settled).exists()
    )
    return connection.execute(select(_event).where(_event.c.seal.is_(None), is_settled).order_by(_event.c.id)).all()


def _new_versions(connection: Connection, sealed_now: dict[int, bytes]) -> Leaves:
    """The versions that no seal holds, each chained to the one before it on its page; the chain is written under them."""
    # Asked of each version: joined, SQLite begins with the runs, and reads every capture that there is.
    is_settled = (
        select(_run.c.id)
        .join(_capture, _capture.c.run_id == _run.c.id)
        .where(_capture.c.id == _version.c.opened_by, _run.c.is_settled)
        .exists()
    )
    statement = select(_version).where(_version.c.seal.is_(None), is_settled).order_by(_version.c.id)
    found: Leaves = []
    chained: dict[tuple[int, int], bytes] = {}
    for rows in chunks(connection.execute(statement).all()):
        openers = _openers(connection, rows, sealed_now)
        answers = answers_of(connection, [row.opened_by for row in rows])
        sealed = leaves_before(connection, rows)
        for row in rows:
            before = chained.get((row.page_id, row.number - 1), sealed.get(row.id))
            leaf = hash_of(version_leaf(row, openers[row.opened_by], answers.get(row.opened_by), before))
            chained[row.page_id, row.number] = leaf
            found.append((row.id, leaf))
    if found:
        statement_of = update(_version).where(_version.c.id == bindparam("version")).values(leaf=bindparam("hash"))
        connection.execute(statement_of, [{"version": id_, "hash": leaf} for id_, leaf in found])
    return found


def _openers(connection: Connection, rows: Sequence[Row[Any]], sealed_now: dict[int, bytes]) -> dict[int, bytes]:
    """The leaves of the captures that opened them; an older one opens a version where it was held until now."""
    older = [row.opened_by for row in rows if row.opened_by not in sealed_now]
    found = {row.id: hash_of(capture_leaf(row)) for row in captures_by_id(connection, older)}
    return found | {row.opened_by: sealed_now[row.opened_by] for row in rows if row.opened_by in sealed_now}


def answers_of(connection: Connection, capture_ids: Sequence[int]) -> dict[int, bytes]:
    """The leaves of the answers that are kept of these captures."""
    found: dict[int, bytes] = {}
    for some in chunks(capture_ids):
        rows = connection.execute(select(_answer).where(_answer.c.capture_id.in_(some)))
        found.update((row.capture_id, hash_of(answer_leaf(row))) for row in rows)
    return found


def leaves_before(connection: Connection, rows: Sequence[Row[Any]]) -> dict[int, bytes]:
    """By version, the leaf of its page's version with the number before; those that were sealed."""
    before = _version.alias("before")
    is_before = (before.c.page_id == _version.c.page_id) & (before.c.number == _version.c.number - 1)
    later = [row.id for row in rows if row.number > 1]
    statement = select(_version.c.id, before.c.leaf).join(before, is_before).where(_version.c.id.in_(later))
    return {id_: leaf for id_, leaf in connection.execute(statement) if leaf is not None}


def _mark(connection: Connection, leaves: dict[str, Leaves], number: int) -> None:
    """Write under each row which seal holds it. Captures are held with their run."""
    tables = {"run": _run, "model": _model, "version": _version, "event": _event, "removal": _removal}
    for kind, table in tables.items():
        for some in chunks(leaves[kind]):
            ids = [id_ for id_, _ in some]
            connection.execute(update(table).where(table.c.id.in_(ids)).values(seal=number))


def note_removed(connection: Connection, events: Sequence[Row[Any]], reason: str, removed_at: datetime) -> None:
    """Leave in the record what stood for events that are taken back; of those that no seal holds nothing need be left."""
    rows = [
        {
            "kind": "event",
            "row_id": row.id,
            "leaf": hash_of(event_leaf(row)),
            "reason": reason,
            "removed_at": removed_at,
        }
        for row in events
        if row.seal is not None
    ]
    if rows:
        connection.execute(insert(_removal), rows)


def note_joined(connection: Connection, page_id: int, into_id: int, removed_at: datetime) -> None:
    """Leave in the record that a page's captures belong to another page now, where a seal holds any of them."""
    sealed = (
        select(_capture.c.id)
        .join(_run, _run.c.id == _capture.c.run_id)
        .where(_capture.c.page_id == page_id, _run.c.seal.is_not(None))
    )
    if connection.scalar(sealed.limit(1)) is not None:
        row = {"kind": "page", "row_id": page_id, "into_id": into_id, "reason": "joined", "removed_at": removed_at}
        connection.execute(insert(_removal).values(row))


def newest_seal(connection: Connection) -> tuple[int, bytes] | None:
    """Its number and its hash."""
    last = select(_seal.c.number, _seal.c.hash).order_by(_seal.c.number.desc()).limit(1)
    row = connection.execute(last).one_or_none()
    return None if row is None else (row.number, row.hash)
