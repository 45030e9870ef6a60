"""What of a region in a known template needn't be walked: strips above the title, and boxes behind it that are the site's.

A learned region may be a whole column of the page. Around the article's own box stand a strip of teasers, share bars, lists of
other news and navigation; walking and judging their lines cost twice what the article's own did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from crawler.pages.blocks import PLAIN
from crawler.pages.document import Element, text_of
from crawler.pages.model import Template
from crawler.pages.places import ORDERED, step_of

ABOVE: Final = 4
"""Boxes right above a title that may hold its date, its rubric and its image."""
MANY_WORDS: Final = 20
"""More than a date, a rubric and a caption have: where nothing of an article stands above its title, such a box ends the look."""


@dataclass(frozen=True, slots=True)
class Trim:
    """``firsts``: the first child to be walked of each element around the title. ``passed``: boxes that aren't walked.
    ``ends``: those of them that end the walk."""

    firsts: Mapping[Element, Element] = field(default_factory=dict)
    passed: tuple[Element, ...] = ()
    ends: tuple[Element, ...] = ()


NO_TRIM: Final = Trim()
_BOXES: Final = tuple(sorted(PLAIN & ORDERED))
"""Boxes that have an order among their like, and are walked in no way of their own."""


def trim(region: Element, title: Element, template: Template) -> Trim:
    """What is left out of ``region`` around ``title``, which stands in it: whole blocks alone, so that no line is begun in its
    middle."""
    chain = _chain(region, title)
    if not chain:
        return NO_TRIM
    passed = list(_behind(chain, template.passed_in)) if template.passed else []
    ends = tuple(box for place, box in passed if place in template.ends)
    return Trim(_firsts(chain, nothing_above=template.nothing_above), tuple(box for _, box in passed), ends)


def boxes_behind(region: Element, title: Element) -> Iterator[tuple[str, Element]]:
    """The boxes behind each box around the title, with their places."""
    return _behind(_chain(region, title), None)


def _chain(region: Element, title: Element) -> list[tuple[Element, Element]]:
    """Each element around the title with its child that holds it, from the title up to the region; empty if it isn't in it."""
    chain: list[tuple[Element, Element]] = []
    child = title
    while child is not region:
        parent = child.getparent()
        if parent is None:
            return []
        chain.append((parent, child))
        child = parent
    return chain


def _firsts(chain: list[tuple[Element, Element]], *, nothing_above: bool) -> dict[Element, Element]:
    firsts: dict[Element, Element] = {}
    left = ABOVE
    for parent, child in chain:
        first = child if not left and child.tag in PLAIN else None
        for other in child.itersiblings(preceding=True) if first is None else ():
            if other.tag not in PLAIN or not (len(other) or (other.text or "").strip()):
                continue
            if nothing_above and _is_strip(other):
                left = 0
                following = other.getnext()
                first = following if following is not None and following.tag in PLAIN else other
                break
            left = max(0, left - 1)
            if not left:
                first = other
                break
        if first is not None:
            firsts[parent] = first
    return firsts


def _is_strip(box: Element) -> bool:
    return len(box) > 0 and not (box.tail or "").strip() and len(text_of(box).split()) > MANY_WORDS


def _behind(
    chain: list[tuple[Element, Element]], only: Mapping[str, frozenset[str]] | None
) -> Iterator[tuple[str, Element]]:
    """``only``: the places that are looked for, by that of the box around them."""
    around = ""
    for _, child in reversed(chain):
        wanted = None if only is None else only.get(around, ())
        if wanted is None or wanted:
            count: Counter[str] = Counter()
            for box in child.itersiblings(*_BOXES):
                step = step_of(box)
                place = f"{around}>{step}#{count[step]}"
                count[step] += 1
                if wanted is None or place in wanted:
                    yield place, box
        if child.tag not in PLAIN:
            return
        around = f"{around}>{step_of(child)}{'#title' if child.tag in ORDERED else ''}"
