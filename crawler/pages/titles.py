"""Where the article's title stands: the visible line that agrees with what the head of the page says it is called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from crawler.pages.document import Document, Element, text_of
from crawler.pages.links import Leads, Links
from crawler.pages.names import HEAD, Names, Title, longest_words
from crawler.pages.text import fold, words

_MANY: Final = 300
"""Headings and lines that are looked at: a page with more of them is no page of news."""
_LONGEST: Final = 600
_HEADINGS: Final = ("h1", "h2", "h3", "h4")
_INLINE_PARENTS: Final = words("a b strong i em u s span font big small center mark")
_SILENT: Final = words("script style noscript title option textarea template button label a")


def find_titles(
    document: Document,
    links: Links,
    names: Names | None = None,
    within: Element | None = None,
    *,
    is_thorough: bool = True,
) -> list[Title]:
    """Lines that may be the title, those that agree best, in page order; a lone ``h1`` where none agrees.

    ``within``: the element that is searched, the whole body where none is named. ``is_thorough``: also titles that aren't
    written in one piece.
    """
    names = Names(document.titles) if names is None else names
    within = document.body if within is None else within
    headings = list(_headings(within, names, links))
    agreeing = [title for title in headings if title.agrees] or list(_elsewhere(within, names, links, is_thorough))
    if agreeing:
        best = max(title.agrees for title in agreeing)
        return [title for title in agreeing if title.agrees == best]
    return [title for title in headings if title.element.tag == "h1"][:1]


def titles_at(places: Sequence[Element], names: Names, links: Links) -> list[Title]:
    """Those of the elements that agree best with a name in the head, at least with its longest part."""
    only = fold(text_of(places[0])) if len(places) == 1 else None
    first = [title for place in places if (title := _first_title(place, names, only)) is not None]
    if first:
        return [title for title in first if not _leads_away(title.element, links)]
    whole = names.whole
    said = ((place, place.text) for place in places if place.text is not None and not len(place))
    read = [names.title(place, fold(text)) for place, text in said if text.strip() in whole]
    if not read:
        told = ((place, fold(text_of(place)) if only is None else only) for place in places[:_MANY])
        texts = [(place, text) for place, text in told if 0 < len(text) <= _LONGEST]
        read = [Title(place, text, agrees) for place, text in texts if (agrees := names.agrees(text))]
        read = read or [names.title(place, text) for place, text in texts]
    best = max((title.agrees for title in read), default=0)
    if not best or best < names.least:
        return []
    return [title for title in read if title.agrees == best and not _leads_away(title.element, links)]


def _first_title(place: Element, names: Names, only: str | None) -> Title | None:
    """Quick where several places are looked at: what isn't written in one piece, as it is in the head, is read later.

    ``only``: the text of the place where there is no other.
    """
    if only is not None:
        return names.first_title(place, only)
    return names.first_title(place, (place.text or "").strip()) if not len(place) else None


def _headings(within: Element, names: Names, links: Links) -> Iterator[Title]:
    for element in islice(within.iter(*_HEADINGS), _MANY):
        text = fold(text_of(element))
        title = names.title(element, text) if text and len(text) <= _LONGEST else None
        # A day and nothing else, in a broken page, is no title.
        if (
            title is not None
            and title.text
            and (title.agrees or element.tag == "h1")
            and not _leads_away(element, links)
        ):
            yield title


def _elsewhere(within: Element, names: Names, links: Links, is_thorough: bool) -> Iterator[Title]:
    """Titles that stand in no heading, but in a bold line or in any ``div``."""
    searches = (_in_one_piece, _in_any_letters) if is_thorough else (_in_one_piece,)
    for part in names.parts:
        words = longest_words(part)
        for search in searches if words else ():
            found = [
                title for title in search(within, words, len(part), names) if not _leads_away(title.element, links)
            ]
            yield from found
            if any(not is_in_link(title.element) for title in found):
                return


def is_in_link(element: Element) -> bool:
    """The title in a teaser of this very article: the article's own place may write it in another way."""
    if element.tag == "a" or next(element.iterancestors("a"), None) is not None:
        return True
    return next(element.iter("a"), None) is not None


def _in_one_piece(body: Element, words: list[str], length: int, names: Names) -> Iterator[Title]:
    """Texts of the name's length that hold its three longest words: quick, and right nearly always."""
    for holder, piece in _pieces_with(body, words, length * 3 // 4, length * 5 // 4 + 40):
        if holder is not None and holder.tag not in _SILENT:
            title = names.title(holder, fold(piece))
            if title.agrees:
                yield title


def _pieces_with(body: Element, words: list[str], shortest: int, longest: int) -> Iterator[tuple[Element | None, str]]:
    """Every text of a page passes through here, so it is written out: 0.1 ms for a page of 950 elements."""
    one, other, third = (words * 3)[:3]
    for element in body.iter():
        piece = element.text
        if (
            piece is not None
            and shortest <= len(piece) <= longest
            and one in piece
            and other in piece
            and third in piece
        ):
            yield element, piece
        piece = element.tail
        if (
            piece is not None
            and shortest <= len(piece) <= longest
            and one in piece
            and other in piece
            and third in piece
        ):
            yield element.getparent(), piece


def _in_any_letters(body: Element, _words: list[str], length: int, names: Names) -> Iterator[Title]:
    """Every text that begins as a name does once its letters are composed and its invisible signs are gone.

    So for a title with a part in bold or a soft hyphen inside, and for one that is cut in the head.
    """
    seen: set[Element] = set()
    for element in body.iter():
        for piece, is_tail in ((element.text, False), (element.tail, True)):
            if piece is None or not 0 < len(piece.strip()) <= _LONGEST or element.tag in _SILENT:
                continue
            text = fold(piece)
            if len(text) * 2 > min(length, HEAD * 8) and names.may_begin(text):
                yield from _titles_at(element.getparent() if is_tail else element, names, seen)


def _titles_at(element: Element | None, names: Names, seen: set[Element]) -> Iterator[Title]:
    for holder in _holders(element) if element is not None else ():
        if holder not in seen and holder.tag not in _SILENT:
            seen.add(holder)
            title = _as_title(holder, names)
            if title is not None:
                yield title


def _holders(element: Element) -> Iterator[Element]:
    """The element and what is inline around it, up to its block."""
    yield element
    while element.tag in _INLINE_PARENTS:
        parent = element.getparent()
        if parent is None:
            return
        element = parent
        yield element


def _as_title(element: Element, names: Names) -> Title | None:
    """By the element's whole text, or by the piece of it between two ``<br>`` (a title in the text of a cell)."""
    text = text_of(element) if len(element) < 30 else ""
    for piece in (text, element.text, *(child.tail for child in element)):
        if (
            piece
            and len(piece) <= _LONGEST
            and names.may_begin(fold(piece))
            and (title := names.title(element, fold(piece))).agrees
        ):
            return title
    return None


def _leads_away(element: Element, links: Links) -> bool:
    """Whether it is the text of a link to something else: a teaser, a crumb, a logo."""
    if len(element) and (inside := [href for a in element.iter("a") if (href := a.get("href")) is not None]):
        return any(links.leads(href) is not Leads.HERE for href in inside if href)
    for around in element.iterancestors("a", "nav", "footer"):
        if around.tag != "a" or (around.get("href") and links.leads(around.get("href") or "") is not Leads.HERE):
            return True
    return False
