"""The list pages of one run: which were walked, to which end, and what they name."""

from __future__ import annotations

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


@dataclass(slots=True)
class ListWalk:
    """One section's list. ``named``: canonical address to the address as it is linked, with the places where it stands."""

    path: str
    walk: Walk = Walk.OPEN
    pages: int = 0
    named: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)

    def add(self, url: str, shown: str, signature: str) -> bool:
        """True when this list didn't name the page before in this run."""
        known = self.named.get(url)
        if known is None:
            self.named[url] = (shown, frozenset((signature,)))
            return True
        if signature not in known[1]:
            self.named[url] = (known[0], known[1] | {signature})
        return False

    def listed(self, frame: frozenset[str]) -> list[tuple[str, str]]:
        """The pages that the list itself names: not those that stand only where every page of the site has links.

        ``frame``: the structural places of links on the probe page (menu, strip of teasers, footer). Where nothing stands
        outside of it, the places tell nothing and every page counts.
        """
        own = [(url, shown) for url, (shown, places) in self.named.items() if places - frame]
        return own or [(url, shown) for url, (shown, _places) in self.named.items()]
