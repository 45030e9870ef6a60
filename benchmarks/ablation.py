"""Switching off any one rule of the reader must lower a figure; a rule that nothing misses is one too many.

``python -m benchmarks.ablation [--part] [--rule NAME]`` prints one JSON object and exits 1 where a rule isn't missed. Rules that
are learned, or lean on the store, are switched off in two crawls of each site under all noise: counted are pages that aren't
exact and edits that are none. The others are switched off while each page is read by itself, since what was learned makes up for
many of them: counted are pages that aren't exact, hostile answers that become versions or deletions, and odd articles that aren't
read. A rule is missed where a count is higher without it. All seeds are of the half that rules were built with: what is asked is
whether a rule is needed, not how good it is.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from types import ModuleType
from typing import Any, Final
from unittest.mock import patch

from benchmarks import hostile
from benchmarks.corpus import FAMILIES, HOSTILE, Truth, half, make_site, random_site
from benchmarks.corpus.site import NO_NOISE
from benchmarks.pure_crawl import NOISE, SITE, article_of, crawl, differences, probe_of
from benchmarks.redesign import Written
from benchmarks.shares import workers
from crawler.pages import (
    article,
    below,
    blocks,
    boilerplate,
    breaks,
    datelines,
    decode,
    evidence,
    layout_tables,
    learning,
    model,
    names,
    outcome,
    reading,
    signs,
    slugs,
    stand_ins,
    text,
    titles,
    trimming,
)
from crawler.pages.reading import Answer, read
from storage.hashing import content_sha256

RANDOM: Final = "random"
PAGES: Final = 24
RANDOM_SITES, RANDOM_PAGES = 24, 8
PART_EACH: Final = 12
"""In part, every twelfth rule."""
_NEVER: Final = re.compile(r"(?!)")
_ANY: Final = object()


def _gives(value: Any) -> Callable[..., Any]:
    return lambda *_args, **_named: value


def _gives_new(make: Callable[[], Any]) -> Callable[..., Any]:
    return lambda *_args, **_named: make()


_NO, _YES, _NONE, _NOTHING = _gives(False), _gives(True), _gives(None), _gives(())
_EMPTY = _gives_new(set)

Place = tuple[Any, str, Any]
"""A module or class, the name of what is in it, and what stands in for it."""


def _learned(*places: Place) -> tuple[Place, ...]:
    """A learned rule off: what was learned to be passed over, by that rule or another, is walked."""
    return (*places, (trimming, "trim", _gives(trimming.NO_TRIM)))


LEARNED: Final[dict[str, tuple[Place, ...]]] = {
    "boxes that are the site's": _learned((model.Template, "is_slot", _NO)),
    "lines that are the site's": _learned((model.Template, "is_line", _NO)),
    "boxes that are the article's": _learned((model.Template, "is_own", _NO), (model.Template, "is_own_box", _NO)),
    "the box of most text": _learned((model.Template, "is_core", _NO)),
    "breaks that part paragraphs everywhere": ((breaks.Breaks, "seem_to_part", property(_NO)),),
    "boxes alike": ((article, "_best_alike", lambda best, *_rest: best),),
    "looks of a template": ((model.Template, "has_looks", _YES),),
    "decided at the end": ((learning.Learner, "_decide", _NO),),
    "what says the same": ((evidence.Evidence, "_repeated", _EMPTY),),
    "boxes saying the same": ((evidence.Evidence, "_saying_the_same", _EMPTY),),
    "what changes between looks": ((evidence.Evidence, "_changing", _EMPTY),),
    "what shows other articles": ((evidence.Evidence, "_teasing", _EMPTY),),
    "what isn't of the store": ((evidence.Evidence, "_strange", _EMPTY),),
    "links between texts": ((evidence.Evidence, "_between_texts", _EMPTY),),
    "lines behind the end": ((evidence.Evidence, "_behind_the_end", _EMPTY),),
    "text that stands apart": ((evidence.Evidence, "_apart", _EMPTY),),
    "parts of the text": ((evidence.Evidence, "_parts", _EMPTY),),
    "the texts that the store has": ((outcome, "of_known", lambda _found, judged, _known: judged),),
    "signs that siblings show": ((signs, "lacking", _gives_new(list)),),
}
"""What a crawl learns, and what the store knows."""
ALONE: Final[dict[str, tuple[Place, ...]]] = {
    # told by structure
    "teasers": ((boilerplate, "cards", _EMPTY),),
    "links below the text": ((boilerplate, "trailing_links", _gives(0)),),
    "navigation by its words": ((boilerplate, "is_back_words", _NO),),
    "navigation": ((boilerplate, "is_back_line", _NO),),
    "the line of rights": ((boilerplate, "is_rights_line", _NO),),
    "headings over links": ((boilerplate, "is_more_heading", _NO),),
    "counters, tools and shares": ((boilerplate, "small_talk", _NONE),),
    "heads of navigation": ((boilerplate, "heads_navigation", _NO),),
    "banners": ((boilerplate, "is_banner", _NO),),
    "labels": ((boilerplate, "is_label", _NO),),
    "crumbs": ((boilerplate, "is_crumb", _NO),),
    "text that doesn't go on": ((below._Core, "_goes_on", _YES),),
    "links to articles": ((boilerplate, "names_article", _NO),),
    # dates
    "a day before the first word": ((datelines, "glued_date", _NONE),),
    "a day in the title's line": ((datelines, "date_in_title", _NONE), (names, "day_beside", _NONE)),
    "a day around a title": ((names, "split_date", _NONE),),
    "a day under the text": ((article, "_take_below", _NONE),),
    "what stands above the title": ((article, "_look_above", _NONE),),
    "a day with a label": ((datelines, "_labelled", _NONE),),
    "a day among labels": ((datelines, "_among_labels", _NONE),),
    # titles
    "titles in other letters": ((titles, "_in_any_letters", _NOTHING),),
    "titles that lead away": ((titles, "_leads_away", _NO),),
    # lines
    "tables that place things": ((layout_tables, "is_layout", _NO),),
    "tables of data": ((layout_tables, "is_layout", _YES),),
    "single breaks": ((breaks.Breaks, "_are_lines", _NO),),
    "what is hidden": ((blocks, "_HIDDEN", _NEVER),),
    "markers drawn by hand": ((breaks, "MARKER", _NEVER),),
    "invisible signs": ((text, "fold", lambda said: " ".join(said.split())),),
    # the gate
    "redirects": ((outcome, "of_redirect", _NONE),),
    "the address that a page names": ((outcome, "_of_named_address", _NONE),),
    "the probe page": ((outcome, "_of_probe", _NONE),),
    "lists": ((stand_ins, "is_list", _NO),),
    "messages": ((outcome, "_of_message", _NONE),),
    "forms": ((stand_ins, "is_form", _NO),),
    "letters read wrongly": ((stand_ins, "is_read_wrongly", _NO),),
    "one more sign": ((signs, "sign_of", _gives("nothing")),),
    "what is no HTML": ((decode, "wrong_type", _NONE),),
    "pages that break off": ((reading, "_is_closed", _YES),),
    "addresses that spell titles": ((slugs, "spells", _NO),),
}
"""What is told of one page by itself."""
RULES: Final = LEARNED | ALONE


@contextmanager
def switched_off(places: Sequence[Place]) -> Iterator[None]:
    """The stand-ins in place, in every module of the reader that has the name of what they stand for."""
    with ExitStack() as stack:
        for owner, name, instead in places:
            real = getattr(owner, name) if isinstance(owner, ModuleType) else _ANY
            for holder in (owner, *_readers()) if isinstance(owner, ModuleType) else (owner,):
                if holder is owner or getattr(holder, name, _ANY) is real:
                    stack.enter_context(patch.object(holder, name, instead))
        yield


def _readers() -> list[ModuleType]:
    return [module for name, module in sys.modules.items() if name.startswith("crawler.pages.")]


@dataclass(slots=True)
class Tally:
    """What one group of sites came to. ``hostile``: answers that became versions or deletions, and odd articles not read."""

    inexact: int = 0
    false_edits: int = 0
    hostile: int = 0

    def add(self, other: Tally) -> None:
        self.inexact += other.inexact
        self.false_edits += other.false_edits
        self.hostile += other.hostile

    def is_worse(self, other: Tally) -> bool:
        pairs = ((self.inexact, other.inexact), (self.false_edits, other.false_edits), (self.hostile, other.hostile))
        return any(mine > its for mine, its in pairs)


@dataclass(frozen=True)
class Task:
    family: str
    seed: int
    rules: tuple[str, ...]


Found = dict[str, Tally]
"""By the rule that is off; ``learned`` and ``alone``: with all of them on."""


def measure(task: Task) -> Found:
    """The pages are drawn once for all rules."""
    sites, places = list(_sites(task)), list(_hostile(task))
    found = {"learned": _crawled(sites), "alone": _alone(sites, places)}
    for rule in task.rules:
        with switched_off(RULES[rule]):
            found[rule] = _crawled(sites) if rule in LEARNED else _alone(sites, places)
    return found


def _sites(task: Task) -> Iterator[Written]:
    if task.family == RANDOM:
        made = [random_site(seed, RANDOM_PAGES) for seed in _building(task.seed, RANDOM_SITES)]
    else:
        made = [make_site(task.family, seed, PAGES) for seed in _building(task.seed, 1)]
    return (Written(site.family, site.seed, site.articles, site.markup) for site in made)


def _building(seed: int, count: int) -> list[int]:
    """Seeds that rules were built with: of random templates, all below 500 were looked at."""
    return list(islice((one for one in range(100 * seed, 100 * seed + 400) if half(one) == "building"), count))


def _crawled(sites: Sequence[Written]) -> Tally:
    tally = Tally()
    for site in sites:
        first, conclusion = crawl(site, site.articles, 1)
        articles = {url: article for url, reading in first.items() if (article := article_of(reading)) is not None}
        known = {url: frozenset(block.text for block in article.blocks) for url, article in articles.items()}
        later, _ = crawl(site, site.articles, 2, conclusion.model, known.get)
        for truth in site.articles:
            one, other = (article_of(readings[site.url(truth)]) for readings in (first, later))
            tally.inexact += bool(differences(one, truth))
            tally.false_edits += one is None or other is None or content_sha256(one) != content_sha256(other)
    return tally


def _alone(sites: Sequence[Written], places: Sequence[hostile.Place]) -> Tally:
    tally = Tally(hostile=sum(_is_taken_in(sites[0], *place) for place in places))
    for site in sites:
        probe = probe_of(site, 1, NOISE)
        for truth in site.articles:
            body = site.render(truth, fetch=1, noise=NOISE)
            answer = Answer(site.url(truth), 200, body, site.content_type, probe=probe)
            tally.inexact += bool(differences(article_of(read(answer, site=SITE)), truth))
    return tally


def _hostile(task: Task) -> Iterator[hostile.Place]:
    if task.family == RANDOM:
        return
    site = make_site(task.family, _building(task.seed, 1)[0], PAGES)
    probe = probe_of(site, 2, NO_NOISE)
    for number, shape in enumerate(HOSTILE):
        yield hostile.place_of(site, shape, site.articles[number % len(site.articles)], 2, probe)
    yield from hostile.odd_places(site, probe)


def _is_taken_in(site: Written, kind: str, name: str, truth: Truth, answer: Answer) -> bool:
    reading = read(answer, site=SITE)
    tally = hostile.tally_of(site, kind, name, truth, reading, answer.body)
    return bool(tally.wrong)


def figures(part: bool, seed: int = 1, rules: Sequence[str] = ()) -> dict[str, Any]:
    chosen = tuple(rules) or tuple(RULES)[:: PART_EACH if part else 1]
    total: Found = {rule: Tally() for rule in ("learned", "alone", *chosen)}
    with workers() as pool:
        for found in pool.map(measure, [Task(family, seed, chosen) for family in (RANDOM, *FAMILIES)]):
            for rule, tally in found.items():
                total[rule].add(tally)
    learned, alone = total.pop("learned"), total.pop("alone")
    missed = {rule: tally.is_worse(learned if rule in LEARNED else alone) for rule, tally in total.items()}
    return {
        "seed": seed,
        "pages": PAGES * len(FAMILIES) + RANDOM_PAGES * RANDOM_SITES,
        "with_all_rules": {"learned": asdict(learned), "alone": asdict(alone)},
        "without": {rule: asdict(tally) for rule, tally in total.items()},
        "not_missed": [rule for rule, is_missed in missed.items() if not is_missed],
    }


def is_good(row: dict[str, Any]) -> bool:
    return not row["not_missed"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", action="store_true", help="every twelfth rule")
    parser.add_argument("--rule", action="append", default=[], choices=tuple(RULES), help="may be given again")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    found = figures(options.part, options.seed, options.rule)
    print(json.dumps(found, ensure_ascii=False, indent=1))
    return 0 if is_good(found) else 1


if __name__ == "__main__":
    sys.exit(main())
