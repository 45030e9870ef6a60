"""Time to read, gate and hash one page, in a known template and in an unknown one, against lxml's parse of it in the same run.

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
from crawler.pages.learning import Learner
from crawler.pages.model import Model
from crawler.pages.reading import Answer, read
from crawler.sites import SITES
from replica.site import ReplicaSite
from storage.hashing import hash_article

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


def hashed(page: Answer, model: Model | None) -> None:
    """Reading, gate and hash, as a crawl does them."""
    reading = read(page, site=SITES["csto-en"], model=model)
    if reading.article is None:
        raise RuntimeError(f"{page.url}: {reading.reason}")
    hash_article(reading.article)


def learned(pages: Sequence[Answer]) -> Model:
    """What a crawl of these pages knows at its end."""
    learner = Learner(SITES["csto-en"])
    for page in pages:
        learner.read(page)
    for url in learner.second_looks(at_the_end=True):
        learner.read_again(next(page for page in pages if page.url == url))
    model = learner.conclude().model
    if model is None:
        raise RuntimeError("nothing was learned")
    return model


def measure(markup: str, count: int, rounds: int, kilobytes: int) -> tuple[float, float, float]:
    """The reader's time a page in a template that it knows and in one that it doesn't, and lxml's; in turns."""
    pages = answers(markup, count * rounds, kilobytes)
    texts = {page.url: decoded.text for page in pages if (decoded := decode(page.body, page.content_type))}
    model = learned(pages[:40])
    parts = [pages[start::rounds] for start in range(rounds)]
    times = [
        (
            milliseconds(lambda page: hashed(page, model), part),
            milliseconds(lambda page: hashed(page, None), part),
            milliseconds(lambda page: lxml.html.document_fromstring(texts[page.url]), part),
        )
        for part in parts
    ]
    known, unknown, theirs = (min(column) for column in zip(*times, strict=True))
    return known, unknown, theirs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--kilobytes", type=int, default=50)
    options = parser.parse_args()
    gc.freeze()
    print(f"{'markup':10} {'known ms':>9} {'unknown ms':>11} {'lxml ms':>8} {'known':>6} {'unknown':>8}")
    for markup in MARKUPS:
        known, unknown, theirs = measure(markup, options.pages, options.rounds, options.kilobytes)
        ratios = f"{known / theirs:6.2f} {unknown / theirs:8.2f}"
        print(f"{markup:10} {known:9.3f} {unknown:11.3f} {theirs:8.3f} {ratios}")


if __name__ == "__main__":
    main()
