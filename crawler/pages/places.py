"""Where an element stands: by tags, lasting classes and order, so that the same place is found again in another answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

from crawler.pages.blocks import Line
from crawler.pages.document import Element
from crawler.pages.text import words

_GENERATED: Final = re.compile(r"\d|[a-z][A-Z]|_[a-f]{5,}$")
"""A class that is drawn anew for each answer has figures or mixed case in it: ``bx_3218110189_AbC123``, or ends in a hash."""
_GENERATED_END: Final = re.compile(r"[_-]*[^_-]*\d.*")
_LONGEST_NAME: Final = 200
"""Letters of a class name in which a generated end is looked for: the time that takes grows with their square."""
_TRIES: Final = 200
"""Elements that are looked at for one address: boxes of one kind may stand beside each other in numbers that change."""
_ORDER: Final = re.compile(r"#(?:-?\d+|title)")
ORDERED: Final = words("div section table tbody td article main aside center form fieldset header")
"""Boxes that part a page; rows, items and lists come in any number and have no order that would say anything."""

Address = tuple[tuple[str, int], ...]
"""From below ``body`` down to an element: each step, and how many siblings of that step stand before it."""


@lru_cache(maxsize=4096)
def named_step(tag: str, classes: str) -> str:
    """``div.news.wide``: the tag and its lasting classes."""
    return ".".join([tag, *sorted({name for name in classes.split() if not _GENERATED.search(name)})])


def step_of(element: Element) -> str:
    return named_step(str(element.tag), element.get("class") or "")


def address_of(element: Element) -> Address:
    steps: list[tuple[str, int]] = []
    while element.tag not in ("body", "html"):
        step = step_of(element)
        steps.append((step, sum(step_of(other) == step for other in element.itersiblings(preceding=True))))
        parent = element.getparent()
        if parent is None:
            break
        element = parent
    return tuple(reversed(steps))


def steps_down(region: Element, element: Element) -> tuple[str, ...]:
    """The steps from ``region``, that itself left out, down to ``element`` within it."""
    steps: list[str] = []
    while element is not region:
        steps.append(step_of(element))
        parent = element.getparent()
        if parent is None:
            return ()
        element = parent
    return tuple(reversed(steps))


def down(region: Element, steps: Sequence[str]) -> list[Element]:
    """The elements that stand these steps below ``region``, in page order."""
    found = [region]
    for step in steps:
        tag = step.partition(".")[0]
        found = [child for box in found for child in box.iterchildren(tag) if step_of(child) == step]
    return found


def row_of(element: Element) -> tuple[int, int]:
    """How many boxes alike stand before it in its parent, and how many there are with it."""
    step = step_of(element)
    before = sum([step_of(other) == step for other in element.itersiblings(element.tag, preceding=True)])
    return before, before + 1 + sum([step_of(other) == step for other in element.itersiblings(element.tag)])


def at_address(body: Element, address: Address) -> Iterator[Element]:
    """The elements that may be meant, the likeliest first: the very one, then its neighbours of the same step."""
    exact = _exactly_at(body, address)
    if exact is not None:
        yield exact
    yield from (element for element in _near_address(body, address) if element is not exact)


def _exactly_at(body: Element, address: Address) -> Element | None:
    """By itself, since it is nearly always the one: 10 us less for each page."""
    element = body
    for step, place in address:
        left = place
        for child in element.iterchildren(step.partition(".")[0]):
            if step_of(child) != step:
                continue
            if not left:
                element = child
                break
            left -= 1
        else:
            return None
    return element


def _near_address(body: Element, address: Address) -> Iterator[Element]:
    left = _TRIES

    def below(element: Element, depth: int) -> Iterator[Element]:
        nonlocal left
        if depth == len(address):
            yield element
            return
        step, place = address[depth]
        for child in _likeliest_first(element, step, place):
            if left <= 0:
                return
            left -= 1
            yield from below(child, depth + 1)

    yield from below(body, 0)


def _likeliest_first(element: Element, step: str, place: int) -> Iterator[Element]:
    """The children of this step: that at ``place``, then the others. These are looked for only if they are asked for."""
    tag = step.partition(".")[0]
    same = (child for child in element.iterchildren(tag) if step_of(child) == step)
    before = list(islice(same, place))
    yield from islice(same, 1)
    yield from before
    yield from same


def classes_around(element: Element) -> frozenset[str]:
    """The class names of the element and of the boxes around it, as they are written and without a generated end."""
    boxes = (box for box in (element, *element.iterancestors()) if box.tag not in ("body", "html"))
    return _class_names(" ".join([written for box in boxes if (written := box.get("class"))]))


@lru_cache(maxsize=256)
def _class_names(written: str) -> frozenset[str]:
    return frozenset(form for name in written.split() for form in _forms(name))


@lru_cache(maxsize=4096)
def _forms(name: str) -> tuple[str, ...]:
    """``Middle__9a8352`` is ``Middle`` too."""
    if len(name) > _LONGEST_NAME:
        return (name,)
    stem = _GENERATED_END.sub("", name)
    return (name, stem) if stem and stem != name else (name,)


class Places:
    """The places of one page's lines, relative to its article's region.

    Boxes are counted among their like from the title down: teasers may stand above it in any number. ``from_end``: they are
    counted from the end instead, where the text's own boxes come in any number. ``around``: the boxes that hold the title.
    """

    def __init__(self, around: Container[Element], lines: Sequence[Line], *, from_end: bool = False) -> None:
        self._around = around
        self._holders = _holders(lines)
        self._from_end = from_end
        self._keys: dict[Element, str] = {}
        self._orders: dict[Element, dict[Element, str]] = {}

    def of(self, line: Line) -> str:
        """``>div.text#0>ul>li``: a box that holds several lines with its order among its like, the line's own box without."""
        boxes = line.boxes
        if not boxes or boxes[-1] in self._holders:
            return f"{self.of_box(boxes)}>"
        return f"{self.of_box(boxes[:-1])}>{step_of(boxes[-1])}"

    def of_box(self, boxes: tuple[Element, ...]) -> str:
        """The place of the last of ``boxes``, which lie within each other."""
        if not boxes:
            return ""
        box = boxes[-1]
        known = self._keys.get(box)
        if known is None:
            step = self._ordered(box) if box.tag in ORDERED else step_of(box)
            known = self._keys[box] = f"{self.of_box(boxes[:-1])}>{step}"
        return known

    def _ordered(self, box: Element) -> str:
        parent = box.getparent()
        if parent is None:
            return step_of(box)
        order = self._orders.get(parent)
        if order is None:
            order = self._orders[parent] = self._count(parent)
        return order[box]

    def _count(self, parent: Element) -> dict[Element, str]:
        order: dict[Element, str] = {}
        count: Counter[str] = Counter()
        for child in parent.iterchildren("*", reversed=self._from_end):
            step = step_of(child)
            if child in self._around:
                order[child] = f"{step}#title"
                if self._from_end:
                    continue
                count.clear()
            else:
                order[child] = f"{step}#{'-' if self._from_end else ''}{count[step]}"
                count[step] += 1
        return order


def _holders(lines: Sequence[Line]) -> set[Element]:
    """Boxes that hold more than one line."""
    owns: set[Element] = set()
    holders: set[Element] = set()
    for line in lines:
        if line.boxes:
            *outer, own = line.boxes
            holders.update(outer)
            (holders if own in owns else owns).add(own)
    return holders


def box_of(place: str) -> str:
    """The box that a line of that place stands in; empty for the region itself."""
    return place.rpartition(">")[0]


def is_in_box(place: str, box: str) -> bool:
    return place.startswith(f"{box}>")


def is_loose(place: str) -> bool:
    """In no box within the region."""
    return place.count(">") <= 1


def is_ordered(place: str) -> bool:
    """A box that is told from its like by its order: no paragraph, no list."""
    return "#" in place


@lru_cache(maxsize=4096)
def shape_of(place: str) -> str:
    """The place without its boxes' orders: boxes alike are one."""
    return _ORDER.sub("", place)
