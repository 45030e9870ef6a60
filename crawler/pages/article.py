"""The article in a page: its title, date, language, blocks, links and media."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from lxml import etree

from crawler.pages.below import common_boxes, read_below
from crawler.pages.blocks import Line, lines_of
from crawler.pages.boilerplate import is_back_words, is_banner, is_crumb, is_label, names_article
from crawler.pages.breaks import Breaks
from crawler.pages.datelines import date_in_title, date_line, glued_date
from crawler.pages.dates import parse_date
from crawler.pages.document import Document, Element, text_of
from crawler.pages.found import ARTICLE, DATE, TITLE, Found, Verdict
from crawler.pages.links import Links
from crawler.pages.model import Template
from crawler.pages.names import Names, Title, day_beside, split_date
from crawler.pages.places import at_address, classes_around, down, row_of, step_of
from crawler.pages.region import regions_of
from crawler.pages.text import fold, language_of, says, skeleton
from crawler.pages.titles import find_titles, is_in_link, titles_at
from crawler.pages.trimming import NO_TRIM, Trim, trim
from storage.records import Article, Block, Link, Media

_AROUND_TITLE: Final = 40
"""Letters that a day beside a title may have."""
_TRIES: Final = 3
"""Places of one title that are looked at: more than that is no page of news, and would cost time by the square."""


def find_article(document: Document, links: Links, site_name: str = "") -> Found | None:
    """The article, or None when no title has text below it that isn't the site's.

    The strip of teasers above an article can hold its title too, so of several places the last one with text below it counts.
    ``site_name``: what the head calls a page that doesn't exist; parts of it are no titles.
    """
    for title in reversed(find_titles(document, links, Names(document.titles, site_name))[-_TRIES:]):
        for region in regions_of(title.element):
            found = _read_region(title, region, links)
            if found is not None:
                return found
    return None


def find_in_template(document: Document, links: Links, template: Template, site_name: str = "") -> Found | None:
    """The article in the place where the site's articles are known to stand, or None when it doesn't stand there.

    Boxes alike beside that place are looked at too: teasers of articles may stand in such, that of this very article as well.
    """
    names = Names(document.titles, site_name)
    passed: list[Element] = []
    for region in at_address(document.body, template.region):
        if not len(region):
            continue
        best = _below_known_title(region, links, names, template)
        if best is None and not passed and _has_looks(region, template):  # the very place: however its title stands
            best = _in_one_piece(region, document, links, names, template)
        if best is not None:
            return _best_alike(best, document, links, template)
        passed.append(region)
    passed = [region for region in passed if _has_looks(region, template)]
    for region in passed:
        best = _in_one_piece(region, document, links, names, template)
        if best is not None:
            return _best_alike(best, document, links, template)
    return _in_other_letters(passed, document, links, names, template)


def _below_known_title(region: Element, links: Links, names: Names, template: Template) -> Found | None:
    """The article under a title that stands where the template's titles do, however it is written."""
    places = down(region, template.title) if template.title else []
    if not places or not _has_looks(region, template):
        return None
    for title in reversed(titles_at(places, names, links)):
        found = _read_region(title, region, links, template)
        if found is not None:
            return found
    return None


def _in_one_piece(region: Element, document: Document, links: Links, names: Names, template: Template) -> Found | None:
    if not names.may_stand_in(text_of(region)):
        return None
    return _in_region(region, document, links, names, template, is_thorough=False)


def _in_other_letters(
    regions: Sequence[Element], document: Document, links: Links, names: Names, template: Template
) -> Found | None:
    """For a title that isn't written as it is in the head: soft hyphens within, letters with loose accents, parts in bold."""
    shortest = min(map(len, names.parts), default=0)
    for region in regions:
        if len(text_of(region)) >= shortest:  # an entry of a menu holds no title with text
            best = _in_region(region, document, links, names, template, is_thorough=False)
            if best is not None:
                return _best_alike(best, document, links, template)
    tried = (_in_region(region, document, links, names, template) for region in regions[:_TRIES])
    return max((found for found in tried if found is not None), key=_weight, default=None)


def _best_alike(best: Found, document: Document, links: Links, template: Template) -> Found:
    """It, or a box beside it that has the same title and more of the article's text.

    Where as many boxes stand there as always, and it is the one that always has the article, none of them is looked at.
    """
    if template.row is not None and row_of(best.region) == (template.region[-1][1], template.row):
        return best
    parent, step = best.region.getparent(), step_of(best.region)
    beside = parent.iterchildren(best.region.tag) if parent is not None and template.region else ()
    is_usual = best.title.element in down(best.region, template.title)
    alike = [
        region
        for region in beside
        if region is not best.region
        and len(region)
        and step_of(region) == step
        and (not is_usual or down(region, template.title))  # the title stands in its usual place, so it does there too
        and _may_be_alike(region, best)
    ]
    if not alike:
        return best
    wanted = Names([best.title.text])
    others = (_in_region(region, document, links, wanted, template) for region in alike if _has_looks(region, template))
    return max([best, *(found for found in others if found is not None)], key=_weight)


def _has_looks(region: Element, template: Template) -> bool:
    return template.classes is None or template.has_looks(classes_around(region))


def _may_be_alike(region: Element, best: Found) -> bool:
    """A box beside the one that was found with most words of its title in it, however these are written."""
    text = etree.tostring(region, method="text", encoding="utf-8", with_tail=False)
    words = best.title.text.encode().split()
    if sum([word in text for word in words]) * 2 < len(words):  # cheap, and says no nearly always
        return False
    if not says(text, best.title.text):
        return False
    enough = 0 if is_in_link(best.title.element) else best.letters_in_core()
    linked = sum([len(link.text or "") for link in region.iter("a")])
    return len(text.decode()) - linked > enough  # else it can't have more of the article's text


def _in_region(  # noqa: PLR0913 - what there is to look with
    region: Element, document: Document, links: Links, names: Names, template: Template, *, is_thorough: bool = True
) -> Found | None:
    titles = find_titles(document, links, names, region, is_thorough=False)
    if is_thorough and not titles:
        titles = find_titles(document, links, names, region)
    found = (_read_region(title, region, links, template) for title in reversed(titles[-_TRIES:]))
    return next((each for each in found if each is not None), None)


def _weight(found: Found) -> tuple[bool, int, int]:
    """Of boxes alike with the title, the article has the most text; a teaser of this very article has its title in a link."""
    letters = sum(found.lines[index].own for index in found.kept)
    return not is_in_link(found.title.element), found.letters_in_core(), letters


def tight_region(found: Found) -> Element:
    """The smallest element around the title and all that was taken for the article."""
    lines = [found.lines[index] for index in {*found.kept, *found.pictured}]
    lines += [found.lines[index] for index, verdict in found.verdicts.items() if verdict.what in (TITLE, DATE)]
    common = lines[0].boxes
    for line in lines[1:]:
        common = common_boxes(common, line.boxes)
    # The line's own box holds nothing else, unless several lines stand in it, parted by <br>.
    return common[-1] if common else found.region


def build(found: Found, document: Document, links: Links) -> Article:
    """The record of what was found."""
    texts = found.texts
    kinds = [found.lines[index].kind for index in found.kept if found.lines[index].text]
    return Article(
        title=found.title.text,
        published=found.published,
        language=language_of([found.title.text, *texts], document.language),
        blocks=tuple(Block(kind, text) for kind, text in zip(kinds, texts, strict=True)),
        links=tuple(_links(found, links)),
        media=tuple(_media(found, links)),
    )


def _links(found: Found, links: Links) -> Iterator[Link]:
    for index in found.kept:
        for anchor in found.lines[index].anchors:
            href = None if anchor.is_rest else links.target(anchor.href)
            if href is not None:
                yield Link(href, fold(text_of(anchor.element)))


def _media(found: Found, links: Links) -> Iterator[Media]:
    shown = sorted({*found.kept, *found.pictured}) if found.pictured else found.kept
    for picture in (picture for index in shown for picture in found.lines[index].pictures):
        src = links.target(picture.src)
        if src is not None:
            yield Media(src, picture.alt)


def _read_region(title: Title, region: Element, links: Links, template: Template | None = None) -> Found | None:
    key = skeleton(title.text)
    breaks = Breaks(part=template is not None and template.breaks_part)
    cut = NO_TRIM if template is None else trim(region, title.element, template)
    lines = _lines(title.text, region, breaks, cut)
    least, most = min(len(key), len(title.text)), len(title.text) + _AROUND_TITLE
    near = (index for index, line in enumerate(lines) if least <= len(line.text) <= most)
    places = [index for index in near if _is_title(lines[index].text, title.text, key)]
    places = _unlinked(lines, places, links) or _written_over(title.element, lines)
    for place in reversed(places[-_TRIES:]):
        found = Found(title, region, lines, breaks, template, passed=cut.passed)
        found.published = day_beside(lines[place].text, title.text) or date_in_title(lines[place].text, title.text)
        if read_below(place, found, links):
            _read_title(places[: places.index(place) + 1], found)
            _look_above(places[0], place, found, links)
            _unglue(found)
            _take_below(found)
            return found
    return None


def all_lines(found: Found) -> list[Line]:
    """The lines of the article's region, those that weren't walked as well."""
    return _lines(found.title.text, found.region, Breaks(part=found.breaks.part), NO_TRIM)


def _lines(title: str, region: Element, breaks: Breaks, cut: Trim) -> list[Line]:
    key = skeleton(title)

    def stands_alone(text: str) -> bool:
        return (
            is_back_words(text) or (text[:1].isdigit() and parse_date(text) is not None) or _is_title(text, title, key)
        )

    return lines_of(region, stands_alone, breaks=breaks, firsts=cut.firsts, passed=cut.passed, ends=cut.ends)


def _unlinked(lines: Sequence[Line], places: Sequence[int], links: Links) -> list[int]:
    """Those that are neither crumbs nor, where others are left, links: the title in a teaser of this very article."""
    places = [index for index in places if not is_crumb(lines, index, links)]
    return [index for index in places if not lines[index].anchors] or list(places)


def _is_title(text: str, title: str, key: str) -> bool:
    if text == title:
        return True
    if not len(key) <= len(text) <= len(title) + _AROUND_TITLE:
        return False
    if day_beside(text, title) is not None:
        return True
    if text[:1].isalpha() and not key.startswith(text[0].casefold()):  # neither the title nor a day before it
        return False
    if skeleton(text) == key:
        return True
    cut = split_date(text)
    return cut is not None and skeleton(cut[1]) == key


def _written_over(element: Element, lines: Sequence[Line]) -> list[int]:
    """The last line of a title that is written over several."""
    return [index for index, line in enumerate(lines) if element in line.boxes][-1:]


def _read_title(places: Sequence[int], found: Found) -> None:
    why = "agrees with the page's name" if found.title.agrees else "the page's only h1"
    for place in places:
        found.verdicts[place] = Verdict(TITLE, why if place == places[-1] else "the title, before it is repeated")


def _look_above(first: int, place: int, found: Found, links: Links) -> None:
    """The image and the date right above the title, and whatever lies between a title and its repetition."""
    for index in range(place - 1, -1, -1):
        line = found.lines[index]
        if index in found.verdicts and first <= index:
            continue
        day = date_line(line)
        is_above_label = is_label(line) and bool({*line.boxes} & {*found.lines[place].boxes})
        if _in_teaser(line, found, links) or (line.text and day is None and not is_above_label):
            return
        if day is None and line.text:
            found.drop(index, "a label in the title's box")
        else:
            _take_above(index, line, found, links)


def _take_above(index: int, line: Line, found: Found, links: Links) -> None:
    day = date_line(line)
    if day is not None and found.published in (None, day):
        found.published = day
        found.verdicts[index] = Verdict(DATE, "a date of its own right above the title")
    if line.pictures and not is_banner(replace(line, text=""), links):
        found.pictured.append(index)
        found.verdicts.setdefault(index, Verdict(ARTICLE, "an image right above the title"))


def _in_teaser(line: Line, found: Found, links: Links) -> bool:
    """Whether a box around the line, one that doesn't hold the title, names another article."""
    outer = next((box for box in line.boxes if box not in found.around), None)
    if outer is None:
        return bool(line.anchors) and names_article(line, links)
    return outer in found.boxes_naming(lambda other: names_article(other, links))


def _unglue(found: Found) -> None:
    """Take the date off the first word: ``21.05.2020On May 26``."""
    first = next((index for index in found.kept if found.lines[index].text), None)
    if first is None:
        return
    is_usual = found.template is not None and found.template.glues_days
    cut = glued_date(found.lines[first], is_known=found.published is not None, is_usual=is_usual)
    if cut is not None:
        found.published, found.glued = cut[0], (first, cut[1])


def _take_below(found: Found) -> None:
    """The day on a line of its own under the text, unless another stands at the title."""
    texts = [index for index in found.kept if found.lines[index].text]
    if len(texts) < 2:
        return
    day = date_line(found.lines[texts[-1]])
    if day is not None and found.published in (None, day):
        found.published = day
        found.verdicts[texts[-1]] = Verdict(DATE, "a date of its own under the text")
        found.kept.remove(texts[-1])
        found.pictured.append(texts[-1])
