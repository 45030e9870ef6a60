"""Exports of a long history: every row of the store, in flat memory, whole or not at all, and back again.

Each export is a process of its own, whose peak of memory it tells itself. What it wrote is read by other programs (csv of
Python, pyarrow, warcio, pywb) and compared with the store. It is killed with an older file in its place; the control writes in
place. pywb replays a sample of the captures, and ``warcio check`` passes the file, but not one with a flipped byte. JSONL of the
whole store is imported again, and WARC of a smaller one, since captures are settled anew.
"""

from __future__ import annotations

import csv
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, select

from benchmarks.long_store import make_store
from benchmarks.replay import replayed
from benchmarks.shares import wilson
from storage.captured import captured_root
from storage.engine import open_store, reading
from storage.fetches import Fetches
from storage.models import ContentRow, PageRow, VersionRow, table_of
from storage.roots import content_root

MEMORY_LIMIT_MB: Final = 150.0
WHOLE, PART = 50_000, 2_500
SMALL_WHOLE, SMALL_PART = 2_500, 300
"""Of the store that is killed and imported again."""
REPLAYED_WHOLE, REPLAYED_PART = 2_000, 150
KILLS_WHOLE, KILLS_PART = 30, 2
"""Of each format."""
OLD: Final = b"what stood there before\n"
ROOT: Final = Path(__file__).parent.parent

_TELLS_MEMORY: Final = """
import re, sys
from pathlib import Path
from watch.cli import main
peak, *arguments = sys.argv[1:]
sys.argv[1:] = arguments
{patch}
try:
    main()
finally:
    Path(peak).write_text(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])
"""
_IN_PLACE: Final = """
from contextlib import contextmanager
from reports import whole
from reports.exports import manifests
import os
@contextmanager
def in_place(path):
    out = whole.Counted(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC))
    yield out
    out.close()
manifests.whole_file = in_place
"""

Row = tuple[str, int, str]
"""Address, number of the version, content_sha256."""


def _jsonl(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield row["url"], row["version"], row["content_sha256"]


def _csv(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            yield row["url"], int(row["version"]), row["content_sha256"]


def _parquet(path: Path) -> Iterator[Row]:
    import pyarrow.parquet as pq

    for batch in pq.ParquetFile(path).iter_batches(columns=["url", "version", "content_sha256"]):
        yield from (tuple(row.values()) for row in batch.to_pylist())  # type: ignore[misc]


VERSIONS: Final[dict[str, Callable[[Path], Iterator[Row]]]] = {"jsonl": _jsonl, "csv": _csv, "parquet": _parquet}
FORMATS: Final = (*VERSIONS, "warc")


def figures(part: bool, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        long, small = folder / "long.db", folder / "small.db"
        make_store(f"sqlite:///{long}", PART if part else WHOLE, seed).dispose()
        make_store(f"sqlite:///{small}", SMALL_PART if part else SMALL_WHOLE, seed).dispose()
        found: dict[str, Any] = {"versions": PART if part else WHOLE, "small": SMALL_PART if part else SMALL_WHOLE}
        found["formats"] = {form: written(long, folder, form) for form in FORMATS}
        warc = target(folder, "warc")
        found["warcio"] = checked(warc, folder, seed)
        found["replay"] = replay(long, warc, folder, REPLAYED_PART if part else REPLAYED_WHOLE, seed)
        found["again"] = {"jsonl": jsonl_again(long, folder), "warc": warc_again(small, folder)}
        kills = KILLS_PART if part else KILLS_WHOLE
        found["kills"] = {form: killed(small, folder, form, kills, seed) for form in FORMATS}
        found["control_in_place"] = killed(small, folder, "jsonl", kills, seed, patch=_IN_PLACE)
        return found


def is_good(found: dict[str, Any]) -> bool:
    forms, kills, again = found["formats"].values(), found["kills"].values(), found["again"].values()
    holds = (
        all(row["rows"] == row["equal"] == row["expected"] and row["peak_mb"] < MEMORY_LIMIT_MB for row in forms),
        all(not row["half"] and row["amid"] for row in kills),
        found["replay"]["equal"] == found["replay"]["fetched"] > 0,
        all(row["is_equal"] and not row["control_is_equal"] for row in again),
        found["warcio"] == {"clean": 0, "control_flipped": 1},
    )
    return all(holds) and bool(found["control_in_place"]["half"])


# --- written --------------------------------------------------------------------------------------------------------
def target(folder: Path, form: str) -> Path:
    return folder / f"out.{'warc.gz' if form == 'warc' else form}"


def written(store: Path, folder: Path, form: str) -> dict[str, Any]:
    path, started = target(folder, form), time.monotonic()
    peak = folder / "peak"
    subprocess.run(order(store, path, form, peak), cwd=ROOT, check=True, capture_output=True)
    rows, equal, expected = compared(store, path, form)
    return {
        "rows": rows,
        "equal": equal,
        "expected": expected,
        "peak_mb": round(int(peak.read_text()) / 1024, 1),
        "bytes": path.stat().st_size,
        "seconds": round(time.monotonic() - started, 1),
    }


def order(store: Path, path: Path, form: str, peak: Path, patch: str = "") -> list[str]:
    scope = "captures" if form == "warc" else "history"
    arguments = ["export", "--format", form, "--scope", scope, "--out", str(path)]
    return [
        sys.executable,
        "-c",
        _TELLS_MEMORY.format(patch=patch),
        str(peak),
        "--db",
        f"sqlite:///{store}",
        *arguments,
    ]


def compared(store: Path, path: Path, form: str) -> tuple[int, int, int]:
    """Rows in the file, those that are the store's, and how many the store has."""
    with opened(store) as connection:
        wanted = Counter(_captures(connection) if form == "warc" else _versions(connection))
    rows = Counter(_records(path) if form == "warc" else VERSIONS[form](path))
    return rows.total(), (rows & wanted).total(), wanted.total()


def _versions(connection: Connection) -> Iterator[Row]:
    page, version, content = (table_of(row) for row in (PageRow, VersionRow, ContentRow))
    joined = version.join(page, page.c.id == version.c.page_id).join(content, content.c.id == version.c.content_id)
    for row in connection.execute(
        select(page.c.shown_url, version.c.number, content.c.content_sha256).select_from(joined)
    ):
        yield row[0], row[1], row[2].hex()


def _captures(connection: Connection) -> Iterator[tuple[str, str, str]]:
    for page in Fetches(connection).by_page():
        for fetch in page.fetches:
            at = fetch.captured_at.isoformat().replace("+00:00", "Z")
            yield fetch.url, at, fetch.body_sha256.hex() if fetch.body_sha256 else ""


def _records(path: Path) -> Iterator[tuple[str, str, str]]:
    import base64

    from warcio.archiveiterator import ArchiveIterator

    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            if record.rec_type in {"response", "revisit"}:
                head = record.rec_headers.get_header
                digest = base64.b32decode(head("WARC-Payload-Digest").removeprefix("sha256:")).hex()
                yield head("WARC-Target-URI"), head("WARC-Date"), digest


@contextmanager
def opened(file: Path) -> Iterator[Connection]:
    engine = open_store(f"sqlite:///{file}", write=False)
    try:
        with reading(engine) as connection:
            yield connection
    finally:
        engine.dispose()


# --- read by others ---------------------------------------------------------------------------------------------------
def checked(warc: Path, folder: Path, seed: int) -> dict[str, int]:
    """The exit codes of ``warcio check``: of the file, and of one with a byte flipped inside a page's bytes."""
    plain = folder / "flipped.warc"
    with plain.open("wb") as out:
        subprocess.run(["gzip", "-dc", str(warc)], stdout=out, check=True)
    data = bytearray(plain.read_bytes())
    places = [place for place in _all(data, b"<p>") if b"HTTP/1.1 200" in data[place - 2000 : place]]
    data[random.Random(seed).choice(places) + 4] ^= 1
    plain.write_bytes(data)
    codes = {"clean": _check(warc), "control_flipped": _check(plain)}
    plain.unlink()
    return codes


def _all(data: bytearray, wanted: bytes) -> Iterator[int]:
    place, found = -1, 0
    while found < 1000 and (place := data.find(wanted, place + 1)) >= 0:
        found += 1
        yield place


def _check(warc: Path) -> int:
    tool = Path(sys.executable).with_name("warcio")
    return subprocess.run([str(tool), "check", str(warc)], capture_output=True, check=False).returncode


def replay(store: Path, warc: Path, folder: Path, count: int, seed: int) -> dict[str, int]:
    """Captures drawn at random, a fifth at least of those that are revisits in the file."""
    place = folder / "pywb"
    place.mkdir()
    with opened(store) as connection:
        fetches = Fetches(connection)
        kept = [fetch for page in fetches.by_page() for fetch in page.fetches if fetch.body_sha256 is not None]
        drawn = random.Random(seed).sample(kept, min(count, len(kept)))
        equal, again = 0, 0
        with replayed(warc, place) as server:
            for fetch in drawn:
                got = server.bytes_of(fetch.url, f"{fetch.captured_at:%Y%m%d%H%M%S}")
                equal += got == fetches.body(fetch.body_sha256 or b"")
                again += not fetch.is_answer
    shutil.rmtree(place)
    return {"fetched": len(drawn), "equal": equal, "revisits": again}


# --- and back -------------------------------------------------------------------------------------------------------
def jsonl_again(store: Path, folder: Path) -> dict[str, Any]:
    """The control is cut behind the middle: it must be refused."""
    path, again = folder / "store.jsonl", folder / "again.db"
    _run(store, "export", "--format", "jsonl", "--scope", "store", "--out", str(path))
    _run(again, "import", str(path))
    is_equal = _root(store, content_root) == _root(again, content_root)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[: len(lines) // 2]))
    cut = _run(folder / "cut.db", "import", str(path), check=False)
    return {"is_equal": is_equal, "control_is_equal": cut == 0}


def warc_again(store: Path, folder: Path) -> dict[str, Any]:
    """The control is imported from an export as of a moment in the middle."""
    path, again = folder / "again.warc.gz", folder / "warc.db"
    _run(store, "export", "--format", "warc", "--out", str(path))
    _run(again, "import", str(path))
    second = folder / "second.warc.gz"
    _run(again, "export", "--format", "warc", "--out", str(second))
    is_equal = _root(store, captured_root) == _root(again, captured_root)
    has_same_bytes = path.read_bytes() == second.read_bytes()
    _run(store, "export", "--format", "warc", "--out", str(path), "--as-of", "2015-01-03")
    _run(folder / "half.db", "import", str(path))
    control = _root(store, captured_root) == _root(folder / "half.db", captured_root)
    return {"is_equal": is_equal and has_same_bytes, "control_is_equal": control}


def _run(store: Path, *arguments: str, check: bool = True) -> int:
    order = [sys.executable, "-m", "watch", "--db", f"sqlite:///{store}", *arguments]
    return subprocess.run(order, cwd=ROOT, capture_output=True, check=check).returncode


def _root(store: Path, of: Callable[[Connection], bytes]) -> str:
    with opened(store) as connection:
        return of(connection).hex()


# --- killed ---------------------------------------------------------------------------------------------------------
def killed(store: Path, folder: Path, form: str, kills: int, seed: int, patch: str = "") -> dict[str, Any]:
    """``amid``: met while something was being written. ``half``: neither the old file nor the whole one stood there then."""
    place, chance = folder / "kills", random.Random(f"{seed} {form}")
    place.mkdir()
    path, peak = target(place, form), folder / "peak"
    subprocess.run(order(store, path, form, peak, patch), cwd=ROOT, check=True, capture_output=True)
    whole = path.read_bytes()
    amid = half = 0
    for _ in range(kills):
        shutil.rmtree(place)
        place.mkdir()
        path.write_bytes(OLD)
        _kill(order(store, path, form, peak, patch), path, chance.uniform(0, 0.9) * len(whole))
        amid += any(other.suffix == ".part" for other in place.iterdir())
        half += path.read_bytes() not in {OLD, whole}
    shutil.rmtree(place)
    bound = wilson(kills, kills) if not half else wilson(kills - half, kills)
    return {"kills": kills, "amid": amid, "half": half, "whole_at_least_95": round(bound[0], 4)}


def _kill(order: list[str], path: Path, after: float) -> None:
    """Once so many bytes are written, wherever they are."""
    process = subprocess.Popen(order, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        sizes = [_size(other) for other in path.parent.iterdir() if other.suffix == ".part" or other == path]
        if any(size > after and size != len(OLD) for size in sizes):
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(0.002)
    process.wait()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
