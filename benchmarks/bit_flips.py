"""One flipped bit in a closed store: is every flip found that changes what a reader gets?

A flip is harmful where any row of any table reads differently afterwards, or can't be read. Packed bytes are read as what they
unpack to: of some bits of a zstd frame both values mean the same (one in 400 flips hit such a bit, in the literals of an article
whose bytes came out as they were). The control is SQLite's own
``PRAGMA integrity_check``: it sees structure, not content. And because few of some hundred bits hit a small column, all that
can be altered by SQL is altered too (benchmarks/tampering.py).

``python -m benchmarks.bit_flips --flips 400`` prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, Row, select

from benchmarks import tampering
from benchmarks.shares import wilson
from benchmarks.tampering import Rows, damage_of
from crawler.options import CrawlOptions
from crawler.pages.reading import READER_VERSION
from crawler.pages.urls import canonical
from crawler.run import crawl_without_reactor
from replica.server import ReplicaServer
from replica.site import ReplicaSite
from storage import bodies
from storage.archive import Archive
from storage.compacting import compact
from storage.engine import open_store, reading
from storage.errors import StorageError
from storage.models import Base
from storage.records import Capture, Outcome, RunMode, RunOutcome, RunReport
from storage.unpacking import Unpacker
from storage.visits import FEWEST, list_visits

FLIPS: Final = 400
REPORT: Final = RunReport(
    RunOutcome.COMPLETE, 0, is_complete=False, walked_lists=False, looked_twice=False, requests=0, bytes=0
)
ARTICLES: Final = 60


def make_store(file: Path, seed: int) -> None:
    """Three crawls of a replica in between which it is edited in every way: a row of every table, and all of them read."""
    site = ReplicaSite(ARTICLES, "bitrix", seed)
    with ReplicaServer(site) as server:
        options = CrawlOptions(f"sqlite:///{file}", mode=RunMode.FULL, base_url=server.base_url, delay=0, backoff=0)
        crawl_without_reactor(options)
        edited = site.addresses
        for address in edited[:6]:
            site.retitle(address)
        site.delete(edited[6], 410)
        site.delete(edited[7])
        site.move(edited[8])
        site.unlist(edited[9])
        site.edit(edited[10], lambda article: replace(article, parts=article.parts[:1]))
        site.add_article()
        crawl_without_reactor(options)
        site.retitle(edited[0])
        for address in edited[12:20]:
            site.delete(address)  # so many at once are held
        crawl_without_reactor(options)
    engine = open_store(f"sqlite:///{file}", write=True)  # the last to close it leaves no log behind
    _visit_again(engine, edited[20:26])
    compact(engine)
    list_visits(engine)
    engine.dispose()


def _visit_again(engine: Engine, addresses: Sequence[str]) -> None:
    """Runs that find a few pages unchanged, so that there are visits to list."""
    archive = Archive(engine)
    for _ in range(FEWEST + 3):
        run = archive.begin_run("csto-en", RunMode.DUE, reader_version=READER_VERSION, program_version="0")
        urls = [canonical(f"https://en.odkb-csto.org{address}") for address in addresses]
        archive.record(run, [_unchanged(url, archive.now()) for url in urls])
        archive.settle(run, REPORT)


def _unchanged(url: str, now: datetime) -> Capture:
    return Capture(url, Outcome.NOT_MODIFIED, captured_at=now, http_status=304, reader_version=READER_VERSION)


def rows_of(file: Path) -> Rows | None:
    """Every row of every table as the program reads it; None where something can't be read."""
    try:
        engine = open_store(f"sqlite:///{file}", write=False)
    except StorageError:
        return None
    try:
        with reading(engine) as connection:
            unpack = Unpacker(connection)
            return {
                table.name: [
                    _unpacked(table.name, row, unpack)
                    for row in connection.execute(select(table).order_by(*table.primary_key))
                ]
                for table in Base.metadata.sorted_tables
            }
    except (StorageError, ValueError, OverflowError, LookupError, TypeError):
        return None
    finally:
        engine.dispose()


def _unpacked(table: str, row: Row[Any], unpack: Unpacker) -> tuple[Any, ...]:
    """The row with its packed bytes unpacked. ValueError where they can't be."""
    values = dict(row._mapping)
    if table == "content":
        values["article"] = bodies.decompress(row.codec, row.article)
    elif table == "body":
        values["data"] = unpack.unproven(row)
    elif table == "pack":
        values["data"] = unpack.pack(row.id)
    elif table == "dictionary":
        values["data"] = bodies.decompress(row.codec, row.data)
    return tuple(values.values())


def is_found(file: Path) -> bool:
    """Whether the program refuses the store, or ``verify`` names a damage."""
    return damage_of(file) != []


def sqlite_finds(file: Path) -> bool:
    """The control: SQLite's own check of the structure."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as connection:
            return connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return True


def differing(before: Rows, after: Rows | None) -> list[str]:
    """The columns that read differently, as ``table.column``; a whole table where rows are missing."""
    if after is None:
        return ["unreadable"]
    found = []
    for table in Base.metadata.sorted_tables:
        old, new = before[table.name], after[table.name]
        if len(old) != len(new):
            found.append(table.name)
            continue
        names = [column.name for column in table.columns]
        pairs = (pair for pair in zip(old, new, strict=True) if pair[0] != pair[1])
        found += {f"{table.name}.{n}" for row in pairs for n, was, is_ in zip(names, *row, strict=True) if was != is_}
    return sorted(found)


def flips(whole: Path, before: Rows, count: int, chance: random.Random) -> dict[str, Any]:
    harmful = found = by_sqlite = 0
    missed, where = Counter[str](), Counter[str]()
    data = whole.read_bytes()
    copy = whole.with_name("flipped.db")
    for _ in range(count):
        flipped = bytearray(data)
        flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        copy.write_bytes(flipped)
        columns = differing(before, rows_of(copy))
        if not columns:
            continue
        harmful += 1
        where[", ".join(columns)] += 1
        by_sqlite += sqlite_finds(copy)
        if is_found(copy):
            found += 1
        else:
            missed[", ".join(columns)] += 1
    return {
        "flips": count,
        "harmful": harmful,
        "found": found,
        "missed": dict(missed.most_common()),
        "missed_at_most_95_percent": wilson(harmful - found, harmful)[1],
        "hit": dict(where.most_common()),
        "control": {"integrity_check_found": by_sqlite},
    }


def figures(count: int = FLIPS, seed: int = 1, *, part: bool = False) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "store.db"
        make_store(whole, seed)
        before = rows_of(whole)
        assert before is not None
        assert not is_found(whole), "the store was damaged before any bit was flipped"
        return {
            "seed": seed,
            "bytes": whole.stat().st_size,
            "rows": {name: len(rows) for name, rows in before.items()},
            **flips(whole, before, count, random.Random(seed)),
            "tampering": tampering.figures(whole, before, part=part),
        }


def is_good(row: dict[str, Any]) -> bool:
    is_fooled = row["control"]["integrity_check_found"] < row["harmful"] / 2
    return bool(row["harmful"] and row["found"] == row["harmful"] and is_fooled and tampering.is_good(row["tampering"]))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Single bit flips in a closed store.")
    parser.add_argument("--flips", type=int, default=FLIPS)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    row = figures(options.flips, options.seed)
    print(json.dumps(row, indent=1))
    sys.exit(0 if is_good(row) else 1)


if __name__ == "__main__":
    main()
