"""A redesign is no edit: the same articles in another markup have the same hashes.

``python -m benchmarks.redesign [--part]`` prints one JSON object and exits 1 where a redesign shows. 300 articles are written in
each of twelve markups. For each of the 132 ordered pairs, one crawl learns the first markup and the next one meets the second,
with the model of the first and the texts that it read. The control takes the model for all there is to know: what stands in none
of its templates isn't read.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any, Final

from benchmarks.corpus import FAMILIES, Site, Truth, make_site
from benchmarks.corpus.site import NO_NOISE
from benchmarks.pure_crawl import NOISE, SITE, article_of, crawl, differences, probe_of
from benchmarks.shares import wilson, workers
from crawler.pages.model import Model
from crawler.pages.reading import Answer, Reading, read_whole
from storage.hashing import content_sha256
from storage.timeline import differing_fields

WRITTEN: Final = FAMILIES[:12]
PAGES: Final = 300
PART_PAGES: Final = 25
BEFORE, AFTER = 1, 2
"""The visits: no byte of the second crawl was seen in the first."""
CONTROL_EACH: Final = 12
SHOWN: Final = 30


@dataclass(frozen=True)
class Written(Site):
    """A site that renders each visit of each page once and keeps the bytes, compressed."""

    kept: dict[tuple[str, int], bytes] = field(default_factory=dict, compare=False)

    def render(self, truth: Truth, *, fetch: int = 0, noise: frozenset[str] = NO_NOISE) -> bytes:
        key = (truth.slug, fetch)
        if key not in self.kept:
            self.kept[key] = zlib.compress(super().render(truth, fetch=fetch, noise=noise), 1)
        return zlib.decompress(self.kept[key])


@dataclass(frozen=True, slots=True)
class Learned:
    """What the crawl before the redesign leaves in the store."""

    family: str
    model: Model | None
    readings: dict[str, Reading]
    inexact: int

    def known(self, url: str) -> frozenset[str] | None:
        article = article_of(self.readings[url]) if url in self.readings else None
        return frozenset(block.text for block in article.blocks) if article else None


@dataclass(frozen=True, slots=True)
class Pair:
    """One redesign, and the pages that look edited by it."""

    before: str
    after: str
    pages: int
    differing: tuple[str, ...]
    is_noticed: bool
    control_pages: int
    control_unread: int


def site_of(family: str, seed: int, pages: int) -> Written:
    made = make_site(family, 100 * seed + 20, pages, articles_seed=seed)
    return Written(made.family, made.seed, made.articles, made.markup)


def learn(task: tuple[str, int, int]) -> Learned:
    family, seed, pages = task
    site = site_of(family, seed, pages)
    readings, conclusion = crawl(site, site.articles, BEFORE)
    inexact = sum(bool(differences(article_of(readings[site.url(truth)]), truth)) for truth in site.articles)
    return Learned(family, conclusion.model, readings, inexact)


def meet(task: tuple[str, int, int, tuple[Learned, ...]]) -> list[Pair]:
    """One markup as the redesign of several others: its pages are rendered once."""
    family, seed, pages, learned = task
    site = site_of(family, seed, pages)
    return [_pair(site, before) for before in learned]


def _pair(site: Written, before: Learned) -> Pair:
    readings, conclusion = crawl(site, site.articles, AFTER, before.model, before.known)
    differing = tuple(
        f"{before.family} > {site.family} {url} {what}"
        for url in before.readings
        if (what := _told(before, readings, url))
    )
    some = site.articles[::CONTROL_EACH]
    unread = sum(not _is_in_model(site, truth, before.model) for truth in some)
    return Pair(before.family, site.family, len(readings), differing, conclusion.template_changed, len(some), unread)


def _told(before: Learned, readings: Mapping[str, Reading], url: str) -> str:
    """The fields that look edited, "" for none."""
    old, new = article_of(before.readings[url]), article_of(readings[url])
    if old is None or new is None:
        return f"{before.readings[url].outcome}, then {readings[url].outcome}: {readings[url].reason}"
    return "" if content_sha256(old) == content_sha256(new) else ",".join(differing_fields(old, new)) or "hash alone"


def _is_in_model(site: Site, truth: Truth, model: Model | None) -> bool:
    """Whether one of the known templates reads the page exactly: structure has no say."""
    body = site.render(truth, fetch=AFTER, noise=NOISE)
    answer = Answer(site.url(truth), 200, body, site.content_type, probe=probe_of(site, AFTER, NOISE))
    done = read_whole(answer, SITE, model)
    is_known = done.found is not None and done.found.template is not None
    return is_known and not differences(done.reading.article, truth)


def pairs_of(part: bool) -> list[tuple[str, str]]:
    """All ordered pairs; in part, twelve in which each markup stands once on either side."""
    if part:
        return [(one, WRITTEN[(place + 5) % len(WRITTEN)]) for place, one in enumerate(WRITTEN)]
    return list(permutations(WRITTEN, 2))


def figures(part: bool, seed: int = 1) -> dict[str, Any]:
    pages, pairs = PART_PAGES if part else PAGES, pairs_of(part)
    with workers() as pool:
        learned = {one.family: one for one in pool.map(learn, [(family, seed, pages) for family in WRITTEN])}
        tasks = [
            (family, seed, pages, tuple(learned[before] for before, after in pairs if after == family))
            for family in WRITTEN
        ]
        done = [pair for some in pool.map(meet, tasks) for pair in some]
    return {"seed": seed, "articles": pages, **_told_of(done, learned)}


def _told_of(done: list[Pair], learned: Mapping[str, Learned]) -> dict[str, Any]:
    differing = [line for pair in done for line in pair.differing]
    compared = sum(pair.pages for pair in done)
    worst = sorted(done, key=lambda pair: -len(pair.differing))[:SHOWN]
    return {
        "pairs": len(done),
        "compared": compared,
        "inexact_before": {family: one.inexact for family, one in learned.items() if one.inexact},
        "differing": len(differing),
        "differing_share_95": wilson(len(differing), compared),
        "pairs_differing": {f"{p.before} > {p.after}": len(p.differing) for p in worst if p.differing},
        "not_noticed": [f"{pair.before} > {pair.after}" for pair in done if not pair.is_noticed],
        "first_differing": differing[:SHOWN],
        "control": {
            "pages": sum(pair.control_pages for pair in done),
            "unread": sum(pair.control_unread for pair in done),
        },
    }


def is_good(row: dict[str, Any]) -> bool:
    """No hash differs, every redesign is noticed, and the control reads at most half of the pages."""
    control = row["control"]
    return not row["differing"] and not row["not_noticed"] and bool(control["unread"] * 2 >= control["pages"] > 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", action="store_true", help="twelve pairs of 25 pages")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    row = figures(options.part, options.seed)
    print(json.dumps(row, indent=1, ensure_ascii=False))
    sys.exit(0 if is_good(row) else 1)


if __name__ == "__main__":
    main()
