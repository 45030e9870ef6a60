"""A second crawl of a store that a crawl holds: how soon it is refused, and what it asked of the site meanwhile.

Both are real processes. The second is sent to a replica of its own, whose log must stay empty. Three times are taken: of the
whole process, from its start to its end; from the first line of the program to its end, without what Python itself takes to
start; and the processor time of the whole process, which says what a machine with nothing else to do would take.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

from replica.server import ReplicaServer
from replica.site import ReplicaSite

ROOT: Final = Path(__file__).parent.parent
REFUSED: Final = 75
LIMIT: Final = 1.0
"""Seconds."""
_PATIENCE: Final = 60.0
# What is imported, and when, is the program's own affair: its clock runs from before its first import.
_TIMED: Final = """
import sys, time
started = time.monotonic()
from watch import cli
code = cli.run(sys.argv[1:])
print(f"took {time.monotonic() - started}", file=sys.stderr)
sys.exit(code)
"""


Done = subprocess.CompletedProcess[str]


class Took(NamedTuple):
    """Seconds, by the clock and of the processor."""

    wall: float
    cpu: float


def measure(db_url: str, times: int) -> dict[str, Any]:
    """Refuse a second crawl so many times, in either way of taking the time."""
    with ReplicaServer(ReplicaSite(12)) as held, ReplicaServer(ReplicaSite(12)) as other:
        first = subprocess.Popen(
            [*_program(), *_crawl(db_url, held.base_url, delay=30)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for_a_request(held, first)
            order = _crawl(db_url, other.base_url, delay=0)
            whole = [_refused([*_program(), *order]) for _ in range(times)]
            inside = [_refused([sys.executable, "-c", _TIMED, *order]) for _ in range(times)]
        finally:
            first.kill()
            first.wait()
        requests = len(other.log)
    bare = [_timed([sys.executable, "-c", "pass"]) for _ in range(times)]
    return {
        "times": 2 * times,
        "exit_codes": sorted({done.returncode for _, done in whole + inside}),
        "requests": requests,
        "process_seconds": _spread([took.wall for took, _ in whole]),
        "program_seconds": _spread([float(done.stderr.rpartition("took ")[2]) for _, done in inside]),
        "processor_seconds": _spread([took.cpu for took, _ in whole]),
        "bare_python_seconds": _spread([took.wall for took, _ in bare]),
    }


def is_refused(row: dict[str, Any]) -> bool:
    return bool(row["exit_codes"] == [REFUSED] and row["requests"] == 0)


def is_soon(row: dict[str, Any]) -> bool:
    """Of the program's own time, at the median: how long Python starts is the machine's affair."""
    return bool(row["program_seconds"]["p50"] < LIMIT)


def _program() -> list[str]:
    return [sys.executable, "-m", "watch"]


def _crawl(db_url: str, base_url: str, delay: int) -> list[str]:
    return ["--db", db_url, "crawl", "csto-en", "--base-url", base_url, "--delay", str(delay)]


def _wait_for_a_request(server: ReplicaServer, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while not server.log:
        if time.monotonic() > until or process.poll() is not None:
            raise RuntimeError("the first crawl asked for nothing")
        time.sleep(0.02)


def _refused(command: list[str]) -> tuple[Took, Done]:
    took, done = _timed(command)
    if done.stdout:
        raise RuntimeError(f"a refused crawl printed {done.stdout[:200]}")
    return took, done


def _timed(command: list[str]) -> tuple[Took, Done]:
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Took(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime), done


def _spread(seconds: list[float]) -> dict[str, float]:
    return {"p50": round(median(seconds), 3), "max": round(max(seconds), 3)}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], 5), indent=1))
