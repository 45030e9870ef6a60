"""All that ``verify`` tells of a store, as one transaction sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from storage.damage import Damage
from storage.engine import reading
from storage.forgotten import forgotten_pages
from storage.roots import content_root, counts
from storage.seals import newest_seal
from storage.stamps import Stamp, newest_stamp
from storage.verify import UNREADABLE, find_damage


@dataclass(frozen=True, slots=True)
class Findings:
    """``counts`` lacks the tables, and ``content_root`` is None, where damage keeps them from being read."""

    damage: Sequence[Damage]
    counts: Mapping[str, int]
    content_root: bytes | None
    seal: tuple[int, bytes] | None = None
    """The newest seal: its number and its hash."""
    forgotten: Sequence[str] = ()
    """What is left of the addresses of forgotten pages."""
    stamp: Stamp | None = None
    """That of the newest seal that has one."""

    @property
    def is_whole(self) -> bool:
        return not self.damage


def examine(engine: Engine) -> Findings:
    with reading(engine) as connection:
        damage = find_damage(connection)
        try:
            counted, root = counts(connection), None
        except UNREADABLE as error:
            return Findings(damage or [_unread("counts", error)], {}, None)
        newest, stamp, forgotten = newest_seal(connection), newest_stamp(connection), forgotten_pages(connection)
        try:
            root = content_root(connection)
        except UNREADABLE as error:
            damage = damage or [_unread("content_root", error)]
        return Findings(damage, counted, root, newest, forgotten, stamp)


def _unread(what: str, error: Exception) -> Damage:
    return Damage("file", "contents", f"its {what} can't be told ({error})")
