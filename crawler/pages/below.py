"""What stands below a title: where the article ends, and which of the lines up to there are the site's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crawler.pages.blocks import Line
from crawler.pages.boilerplate import (
    PASSING,
    PROSE,
    TOOLS,
    cards,
    heads_navigation,
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
from crawler.pages.datelines import date_line
from crawler.pages.document import Element
from crawler.pages.found import ARTICLE, DATE, SITE, Found, Verdict
from crawler.pages.links import Links

APART = "stands apart from the text, behind lines of the site"
LABELLED = "a label in a box of its own above the text"
END = "navigation below the text"
BELOW_END = "stands below the end of the article"
_TEXT = Verdict(ARTICLE, "stands below the title")
_LONGEST_END = 60
"""Letters of the longest line that can end an article, one of rights aside."""
_SENTENCE_ENDS = ".!?…"
LEARNED = "known of this site: it stands on many pages, or changes from visit to visit"


def read_below(place: int, found: Found, links: Links) -> bool:
    """Sort every line behind the title at ``place``; False when no text is left for an article."""
    start = place + 1
    below = found.lines[start:]
    in_cards = cards(below, links, found.no_teasers)
    end = _end(below, in_cards, links)
    found.has_back_lines = end < len(below) and is_back_line(below[end], links)
    for index in range(end, len(below)):
        found.drop(start + index, END if index == end else BELOW_END)
    rest = [index for index in range(end) if not _is_dropped(index, start, below, in_cards, found, links)]
    core = _core([(start + index, below[index]) for index in rest], links, is_known=found.template is not None)
    if core is not None:
        _keep([start + index for index in rest], core, found)
        _drop_trailing(found, links)
    for index in found.kept:
        found.verdicts[index] = _TEXT
    return found.has_text


def _is_dropped(index: int, start: int, below: Sequence[Line], in_cards: set[int], found: Found, links: Links) -> bool:  # noqa: PLR0913, PLR0917
    """Whether the line is the site's by itself, wherever the text begins."""
    line = below[index]
    if len(line.text) > _LONGEST_END and not line.anchors and not line.site_tag and index not in in_cards:
        why = LEARNED if found.is_learned_as_site(line) and date_line(line) is None else None
        if why is not None:
            found.drop(start + index, why)
        return why is not None
    why = "a teaser: a box with a link to another article" if index in in_cards else small_talk(line, links)
    if why == PASSING and line.time:
        return False  # "2 hours ago" with the day in an attribute
    if why is None and not line.text and is_banner(line, links):
        why = "an image that leads elsewhere"
    if why is None and heads_navigation(line) and line.boxes[-1] not in found.around:
        why = "the head of a box of navigation"
    if why is None and found.is_learned_as_site(line) and date_line(line) is None:
        why = LEARNED
    if why is not None:
        found.drop(start + index, why)
    return why is not None


def _keep(rest: Sequence[int], core: _Core, found: Found) -> None:
    for index in rest:
        verdict = core.judge(index, found)
        if verdict is None or (verdict.why in (APART, LABELLED) and found.is_learned_as_own(found.lines[index])):
            found.kept.append(index)
            continue
        found.verdicts[index] = verdict
        if verdict.what == DATE:
            found.pictured.append(index)


def _drop_trailing(found: Found, links: Links) -> None:
    run = trailing_links([found.lines[index] for index in found.kept], links)
    for index in found.kept[len(found.kept) - run :]:
        found.drop(index, "links to other articles below the text")
    del found.kept[len(found.kept) - run :]


@dataclass(slots=True)
class _Core:
    """The running text: where it begins, in which boxes all of it lies, and which lines name other articles."""

    first: int
    boxes: tuple[Element, ...]
    naming: frozenset[int]
    links: Links

    def is_apart(self, line: Line) -> bool:
        return line.boxes[: len(self.boxes)] != self.boxes

    def judge(self, index: int, found: Found) -> Verdict | None:
        """What a line is instead of a block of the article; None when it is one."""
        line = found.lines[index]
        if index in self.naming and self.is_apart(line) and not found.is_learned_as_own(line):
            return Verdict(SITE, "a link to another article, apart from the text")
        if index < self.first and line.text:
            return self._judge_above(index, line, found)
        if line.time and small_talk(line, self.links) == PASSING:
            return Verdict(SITE, PASSING)
        if found.kept and not self._goes_on(found.kept[-1], index, found):
            return Verdict(SITE, APART)
        return None

    def _judge_above(self, index: int, line: Line, found: Found) -> Verdict | None:
        """Between title and text: dates, navigation and rubrics are no blocks."""
        is_near = not self.is_apart(line) or min(self.naming, default=index) >= index
        day = date_line(line) if is_near else None
        if day is not None and found.published in (None, day):
            found.published = day
            return Verdict(DATE, "a date of its own between title and text")
        if is_back_line(line, self.links):
            return Verdict(SITE, "navigation above the text")
        if self.is_apart(line) and is_label(line):
            return Verdict(SITE, LABELLED)
        return None

    def _goes_on(self, before: int, index: int, found: Found) -> bool:
        """Whether the text goes on at ``index`` although lines of the site stand between it and the line ``before``.

        In the same box it does; in a box beside it only if the two are alike (an article in two parts around a banner), or
        if nothing but counters and tools stands between.
        """
        if before < self.first or index - before == 1:
            return True
        mine, its = found.lines[before].boxes, found.lines[index].boxes
        if mine[:-1] == its[: len(mine) - 1]:
            return True
        between = (found.verdicts[place] for place in range(before + 1, index) if place in found.verdicts)
        whys = {verdict.why for verdict in between}
        shared = len(common_boxes(mine, its))
        if whys == {LEARNED} or shared == len(its):
            return whys == {LEARNED}
        return (shared >= len(mine) - 2 >= 0 and whys <= TOOLS) or _are_alike(mine[shared:], its[shared:])


def _are_alike(mine: tuple[Element, ...], its: tuple[Element, ...]) -> bool:
    """Neighbouring boxes of one class, or of one build all the way down."""
    one, other = ([(box.tag, box.get("class")) for box in boxes] for boxes in (mine, its))
    if not one or not other:
        return False
    return one == other if one[0][1] is None else one[0] == other[0]


def _core(rest: Sequence[tuple[int, Line]], links: Links, *, is_known: bool) -> _Core | None:
    """``is_known``: in an article's known place a sentence that is mostly a link is text too, where there is no other."""
    naming = frozenset(index for index, line in rest if line.anchors and names_article(line, links))
    texts = [(index, line) for index, line in rest if line.text and index not in naming and not date_line(line)]
    prose = [(index, line) for index, line in texts if line.own >= PROSE] or texts
    if not prose and is_known:
        prose = [(index, line) for index, line in rest if index in naming and line.text[-1:] in _SENTENCE_ENDS][:1]
        naming -= {index for index, _ in prose}
    if not prose:
        return None
    boxes = prose[0][1].boxes if len(prose) > 1 else prose[0][1].boxes[:-1]
    for _, line in prose[1:]:
        boxes = common_boxes(boxes, line.boxes)
    return _Core(prose[0][0], boxes, naming, links)


def common_boxes(one: tuple[Element, ...], other: tuple[Element, ...]) -> tuple[Element, ...]:
    """The boxes that two lines both stand in."""
    length = 0
    for mine, its in zip(one, other, strict=False):
        if mine is not its:
            break
        length += 1
    return one[:length]


def _end(below: Sequence[Line], in_cards: set[int], links: Links) -> int:
    """Where the article ends: at the first line of navigation behind its text, at a heading over links, at the page's foot."""
    last: Line | None = None
    ends = {line.boxes[:-1]: index for index, line in enumerate(below) if line.own >= PROSE}
    for index, line in enumerate(below):
        if index in in_cards:
            continue
        if last is not None and _ends_at(index, below, ends.get(last.boxes[:-1], -1), links):
            return index
        if line.own >= PROSE and not date_line(line):
            last = line
    if last is not None:
        return len(below)
    return _end_of_few_words(below, in_cards, links)


def _end_of_few_words(below: Sequence[Line], in_cards: set[int], links: Links) -> int:
    """For an article without one line of running text: a caption, a bare announcement."""
    said = False
    for index, line in enumerate(below):
        if is_back_words(line.text) or (said and (is_back_line(line, links) or is_rights_line(line.text))):
            return index
        said = said or (line.own > 0 and index not in in_cards and not date_line(line))
    return len(below)


def _ends_at(index: int, below: Sequence[Line], end_of_box: int, links: Links) -> bool:
    """``end_of_box``: the last line of running text in the box that the text so far stands in."""
    line = below[index]
    if len(line.text) > _LONGEST_END:
        return end_of_box < index and is_rights_line(line.text)
    if is_back_words(line.text):
        return True
    if is_more_heading(line.text):
        return any(other.anchors and names_article(other, links) for other in below[index + 1 : index + 4])
    if is_back_line(line, links) or is_rights_line(line.text):
        return end_of_box < index
    return False
