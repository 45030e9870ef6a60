"""A site's boilerplate, learned from the site: what stands on many pages, or differs between two fetches, is the site's.

A ``Learner`` reads the answers of one crawl. Where an article stands in no template that is known, structure alone decides at
first, and the parsed page is kept. From the first of these the template is learned, and the pages after them are read with it;
the pages that it was learned from are decided once more, on the parse that is at hand: no page is parsed twice.

Position and text decide together. A line is the site's when the same text stands in the same place on many pages beside their
articles, or when its place says something else at a second fetch, or shows what is another page's article. The box that holds
most of the articles' text is never judged so: a press block says the same on many pages and is the article's all the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from crawler.pages.article import find_in_template, tight_region
from crawler.pages.below import APART, LABELLED
from crawler.pages.blocks import lines_of
from crawler.pages.boilerplate import PROSE
from crawler.pages.model import Model, Template, line_digest
from crawler.pages.outcome import LIKE_PROBE
from crawler.pages.places import Address, address_of
from crawler.pages.reading import Answer, Read, Reading, judge_found, read_whole
from storage.records import Outcome

if TYPE_CHECKING:
    from crawler.sites import Site

ENOUGH: Final = 60
"""Pages of an unknown template from which it is learned; a site with fewer is learned at the end of the crawl."""
LEAST: Final = 3
"""Pages that make a template, and pages on which the same text makes it the site's."""
SHARE: Final = 0.6
"""The share of a template's pages on which it must stand besides."""
MOST: Final = 0.9
FRAMES: Final = 8
"""Articles whose surroundings tell what the frame says."""
SOME: Final = 12
"""Pages of an unknown template from which some are looked at once more."""
SECOND_LOOKS: Final = 8
_WEAK: Final = frozenset({APART, LABELLED})

Known = Callable[[str], frozenset[str] | None]
"""The texts of a page's article as the store has it, or None for a page that it doesn't have."""


@dataclass(slots=True)
class _Line:
    place: str
    text: str
    own: int
    is_kept: bool
    why: str


@dataclass(slots=True)
class _Page:
    """A page that is at hand while its template is learned."""

    answer: Answer
    read: Read
    second: Read | None = None


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a crawl's reading came to. ``revised``: what pages read before the template was known are, by their address;
    ``revised_again``: the same for their second look."""

    model: Model | None
    is_new: bool
    template_changed: bool
    revised: dict[str, Reading] = field(default_factory=dict)
    revised_again: dict[str, Reading] = field(default_factory=dict)


class Learner:
    """``model``: what earlier crawls learned. ``known``: the store's texts, which tell where articles stand after a redesign."""

    def __init__(self, site: Site | None, model: Model | None = None, known: Known | None = None) -> None:
        self.site = site
        self.model = model
        self._began_with = model
        self._known = known
        self._pages: dict[str, _Page] = {}
        self._doubted: dict[str, _Page] = {}
        self._asked_again: set[str] = set()
        self._revised: dict[str, Reading] = {}
        self._revised_again: dict[str, Reading] = {}
        self._frame: set[str] = set()
        self._framed = 0
        self._in_known = 0
        self._in_new = 0

    def read(self, answer: Answer) -> Reading:
        """What the answer is. ``is_open``: it was read by structure alone and may be revised at the crawl's end."""
        answer = self._with_message(answer)
        done = read_whole(answer, self.site, self.model)
        if done.reading.outcome is not Outcome.OK or done.found is None:
            return self._doubt(answer, done)
        if done.found.template is not None:
            self._count(done.found.template)
            return done.reading
        self._in_new += 1
        if len(self._pages) >= 2 * ENOUGH:
            return done.reading
        self._pages[answer.url] = _Page(answer, done)
        self._learn_frame(done)
        if len(self._pages) >= ENOUGH and (not self._asked_again or len(self._pages) >= 2 * ENOUGH):
            self._learn()
        return replace(done.reading, is_open=True)

    def read_again(self, answer: Answer) -> Reading:
        """The same page a little later: what differs is the site's."""
        done = read_whole(self._with_message(answer), self.site, self.model)
        self._asked_again.discard(answer.url)
        page = self._pages.get(answer.url)
        if page is None or done.found is None or done.reading.outcome is not Outcome.OK:
            return done.reading
        page.second = done
        return replace(done.reading, is_open=True)

    def second_looks(self, *, at_the_end: bool = False) -> list[str]:
        """Pages to fetch once more now; none while there is nothing to learn, or when some were asked for already."""
        seen = any(page.second is not None for page in self._pages.values())
        if seen or self._asked_again or len(self._pages) < (LEAST if at_the_end else SOME):
            return []
        chosen = list(self._pages)[:SECOND_LOOKS]
        self._asked_again.update(chosen)
        return chosen

    def conclude(self) -> Conclusion:
        """Learn what is left to learn, and decide the pages that were read without it."""
        self._learn()
        for url, page in self._doubted.items():
            self._decide(url, page)
        before, model = self._began_with, self.model
        is_new = model is not None and (before is None or model.templates != before.templates)
        changed = before is not None and is_new and self._in_new > self._in_known
        if changed and before is not None and model is not None:
            model = replace(model, era=before.era + 1)
        return Conclusion(model, is_new, changed, dict(self._revised), dict(self._revised_again))

    def _doubt(self, answer: Answer, done: Read) -> Reading:
        """What wasn't taken for an article may be one once the template and the frame are known."""
        may_be = done.reading.reason == LIKE_PROBE or done.reading.outcome is Outcome.EXTRACT_FAILED
        if may_be and answer.url in self._doubted:
            self._doubted[answer.url].second = done
            return replace(done.reading, is_open=True)
        if may_be and done.document is not None and len(self._doubted) < ENOUGH:
            self._doubted[answer.url] = _Page(answer, done)
            return replace(done.reading, is_open=True)
        return done.reading

    def _learn_frame(self, done: Read) -> None:
        """What stands beside articles is no message that a page doesn't exist, even where the probe page says it too."""
        if self._framed < FRAMES and done.document is not None and done.found is not None:
            self._framed += 1
            texts = set(done.found.texts)
            lines = (line.text for line in lines_of(done.document.body) if line.text and not line.anchors)
            self._frame.update(text for text in lines if text not in texts)

    def _with_message(self, answer: Answer) -> Answer:
        if answer.probe is None or not self._frame:
            return answer
        return replace(answer, probe=answer.probe.without(frozenset(self._frame)))

    def _count(self, template: Template) -> None:
        if self._began_with is not None and any(template.region == t.region for t in self._began_with.templates):
            self._in_known += 1
        else:
            self._in_new += 1

    def _learn(self) -> None:
        """Templates from the pages at hand. One that is known stays as it is: what was read by it was read for good."""
        self._asked_again.clear()
        old = self.model.templates if self.model else ()
        regions = [region for region in _regions(self._pages.values()) if all(region != t.region for t in old)]
        new = [learn(region, list(self._pages.values()), self._known) for region in regions]
        made = tuple(template for template in new if template is not None)
        if not made:
            return
        began = self._began_with
        self.model = Model(began.version + 1 if began else 1, began.era if began else 1, (*made, *old))
        self._pages = {url: page for url, page in self._pages.items() if not self._decide(url, page)}

    def _decide(self, url: str, page: _Page) -> bool:
        """The page once more, on the parse that is at hand, with what was learned from all of them; False: nothing fits it."""
        again = judge_found(self._with_message(page.answer), page.read, self.model)
        if again is None or again.reading.outcome is not Outcome.OK:
            return False
        self._revised[url] = again.reading
        second = judge_found(self._with_message(page.answer), page.second, self.model) if page.second else None
        if second is not None and second.reading.outcome is Outcome.OK:
            self._revised_again[url] = second.reading
        return True


def _regions(pages: Iterable[_Page]) -> list[Address]:
    """Where articles stand on at least ``LEAST`` pages, the place of most pages first; a place within another is that other.

    Boxes may stand before the article in numbers that change: places are alike when their steps are.
    """
    count: Counter[Address] = Counter()
    for page in pages:
        if page.read.found is not None:
            count[address_of(tight_region(page.read.found))] += 1
    alike: dict[tuple[str, ...], Counter[Address]] = defaultdict(Counter)
    for address, number in count.items():
        alike[tuple(step for step, _ in address)][address] += number
    chosen: list[Address] = []
    for addresses in sorted(alike.values(), key=lambda each: -each.total()):
        address = addresses.most_common(1)[0][0]
        is_apart = not any(_is_within(address, other) or _is_within(other, address) for other in chosen)
        if addresses.total() >= LEAST and is_apart:
            chosen.append(address)
    return chosen


def _is_within(one: Address, other: Address) -> bool:
    return [step for step, _ in one[: len(other)]] == [step for step, _ in other]


def learn(region: Address, pages: Sequence[_Page], known: Known | None = None) -> Template | None:
    """The template whose articles stand at ``region``, from those of the pages that have it; None for fewer than ``LEAST``."""
    bare = Template(region, 0)
    firsts: dict[str, list[_Line]] = {}
    pairs: list[tuple[list[_Line], list[_Line]]] = []
    for page in pages:
        site_name = page.answer.probe.title if page.answer.probe is not None else ""
        lines = _lines(page.read, bare, site_name)
        if lines is None:
            continue
        firsts[page.answer.url] = lines
        second = _lines(page.second, bare, site_name) if page.second is not None else None
        if second is not None:
            pairs.append((lines, second))
    if len(firsts) < LEAST:
        return None
    old = {url: texts for url in firsts if known is not None and (texts := known(url)) is not None}
    return _Evidence(region, firsts, pairs, old).template()


def _lines(done: Read, bare: Template, site_name: str) -> list[_Line] | None:
    """The lines of a page's region, by their places, as structure judges them."""
    if done.document is None or done.links is None:
        return None
    found = find_in_template(done.document, done.links, bare, site_name)
    if found is None:
        return None
    places, kept = found.places, set(found.kept)
    return [
        _Line(places.of(line), line.text, line.own, index in kept, verdict.why)
        for index, line in enumerate(found.lines)
        if line.text and (verdict := found.verdicts.get(index)) is not None
    ]


class _Evidence:
    """What the lines of a template's pages say of its places."""

    def __init__(
        self,
        region: Address,
        pages: dict[str, list[_Line]],
        pairs: Sequence[tuple[list[_Line], list[_Line]]],
        old: dict[str, frozenset[str]],
    ) -> None:
        self.region, self.pages, self.pairs, self.old = region, pages, pairs, old
        self.core = self._core()
        self.box = self.core.rpartition(">")[0]

    def template(self) -> Template:
        lines = self._repeated()
        slots = self._saying_the_same(lines) | self._changing() | self._teasing() | self._strange()
        own = self._apart() - slots
        digests = frozenset(line_digest(place, text) for place, text in lines if place.count(">") == 1)
        return Template(self.region, len(self.pages), frozenset(slots), digests, frozenset(own))

    def is_core(self, place: str) -> bool:
        return place == self.core or (bool(self.box) and place.startswith(f"{self.box}>"))

    def _core(self) -> str:
        """The place of most of the articles' text, each text counted once however many pages show it."""
        letters: Counter[str] = Counter()
        seen: set[tuple[str, str]] = set()
        for line in self._all():
            if line.is_kept and (line.place, line.text) not in seen:
                seen.add((line.place, line.text))
                letters[line.place] += line.own
        return letters.most_common(1)[0][0] if letters else ""

    def _all(self) -> Iterable[_Line]:
        return (line for lines in self.pages.values() for line in lines)

    def _beside(self) -> Iterable[tuple[str, _Line]]:
        """The lines that structure took for the article's and that don't stand in the box of most articles' text, by page."""
        for url, lines in self.pages.items():
            for line in lines:
                if line.is_kept and not self.is_core(line.place):
                    yield url, line

    def _repeated(self) -> set[tuple[str, str]]:
        """What says the same in the same place on many pages, and isn't known from an article."""
        pages: dict[tuple[str, str], set[str]] = defaultdict(set)
        for url, line in self._beside():
            if line.text not in self.old.get(url, ()):
                pages[line.place, line.text].add(url)
        many = max(LEAST, SHARE * len(self.pages))
        return {said for said, urls in pages.items() if len(urls) >= many}

    def _saying_the_same(self, lines: set[tuple[str, str]]) -> set[str]:
        """Boxes in which hardly anything else is ever said. A press block stands in a box with other text of articles."""
        said: dict[str, list[bool]] = defaultdict(list)
        for _, line in self._beside():
            said[_unit(line.place)].append((line.place, line.text) in lines)
        return {unit for unit, repeated in said.items() if sum(repeated) >= MOST * len(repeated)}

    def _changing(self) -> set[str]:
        """Places that say something else at the second look, on at least half of the pages that have them."""
        votes: dict[str, list[bool]] = defaultdict(list)
        for first, second in self.pairs:
            one, other = _by_place(first), _by_place(second)
            for place in one.keys() | other.keys():
                if not self.is_core(place):
                    votes[_unit(place)].append(one.get(place) != other.get(place))
        return {place for place, changed in votes.items() if sum(changed) * 2 >= len(changed) and any(changed)}

    def _teasing(self) -> set[str]:
        """Places that show what is another page's article."""
        text_of: dict[str, set[str]] = defaultdict(set)
        for url, lines in self.pages.items():
            for line in lines:
                if line.is_kept and self.is_core(line.place) and line.own >= PROSE:
                    text_of[line.text].add(url)
        votes: dict[str, list[bool]] = defaultdict(list)
        for url, line in self._beside():
            if line.own >= PROSE:
                votes[_unit(line.place)].append(bool(text_of.get(line.text, set()) - {url}))
        return {place for place, teasers in votes.items() if sum(teasers) >= max(2, len(teasers) / 2)}

    def _strange(self) -> set[str]:
        """After a redesign: places beside the articles' box in which none of the known articles' texts stands."""
        votes: dict[str, list[bool]] = defaultdict(list)
        for url, texts in self.old.items():
            for line in self.pages[url]:
                if line.is_kept and not self.is_core(line.place):
                    votes[_unit(line.place)].append(line.text not in texts)
        return {place for place, new in votes.items() if len(new) >= LEAST and all(new)}

    def _apart(self) -> set[str]:
        """Places of running text that structure took for the site's, and that is another on each page and stays there."""
        texts: dict[str, list[str]] = defaultdict(list)
        for line in self._all():
            if not line.is_kept and line.why in _WEAK and line.own >= PROSE:
                texts[line.place].append(line.text)
        changing = self._changing_anywhere()
        return {
            place
            for place, said in texts.items()
            if len(said) >= LEAST and place not in changing and len(set(said)) >= MOST * len(said)
        }

    def _changing_anywhere(self) -> set[str]:
        return {
            place
            for first, second in self.pairs
            for place in _by_place(first, kept=False).keys() | _by_place(second, kept=False).keys()
            if _by_place(first, kept=False).get(place) != _by_place(second, kept=False).get(place)
        }


def _by_place(lines: Iterable[_Line], *, kept: bool = True) -> dict[str, Counter[str]]:
    said: dict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        if line.is_kept is kept:
            said[line.place][line.text] += 1
    return said


def _unit(place: str) -> str:
    """The box that a line stands in, or its place where that box is the region itself."""
    return place.rpartition(">")[0] or place
