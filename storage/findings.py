"""All that ``verify`` tells of a store, as one transaction sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from storage.engine import reading
from storage.roots import content_root, counts
from storage.verify import UNREADABLE, Damage, find_damage


@dataclass(frozen=True, slots=True)
class Findings:
    """``content_root`` is None where damage keeps it from being computed, and so are counts."""

    damage: Sequence[Damage]
    counts: Mapping[str, int]
    content_root: bytes | None

    @property
    def is_whole(self) -> bool:
        return not self.damage


def examine(engine: Engine) -> Findings:
    with reading(engine) as connection:
        damage = find_damage(connection)
        try:
            return Findings(damage, counts(connection), content_root(connection))
        except UNREADABLE as error:
            return Findings(damage or [_unread(error)], {}, None)


def _unread(error: Exception) -> Damage:
    return Damage("file", "contents", f"its content_root can't be computed ({error})")
