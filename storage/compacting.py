"""Old bodies into packs: many in one frame, at a high level, behind the dictionary of their site.

It needs no lock and may run beside a crawl. A pack is made from what a read transaction saw, unpacked again and hashed, and only
then put in the bodies' places in one short write transaction, if all of them still stand there. Killed at any moment it
leaves a store in which each body stands where it stood, or in its pack; run again it goes on with the bodies that are left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, Select, delete, func, insert, select, update

from storage import bodies, dictionaries
from storage.checksums import with_checksum
from storage.dictionaries import Dictionary
from storage.engine import reading
from storage.errors import BodyUnreadable
from storage.filing import samples_of
from storage.keeping import drop_unneeded
from storage.models import AnswerRow, BodyRow, PackRow, PageRow, VersionRow, table_of
from storage.pieces import chunks
from storage.repacking import LEVEL, rewrite_holed
from storage.times import utc_now
from storage.transactions import written
from storage.unpacking import COLUMNS, Unpacker

PACK_BYTES: Final = 1_500_000
"""Bytes that a pack unpacks to, about: 1.4 ms. Of 800 kB it takes 283 bytes a body instead of 270, of 3 MB 3 ms."""
LARGEST: Final = 256 * 1024
"""A larger body gains nothing by neighbours and would slow them: it stays as it is."""
FEWEST: Final = 16
"""Fewer bodies make no pack: they wait for more."""
GAIN: Final = 0.9
"""A pack that doesn't save a tenth is none."""

_answer, _body, _pack = table_of(AnswerRow), table_of(BodyRow), table_of(PackRow)
_page, _version = table_of(PageRow), table_of(VersionRow)
_base = _body.alias("base")


@dataclass(frozen=True, slots=True)
class Compacted:
    """``before`` and ``after``: the stored bytes of the bodies that were packed."""

    bodies: int = 0
    packs: int = 0
    before: int = 0
    after: int = 0
    unreadable: int = 0
    """Damaged bodies: left as they are, ``verify`` names them."""
    rewritten: int = 0
    """Packs out of which bodies had gone, made anew without them."""

    def plus(self, other: Compacted) -> Compacted:
        return Compacted(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class _Pack:
    """A pack that is ready: the bodies' rows in order, and what is stored in their stead."""

    rows: Sequence[Any]
    places: Sequence[int]
    size: int
    dictionary_id: int | None
    data: bytes


def count_unpacked(engine: Engine) -> int:
    """How many bodies may yet be packed, of those that opened a version and so are kept for ever."""
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(_unpacked().distinct().subquery())) or 0


def compact(
    engine: Engine,
    *,
    told: Callable[[int], None] = lambda _bodies: None,
    now: Callable[[], datetime] = utc_now,
) -> Compacted:
    """Pack what can be packed, and make packs with gaps anew. ``told`` gets how many bodies were looked at, pack by pack, each
    safe in the store."""
    total = Compacted()
    for site in _sites(engine):
        dictionary_id = _dictionary_of(engine, site, now)
        for digests in _groups(engine, site):
            total = total.plus(_pack_some(engine, digests, dictionary_id, now))
            told(len(digests))
    return replace(total, rewritten=rewrite_holed(engine, now))


def _sites(engine: Engine) -> list[str | None]:
    with reading(engine) as connection:
        return list(connection.scalars(select(_page.c.site).distinct().order_by(_page.c.site)))


def _dictionary_of(engine: Engine, site: str | None, now: Callable[[], datetime]) -> int | None:
    """The newest of the site; an older program's store has none: it is made from what is kept."""
    if site is None:
        return None
    with reading(engine) as connection:
        dictionary = dictionaries.newest(connection, site)
        samples = samples_of(connection, site) if dictionary is None else []
    if dictionary is None and len(samples) >= dictionaries.ENOUGH:
        dictionary = written(engine, lambda there: _newest_or_made(there, site, samples, now))
    return None if dictionary is None else dictionary.id


def _newest_or_made(
    connection: Connection, site: str, samples: Sequence[bytes], now: Callable[[], datetime]
) -> Dictionary | None:
    return dictionaries.newest(connection, site) or dictionaries.make(connection, site, samples, now())


def _unpacked() -> Select[Any]:
    """The bodies that opened a version and stand in no pack.

    One whose base was packed before stays behind it: in a pack without its base it would take more room, not less.
    """
    return (
        select(_body.c.sha256)
        .select_from(_version)
        .join(_answer, _answer.c.capture_id == _version.c.opened_by)
        .join(_body, _body.c.sha256 == _answer.c.body_sha256)
        .outerjoin(_base, _base.c.sha256 == _body.c.base_sha256)
        .where(_body.c.pack_id.is_(None), _base.c.pack_id.is_(None), _body.c.size <= LARGEST)
    )


def _groups(engine: Engine, site: str | None) -> Iterator[list[bytes]]:
    """Digests of bodies for one pack each: a page's versions beside each other, then its neighbour's."""
    group: dict[bytes, int] = {}
    after = 0
    while True:
        rows = _rows_after(engine, site, after)
        for sha256, size, _page_id in rows:
            group.setdefault(sha256, size)
            if sum(group.values()) >= PACK_BYTES:
                yield list(group)
                group = {}
        if not rows:
            break
        after = rows[-1][2]
    if group:
        yield list(group)


_PAGES_AT_ONCE: Final = 50


def _rows_after(engine: Engine, site: str | None, after: int) -> Sequence[Any]:
    """(digest, size, page) of the site's next few pages that have bodies to pack."""
    is_site = _page.c.site.is_(None) if site is None else _page.c.site == site
    joined = _unpacked().join(_page, _page.c.id == _version.c.page_id).where(is_site, _page.c.id > after)
    some = joined.with_only_columns(_page.c.id).distinct().order_by(_page.c.id).limit(_PAGES_AT_ONCE)
    with reading(engine) as connection:
        pages = connection.scalars(some).all()
        columns = (_body.c.sha256, _body.c.size, _page.c.id)
        chosen = joined.with_only_columns(*columns).where(_page.c.id.in_(pages))
        return connection.execute(chosen.order_by(_page.c.id, _version.c.id)).all() if pages else []


def _pack_some(
    engine: Engine, digests: Sequence[bytes], dictionary_id: int | None, now: Callable[[], datetime]
) -> Compacted:
    with reading(engine) as connection:
        pack, unreadable = _made(connection, digests, dictionary_id)
    done = Compacted() if pack is None else _put(engine, pack, now())
    return replace(done, unreadable=unreadable)


def _made(connection: Connection, digests: Sequence[bytes], dictionary_id: int | None) -> tuple[_Pack | None, int]:
    """A pack of these bodies, proven; None where it isn't worth it. And how many of them can't be read."""
    unpack = Unpacker(connection)
    found = {row.sha256: row for row in connection.execute(select(*COLUMNS).where(_body.c.sha256.in_(digests)))}
    rows, texts, unreadable = [], [], 0
    for row in (found[digest] for digest in digests if digest in found):
        try:
            texts.append(unpack(row))
            rows.append(row)
        except BodyUnreadable:
            unreadable += 1
    if len(rows) < FEWEST:
        return None, unreadable
    whole = b"".join(texts)
    before = unpack.before(dictionary_id, None)
    data = bodies.compress_behind(before.content if isinstance(before, bodies.Prefix) else before, whole, LEVEL)
    is_proven = bodies.decompress(bodies.PREFIXED, data, before) == whole
    if not is_proven or len(data) > GAIN * sum(len(row.data) for row in rows):
        return None, unreadable
    places = [sum(map(len, texts[:index])) for index in range(len(texts))]
    return _Pack(rows, places, len(whole), dictionary_id, data), unreadable


def _put(engine: Engine, pack: _Pack, made_at: datetime) -> Compacted:
    """The pack in its bodies' places, in one transaction. Where one of them went meanwhile there is no pack: it would hold the
    bytes of what may have been forgotten. The next call takes the others."""
    row = {"made_at": made_at, "size": pack.size, "codec": bodies.PREFIXED, "dictionary_id": pack.dictionary_id}

    def work(connection: Connection) -> Compacted:
        if not _are_all_there(connection, pack.rows):
            return Compacted()
        row_of_pack = with_checksum(_pack, row) | {"data": pack.data}
        statement = insert(_pack).values(row_of_pack).returning(_pack.c.id)
        pack_id = connection.execute(statement).scalar_one()
        moved = [
            body
            for body, place in zip(pack.rows, pack.places, strict=True)
            if _moved(connection, body.sha256, pack_id, place)
        ]
        if not moved:
            connection.execute(delete(_pack).where(_pack.c.id == pack_id))
            return Compacted()
        drop_unneeded(connection, {body.base_sha256 for body in moved} - {None})
        return Compacted(len(moved), 1, sum(len(body.data) for body in moved), len(pack.data))

    return written(engine, work)


def _are_all_there(connection: Connection, rows: Sequence[Any]) -> bool:
    """Whether each body still stands by itself; a server keeps them so until the transaction ends."""
    queries = (
        select(_body.c.sha256).where(_body.c.sha256.in_(some), _body.c.pack_id.is_(None)).with_for_update()
        for some in chunks([row.sha256 for row in rows])
    )
    return sum(len(connection.scalars(query).all()) for query in queries) == len(rows)


def _moved(connection: Connection, sha256: bytes, pack_id: int, place: int) -> bool:
    values = {"codec": bodies.IN_PACK, "data": b"", "dictionary_id": None, "base_sha256": None}
    statement = update(_body).where(_body.c.sha256 == sha256, _body.c.pack_id.is_(None))
    return connection.execute(statement.values(values | {"pack_id": pack_id, "place": place})).rowcount == 1
