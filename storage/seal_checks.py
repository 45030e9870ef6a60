"""Every seal recomputed from the rows: which row was altered, removed or put in after it was sealed, and is the chain whole?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Table, select

from storage import spans
from storage.damage import Damage
from storage.husks import is_husk_of_capture, is_husk_of_version
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
from storage.models import CaptureRow, EventRow, ModelRow, PageRow, RemovalRow, RunRow, SealRow, VersionRow, table_of
from storage.pieces import chunks
from storage.records import PageState
from storage.seal_lists import PREFIX, Listed, unpack
from storage.seals import answers_of, captures_by_id, leaves_before
from storage.spans import of_runs
from storage.visits import ListedCapture, RunVisits

ALTERED: Final = "was altered after seal {} was made"
REMOVED: Final = "was removed after seal {} was made"
ADDED: Final = "was put under seal {} after that was made"
TAKEN_OUT: Final = "was taken from under seal {} after that was made"

_AT_ONCE: Final = 2000
"""So many leaves are made at a time: a first crawl's seal holds three for each page."""
FORGOTTEN: Final = "forgotten"
"""The reason of removals that stand for rows of a forgotten page."""

_capture, _event, _model = table_of(CaptureRow), table_of(EventRow), table_of(ModelRow)
_page = table_of(PageRow)
_removal, _run, _seal, _version = table_of(RemovalRow), table_of(RunRow), table_of(SealRow), table_of(VersionRow)

_TABLES: Final[Mapping[str, Table]] = {
    "run": _run,
    "model": _model,
    "capture": _capture,
    "version": _version,
    "event": _event,
    "removal": _removal,
}


def check_seals(connection: Connection) -> Iterator[Damage]:
    """All that isn't as it was sealed."""
    before: Row[Any] | None = None
    visits = RunVisits(connection)
    for number in connection.scalars(select(_seal.c.number).order_by(_seal.c.number)).all():
        row = connection.execute(select(_seal).where(_seal.c.number == number)).one()
        yield from _check_chain(row, before)
        yield from _check_asked(connection, row)
        yield from _check_seal(connection, row, visits)
        before = row
    yield from dict.fromkeys(_check_missing(connection))
    yield from spans.outside(connection)


def _check_missing(connection: Connection) -> Iterator[Damage]:
    """Rows say that they are under a seal that isn't there: it was the newest, or they were altered."""
    numbers = select(_seal.c.number)
    for kind, table in _TABLES.items():
        if kind == "capture":
            continue
        gone = select(table.c.id, table.c.seal).where(table.c.seal.is_not(None), table.c.seal.not_in(numbers))
        for id_, number in connection.execute(gone.order_by(table.c.id)):
            yield Damage(kind, str(id_), f"is under seal {number}, which is missing")
            yield Damage("seal", str(number), "is missing")


def _check_asked(connection: Connection, row: Row[Any]) -> Iterator[Damage]:
    """The run that a seal was made for is under it."""
    if row.run_id is not None and connection.scalar(select(_run.c.seal).where(_run.c.id == row.run_id)) != row.number:
        yield Damage("seal", str(row.number), "names a run that isn't under it")


def _check_chain(row: Row[Any], before: Row[Any] | None) -> Iterator[Damage]:
    where = str(row.number)
    expected = 1 if before is None else before.number + 1
    for missing in range(expected, min(row.number, expected + 100)):
        yield Damage("seal", str(missing), "is missing from the chain")
    if row.number == expected and row.previous != (None if before is None else before.hash):
        yield Damage("seal", where, "doesn't quote the seal before it")
    counts = tuple(getattr(row, f"{kind}s") for kind in KINDS)
    if SealText(row.number, row.sealed_at, counts, row.root, row.previous).hash != row.hash:
        yield Damage("seal", where, "its text has another SHA-256")


def _check_seal(connection: Connection, row: Row[Any], visits: RunVisits) -> Iterator[Damage]:
    try:
        listed = unpack(row.listed)
    except ValueError as error:
        yield Damage("seal", str(row.number), f"its list of rows can't be read ({error})")
        return
    for kind in KINDS:
        if len(listed[kind]) != getattr(row, f"{kind}s"):
            yield Damage(
                "seal", str(row.number), f"it says {getattr(row, f'{kind}s')} {kind}s and lists {len(listed[kind])}"
            )
        yield from _strays(connection, kind, listed, row.number, visits)
    found = list(sealed_leaves(connection, listed, visits))
    if any(leaf.hash is None for leaf in found) and root_of([leaf.now for leaf in found if leaf.now]) == row.root:
        yield Damage("seal", str(row.number), "its list of rows was altered, the rows weren't")
        return
    for leaf in found:
        if leaf.hash is None:
            yield Damage(leaf.kind, str(leaf.row_id), (ALTERED if leaf.is_there else REMOVED).format(row.number))
    whole = [leaf.hash for leaf in found if leaf.hash is not None]
    if len(whole) == len(found) and root_of(whole) != row.root:
        yield Damage("seal", str(row.number), "its root isn't that of the rows that it lists")


@dataclass(frozen=True, slots=True)
class SealedLeaf:
    """A row that a seal lists. ``hash``: of its leaf, None where it isn't what was sealed; ``is_there``: the row itself.

    ``now``: of the leaf as the row gives it, whatever the list says; None where there is no row.
    """

    kind: str
    row_id: int
    hash: bytes | None
    is_there: bool = True
    now: bytes | None = None


def sealed_leaves(connection: Connection, listed: Listed, visits: RunVisits) -> Iterator[SealedLeaf]:
    """The leaves of a seal as its rows give them now, in the order of the tree."""
    in_lists: dict[int, list[bytes]] | None = None
    for kind in KINDS:
        for some in chunks(listed[kind], _AT_ONCE):
            leaves = _leaves_now(connection, kind, [id_ for id_, _ in some])
            if kind == "capture" and len(leaves) < len(some):
                if in_lists is None:
                    in_lists = _of_listed(connection, _visits_under(visits, listed))
                leaves = {id_: in_lists[id_] for id_, _ in some if id_ in in_lists} | leaves
            for id_, prefix in some:
                found = next((leaf for leaf in leaves.get(id_, ()) if leaf[:PREFIX] == prefix), None)
                yield SealedLeaf(kind, id_, found, id_ in leaves, found or next(iter(leaves.get(id_, ())), None))


def _leaves_now(connection: Connection, kind: str, ids: Sequence[int]) -> dict[int, list[bytes]]:
    """What each row's leaf is now; several where a page was joined with another since. Of a removed event, what it was."""
    if kind == "capture":
        return _of_captures(connection, ids) | _of_husks(connection, kind, ids)
    if kind == "version":
        return _of_versions(connection, ids) | _of_husks(connection, kind, ids)
    make = {"run": run_leaf, "model": model_leaf, "event": event_leaf, "removal": removal_leaf}[kind]
    found = {row.id: [hash_of(make(row))] for row in _rows(connection, _TABLES[kind], ids)}
    if kind == "event":
        gone = _removal.c.kind == "event"
        for some in chunks(id_ for id_ in ids if id_ not in found):
            for left in connection.execute(select(_removal).where(gone, _removal.c.row_id.in_(some))):
                found[left.row_id] = [left.leaf]
    return found


def _of_husks(connection: Connection, kind: str, ids: Sequence[int]) -> dict[int, list[bytes]]:
    """Of captures and versions of forgotten pages what was sealed of them; nothing where the row holds more than a husk does."""
    table, is_husk = (_capture, is_husk_of_capture()) if kind == "capture" else (_version, is_husk_of_version())
    is_removed = (_removal.c.kind == kind, _removal.c.reason == FORGOTTEN)
    found: dict[int, list[bytes]] = {}
    for some in chunks(ids):
        statement = (
            select(table.c.id, _removal.c.leaf, is_husk.label("is_husk"), _page.c.state)
            .join(_removal, _removal.c.row_id == table.c.id)
            .join(_page, _page.c.id == table.c.page_id)
            .where(table.c.id.in_(some), *is_removed)
        )
        for row in connection.execute(statement):
            is_forgotten = row.is_husk and row.state == PageState.FORGOTTEN
            found.setdefault(row.id, []).extend([row.leaf] if is_forgotten else [])
    return found


def leaves_of_captures(connection: Connection, page_id: int) -> Iterator[tuple[int, bytes]]:
    """The page's captures that a seal holds, each with the leaf that was sealed of it."""
    statement = (
        select(_capture.c.id, _run.c.seal)
        .join(_run, _run.c.id == _capture.c.run_id)
        .where(_capture.c.page_id == page_id, _run.c.seal.is_not(None))
        .order_by(_run.c.seal, _capture.c.id)
    )
    rows = connection.execute(statement).all()
    found = _of_captures(connection, [row.id for row in rows])
    for number, group in groupby(rows, key=lambda row: row.seal):
        some = list(group)
        # Where a page was joined with this one since, its captures were sealed as that page's.
        is_joined = any(len(found[row.id]) > 1 for row in some)
        listed = _listed(connection, number) if is_joined else {}
        for row in some:
            prefix, leaves = listed.get(row.id), found[row.id]
            yield row.id, next((leaf for leaf in leaves if leaf[:PREFIX] == prefix), leaves[0])


def _listed(connection: Connection, number: int) -> dict[int, bytes]:
    return dict(
        unpack(connection.execute(select(_seal.c.listed).where(_seal.c.number == number)).scalar_one())["capture"]
    )


def _rows(connection: Connection, table: Table, ids: Sequence[int]) -> Iterator[Row[Any]]:
    for some in chunks(ids):
        yield from connection.execute(select(table).where(table.c.id.in_(some)))


def _of_captures(connection: Connection, ids: Sequence[int]) -> dict[int, list[bytes]]:
    return _leaves_of(_joined(connection), captures_by_id(connection, ids))


def _of_listed(connection: Connection, listed: Iterable[ListedCapture]) -> dict[int, list[bytes]]:
    """Those of captures that stand in lists. One that is a row too is told by the row."""
    return _leaves_of(_joined(connection), listed)


def _visits_under(visits: RunVisits, listed: Listed) -> list[ListedCapture]:
    return [capture for run_id, _ in listed["run"] for capture in visits.of(run_id)]


def _leaves_of(joined: Mapping[int, Sequence[int]], captures: Iterable[Any]) -> dict[int, list[bytes]]:
    found = {}
    for row in captures:
        pages = [row.page_id, *_all_joined(joined, row.page_id)]
        found[row.id] = [hash_of(capture_leaf(row, page_id)) for page_id in pages]
    return found


def _joined(connection: Connection) -> dict[int, list[int]]:
    """By page, those that were joined with it."""
    joined: dict[int, list[int]] = {}
    for left in connection.execute(select(_removal).where(_removal.c.kind == "page")):
        joined.setdefault(left.into_id, []).append(left.row_id)
    return joined


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


def _strays(connection: Connection, kind: str, listed: Listed, number: int, visits: RunVisits) -> Iterator[Damage]:
    """Rows that say they are under this seal and that it doesn't list, and those that it lists and that say otherwise."""
    ids = {id_ for id_, _ in listed[kind]}
    table = _TABLES[kind]
    runs = [of_runs(some) for some in chunks(id_ for id_, _ in listed["run"])]
    of_seal: list[ColumnElement[bool]] = [*runs] if kind == "capture" else [table.c.seal == number]
    said = {id_ for where in of_seal for id_ in connection.scalars(select(table.c.id).where(where))}
    if kind == "capture":
        said |= {capture.id for capture in _visits_under(visits, listed)}
    for id_ in sorted(said - ids):
        yield Damage(kind, str(id_), ADDED.format(number))
    for some in chunks(sorted(ids - said)):
        for id_ in connection.scalars(select(table.c.id).where(table.c.id.in_(some))):
            yield Damage(kind, str(id_), TAKEN_OUT.format(number))
