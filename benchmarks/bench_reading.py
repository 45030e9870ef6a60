"""``make bench-reading``: our reader and other programs on pages whose every word is known, as ``docs/figures/reading.json`` and
``docs/reading.png``.

The sites are drawn from seeds of the held-out half: nothing was ever tuned on them. A reader may look at ``--learned`` pages of
each site first and at some of them again, as a first crawl does, and is then measured on some of them. Each page is fetched
``--rounds`` times, with all noise; blocks are scored on the first fetch, a signature that differs on a later one is a false edit,
and a signature that an edit of the text doesn't change, at the same fetch, is a missed one. CPU time is that of each page's best
round, and so is lxml's, which parses each page in turn with the reader: a slow moment of the machine strikes both. Each round's
bytes are others. ``--ours-only --floor FILE`` needs no peers and exits 1 if any figure fell.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import logging
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import lxml.html
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.block_scores import Figures, Tally, falls, figures_of
from benchmarks.corpus import EDITS, FAMILIES, NOISES, edit, half, make_site, random_site
from benchmarks.corpus.site import Site
from benchmarks.corpus.truth import Truth
from benchmarks.extracts import Extract, Page, Reader
from benchmarks.ours_reading import Ours
from benchmarks.peers import OLDER_THAN_THEIR_NEWEST, PEERS, PeerReader
from benchmarks.pure_crawl import LATER
from benchmarks.reading import milliseconds
from benchmarks.revision import revision
from crawler.pages.decode import decode

ROOT = Path(__file__).parent.parent
OURS = "csto-watch"
HALF = "held_out"
RANDOM = "random"
ALL_NOISE = frozenset(NOISES)

Makers = dict[str, Callable[[], Reader]]
Tallies = dict[str, dict[str, Tally]]


@dataclass(frozen=True)
class Plan:
    """What is measured. ``pages`` of each family, spread over ``sites``; of ``random_sites`` sites up to eight pages each.
    ``learned``: pages of each site that a reader may look at first."""

    families: tuple[str, ...]
    pages: int = 20
    rounds: int = 3
    sites: int = 2
    random_sites: int = 6
    learned: int = 30

    def seeds(self, family: str) -> list[int]:
        count = self.random_sites if family == RANDOM else self.sites
        return list(itertools.islice((seed for seed in itertools.count(1) if half(seed) == HALF), count))

    def of_each_site(self, family: str) -> int:
        return min(self.pages, 8) if family == RANDOM else -(-self.pages // self.sites)

    def make(self, family: str, seed: int) -> Site:
        count = max(self.of_each_site(family), self.learned)
        return random_site(seed, count) if family == RANDOM else make_site(family, seed, count)

    def material(self, family: str, seed: int) -> Material:
        return material(self.make(family, seed), self.rounds, self.of_each_site(family))


@dataclass(frozen=True)
class Material:
    """The answers of one site: ``visits`` by round and article, ``edits`` as (kind, number of the article, its page edited).
    ``first``: what a first crawl sees, these pages and the site's others; ``again``: one of them a little later."""

    truths: tuple[Truth, ...]
    first: list[Page]
    again: Callable[[str], bytes]
    visits: list[list[Page]]
    edits: list[tuple[str, int, Page]]


def material(site: Site, rounds: int, pages: int) -> Material:
    """``pages`` of the site are measured."""
    truths = site.articles[:pages]
    visits = [[_page(site, truth, fetch) for truth in truths] for fetch in range(rounds)]
    edits = [
        (kind, number, _page(site, edited[0], 0))
        for number, truth in enumerate(truths)
        for kind in EDITS
        if (edited := edit(kind, truth, site.seed)) is not None
    ]
    first = [*visits[0], *(_page(site, truth, 0) for truth in site.articles[pages:])]
    by_address = {site.url(truth): truth for truth in site.articles}
    return Material(truths, first, lambda url: _page(site, by_address[url], LATER).body, visits, edits)


def _page(site: Site, truth: Truth, fetch: int) -> Page:
    body = site.render(truth, fetch=fetch, noise=ALL_NOISE)
    decoded = decode(body, site.content_type)
    if decoded is None:
        raise ValueError(f"{site.family}, seed {site.seed}: {truth.slug} can't be decoded; mend the generator")
    return Page(site.url(truth), body, site.content_type, decoded.text)


def measure(make: Callable[[], Reader], stuff: Material) -> Tally:
    """One reader on one site."""
    reader, tally = make(), Tally()
    reader.learn([(page.url, page.body) for page in stuff.first], stuff.again)
    times, extracts = [], []
    for pages in stuff.visits:
        gc.collect()
        gc.freeze()  # what the other readers keep in memory would be looked through in this one's time
        visit = [_in_turn(reader, page, tally) for page in pages]
        extracts.append([extract for extract, _, _ in visit])
        times.append([(ours, lxmls) for _, ours, lxmls in visit])
    for fetches in zip(*times, strict=True):
        tally.cpu_ms += min(mine for mine, _ in fetches)
        tally.lxml_ms += min(lxmls for _, lxmls in fetches)
    for truth, extract in zip(stuff.truths, extracts[0], strict=True):
        tally.score_page(truth, extract)
    for first, again in ((a, b) for later in extracts[1:] for a, b in zip(extracts[0], later, strict=True)):
        tally.score_revisit(first, again)
    for kind, number, page in stuff.edits:
        tally.score_edit(kind, extracts[0][number], _extract(reader, page, tally))
    return tally


def _extract(reader: Reader, page: Page, tally: Tally) -> Extract:
    try:
        return reader.extract(page)
    except Exception:  # noqa: BLE001 - a reader that breaks on a page has read nothing, and the table says how often
        tally.failures += 1
        return Extract()


def _in_turn(reader: Reader, page: Page, tally: Tally) -> tuple[Extract, float, float]:
    """The page read, the CPU time of that in ms, and lxml's for parsing the same page right after: the unit of all times."""
    extracts: list[Extract] = []
    mine = milliseconds(lambda: extracts.append(_extract(reader, page, tally)))
    return extracts[0], mine, milliseconds(lambda: lxml.html.document_fromstring(page.html))


def run(makers: Makers, plan: Plan, console: Console) -> Tallies:
    """The tallies by reader and family."""
    tallies: Tallies = {name: {family: Tally() for family in plan.families} for name in makers}
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        sites = [(family, seed) for family in plan.families for seed in plan.seeds(family)]
        task = progress.add_task("", total=len(sites) * len(makers))
        for family, seed in sites:
            progress.update(task, description=f"{family} {seed}: pages")
            stuff = plan.material(family, seed)
            for name, make in makers.items():
                progress.update(task, description=f"{family} {seed}: {name}")
                tallies[name][family].add(measure(make, stuff))
                progress.advance(task)
    return tallies


def table_of(tallies: Tallies, *, with_clock: bool) -> dict[str, dict[str, Any]]:
    """Figures over all pages, and by family, of each reader."""
    table: dict[str, dict[str, Any]] = {}
    for name, families in tallies.items():
        whole = Tally()
        for tally in families.values():
            whole.add(tally)
        by_family = {family: figures_of(tally, EDITS, with_clock=with_clock) for family, tally in families.items()}
        table[name] = {"all": figures_of(whole, EDITS, with_clock=with_clock), "families": by_family}
    return table


def makers_of_peers() -> tuple[Makers, dict[str, str]]:
    """Peers that can be imported, and why the others can't."""
    makers: Makers = {}
    left_out: dict[str, str] = {}
    for peer in PEERS:
        try:
            read = peer.load()
        except ImportError as error:
            left_out[peer.name] = f"can't be imported here: {error}"
        else:
            makers[peer.name] = partial(PeerReader, read)
    return makers, left_out


def about(plan: Plan) -> dict[str, Any]:
    """With what, and on what, the figures came about."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": revision(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "plan": asdict(plan),
        "half": HALF,
        "seeds": {family: plan.seeds(family) for family in plan.families},
        "noise": list(NOISES),
    }


def report(plan: Plan, console: Console) -> dict[str, Any]:
    """Everything, for the JSON and the picture."""
    logging.disable()  # some peers warn of each date that they can't read
    circumstances = about(plan)
    peers, left_out = makers_of_peers()
    for name, why in left_out.items():
        console.print(f"left out: {name}: {why}", highlight=False)
    tallies = run({OURS: Ours, **peers}, plan, console)
    packages = {peer.package for peer in PEERS if peer.name in peers and peer.package} | {"lxml"}
    ours = tallies[OURS].values()
    return {
        **circumstances,
        "versions": {name: version(name) for name in sorted(packages)},
        "not_the_newest": {name: why for name, why in OLDER_THAN_THEIR_NEWEST.items() if name in packages},
        "left_out": left_out,
        "lxml_ms_a_page": round(sum(tally.lxml_ms for tally in ours) / sum(tally.pages for tally in ours), 3),
        "readers": table_of(tallies, with_clock=True),
    }


def shown(readers: dict[str, dict[str, Any]]) -> Table:
    """The table in short, for a terminal."""
    table = Table("", "precision", "recall", "F1", "exact", "false edits", "missed: mean", "worst kind", "ms", "x lxml")
    for name, row in readers.items():
        figures = row["all"]
        kinds = {kind: missed for kind, missed in figures["missed_edits"].items() if missed is not None}
        worst = max(kinds, key=lambda kind: kinds[kind], default="")
        shares = [figures[key] for key in ("block_precision", "block_recall", "block_f1", "pages_exact", "false_edits")]
        mean = sum(kinds.values()) / len(kinds) if kinds else None
        clock = [f"{figures[key]:.2f}" if key in figures else "" for key in ("ms_a_page", "ratio_to_lxml")]
        table.add_row(name, *map(percent, [*shares, mean]), f"{worst} {percent(kinds.get(worst))}", *clock)
    return table


def percent(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f}"


def write(path: Path, figures: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def set_floor(path: Path, plan: Plan, ours: Figures) -> None:
    kept = {"plan": asdict(plan), "seeds": {family: plan.seeds(family) for family in plan.families}}
    write(path, {**kept, "families": ours["families"]})


def plan_of_floor(path: Path) -> Plan:
    kept = json.loads(path.read_text(encoding="utf-8"))["plan"]
    return Plan(**{**kept, "families": tuple(kept["families"])})


def fallen(path: Path, ours: Figures) -> list[str]:
    floor: dict[str, Figures] = json.loads(path.read_text(encoding="utf-8"))["families"]
    return [line for family, least in floor.items() for line in falls(family, ours["families"][family], least)]


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    families = (*FAMILIES, RANDOM)
    parser.add_argument("--pages", type=int, default=20, help="of each family (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="fetches of each page, two at least (%(default)s)")
    parser.add_argument("--sites", type=int, default=2, help="that a family's pages are spread over (%(default)s)")
    parser.add_argument("--random-sites", type=int, default=6, help="sites whose whole template is drawn (%(default)s)")
    parser.add_argument("--family", action="append", choices=families, help="only this one; may be given again")
    parser.add_argument("--ours-only", action="store_true", help="no peers, no clock, nothing written")
    parser.add_argument("--learned", type=int, default=30, help="pages of each site that are seen first (%(default)s)")
    floor = parser.add_mutually_exclusive_group()
    floor.add_argument(
        "--floor", type=Path, help="measure what this file was set with; exit 1 if a figure of ours fell"
    )
    floor.add_argument("--set-floor", type=Path, help="keep our figures as the floor")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "docs", help="folder of figures/reading.json and reading.png"
    )
    options = parser.parse_args(arguments)
    if options.rounds < 2 or options.pages < 1 or options.sites < 1:
        parser.error("at least one page, one site and two rounds, please")
    options.family = options.family or families
    return options


def plan_of(options: argparse.Namespace) -> Plan:
    if options.floor:
        return plan_of_floor(options.floor)
    return Plan(
        tuple(options.family), options.pages, options.rounds, options.sites, options.random_sites, options.learned
    )


def measured(options: argparse.Namespace, plan: Plan, console: Console) -> dict[str, dict[str, Any]]:
    """The readers' figures; with peers they are also written and drawn."""
    if options.ours_only:
        return table_of(run({OURS: Ours}, plan, console), with_clock=False)
    from benchmarks.reading_picture import draw

    found = report(plan, console)
    write(options.out / "figures" / "reading.json", found)
    draw(found, options.out / "reading.png")
    readers: dict[str, dict[str, Any]] = found["readers"]
    return readers


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    plan = plan_of(options)
    gc.freeze()
    readers = measured(options, plan, Console(stderr=True))
    Console(width=None if sys.stdout.isatty() else 140).print(shown(readers))
    if options.set_floor:
        set_floor(options.set_floor, plan, readers[OURS])
    lines = fallen(options.floor, readers[OURS]) if options.floor else []
    print("\n".join(lines), end="\n" if lines else "")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
