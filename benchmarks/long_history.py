"""A long history: what each command costs over 10,000 and over 1,000,000 versions.

Each query runs in a process of its own: its first calls with nothing of the file in the kernel's cache, then many on pages drawn
at random. p50, p99 and the peak of memory stand beside those over the small store. Quick is what costs at most three times as
much over a hundred times the history; what lists all pages can't, and must keep its memory. The control is ``changes --since``
with its index dropped, before anything is judged: judging fifty changes takes so long that a scan of a million hides behind it.

``python -m benchmarks.long_history --versions 10000 --versions 1000000`` prints one JSON object. In part, for CI, no clock has a
say: the plans must show no scan of a large table, and SQLite's steps must not grow with the history.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from benchmarks.long_queries import LINEAR, QUERIES, Asked, Query, events_since
from benchmarks.long_store import make_store
from benchmarks.query_plans import watched
from storage.engine import open_store, writing

SIZES: Final = (10_000, 1_000_000)
PART_SIZES: Final = (10_000, 40_000)
GROWTH_LIMIT: Final = 3.0
MEMORY_LIMIT: Final = 1.25
TIMELINE_LIMIT_MS, START_LIMIT_MS = 50.0, 2000.0
FLOOR_MS: Final = 1.0
"""What takes less is quick, whatever it took before: a growth of that is one of noise."""
SECONDS: Final = 20.0
"""A query that takes long is asked less often, but some times."""
COLD: Final = 5
LEAST: Final = 3
FLOOR_STEPS: Final = 10_000
"""Of SQLite's machine, in some tenths of a millisecond."""
_ROOT: Final = Path(__file__).parent.parent


def figures(part: bool, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        return steps_over(Path(folder), PART_SIZES, seed) if part else times_over(Path(folder), SIZES, seed)


def is_good(found: dict[str, Any]) -> bool:
    return not found["fails"] and bool(found["control"]["fails"])


# --- with a clock -----------------------------------------------------------------------------------------------------
def times_over(folder: Path, sizes: Sequence[int], seed: int) -> dict[str, Any]:
    found: dict[str, Any] = {"limits": {"growth": GROWTH_LIMIT, "memory": MEMORY_LIMIT}, "stores": {}, "queries": {}}
    files = {size: _made(folder, size, seed, found["stores"]) for size in sizes}
    for name in QUERIES:
        found["queries"][name] = {size: _asked(name, file, size, seed) for size, file in files.items()}
    for file in files.values():
        drop_index(file)
    control = {size: _asked("events", file, size, seed) for size, file in files.items()}
    found["control"] = {
        "what": "events with its index dropped",
        "times": control,
        "fails": fails_of("events", control),
    }
    found["fails"] = [said for name, times in found["queries"].items() for said in fails_of(name, times)]
    return found


def _made(folder: Path, size: int, seed: int, stores: dict[Any, Any]) -> Path:
    file, started = folder / f"{size}.db", time.monotonic()
    if not file.exists():
        make_store(f"sqlite:///{file}", size, seed).dispose()
    stores[size] = {"bytes": file.stat().st_size, "made_in_seconds": round(time.monotonic() - started)}
    return file


def drop_index(file: Path) -> None:
    engine = open_store(f"sqlite:///{file}", write=True)
    with writing(engine) as connection:
        connection.execute(text("DROP INDEX ix_event_recorded_at"))
    engine.dispose()


def fails_of(name: str, times: dict[int, dict[str, float]]) -> list[str]:
    """What doesn't hold of one query, over the smallest and the largest store."""
    small, large = times[min(times)], times[max(times)]
    fails = []
    growth = large["p50_ms"] / max(small["p50_ms"], FLOOR_MS)
    if name not in LINEAR and growth > GROWTH_LIMIT:
        fails.append(f"{name}: p50 grows {growth:.1f} times")
    if large["peak_mb"] > MEMORY_LIMIT * small["peak_mb"]:
        fails.append(f"{name}: {small['peak_mb']:.0f} MB, then {large['peak_mb']:.0f}")
    if name == "history" and large["p99_ms"] > TIMELINE_LIMIT_MS:
        fails.append(f"{name}: p99 is {large['p99_ms']:.0f} ms")
    if name == "crawl_plan" and large["cold_ms"] > START_LIMIT_MS:
        fails.append(f"{name}: {large['cold_ms']:.0f} ms at the first call")
    return fails


def _asked(name: str, file: Path, size: int, seed: int) -> dict[str, float]:
    ran = [sys.executable, "-m", "benchmarks.long_history", "--ask", name, "--store", str(file)]
    more = ["--versions", str(size), "--seed", str(seed)]
    done = subprocess.run([*ran, *more], cwd=_ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    print(name, size, found, file=sys.stderr, flush=True)
    return found


def ask(name: str, file: Path, size: int, seed: int) -> dict[str, float]:
    """One query in this process, as often as it takes."""
    query, chance = QUERIES[name], random.Random(seed)
    cold = _times(lambda: _cold(query, file, size, chance), COLD)
    with Asked(file, size, chance) as asked:
        query.work(asked)
        times = _times(lambda: _timed(query, asked), 300)
    return {
        "cold_ms": round(statistics.median(cold), 3),
        "p50_ms": round(statistics.median(times), 3),
        "p99_ms": round(times[min(len(times) - 1, int(0.99 * len(times)))], 3),
        "calls": len(times),
        "peak_mb": round(_peak_mb(), 1),
    }


def _peak_mb() -> float:
    """Of this program: what ``getrusage`` tells begins with the peak of the process that started it, which made the stores."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _times(call: Callable[[], float], most: int) -> list[float]:
    """Sorted milliseconds of up to ``most`` calls, fewer where they take longer than ``SECONDS`` together; at least three."""
    times: list[float] = []
    while len(times) < most and (len(times) < LEAST or sum(times) < 1000 * SECONDS):
        times.append(call())
    return sorted(times)


def _timed(query: Query, asked: Asked) -> float:
    started = time.perf_counter()
    query.work(asked)
    return 1000 * (time.perf_counter() - started)


def _cold(query: Query, file: Path, size: int, chance: random.Random) -> float:
    _forget(file)
    with Asked(file, size, chance) as asked:
        return _timed(query, asked)


def _forget(file: Path) -> None:
    """Ask the kernel to let go of what it has of the file."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


# --- without one ------------------------------------------------------------------------------------------------------
def steps_over(folder: Path, sizes: Sequence[int], seed: int) -> dict[str, Any]:
    found: dict[str, Any] = {"limits": {"growth": GROWTH_LIMIT}, "stores": {}, "queries": {}}
    engines = {}
    for size in sizes:
        engines[size] = make_store(f"sqlite:///{folder / f'{size}.db'}", size, seed)
        found["stores"][size] = {"bytes": (folder / f"{size}.db").stat().st_size}
    for name, query in QUERIES.items():
        found["queries"][name] = {size: counted(query, folder / f"{size}.db", size, seed) for size in sizes}
    found["fails"] = [said for name, counts in found["queries"].items() for said in unfit(name, counts)]
    for size, engine in engines.items():
        engine.dispose()
        drop_index(folder / f"{size}.db")
    control = {size: counted(Query(events_since), folder / f"{size}.db", size, seed) for size in sizes}
    found["control"] = {"what": "events with its index dropped", "counts": control, "fails": unfit("events", control)}
    return found


def counted(query: Query, file: Path, size: int, seed: int) -> dict[str, Any]:
    """Steps, statements and scans of one call; the first one may learn what later ones know."""
    with Asked(file, size, random.Random(seed)) as asked:
        query.work(asked)
        with watched(asked.engine) as seen:
            rows = query.work(asked)
    return {"steps": seen.steps, "statements": seen.statements, "scans": seen.scans(query.over), "rows": rows}


def unfit(name: str, counts: dict[int, dict[str, Any]]) -> list[str]:
    small, large = counts[min(counts)], counts[max(counts)]
    fails = [f"{name}: {line}" for line in large["scans"]]
    if name not in LINEAR:
        growth = large["steps"] / max(small["steps"], FLOOR_STEPS)
        fails += [f"{name}: its steps grow {growth:.1f} times"] if growth > GROWTH_LIMIT else []
    if QUERIES[name].finds and not large["rows"]:
        fails.append(f"{name}: it found nothing")
    return fails


def main() -> None:
    parser = argparse.ArgumentParser(description="What each command costs over a long history.")
    parser.add_argument("--versions", type=int, action="append", help="the size of a store; may be given again")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", action="store_true", help="count steps, without a clock")
    parser.add_argument("--folder", type=Path, help="keep the stores here; those that are there are taken as they are")
    parser.add_argument("--ask", choices=QUERIES, help=argparse.SUPPRESS)
    parser.add_argument("--store", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes = tuple(options.versions or (PART_SIZES if options.steps else SIZES))
    if options.ask:
        print(json.dumps(ask(options.ask, options.store, sizes[0], options.seed)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        found = (steps_over if options.steps else times_over)(folder, sizes, options.seed)
    print(json.dumps(found, indent=1))
    sys.exit(0 if is_good(found) else 1)


if __name__ == "__main__":
    main()
