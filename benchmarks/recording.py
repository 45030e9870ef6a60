"""What recording costs: CPU time a capture, with bodies of 50 kB, for a first crawl and for a later one of unchanged pages.

python -m benchmarks.recording [PAGES]
"""

from __future__ import annotations

import gc
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.archive import Archive
from storage.engine import open_store
from storage.records import Article, Block, BlockKind, Capture, Link, Outcome, RunMode, RunOutcome, RunReport

BATCH = 50
PARAGRAPHS = 15
BODY_BYTES = 50_000
WORDS = ["council", "meeting", "members", "states", "secretary", "general", "adopted", "statement", "joint", "exercise"]
REPORT = RunReport(RunOutcome.COMPLETE, 0, is_complete=True, walked_lists=True, looked_twice=True, requests=0, bytes=0)


def main(pages: int) -> None:
    articles = [make_article(random.Random(number)) for number in range(pages)]
    with tempfile.TemporaryDirectory() as folder:
        engine = open_store(f"sqlite:///{Path(folder) / 'bench.db'}", write=True)
        for crawl in ("first", "later", "later"):
            spent = measure(Archive(engine), articles, crawl)
            split = ", ".join(f"{name} {1000 * seconds / pages:.3f}" for name, seconds in spent.items())
            print(f"{crawl:5} crawl: {1000 * sum(spent.values()) / pages:.3f} ms a capture ({split})")
        engine.dispose()


def measure(archive: Archive, articles: list[Article], crawl: str) -> dict[str, float]:
    """CPU seconds of one crawl, by step."""
    run = archive.begin_run("csto-en", RunMode.FULL, reader_version="1", program_version="0")
    batches = list(chunked(captures(articles, crawl)))
    addresses = [(capture.url, capture.url) for batch in batches for capture in batch]
    gc.collect()
    spent = {"note": timed(archive.note_listed, run, addresses), "record": 0.0, "settle in batches": 0.0}
    for batch in batches:
        spent["record"] += timed(archive.record, run, batch)
        spent["settle in batches"] += timed(archive.settle_batch, run)
    return spent | {"settle at the end": timed(archive.settle, run, REPORT)}


def make_article(chance: random.Random) -> Article:
    blocks = tuple(
        Block(BlockKind.PARAGRAPH, " ".join(chance.choices(WORDS, k=60)).capitalize() + ".") for _ in range(PARAGRAPHS)
    )
    links = tuple(Link(f"https://example.org/{chance.random()}", "more") for _ in range(3))
    return Article(" ".join(chance.choices(WORDS, k=8)), None, "en", blocks, links)


def captures(articles: list[Article], crawl: str) -> Iterator[Capture]:
    """Each page's bytes are its own, differ at every visit, and compress about as a real page does."""
    now = datetime.now(UTC) + timedelta(days=crawl == "later")
    for number, article in enumerate(articles):
        chance = random.Random(f"{crawl}{now}{number}")
        text = "\n".join(f"<p>{block.text}</p>" for block in article.blocks)
        frame = "".join(f'<li class="x{chance.random()}"><a href="/{word}/">{word}</a>' for word in WORDS * 60)
        body = f"<html>{text}{frame}".encode()[:BODY_BYTES].ljust(BODY_BYTES, b" ")
        yield Capture(
            url=f"https://example.org/news/article-number-{number}",
            outcome=Outcome.OK,
            captured_at=now,
            http_status=200,
            headers={"content-type": "text/html; charset=utf-8", "etag": f'"{number}"'},
            media_type="text/html",
            encoding="utf-8",
            body=body,
            article=article,
            reader_version="1",
        )


def chunked(all_captures: Iterator[Capture]) -> Iterator[list[Capture]]:
    batch: list[Capture] = []
    for capture in all_captures:
        batch.append(capture)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def timed(work: Callable[..., object], *given: object) -> float:
    start = time.process_time()
    work(*given)
    return time.process_time() - start


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
