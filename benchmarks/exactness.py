"""Is every page read exactly as its label says, in all six fields? Twelve written markups, four drawn ones, random templates.

``python -m benchmarks.exactness [--part] [--save DIR]`` prints one JSON object and exits 1 where too few pages are exact. Each
site is read by one crawl that knows nothing before, with all noise. Of the random templates, seeds 0 to 499 may have been built
with; 500 to 999 are held out, and their figures stand apart. ``--save`` writes failing pages of the written markups as cases.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.corpus import FAMILIES, Site, Truth, make_site, random_site
from benchmarks.failing import write_case
from benchmarks.largest_box import read_largest_box
from benchmarks.pure_crawl import NOISE, article_of, crawl, differences
from benchmarks.shares import wilson, workers

WRITTEN: Final = FAMILIES[:12]
DRAWN: Final = FAMILIES[12:]
RANDOM: Final = "random"
RANDOM_SEEDS: Final = 1000
HELD_OUT_FROM: Final = 500
RANDOM_PAGES: Final = 8
SITES: Final = (70, 30)
"""Pages of a markup's two sites: one learns its template while it is crawled, the other at the crawl's end."""
VISIT: Final = 1
LEAST: Final = 0.995
SHOWN: Final = 30
CONTROL_EACH: Final = 5


@dataclass(frozen=True, slots=True)
class Task:
    """Sites of one group, read one after the other in a worker."""

    group: str
    family: str
    seeds: tuple[int, ...]
    pages: int
    save: Path | None = None

    def sites(self) -> Iterable[Site]:
        for seed in self.seeds:
            yield random_site(seed, self.pages) if self.family == RANDOM else make_site(self.family, seed, self.pages)


@dataclass(slots=True)
class Tally:
    """Pages, those that aren't exact, and what the control makes of some of them."""

    pages: int = 0
    wrong: list[tuple[str, int, str, tuple[str, ...]]] = field(default_factory=list)
    """Family, seed, slug, fields."""
    control_pages: int = 0
    control_exact: int = 0
    control_body: int = 0

    def add(self, other: Tally) -> None:
        self.pages += other.pages
        self.wrong += other.wrong
        self.control_pages += other.control_pages
        self.control_exact += other.control_exact
        self.control_body += other.control_body


def measure(task: Task) -> Tally:
    whole = Tally()
    for site in task.sites():
        whole.add(_of_site(site, task.save))
    return whole


def _of_site(site: Site, save: Path | None) -> Tally:
    readings, _ = crawl(site, site.articles, VISIT)
    tally = Tally(len(site.articles))
    for number, truth in enumerate(site.articles):
        reading = readings[site.url(truth)]
        off = differences(article_of(reading), truth)
        if off:
            tally.wrong.append((site.family, site.seed, truth.slug, off))
        if off and save is not None:
            write_case(save, site, truth, VISIT, reading, off)
        if number % CONTROL_EACH == 0:
            _add_control(tally, site, truth)
    return tally


def _add_control(tally: Tally, site: Site, truth: Truth) -> None:
    body = site.render(truth, fetch=VISIT, noise=NOISE)
    off = differences(read_largest_box(body, site.content_type), truth)
    tally.control_pages += 1
    tally.control_exact += not off
    tally.control_body += not {"body", "unread"} & set(off)


def tasks(part: bool, seed: int, save: Path | None) -> list[Task]:
    """``part``: a twentieth of the random templates, a tenth of the others, whose sites have to be large enough to learn from."""
    sizes, step = ((10,), 20) if part else (SITES, 1)
    made = [
        Task(
            "written" if family in WRITTEN else "drawn",
            family,
            (100 * seed + n,),
            size,
            save if family in WRITTEN else None,
        )
        for family in FAMILIES
        for n, size in enumerate(sizes)
    ]
    seeds = range(0, RANDOM_SEEDS, step)
    for start in range(0, len(seeds), 10):
        some = tuple(seeds[start : start + 10])
        for group, half in (("random_building", _below(some)), ("random_held_out", _from(some))):
            made += [Task(group, RANDOM, half, RANDOM_PAGES)] if half else []
    return made


def _below(seeds: Sequence[int]) -> tuple[int, ...]:
    return tuple(seed for seed in seeds if seed < HELD_OUT_FROM)


def _from(seeds: Sequence[int]) -> tuple[int, ...]:
    return tuple(seed for seed in seeds if seed >= HELD_OUT_FROM)


def figures(part: bool, seed: int = 1, save: Path | None = None) -> dict[str, Any]:
    todo = tasks(part, seed, save)
    with workers() as pool:
        done = list(zip(todo, pool.map(measure, todo), strict=True))
    groups = {
        group: _sum(t for task, t in done if task.group == group) for group in dict.fromkeys(t.group for t in todo)
    }
    families = {family: _sum(t for task, t in done if task.family == family) for family in FAMILIES}
    everything = _sum(tally for _, tally in done)
    return {
        "seed": seed,
        "visit": VISIT,
        "pages": everything.pages,
        "exact": everything.pages - len(everything.wrong),
        "groups": {name: {"seeds": _seeds(todo, name), **_row(tally)} for name, tally in groups.items()},
        "families": {name: _row(tally) for name, tally in families.items()},
        "wrong_by_site": dict(Counter(f"{family} {seed}" for family, seed, *_ in everything.wrong).most_common(SHOWN)),
        "first_wrong": [list(one) for one in everything.wrong[:SHOWN]],
        "control": {
            "pages": everything.control_pages,
            "exact": everything.control_exact,
            "body_exact": everything.control_body,
        },
    }


def _sum(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        whole.add(tally)
    return whole


def _seeds(todo: Sequence[Task], group: str) -> str:
    seeds = sorted({seed for task in todo if task.group == group for seed in task.seeds})
    return f"{seeds[0]}-{seeds[-1]}, {len(seeds)} of them"


def _row(tally: Tally) -> dict[str, Any]:
    exact = tally.pages - len(tally.wrong)
    fields = Counter(name for *_, off in tally.wrong for name in off)
    return {"pages": tally.pages, "exact": exact, "share_95": wilson(exact, tally.pages), "wrong_fields": dict(fields)}


def is_good(row: dict[str, Any]) -> bool:
    """1,194 of 1,200 hand-written pages and 99.5 % of each other group are exact, and the control fails."""
    groups = row["groups"].values()
    is_exact = all(group["exact"] >= int(LEAST * group["pages"] + 1e-9) for group in groups)
    return bool(is_exact and row["control"]["exact"] < 0.5 * row["control"]["pages"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", action="store_true", help="a twentieth")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--save", type=Path, help="where failing pages are written as cases, such as tests/pages/failing"
    )
    options = parser.parse_args()
    row = figures(options.part, options.seed, options.save)
    print(json.dumps(row, indent=1, ensure_ascii=False))
    sys.exit(0 if is_good(row) else 1)


if __name__ == "__main__":
    main()
