"""What was learned of a site's markup: where its articles stand, and which lines beside their text are the site's own.

A *template* is one markup of article pages. A *model* holds all templates of a site that were ever seen, the newest first; an
*era* is the time in which most pages stood in the same ones. It is data: crawler/pages/learning.py makes it, reading uses it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final

from crawler.pages.places import Address, box_of, is_in_box, shape_of

FORMAT: Final = 2


@dataclass(frozen=True, slots=True)
class Template:
    """``region``: the smallest box around title and text. Places (crawler/pages/places.py) are relative to it."""

    region: Address
    pages: int
    """How many pages it was learned from."""
    slots: frozenset[str] = frozenset()
    """Places, or boxes with all in them, whose text is the site's whatever it says: it says the same on many pages, changes
    between two fetches, or is drawn from other articles."""
    lines: frozenset[str] = frozenset()
    """Digests of a place and a text: what says the same on many pages beside their articles."""
    own: frozenset[str] = frozenset()
    """Places, or boxes with all in them, whose text is the article's, though one page alone doesn't show it."""
    core: str = ""
    """The place of most of the articles' text. Its box, where that isn't the region itself, holds articles' text alone."""
    breaks_part: bool = False
    """Single ``<br>`` part paragraphs."""
    signs: frozenset[str] = frozenset()
    """What nearly all of its pages show besides a title with text (crawler/pages/signs.py): the gate asks it of every page."""
    classes: frozenset[str] | None = None
    """Class names that nearly all of its pages have on the region and the boxes around it, generated ones too: the address
    leaves those out. Empty: no page has any there. None: they are drawn anew each time."""
    title: tuple[str, ...] = ()
    """The steps (crawler/pages/places.py) from the region down to where the title stands on most pages: looked at first."""
    row: int | None = None
    """How many boxes alike stand side by side there, the region itself among them, where they are as many on every page and it
    has the same place among them. None: they come and go, as teasers in boxes like the article's do."""

    glues_days: bool = False
    """Most pages print their day before the first word of the text, and hardly any elsewhere."""
    nothing_above: bool = False
    """No page had a date, an image or text of its article above the title."""
    passed: frozenset[str] = frozenset()
    """Boxes behind the title, slots all of them, in which every line of every page was the site's: they aren't walked."""
    ends: frozenset[str] = frozenset()
    """Those of ``passed`` at which the article had ended on every page: what stands behind them isn't walked either."""
    lengths: frozenset[int] = frozenset()
    """How long the texts of ``lines`` are, so that hardly another line's digest is made. Empty: not known."""

    passed_in: dict[str, frozenset[str]] = field(init=False, repr=False, compare=False, hash=False)
    """``passed`` by the box around each."""
    counts_from_end: bool = field(init=False, repr=False, compare=False)
    """Whether a slot is told by its order from the end."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts_from_end", any("#-" in slot for slot in self.slots))
        around = {box_of(place) for place in self.passed}
        passed_in = {box: frozenset(place for place in self.passed if box_of(place) == box) for box in around}
        object.__setattr__(self, "passed_in", passed_in)

    @property
    def has_rules(self) -> bool:
        return bool(self.sorts_lines or self.core or self.breaks_part)

    @property
    def sorts_lines(self) -> bool:
        return bool(self.slots or self.lines or self.own or self.box)

    def has_looks(self, classes: frozenset[str]) -> bool:
        """Whether boxes with these class names may be this template's; another one may have boxes in the same order."""
        if self.classes is None:
            return True
        return len(self.classes & classes) * 2 >= len(self.classes) if self.classes else not classes

    def is_slot(self, place: str) -> bool:
        return _is_in_any(place, self.slots)

    def is_line(self, place: str, text: str) -> bool:
        if not self.lines or (self.lengths and len(text) not in self.lengths):
            return False
        return line_digest(place, text) in self.lines

    def is_own(self, place: str) -> bool:
        return self._is_in_core(place) or _is_in_any(place, self.own)

    def is_own_box(self, box: str) -> bool:
        return bool(box) and (box == self.box or box in self.own)

    def is_core(self, place: str) -> bool:
        return place == self.core or self._is_in_core(place)

    @property
    def box(self) -> str:
        return box_of(self.core)

    def _is_in_core(self, place: str) -> bool:
        return bool(self.box) and is_in_box(place, self.box)


@dataclass(frozen=True, slots=True)
class Model:
    """``version`` goes up with each change, ``era`` when most pages are found in a template that wasn't known."""

    version: int
    era: int
    templates: tuple[Template, ...] = ()
    mark: str = field(init=False)
    """Names the rules that can change what is read, for the reader version of a capture; empty where there are none."""

    def __post_init__(self) -> None:
        rules = [
            [
                template.region,
                template.core,
                template.breaks_part,
                None if template.classes is None else sorted(template.classes),
                template.glues_days,
                template.nothing_above,
                *map(sorted, (template.slots, template.lines, template.own, template.passed, template.ends)),
            ]
            for template in self.templates
            if template.has_rules
        ]
        mark = blake2b(json.dumps(sorted(rules, key=str)).encode(), digest_size=4).hexdigest() if rules else ""
        object.__setattr__(self, "mark", mark)


def _is_in_any(place: str, boxes: frozenset[str]) -> bool:
    """Whether it is one of them, or a place within one."""
    while place and boxes:
        if place in boxes:
            return True
        place = box_of(place)
    return False


def line_digest(place: str, text: str) -> str:
    """The same for boxes alike, whatever their order."""
    return blake2b(f"{shape_of(place)}\n{text}".encode("utf-8", "replace"), digest_size=8).hexdigest()


def encode(model: Model) -> bytes:
    """Compact JSON, the same bytes for the same model."""
    templates = [
        {
            "region": template.region,
            "pages": template.pages,
            "slots": sorted(template.slots),
            "lines": sorted(template.lines),
            "own": sorted(template.own),
            "core": template.core,
            "breaks_part": template.breaks_part,
            "signs": sorted(template.signs),
            "classes": None if template.classes is None else sorted(template.classes),
            "title": list(template.title),
            "row": template.row,
            "glues_days": template.glues_days,
            "nothing_above": template.nothing_above,
            "passed": sorted(template.passed),
            "ends": sorted(template.ends),
            "lengths": sorted(template.lengths),
        }
        for template in model.templates
    ]
    data = {"format": FORMAT, "version": model.version, "era": model.era, "templates": templates}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def decode(data: bytes) -> Model | None:
    """None for a model that a newer program wrote: reading does without it."""
    stored: dict[str, Any] = json.loads(data)
    if stored.get("format") != FORMAT:
        return None
    return Model(stored["version"], stored["era"], tuple(map(_template, stored["templates"])))


def _template(stored: dict[str, Any]) -> Template:
    def names(key: str) -> frozenset[str]:
        return frozenset(_texts(stored.get(key, ())))

    return Template(
        region=tuple((str(step), int(place)) for step, place in stored["region"]),
        pages=stored["pages"],
        slots=names("slots"),
        lines=names("lines"),
        own=names("own"),
        core=str(stored["core"]),
        breaks_part=bool(stored["breaks_part"]),
        signs=names("signs"),
        classes=None if stored["classes"] is None else names("classes"),
        title=tuple(_texts(stored.get("title", ()))),
        row=stored.get("row"),
        glues_days=bool(stored.get("glues_days")),
        nothing_above=bool(stored.get("nothing_above")),
        passed=names("passed"),
        ends=names("ends"),
        lengths=frozenset(map(int, stored.get("lengths", ()))),
    )


def _texts(values: Iterable[Any]) -> Iterable[str]:
    return (str(value) for value in values)
