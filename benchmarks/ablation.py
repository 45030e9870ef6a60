"""Switching off any one rule of the reader must lower a figure; a rule that nothing misses is one too many.

``python -m benchmarks.ablation [--part] [--rule NAME]`` prints one JSON object and exits 1 where a rule isn't missed. Rules that
are learned, or lean on the store, are switched off in two crawls of each site under all noise: counted are pages that aren't
exact and edits that are none. The others are switched off while each page is read by itself, since what was learned makes up for
many of them: counted are pages that aren't exact, hostile answers that become versions or deletions, and odd articles that aren't
read. A rule is missed where a count is higher without it. All seeds are of the half that rules were built with: what is asked is
whether a rule is needed, not how good it is.

The generators don't draw every shape that sites have. For a rule that their pages don't miss, the project's own tests of pages
are run without it, and the figure is how many of them fail: pages written by hand, each with what is to be read of it, and random
templates of another make. With all rules on, none may. A rule that is still not missed is tried on more random templates.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
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
MORE_SITES: Final = 160
"""Random sites for the rules that are seldom missed."""
PART_EACH: Final = 12
"""In part, every twelfth rule."""
TESTS: Final = "tests/pages"
_FAILED: Final = re.compile(r"^tests failing: (\d+)$", re.MULTILINE)
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
    """``skipped`` and ``sites``: of random templates, how many to leave out and to take."""

    family: str
    seed: int
    rules: tuple[str, ...]
    sites: int = RANDOM_SITES
    skipped: int = 0


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
        made = [random_site(seed, RANDOM_PAGES) for seed in _building(task.seed, task.skipped + task.sites)]
        made = made[task.skipped :]
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


def failing_tests(rule: str, tests: str = TESTS) -> int:
    """How many tests of pages fail without the rule; without none for ""."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "benchmarks.without", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--hypothesis-seed=0", "--tb=no", tests],
        cwd=Path(__file__).parent.parent,
        env=os.environ | {"WITHOUT_RULE": rule},
        capture_output=True,
        text=True,
        check=False,
    )
    failing = _FAILED.search(done.stdout)
    if done.returncode not in (0, 1) or failing is None:
        raise RuntimeError(f"{tests} didn't run without {rule!r}: {done.stdout[-500:]} {done.stderr[-500:]}")
    return int(failing[1])


def figures(part: bool, seed: int = 1, rules: Sequence[str] = ()) -> dict[str, Any]:
    chosen = tuple(rules) or tuple(RULES)[:: PART_EACH if part else 1]
    with workers() as pool:
        total = _added(pool.map(measure, [Task(family, seed, chosen) for family in (RANDOM, *FAMILIES)]))
        asked = _not_missed(total)
        failing = dict(zip(["", *asked], pool.map(failing_tests, ["", *asked]), strict=True))
        seldom = tuple(rule for rule in asked if not failing[rule])
        half_of = MORE_SITES // 2
        starts = (RANDOM_SITES, RANDOM_SITES + half_of) if seldom else ()
        more = _added(pool.map(measure, [Task(RANDOM, seed, seldom, half_of, start) for start in starts]))
    return {
        "seed": seed,
        "pages": PAGES * len(FAMILIES) + RANDOM_PAGES * RANDOM_SITES,
        "counts": {rule: asdict(tally) for rule, tally in total.items()},
        "tests_failing": {"with all rules": failing.pop(""), **failing},
        "more_pages": RANDOM_PAGES * MORE_SITES if seldom else 0,
        "more_counts": {rule: asdict(tally) for rule, tally in more.items()},
        "not_missed": _not_missed(more) if seldom else [],
    }


def _added(parts: Iterable[Found]) -> Found:
    total: Found = {}
    for found in parts:
        for rule, tally in found.items():
            total.setdefault(rule, Tally()).add(tally)
    return total


def _not_missed(total: Found) -> list[str]:
    """``learned`` and ``alone`` are the counts with all rules on."""
    rules = [rule for rule in total if rule in RULES]
    return [rule for rule in rules if not total[rule].is_worse(total["learned" if rule in LEARNED else "alone"])]


def is_good(row: dict[str, Any]) -> bool:
    return not row["not_missed"] and not row["tests_failing"]["with all rules"]


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
