"""Where every article of the site stands at this moment: its place, whether it answers, whether it is listed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs

from replica.addresses import ancestors, lookup_key
from replica.model import Article
from replica.noise import Template


@dataclass(slots=True, eq=False)
class Entry:
    """``status`` is 200, or that of a deleted page. ``stand_in`` names what is served in the article's place."""

    article: Article
    status: int = 200
    listed: bool = True
    stand_in: str | None = None
    views: int = 100
    revision: int = 0
    changed_at: float = 0.0
    templates: dict[tuple[str, int], Template] = field(default_factory=dict)

    def is_shown(self) -> bool:
        """Whether lists, strips and the home page may name it."""
        return self.listed and self.status == 200


@dataclass(frozen=True, slots=True)
class Redirect:
    status: int
    target: str


class Shelf:
    """Every article by its address, in the order of the lists (the newest first)."""

    def __init__(self, articles: Iterable[Article], standing: Iterable[Article]) -> None:
        self._entries: dict[str, Entry] = {}
        self._order: list[Entry] = []
        self.redirects: dict[str, Redirect] = {}
        self.revision = 0
        for article in articles:
            self.put(Entry(article))
        for article in standing:
            self._entries[lookup_key(article.address)] = Entry(article, listed=False)
        self._shown: dict[str, list[Entry]] = {}
        self._shown_revision = -1

    def __iter__(self) -> Iterator[Entry]:
        """In the order of the lists; standing pages come last."""
        yield from self._order
        yield from (entry for entry in self._entries.values() if not entry.article.section)

    def put(self, entry: Entry, *, first: bool = False) -> None:
        key = lookup_key(entry.article.address)
        if key in self._entries:
            raise ValueError(f"the address {entry.article.address} is taken: choose another one")
        self._entries[key] = entry
        self.redirects.pop(key, None)
        self._order.insert(0 if first else len(self._order), entry)

    def __contains__(self, address: str) -> bool:
        return lookup_key(address) in self._entries

    def __getitem__(self, address: str) -> Entry:
        try:
            return self._entries[lookup_key(address)]
        except KeyError:
            raise KeyError(f"no article at {address}: take an address from site.addresses") from None

    def redirect(self, address: str) -> Redirect | None:
        return self.redirects.get(lookup_key(address))

    def rename(self, entry: Entry, article: Article) -> None:
        """Gives an entry a new address; the old one answers nothing any more."""
        key = lookup_key(article.address)
        if key in self._entries:
            raise ValueError(f"the address {article.address} is taken: choose another one")
        del self._entries[lookup_key(entry.article.address)]
        self._entries[key] = entry
        self.redirects.pop(key, None)

    def touched(self) -> None:
        """To be called after every change: what was derived from the old state is void."""
        self.revision += 1

    def shown(self, section: str = "") -> list[Entry]:
        """What a list page shows, the newest first; the whole site's news without a section."""
        if self._shown_revision != self.revision:
            self._shown = {"": []}
            for entry in self._order:
                if entry.is_shown():
                    self._shown[""].append(entry)
                    for folder in {entry.article.section, *ancestors(entry.article.address)}:
                        self._shown.setdefault(folder, []).append(entry)
            self._shown_revision = self.revision
        return self._shown.get(section, [])


KEPT_IN_KEY: Final = "ELEMENT_ID"


def split_target(target: str) -> tuple[str, dict[str, str]]:
    """The path without ``index.php`` and the query's last values."""
    path, _, query = target.partition("#")[0].partition("?")
    path = path.removesuffix("index.php") or "/"
    return path, {name: values[-1] for name, values in parse_qs(query).items()}


def key_of(path: str, query: dict[str, str]) -> str:
    """The address under which an article would stand: of the query only ``ELEMENT_ID`` tells articles apart."""
    return f"{path}?{KEPT_IN_KEY}={query[KEPT_IN_KEY]}" if KEPT_IN_KEY in query else path
