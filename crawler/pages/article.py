"""The article in a page: title, date, language, blocks, links and media, and why each line is or isn't part of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from crawler.pages.blocks import Line, lines_of
from crawler.pages.boilerplate import (
    PROSE,
    TOOLS,
    cards,
    is_back_line,
    is_back_words,
    is_banner,
    is_label,
    is_more_heading,
    is_rights_line,
    names_article,
    small_talk,
    trailing_links,
)
from crawler.pages.dates import leading_date, parse_date
from crawler.pages.document import Document, Element, text_of
from crawler.pages.links import Links
from crawler.pages.region import region_of
from crawler.pages.text import fold, language_of, skeleton
from crawler.pages.titles import Title, find_titles, split_date
from storage.records import Article, Block, Link, Media

_LABELLED: Final = re.compile(
    r"(?:published|posted|date(?: of publication)?|дата(?: публикации)?|опубликовано|размещено)\s*[:—–-]?\s*(?P<day>\S.*)",
    re.I,
)
_IN_PROSE: Final = re.compile(r"[a-zа-яё,;:.)–—-]")
"""How a text goes on when the day before it belongs to its first sentence."""

ARTICLE, SITE, TITLE, DATE = "article", "site", "title", "date"


@dataclass(frozen=True, slots=True)
class Verdict:
    what: str
    why: str


@dataclass(slots=True)
class Found:
    """An article that was found. ``signs``: what speaks for its being one, besides a title with text below it."""

    title: Title
    region: Element
    lines: list[Line]
    verdicts: dict[int, Verdict]
    kept: list[int]
    pictured: list[int] = field(default_factory=list)
    """Lines that give their images and not their text: dates, and what stands right above the title."""
    published: date | None = None
    has_back_lines: bool = False
    glued: tuple[int, str] | None = None
    """The line that a date was taken off, and what it says without it."""
    _texts: list[str] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """The blocks' texts, in order."""
        if not self._texts:
            self._texts = [self._text(index) for index in self.kept if self.lines[index].text]
        return self._texts

    def _text(self, index: int) -> str:
        return self.glued[1] if self.glued and self.glued[0] == index else self.lines[index].text


def find_article(document: Document, links: Links) -> Found | None:
    """The article, or None when no title has text below it that isn't the site's."""
    for title in reversed(find_titles(document, links)):
        region = region_of(title.element)
        if region is None:
            continue
        found = _read_region(title, region, links)
        if found is not None:
            return found
    return None


def build(found: Found, document: Document, links: Links) -> Article:
    """The record of what was found."""
    title, texts = found.title.text, found.texts
    kinds = [found.lines[index].kind for index in found.kept if found.lines[index].text]
    return Article(
        title=title,
        published=found.published,
        language=language_of([title, *texts], document.language),
        blocks=tuple(Block(kind, text) for kind, text in zip(kinds, texts, strict=True)),
        links=tuple(_links(found, links)),
        media=tuple(_media(found, links)),
    )


def _links(found: Found, links: Links) -> list[Link]:
    named = []
    for index in found.kept:
        for anchor in found.lines[index].anchors:
            href = None if anchor.is_rest else links.target(anchor.href)
            if href is not None:
                named.append(Link(href, fold(text_of(anchor.element))))
    return named


def _media(found: Found, links: Links) -> list[Media]:
    shown = sorted({*found.kept, *found.pictured}) if found.pictured else found.kept
    pictures = [picture for index in shown for picture in found.lines[index].pictures]
    sources = [(links.target(picture.src), picture.alt) for picture in pictures]
    return [Media(src, alt) for src, alt in sources if src is not None]


def _read_region(title: Title, region: Element, links: Links) -> Found | None:
    key = skeleton(title.text)

    def stands_alone(text: str) -> bool:
        return is_back_words(text) or parse_date(text) is not None or _is_title(text, title.text, key)

    lines = lines_of(region, stands_alone)
    places = [index for index, line in enumerate(lines) if _is_title(line.text, title.text, key)]
    for place in reversed(places or _places_of(title.element, lines)):
        found = _read_below(place, Found(title, region, lines, {}, []), links)
        if found is not None:
            _look_above(places[0] if places else place, place, found, links)
            return found
    return None


def _is_title(text: str, title: str, key: str) -> bool:
    if text == title:
        return True
    if not len(key) <= len(text) <= len(title) + 40:
        return False
    if skeleton(text) == key:
        return True
    cut = split_date(text)
    return cut is not None and skeleton(cut[1]) == key


def _places_of(element: Element, lines: Sequence[Line]) -> list[int]:
    """The lines of a title that is written over several of them: the last one counts."""
    return [index for index, line in enumerate(lines) if element in line.boxes][-1:]


def _read_below(place: int, found: Found, links: Links) -> Found | None:
    """Decide on every line behind the title; None when no text is left."""
    below = found.lines[place + 1 :]
    found.verdicts[place] = Verdict(TITLE, "agrees with the page's name" if found.title.agrees else "the page's only h1")
    found.published = _date_in_title(found.lines[place].text, found.title.text)
    end = _end(below, links)
    found.has_back_lines = end < len(below) and is_back_line(below[end], links)
    for index in range(end, len(below)):
        why = "navigation below the article" if index == end else "stands below the end of the article"
        found.verdicts[place + 1 + index] = Verdict(SITE, why)
    _keep(place + 1, end, found, links)
    _unglue(found)
    for index in found.kept:
        found.verdicts[index] = Verdict(ARTICLE, "stands below the title")
    return found if found.texts else None


def _keep(start: int, count: int, found: Found, links: Links) -> None:
    """Sort the ``count`` lines from ``start`` on into the article's and the site's."""
    lines = found.lines[start : start + count]
    in_cards = cards(lines, links)
    rest: list[int] = []
    for index, line in enumerate(lines):
        why = "a teaser: a box with a link to another article" if index in in_cards else small_talk(line, links)
        if why is None and not line.text and is_banner(line, links):
            why = "an image that leads elsewhere"
        if why is None:
            rest.append(start + index)
        else:
            found.verdicts[start + index] = Verdict(SITE, why)
    core = _core([(index, found.lines[index]) for index in rest], links)
    for index in rest:
        verdict = core.judge(index, found) if core else Verdict(SITE, "no text")
        if verdict is None and found.kept and core and not core.goes_on(found.kept[-1], index, found):
            verdict = Verdict(SITE, "stands apart from the text, behind lines of the site")
        if verdict is None:
            found.kept.append(index)
        else:
            found.verdicts[index] = verdict
            if verdict.what == DATE:
                found.pictured.append(index)
    run = trailing_links([found.lines[index] for index in found.kept], links)
    for index in found.kept[len(found.kept) - run :]:
        found.verdicts[index] = Verdict(SITE, "links to other articles below the text")
    del found.kept[len(found.kept) - run :]


@dataclass(slots=True)
class _Core:
    """The running text: between which lines it stands, in which boxes all of it lies, and which lines name other articles."""

    first: int
    last: int
    boxes: tuple[Element, ...]
    naming: list[int]
    links: Links

    def is_apart(self, line: Line) -> bool:
        return line.boxes[: len(self.boxes)] != self.boxes

    def goes_on(self, before: int, index: int, found: Found) -> bool:
        """Whether the text goes on at ``index`` although lines of the site stand between it and the line ``before``.

        In the same box it does; in a box beside it only if the two are alike (an article in two parts around a banner), or
        if nothing but counters and tools stands between.
        """
        if before < self.first or index - before == 1:
            return True
        mine, its = found.lines[before].boxes, found.lines[index].boxes
        if mine[:-1] == its[: len(mine) - 1]:
            return True
        shared = len(_common(mine, its))
        if shared == len(its):
            return False
        between = (found.verdicts[place] for place in range(before + 1, index) if place in found.verdicts)
        is_tools = shared >= len(mine) - 2 >= 0 and all(verdict.why in TOOLS for verdict in between)
        return is_tools or _are_alike(mine[shared:], its[shared:])

    def judge(self, index: int, found: Found) -> Verdict | None:
        """Why a line is no block of the article; None when it is one."""
        line = found.lines[index]
        if index in self.naming and self.is_apart(line):
            return Verdict(SITE, "a link to another article, apart from the text")
        return self._judge_above(index, line, found) if index < self.first and line.text else None

    def _judge_above(self, index: int, line: Line, found: Found) -> Verdict | None:
        """Between title and text: dates, navigation and rubrics are no blocks."""
        is_loose = not self.is_apart(line) or not any(named < index for named in self.naming)
        day = _whole_date(line) if is_loose else None
        if day is not None and found.published in (None, day):
            found.published = day
            return Verdict(DATE, "a date of its own between title and text")
        if is_back_line(line, self.links):
            return Verdict(SITE, "navigation above the text")
        if self.is_apart(line) and is_label(line):
            return Verdict(SITE, "a label in a box of its own above the text")
        return None


def _are_alike(mine: tuple[Element, ...], its: tuple[Element, ...]) -> bool:
    """Neighbouring boxes of one class, or of one build all the way down."""
    one, other = ([(box.tag, box.get("class")) for box in boxes] for boxes in (mine, its))
    return one == other if one[0][1] is None else one[0] == other[0]


def _core(rest: Sequence[tuple[int, Line]], links: Links) -> _Core | None:
    naming = [index for index, line in rest if line.anchors and names_article(line, links)]
    texts = [(index, line) for index, line in rest if line.text and index not in naming and not parse_date(line.text)]
    prose = [(index, line) for index, line in texts if line.own >= PROSE] or texts
    if not prose:
        return None
    boxes = prose[0][1].boxes if len(prose) > 1 else prose[0][1].boxes[:-1]
    for _, line in prose[1:]:
        boxes = _common(boxes, line.boxes)
    return _Core(prose[0][0], prose[-1][0], boxes, naming, links)


def _common(one: tuple[Element, ...], other: tuple[Element, ...]) -> tuple[Element, ...]:
    length = 0
    for mine, its in zip(one, other, strict=False):
        if mine is not its:
            break
        length += 1
    return one[:length]


def _date_in_title(text: str, title: str) -> date | None:
    found = split_date(text) if len(text) > len(title) else None
    return found[0] if found else None


def _end(below: Sequence[Line], links: Links) -> int:
    """Where the article ends: at the first line of navigation behind its text, or at a heading over links to others."""
    for least in (PROSE, 1):
        has_text = False
        for index, line in enumerate(below):
            if has_text and (is_back_line(line, links) if least == PROSE else is_back_words(line.text)):
                return index
            if has_text and is_rights_line(line.text):
                return index
            if has_text and is_more_heading(line.text) and _only_links(below[index + 1 :], links):
                return index
            has_text = has_text or (line.own >= least and not parse_date(line.text))
    return len(below)


def _only_links(rest: Sequence[Line], links: Links) -> bool:
    """Whether what follows names other articles before it says anything of its own."""
    for line in rest[:3]:
        if line.anchors and names_article(line, links):
            return True
    return False


def _whole_date(line: Line) -> date | None:
    text = line.text
    if len(text) > 60:
        return None
    labelled = _LABELLED.fullmatch(text)
    day = parse_date(labelled["day"] if labelled else text)
    if day is None and line.time and line.own < PROSE:
        day = parse_date(line.time)
    return day


def _unglue(found: Found) -> None:
    """Take the date off the first word: ``21.05.2020On May 26``. A date that the sentence goes on from stays prose."""
    first = next((index for index in found.kept if found.lines[index].text), None)
    if first is None or found.published is not None:
        return
    cut = _glued(found.lines[first])
    if cut is not None:
        found.published, found.glued = cut[0], (first, cut[1])


def _glued(line: Line) -> tuple[date, str] | None:
    """A date in an element of its own before the first word, or one in figures that no sentence goes on from."""
    first = fold(line.first) if line.first[:1].isdigit() else ""
    day = parse_date(first) if first != line.text else None
    if day is not None and line.text.startswith(first):
        return day, line.text[len(first) :].lstrip()
    cut = leading_date(line.text)
    return cut if cut and cut[1] and not _IN_PROSE.match(cut[1]) else None


def _look_above(first: int, place: int, found: Found, links: Links) -> None:
    """The lead image and the date that stand right above the title, and what lies between a title and its repetition."""
    for index in range(first, place):
        found.verdicts[index] = Verdict(TITLE, "the title again")
    top = max(first - 1, 0) if first == place else first
    for index in range(place - 1, -1, -1):
        line = found.lines[index]
        day = _whole_date(line)
        if index > top and _is_title(line.text, found.title.text, skeleton(found.title.text)):
            continue
        if _in_teaser(line, found, links):
            break
        if line.text and day is None:
            if not (is_label(line) and set(line.boxes) & set(found.lines[place].boxes)):
                break
            found.verdicts[index] = Verdict(SITE, "a label in the title's box")
            continue
        if day is not None:
            if found.published is not None or found.glued is not None:
                break
            found.published = day
            found.verdicts[index] = Verdict(DATE, "a date of its own right above the title")
        if line.pictures and not is_banner(replace(line, text=""), links):
            found.pictured.append(index)
            if day is None:
                found.verdicts[index] = Verdict(ARTICLE, "an image right above the title")


def _in_teaser(line: Line, found: Found, links: Links) -> bool:
    """Whether a box around the line, one that doesn't hold the title, names another article."""
    if not line.boxes:
        return False
    outer = next((box for box in line.boxes if box not in found.title.element.iterancestors()), None)
    if outer is None:
        return False
    return any(outer in other.boxes and other.anchors and names_article(other, links) for other in found.lines)
