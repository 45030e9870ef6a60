"""Time stamps of seals: which seal wants one, what was received, and is every one still over its seal?

Seals quote each other, so a stamp over one dates all before it: only the newest is stamped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select

from storage.damage import Damage
from storage.leaves import KINDS, SealText, hash_of
from storage.models import SealRow, StampRow, table_of

_seal, _stamp = table_of(SealRow), table_of(StampRow)


@dataclass(frozen=True, slots=True)
class Stamp:
    """``token``: the authority's whole answer in DER. ``trusted``: PEM, what its signature was checked against."""

    seal_number: int
    authority: str
    requested_at: datetime
    stamped_at: datetime
    token: bytes
    trusted: bytes | None

    @property
    def leaf(self) -> bytes:
        trusted = None if self.trusted is None else sha256(self.trusted).hexdigest()
        values = (self.seal_number, self.authority, *map(_instant, (self.requested_at, self.stamped_at)))
        return hash_of(json.dumps(["csto-stamp-1", *values, sha256(self.token).hexdigest(), trusted]))


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def newest_sealed(connection: Connection) -> tuple[int, str] | None:
    """The newest seal: its number and its text. ValueError where it isn't what was sealed."""
    row = connection.execute(select(_seal).order_by(_seal.c.number.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    if (text := _text(row)) is None:
        raise ValueError(f"seal {row.number} isn't what it was: run `csto-watch verify`")
    return row.number, text


def _text(row: Row[Any]) -> str | None:
    """What was hashed; None where that gives another hash now."""
    counts = tuple(getattr(row, f"{kind}s") for kind in KINDS)
    said = SealText(row.number, row.sealed_at, counts, row.root, row.previous)
    return said.text if said.hash == row.hash else None


def keep_stamp(connection: Connection, stamp: Stamp) -> None:
    connection.execute(insert(_stamp).values(asdict(stamp) | {"leaf": stamp.leaf}))


def stamp_of(connection: Connection, seal_number: int, authority: str) -> Stamp | None:
    """The first that this authority gave for the seal."""
    where = (_stamp.c.seal_number == seal_number) & (_stamp.c.authority == authority)
    return next(_stamps(connection, select(_stamp).where(where).order_by(_stamp.c.id).limit(1)), None)


def newest_stamp(connection: Connection) -> Stamp | None:
    """Of the newest seal that has one, the latest."""
    ordered = select(_stamp).order_by(_stamp.c.seal_number.desc(), _stamp.c.id.desc())
    return next(_stamps(connection, ordered.limit(1)), None)


def stamps_from(connection: Connection, seal_number: int) -> tuple[Stamp, ...]:
    """For each authority the first stamp over this seal or a later one: the earliest that each vouches for."""
    found: dict[str, Stamp] = {}
    ordered = select(_stamp).where(_stamp.c.seal_number >= seal_number).order_by(_stamp.c.seal_number, _stamp.c.id)
    for stamp in _stamps(connection, ordered):
        found.setdefault(stamp.authority, stamp)
    return tuple(found.values())


def _stamps(connection: Connection, statement: Select[Any]) -> Iterator[Stamp]:
    return map(_stamp_in, connection.execute(statement))


def _stamp_in(row: Row[Any]) -> Stamp:
    return Stamp(row.seal_number, row.authority, row.requested_at, row.stamped_at, row.token, row.trusted)


def check_stamps(connection: Connection) -> Iterator[Damage]:
    """Stamps that were altered, that are over something else than their seal, and those whose seal is gone."""
    for row in connection.execute(select(_stamp).order_by(_stamp.c.id)).all():
        stamp = _stamp_in(row)
        if stamp.leaf != row.leaf:
            yield Damage("stamp", str(row.id), "was altered after it was received")
            continue
        seal = connection.execute(select(_seal).where(_seal.c.number == stamp.seal_number)).one_or_none()
        if seal is None:
            told = f"is missing, and {stamp.authority} stamped it at {_instant(stamp.stamped_at)}"
            yield Damage("seal", str(stamp.seal_number), told)
            continue
        if (fault := _fault(stamp, _text(seal))) is not None:
            yield Damage("stamp", str(row.id), f"{fault} (seal {stamp.seal_number})")


def _fault(stamp: Stamp, text: str | None) -> str | None:
    from storage.tokens import TokenRefused, stamped_at  # noqa: PLC0415 - most stores have no stamp and need no cryptography

    if text is None:
        return "its seal's text has another SHA-256"
    try:
        said = stamped_at(stamp.token, text, trusted=stamp.trusted)
    except (TokenRefused, ValueError) as error:
        return str(error)
    return None if said == stamp.stamped_at else "its token names another time"
