"""Edits by the dozen in one run: they wait until all of it is known, for a redesign looks like a day of many edits.

What is seen here lives as long as the process. A run that was killed is settled as a whole by the next one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import Connection, Row

from storage.articles import bits_to_fields
from storage.groups import change_of, share_left
from storage.histories import article_of
from storage.records import Outcome
from storage.sightings import Sorted, is_clear, lost_fields

MANY_EDITS: Final = 5
SHARE_EDITED: Final = 0.2
"""Edits are no lone ones while they are more than this share of the known pages looked at: fewer than ``MANY_EDITS`` wait
until more was looked at, and so many are a surge."""
ALIKE: Final = 5
"""So many edits by one common difference are the site's doing."""
PAGES_LOST: Final = 3
"""So many pages that lost the same field are the site's doing, or the reader's."""
REPLACED: Final = 0.1
"""A text of which less than this is left may be another page's, or a message in its place: no clear edit."""


@dataclass(slots=True)
class Course:
    """What a run has come to so far, of the pages that were known before it."""

    after: int = 0
    """The last capture looked at."""
    known: int = 0
    edits: int = 0
    is_surge: bool = False
    alike: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    bodies: set[bytes] = field(default_factory=set)
    """The texts of this run's new pages and edits."""
    postponed: dict[int, list[Row[Any]]] = field(default_factory=dict)

    def copy(self) -> Course:
        """One to go on with, so that this one stays where it is should the transaction fail."""
        return replace(
            self,
            alike=Counter(self.alike),
            lost=Counter(self.lost),
            bodies=set(self.bodies),
            postponed=dict(self.postponed),
        )

    def of_their_own(self, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
        """The new pages with a text that no other page came to in this run. The rest may be a message in many pages' place."""
        return [row for row in rows if not row.text_length or self._is_unheard_of(row)]

    def clear(self, connection: Connection, found: Sorted) -> dict[int, list[Row[Any]]]:
        """By page, the captures that may be settled now; those of edits that are too many for their run so far wait."""
        self.known += len(found.unchanged) + len(found.other)
        clear: dict[int, list[Row[Any]]] = {}
        for page_id, rows in found.other.items():
            if not is_edit(rows):
                if is_clear(rows):
                    clear[page_id] = rows
            elif self._is_lone(connection, rows):
                self.postponed[page_id] = rows
        if self._is_too_many():
            self.postponed.clear()
        elif self.edits <= SHARE_EDITED * self.known:
            clear |= self.postponed
            self.postponed = {}
        return clear

    def _is_lone(self, connection: Connection, rows: Sequence[Row[Any]]) -> bool:
        """Whether nothing but the number of other edits speaks against it."""
        self.edits += 1
        row, lost = rows[-1], lost_fields(rows[-1])
        self.lost.update(bits_to_fields(lost))
        if self.is_surge or lost or not is_clear(rows) or not self._is_unheard_of(row):
            return False
        before, now = article_of(connection, row.shown_content_id), article_of(connection, row.content_id)
        self.alike[change_of(before, now)] += 1
        return share_left(before, now) >= REPLACED

    def _is_too_many(self) -> bool:
        is_many = self.edits >= MANY_EDITS and self.edits > SHARE_EDITED * self.known
        self.is_surge = self.is_surge or is_many or _most(self.alike) >= ALIKE or _most(self.lost) >= PAGES_LOST
        return self.is_surge

    def _is_unheard_of(self, row: Row[Any]) -> bool:
        is_known = row.body_sha256 in self.bodies
        if row.body_sha256 is not None and row.body_sha256 != row.shown_body_sha256:
            self.bodies.add(row.body_sha256)
        return not is_known


def is_edit(rows: Iterable[Row[Any]]) -> bool:
    """Whether a page's captures show something else than it showed."""
    return any(
        row.shown_sha256 is not None
        and row.content_sha256 not in {None, row.shown_sha256}
        and row.outcome == Outcome.OK
        and row.reread_of is None
        for row in rows
    )


def _most(counts: Counter[str]) -> int:
    return max(counts.values(), default=0)
