"""What proves a version: its leaf, the chain of its page, the way up to its run's seal, and the seals from there on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, overload

from sqlalchemy import Connection, Row, select

from storage import bodies
from storage.leaves import KINDS, SealText, answer_leaf, capture_leaf, event_leaf, hash_of, path_of, version_leaf
from storage.models import (
    AnswerRow,
    BodyRow,
    CaptureRow,
    ContentRow,
    EventRow,
    RunRow,
    SealRow,
    VersionRow,
    table_of,
)
from storage.seal_checks import sealed_leaves
from storage.seal_lists import Rows, unpack
from storage.seals import captures_by_id
from storage.stamps import Stamp, stamps_from
from storage.unpacking import COLUMNS, Unpacker
from storage.visits import RunVisits

_answer, _body, _capture, _content = (table_of(row) for row in (AnswerRow, BodyRow, CaptureRow, ContentRow))
_event, _run, _seal, _version = (table_of(row) for row in (EventRow, RunRow, SealRow, VersionRow))
_SIZE: Final = 32
"""Bytes of a SHA-256."""


class NotProven(Exception):
    """There is no proof: the version is in no seal yet, or the store isn't as it was sealed."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The capture that opened a version: what came over the wire. ``leaf``: what is sealed of it."""

    captured_at: datetime | None
    leaf: str
    answer_leaf: str | None
    headers: str | None
    body: bytes | None
    is_whole: bool
    media_type: str | None
    article: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """The event that told of a version. ``path``: the nodes from ``leaf`` up to the root of its seal."""

    url: str
    seen_at: datetime | None
    not_before: datetime | None
    leaf: str
    path: tuple[str, ...]
    seal_number: int


@dataclass(frozen=True, slots=True)
class Proof:
    """``chain``: the leaves of the page's versions from number 1 to this one. ``path``: the nodes from the last of them up to the
    root of its seal. ``seals``: numbers and texts, from the first that is needed to the newest. ``stamps``: of each authority the
    first that covers the version and what was told of it."""

    after: Fetched
    before: Fetched | None
    chain: tuple[str, ...]
    path: tuple[str, ...]
    seals: tuple[tuple[int, str], ...]
    seal_number: int
    told: Told | None = None
    stamps: tuple[Stamp, ...] = ()


def prove(connection: Connection, version_id: int) -> Proof:
    """The proof of one version. Raises NotProven."""
    version = connection.execute(select(_version).where(_version.c.id == version_id)).one()
    if version.seal is None:
        raise NotProven("no seal holds this version yet: the next crawl that ends makes one")
    rows = connection.execute(
        select(_version)
        .where(_version.c.page_id == version.page_id, _version.c.number <= version.number)
        .order_by(_version.c.number)
    ).all()
    chain = tuple(_chain(connection, rows))
    paths = _Paths(connection)
    told = _told(connection, version, paths)
    needed = [version.seal] if told is None else [version.seal, told.seal_number]
    return Proof(
        after=_fetched(connection, version.opened_by),
        before=_fetched_before(connection, version),
        chain=chain,
        path=paths.to(version.seal, "version", version.id, hash_of(chain[-1])),
        seals=tuple(_seals_from(connection, min(needed))),
        seal_number=version.seal,
        told=told,
        stamps=stamps_from(connection, max(needed)),
    )


def _chain(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[str]:
    """Each version's leaf, which quotes the one before it. NotProven where one isn't what was sealed."""
    before: bytes | None = None
    for row in rows:
        (capture,) = captures_by_id(connection, [row.opened_by])
        answer = connection.execute(select(_answer).where(_answer.c.capture_id == row.opened_by)).one_or_none()
        answer_hash = None if answer is None else hash_of(answer_leaf(answer))
        text = version_leaf(row, hash_of(capture_leaf(capture)), answer_hash, before)
        if hash_of(text) != row.leaf:
            raise NotProven(f"version {row.number} of the page isn't what was sealed: run `csto-watch verify`")
        before = row.leaf
        yield text


def _told(connection: Connection, version: Row[Any], paths: _Paths) -> Told | None:
    """The event that told of the version when it opened, where a seal holds it."""
    is_its = (_event.c.to_version_id == version.id) & _event.c.kind.in_(["new", "edited"]) & _event.c.seal.is_not(None)
    row = connection.execute(select(_event).where(is_its).order_by(_event.c.id).limit(1)).one_or_none()
    if row is None:
        return None
    leaf = event_leaf(row)
    path = paths.to(row.seal, "event", row.id, hash_of(leaf))
    return Told(row.url, row.seen_at, row.not_before, leaf, path, row.seal)


class _Paths:
    """Up to the roots of seals. The leaves of a seal are read once: a version and what told of it mostly stand under one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._seals: dict[int, _Sealed] = {}

    def to(self, number: int, kind: str, row_id: int, leaf: bytes) -> tuple[str, ...]:
        sealed = self._sealed(number)
        place = sealed.place_of(kind, row_id)
        if place is None or not sealed.is_whole or sealed.leaves[place] != leaf:
            raise NotProven(f"rows under seal {number} aren't what was sealed: run `csto-watch verify`")
        path = tuple(path_of(sealed.leaves, place))
        if hash_of(path[-1]) != sealed.root:
            raise NotProven(f"seal {number} isn't what its rows give: run `csto-watch verify`")
        return path

    def _sealed(self, number: int) -> _Sealed:
        if number not in self._seals:
            row = self._connection.execute(select(_seal.c.root, _seal.c.listed).where(_seal.c.number == number)).one()
            listed, hashes = unpack(row.listed), bytearray()
            for leaf in sealed_leaves(self._connection, listed, RunVisits(self._connection)):
                hashes += leaf.hash or b""
            self._seals[number] = _Sealed(row.root, listed, _Hashes(bytes(hashes)))
        return self._seals[number]


class _Hashes(Sequence[bytes]):
    """SHA-256 after SHA-256, as one piece: of the 150,000 that a first crawl of 50,000 pages seals, objects took 64 MB."""

    def __init__(self, joined: bytes) -> None:
        self._joined = joined

    def __len__(self) -> int:
        return len(self._joined) // _SIZE

    @overload
    def __getitem__(self, at: int) -> bytes: ...
    @overload
    def __getitem__(self, at: slice) -> list[bytes]: ...
    def __getitem__(self, at: int | slice) -> bytes | list[bytes]:
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(len(self)))]
        return self._joined[_SIZE * at : _SIZE * (at + 1)]


@dataclass(frozen=True, slots=True)
class _Sealed:
    """``leaves``: in the order of the tree; fewer than are listed where some aren't what was sealed."""

    root: bytes
    listed: Mapping[str, Rows]
    leaves: _Hashes

    @property
    def is_whole(self) -> bool:
        return len(self.leaves) == sum(map(len, self.listed.values()))

    def place_of(self, kind: str, row_id: int) -> int | None:
        before = sum(len(self.listed[each]) for each in KINDS[: KINDS.index(kind)])
        try:
            return before + self.listed[kind].ids.index(row_id)
        except ValueError:
            return None


def _seals_from(connection: Connection, number: int) -> Iterator[tuple[int, str]]:
    columns = [column for column in _seal.c if column.name != "listed"]
    for row in connection.execute(select(*columns).where(_seal.c.number >= number).order_by(_seal.c.number)):
        counts = tuple(getattr(row, f"{kind}s") for kind in KINDS)
        yield row.number, SealText(row.number, row.sealed_at, counts, row.root, row.previous).text


def _fetched(connection: Connection, capture_id: int) -> Fetched:
    (capture,) = captures_by_id(connection, [capture_id])
    answer = connection.execute(select(_answer).where(_answer.c.capture_id == capture_id)).one_or_none()
    content = connection.execute(select(_content).where(_content.c.id == capture.content_id)).one()
    return Fetched(
        captured_at=capture.captured_at,
        leaf=capture_leaf(capture),
        answer_leaf=None if answer is None else answer_leaf(answer),
        headers=None if answer is None else answer.headers,
        body=None if answer is None else _bytes_of(connection, answer.body_sha256),
        is_whole=answer is not None and bool(answer.is_whole),
        media_type=None if answer is None else answer.media_type,
        article=bodies.decompress(content.codec, content.article),
    )


def _bytes_of(connection: Connection, digest: bytes) -> bytes:
    row = connection.execute(select(*COLUMNS).where(_body.c.sha256 == digest)).one()
    return Unpacker(connection)(row)


def _fetched_before(connection: Connection, version: Row[Any]) -> Fetched | None:
    """The capture that opened the version that stood before it in time."""
    if version.position is None or version.position == 0:
        return None
    before = (_version.c.page_id == version.page_id) & (_version.c.position == version.position - 1)
    opened_by = connection.scalar(select(_version.c.opened_by).where(before))
    return None if opened_by is None else _fetched(connection, opened_by)
