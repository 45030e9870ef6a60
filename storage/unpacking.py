"""Bodies out of the store, whichever way they were put in; what doesn't hash to its SHA-256 never leaves."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, select

from storage import bodies, dictionaries
from storage.errors import BodyUnreadable
from storage.models import BodyRow, PackRow, table_of

_body, _pack = table_of(BodyRow), table_of(PackRow)

COLUMNS: Final = tuple(_body.c)
"""What a row must have to be unpacked."""
_KEPT_BASES: Final = 8
_KEPT_PACKS: Final = 2


class Unpacker:
    """Unpacks rows of ``body`` within one transaction. Neighbours in time share bases, those of one pack the pack."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._bases: dict[bytes, bytes] = {}
        self._packs: dict[int, bytes] = {}

    def __call__(self, row: Any) -> bytes:
        """The body's bytes. BodyUnreadable where anything that it needs is missing or damaged."""
        try:
            data = self.unproven(row)
        except ValueError as error:
            raise BodyUnreadable(row.sha256.hex(), str(error)) from error
        if bodies.digest(data) != row.sha256:
            raise BodyUnreadable(row.sha256.hex(), "its bytes have another SHA-256")
        return data

    def unproven(self, row: Any) -> bytes:
        """The same without its last look: for who hashes the bytes. ValueError says why there are none."""
        if row.codec == bodies.IN_PACK:
            return self.pack(row.pack_id)[row.place : row.place + row.size]
        return bodies.decompress(row.codec, row.data, self.before(row.dictionary_id, row.base_sha256))

    def base(self, sha256: bytes) -> bytes:
        """The bytes of a body that others need. ValueError, with its name."""
        if sha256 not in self._bases:
            row = self._connection.execute(select(*COLUMNS).where(_body.c.sha256 == sha256)).one_or_none()
            if row is None:
                raise ValueError(f"its base {sha256.hex()} is missing")
            if row.base_sha256 is not None:
                raise ValueError(f"its base {sha256.hex()} has a base itself")
            try:
                _remember(self._bases, sha256, self(row), _KEPT_BASES)
            except BodyUnreadable as error:
                raise ValueError(f"its base {sha256.hex()} can't be read: {error.why}") from error
        return self._bases[sha256]

    def before(self, dictionary_id: int | None, base_sha256: bytes | None) -> bodies.Before:
        """What stands before a body: the dictionary, then the base."""
        try:
            known = None if dictionary_id is None else dictionaries.by_id(self._connection, dictionary_id).prefix
        except dictionaries.DictionaryDamaged as error:
            raise ValueError(f"its {error}") from error
        if base_sha256 is None:
            return known or b""
        return (known.content if known else b"") + self.base(base_sha256)

    def pack(self, pack_id: int) -> bytes:
        """All that stands in a pack. ValueError, with its number."""
        if pack_id not in self._packs:
            row = self._connection.execute(select(_pack).where(_pack.c.id == pack_id)).one_or_none()
            if row is None:
                raise ValueError(f"its pack {pack_id} is missing")
            try:
                data = bodies.decompress(row.codec, row.data, self.before(row.dictionary_id, None))
            except ValueError as error:
                raise ValueError(f"its pack {pack_id} can't be unpacked ({error})") from error
            _remember(self._packs, pack_id, data, _KEPT_PACKS)
        return self._packs[pack_id]


def _remember(kept: dict[Any, bytes], key: Any, data: bytes, most: int) -> None:
    while len(kept) >= most:
        kept.pop(next(iter(kept)))
    kept[key] = data
