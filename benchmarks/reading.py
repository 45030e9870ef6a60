"""Time to read, gate and hash one page, in a known template and in an unknown one, against lxml's parse of it in the same run.

``python -m benchmarks.reading [--pages 180] [--kilobytes 50] [--only NAME]``: CPU time of this process, on the replica's four
markups and the corpus' sixteen families. Each page is read in turns: known, unknown, lxml, so that a slow moment of the machine
strikes all three alike; the slowest tenth of each column is left out. No page is read twice, nor was any learned from.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

import lxml.html

from benchmarks.corpus import FAMILIES, NOISES, make_site
from benchmarks.pure_crawl import SITE, crawl, probe_of
from crawler.pages.decode import decode
from crawler.pages.learning import Learner
from crawler.pages.model import Model
from crawler.pages.reading import Answer, read
from replica.site import ReplicaSite
from storage.hashing import hash_article

MARKUPS = ("bitrix", "semantic", "table", "divs")
LEARNED_FROM = {"replica": 60, "family": 30}
KNOWN_LIMIT, UNKNOWN_LIMIT = 2.0, 5.0
_LARGE = 2048


def of_replica(markup: str, count: int, kilobytes: int) -> tuple[Model, list[Answer]]:
    """What a crawl of its first pages knows at its end, and the pages behind them."""
    first = LEARNED_FROM["replica"]
    site = ReplicaSite(first + count, markup, 11, kilobytes=kilobytes)
    got = ((site.url(address), site.respond(address)) for address in site.addresses[: first + count])
    pages = [Answer(url, answer.status, answer.body, answer.content_type) for url, answer in got]
    learner = Learner(SITE)
    for page in pages[:first]:
        learner.read(page)
    for url in learner.second_looks(at_the_end=True):
        learner.read_again(next(page for page in pages if page.url == url))
    return _known(learner.conclude().model, markup), pages[first:]


def of_family(family: str, count: int) -> tuple[Model, list[Answer]]:
    """The same, with all noise in every answer."""
    first, noise = LEARNED_FROM["family"], frozenset(NOISES)
    site = make_site(family, 11, first + count)
    model = _known(crawl(site, site.articles[:first], 1)[1].model, family)
    probe = probe_of(site, 2, noise)
    bodies = [(site.url(truth), site.render(truth, fetch=2, noise=noise)) for truth in site.articles[first:]]
    return model, [Answer(url, 200, body, site.content_type, probe=probe) for url, body in bodies]


def _known(model: Model | None, markup: str) -> Model:
    if model is None:
        raise RuntimeError(f"nothing was learned of {markup}")
    return model


def hashed(page: Answer, model: Model | None) -> None:
    """Reading, gate and hash, as a crawl does them."""
    article = read(page, site=SITE, model=model).article
    if article is not None:
        hash_article(article)


def milliseconds(work: Callable[[], object]) -> float:
    """CPU time of the work, with that of clearing up behind it.

    glibc puts the merging of a freed tree's small chunks off until somebody asks for a kilobyte or more: 0.05 ms that the next
    in turn would pay, ours for lxml's tree (measured: cutting 1,024 bytes off a page took 48 us behind lxml's turn, else 1 us).
    """
    started = time.process_time()
    work()
    bytearray(_LARGE)
    return (time.process_time() - started) * 1000


def measure(model: Model, pages: Sequence[Answer]) -> dict[str, float]:
    """Mean CPU time a page in ms: known, unknown, lxml; and the two ratios."""
    texts = [decoded.text if (decoded := decode(page.body, page.content_type)) else "" for page in pages]
    times = [
        (
            milliseconds(lambda page=page: hashed(page, model)),
            milliseconds(lambda page=page: hashed(page, None)),
            milliseconds(lambda text=text: lxml.html.document_fromstring(text)),
        )
        for page, text in zip(pages, texts, strict=True)
    ]
    known, unknown, theirs = (fmean(sorted(column)[: len(column) * 9 // 10]) for column in zip(*times, strict=True))
    return {
        "known": known,
        "unknown": unknown,
        "lxml": theirs,
        "known_ratio": known / theirs,
        "unknown_ratio": unknown / theirs,
    }


def row(name: str, found: dict[str, float]) -> str:
    times = f"{found['known']:9.3f} {found['unknown']:11.3f} {found['lxml']:8.3f}"
    return f"{name:18} {times} {found['known_ratio']:7.2f} {found['unknown_ratio']:8.2f}"


def figures(pages: int, kilobytes: int, only: Sequence[str]) -> dict[str, dict[str, float]]:
    todo: dict[str, Callable[[], tuple[Model, list[Answer]]]] = {
        f"replica {markup}": lambda markup=markup: of_replica(markup, pages, kilobytes) for markup in MARKUPS
    }
    todo |= {family: lambda family=family: of_family(family, pages) for family in FAMILIES}
    found: dict[str, dict[str, float]] = {}
    for name, make in todo.items():
        if not only or name in only:
            found[name] = measure(*make())
            print(row(name, found[name]), flush=True)
    return found


def together(found: dict[str, dict[str, float]]) -> dict[str, float]:
    """Over all pages, each markup with the same weight."""
    sums = {key: fmean(row[key] for row in found.values()) for key in ("known", "unknown", "lxml")}
    return sums | {f"{key}_ratio": sums[key] / sums["lxml"] for key in ("known", "unknown")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=180, help="of each markup (%(default)s)")
    parser.add_argument("--kilobytes", type=int, default=50, help="of the replica's pages (%(default)s)")
    parser.add_argument("--only", action="append", default=[], help="a markup by its name in the table")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end")
    options = parser.parse_args()
    gc.freeze()
    print(f"{'markup':18} {'known ms':>9} {'unknown ms':>11} {'lxml ms':>8} {'known':>7} {'unknown':>8}")
    found = figures(options.pages, options.kilobytes, options.only)
    whole: dict[str, Any] = {**found, "together": together(found)}
    print(row("together", whole["together"]))
    if options.json:
        print(json.dumps(whole, indent=1))


if __name__ == "__main__":
    main()
