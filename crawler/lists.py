"""The list pages of one run: which were walked, to which end, and what they name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from crawler.pages.listing import ListPage
from crawler.pages.urls import path_of

MAX_PAGES: Final = 500
"""Pages of one list: past it the list counts as walked only if nothing new came."""


STANDING: Final = "standing page"
"""The place of a page that stands by itself in the menus."""


class Walk(StrEnum):
    OPEN = "open"
    ENDED = "ended"
    CUT_SHORT = "cut short"
    """A ``new`` run stops at the first page that names nothing unknown."""
    ABSENT = "absent"
    """404 or a redirect away: this site has no such list, or has it no more."""
    FAILED = "failed"
    EMPTIED = "emptied"
    """It named several pages and names none now: not to be believed."""


_STRIP: Final = 5
"""Teasers that a strip can hold."""


@dataclass(frozen=True, slots=True)
class Named:
    """An article that a list page links. ``place``: the structural place of the link, tags and classes from body down."""

    url: str
    shown: str
    place: str


@dataclass(slots=True)
class ListWalk:
    """One section's list, page by page.

    A list page links other articles too: a strip of teasers above the list, drawn anew at any time, menus, the footer. What is
    the list's own is told by two signs. The article's address lies under the list's path; or the link stands in a place where
    no page of the site has links to articles of elsewhere (``frame``).
    """

    path: str
    walk: Walk = Walk.OPEN
    pages: int = 0
    is_like_probe: bool = False
    named: dict[str, Named] = field(default_factory=dict)
    places: dict[str, frozenset[str]] = field(default_factory=dict)
    """Canonical address to all the places in which this list links it: nearly all have the same, and share one set."""
    _shared: dict[frozenset[str], frozenset[str]] = field(default_factory=dict)
    _last_page: frozenset[str] = frozenset()

    def add_page(self, links: Sequence[Named], *, has_next: bool) -> list[str]:
        """Take in one page; the articles under this list's path, or in new places, that it hadn't named yet. None: its end.

        Past the end a site may serve its last page again, with another strip: then the two pages differ by a strip at most.
        """
        fresh = [link.url for link in links if link.url not in self.named and self.is_under(link.url)]
        page = frozenset(link.url for link in links if self.is_under(link.url))
        is_again = bool(page) and len(page - self._last_page) <= _STRIP and len(self._last_page - page) <= _STRIP
        for link in links:
            self.named.setdefault(link.url, link)
            held = self.places.get(link.url, frozenset())
            if link.place not in held:
                held |= {link.place}
                self.places[link.url] = self._shared.setdefault(held, held)
        self.pages += 1
        first, self._last_page = self.pages == 1, page
        return [] if is_again and not has_next and not first else list(dict.fromkeys(fresh))

    def is_under(self, url: str) -> bool:
        """``/news/?ELEMENT_ID=5`` lies under ``/news/`` too."""
        return f"{path_of(url).rstrip('/')}/".startswith(self.path)

    def foreign_places(self) -> set[str]:
        """Places in which this list's pages link articles of elsewhere: strips, menus."""
        return {place for url in self.named if not self.is_under(url) for place in self.places[url]} - {STANDING}

    def listed(self, frame: set[str] | frozenset[str]) -> list[tuple[str, str]]:
        """The pages that the list itself names, as (canonical, shown).

        Where the list has places of its own, what stands only in the frame isn't listed. Where a site draws its lists just as
        its strip, or keeps part of a list in the frame's places, the path alone decides.
        """
        standing = [url for url in self.named if STANDING in self.places[url]]
        strict = [url for url in self.named if self.places[url] - frame - {STANDING}]
        loose = [url for url in self.named if self.is_under(url) or self.places[url] - frame - {STANDING}]
        is_clear = strict and len(loose) - len(strict) <= max(_STRIP, len(loose) // 10)
        found = dict.fromkeys([*standing, *(strict if is_clear else loose)])
        return [(url, self.named[url].shown) for url in found]


def page_parameter(page: ListPage) -> str:
    """A page that holds two lists counts the second one's pages by PAGEN_2."""
    found = re.search(r"[?&](PAGEN_\d+)=", page.next_pages[0]) if page.next_pages else None
    return found[1] if found else "PAGEN_1"
