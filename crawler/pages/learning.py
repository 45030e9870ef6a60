"""A site's boilerplate, learned from the site: what stands on many pages, or differs between two fetches, is the site's.

A ``Learner`` reads the answers of one crawl. Where an article stands in no template that is known, structure alone decides at
first, and the parsed page is kept. From the first of these the template is learned, and the pages after them are read with it;
the pages that it was learned from are decided once more, on the parse that is at hand: no page is parsed twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from crawler.pages.article import find_in_template, tight_region
from crawler.pages.below import BELOW_END, END
from crawler.pages.blocks import lines_of
from crawler.pages.boilerplate import is_mostly_link
from crawler.pages.breaks import Breaks
from crawler.pages.document import Element
from crawler.pages.evidence import LEAST, MOST, SHARE, Evidence, Seen
from crawler.pages.found import ARTICLE, SITE, TITLE, Found
from crawler.pages.links import Leads, Links
from crawler.pages.model import Model, Template
from crawler.pages.outcome import LIKE_PROBE, Fingerprint
from crawler.pages.places import Address, address_of, classes_around, row_of, steps_down
from crawler.pages.reading import Answer, Read, Reading, judge_found, judge_known, read_whole
from crawler.pages.signs import all_signs, common_signs
from crawler.pages.trimming import boxes_behind
from storage.records import Outcome

if TYPE_CHECKING:
    from crawler.sites import Site

ENOUGH: Final = 60
"""Pages of an unknown template from which it is learned; a site with fewer is learned at the end of the crawl."""
FRAMES: Final = 8
"""Articles whose surroundings tell what the frame says."""
SOME: Final = 12
"""Pages of an unknown template from which some are looked at once more."""
SECOND_LOOKS: Final = 8
_AWAY: Final = frozenset({Leads.UP, Leads.ARTICLE, Leads.SITE, Leads.SHARE, Leads.OUT})
_MAY_BE: Final = frozenset({Outcome.EXTRACT_FAILED, Outcome.SUSPECT})

Known = Callable[[str], frozenset[str] | None]
"""The texts of a page's article as the store has it, or None for a page that it doesn't have."""


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
        self._began_with = self._reads_by = model
        self._known = known
        self._pages: dict[str, _Page] = {}
        self._doubted: dict[str, _Page] = {}
        self._asked_again: set[str] = set()
        self._revised: dict[str, Reading] = {}
        self._revised_again: dict[str, Reading] = {}
        self._frame: set[str] = set()
        self._framed = 0
        self._message: tuple[Fingerprint, int, Fingerprint] | None = None
        """A probe, from how many frames its message was told, and that: the same for page after page."""
        self._in_known = 0
        self._in_new = 0

    def read(self, answer: Answer) -> Reading:
        """What the answer is. ``is_open``: it was read by structure alone and may be revised at the crawl's end."""
        answer = self._with_message(answer)
        done = self._of_known(answer, read_whole(answer, self.site, self._reads_by))
        if done.reading.outcome is not Outcome.OK or done.found is None:
            return self._doubt(answer, done)
        self._learn_frame(done)
        if done.found.template is not None:
            self._count(done.found.template)
            return done.reading
        self._in_new += 1
        if len(self._pages) >= 2 * ENOUGH:
            return done.reading
        self._pages[answer.url] = _Page(answer, done)
        if len(self._pages) >= ENOUGH and (not self._asked_again or len(self._pages) >= 2 * ENOUGH):
            self._learn()
        return replace(done.reading, is_open=True)

    def read_again(self, answer: Answer) -> Reading:
        """The same page a little later: what differs is the site's."""
        done = read_whole(self._with_message(answer), self.site, self._reads_by)
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
            if not self._decide(url, page):
                self._rename(url, page)
        before, model = self._began_with, self.model
        is_new = model is not None and (before is None or model.templates != before.templates)
        changed = before is not None and is_new and self._in_new > self._in_known
        if changed and before is not None and model is not None:
            model = replace(model, era=before.era + 1)
        return Conclusion(model, is_new, changed, dict(self._revised), dict(self._revised_again))

    def _doubt(self, answer: Answer, done: Read) -> Reading:
        """What wasn't taken for an article may be one once the template and the frame are known."""
        may_be = done.reading.reason == LIKE_PROBE or done.reading.outcome in _MAY_BE
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
            self._frame.update(done.document.titles[-1:])

    def _of_known(self, answer: Answer, done: Read) -> Read:
        return (
            done if self._known is None else judge_known(done, lambda: self._known(answer.url) if self._known else None)
        )

    def _with_message(self, answer: Answer) -> Answer:
        if answer.probe is None or not self._frame:
            return answer
        if self._message is None or self._message[0] is not answer.probe or self._message[1] != self._framed:
            self._message = answer.probe, self._framed, answer.probe.without(frozenset(self._frame))
        return replace(answer, probe=self._message[2])

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
        # What siblings show is asked from the next crawl on: a site's first pages don't tell how its short notes look.
        unasked = tuple(replace(template, signs=frozenset()) for template in made)
        known = self._reads_by.templates if self._reads_by is not None else ()
        self._reads_by = replace(self.model, templates=(*unasked, *known))
        self._pages = {url: page for url, page in self._pages.items() if not self._decide(url, page)}

    def _decide(self, url: str, page: _Page) -> bool:
        """The page once more, on the parse that is at hand, with what was learned from all of them; False: nothing fits it."""
        again = self._again(page)
        reading = _decided(page.read.reading, again.reading) if again is not None else None
        if reading is None:
            return False
        self._revised[url] = reading
        second = judge_found(self._with_message(page.answer), page.second, self._reads_by) if page.second else None
        if second is not None and second.reading.outcome is Outcome.OK:
            self._revised_again[url] = second.reading
        return True

    def _again(self, page: _Page) -> Read | None:
        again = judge_found(self._with_message(page.answer), page.read, self._reads_by)
        return None if again is None else self._of_known(page.answer, again)

    def _rename(self, url: str, page: _Page) -> None:
        """No article still, but it may have another name: what the frame says too is no message of the probe page."""
        again = self._again(page)
        if again is not None:
            self._revised[url] = again.reading


def _decided(first: Reading, again: Reading) -> Reading | None:
    """An article by itself stays one though its siblings show more; its text is the one that the template tells."""
    if again.outcome is Outcome.OK:
        return again
    is_still = first.outcome is Outcome.OK and again.article is not None
    return replace(again, outcome=first.outcome, reason=first.reason) if is_still else None


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
    firsts: dict[str, list[Seen]] = {}
    pairs: list[tuple[list[Seen], list[Seen]]] = []
    breaks = Breaks()
    shown: list[frozenset[str]] = []
    classes: list[frozenset[str]] = []
    rows: set[tuple[int, int]] = set()
    titles: Counter[tuple[str, ...]] = Counter()
    days: Counter[bool] = Counter()
    for page in pages:
        found = found_at(bare, page.read, page.answer)
        if found is None:
            continue
        breaks.add(found.breaks)
        shown.append(_signs(found, page.read))
        classes.append(classes_around(found.region))
        rows.add(row_of(found.region))
        if found.published is not None:
            days[found.glued is not None] += 1
        titles[steps_down(found.region, found.title.element)] += 1
        lines = firsts[page.answer.url] = lines_seen(found, page.read.links)
        second = found_at(bare, page.second, page.answer) if page.second is not None else None
        if second is not None and page.second is not None:
            pairs.append((lines, lines_seen(second, page.second.links)))
            rows.add(row_of(second.region))
    if len(firsts) < LEAST:
        return None
    old = {url: texts for url in firsts if known is not None and (texts := known(url)) is not None}
    template = Evidence(region, firsts, pairs, old).template(breaks_part=breaks.seem_to_part)
    row = _lasting_row(rows, region) if len(firsts) >= SOME else None
    title = titles.most_common(1)[0][0]
    template = replace(template, signs=common_signs(shown), classes=_lasting(classes), title=title, row=row)
    template = replace(template, glues_days=days[True] >= SHARE * len(firsts) and days[True] >= MOST * days.total())
    return _trimmed(template, pages) if len(firsts) >= SOME else template


def _trimmed(template: Template, pages: Sequence[_Page]) -> Template:
    """The template with what of its region needn't be walked: what was the site's on every page that it was learned from.

    A slot whose day was taken for the article's isn't among it, nor one that ends some articles and not others.
    """
    is_bare = True
    ended: dict[str, set[bool | None]] = defaultdict(set)
    for page in pages:
        for read in filter(None, (page.read, page.second)):
            found = found_at(template, read, page.answer)
            if found is not None:
                is_bare = is_bare and _is_bare_above(found)
                for place, box in boxes_behind(found.region, found.title.element):
                    ended[place].add(_ends_in(box, found))
    slots = {place: said for place, said in ended.items() if place in template.slots}
    passed = frozenset(place for place, said in slots.items() if len(said) == 1 and None not in said)
    ends = frozenset(place for place in passed if slots[place] == {True})
    return replace(template, nothing_above=is_bare, passed=passed, ends=ends)


def _is_bare_above(found: Found) -> bool:
    """Whether nothing above the title is the article's."""
    judged = sorted(found.verdicts)
    title = next((index for index in judged if found.verdicts[index].what == TITLE), 0)
    return all(found.verdicts[index].what == SITE for index in judged if index < title)


def _ends_in(box: Element, found: Found) -> bool | None:
    """Whether the article has ended in ``box`` or before it; None where a line in it is the article's."""
    verdicts = [found.verdicts.get(index) for index, line in enumerate(found.lines) if box in line.boxes]
    if not all(verdict is not None and verdict.what == SITE for verdict in verdicts):
        return None
    return any(verdict is not None and verdict.why in (END, BELOW_END) for verdict in verdicts)


def _lasting(classes: Sequence[frozenset[str]]) -> frozenset[str] | None:
    count = Counter(name for names in classes for name in names)
    lasting = frozenset(name for name, number in count.items() if number >= MOST * len(classes))
    return lasting if lasting or not count else None


def _lasting_row(rows: set[tuple[int, int]], region: Address) -> int | None:
    """How many boxes alike there are where that never changes, and the article's is always the one that the address names."""
    (before, count), *others = rows
    return count if not others and region and before == region[-1][1] else None


def _signs(found: Found, done: Read) -> frozenset[str]:
    if done.document is None or done.links is None:
        return frozenset()
    return all_signs(found, done.document, done.links)


def found_at(template: Template, done: Read, answer: Answer) -> Found | None:
    """What is found in the template's region, by its rules."""
    if done.document is None or done.links is None:
        return None
    site_name = answer.probe.title if answer.probe is not None else ""
    return find_in_template(done.document, done.links, template, site_name)


def lines_seen(found: Found, links: Links | None) -> list[Seen]:
    """The lines below the title, by their places, as structure judges them."""
    kept = set(found.kept)
    return [
        Seen(
            (found.places.of(line), found.from_end.of(line)),
            line.text,
            line.own,
            index in kept,
            verdict.why,
            links is not None
            and is_mostly_link(line)
            and any(links.leads(anchor.href) in _AWAY for anchor in line.anchors),
        )
        for index, line in enumerate(found.lines)
        if line.text and (verdict := found.verdicts.get(index)) is not None and verdict.what in (ARTICLE, SITE)
    ]
