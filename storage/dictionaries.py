"""What the pages of a site have in common, as a dictionary: a few whole pages, chosen so that the others cost little.

Pages of one site are nine tenths frame: menus, footer, scripts, in a handful of variants. zstd's own training makes at most a
good 110 kB of it, which holds two pages of 50 kB and leaves one of the replica at 2,600 bytes; eight pages as they are leave it
at 860, and cost 20 kB once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, select

from storage import bodies
from storage.checksums import with_checksum
from storage.models import DictionaryRow, table_of

ENOUGH: Final = 32
"""Of so many pages a dictionary is made."""
POOL: Final = 64
"""At most so many are looked at."""
CHOSEN: Final = 8
LARGEST: Final = 512 * 1024
"""Bytes of a dictionary: what it adds to a process's memory, three times over."""
SAMPLE_SIZES: Final = (512, 256 * 1024)
WORN: Final = 1.5
"""Where bodies cost so many times what they did when the dictionary was made, the site has changed: another is made."""
TALLIED: Final = 50
MOST_A_DAY: Final = 4
_CACHED: Final = 8

_dictionary = table_of(DictionaryRow)


class DictionaryDamaged(ValueError):
    """Its row is missing, or its content isn't what its SHA-256 says."""


@dataclass(slots=True)
class Dictionary:
    """``cost``: of a thousand bytes when it was made. The tally says what they cost now."""

    id: int
    cost: int
    prefix: bodies.Prefix
    bodies: int = field(default=0, init=False)
    read: int = field(default=0, init=False)
    stored: int = field(default=0, init=False)

    @property
    def content(self) -> bytes:
        return self.prefix.content

    def compress(self, data: bytes) -> bytes:
        stored = self.prefix.compress(data)
        if len(data) >= SAMPLE_SIZES[0]:
            self.bodies, self.read, self.stored = self.bodies + 1, self.read + len(data), self.stored + len(stored)
        return stored

    def is_worn(self) -> bool:
        """Asked once for each so many bodies; then the tally begins anew."""
        if self.bodies < TALLIED:
            return False
        is_worn = _per_thousand(self.stored, self.read) > WORN * max(self.cost, 1)
        self.bodies = self.read = self.stored = 0
        return is_worn


_cache: dict[tuple[bytes, int], Dictionary] = {}
"""By SHA-256 and id: a process knows few sites, and may open many stores."""


def newest(connection: Connection, site: str) -> Dictionary | None:
    """The site's dictionary; None where there is none, or it is damaged: bodies can do without."""
    statement = select(_dictionary.c.id).where(_dictionary.c.site == site).order_by(_dictionary.c.id.desc()).limit(1)
    id_ = connection.scalar(statement)
    try:
        return None if id_ is None else by_id(connection, id_)
    except DictionaryDamaged:
        return None


def by_id(connection: Connection, id_: int) -> Dictionary:
    """DictionaryDamaged where it can't be had."""
    columns = (_dictionary.c.sha256, _dictionary.c.cost)
    row = connection.execute(select(*columns).where(_dictionary.c.id == id_)).one_or_none()
    if row is None:
        raise DictionaryDamaged(f"dictionary {id_} is missing")
    known = _cache.get((row.sha256, id_))
    return known or _remembered(row.sha256, Dictionary(id_, row.cost, bodies.Prefix(_content(connection, id_))))


def make(
    connection: Connection, site: str, samples: Sequence[bytes], made_at: datetime, *, a_day: int = MOST_A_DAY
) -> Dictionary | None:
    """A dictionary of the site from some of its bodies; None where they are too few or too many were made of late."""
    pool = list(dict.fromkeys(body for body in samples if SAMPLE_SIZES[0] <= len(body) <= SAMPLE_SIZES[1]))[:POOL]
    if len(pool) < ENOUGH or _made_since(connection, site, made_at - timedelta(days=1)) >= a_day:
        return None
    content, rest = choose(pool)
    prefix = bodies.Prefix(content)
    cost = _per_thousand(sum(len(prefix.compress(body)) for body in rest), sum(map(len, rest)))
    row = {
        "site": site,
        "made_at": made_at,
        "sha256": bodies.digest(content),
        "size": len(content),
        "cost": cost,
        "codec": bodies.PREFIXED,
        "data": bodies.compress_behind(b"", content, _CONTENT_LEVEL),
    }
    id_: int = connection.execute(
        _dictionary.insert().values(with_checksum(_dictionary, row)).returning(_dictionary.c.id)
    ).scalar_one()
    return _remembered(bodies.digest(content), Dictionary(id_, cost, prefix))


def choose(pool: Sequence[bytes]) -> tuple[bytes, list[bytes]]:
    """A few bodies, each the one that those before it help least, the first of them last; and the rest."""
    chosen, rest = [pool[0]], list(pool[1:])
    while len(chosen) < CHOSEN and rest:
        prefix = bodies.Prefix(b"".join(chosen))
        costs = [len(prefix.compress(body)) for body in rest]
        dearest = rest.pop(max(range(len(rest)), key=costs.__getitem__))
        if sum(map(len, chosen)) + len(dearest) > LARGEST:
            break
        chosen.append(dearest)
    return b"".join(reversed(chosen)), rest or chosen


def content_of(connection: Connection, id_: int) -> bytes:
    """The pages that stand in a dictionary, one behind the other. DictionaryDamaged where it can't be had."""
    return _content(connection, id_)


def forget() -> None:
    """Read dictionaries from the store again: for who wants to know whether they are whole."""
    _cache.clear()


def damage_of(connection: Connection, row: Any) -> str | None:
    """What is wrong with a dictionary's row."""
    try:
        _content(connection, row.id)
    except DictionaryDamaged as error:
        return str(error).removeprefix(f"dictionary {row.id} ")
    return None


_CONTENT_LEVEL: Final = 15


def _content(connection: Connection, id_: int) -> bytes:
    row = connection.execute(select(_dictionary).where(_dictionary.c.id == id_)).one()
    try:
        content = bodies.decompress(row.codec, row.data)
    except ValueError as error:
        raise DictionaryDamaged(f"dictionary {id_} can't be unpacked ({error})") from error
    if bodies.digest(content) != row.sha256 or len(content) != row.size:
        raise DictionaryDamaged(f"dictionary {id_} has another SHA-256 than its bytes")
    return content


def _remembered(sha256: bytes, dictionary: Dictionary) -> Dictionary:
    while len(_cache) >= _CACHED:
        _cache.pop(next(iter(_cache)))
    _cache[sha256, dictionary.id] = dictionary
    return dictionary


def _made_since(connection: Connection, site: str, since: datetime) -> int:
    is_recent = (_dictionary.c.site == site, _dictionary.c.made_at > since)
    return connection.scalar(select(func.count()).select_from(_dictionary).where(*is_recent)) or 0


def _per_thousand(part: int, whole: int) -> int:
    return round(1000 * part / max(whole, 1))
