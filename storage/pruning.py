"""The written policy applied to what is there already: ``prune``. A dry run tells what would go, by the same queries.

A few pages at a time, each step a short transaction. Killed at any moment it has dropped some of what it was to drop; run again
it drops the rest. It needs the store's lock: what a crawl is about to settle isn't looked at.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import Engine, func, select

from storage.engine import reading
from storage.keeping import Dropped, Why, drop_answers, let_go_by
from storage.models import AnswerRow, BodyRow, CaptureRow, PackRow, PageRow, table_of
from storage.pieces import CHUNK, chunks
from storage.retention import Retention
from storage.transactions import written

PAGES_AT_ONCE: Final = 200

_answer, _body, _capture = table_of(AnswerRow), table_of(BodyRow), table_of(CaptureRow)
_pack, _page = table_of(PackRow), table_of(PageRow)

Told = Callable[[int], None]
"""How many pages were looked at more."""


@dataclass(slots=True)
class Pruned:
    """What went, or would go: by reason how many captures lose their bytes, and how many those were. ``dropped``: the bodies
    that nothing else needs, and the room that they took."""

    captures: Counter[Why] = field(default_factory=Counter)
    bytes: Counter[Why] = field(default_factory=Counter)
    dropped: Dropped = field(default_factory=Dropped)

    def note(self, rows: Sequence[Any]) -> None:
        for row in rows:
            why = Why(row.why)
            self.captures[why] += 1
            self.bytes[why] += row.size


def prune(engine: Engine, retention: Retention, now: datetime, *, told: Told = lambda _pages: None) -> Pruned:
    """Let go of all bytes that the policy doesn't keep. The caller holds the store's lock."""
    done = Pruned()
    for pages, rows in _steps(engine, retention, now):
        for some in chunks(rows):
            ids = [row.id for row in some]
            dropped = written(engine, partial(drop_answers, capture_ids=ids))
            done.dropped = done.dropped.plus(dropped)
            done.note(some)
        told(pages)
    return done


def survey(engine: Engine, retention: Retention, now: datetime, *, told: Told = lambda _pages: None) -> Pruned:
    """The same without dropping anything: what ``prune`` would say now."""
    found, going = Pruned(), Counter[bytes]()
    for pages, rows in _steps(engine, retention, now):
        found.note(rows)
        going.update(row.body_sha256 for row in rows)
        told(pages)
    found.dropped = _unneeded_without(engine, going)
    return found


def count_pages(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(_page)) or 0


def _steps(engine: Engine, retention: Retention, now: datetime) -> Iterator[tuple[int, list[Any]]]:
    """How many pages were looked at, and the captures of theirs whose bytes go."""
    after = 0
    while True:
        with reading(engine) as connection:
            ids = connection.scalars(
                select(_page.c.id).where(_page.c.id > after).order_by(_page.c.id).limit(PAGES_AT_ONCE)
            ).all()
            if not ids:
                return
            of_pages = _capture.c.page_id.between(ids[0], ids[-1])
            rows = list(let_go_by(connection, of_pages, retention, now))
        yield len(ids), rows
        after = ids[-1]


def _unneeded_without(engine: Engine, going: Counter[bytes]) -> Dropped:
    """The bodies that are left without any answer, or body behind them, once so many answers of each are gone."""
    with reading(engine) as connection:
        bases = _Bases(connection, _left_alone(connection, going))
        gone = bases.all_gone()
        stored, emptied = 0, Counter[int | None]()
        for some in chunks(gone):
            columns = (_body.c.pack_id, func.length(_body.c.data).label("stored"))
            for row in connection.execute(select(*columns).where(_body.c.sha256.in_(some))):
                stored += row.stored
                emptied[row.pack_id] += 1
        del emptied[None]
        return Dropped(len(gone), stored + _packs_emptied(connection, emptied))


def _left_alone(connection: Any, going: Counter[bytes]) -> set[bytes]:
    """The bodies all of whose answers go."""
    alone: set[bytes] = set()
    for some in chunks(going):
        counted = select(_answer.c.body_sha256, func.count()).where(_answer.c.body_sha256.in_(some))
        for digest, answers in connection.execute(counted.group_by(_answer.c.body_sha256)):
            if answers == going[digest]:
                alone.add(digest)
    return alone


class _Bases:
    """Which of some bodies go: a base only with the last body behind it, whether or not it has an answer itself."""

    def __init__(self, connection: Any, alone: set[bytes]) -> None:
        self._connection, self._gone = connection, set(alone)
        self._alone = alone

    def all_gone(self) -> set[bytes]:
        behind = self._behind(self._alone | self._bases_of(self._alone))
        without_answer = {base for base in behind if base in self._alone or not self._has_answer(base)}
        for base, bodies in behind.items():
            if base in without_answer and bodies <= self._alone:
                self._gone.add(base)
            else:
                self._gone.discard(base)
        return self._gone

    def _bases_of(self, digests: Collection[bytes]) -> set[bytes]:
        is_behind = _body.c.base_sha256.is_not(None)
        queries = (select(_body.c.base_sha256).where(_body.c.sha256.in_(some), is_behind) for some in chunks(digests))
        return {base for query in queries for base in self._connection.scalars(query)}

    def _behind(self, bases: Collection[bytes]) -> dict[bytes, set[bytes]]:
        found: dict[bytes, set[bytes]] = defaultdict(set)
        for some in chunks(bases):
            query = select(_body.c.base_sha256, _body.c.sha256).where(_body.c.base_sha256.in_(some))
            for base, digest in self._connection.execute(query):
                found[base].add(digest)
        return found

    def _has_answer(self, digest: bytes) -> bool:
        query = select(_answer.c.capture_id).where(_answer.c.body_sha256 == digest).limit(1)
        return self._connection.scalar(query) is not None


def _packs_emptied(connection: Any, gone: Counter[int | None]) -> int:
    """The bytes of the packs all of whose bodies go."""
    total = 0
    for some in chunks(gone, CHUNK):
        counted = (
            select(_pack.c.id, func.count().label("bodies"), func.length(_pack.c.data).label("stored"))
            .join(_body, _body.c.pack_id == _pack.c.id)
            .where(_pack.c.id.in_(some))
            .group_by(_pack.c.id)
        )
        total += sum(row.stored for row in connection.execute(counted) if row.bodies == gone[row.id])
    return total
