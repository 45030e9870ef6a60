"""Every seal recomputed from the rows: which row was altered, removed or put in after it was sealed, and is the chain whole?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Table, select

from storage.leaves import (
    KINDS,
    SealText,
    capture_leaf,
    event_leaf,
    hash_of,
    model_leaf,
    removal_leaf,
    root_of,
    run_leaf,
    version_leaf,
)
from storage.models import CaptureRow, EventRow, ModelRow, RemovalRow, RunRow, SealRow, VersionRow, table_of
from storage.pieces import chunks
from storage.seal_lists import PREFIX, Listed, unpack
from storage.seals import answers_of, captures_by_id, leaves_before

ALTERED: Final = "was altered after seal {} was made"
REMOVED: Final = "was removed after seal {} was made"
ADDED: Final = "was put under seal {} after that was made"
TAKEN_OUT: Final = "was taken from under seal {} after that was made"

_capture, _event, _model = table_of(CaptureRow), table_of(EventRow), table_of(ModelRow)
_removal, _run, _seal, _version = table_of(RemovalRow), table_of(RunRow), table_of(SealRow), table_of(VersionRow)

_TABLES: Final[Mapping[str, Table]] = {
    "run": _run,
    "model": _model,
    "capture": _capture,
    "version": _version,
    "event": _event,
    "removal": _removal,
}


@dataclass(frozen=True, slots=True)
class Broken:
    """``what`` is the table, ``where`` the row's id."""

    what: str
    where: str
    message: str


def check_seals(connection: Connection) -> Iterator[Broken]:
    """All that isn't as it was sealed."""
    before: Row[Any] | None = None
    for number in connection.scalars(select(_seal.c.number).order_by(_seal.c.number)).all():
        row = connection.execute(select(_seal).where(_seal.c.number == number)).one()
        yield from _check_chain(row, before)
        yield from _check_seal(connection, row)
        before = row


def _check_chain(row: Row[Any], before: Row[Any] | None) -> Iterator[Broken]:
    where = str(row.number)
    expected = 1 if before is None else before.number + 1
    for missing in range(expected, min(row.number, expected + 100)):
        yield Broken("seal", str(missing), "is missing from the chain")
    if row.number == expected and row.previous != (None if before is None else before.hash):
        yield Broken("seal", where, "doesn't quote the seal before it")
    counts = tuple(getattr(row, f"{kind}s") for kind in KINDS)
    if SealText(row.number, row.sealed_at, counts, row.root, row.previous).hash != row.hash:
        yield Broken("seal", where, "its text has another SHA-256")


def _check_seal(connection: Connection, row: Row[Any]) -> Iterator[Broken]:
    try:
        listed = unpack(row.listed)
    except ValueError as error:
        yield Broken("seal", str(row.number), f"its list of rows can't be read ({error})")
        return
    for kind in KINDS:
        if len(listed[kind]) != getattr(row, f"{kind}s"):
            yield Broken(
                "seal", str(row.number), f"it says {getattr(row, f'{kind}s')} {kind}s and lists {len(listed[kind])}"
            )
        yield from _strays(connection, kind, listed, row.number)
    found = list(sealed_leaves(connection, listed))
    for leaf in found:
        if leaf.hash is None:
            yield Broken(leaf.kind, str(leaf.row_id), (ALTERED if leaf.is_there else REMOVED).format(row.number))
    whole = [leaf.hash for leaf in found if leaf.hash is not None]
    if len(whole) == len(found) and root_of(whole) != row.root:
        yield Broken("seal", str(row.number), "its root isn't that of the rows that it lists")


@dataclass(frozen=True, slots=True)
class SealedLeaf:
    """A row that a seal lists. ``hash``: of its leaf, None where it isn't what was sealed; ``is_there``: the row itself."""

    kind: str
    row_id: int
    hash: bytes | None
    is_there: bool = True


def sealed_leaves(connection: Connection, listed: Listed) -> Iterator[SealedLeaf]:
    """The leaves of a seal as its rows give them now, in the order of the tree."""
    for kind in KINDS:
        leaves = _leaves_now(connection, kind, [id_ for id_, _ in listed[kind]])
        for id_, prefix in listed[kind]:
            found = next((leaf for leaf in leaves.get(id_, ()) if leaf[:PREFIX] == prefix), None)
            yield SealedLeaf(kind, id_, found, id_ in leaves)


def _leaves_now(connection: Connection, kind: str, ids: Sequence[int]) -> dict[int, list[bytes]]:
    """What each row's leaf is now; several where a page was joined with another since. Of a removed event, what it was."""
    if kind == "capture":
        return _of_captures(connection, ids)
    if kind == "version":
        return _of_versions(connection, ids)
    make = {"run": run_leaf, "model": model_leaf, "event": event_leaf, "removal": removal_leaf}[kind]
    found = {row.id: [hash_of(make(row))] for row in _rows(connection, _TABLES[kind], ids)}
    if kind == "event":
        gone = _removal.c.kind == "event"
        for some in chunks(id_ for id_ in ids if id_ not in found):
            for left in connection.execute(select(_removal).where(gone, _removal.c.row_id.in_(some))):
                found[left.row_id] = [left.leaf]
    return found


def _rows(connection: Connection, table: Table, ids: Sequence[int]) -> Iterator[Row[Any]]:
    for some in chunks(ids):
        yield from connection.execute(select(table).where(table.c.id.in_(some)))


def _of_captures(connection: Connection, ids: Sequence[int]) -> dict[int, list[bytes]]:
    joined: dict[int, list[int]] = {}
    for left in connection.execute(select(_removal).where(_removal.c.kind == "page")):
        joined.setdefault(left.into_id, []).append(left.row_id)
    found = {}
    for row in captures_by_id(connection, ids):
        pages = [row.page_id, *_all_joined(joined, row.page_id)]
        found[row.id] = [hash_of(capture_leaf(row, page_id)) for page_id in pages]
    return found


def _all_joined(joined: Mapping[int, Sequence[int]], page_id: int) -> Iterator[int]:
    """The pages that were joined with this one, and with these before."""
    for other in joined.get(page_id, ()):
        yield other
        yield from _all_joined({into: ids for into, ids in joined.items() if into != page_id}, other)


def _of_versions(connection: Connection, ids: Sequence[int]) -> dict[int, list[bytes]]:
    found = {}
    for some in chunks(ids):
        rows = connection.execute(select(_version).where(_version.c.id.in_(some))).all()
        openers = {
            row.id: hash_of(capture_leaf(row)) for row in captures_by_id(connection, [row.opened_by for row in rows])
        }
        answers = answers_of(connection, [row.opened_by for row in rows])
        before = leaves_before(connection, rows)
        for row in rows:
            opener, answer = openers.get(row.opened_by, b""), answers.get(row.opened_by)
            leaf = hash_of(version_leaf(row, opener, answer, before.get(row.id)))
            found[row.id] = [leaf if leaf == row.leaf else b""]
    return found


def _strays(connection: Connection, kind: str, listed: Listed, number: int) -> Iterator[Broken]:
    """Rows that say they are under this seal and that it doesn't list, and those that it lists and that say otherwise."""
    ids = {id_ for id_, _ in listed[kind]}
    table = _TABLES[kind]
    of_runs = [_capture.c.run_id.in_(some) for some in chunks(id_ for id_, _ in listed["run"])]
    of_seal: list[ColumnElement[bool]] = [*of_runs] if kind == "capture" else [table.c.seal == number]
    said = {id_ for where in of_seal for id_ in connection.scalars(select(table.c.id).where(where))}
    for id_ in sorted(said - ids):
        yield Broken(kind, str(id_), ADDED.format(number))
    for some in chunks(sorted(ids - said)):
        for id_ in connection.scalars(select(table.c.id).where(table.c.id.in_(some))):
            yield Broken(kind, str(id_), TAKEN_OUT.format(number))
