"""HTML to an ordered list of lines: each is a block of text (or of images alone) with its links, images and place.

A line is what a reader sees as one paragraph, heading, list item, quote or table row. Two ``<br>`` part paragraphs; one ``<br>``
does where most of them stand behind a sentence's end, and else is white space, unless a date, a title, a navigation line or a
drawn list marker stands alone on its side of it. The cells of a data table's row are joined by " | ".
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Final, TypeVar

from crawler.pages.document import Element, text_of
from crawler.pages.text import fold, words
from storage.records import BlockKind

CELL_SEPARATOR: Final = " | "
ABOVE: Final = 4
"""Boxes right above a title that may hold its date, its rubric and its image."""
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
_PLAIN: Final = words("p div li td tr tbody h1 h2 h3 h4 h5 h6 section article main ul ol")
"""The blocks that come most, and have no way of their own: told apart before all others."""
_KIND: Final = {
    **dict.fromkeys(words("h1 h2 h3 h4 h5 h6"), BlockKind.HEADING),
    "li": BlockKind.LIST_ITEM,
    "blockquote": BlockKind.QUOTE,
}
_BREAK: Final = "\x00"  # no parser lets NUL through, so it can't be text
_PARAGRAPH_GAP: Final = re.compile(r"\x00\s*(?:\x00\s*)+")
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MARKS: Final = frozenset("-•·▪●◦*")
_MARKER: Final = re.compile(r"[-•·▪●◦*]\s+(?=[^\s*])")
_ENDS: Final = ".!?…:;»”\"’'"
_MARKED: Final = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM})
_TINY: Final = frozenset({"0", "1", "0px", "1px"})
_FEW_WORDS: Final = 60
_LAYOUT: Final = words("table p ul ol h1 h2 h3 h4 h5 h6 form blockquote section article")


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
    """The first piece of text as it stands in an element of its own: a date in a ``span`` before the first word."""

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
        self.linked = linked = sum([anchor.length for anchor in anchors]) if anchors else 0
        self.own = max(0, len(text) - linked)

    @property
    def is_link(self) -> bool:
        """Whether the whole line is link and nothing else (arrows and brackets around it aside)."""
        return bool(self.anchors) and len(self.text) <= self.linked + 4


class TooDeep(Exception):
    """The region is nested deeper than ``MAX_DEPTH``."""


@dataclass(slots=True)
class Breaks:
    """Single ``<br>`` behind a sentence's end, and within a sentence. ``part``: known to part paragraphs in this template."""

    part: bool = False
    ends: int = 0
    joins: int = 0

    def add(self, other: Breaks) -> None:
        self.ends += other.ends
        self.joins += other.joins

    @property
    def seem_to_part(self) -> bool:
        return self.ends > 0 and self.joins * 4 <= self.ends


Splits = Callable[[str], bool]
"""Says of one side of a single ``<br>`` that it is a line of its own."""


def _never(_text: str) -> bool:
    return False


def lines_of(  # noqa: PLR0913 - what is known beforehand, each of it optional
    region: Element,
    stands_alone: Splits = _never,
    *,
    everything: bool = False,
    breaks: Breaks | None = None,
    limit: int | None = None,
    title: Element | None = None,
) -> list[Line]:
    """The lines of ``region`` in order. ``everything``: also those of ``nav``, ``aside``, ``footer`` and ``form``, marked so.

    ``breaks``: what is known of the template's single breaks; what this region's say is added to it. ``limit``: no more lines.
    ``title``: the element of a title within; what stands more than a few boxes above it is left out.
    """
    walk = _Walk(stands_alone, everything, breaks or Breaks())
    walk.limit = limit
    if title is not None:
        walk.firsts = first_near(region, title)
    try:
        walk.children(region, BlockKind.PARAGRAPH, ())
        walk.flush((), BlockKind.PARAGRAPH)
    except _Enough:
        pass
    return walk.lines if limit is None else walk.lines[:limit]


def first_near(region: Element, title: Element) -> dict[Element, Element]:
    """The first child to be walked of each element around ``title``: a strip of teasers above it is told by nothing in it.

    Only whole blocks are left out, so that no line is begun in its middle.
    """
    firsts: dict[Element, Element] = {}
    left, child = ABOVE, title
    while child is not region:
        parent = child.getparent()
        if parent is None:
            return {}
        first = child if not left and child.tag in _PLAIN else None
        for other in child.itersiblings(preceding=True) if first is None else ():
            if other.tag in _PLAIN and (len(other) or (other.text or "").strip()):
                left = max(0, left - 1)
                if not left:
                    first = other
                    break
        if first is not None:
            firsts[parent] = first
        child = parent
    return firsts


class _Enough(Exception):
    """As many lines as were asked for."""


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
        self.firsts: dict[Element, Element] = {}
        self.parted: set[tuple[str, str] | None] = set()
        """Boxes, by tag and class, in which single breaks were seen to part paragraphs: so they do in later boxes alike."""

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
            if text is not None:
                self.add(text)
        self.depth -= 1

    def add(self, text: str) -> None:
        """White space between blocks is most of what comes by here: it begins no line."""
        if self.link is not None:
            self.link.length += len(text)
        elif not self.parts and not self.anchors and self.time is None and text.isspace():
            return
        self.parts.append(text)

    def visit(self, element: Element, kind: BlockKind, boxes: tuple[Element, ...]) -> None:
        tag = element.tag
        if tag in _NEVER_TEXT or element.get("hidden") is not None:
            return
        style = element.get("style")
        if style is not None and _HIDDEN.search(style):
            return
        if tag in _PLAIN:
            self.visit_block(element, tag, kind, boxes)
        elif tag == "br":
            self.parts.append(_BREAK)
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
        if tag == "table" and not _is_layout(element):
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
            self._append(Line(text, kind, boxes, [], [], None, self.site_tag, piece if piece is not None else ""))

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
                anchors = [anchor for _, anchor in self.anchors]
                pictures = [picture for _, picture in self.pictures]
                self._append(Line(text, kind, boxes, anchors, pictures, self.time, self.site_tag, _first_of(parts)))
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

    def _append(self, line: Line) -> None:
        """``- item``: a marker that was drawn by hand is no text."""
        if line.text[:1] in _MARKS and line.kind in _MARKED and (found := _MARKER.match(line.text)):
            line.text, line.kind = line.text[found.end() :], BlockKind.LIST_ITEM
        self.lines.append(line)

    def _flush_broken(self, boxes: tuple[Element, ...], kind: BlockKind) -> None:
        """Lines parted by ``<br>``: split the gathered text, and give each piece the links and images that stand in it."""
        starts = [0, *accumulate(map(len, self.parts))]
        joined = "".join(self.parts)
        anchored, pictured = ([starts[index] for index, _ in held] for held in (self.anchors, self.pictures))
        for start, end, known in self._pieces(joined, boxes[-1] if boxes else None):
            text = fold(joined[start:end].replace(_BREAK, " ")) if known is None else known
            stop = max(end, start + 1)
            anchors = [anchor for _, anchor in _within(self.anchors, anchored, start, stop)] if anchored else []
            pictures = [picture for _, picture in _within(self.pictures, pictured, start, stop)] if pictured else []
            if text or pictures:
                begins = _first_of(self.parts[bisect_left(starts, start) : bisect_left(starts, end)])
                self._append(Line(text, kind, boxes, anchors, pictures, self.time, self.site_tag, begins))

    def _pieces(self, joined: str, box: Element | None) -> list[_Piece]:
        pieces: list[_Piece] = []
        start = text_from = 0
        for gap in _PARAGRAPH_GAP.finditer(joined):
            end = gap.start() + 1  # an image between two breaks belongs to what follows
            has_break = joined.find(_BREAK, text_from, end - 1) >= 0
            pieces += self._sides(joined, start, end, box) if has_break else [(start, end, None)]
            start, text_from = end, gap.end()
        return [*pieces, *self._sides(joined, start, len(joined) + 1, box)]

    def _are_lines(self, texts: list[str], box: Element | None) -> bool:
        """Whether single breaks part paragraphs here: some stand behind a sentence's end, and hardly one within a sentence."""
        ends, joins = _ends_and_joins(texts)
        self.breaks.ends += ends
        self.breaks.joins += joins
        kind = None if box is None else (str(box.tag), box.get("class") or "")
        if not (self.breaks.part or kind in self.parted):
            if not ends or (ends * 2 < len(texts) - 1 and joins * 4 >= len(texts)):
                return False
            self.parted.add(kind)
        return True

    def _sides(self, joined: str, start: int, end: int, box: Element | None) -> list[_Piece]:
        """The piece as one, or cut at its single ``<br>``: at each where they part sentences, else beside lines of their own."""
        at, cuts = start, []
        while at < end:
            stop = joined.find(_BREAK, at, end)
            stop = end if stop < 0 else stop + 1
            cuts.append((at, stop, fold(joined[at:stop].replace(_BREAK, " "))))
            at = stop
        are_lines = self._are_lines([text for _, _, text in cuts if text], box)
        sides: list[_Piece] = []
        was_alone = True
        for begin, stop, text in cuts:
            alone = bool(text) and (are_lines or self.stands_alone(text) or bool(_MARKER.match(text)))
            if alone or was_alone:
                sides.append((begin, stop, text))
            else:
                sides[-1] = (sides[-1][0], stop, None)
            was_alone = alone
        return sides


_Piece = tuple[int, int, str | None]
"""Where it begins and ends in the gathered text, and its own text where that is known already."""
_Held = TypeVar("_Held")


def _within(held: list[_Held], places: list[int], start: int, stop: int) -> list[_Held]:
    return held[bisect_left(places, start) : bisect_left(places, stop)]


def _ends_and_joins(texts: list[str]) -> tuple[int, int]:
    """How many single breaks stand behind a sentence's end, and how many within a sentence."""
    ends = joins = 0
    for before, after in pairwise(texts):
        is_end = before[-1] in _ENDS or bool(_MARKER.match(before))
        ends += is_end
        joins += not is_end and after[:1].islower()
    return ends, joins


def _first_of(parts: list[str]) -> str:
    for part in parts:
        if part != _BREAK and not part.isspace():
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


def _is_layout(table: Element) -> bool:
    """A table that places things rather than shows data: one column, one row, or cells that hold blocks of their own."""
    rows = 0
    for row in table.iter("tr"):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        rows += len(cells) > 1
        for cell in cells:
            if _holds_blocks(cell):
                return True
    return rows < 1 or (rows < 2 and not _is_row_of_words(table))


def _is_row_of_words(table: Element) -> bool:
    """One row alone is data where each of its cells has a few words and no link: the rest of a table that was cut in two."""
    cells = list(table.iter("td", "th"))
    return len(cells) > 1 and all(
        cell.find(".//a") is None and 0 < len(text_of(cell).strip()) <= _FEW_WORDS for cell in cells
    )


def _holds_blocks(cell: Element) -> bool:
    paragraphs = breaks = 0
    for inner in cell.iter():
        tag = inner.tag
        if tag in _LAYOUT:
            paragraphs += 1
            if tag != "p" or paragraphs > 1:
                return True
        elif tag == "br":
            breaks += 1
            if breaks > 3:
                return True
    return False
