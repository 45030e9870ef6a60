"""One parse of one page, and what its head says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bs4 import BeautifulSoup
from lxml import etree

from crawler.pages.text import fold

Element = etree._Element

_XML_PROLOG: Final = re.compile(rb"\s*<\?xml[^>]*>", re.IGNORECASE)
_LARGE: Final = 100_000
_LONG_TAG: Final = re.compile(rb"<[A-Za-z][^<>]{20000,}")
MAX_ATTRIBUTES: Final = 2_000
MAX_ELEMENTS: Final = 20_000
_PARSER: Final = etree.HTMLParser(
    remove_comments=True, remove_pis=True, huge_tree=True, collect_ids=False, encoding="utf-8"
)
"""``huge_tree``: without it libxml2 drops without a word what stands deeper than 256 elements; the walk has its own limit. From
bytes, since text would be recoded first: a tenth of the time."""


def text_of(element: Element) -> str:
    """All text in ``element``, as it stands there."""
    return etree.tostring(element, method="text", encoding="unicode", with_tail=False)


@dataclass(slots=True)
class Document:
    """``titles``: what the head calls the page, the surest first. ``canonical`` and ``og_url`` as they are written."""

    root: Element
    body: Element
    titles: tuple[str, ...]
    canonical: str | None
    og_url: str | None
    og_type: str | None
    og_title: str | None
    language: str | None
    refresh: str | None
    head_title: str = ""
    """The title element as it was sent: folding takes off what letters that were encoded twice are made of."""
    robots: str = ""
    """All that ``meta`` elements tell robots."""


class TooMuch(Exception):
    """More elements or attributes than a page of news has: such a page is refused, not read for minutes."""


def parse(data: bytes) -> Document | None:
    """The document in these bytes, which are UTF-8, or None when there is nothing in it that could be one. Raises TooMuch."""
    if len(data) > _LARGE and _has_swollen_tag(data):
        raise TooMuch(f"a tag with more than {MAX_ATTRIBUTES} attributes")
    root = _tree(data)
    if root is None:
        return None
    if len(data) > _LARGE and sum(1 for _ in root.iter()) > MAX_ELEMENTS:
        raise TooMuch(f"more than {MAX_ELEMENTS} elements")
    body = next(root.iterchildren("body"), None)  # ten times quicker than by a path
    return _document(root, root if body is None else body)


def _has_swollen_tag(data: bytes) -> bool:
    """libxml2 needs time by the square of one tag's attributes: 100,000 of them take a minute."""
    return any(len(found[0].split()) > MAX_ATTRIBUTES for found in _LONG_TAG.finditer(data))


def _tree(data: bytes) -> Element | None:
    prolog = _XML_PROLOG.match(data)
    if prolog is not None:
        data = data[prolog.end() :]
    open_comment = _open_comment(data)
    if open_comment is not None:
        data = _mended(data, open_comment)
    try:
        return etree.fromstring(data, _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _open_comment(data: bytes) -> int | None:
    """Where a comment begins that is never closed."""
    last = _last_comment(data)
    if last < 0 or data.find(b"-->", last + 2) >= 0:
        return None
    start = data.find(b"<!--")
    while start >= 0:
        end = data.find(b"-->", start + 2)
        if end < 0:
            return start
        start = data.find(b"<!--", end)
    return None


def _last_comment(data: bytes) -> int:
    """Where the last one begins, or -1; by its one rare letter, which is ten times quicker than to look for all four."""
    at = data.rfind(b"!")
    while at >= 0 and data[at - 1 : at + 3] != b"<!--":
        at = data.rfind(b"!", 0, at)
    return at - 1 if at > 0 else -1


def _mended(data: bytes, start: int) -> bytes:
    """``data`` with the comment that is never closed taken to end where the next tag begins.

    libxml2 lets such a comment swallow the rest of the page (FAULTS T10); BeautifulSoup reads what stands behind it. Raises
    TooMuch where that is nested so deep that it can't: it compares elements by what is in them.
    """
    end = data.find(b"<", start + 4)
    if end < 0:
        return data[:start]
    try:
        behind = str(BeautifulSoup(data[end:].decode(), "html.parser"))
    except RecursionError:
        raise TooMuch("nested too deep behind a comment that is never closed") from None
    return data[:start] + behind.encode("utf-8", "replace")


def _document(root: Element, body: Element) -> Document:
    title = canonical = refresh = None
    sent_title = ""
    named: dict[str, str] = {}
    head = next(root.iterchildren("head"), None)
    for element in head.iterchildren("meta", "title", "link") if head is not None else ():
        tag = element.tag
        if tag == "meta":
            _note_meta(element, named)
        elif tag == "title" and title is None:
            sent_title = element.text or ""
            title = fold(sent_title)
        elif tag == "link" and canonical is None and "canonical" in (element.get("rel") or "").lower().split():
            canonical = element.get("href")
    refresh = named.get("refresh")
    titles = tuple(name for name in (fold(named.get("og:title") or ""), title) if name)
    return Document(
        root,
        body,
        titles,
        canonical,
        named.get("og:url"),
        named.get("og:type"),
        named.get("og:title"),
        root.get("lang"),
        refresh,
        sent_title,
        named.get("robots", ""),
    )


def _note_meta(element: Element, named: dict[str, str]) -> None:
    name = element.get("property") or element.get("name") or element.get("http-equiv")
    content = element.get("content")
    if name and content:
        name = name.lower()
        if name == "robots":
            content = f"{named.get(name, '')} {content}"
            named[name] = content
        named.setdefault(name, content)
