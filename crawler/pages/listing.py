"""What a list page links to: every link with the structural place it stands in, and the pages of the list that follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from sys import intern
from typing import Final

from crawler.pages.decode import decode, wrong_type
from crawler.pages.document import Document, Element, TooMuch, parse, text_of
from crawler.pages.links import Links, is_sharing
from crawler.pages.places import step_of
from crawler.pages.text import fold
from crawler.pages.urls import canonical

_NUMBERED: Final = "PAGEN_"
_PAGE: Final = re.compile(r"[?&](PAGEN_\d+)=(\d+)(?=&|$)")


@dataclass(frozen=True, slots=True)
class ListLink:
    """``href``: absolute, the final slash as it is linked.

    ``signature``: tags and classes from body down to the link, a table's cells with their column.
    """

    href: str
    text: str
    signature: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """``next_pages``: addresses of this list whose page number is greater than this page's, the nearest first."""

    links: tuple[ListLink, ...]
    next_pages: tuple[str, ...]


def list_links(body: bytes, url: str, content_type: str | None = None, *, base_origin: str | None = None) -> ListPage:
    """All links of the page at ``url`` that lead to pages or files, in order; nothing where it can't be read."""
    decoded = decode(body, content_type) if wrong_type(body, None) is None else None
    try:
        document = parse(decoded.data) if decoded else None
    except TooMuch:
        return ListPage((), ())
    if document is None:
        return ListPage((), ())
    links = Links(url, None, base_origin)
    found = tuple(_links(document, links))
    return ListPage(found, tuple(_next_pages(found, url)))


def _links(document: Document, links: Links) -> Iterator[ListLink]:
    places: dict[Element, str] = {}
    for anchor in document.body.iter("a"):
        href = anchor.get("href")
        target = links.target(href) if href else None
        if target is not None and not is_sharing(target):
            # One string for a place on however many pages: a crawl keeps it with each address.
            yield ListLink(target, fold(text_of(anchor)), intern(_place(anchor, places)))


def _place(element: Element, places: dict[Element, str]) -> str:
    """``div.col>ul>li>a``; the same for all rows of a list, and for the same list in another answer."""
    unknown: list[Element] = []
    above: Element | None = element
    while above is not None and above not in places:
        unknown.append(above)
        above = None if above.tag == "body" else above.getparent()
    place = places.get(above, "") if above is not None else ""
    for box in reversed(unknown):  # not by recursion: a broken page may be nested a thousand deep
        place = places[box] = f"{place}>{_step(box)}" if place else _step(box)
    return place


def _step(element: Element) -> str:
    if element.tag == "td":
        column = sum(1 for _ in element.itersiblings("td", preceding=True))
        return f"td:{column}"
    return step_of(element)


def _next_pages(links: tuple[ListLink, ...], url: str) -> list[str]:
    own = canonical(url)
    here = int(found[2]) if (found := _PAGE.search(own)) else 1
    base = own.partition("?")[0]
    pages: dict[int, str] = {}
    for link in links:
        if _NUMBERED not in link.href:  # nearly all: spares making their canonical addresses
            continue
        target = canonical(link.href)
        found = _PAGE.search(target)
        if found and target.partition("?")[0] == base and int(found[2][:9]) > here:
            pages.setdefault(int(found[2][:9]), link.href)
    return [pages[number] for number in sorted(pages)]
