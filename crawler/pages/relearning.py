"""A known template learns of new boxes of the site's: many pages of one crawl say something else in one place, each its own.

The pages were read by the template, so no parse of them is at hand: their kept bytes of then and now are read, as before a newer
reader judges them. A box is taken for the site's only where nothing in it stayed on nearly all of the pages, and what it says
now isn't one and the same on most of them: one difference on many pages may be the editors' and is told as one entry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from crawler.pages.learning import found_at, lines_seen
from crawler.pages.model import Model, Template
from crawler.pages.places import box_of, is_in_box, is_loose
from crawler.pages.reading import Answer, Read, read_whole

if TYPE_CHECKING:
    from crawler.pages.evidence import Seen
    from crawler.sites import Site

ENOUGH: Final = 5
"""Pages that must say something else in a box that is new to be the site's."""
MOST: Final = 0.8
OWN_WORDS: Final = 0.5
"""The share of these pages whose box says what no other's does."""

_Looks = list[tuple[list["Seen"], list["Seen"]]]


def relearn(model: Model, site: Site | None, pairs: Sequence[tuple[Answer, Answer]]) -> Model | None:
    """The model with the boxes that ``pairs`` (a page's answers of before and now) show to be the site's, or None."""
    reads = [(read_whole(old, site, model), read_whole(new, site, model)) for old, new in pairs]
    templates = tuple(_with_new_slots(template, reads, pairs) for template in model.templates)
    if templates == model.templates:
        return None
    return Model(model.version + 1, model.era, templates)


def _with_new_slots(
    template: Template, reads: Sequence[tuple[Read, Read]], pairs: Sequence[tuple[Answer, Answer]]
) -> Template:
    looks: _Looks = []
    for (before, now), (old, new) in zip(reads, pairs, strict=True):
        one, other = found_at(template, before, old), found_at(template, now, new)
        if one is not None and other is not None:
            looks.append((lines_seen(one, before.links), lines_seen(other, now.links)))
    slots = _rotating(template, looks)
    return replace(template, slots=template.slots | slots) if slots else template


def _rotating(template: Template, looks: _Looks) -> frozenset[str]:
    """The boxes beside the articles' text of which nothing stays, and that say on each page what they say on no other."""
    said: dict[str, list[tuple[frozenset[str], frozenset[str]]]] = defaultdict(list)
    for before, now in looks:
        one, other = _by_box(template, before), _by_box(template, now)
        for box in one.keys() | other.keys():
            said[box].append((one.get(box, frozenset()), other.get(box, frozenset())))
    return frozenset(box for box, texts in said.items() if _rotates(texts))


def _rotates(texts: Sequence[tuple[frozenset[str], frozenset[str]]]) -> bool:
    changed = [now for before, now in texts if before != now and not before & now]
    if len(changed) < ENOUGH or len(changed) < MOST * len(texts):
        return False
    return len(set(changed)) >= max(2, OWN_WORDS * len(changed))


def _by_box(template: Template, lines: Sequence[Seen]) -> dict[str, frozenset[str]]:
    said: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        box = box_of(line.place)
        is_text = is_in_box(line.place, template.core) if template.core else is_loose(line.place)
        if line.is_kept and box and not is_text:
            said[box].add(line.text)
    return {box: frozenset(texts) for box, texts in said.items()}
