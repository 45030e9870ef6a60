"""Bodies into the store: equal bytes once, and each behind what it has in common with others.

Before a body stands the dictionary of its site. Where its article isn't the one that the page showed so far, and its bytes are
likely to be kept for ever, the page's first body stands before it too: that costs some 2 ms more, and saves the text. In a later
crawl of an unchanged site, where each page's bytes differ and are let go at the next visit, no body needs another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from typing import Any, Final

from sqlalchemy import Connection, insert, select

from storage import bodies, dictionaries
from storage.dictionaries import ENOUGH, POOL, SAMPLE_SIZES, Dictionary
from storage.errors import BodyUnreadable
from storage.models import AnswerRow, BodyRow, CaptureRow, PageRow, VersionRow, table_of
from storage.pieces import CHUNK, chunks
from storage.records import Outcome
from storage.unpacking import COLUMNS, Unpacker

WORTH: Final = 0.9
"""A base is worth the bond only where it saves a tenth."""
_LOOKED_THROUGH: Final = 2000
"""So many answers, the latest of all sites, are looked through for samples of one."""
_BEHIND_ALL: Final = 2**62
_SAMPLED: Final = (Outcome.OK.value, Outcome.EXTRACT_FAILED.value)

_answer, _body, _capture = table_of(AnswerRow), table_of(BodyRow), table_of(CaptureRow)
_page, _version = table_of(PageRow), table_of(VersionRow)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A body on its way in. ``content_id`` is the article that it shows; ``is_sample``: it is a whole page of the site."""

    data: bytes
    site: str | None
    page_id: int
    content_id: int | None
    is_sample: bool


def keep_bodies(connection: Connection, incoming: Sequence[Incoming], now: datetime) -> list[bytes]:
    """The digests of the bodies, in order; bytes that the store has are not stored again."""
    digests = [bodies.digest(each.data) for each in incoming]
    have = set(connection.scalars(select(_body.c.sha256).where(_body.c.sha256.in_(digests)))) if digests else set()
    new = {digest: each for digest, each in zip(digests, incoming, strict=True) if digest not in have}
    if new:
        connection.execute(insert(_body), list(_rows(connection, new, now)))
    return digests


def samples_of(connection: Connection, site: str, *, without_page: int | None = None) -> list[bytes]:
    """The site's latest whole pages, where they are enough for a dictionary."""
    digests = list(islice(_samples(connection, site, without_page), POOL))
    unpack = Unpacker(connection)
    rows = connection.execute(select(*COLUMNS).where(_body.c.sha256.in_(digests)))
    return [data for row in rows if (data := _read(unpack, row)) is not None]


def _samples(connection: Connection, site: str, without_page: int | None = None) -> Iterator[bytes]:
    """The digests of the site's whole pages among the latest answers of all sites, the last first.

    Which site it is is asked here: SQLite would begin with all pages of the site, and read all of their captures.
    """
    for some in _latest_answers(connection):
        statement = (
            select(_answer.c.body_sha256, _page.c.id, _page.c.site)
            .join(_capture, _capture.c.id == _answer.c.capture_id)
            .join(_page, _page.c.id == _capture.c.page_id)
            .join(_body, _body.c.sha256 == _answer.c.body_sha256)
            .where(_answer.c.capture_id.in_(some), _answer.c.is_whole)
            .where(_capture.c.outcome.in_(_SAMPLED), _body.c.size.between(*SAMPLE_SIZES))
            .order_by(_answer.c.capture_id.desc())
        )
        rows = connection.execute(statement)
        yield from (row.body_sha256 for row in rows if row.site == site and row.id != without_page)


def _latest_answers(connection: Connection) -> Iterator[Sequence[int]]:
    before = _BEHIND_ALL
    for _ in range(_LOOKED_THROUGH // CHUNK):
        latest = select(_answer.c.capture_id).where(_answer.c.capture_id < before)
        found = connection.scalars(latest.order_by(_answer.c.capture_id.desc()).limit(CHUNK)).all()
        if not found:
            return
        yield found
        before = found[-1]


def _rows(connection: Connection, new: Mapping[bytes, Incoming], now: datetime) -> Iterator[dict[str, Any]]:
    bases = _bases(connection, [each for each in new.values() if each.content_id is not None])
    unpack = Unpacker(connection)
    by_site = sorted(new.items(), key=lambda item: item[1].site or "")
    for site, group in groupby(by_site, key=lambda item: item[1].site or ""):
        some = list(group)
        samples = [each.data for _, each in some if each.is_sample]
        dictionary = _dictionary_for(connection, site, samples, now) if site else None
        for digest, each in some:
            base = bases.get(each.page_id) if each.content_id is not None else None
            columns = packed(unpack, each.data, dictionary, base if base != digest else None)
            yield {"sha256": digest, "size": len(each.data)} | columns


def _dictionary_for(connection: Connection, site: str, samples: Sequence[bytes], now: datetime) -> Dictionary | None:
    """The site's dictionary: made from its first pages, and anew once it is worn."""
    dictionary = dictionaries.newest(connection, site)
    if dictionary is not None and not dictionary.is_worn():
        return dictionary
    if len(samples) < ENOUGH:
        if not _may_be_enough(connection, len(samples)):
            return dictionary
        if sum(1 for _ in islice(_samples(connection, site), ENOUGH - len(samples))) + len(samples) < ENOUGH:
            return dictionary
        samples = [*samples, *samples_of(connection, site)]
    return dictionaries.make(connection, site, samples, now) or dictionary


def _may_be_enough(connection: Connection, more: int) -> bool:
    """Whether the store has bodies enough of a sample's size, whatever their site: a look that costs little, where looking
    through the answers joins four tables. Only a store of few bodies is counted.
    """
    first = select(_body.c.size).where(_body.c.sha256 > b"").order_by(_body.c.sha256).limit(_LOOKED_THROUGH)
    sizes = connection.scalars(first).all()
    smallest, largest = SAMPLE_SIZES
    return len(sizes) == _LOOKED_THROUGH or sum(smallest <= size <= largest for size in sizes) + more >= ENOUGH


def _bases(connection: Connection, incoming: Sequence[Incoming]) -> dict[int, bytes]:
    """By page, the body that may stand before the incoming one: that of the page's version now, or the base of that.

    A base has none itself: whatever a body's age, two others are read with it at most.
    """
    content_of = {each.page_id: each.content_id for each in incoming}
    found: dict[int, bytes] = {}
    for some in chunks(content_of):
        statement = (
            select(_page.c.id, _version.c.content_id, _body.c.sha256, _body.c.base_sha256)
            .join(_version, _version.c.id == _page.c.current_version_id)
            .join(_answer, _answer.c.capture_id == _version.c.opened_by)
            .join(_body, _body.c.sha256 == _answer.c.body_sha256)
            .where(_page.c.id.in_(some))
        )
        for page_id, content_id, sha256, base in connection.execute(statement):
            if content_id != content_of[page_id]:
                found[page_id] = base or sha256
    return found


def packed(unpack: Unpacker, data: bytes, dictionary: Dictionary | None, base: bytes | None) -> dict[str, Any]:
    """The columns that say how the body is stored: behind all that helps it. Nothing is stored that doesn't read back."""
    codec, stored = bodies.compress(data) if dictionary is None else (bodies.PREFIXED, dictionary.compress(data))
    before: bodies.Before = b"" if dictionary is None else dictionary.prefix
    text, behind_base = _read_base(unpack, base), None
    if text is not None:
        whole = (b"" if dictionary is None else dictionary.content) + text
        behind = bodies.compress_behind(whole, data)
        if len(behind) < WORTH * len(stored):
            codec, stored, before, behind_base = bodies.PREFIXED, behind, whole, base
    if codec == bodies.PREFIXED and bodies.decompress(codec, stored, before) != data:
        codec, stored = bodies.compress(data)  # pragma: no cover - zstd would be broken
        dictionary = behind_base = None
    return {
        "codec": codec,
        "data": stored,
        "dictionary_id": None if dictionary is None else dictionary.id,
        "base_sha256": behind_base,
    }


def _read_base(unpack: Unpacker, base: bytes | None) -> bytes | None:
    """A base that is damaged is no base; ``verify`` names it."""
    try:
        return None if base is None else unpack.base(base)
    except ValueError:
        return None


def _read(unpack: Unpacker, row: Any) -> bytes | None:
    try:
        return unpack(row)
    except BodyUnreadable:
        return None
