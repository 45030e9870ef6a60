"""``make figures``: every figure that the README and the docs give, measured anew, as dated JSON under ``docs/figures``.

``--part`` runs the same code with at least a twentieth of each count, for CI: it writes nothing and leaves clocks out.
"""

from __future__ import annotations

import argparse
import json
import platform
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks import captures, control, exactness, fuzz_reading, kills, noise, planted, redesign

ROOT = Path(__file__).parent.parent
console = Console(stderr=True)


def machine() -> dict[str, Any]:
    names = ("scrapy", "sqlalchemy", "lxml", "beautifulsoup4", "csto-watch")
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "sqlite": sqlite3.sqlite_version,
        **{name: version(name) for name in names},
        "revision": subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
        ).stdout.strip(),
    }


def measured(name: str, measure: Callable[[], Any], is_good: Callable[[Any], bool]) -> dict[str, Any]:
    console.print(f"[bold]{name}[/] ...")
    started = time.monotonic()
    figures = measure()
    good = is_good(figures)
    seconds = round(time.monotonic() - started, 1)
    console.print(f"  {'[green]holds[/]' if good else '[red]DOES NOT HOLD[/]'} ({seconds} s)")
    if not good:
        console.print_json(json.dumps(figures, ensure_ascii=False))
    return {"holds": good, "seconds": seconds, "figures": figures}


def captures_at_hand() -> bool:
    return (captures.folder() / "shapes.json").is_file()


def run(part: bool, seed: int, without: set[str]) -> dict[str, Any]:
    share: dict[str, Any] = {}
    if captures_at_hand():
        share["captures"] = measured("captures", captures.figures, captures.is_good)
    else:
        console.print(f"captures: left out, {captures.folder()} isn't there")
    articles, crawls = (20, 3) if part else (60, 10)
    share["planted"] = measured(
        "planted changes",
        lambda: planted.figures(articles, crawls, seed),
        lambda rows: all(map(planted.is_good, rows)),
    )
    share["raw_hash_control"] = measured("control: a raw hash", lambda: control.raw_hash(seed), control.is_fooled)
    share |= reader_figures(part, seed)
    share["kills"] = measured("kill -9", lambda: kills.figures(12 if part else 200, seed), kills.is_good)
    if not part:
        if "bench" not in without:
            share["bench"] = measured("crawl against bare Scrapy", bench, bench_holds)
        if "mutants" not in without:
            share["mutants"] = measured("mutants", mutants, lambda rows: all(r["score"] >= 0.8 for r in rows.values()))
    return share


def reader_figures(part: bool, seed: int) -> dict[str, Any]:
    """What the reader is worth on made-up sites whose every word is known."""
    cpu_seconds = fuzz_reading.CPU_SECONDS / (20 if part else 1)
    return {
        "exactness": measured("exact pages", lambda: exactness.figures(part, seed), exactness.is_good),
        "noise": measured("edits under noise", lambda: noise.figures(part, seed), noise.is_good),
        "redesign": measured("redesigns", lambda: redesign.figures(part, seed), redesign.is_good),
        "fuzz": measured("broken pages", lambda: fuzz_reading.figures(cpu_seconds, seed), fuzz_reading.is_good),
    }


def bench() -> dict[str, Any]:
    return _said("benchmarks.crawl")


def bench_holds(row: dict[str, Any]) -> bool:
    return bool(row["ratio_first"] <= 2.6 and row["ratio_later"] <= 2.4 and row["memory"]["ratio"] <= 1.2)


def mutants() -> dict[str, Any]:
    return _said("benchmarks.mutants")


def _said(module: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-m", module], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    found: dict[str, Any] = json.loads(done.stdout[done.stdout.index("{") :])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure every figure anew.")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--whole", action="store_true")
    which.add_argument("--part", action="store_true", help="a twentieth, for CI; writes nothing")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", action="append", default=[], choices=("bench", "mutants"))
    options = parser.parse_args()
    console.print(f"seed {options.seed}")
    share = run(options.part, options.seed, set(options.without))
    now = datetime.now(UTC)
    report = {"measured_at": now.isoformat(timespec="seconds"), "seed": options.seed, "machine": machine(), **share}
    if options.whole:
        path = ROOT / "docs" / "figures" / f"{now:%Y-%m-%d}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        console.print(f"written to {path.relative_to(ROOT)}")
    failed = [name for name, row in share.items() if not row["holds"]]
    print(json.dumps({name: row["holds"] for name, row in share.items()}))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
