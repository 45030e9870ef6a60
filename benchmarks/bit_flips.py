"""One flipped bit in a closed store: is every flip found that changes what a reader gets?

A flip is harmful where any row of any table reads differently afterwards, or can't be read. The control is SQLite's own
``PRAGMA integrity_check``: it sees structure, not content. And because few of some hundred bits hit a small column, one
value of each column is altered too: the columns in which that stays unseen are named.

``python -m benchmarks.bit_flips --flips 400`` prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Column, LargeBinary, Table, Text, select

from benchmarks.shares import wilson
from crawler.options import CrawlOptions
from crawler.run import crawl_without_reactor
from replica.server import ReplicaServer
from replica.site import ReplicaSite
from storage.engine import open_store, reading
from storage.errors import StorageError
from storage.models import Base
from storage.records import RunMode
from storage.verify import verify

FLIPS: Final = 400
ARTICLES: Final = 60
Rows = dict[str, list[tuple[Any, ...]]]


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
    engine.dispose()


def rows_of(file: Path) -> Rows | None:
    """Every row of every table as the program reads it; None where something can't be read."""
    try:
        engine = open_store(f"sqlite:///{file}", write=False)
    except StorageError:
        return None
    try:
        with reading(engine) as connection:
            return {
                table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
                for table in Base.metadata.sorted_tables
            }
    except (StorageError, ValueError, OverflowError, LookupError, TypeError):
        return None
    finally:
        engine.dispose()


def is_found(file: Path) -> bool:
    """Whether the program refuses the store, or ``verify`` names a damage."""
    try:
        engine = open_store(f"sqlite:///{file}", write=False)
    except StorageError:
        return True
    try:
        return bool(verify(engine))
    except StorageError:
        return True
    finally:
        engine.dispose()


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


# --- one value of each column ----------------------------------------------------------------------------------------
def altered(whole: Path, before: Rows) -> Iterator[tuple[str, bool]]:
    """For each column that holds a value anywhere: its name, and whether another value in one row is found."""
    copy = whole.with_name("altered.db")
    for table in Base.metadata.sorted_tables:
        for place, column in enumerate(table.columns):
            rows = [row for row in before[table.name] if row[place] is not None]
            if rows and _alter(whole, copy, table, column):
                yield f"{table.name}.{column.name}", is_found(copy)


def _alter(whole: Path, copy: Path, table: Table, column: Column[Any]) -> bool:
    """Put another value of the same kind into the last row that has one; False where SQLite itself won't have it."""
    shutil.copy(whole, copy)
    name, key = column.name, next(iter(table.primary_key)).name
    with closing(sqlite3.connect(copy)) as connection:
        last = f"SELECT max({key}) FROM {table.name} WHERE {name} IS NOT NULL"
        with suppress(sqlite3.IntegrityError):
            connection.execute(f"UPDATE {table.name} SET {name} = {_other(column)} WHERE {key} = ({last})")
            connection.commit()
            connection.execute("PRAGMA journal_mode=DELETE")
            return True
    return False


def _other(column: Column[Any]) -> str:
    """SQL for a value that differs in little: a number one higher, a text or bytes with another last one."""
    name = column.name
    if isinstance(column.type, LargeBinary):
        last = f"substr({name}, -1)"
        return (
            f"CAST(substr({name}, 1, length({name}) - 1) || (CASE {last} WHEN x'00' THEN x'01' ELSE x'00' END) AS BLOB)"
        )
    if isinstance(column.type, Text):
        return f"CASE {name} WHEN '' THEN 'x' ELSE substr({name}, 1, length({name}) - 1) || '~' END"
    return f"{name} + 1"


def figures(count: int = FLIPS, seed: int = 1) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "store.db"
        make_store(whole, seed)
        before = rows_of(whole)
        assert before is not None
        assert not is_found(whole), "the store was damaged before any bit was flipped"
        columns = dict(altered(whole, before))
        empty = sorted(name for name, rows in before.items() if not rows)
        return {
            "seed": seed,
            "bytes": whole.stat().st_size,
            "rows": {name: len(rows) for name, rows in before.items()},
            **flips(whole, before, count, random.Random(seed)),
            "columns_altered": len(columns),
            "columns_unseen": sorted(name for name, was_found in columns.items() if not was_found),
            "tables_without_rows": empty,
        }


def is_good(row: dict[str, Any]) -> bool:
    is_fooled = row["control"]["integrity_check_found"] < row["harmful"] / 2
    return bool(row["harmful"] and row["found"] == row["harmful"] and not row["columns_unseen"] and is_fooled)


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
