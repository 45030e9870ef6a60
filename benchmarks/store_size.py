"""What a version costs in the store, against ``git gc --aggressive`` of the same files.

The replica's pages of 50 kB are recorded five times, edited before each time, through ``Archive.record`` and ``settle`` as
crawls do. Counted are the bytes of bodies, packs and dictionaries a version, as written and after ``compact``; the whole file
stands beside. The control is plain zstd, a body at a time. Every body is read back once.

``python -m benchmarks.store_size --pages 100`` shows a table; ``--json`` prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, func, select

from replica.site import ReplicaSite
from storage import bodies
from storage.archive import Archive
from storage.compacting import compact
from storage.engine import open_store, reading, sqlite_module
from storage.models import BodyRow, DictionaryRow, PackRow, table_of
from storage.records import Article, Block, BlockKind, Capture, Outcome, RunMode, RunOutcome, RunReport
from storage.unpacking import COLUMNS, Unpacker
from storage.verify import verify

AS_WRITTEN_LIMIT, COMPACT_LIMIT, READ_LIMIT = 1.0, 0.45, 5.0
BATCH = 50
START = datetime(2026, 3, 1, tzinfo=UTC)
REPORT = RunReport(RunOutcome.COMPLETE, 0, is_complete=True, walked_lists=True, looked_twice=True, requests=0, bytes=0)


def measure(pages: int, versions: int, kilobytes: int, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        file, work = Path(folder) / "store.db", Path(folder) / "git"
        engine = open_store(f"sqlite:///{file}", write=True)
        plain = fill(engine, ReplicaSite(pages, "bitrix", seed, kilobytes=kilobytes), pages, versions, work)
        written = look(engine, file)
        started = time.process_time()
        packed = compact(engine)
        compacted = look(engine, file) | {
            "cpu_ms_a_body": 1000 * (time.process_time() - started) / max(packed.bodies, 1)
        }
        damage = [str(found) for found in verify(engine)]
        engine.dispose()
        git = packed_by_git(work)
    count = pages * versions
    figures: dict[str, Any] = {
        "pages": pages,
        "versions": versions,
        "bytes_a_page": plain.pop("size") // count,
        "seed": seed,
        "plain_zstd": plain["stored"] / count,
        "git": git / count,
        "as_written": written,
        "compacted": compacted,
        "damage": damage,
    }
    for each in (written, compacted):
        each["a_version"] = each.pop("bytes") / count
        each["file_a_version"] = each.pop("file") / count
        each["against_git"] = each["a_version"] / figures["git"]
    figures["plain_against_git"] = figures["plain_zstd"] / figures["git"]
    return figures


def fill(engine: Engine, site: ReplicaSite, pages: int, versions: int, work: Path) -> dict[str, int]:
    """Record and settle all versions, and write the same bodies as files under git; the sizes of bodies and of plain zstd."""
    now = START
    archive = Archive(engine, clock=lambda: now)
    addresses = site.addresses[:pages]
    git(work.parent, "init", "-q", str(work))
    plain = {"size": 0, "stored": 0}
    for number in range(versions):
        now = START + timedelta(days=number)
        if number:
            edit(site, addresses, number)
        answers = {address: site.respond(address).body for address in addresses}
        record(archive, site, answers, now)
        for place, body in enumerate(answers.values()):
            (work / f"{place}.html").write_bytes(body)
            plain["size"] += len(body)
            plain["stored"] += len(bodies.compress(body)[1])
        git(work, "add", "-A")
        git(work, "commit", "-q", "-m", f"crawl {number}")
    return plain


def edit(site: ReplicaSite, addresses: Sequence[str], number: int) -> None:
    """One edit of each page; the kinds take turns, and where a page can't have one it gets the next."""
    kinds: tuple[Callable[[str], object], ...] = (
        site.replace_word,
        site.change_digit,
        site.remove_paragraph,
        site.insert_paragraph,
        site.retitle,
    )
    for place, address in enumerate(addresses):
        for turn in range(len(kinds)):
            try:
                kinds[(place + number + turn) % len(kinds)](address)
            except ValueError:
                continue
            break


def record(archive: Archive, site: ReplicaSite, answers: dict[str, bytes], now: datetime) -> None:
    run = archive.begin_run("csto-en", RunMode.FULL, reader_version="1", program_version="0")
    captures = [capture(site, address, body, now) for address, body in answers.items()]
    archive.note_listed(run, [(each.url, each.url) for each in captures])
    for start in range(0, len(captures), BATCH):
        archive.record(run, captures[start : start + BATCH])
        archive.settle_batch(run)
    archive.settle(run, REPORT)


def capture(site: ReplicaSite, address: str, body: bytes, now: datetime) -> Capture:
    truth = site.truth(address)
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in truth.texts)
    return Capture(
        url=truth.url,
        outcome=Outcome.OK,
        captured_at=now,
        http_status=200,
        media_type="text/html",
        encoding="utf-8",
        body=body,
        # What a page adds beside its article (a signature, a form) a reader leaves out; an edit of it is none.
        article=Article(truth.title, truth.published, truth.language, blocks),
        reader_version="1",
    )


def look(engine: Engine, file: Path) -> dict[str, Any]:
    """Bytes of bodies, packs and dictionaries, and of the whole file without its free pages; how long reading a body takes."""
    tables = [table_of(row) for row in (BodyRow, PackRow, DictionaryRow)]
    with reading(engine) as connection:
        stored = sum(connection.scalar(select(func.sum(func.length(table.c.data)))) or 0 for table in tables)
        kept = connection.scalar(select(func.count()).select_from(tables[0]))
    size = file_size(file)
    times = sorted(read_all(engine))
    return {
        "bodies": kept,
        "bytes": stored,
        "file": size,
        "read_p50_ms": statistics.median(times),
        "read_p99_ms": times[int(0.99 * (len(times) - 1))],
    }


def file_size(file: Path) -> int:
    """Of a store's file without its free pages, in bytes."""
    tight = file.with_name("tight.db")
    connection = sqlite_module().connect(file)
    connection.execute("VACUUM INTO ?", (str(tight),))
    connection.close()
    size = tight.stat().st_size
    tight.unlink()
    return size


def read_all(engine: Engine) -> Iterator[float]:
    """Milliseconds of CPU for each body by itself, with nothing remembered of others but the site's dictionary."""
    body = table_of(BodyRow)
    with reading(engine) as connection:
        digests = connection.scalars(select(body.c.sha256)).all()
        for sha256 in digests:
            started = time.process_time()
            Unpacker(connection)(connection.execute(select(*COLUMNS).where(body.c.sha256 == sha256)).one())
            yield 1000 * (time.process_time() - started)


def packed_by_git(work: Path) -> int:
    git(work, "gc", "--aggressive", "--prune=now", "-q")
    return sum(pack.stat().st_size for pack in (work / ".git" / "objects" / "pack").glob("*.pack"))


def git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "gc.auto=0")
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)


def is_good(figures: dict[str, Any]) -> bool:
    """Also that the control fails: plain zstd takes more than git."""
    written, compacted = figures["as_written"], figures["compacted"]
    return bool(
        written["against_git"] <= AS_WRITTEN_LIMIT
        and compacted["against_git"] <= COMPACT_LIMIT
        and max(written.get("read_p99_ms", 0), compacted.get("read_p99_ms", 0)) <= READ_LIMIT
        and figures["plain_against_git"] > AS_WRITTEN_LIMIT
        and not figures["damage"]
    )


def show(figures: dict[str, Any]) -> None:
    table = Table("", "bytes a version", "against git", "at most", "whole file", "read p50, ms", "p99, ms")
    table.add_row("git gc --aggressive", f"{figures['git']:.0f}", "1.00")
    table.add_row("plain zstd (control)", f"{figures['plain_zstd']:.0f}", f"{figures['plain_against_git']:.2f}")
    for name, limit in (("as_written", AS_WRITTEN_LIMIT), ("compacted", COMPACT_LIMIT)):
        row = figures[name]
        numbers = (f"{row['a_version']:.0f}", f"{row['against_git']:.2f}", f"{limit}", f"{row['file_a_version']:.0f}")
        table.add_row(name.replace("_", " "), *numbers, f"{row['read_p50_ms']:.2f}", f"{row['read_p99_ms']:.2f}")
    Console(stderr=True, width=120).print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description="Bytes a version in the store, against git.")
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--versions", type=int, default=5)
    parser.add_argument("--kilobytes", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    figures = measure(options.pages, options.versions, options.kilobytes, options.seed)
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        show(figures)
    sys.exit(0 if is_good(figures) else 1)


if __name__ == "__main__":
    main()
