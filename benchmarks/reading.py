"""Time to read one page, against ``lxml.html.document_fromstring`` of the same pages in the same run.

``python -m benchmarks.reading [--pages 200] [--rounds 7]``: CPU time of this process, the best of the rounds. Each page is
read once in a round, and each round reads other pages, so that nothing is had from a cache that a crawl wouldn't have.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable, Sequence

import lxml.html

from crawler.pages.decode import decode
from crawler.pages.reading import Answer, read
from crawler.sites import SITES
from replica.site import ReplicaSite

MARKUPS = ("bitrix", "semantic", "table", "divs")


def answers(markup: str, count: int, kilobytes: int) -> list[Answer]:
    site = ReplicaSite(count, markup, 11, kilobytes=kilobytes)
    got = ((site.url(address), site.respond(address)) for address in site.addresses[:count])
    return [Answer(url, answer.status, answer.body, answer.content_type) for url, answer in got]


def milliseconds(work: Callable[[Answer], object], pages: Sequence[Answer]) -> float:
    """CPU time a page."""
    started = time.process_time()
    for page in pages:
        work(page)
    return (time.process_time() - started) / len(pages) * 1000


def measure(markup: str, count: int, rounds: int, kilobytes: int) -> tuple[float, float]:
    """The reader's and lxml's time a page."""
    site, pages = SITES["csto-en"], answers(markup, count * rounds, kilobytes)
    texts = {page.url: decoded.text for page in pages if (decoded := decode(page.body, page.content_type))}
    parts = [pages[start::rounds] for start in range(rounds)]
    ours = min(milliseconds(lambda page: read(page, site=site), part) for part in parts)
    theirs = min(milliseconds(lambda page: lxml.html.document_fromstring(texts[page.url]), part) for part in parts)
    return ours, theirs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--kilobytes", type=int, default=50)
    options = parser.parse_args()
    gc.freeze()
    print(f"{'markup':10} {'read ms':>8} {'lxml ms':>8} {'ratio':>6}")
    for markup in MARKUPS:
        ours, theirs = measure(markup, options.pages, options.rounds, options.kilobytes)
        print(f"{markup:10} {ours:8.3f} {theirs:8.3f} {ours / theirs:6.2f}")


if __name__ == "__main__":
    main()
