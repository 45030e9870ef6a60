"""HTML to an ordered list of lines: each is a block of text (or of images alone) with its links, images and place.

A line is what a reader sees as one paragraph, heading, list item, quote or table row. Two ``<br>`` part paragraphs; one ``<br>``
does where most of them stand behind a sentence's end, and else is white space, unless a date, a title, a navigation line or a
drawn list marker stands alone on its side of it. The cells of a data table's row are joined by " | ".
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final, TypeVar

from crawler.pages.breaks import BREAK, MARKER, Breaks, Splits
from crawler.pages.document import Element
from crawler.pages.layout_tables import is_layout
from crawler.pages.text import fold, words
from storage.records import BlockKind

CELL_SEPARATOR: Final = " | "
MAX_DEPTH: Final = 200
"""Elements within elements, from the region down. What goes deeper is not read at all rather than in part."""

_INLINE: Final = words(
    "a abbr acronym b basefont bdi bdo big blink cite code data del dfn em font i ins kbd label mark nobr noindex "
    "o q rb rp rt ruby s samp small span strike strong sub sup time tt u var wbr"
)
_NEVER_TEXT: Final = words(
    "script style noscript template head title meta link base svg math canvas object applet map area param track "
    "col colgroup select option optgroup datalist textarea input button meter progress dialog noframes frameset "
    "frame embed"
)
_OF_THE_SITE: Final = words("nav aside footer form menu")
PLAIN: Final = words("p div li td tr tbody h1 h2 h3 h4 h5 h6 section article main ul ol")
"""The blocks that come most, and have no way of their own: told apart before all others."""
_KIND: Final = {
    **dict.fromkeys(words("h1 h2 h3 h4 h5 h6"), BlockKind.HEADING),
    "li": BlockKind.LIST_ITEM,
    "blockquote": BlockKind.QUOTE,
}
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MARKS: Final = frozenset("-•·▪●◦*")
_MARKED: Final = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM})
_TINY: Final = frozenset({"0", "1", "0px", "1px"})


@dataclass(slots=True)
class Anchor:
    """``href`` as it is written. ``length``: letters of the link's text in this line; ``text`` is folded when it is asked for."""

    element: Element
    href: str
    length: int = 0
    is_rest: bool = False
    """A link around several blocks has one of these in each block after its first."""


@dataclass(slots=True)
class Picture:
    """``src`` as it is written; ``in_link`` when it stands inside a link."""

    src: str
    alt: str
    href: str | None = None


@dataclass(slots=True, init=False)
class Line:
    """``boxes``: the block elements around it, from the outermost walked to its own. ``time``: a ``datetime`` attribute in it."""

    text: str
    kind: BlockKind
    boxes: tuple[Element, ...]
    anchors: list[Anchor] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    time: str | None = None
    site_tag: str | None = None
    first: str = ""
    """Where a figure begins the text, its first piece as it stands in an element of its own: a date in a ``span`` before the
    first word."""

    linked: int = field(init=False)
    """Letters that stand in links."""
    own: int = field(init=False)
    """Letters of running text outside links."""

    def __init__(  # noqa: PLR0913, PLR0917 - written out: a page has some dozens of them, and this takes half of the time
        self,
        text: str,
        kind: BlockKind,
        boxes: tuple[Element, ...],
        anchors: list[Anchor] | None = None,
        pictures: list[Picture] | None = None,
        time: str | None = None,
        site_tag: str | None = None,
        first: str = "",
    ) -> None:
        self.text, self.kind, self.boxes = text, kind, boxes
        self.anchors = [] if anchors is None else anchors
        self.pictures = [] if pictures is None else pictures
        self.time, self.site_tag, self.first = time, site_tag, first
        if anchors:
            self.linked = linked = sum([anchor.length for anchor in anchors])
            self.own = max(0, len(text) - linked)
        else:
            self.linked, self.own = 0, len(text)

    @property
    def is_link(self) -> bool:
        """Whether the whole line is link and nothing else (arrows and brackets around it aside)."""
        return bool(self.anchors) and len(self.text) <= self.linked + 4


class TooDeep(Exception):
    """The region is nested deeper than ``MAX_DEPTH``."""


def _never(_text: str) -> bool:
    return False


def lines_of(  # noqa: PLR0913 - what is known beforehand, each of it optional
    region: Element,
    stands_alone: Splits = _never,
    *,
    everything: bool = False,
    breaks: Breaks | None = None,
    limit: int | None = None,
    firsts: Mapping[Element, Element] | None = None,
    passed: Container[Element] = (),
    ends: Container[Element] = (),
) -> list[Line]:
    """The lines of ``region`` in order. ``everything``: also those of ``nav``, ``aside``, ``footer`` and ``form``, marked so.

    ``breaks``: what is known of the template's single breaks; what this region's say is added to it. ``limit``: no more lines.
    ``firsts``: of some elements the child to begin with. ``passed``: blocks that are left out; ``ends``: those of
    them that end it all.
    """
    walk = _Walk(stands_alone, everything, breaks or Breaks())
    walk.limit, walk.firsts, walk.passed, walk.ends = limit, firsts, passed, ends
    try:
        walk.children(region, BlockKind.PARAGRAPH, ())
        walk.flush((), BlockKind.PARAGRAPH)
    except _Enough:
        pass
    return walk.lines if limit is None else walk.lines[:limit]


class _Enough(Exception):
    """As many lines as were asked for, or the end of what is walked."""


class _Walk:
    """Depth first through one region; text gathers in ``parts`` until a block begins or ends."""

    def __init__(self, stands_alone: Splits, everything: bool, breaks: Breaks) -> None:
        self.breaks = breaks
        self.stands_alone = stands_alone
        self.everything = everything
        self.lines: list[Line] = []
        self.parts: list[str] = []
        self.has_break = False
        self.depth = 0
        self.time: str | None = None
        self.anchors: list[tuple[int, Anchor]] = []
        self.pictures: list[tuple[int, Picture]] = []
        self.link: Anchor | None = None
        self.site_tag: str | None = None
        self.limit: int | None = None
        self.firsts: Mapping[Element, Element] | None = None
        self.passed: Container[Element] = ()
        self.ends: Container[Element] = ()

    def children(self, element: Element, kind: BlockKind, boxes: tuple[Element, ...]) -> None:
        if self.depth >= MAX_DEPTH:
            raise TooDeep
        self.depth += 1
        first = self.firsts.get(element) if self.firsts else None
        text = element.text if first is None else None
        if text is not None:
            self.add(text)
        for child in element if first is None else (first, *first.itersiblings()):
            self.visit(child, kind, boxes)
            text = child.tail
            if text is not None and (self.parts or self.link is not None or not text.isspace()):
                self.add(text)
        self.depth -= 1

    def add(self, text: str) -> None:
        if self.link is not None:
            self.link.length += len(text)
        elif not self.parts and text.isspace():  # it begins no line
            return
        self.parts.append(text)

    def visit(self, element: Element, kind: BlockKind, boxes: tuple[Element, ...]) -> None:
        tag = element.tag
        if tag in _NEVER_TEXT or element.get("hidden") is not None:
            return
        style = element.get("style")
        if style is not None and _HIDDEN.search(style):
            return
        if tag in PLAIN:
            self.visit_block(element, tag, kind, boxes)
        elif tag == "br":
            self.parts.append(BREAK)
            self.has_break = True
        elif tag == "a":
            self.visit_link(element, kind, boxes)
        elif tag in _INLINE:
            if tag == "time":
                self.time = self.time or element.get("datetime")
            self.children(element, kind, boxes)
        elif tag in _MEDIA:
            self.visit_media(element, tag)
        elif tag in _OF_THE_SITE:
            if self.everything:
                self.visit_site(element, tag, kind, boxes)
            else:
                self.flush(boxes, kind)
        else:
            self.visit_block(element, tag, kind, boxes)

    def visit_block(self, element: Element, tag: str, kind: BlockKind, boxes: tuple[Element, ...]) -> None:
        if self.parts or self.pictures:
            self.flush(boxes, kind)
        if self.limit is not None and len(self.lines) >= self.limit:
            raise _Enough
        if self.passed and element in self.passed:
            if element in self.ends:
                raise _Enough
            return
        if tag == "table" and not is_layout(element):
            self.visit_table(element, boxes)
            return
        inner = (*boxes, element)
        kind = _KIND.get(tag, kind)
        if not len(element) and self.link is None and not self.anchors and self.time is None:
            self.append_text(element.text, inner, kind)
            return
        self.children(element, kind, inner)
        if self.parts or self.pictures:
            self.flush(inner, kind)

    def append_text(self, piece: str | None, boxes: tuple[Element, ...], kind: BlockKind) -> None:
        """The line of a block that holds text alone: half of all blocks, and the shortest way for them."""
        if self.depth >= MAX_DEPTH:
            raise TooDeep
        text = fold(piece) if piece is not None else ""
        if text:
            line = Line(text, kind, boxes, [], [], None, self.site_tag, piece or "")
            self.lines.append(_without_marker(line) if text[0] in _MARKS else line)

    def visit_site(self, element: Element, tag: str, kind: BlockKind, boxes: tuple[Element, ...]) -> None:
        before, self.site_tag = self.site_tag, self.site_tag or tag
        self.flush(boxes, kind)
        self.children(element, kind, (*boxes, element))
        self.flush((*boxes, element), kind)
        self.site_tag = before

    def visit_link(self, element: Element, kind: BlockKind, boxes: tuple[Element, ...]) -> None:
        href = element.get("href")
        if href is None or self.link is not None:
            self.children(element, kind, boxes)
            return
        first = self.link = Anchor(element, href)
        self.anchors.append((len(self.parts), first))
        self.children(element, kind, boxes)
        rest, self.link = self.link, None
        if rest is not first and not rest.length:
            self.anchors = [(index, anchor) for index, anchor in self.anchors if anchor is not rest]

    def visit_media(self, element: Element, tag: str) -> None:
        src = _source(element, tag)
        if src is not None:
            alt = element.get("alt") or ("" if tag == "img" else element.get("title")) or ""
            href = self.link.href if self.link is not None else None
            self.pictures.append((len(self.parts), Picture(src, fold(alt), href)))

    def visit_table(self, table: Element, boxes: tuple[Element, ...]) -> None:
        for row in table.iter("tr", "caption"):
            cells = [cell for cell in row if cell.tag in ("td", "th")] if row.tag == "tr" else [row]
            texts, anchors, pictures = [], [], []
            for cell in cells:
                inner = _Walk(_never, self.everything, Breaks())
                inner.depth = self.depth
                inner.children(cell, BlockKind.TABLE_ROW, boxes)
                inner.flush(boxes, BlockKind.TABLE_ROW)
                texts.append(" ".join(part.text for part in inner.lines if part.text))
                anchors += [anchor for part in inner.lines for anchor in part.anchors]
                pictures += [picture for part in inner.lines for picture in part.pictures]
            text = CELL_SEPARATOR.join(texts).strip() if any(texts) else ""
            if text or pictures:
                kept = (*boxes, table, row)
                self.lines.append(Line(text, BlockKind.TABLE_ROW, kept, anchors, pictures, site_tag=self.site_tag))

    def flush(self, boxes: tuple[Element, ...], kind: BlockKind) -> None:
        """End the line that has gathered, if there is anything in it."""
        parts = self.parts
        if not parts and not self.pictures:
            return
        if self.has_break:
            self._flush_broken(boxes, kind)
        else:
            text = fold(parts[0] if len(parts) == 1 else "".join(parts))
            if text or self.pictures:
                anchors = [anchor for _, anchor in self.anchors] if self.anchors else []
                pictures = [picture for _, picture in self.pictures] if self.pictures else []
                first = _first_of(parts) if text[:1].isdigit() else ""
                line = Line(text, kind, boxes, anchors, pictures, self.time, self.site_tag, first)
                self.lines.append(_without_marker(line) if text[:1] in _MARKS else line)
        self._reset()

    def _reset(self) -> None:
        self.parts = []
        self.has_break = False
        self.time = None
        self.anchors = []
        self.pictures = []
        if self.link is not None:  # a link around several blocks: what follows is its text too
            self.link = Anchor(self.link.element, self.link.href, is_rest=True)
            self.anchors.append((0, self.link))

    def _flush_broken(self, boxes: tuple[Element, ...], kind: BlockKind) -> None:
        """Lines parted by ``<br>``: split the gathered text, and give each piece the links and images that stand in it."""
        starts = [0, *accumulate(map(len, self.parts))]
        joined = "".join(self.parts)
        anchored, pictured = ([starts[index] for index, _ in held] for held in (self.anchors, self.pictures))
        for start, end, known in self.breaks.pieces(joined, boxes[-1] if boxes else None, self.stands_alone):
            text = fold(joined[start:end].replace(BREAK, " ")) if known is None else known
            stop = max(end, start + 1)
            anchors = _within(self.anchors, anchored, start, stop) if anchored else []
            pictures = _within(self.pictures, pictured, start, stop) if pictured else []
            if text or pictures:
                first = ""
                if text[:1].isdigit():
                    first = _first_of(self.parts[bisect_left(starts, start) : bisect_left(starts, end)])
                line = Line(text, kind, boxes, anchors, pictures, self.time, self.site_tag, first)
                self.lines.append(_without_marker(line) if text[:1] in _MARKS else line)


def _without_marker(line: Line) -> Line:
    """``- item``: a marker that was drawn by hand is no text."""
    found = MARKER.match(line.text) if line.kind in _MARKED else None
    if found is not None:
        line.text, line.kind = line.text[found.end() :], BlockKind.LIST_ITEM
    return line


_Held = TypeVar("_Held")


def _within(held: list[tuple[int, _Held]], places: list[int], start: int, stop: int) -> list[_Held]:
    first = bisect_left(places, start)
    return [each for _, each in held[first : bisect_left(places, stop, first)]]


def _first_of(parts: list[str]) -> str:
    for part in parts:
        if part != BREAK and not part.isspace():
            return part
    return ""


_MEDIA: Final = frozenset({"img", "video", "audio", "iframe"})


def _source(element: Element, tag: str) -> str | None:
    """Where the image or film comes from; None for counters' dots and for what the page draws itself (``data:``)."""
    if tag == "img" and element.get("width") in _TINY and element.get("height") in _TINY:
        return None
    src = element.get("src") or ""
    if not src or src.startswith("data:"):
        src = element.get("data-src") or element.get("data-original") or element.get("data-lazy-src") or src
    if not src and tag in ("video", "audio"):
        src = next((source.get("src") or "" for source in element.iter("source")), "")
    return src or None
