"""What is in hand while a page is read: its lines, and for each of them what it is and why."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from crawler.pages.blocks import Line
from crawler.pages.boilerplate import PROSE
from crawler.pages.breaks import Breaks
from crawler.pages.document import Element
from crawler.pages.model import Template
from crawler.pages.names import Title
from crawler.pages.places import Places, is_loose

ARTICLE: Final = "article"
SITE: Final = "site"
TITLE: Final = "title"
DATE: Final = "date"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``what``: one of the four words above. ``why``: a phrase for people."""

    what: str
    why: str


@dataclass(slots=True)
class Found:
    """A title, the region around it, and the sorting of the region's lines. Numbers are places in ``lines``."""

    title: Title
    region: Element
    lines: list[Line]
    breaks: Breaks
    template: Template | None = None
    """The known template in which it was found."""
    passed: tuple[Element, ...] = ()
    """Boxes behind the title that weren't walked: the site's on every page of the template."""
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    kept: list[int] = field(default_factory=list)
    """The article's lines, in order."""
    pictured: list[int] = field(default_factory=list)
    """Lines that give their images and not their text: dates, and what stands right above the title."""
    published: date | None = None
    has_back_lines: bool = False
    glued: tuple[int, str] | None = None
    """The line that a date was taken off, and what it says without it."""
    around: frozenset[Element] = field(init=False)
    """The boxes that hold the title."""
    _rules: Template | None = field(init=False)
    """The template, where it tells lines apart."""
    _texts: list[str] | None = None
    _cores: dict[str, bool] = field(default_factory=dict)
    _own: dict[str, bool] = field(default_factory=dict)
    _slots: dict[str, bool] = field(default_factory=dict)
    """What the template's rules say of a place: several lines stand in one."""
    _naming: frozenset[Element] | None = None
    _places: Places | None = None
    _from_end: Places | None = None

    def __post_init__(self) -> None:
        self.around = frozenset((self.title.element, *self.title.element.iterancestors()))
        self._rules = self.template if self.template is not None and self.template.sorts_lines else None

    @property
    def places(self) -> Places:
        if self._places is None:
            self._places = Places(self.around, self.lines)
        return self._places

    @property
    def from_end(self) -> Places:
        """Counted from the end: asked for only where something was learned of a slot."""
        if self._from_end is None:
            self._from_end = Places(self.around, self.lines, from_end=True)
        return self._from_end

    @property
    def has_text(self) -> bool:
        return any(self.lines[index].text for index in self.kept)

    @property
    def texts(self) -> list[str]:
        """The blocks' texts, in order: asked for when all lines are sorted."""
        if self._texts is None:
            texts = {index: self.lines[index].text for index in self.kept if self.lines[index].text}
            if self.glued is not None:
                texts[self.glued[0]] = self.glued[1]
            self._texts = list(texts.values())
        return self._texts

    def boxes_naming(self, names_article: Callable[[Line], bool]) -> frozenset[Element]:
        """All boxes around lines that name an article: asked line by line, a page of a thousand lines took seconds."""
        if self._naming is None:
            naming = (line for line in self.lines if line.anchors and names_article(line))
            self._naming = frozenset(box for line in naming for box in line.boxes)
        return self._naming

    def is_learned_as_site(self, line: Line) -> bool:
        rules = self._rules
        if rules is None or not (rules.slots or rules.lines):
            return False
        place = self.places.of(line)
        if not line.text and is_loose(place):
            return False  # an image in no box: nothing was learned of it by the text that others of its kind have
        if line.own >= PROSE and self._is_core(place):
            return False  # running text where the articles' own stands: what is learned there are links and a few words
        if rules.slots and not self._is_own(place):
            is_slot = self._is_slot(place) or (rules.counts_from_end and rules.is_slot(self.from_end.of(line)))
            if is_slot:
                return True
        return rules.is_line(place, line.text)

    def is_learned_as_own(self, line: Line) -> bool:
        return self._rules is not None and self._is_own(self.places.of(line))

    def _is_core(self, place: str) -> bool:
        known = self._cores.get(place)
        if known is None:
            known = self._cores[place] = self._rules is not None and self._rules.is_core(place)
        return known

    def _is_own(self, place: str) -> bool:
        known = self._own.get(place)
        if known is None:
            known = self._own[place] = self._rules is not None and self._rules.is_own(place)
        return known

    def _is_slot(self, place: str) -> bool:
        known = self._slots.get(place)
        if known is None:
            known = self._slots[place] = self._rules is not None and self._rules.is_slot(place)
        return known

    def letters_in_core(self) -> int:
        """How much of its text stands where the template's articles have most of theirs."""
        if self.template is None:
            return 0
        kept = (self.lines[index] for index in self.kept)
        return sum(line.own for line in kept if self.template.is_core(self.places.of(line)))

    def no_teasers(self) -> Container[Element]:
        """The boxes that hold the title, and those that are known to hold articles' text."""
        rules = self._rules
        if rules is None or not (rules.own or rules.box):
            return self.around
        chains = {line.boxes[:depth] for line in self.lines for depth in range(1, len(line.boxes) + 1)}
        own = (boxes[-1] for boxes in chains if rules.is_own_box(self.places.of_box(boxes)))
        return self.around.union(own)

    def drop(self, index: int, why: str) -> None:
        self.verdicts[index] = Verdict(SITE, why)
