"""One writer without a pause and eight readers: does anybody meet a lock, how long does a reader wait, is a second crawl refused?

All are processes. The writer holds the store as a crawl does, and records and settles run after run through the archive. Each
reader opens the store for every query, as every command does, and asks again at once: so on a machine with fewer processors than
processes its times are mostly those of waiting for a processor. On SQLite and on PostgreSQL. The control is a store without a
write-ahead log whose readers don't wait: it must show locks.

``python -m benchmarks.readers --seconds 60`` prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from threading import Barrier
from typing import Any, Final

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from benchmarks import refusal
from storage import engine as engines
from storage import queries
from storage.archive import Archive
from storage.errors import StorageError
from storage.findings import examine
from storage.phrases import parse
from storage.records import Article, Block, BlockKind, Capture, Outcome, RunMode, RunOutcome, RunReport
from storage.search import search
from tests.storage.cluster import private_cluster
from watch import store as stores

READERS: Final = 8
SECONDS: Final = 60.0
PART_SECONDS: Final = 4.0
CONTROL_SECONDS: Final = 6.0
PAGES: Final = 80
BATCH: Final = 20
EDITED: Final = 0.1
"""The share of pages that show another text in each run."""
WORDS: Final = ("council", "exercise", "agreement", "session", "border", "peace", "summit", "ministers")
SITE: Final = "csto-en"
REPORT: Final = RunReport(
    RunOutcome.COMPLETE, 0, is_complete=True, walked_lists=True, looked_twice=True, requests=0, bytes=0
)


# --- the writer -------------------------------------------------------------------------------------------------------
class Writer:
    """Runs of one site, each of all its pages."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self.archive, self.chance = Archive(engine), random.Random(seed)
        self.texts = [self._text() for _ in range(PAGES)]
        self.runs = self.captures = 0

    def run(self, until: float = float("inf")) -> None:
        """Record and settle; cut off between two batches once it is time, as a crawl by its limit of time."""
        run = self.archive.begin_run(SITE, RunMode.FULL, reader_version="1", program_version="0")
        self.archive.note_listed(run, [(_address(page), f"{_address(page)}/") for page in range(PAGES)])
        for start in range(0, PAGES, BATCH):
            if time.monotonic() > until:
                return
            self.archive.record(run, [self._capture(page) for page in range(start, start + BATCH)])
            self.archive.settle_batch(run)
            self.captures += BATCH
        self.archive.settle(run, REPORT)
        self.runs += 1

    def _capture(self, page: int) -> Capture:
        if self.chance.random() < EDITED:
            self.texts[page] = self._text()
        blocks = tuple(Block(BlockKind.PARAGRAPH, line) for line in self.texts[page])
        article = Article(f"Title of {page}", None, "en", blocks)
        body = f"<html>{self.chance.random()}{''.join(f'<p>{line}</p>' for line in self.texts[page])}</html>".encode()
        at, url = self.archive.now(), _address(page)
        return Capture(url, Outcome.OK, at, http_status=200, body=body, article=article, reader_version="1", site=SITE)

    def _text(self) -> list[str]:
        return [" ".join([*self.chance.choices(WORDS, k=40), str(self.chance.random())]) for _ in range(12)]


def _address(page: int) -> str:
    return f"https://en.odkb-csto.org/news/news_odkb/{page}"


def write(db_url: str, seconds: float, seed: int, *, without_log: bool) -> dict[str, Any]:
    if without_log:
        engines.network_file_system = lambda _file: (
            "nfs4"
        )  # the program's own mode for file systems that share no memory
    errors: Counter[str] = Counter()
    with stores.holding(db_url) as engine:
        writer = Writer(engine, seed)
        _together()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                writer.run(until)
            except StorageError as error:
                errors[type(error).__name__] += 1
    return {"runs": writer.runs, "captures": writer.captures, "errors": dict(errors)}


# --- the readers ------------------------------------------------------------------------------------------------------
Query = Callable[[Engine, random.Random], object]


def _history(engine: Engine, chance: random.Random) -> None:
    """Raises where a version is missing between two: then a half transaction was seen."""
    numbers = sorted(version.number for version in queries.history(engine, _address(chance.randrange(PAGES))))
    if numbers != list(range(1, len(numbers) + 1)):
        raise TornError(numbers)


def _status(engine: Engine, _chance: random.Random) -> None:
    queries.runs(engine, limit=400)
    queries.held(engine)
    queries.pages(engine)


QUERIES: Final[dict[str, Query]] = {
    "changes": lambda engine, _chance: queries.changes(engine, since=datetime.now(UTC) - timedelta(seconds=2)),
    "history": _history,
    "version": lambda engine, chance: queries.version(engine, _address(chance.randrange(PAGES))),
    "pages": lambda engine, _chance: queries.pages(engine),
    "search": lambda engine, chance: next(search(engine, parse(" ".join(chance.sample(WORDS, 2)))), None),
    "status": _status,
}


class TornError(Exception):
    """A reader saw a part of a transaction."""


def read(db_url: str, seconds: float, seed: int) -> dict[str, Any]:
    """Query upon query; the seconds that each took, from opening the store to closing it, and what went wrong."""
    chance = random.Random(f"reader {seed}")
    took: dict[str, list[float]] = {name: [] for name in QUERIES}
    errors: Counter[str] = Counter()
    _together()
    until = time.monotonic() + seconds
    while (started := time.monotonic()) < until:
        name = chance.choice(tuple(QUERIES))
        try:
            with stores.reading(db_url) as engine:
                QUERIES[name](engine, chance)
        except (StorageError, TornError) as error:
            errors[type(error).__name__] += 1
        took[name].append(time.monotonic() - started)
    return {"took": took, "errors": errors}


# --- together ---------------------------------------------------------------------------------------------------------
_barriers: list[Barrier] = []
_PATIENCE: Final = 120.0


def _meet_at(barrier: Barrier) -> None:
    """The process's first act; a barrier can't come along with a task."""
    _barriers.append(barrier)


def _together() -> None:
    """Wait until all processes have imported the program, and the writer holds the store."""
    _barriers[0].wait(_PATIENCE)


def measure(db_url: str, seconds: float, seed: int, *, without_log: bool = False) -> dict[str, Any]:
    with stores.holding(db_url) as engine:
        Writer(engine, seed).run()
    context = get_context("spawn")
    barrier = context.Barrier(1 + READERS)
    readers_url = f"{db_url}?timeout=0" if without_log else db_url
    with ProcessPoolExecutor(1 + READERS, context, initializer=_meet_at, initargs=(barrier,)) as pool:
        writing = pool.submit(write, db_url, seconds, seed, without_log=without_log)
        reading = [pool.submit(read, readers_url, seconds, seed + number) for number in range(READERS)]
        written, seen = writing.result(), [one.result() for one in reading]
    with stores.reading(db_url) as engine:
        damage = [str(each) for each in examine(engine).damage]
    return _row(written, seen, damage)


def _row(written: dict[str, Any], seen: list[dict[str, Any]], damage: list[str]) -> dict[str, Any]:
    took = {name: [seconds for each in seen for seconds in each["took"][name]] for name in QUERIES}
    errors: Counter[str] = sum((each["errors"] for each in seen), Counter())
    everything = [seconds for each in took.values() for seconds in each]
    return {
        "writer": written,
        "queries": len(everything),
        "errors": dict(errors),
        **_quantiles(everything),
        "by_query": {name: {"queries": len(each), **_quantiles(each)} for name, each in took.items()},
        "damage": damage,
    }


def _quantiles(seconds: list[float]) -> dict[str, float]:
    in_order = sorted(seconds) or [0.0]
    return {f"p{share}_ms": round(1000 * in_order[int(share / 100 * (len(in_order) - 1))], 1) for share in (50, 99)}


@contextmanager
def server() -> Iterator[str]:
    """The URL of an empty place on a PostgreSQL server: the one that CSTO_WATCH_TEST_PG names, else a private one."""
    named = os.environ.get("CSTO_WATCH_TEST_PG")
    with ExitStack() as stack:
        yield _schema(stack, named) if named else stack.enter_context(private_cluster())


def _schema(stack: ExitStack, url: str) -> str:
    schema = f"csto_readers_{os.getpid()}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    stack.callback(admin.dispose)
    connection = stack.enter_context(admin.connect())
    connection.execute(text(f"CREATE SCHEMA {schema}"))
    stack.callback(connection.execute, text(f"DROP SCHEMA {schema} CASCADE"))
    placed = make_url(url).update_query_dict({"options": f"-csearch_path={schema}"})
    return placed.render_as_string(hide_password=False)


def on_sqlite(seconds: float, times: int, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'store.db'}"
        return measure(url, seconds, seed) | {"second_crawl": refusal.measure(url, times)}


def on_postgresql(seconds: float, times: int, seed: int) -> dict[str, Any]:
    """The private server doesn't sync: its times say nothing of a disk."""
    try:
        with server() as url:
            return measure(url, seconds, seed) | {"second_crawl": refusal.measure(url, times)}
    except pytest.skip.Exception as missing:
        return {"skipped": str(missing)}


def control(seconds: float, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        row = measure(f"sqlite:///{Path(folder) / 'store.db'}", seconds, seed, without_log=True)
    return {"queries": row["queries"], "errors": row["errors"]}


def figures(part: bool = False, seed: int = 1, seconds: float | None = None) -> dict[str, Any]:
    for_each, times = seconds or (PART_SECONDS if part else SECONDS), 2 if part else 5
    return {
        "seed": seed,
        "is_part": part,
        "readers": READERS,
        "seconds": for_each,
        "processors": os.cpu_count(),
        "sqlite": on_sqlite(for_each, times, seed),
        "postgresql": on_postgresql(for_each, times, seed),
        "control": control(min(CONTROL_SECONDS, for_each), seed),
    }


def is_good(row: dict[str, Any]) -> bool:
    """No lock, no other error, no damage; the second crawl refused; the control meets locks. In CI a server must be there.

    A part leaves clocks out: on a busy machine neither does a refusal come within the time nor is every query asked.
    """
    databases = [row[name] for name in ("sqlite", "postgresql") if "skipped" not in row[name]]
    is_whole = len(databases) == 2 or not os.environ.get("CI")
    is_calm = all(_is_calm(each) and (row["is_part"] or _is_soon(each)) for each in databases)
    return bool(is_whole and is_calm and row["control"]["errors"].get("StoreBusy"))


def _is_calm(row: dict[str, Any]) -> bool:
    has_erred = row["errors"] or row["writer"]["errors"] or row["damage"]
    is_busy = row["writer"]["captures"] and row["queries"]
    return bool(is_busy and not has_erred and refusal.is_refused(row["second_crawl"]))


def _is_soon(row: dict[str, Any]) -> bool:
    return refusal.is_soon(row["second_crawl"]) and all(each["queries"] for each in row["by_query"].values())


def main() -> None:
    parser = argparse.ArgumentParser(description="One writer and eight readers, on SQLite and on PostgreSQL.")
    parser.add_argument("--seconds", type=float, help=f"for each database; else {SECONDS:.0f}")
    parser.add_argument("--part", action="store_true", help=f"{PART_SECONDS:.0f} seconds each")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    row = figures(options.part, options.seed, options.seconds)
    print(json.dumps(row, indent=1))
    sys.exit(0 if is_good(row) else 1)


if __name__ == "__main__":
    main()
