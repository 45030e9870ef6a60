"""What the lines of a template's pages say of its places: which boxes are the site's, and where the articles' text stands.

Position and text decide together. A line is the site's when the same text stands in the same place on many pages beside their
articles, or when its place says something else at a second fetch, or shows what is another page's article. The box that holds
most of the articles' text is never judged so: a press block says the same on many pages and is the article's all the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from crawler.pages.below import APART, LABELLED
from crawler.pages.boilerplate import PROSE
from crawler.pages.model import Template, line_digest
from crawler.pages.places import Address, box_of, is_in_box, is_loose, is_ordered, shape_of

LEAST: Final = 3
"""Pages that make a template, and pages on which the same text makes it the site's."""
SHARE: Final = 0.6
"""The share of a template's pages on which it must stand besides."""
MOST: Final = 0.9
_WEAK: Final = frozenset({APART, LABELLED})


@dataclass(frozen=True, slots=True)
class Seen:
    """A line of a page as structure judged it. ``places``: counted from the title down, and from the end."""

    places: tuple[str, str]
    text: str
    own: int
    is_kept: bool
    why: str
    leads_out: bool = False
    """It is little else than a link to another page or site."""

    @property
    def place(self) -> str:
        return self.places[0]

    @property
    def shape(self) -> str:
        """Alike for boxes alike, whatever their order."""
        return shape_of(self.places[0])


Pages = dict[str, list[Seen]]
Pair = tuple[list[Seen], list[Seen]]


class Evidence:
    """``pages``: the first reading of each page's region; ``pairs``: two readings of one page; ``old``: texts the store has."""

    def __init__(self, region: Address, pages: Pages, pairs: Sequence[Pair], old: dict[str, frozenset[str]]) -> None:
        self.region, self.pages, self.old = region, pages, old
        self.core = self._core()
        self.box = box_of(self.core)
        self.pairs = [pair for pair in pairs if self._is_one(*pair)]
        self._pages_with = Counter(text for lines in pages.values() for text in {line.text for line in lines})
        self._in_one_look = {line.text for pair in self.pairs for line in _not_in_both(*pair)}

    def template(self, *, breaks_part: bool = False) -> Template:
        lines = self._repeated() | self._between_texts()
        slots = self._saying_the_same(lines) | self._changing() | self._teasing() | self._strange()
        if not self.box:
            slots = {slot for slot in slots if not is_loose(slot) or is_ordered(slot)}
        lines |= self._behind_the_end(lines, Template(self.region, 0, frozenset(slots)))
        own = (self._apart() | self._parts()) - slots
        digests = frozenset(line_digest(place, text) for place, text in lines)
        lengths = frozenset(len(text) for _, text in lines)
        rules = (frozenset(slots), digests, frozenset(own), self.core, breaks_part)
        return Template(self.region, len(self.pages), *rules, lengths=lengths)

    def _is_one(self, first: Sequence[Seen], second: Sequence[Seen]) -> bool:
        """Whether both looks found the same article: a page may show a second one of its name in a teaser."""
        one, other = ({line.text for line in lines if self.is_core(line.place)} for lines in (first, second))
        return len(one & other) * 2 >= max(len(one), len(other))

    def is_core(self, place: str) -> bool:
        """In the box of most articles' text; where that is the region itself, whatever stands in no other box."""
        return is_in_box(place, self.box) if self.box else is_loose(place)

    def _core(self) -> str:
        """The place of most of the articles' text, each text counted once however many pages show it."""
        letters: Counter[str] = Counter()
        seen: set[tuple[str, str]] = set()
        for lines in self.pages.values():
            for line in lines:
                if line.is_kept and (line.place, line.text) not in seen:
                    seen.add((line.place, line.text))
                    letters[line.place] += line.own
        return letters.most_common(1)[0][0] if letters else ""

    def _beside(self) -> Iterator[tuple[str, Seen]]:
        """The lines that don't stand in the box of most articles' text, by page."""
        for url, lines in self.pages.items():
            for line in lines:
                if not self.is_core(line.place):
                    yield url, line

    def _repeated(self) -> set[tuple[str, str]]:
        """What says the same in places alike on many pages, and isn't known from an article.

        Not in boxes with articles' text besides: there it is a press block, unless it leads away.
        """
        pages: dict[tuple[str, str], set[str]] = defaultdict(set)
        telling = self._telling()
        for url, line in self._beside():
            is_free = line.leads_out or (line.shape, line.text) not in telling
            if is_free and line.text not in self.old.get(url, ()):
                pages[line.shape, line.text].add(url)
        many = max(LEAST, SHARE * len(self.pages))
        return {said for said, urls in pages.items() if len(urls) >= many}

    def _telling(self) -> set[tuple[str, str]]:
        """Lines whose box has, on some page, running text of that page alone."""
        changing = self._changing()
        told: set[tuple[str, str]] = set()
        for lines in self.pages.values():
            boxes = self._boxes_of_text(lines) - changing
            told.update((line.shape, line.text) for line in lines if box_of(line.place) in boxes)
        return told

    def _boxes_of_text(self, lines: Sequence[Seen]) -> set[str]:
        """Boxes with running text that stands on this page alone and is the same at the second look."""
        own = (line for line in lines if line.is_kept and line.own >= PROSE and self._is_of_one_page(line.text))
        return {box_of(line.place) for line in own}

    def _is_of_one_page(self, text: str) -> bool:
        return self._pages_with[text] == 1 and text not in self._in_one_look

    def _parts(self) -> set[str]:
        """Boxes beside that of most text in which, on most pages that have them, there is running text of one page alone."""
        telling: Counter[str] = Counter()
        having: Counter[str] = Counter()
        for lines in self.pages.values():
            telling.update(box for box in self._boxes_of_text(lines) if box and not self.is_core(f"{box}>"))
            having.update({box_of(line.place) for line in lines})
        changing = {_unit(line.place) for pair in self.pairs for line in _not_in_both(*pair)}
        return {
            box for box, pages in telling.items() if pages >= LEAST and pages * 2 > having[box] and box not in changing
        }

    def _between_texts(self) -> set[tuple[str, str]]:
        """Links in the midst of the articles' text that are the same on nearly all pages: a call to subscribe."""
        pages: dict[tuple[str, str], int] = Counter()
        followed: dict[tuple[str, str], int] = Counter()
        count = Counter(line.text for lines in self.pages.values() for line in lines)
        for lines in self.pages.values():
            core = [line for line in lines if self.is_core(line.place)]
            last = max((n for n, line in enumerate(core) if line.is_kept and count[line.text] == 1), default=-1)
            for n, line in enumerate(core):
                if line.leads_out:
                    pages[line.shape, line.text] += 1
                    followed[line.shape, line.text] += n < last
        many = max(LEAST, MOST * len(self.pages))
        return {said for said, number in pages.items() if number >= many and followed[said] >= LEAST}

    def _behind_the_end(self, known: set[tuple[str, str]], slots: Template) -> set[tuple[str, str]]:
        """A link or a few words that come last, right behind lines of the site, and are the same on nearly all pages.

        The head of a box whose list isn't read, or a call to subscribe, in no box of its own beside the text. The last line of
        a press block has another one of the article before it.
        """

        def is_article(line: Seen) -> bool:
            return line.is_kept and (line.shape, line.text) not in known and not any(map(slots.is_slot, line.places))

        pages = Counter(
            (line.shape, line.text)
            for lines in self.pages.values()
            if (line := _last_behind_others(lines, is_article)) is not None and (line.leads_out or line.own < PROSE)
        )
        many = max(LEAST, MOST * len(self.pages))
        return {said for said, number in pages.items() if number >= many}

    def _saying_the_same(self, lines: set[tuple[str, str]]) -> set[str]:
        """Boxes in which hardly anything else is ever said. A press block stands in a box with other text of articles."""
        return self._voted(
            ((line, (line.shape, line.text) in lines) for _, line in self._beside()),
            lambda votes: sum(votes) >= max(LEAST, MOST * len(votes)),
        )

    def _changing(self) -> set[str]:
        """Boxes most of whose letters are others at the second look, on at least half of the pages that have them."""
        votes: dict[str, list[bool]] = defaultdict(list)
        for way in (0, 1):
            for first, second in self.pairs:
                one, other = self._by_box(first, way), self._by_box(second, way)
                for box in one.keys() | other.keys():
                    votes[box].append(_has_changed(one[box], other[box]))
        return {box for box, changed in votes.items() if sum(changed) * 2 >= len(changed) and any(changed)}

    def _by_box(self, lines: Iterable[Seen], way: int) -> dict[str, Counter[str]]:
        said: dict[str, Counter[str]] = defaultdict(Counter)
        for line in lines:
            if not self.is_core(line.place):
                said[_unit(line.places[way])][line.text] += 1
        return said

    def _teasing(self) -> set[str]:
        """Places that show what is another page's article."""
        text_of: dict[str, set[str]] = defaultdict(set)
        for url, lines in self.pages.items():
            for line in lines:
                if line.is_kept and self.is_core(line.place) and line.own >= PROSE:
                    text_of[line.text].add(url)
        return self._voted(
            ((line, bool(text_of.get(line.text, set()) - {url})) for url, line in self._beside() if line.own >= PROSE),
            lambda votes: sum(votes) >= max(2, len(votes) / 2),
        )

    def _strange(self) -> set[str]:
        """After a redesign: places beside the articles' box in which none of the known articles' texts stands."""
        return self._voted(
            (
                (line, line.text not in self.old[url])
                for url, line in self._beside()
                if url in self.old and line.is_kept
            ),
            lambda votes: len(votes) >= LEAST and all(votes),
        )

    def _voted(self, votes: Iterable[tuple[Seen, bool]], is_enough: Callable[[list[bool]], bool]) -> set[str]:
        """The boxes of which enough lines say yes, by both ways of counting."""
        said: dict[str, list[bool]] = defaultdict(list)
        for line, vote in votes:
            for unit in {_unit(place) for place in line.places}:
                said[unit].append(vote)
        return {unit for unit, given in said.items() if is_enough(given)}

    def _apart(self) -> set[str]:
        """Places of running text that structure took for the site's, and that is another on each page and stays there."""
        texts: dict[str, list[str]] = defaultdict(list)
        for lines in self.pages.values():
            for line in lines:
                if not line.is_kept and line.why in _WEAK and line.own >= PROSE:
                    texts[line.place].append(line.text)
        changing = self._changing_anywhere()
        return {
            place
            for place, said in texts.items()
            if len(said) >= LEAST and place not in changing and len(set(said)) >= MOST * len(said)
        }

    def _changing_anywhere(self) -> set[str]:
        changing: set[str] = set()
        for first, second in self.pairs:
            one, other = (_said([line for line in lines if not line.is_kept]) for lines in (first, second))
            changing.update(place for place in one.keys() | other.keys() if one.get(place) != other.get(place))
        return changing


def _last_behind_others(lines: Sequence[Seen], is_article: Callable[[Seen], bool]) -> Seen | None:
    """The last line of the article, where the one before it is the site's."""
    last = next((place for place in range(len(lines) - 1, 0, -1) if is_article(lines[place])), 0)
    return lines[last] if last and not is_article(lines[last - 1]) else None


def _has_changed(one: Counter[str], other: Counter[str]) -> bool:
    def letters(said: Counter[str]) -> int:
        return sum(len(text) * count for text, count in said.items())

    return letters(one - other) + letters(other - one) >= letters(one & other) * 2 and one != other


def _said(lines: Iterable[Seen]) -> dict[str, Counter[str]]:
    said: dict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        said[line.place][line.text] += 1
    return said


def _not_in_both(first: Sequence[Seen], second: Sequence[Seen]) -> Iterator[Seen]:
    both = {line.text for line in first} & {line.text for line in second}
    return (line for line in (*first, *second) if line.text not in both)


def _unit(place: str) -> str:
    """The box that a line stands in, or its place where that box is the region itself."""
    return box_of(place) or place
