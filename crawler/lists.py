"""The list pages of one run: which were walked, to which end, and what they name."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

MAX_PAGES: Final = 500
"""Pages of one list: past it the list counts as walked only if nothing new came."""


class Walk(StrEnum):
    OPEN = "open"
    ENDED = "ended"
    CUT_SHORT = "cut short"
    """A ``new`` run stops at the first page that names nothing unknown."""
    ABSENT = "absent"
    """404 or a redirect away, on a list that has never been seen with an article."""
    FAILED = "failed"
    EMPTIED = "emptied"


_MANY: Final = 5
"""Teasers that a strip can hold: a place with more links than the probe page has there, and so many more, is a list's own."""


@dataclass(slots=True)
class ListWalk:
    """One section's list. ``named``: canonical address to the address as it is linked, with the places where it stands.

    ``frame``: the structural places of links that every page of the site has (menu, strip of teasers, footer), as the probe page
    shows them: what stands only there is not of this list.
    """

    path: str
    frame: frozenset[str] = frozenset()
    walk: Walk = Walk.OPEN
    pages: int = 0
    named: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)

    def learn_frame(self, probe: Counter[str], first_page: Counter[str]) -> None:
        """A site without telling classes may draw its lists just as its strip: the number of links tells them apart."""
        self.frame = frozenset(place for place, count in probe.items() if first_page[place] <= count + _MANY)

    def add(self, url: str, shown: str, place: str) -> bool:
        """True when this is the list's own and it didn't name the page before in this run."""
        known = self.named.get(url)
        if known is None:
            self.named[url] = (shown, frozenset((place,)))
            return place not in self.frame
        if place not in known[1]:
            self.named[url] = (known[0], known[1] | {place})
        return False

    def listed(self) -> list[tuple[str, str]]:
        """The pages that the list itself names, as (canonical, shown)."""
        return [(url, shown) for url, (shown, places) in self.named.items() if places - self.frame]
