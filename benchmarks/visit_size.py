"""What an unchanged visit costs in the store: as written, indexes and seals included, and after ``compact``.

A store of pages that were read once is crawled again and again. Three kinds of visits: the answer is 304; its bytes are those of
last time; its bytes are others each time (another strip of teasers), which then have a SHA-256 of their own to be kept.
The pages of the file that are in use are measured before the visits and after them. The control is a store that isn't compacted.

``python -m benchmarks.visit_size`` prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine

from benchmarks.store_size import REPORT
from storage.archive import Archive
from storage.compacting import compact
from storage.engine import open_store, reading
from storage.records import Article, Block, BlockKind, Capture, Outcome, RunMode
from storage.roots import content_root
from storage.verify import verify
from storage.visits import list_visits

START: Final = datetime(2026, 3, 1, tzinfo=UTC)
WRITTEN_LIMIT, LISTED_LIMIT = 100.0, 24.0
BATCH: Final = 50
KINDS: Final = ("not modified", "same bytes", "other bytes")
MANY: Final = 1000
RUN_WRITTEN, RUN_LISTED = 3000.0, 1500.0
"""A run's own row, its seal and its indexes, in bytes. Of fewer than so many visits a run each pays a part of that."""
HASH: Final = 32
"""What a SHA-256 costs that nothing else in the store has: no list can say it shorter."""


def measure(kind: str, pages: int, runs: int, seed: int) -> dict[str, Any]:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        engine = open_store(f"sqlite:///{Path(folder) / 'store.db'}", write=True)
        for number in range(2):
            _crawl(engine, "same bytes", pages, number, chance)
        before = _used(engine)
        for number in range(2, 2 + runs):
            _crawl(engine, kind, pages, number, chance)
        written = _used(engine)
        with reading(engine) as connection:
            root = content_root(connection)
        compact(engine)
        listed = list_visits(engine)
        after = _used(engine)
        with reading(engine) as connection:
            is_same = content_root(connection) == root
        damage = [str(found) for found in verify(engine)]
        engine.dispose()
    return {
        "kind": kind,
        "visits": pages * runs,
        "visits_a_run": pages,
        "as_written": round((written - before) / (pages * runs), 2),
        "compacted": round((after - before) / (pages * runs), 2),
        "listed": listed.visits,
        "in_lists": round(listed.size / max(listed.visits, 1), 2),
        "says_the_same": is_same,
        "damage": damage,
    }


def _used(engine: Engine) -> int:
    """Bytes of the file's pages that hold anything, half full ones too."""
    with reading(engine) as connection:
        values = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in _SIZES]
    pages, free, size = map(int, values)
    return (pages - free) * size


_SIZES: Final = ("page_count", "freelist_count", "page_size")


def _crawl(engine: Engine, kind: str, pages: int, number: int, chance: random.Random) -> None:
    """A run an hour after the last: pages in another order each time, some tenths of a second apart."""
    now = START + timedelta(hours=number, seconds=chance.uniform(0, 60))
    archive = Archive(engine, clock=lambda: now)
    run = archive.begin_run("csto-en", RunMode.FULL, reader_version="5", program_version="0")
    captures = []
    for page in chance.sample(range(pages), pages):
        now += timedelta(seconds=chance.uniform(0.2, 0.4))
        captures.append(_capture(page, kind, number, now))
    archive.note_listed(run, [(each.url, each.url) for each in captures])
    for start in range(0, len(captures), BATCH):
        archive.record(run, captures[start : start + BATCH])
        archive.settle_batch(run)
    archive.settle(run, REPORT)


def _capture(page: int, kind: str, number: int, now: datetime) -> Capture:
    url = f"https://en.odkb-csto.org/news/news_odkb/page-{page}/"
    if kind == "not modified":
        return Capture(url, Outcome.NOT_MODIFIED, captured_at=now, http_status=304, reader_version="5")
    text = f"What page {page} says. " * 8
    teasers = f"<p>Teaser {number} on {page}</p>" if kind == "other bytes" else ""
    return Capture(
        url=url,
        outcome=Outcome.OK,
        captured_at=now,
        http_status=200,
        media_type="text/html",
        encoding="utf-8",
        headers={"etag": f'"{page}-{number if teasers else 0}"', "content-type": "text/html; charset=utf-8"},
        body=f"<h1>Page {page}</h1><p>{text}</p>{teasers}".encode(),
        article=Article(f"Page {page}", None, "en", (Block(BlockKind.PARAGRAPH, text),)),
        reader_version="5",
    )


def figures(pages: int = 1000, runs: int = 128, seed: int = 1) -> list[dict[str, Any]]:
    return [measure(kind, pages, runs, seed) for kind in KINDS]


def is_good(rows: Sequence[dict[str, Any]]) -> bool:
    """Also that the control fails: as it is written no visit costs so little."""
    return all(
        row["as_written"] <= WRITTEN_LIMIT + _share_of_run(row, RUN_WRITTEN)
        and row["compacted"] <= LISTED_LIMIT + _share_of_run(row, RUN_LISTED) + HASH * (row["kind"] == "other bytes")
        and row["as_written"] > LISTED_LIMIT
        and row["says_the_same"]
        and not row["damage"]
        for row in rows
    )


def _share_of_run(row: dict[str, Any], cost: float) -> float:
    return 0.0 if row["visits_a_run"] >= MANY else cost / row["visits_a_run"]


def main() -> None:
    parser = argparse.ArgumentParser(description="Bytes that an unchanged visit costs.")
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=128)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rows = figures(options.pages, options.runs, options.seed)
    print(json.dumps(rows, indent=1))
    sys.exit(0 if is_good(rows) else 1)


if __name__ == "__main__":
    main()
