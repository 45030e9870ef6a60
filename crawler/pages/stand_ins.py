"""What stands in an article's place, told by its make and not by its words: lists, forms, broken letters, another page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from crawler.pages.blocks import Line
from crawler.pages.boilerplate import PROSE, has_day, is_mostly_link
from crawler.pages.datelines import date_line
from crawler.pages.document import Document, Element
from crawler.pages.found import Found
from crawler.pages.links import Leads, Links
from crawler.pages.messages import SHORT

_CONTROLS: Final = ("input", "select", "textarea", "button")
_FOREIGN: Final = re.compile(r"[^\x00-\x7f]+")
_READ_AS: Final = ("cp1251", "cp1252", "latin-1")
_WORD: Final = re.compile(r"\w+")
_FEW_LINKS: Final = 2
"""Lines with links that a list has at least, each of them with a day beside it."""


def _read_from(codes: range) -> frozenset[str]:
    """What these bytes are in one of ``_READ_AS``."""
    return frozenset(bytes([code]).decode(encoding, "replace") for encoding in _READ_AS for code in codes)


_FIRST: Final = _read_from(range(0xC2, 0xF5))
_FOLLOWING: Final = _read_from(range(0x80, 0xC0))
_SHAPED: Final = re.compile(
    f"(?:[{re.escape(''.join(sorted(_FIRST)))}][{re.escape(''.join(sorted(_FOLLOWING)))}]{{1,3}})+"
)
"""A byte that begins a letter in UTF-8 and those that follow it, read one by one: what hardly a sound word looks like."""


def is_list(found: Found, links: Links) -> bool:
    """Links to other pages of the site, dated or by turns with their first words, make up much of it, or links are all there is.

    An article may end in links to what was adopted: it has a sentence of its own before them, and no days beside them.
    """
    lines = [line for index in found.kept if (line := found.lines[index]).text]
    linked = [line for line in lines if line.anchors]
    if len(linked) < _FEW_LINKS:
        return False
    naming = [line for line in linked if is_mostly_link(line) and _leads_on(line, links)]
    dated = [line for line in naming if has_day(line.text)]
    if len(naming) > 2 and not any(line.own >= PROSE for line in lines):
        return True
    if len(dated) > 2 and len(dated) * 5 >= len(lines) * 2:
        return True
    return _are_dated(lines, links) or (found.published is None and _are_teasers(lines, links))


def _leads_on(line: Line, links: Links) -> bool:
    return any(links.leads(anchor.href) in (Leads.ARTICLE, Leads.SITE, Leads.UP) for anchor in line.anchors)


def _are_dated(lines: list[Line], links: Links) -> bool:
    """A day on a line of its own, and right behind it a line that leads to another article: again and again."""
    pairs = pairwise(lines)
    count = sum(_names_article(line, links) and date_line(day) is not None for day, line in pairs)
    return count > 1 and count * 5 >= len(lines)


def _names_article(line: Line, links: Links) -> bool:
    return any(links.leads(anchor.href) is Leads.ARTICLE for anchor in line.anchors)


def _are_teasers(lines: list[Line], links: Links) -> bool:
    """At least three times a line that is a link to another article has running text right behind it."""
    heads = [line.is_link and _names_article(line, links) for line in lines]
    teasers = sum(head and line.own >= PROSE for head, line in zip(heads, lines[1:], strict=False))
    return teasers > 2 and teasers * 5 >= len(lines)


def is_form(found: Found) -> bool:
    """A short text without a date whose lines stand beside fields and buttons: a form, a poll, a choice."""
    if found.published is not None or sum(map(len, found.texts)) > SHORT:
        return False
    lines = [line for line in (found.lines[index] for index in found.kept) if line.text and line.boxes]
    above = {found.title.element, *found.title.element.iterancestors()}
    boxes = [line.boxes[-1] for line in lines if line.boxes[-1] not in above]
    following = boxes[-1].getnext() if boxes else None
    return any(map(_has_control, boxes)) or (following is not None and _has_control(following))


def _has_control(box: Element) -> bool:
    return any((control.get("type") or "").lower() != "hidden" for control in box.iter(*_CONTROLS))


def is_read_wrongly(found: Found, document: Document) -> bool:
    """UTF-8 that was read in another encoding, on the whole page: an editor's broken letters have sound ones around them."""
    named = document.head_title
    if not named.isascii() and not all(map(_was_utf8, _FOREIGN.findall(named))):
        return False  # sound letters in the head: the whole page isn't read wrongly
    texts = [text for text in (found.title.text, *found.texts) if not text.isascii()]
    runs = set(_FOREIGN.findall(" ".join(texts))) if texts else _foreign(found.region.iter())
    sound = 0
    for run in runs:
        sound += not _was_utf8(run)
        if sound * 2 > len(runs):  # a text in Russian: told by half of its words
            return False
    return bool(runs) and all(_was_utf8(run) for run in _outside(found.region))


def _foreign(elements: Iterable[Element]) -> set[str]:
    """Runs of letters beyond ASCII, as they stand in texts and alternative texts."""
    texts = (text for element in elements for text in _texts(element) if not text.isascii())
    return {run for text in texts for run in _FOREIGN.findall(text)}


def _texts(element: Element) -> tuple[str, ...]:
    if element.tag in ("script", "style"):
        return (element.tail or "",)
    return (element.text or "", element.tail or "", element.get("alt") or "")


def _outside(region: Element) -> set[str]:
    inside = set(region.iter())
    return _foreign(element for element in region.getroottree().getroot().iter() if element not in inside)


def _was_utf8(run: str) -> bool:
    """The second sign is asked first: it tells of nearly every sound word."""
    return (
        run[1:2] in _FOLLOWING
        and _SHAPED.fullmatch(run) is not None
        and any(_reads_as_utf8(run, encoding) for encoding in _READ_AS)
    )


def _reads_as_utf8(run: str, encoding: str) -> bool:
    """U+FFFD stands for the one byte that windows-1251 doesn't have."""
    try:
        data = b"\x98".join(part.encode(encoding) for part in run.split("\ufffd"))
        return data.decode() != run
    except UnicodeError:
        return False


def is_mostly_known(texts: Sequence[str], known: frozenset[str]) -> bool:
    """Whether half of all that stands side by side in the texts is known: one of them alone may be a teaser."""
    now, before = _pairs(texts), _pairs(known)
    return bool(now) and len(now & before) * 2 >= len(now)


def is_all_known(texts: Sequence[str], known: frozenset[str]) -> bool:
    """Whether nearly all is known, and nearly all that is known is there: a teaser of the article holds a part."""
    now, before = _pairs(texts), _pairs(known)
    return len(now & before) * 10 >= max(len(now), len(before)) * 9 > 0


def _pairs(texts: Iterable[str]) -> set[tuple[str, str]]:
    """Words with the ones behind them: single words are in any text."""
    split = (_WORD.findall(text.casefold()) for text in texts)
    return {pair for words in split for pair in pairwise(words)}
