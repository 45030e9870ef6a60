"""Where the article's title stands: the visible line that agrees with what the head of the page says it is called."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Final

from crawler.pages.dates import leading_date, parse_date, trailing_date
from crawler.pages.document import Document, Element, text_of
from crawler.pages.links import Leads, Links
from crawler.pages.text import fold, skeleton, words

_SEPARATOR: Final = re.compile(r"\s+[-–—|:·•/\\»]+\s+|\s*[|»]\s*|(?<=[.!?])\s+")
_CUT: Final = 200
"""Letters from which a name in the head may be a title cut short (the site cuts at 255); a shorter one says so with dots."""
_MANY: Final = 300
"""Headings and lines that are looked at: a page with more of them is no page of news."""
_LONGEST: Final = 600
_HEAD: Final = 4
_HEADINGS: Final = ("h1", "h2", "h3", "h4")
_INLINE_PARENTS: Final = words("a b strong i em u s span font big small center mark")
_SILENT: Final = words("script style noscript title option textarea template button label a")
_AROUND_DAY: Final = " \t()[]|,–—-"
_WORD: Final = re.compile(r"[^\W_]{2,}")


@dataclass(frozen=True, slots=True)
class Title:
    """``text`` without a date around it. ``agrees``: letters it shares with a name in the head (0: none, a lone ``h1``)."""

    element: Element
    text: str
    agrees: int


def split_date(text: str) -> tuple[date, str] | None:
    """The day printed behind a title or before it, and the title: in figures, or written out."""
    if text[-1:].isdigit() or text[-2:-1].isdigit():
        words = text.split(" ")
        for count in (5, 4, 3, 2, 1):  # "26 July 2024 14:05", "26.07.2024"
            if count < len(words) and (day := parse_date(" ".join(words[-count:]))):
                return day, " ".join(words[:-count])
        if found := trailing_date(text):
            return found
    return leading_date(text) if text[:1].isdigit() else None


def day_beside(text: str, title: str) -> date | None:
    """The day in an element of its own beside the title, with nothing between them: ``<b>Title</b><span>22 August 2021``."""
    if len(text) > len(title) and text.startswith(title):
        return parse_date(text[len(title) :].strip(_AROUND_DAY))
    if len(text) > len(title) and text.endswith(title):
        return parse_date(text[: -len(title)].strip(_AROUND_DAY))
    return None


class Names:
    """What the head calls the page, whole and in its parts: "Title - Site", "Site | Title", or the title cut short."""

    def __init__(self, titles: Sequence[str], site_name: str = "") -> None:
        not_titles = {skeleton(part) for part in _parts(site_name)} if site_name else ()
        titles = [_without(title, not_titles) for title in titles] if not_titles else titles
        self.parts = list(dict.fromkeys(part for title in titles for part in _parts_by_length(title)))
        """Pieces between separators, the longest of each name first: the title is likelier than the site's name."""
        self.whole = [*titles, *self.parts]
        self._words: list[list[str]] | None = None
        self._forms: dict[str, int] = {}
        self._cut: list[str] = []
        for title in titles:
            self._learn(title)
        self._longest = 2 * max(map(len, titles), default=0) + 80
        self.least = max((2 * len(skeleton(part)) for part in self.parts[:1]), default=0)
        """How much the title agrees at least: it says the longest part, if the head names it first."""
        self._heads = {form[:_HEAD] for form in (*self._forms, *self._cut)}
        self._has_short = any(len(head) < _HEAD for head in self._heads)

    def may_stand_in(self, text: str) -> bool:
        """Whether the three longest words of one of the parts are in ``text``, written as they are in the head."""
        return any(all(word in text for word in longest) for longest in self._longest_words())

    def _longest_words(self) -> list[list[str]]:
        if self._words is None:
            self._words = [longest_words(part) for part in self.parts]
        return self._words

    def may_begin(self, text: str) -> bool:
        """Whether ``text``, or what stands behind a day in front of it, can begin as one of the names does.

        It spares nearly every line of a page the look for a day and the comparison: measured, a third of the reading of a page.
        """
        head = skeleton(text[: _HEAD * 8])[:_HEAD]
        return len(head) < _HEAD or head[0].isdigit() or self._has_short or head in self._heads

    def _learn(self, title: str) -> None:
        forms = [skeleton(part) for part in _parts(title)]
        whole = "".join(forms)
        if len(title) >= _CUT or title.rstrip().endswith(("…", "...")):
            self._cut.append(skeleton(title.rstrip(".… ")))
        forms = forms[:8]
        for start in range(len(forms)):
            for stop in range(start + 1, len(forms) + 1):
                form = "".join(forms[start:stop])
                is_enough = start == 0 or len(form) * 5 >= len(whole) * 2
                if form and is_enough:
                    self._forms[form] = max(self._forms.get(form, 0), len(form) * 2 + (start == 0))
        if whole:
            self._forms[whole] = len(whole) * 2 + 1

    def title(self, element: Element, text: str) -> Title:
        """``text`` as a title: whole where that agrees (a title may end in a day), else without the day around it."""
        agrees = self.agrees(text)
        cut = None if agrees else split_date(text) or self._beside_day(text)
        bare = cut[1] if cut else text
        agrees = agrees or self._forms.get(skeleton(bare), 0) or self._as_cut(skeleton(bare))
        return Title(element, bare, agrees)

    def agrees(self, text: str) -> int:
        """How many letters the whole of it shares with a name; nothing for what is longer than any of them."""
        return self._forms.get(skeleton(text), 0) if len(text) <= self._longest else 0

    def _beside_day(self, text: str) -> tuple[date, str] | None:
        found = ((day_beside(text, name), name) for name in self.whole)
        return next(((day, name) for day, name in found if day is not None), None) or self._before_day(text)

    def _before_day(self, text: str) -> tuple[date, str] | None:
        """The day glued behind a title that separators part in the head: ``Meeting «Borders»22 August 2021``."""
        if not text[-1:].isdigit() or not self.may_begin(text):
            return None
        for form in sorted(self._forms, key=len, reverse=True):
            end = _end_of(text, form)
            day = parse_date(text[end:]) if end else None
            if day is not None:
                return day, text[:end].rstrip(_AROUND_DAY)
        return None

    def _as_cut(self, form: str) -> int:
        """For a title longer than its name in the head, which was cut at so many letters."""
        return max((len(cut) * 2 + 1 for cut in self._cut if form.startswith(cut)), default=0)


def _end_of(text: str, form: str) -> int:
    """Where ``text`` has said all letters of ``form`` and closed its quotation marks; 0 where it says something else."""
    said = 0
    for place, letter in enumerate(text):
        if said >= len(form) and letter.isalnum():
            return place
        said += len(skeleton(letter))
        if said > len(form) or not form.startswith(skeleton(letter), said - len(skeleton(letter))):
            return 0
    return 0


def longest_words(part: str) -> list[str]:
    """The three longest: hardly another text has them all."""
    return sorted(_WORD.findall(part), key=len, reverse=True)[:3]


@lru_cache(maxsize=256)
def _parts(title: str) -> list[str]:
    """The pieces of a name between separators. Nobody changes the list."""
    return [part for part in _SEPARATOR.split(title) if part]


def _without(title: str, not_titles: Collection[str]) -> str:
    """The name without the site's own behind or before it; a page that is called as the site is keeps it."""
    parts = _parts(title)
    first, last = 0, len(parts)
    while last - first > 1 and skeleton(parts[last - 1]) in not_titles:
        last -= 1
    while last - first > 1 and skeleton(parts[first]) in not_titles:
        first += 1
    if last - first == len(parts):
        return title
    start = title.index(parts[first])
    return title[start : title.rindex(parts[last - 1]) + len(parts[last - 1])]


def _parts_by_length(title: str) -> list[str]:
    return sorted(_parts(title), key=len, reverse=True)[:4]


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
    said = ((place, place.text) for place in places if place.text is not None and not len(place))
    read = [names.title(place, fold(text)) for place, text in said if text.strip() in names.whole]
    if not read:
        texts = [(place, text) for place in places[:_MANY] if 0 < len(text := fold(text_of(place))) <= _LONGEST]
        read = [Title(place, text, agrees) for place, text in texts if (agrees := names.agrees(text))]
        read = read or [names.title(place, text) for place, text in texts]
    best = max((title.agrees for title in read), default=0)
    if not best or best < names.least:
        return []
    return [title for title in read if title.agrees == best and not _leads_away(title.element, links)]


def _headings(within: Element, names: Names, links: Links) -> Iterator[Title]:
    for element in islice(within.iter(*_HEADINGS), _MANY):
        text = fold(text_of(element))
        title = names.title(element, text) if text and len(text) <= _LONGEST else None
        if title is not None and (title.agrees or element.tag == "h1") and not _leads_away(element, links):
            yield title


def _elsewhere(within: Element, names: Names, links: Links, is_thorough: bool) -> Iterator[Title]:
    """Titles that stand in no heading, but in a bold line or in any ``div``."""
    searches = (_in_one_piece, _in_pieces, _in_any_letters) if is_thorough else (_in_one_piece,)
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


def _in_pieces(body: Element, words: list[str], _length: int, names: Names) -> Iterator[Title]:
    """Wherever one of its words stands: for a title with a part in bold, a soft hyphen inside, or cut in the head."""
    seen: set[Element] = set()
    for element in body.iter():
        for piece, is_tail in ((element.text, False), (element.tail, True)):
            if piece is not None and len(piece) <= _LONGEST * 4 and any(word in piece for word in words):
                yield from _titles_at(element.getparent() if is_tail else element, names, seen)


def _in_any_letters(body: Element, _words: list[str], length: int, names: Names) -> Iterator[Title]:
    """Every text that begins as a name does once its letters are composed and its invisible signs are gone."""
    seen: set[Element] = set()
    for element in body.iter():
        for piece, is_tail in ((element.text, False), (element.tail, True)):
            if piece is None or not 0 < len(piece.strip()) <= _LONGEST or element.tag in _SILENT:
                continue
            text = fold(piece)
            if len(text) * 2 > min(length, _HEAD * 8) and names.may_begin(text):
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
