"""What was looked at and didn't change, by site and section: an absence that can be quoted, with its interval. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from reports.sections import NO_SECTION, section_of
from storage.observation import Looks

NAMED: Final = 500
"""So many unchanged pages are named in a report, those that were looked at most; ``history`` knows each of them."""
_FEWEST: Final = 2
"""One look shows no interval."""


@dataclass(slots=True)
class Covered:
    """Pages of one section, or of all. ``pages`` were looked at ``looks`` times in all between ``first_at`` and ``last_at``, each
    of them twice or more, and none showed a change; ``once``: of these too little is known; ``unseen``: nobody looked."""

    site: str
    section: str
    pages: int = 0
    looks: int = 0
    fewest: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    changed: int = 0
    once: int = 0
    unseen: int = 0

    @property
    def known(self) -> int:
        return self.pages + self.changed + self.once + self.unseen

    def count(self, page: Looks) -> bool:
        """Whether the page is one that didn't change."""
        if not page.count:
            self.unseen += 1
        elif not page.is_steady:
            self.changed += 1
        elif page.count < _FEWEST or page.first_at is None or page.last_at is None:
            self.once += 1
        else:
            self.pages += 1
            self.looks += page.count
            self.fewest = min(self.fewest or page.count, page.count)
            self.first_at = min(self.first_at or page.first_at, page.first_at)
            self.last_at = max(self.last_at or page.last_at, page.last_at)
            return True
        return False


@dataclass(frozen=True, slots=True)
class Coverage:
    """``named``: unchanged pages by address; ``unnamed``: how many more there are."""

    sites: list[Covered] = field(default_factory=list)
    sections: list[Covered] = field(default_factory=list)
    named: list[Looks] = field(default_factory=list)
    unnamed: int = 0


def coverage(pages: Iterable[Looks]) -> Coverage:
    sites: dict[str, Covered] = {}
    sections: dict[tuple[str, str], Covered] = {}
    steady: list[Looks] = []
    for page in pages:
        site, section = page.site or "import", section_of(page.url) or NO_SECTION
        sites.setdefault(site, Covered(site, "")).count(page)
        if sections.setdefault((site, section), Covered(site, section)).count(page):
            steady.append(page)
    named = sorted(sorted(steady, key=lambda page: (-page.count, page.url))[:NAMED], key=lambda page: page.url)
    return Coverage(
        [sites[name] for name in sorted(sites)],
        [sections[key] for key in sorted(sections)],
        named,
        len(steady) - len(named),
    )
