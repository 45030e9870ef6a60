"""Dictionaries in which a page stands that is to be forgotten: others take their place, made without it, and they go.

A dictionary is up to eight whole pages of its site, one behind the other. It is left alone where each of them can be shown to
be another page's: by the SHA-256 that every capture keeps of its answer. Where that can't be shown, it is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, Engine, delete, or_, select, update

from storage import dictionaries, repacking
from storage.dictionaries import SAMPLE_SIZES, Dictionary, DictionaryDamaged
from storage.engine import reading
from storage.filing import packed, samples_of
from storage.keeping import drop_unneeded
from storage.models import BodyRow, CaptureRow, DictionaryRow, PackRow, table_of
from storage.pieces import chunks
from storage.transactions import written
from storage.unpacking import COLUMNS, Unpacker

AT_ONCE: Final = 100
"""Bodies that are stored anew in one transaction."""
MOST_BEGINNINGS: Final = 100
_BEGINNING: Final = re.compile(rb"<!doctype|<html", re.IGNORECASE)
_NO_LIMIT: Final = 1_000_000

_body, _capture = table_of(BodyRow), table_of(CaptureRow)
_dictionary, _pack = table_of(DictionaryRow), table_of(PackRow)


def clear_dictionaries(engine: Engine, page_id: int, now: Callable[[], datetime]) -> int:
    """Replace the dictionaries in which the page may stand; how many were. Run again after a kill it goes on."""
    with reading(engine) as connection:
        held = [row for row in _rows(connection) if _may_hold(connection, row, page_id)]
    for row in held:
        new = _other(engine, row.site, {each.id for each in held}, page_id, now)
        _leave(engine, row.id, new, now)
    return len(held)


def _rows(connection: Connection) -> Sequence[Any]:
    columns = (_dictionary.c.id, _dictionary.c.site, _dictionary.c.made_at)
    return connection.execute(select(*columns).order_by(_dictionary.c.id)).all()


def _may_hold(connection: Connection, row: Any, page_id: int) -> bool:
    """Whether the page was there when the dictionary was made, and nothing shows that it isn't in it."""
    was_there = or_(_capture.c.captured_at.is_(None), _capture.c.captured_at <= row.made_at)
    fetched = select(_capture.c.id).where(_capture.c.page_id == page_id, _capture.c.body_sha256.is_not(None), was_there)
    if connection.scalar(fetched.limit(1)) is None:
        return False
    try:
        content = dictionaries.content_of(connection, row.id)
    except DictionaryDamaged:
        return True
    return not _is_of_others(connection, content, page_id)


def _is_of_others(connection: Connection, content: bytes, page_id: int) -> bool:
    """Whether it can be parted into answers that captures of other pages brought, without any of this page's."""
    beginnings = sorted({0, len(content), *(found.start() for found in _BEGINNING.finditer(content))})
    if len(beginnings) > MOST_BEGINNINGS:
        return False
    shortest, longest = SAMPLE_SIZES
    parts = {
        sha256(content[start:end]).digest(): (start, end)
        for start in beginnings
        for end in beginnings
        if shortest <= end - start <= longest
    }
    pages = [row for some in chunks(parts) for row in connection.execute(_pages_with(some))]
    if any(id_ == page_id for id_, _ in pages):
        return False
    known = {parts[digest] for _, digest in pages}
    reached = {0}
    for start, end in sorted(known):
        if start in reached:
            reached.add(end)
    return len(content) in reached


def _pages_with(digests: Sequence[bytes]) -> Any:
    return select(_capture.c.page_id, _capture.c.body_sha256).where(_capture.c.body_sha256.in_(digests)).distinct()


def _other(
    engine: Engine, site: str | None, held: set[int], page_id: int, now: Callable[[], datetime]
) -> Dictionary | None:
    """The site's newest, where the page isn't in that; else one made without it, where there are pages enough."""
    if site is None:
        return None

    def work(connection: Connection) -> Dictionary | None:
        newest = dictionaries.newest(connection, site)
        if newest is not None and newest.id not in held:
            return newest
        samples = samples_of(connection, site, without_page=page_id)
        return dictionaries.make(connection, site, samples, now(), a_day=_NO_LIMIT)

    return written(engine, work)


def _leave(engine: Engine, old: int, new: Dictionary | None, now: Callable[[], datetime]) -> None:
    """Store anew what stands behind a dictionary, and delete it."""
    while _move_some(engine, old, new) or _move_a_pack(engine, old, new, now()):
        pass
    written(engine, lambda connection: connection.execute(delete(_dictionary).where(_dictionary.c.id == old)))
    dictionaries.forget()


def _move_some(engine: Engine, old: int, new: Dictionary | None) -> bool:
    def work(connection: Connection) -> bool:
        rows = connection.execute(select(*COLUMNS).where(_body.c.dictionary_id == old).limit(AT_ONCE)).all()
        unpack = Unpacker(connection)
        for row in rows:
            values = packed(unpack, unpack(row), new, row.base_sha256)
            connection.execute(update(_body).where(_body.c.sha256 == row.sha256).values(values))
        bases = {row.base_sha256 for row in rows} - {None}
        if bases:
            drop_unneeded(connection, bases)
        return bool(rows)

    return written(engine, work)


def _move_a_pack(engine: Engine, old: int, new: Dictionary | None, made_at: datetime) -> bool:
    def work(connection: Connection) -> bool:
        pack_id = connection.scalar(select(_pack.c.id).where(_pack.c.dictionary_id == old).limit(1))
        if pack_id is None:
            return False
        return repacking.rewrite(connection, pack_id, None if new is None else new.id, made_at)

    return written(engine, work)
