"""What the readers that ``make bench-reading`` compares are given, and what they give back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Protocol
from unicodedata import normalize

# Soft hyphen, zero-width characters, directional marks, byte order mark: drawn by no browser.
_INVISIBLE = re.compile("[\xad\u200b-\u200f\u2060\ufeff]")
# Readers that give text mark list items and the edges of table rows; the mark isn't the page's.
_MARK = re.compile(r"^(?:[-*\u2022\u25aa\u25cf\u25e6\u00b7|]+ )+|(?: \|+)+$")


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a site, and its text. Peers are given the text: decoding isn't held against them."""

    url: str
    body: bytes
    content_type: str
    html: str


@dataclass(frozen=True, slots=True)
class Extract:
    """What a reader makes of a page. ``signature``: what its user would keep and compare to notice an edit.

    ``signature`` None: the reader says that it can't tell, so nobody is told of anything. ``blocks``
    None: it has no idea of blocks, on any page. ``links`` as (href, text) and
    ``media`` as (src, alt) only from readers that give them.
    """

    title: str | None = None
    published: date | None = None
    blocks: tuple[str, ...] | None = ()
    signature: str | None = None
    links: tuple[tuple[str, str], ...] | None = None
    media: tuple[tuple[str, str], ...] | None = None


Again = Callable[[str], bytes]


class Reader(Protocol):
    """One row of the table. Made anew for each site."""

    def learn(self, pages: Sequence[tuple[str, bytes]], again: Again) -> None:
        """Looks at pages of the site, as (address, body), before the first of them is read. Nobody tells it what is right.

        ``again``: gives the body of one of them as it is a little later.
        """

    def extract(self, page: Page) -> Extract:
        """Reads one page."""


def canonical(text: str) -> str:
    """NFC, single spaces, nothing invisible."""
    return " ".join(normalize("NFC", _INVISIBLE.sub("", text)).split())


def canonical_block(text: str) -> str:
    """The same without the marks of list items and table rows."""
    return _MARK.sub("", canonical(text))


def extract_of(title: str | None, published: date | None, texts: Sequence[str], printed: str | None = None) -> Extract:
    """A peer's extract. Its signature is made of all that it gives, in canonical form: a soft hyphen isn't held against it.

    ``printed``: the date as the page prints it, from a peer that gives that one.
    """
    title = canonical(title) if title else None
    blocks = tuple(filter(None, map(canonical_block, texts)))
    day = canonical(printed) if printed else str(published)
    parts = [title, day, *blocks]
    return Extract(title, published, blocks, sha256(json.dumps(parts).encode()).hexdigest())
