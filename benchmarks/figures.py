"""``make figures``: every figure that the README and the docs give, measured anew, as dated JSON under ``docs/figures``.

Each figure is written as soon as it is there, with its time, seed and revision; ``--only`` measures some of them. ``--part``
runs the same code with at least a twentieth of each count, for CI: it writes nothing and leaves clocks out.
"""

from __future__ import annotations

import argparse
import json
import platform
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks import (
    ablation,
    bit_flips,
    captures,
    control,
    diff_quality,
    diff_speed,
    exactness,
    exports,
    fuzz_reading,
    git_export,
    hostile,
    io_errors,
    kills,
    long_history,
    noise,
    notices,
    planted,
    power_loss,
    proofs,
    readers,
    reading,
    redesign,
    report,
    safe_output,
    significance,
    store_size,
    visit_size,
)
from benchmarks.revision import revision

ROOT = Path(__file__).parent.parent
console = Console(stderr=True)


def machine() -> dict[str, Any]:
    names = ("scrapy", "sqlalchemy", "lxml", "beautifulsoup4", "csto-watch")
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "sqlite": sqlite3.sqlite_version,
        **{name: version(name) for name in names},
    }


@dataclass(frozen=True, slots=True)
class Figure:
    """``measure`` gets whether a part is enough, and the seed; ``is_good`` what it gave. ``in_part``: CI measures it too."""

    title: str
    measure: Callable[[bool, int], Any]
    is_good: Callable[[Any], bool]
    in_part: bool = True


def figures() -> dict[str, Figure]:
    """All of them, in the order in which they are measured."""
    return {
        "captures": Figure("captures", lambda _part, _seed: captures.figures(), captures.is_good),
        "planted": Figure("planted changes", _planted, lambda rows: all(map(planted.is_good, rows))),
        "raw_hash_control": Figure(
            "control: a raw hash", lambda _part, seed: control.raw_hash(seed), control.is_fooled
        ),
        "exactness": Figure("exact pages", exactness.figures, exactness.is_good),
        "noise": Figure("edits under noise", noise.figures, noise.is_good),
        "redesign": Figure("redesigns", redesign.figures, redesign.is_good),
        "significance": Figure("significance of edits", significance.figures, significance.is_good),
        "hostile": Figure("hostile answers", hostile.figures, hostile.is_good),
        "fuzz": Figure("broken pages", _fuzz, fuzz_reading.is_good),
        "kills": Figure("kill -9", kills.figures, kills.is_good),
        "notices": Figure("notices through kill -9", notices.figures, notices.is_good),
        "readers": Figure("readers beside a writer", readers.figures, readers.is_good),
        "power_loss": Figure(
            "power loss", lambda part, seed: power_loss.figures(100 if part else 2000, seed), power_loss.is_good
        ),
        "io_errors": Figure(
            "EIO and ENOSPC", lambda part, seed: io_errors.figures(seed=seed, step=20 if part else 1), io_errors.is_good
        ),
        "bit_flips": Figure(
            "flipped bits, altered rows",
            lambda part, seed: bit_flips.figures(40 if part else 400, seed, part=part),
            bit_flips.is_good,
        ),
        "store_size": Figure("a version against git", _store_size, store_size.is_good),
        "visit_size": Figure(
            "an unchanged visit",
            lambda part, seed: visit_size.figures(*((70, 100) if part else (1000, 128)), seed),
            visit_size.is_good,
        ),
        "long_history": Figure("a long history", long_history.figures, long_history.is_good),
        "proofs": Figure("moves and proofs", proofs.figures, proofs.is_good),
        "diff_quality": Figure(
            "words that a diff marks",
            lambda part, seed: diff_quality.figures(*((80, 100) if part else (400, 2000)), seed),
            diff_quality.is_good,
        ),
        "diff_speed": Figure(
            "time of a diff", lambda _part, seed: diff_speed.figures(60, seed), diff_speed.is_good, in_part=False
        ),
        "report": Figure("a report of many changes", report.figures, report.is_good),
        "exports": Figure("exports", exports.figures, exports.is_good),
        "history_folders": Figure("the history for git and as a site", git_export.figures, git_export.is_good),
        "safe_output": Figure("hostile texts in every output", safe_output.figures, safe_output.is_good),
        "bench": Figure("crawl against bare Scrapy", lambda _part, _seed: bench(), bench_holds, in_part=False),
        "speed": Figure("reading against a bare parse", lambda _part, _seed: speed(), speed_holds, in_part=False),
        "rules": Figure("rules switched off", ablation.figures, ablation.is_good, in_part=False),
        "mutants": Figure(
            "mutants",
            lambda _part, _seed: mutants(),
            lambda rows: all(r["score"] >= 0.8 for r in rows.values()),
            in_part=False,
        ),
    }


def _planted(part: bool, seed: int) -> Any:
    return planted.figures(*((20, 3) if part else (60, 10)), seed)


def _store_size(part: bool, seed: int) -> Any:
    found = store_size.measure(120 if part else 2000, 5, 50, seed)
    if part:
        for row in (found["as_written"], found["compacted"]):
            for name in ("read_p50_ms", "read_p99_ms"):
                del row[name]
    return found


def _fuzz(part: bool, seed: int) -> Any:
    return fuzz_reading.figures(fuzz_reading.CPU_SECONDS / (20 if part else 1), seed)


def measured(figure: Figure, part: bool, seed: int) -> dict[str, Any]:
    console.print(f"[bold]{figure.title}[/] ...")
    started, begun = time.monotonic(), datetime.now(UTC)
    found = figure.measure(part, seed)
    good = figure.is_good(found)
    seconds = round(time.monotonic() - started, 1)
    console.print(f"  {'[green]holds[/]' if good else '[red]DOES NOT HOLD[/]'} ({seconds} s)")
    if not good:
        console.print_json(json.dumps(found, ensure_ascii=False))
    about = {"measured_at": begun.isoformat(timespec="seconds"), "revision": revision(), "seed": seed}
    return {"holds": good, "seconds": seconds, **about, "figures": found}


def captures_at_hand() -> bool:
    return (captures.folder() / "shapes.json").is_file()


def chosen(part: bool, only: Sequence[str], without: Sequence[str]) -> dict[str, Figure]:
    wanted = {
        name: figure
        for name, figure in figures().items()
        if (name in only or not only) and name not in without and (figure.in_part or not part)
    }
    if "captures" in wanted and not captures_at_hand():
        console.print(f"captures: left out, {captures.folder()} isn't there")
        del wanted["captures"]
    return wanted


def bench() -> dict[str, Any]:
    return _said("benchmarks.crawl")


def bench_holds(row: dict[str, Any]) -> bool:
    return bool(row["ratio_first"] <= 2.6 and row["ratio_later"] <= 2.2 and row["memory"]["ratio"] <= 1.2)


def speed() -> dict[str, Any]:
    return _said("benchmarks.reading", "--json")


def speed_holds(rows: dict[str, Any]) -> bool:
    together = rows["together"]
    return bool(together["known_ratio"] <= reading.KNOWN_LIMIT and together["unknown_ratio"] <= reading.UNKNOWN_LIMIT)


def mutants() -> dict[str, Any]:
    return _said("benchmarks.mutants")


def _said(*module: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-m", *module], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    found: dict[str, Any] = json.loads(done.stdout[done.stdout.index("{") :])
    return found


def keep(name: str, row: dict[str, Any], now: datetime) -> Path:
    """Into the day's file, beside the figures that were measured before: each has its own time, seed and revision."""
    path = ROOT / "docs" / "figures" / f"{now:%Y-%m-%d}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    order = {other: place for place, other in enumerate(("machine", *figures()))}
    kept = dict(sorted({**kept, "machine": machine(), name: row}.items(), key=lambda item: order.get(item[0], 99)))
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure every figure anew.")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--whole", action="store_true")
    which.add_argument("--part", action="store_true", help="a twentieth, for CI; writes nothing")
    parser.add_argument("--seed", type=int, default=1)
    names = tuple(figures())
    parser.add_argument("--only", action="append", default=[], choices=names, help="may be given again")
    parser.add_argument("--without", action="append", default=[], choices=names, help="may be given again")
    options = parser.parse_args()
    console.print(f"seed {options.seed}")
    now = datetime.now(UTC)
    holds: dict[str, bool] = {}
    for name, figure in chosen(options.part, options.only, options.without).items():
        row = measured(figure, options.part, options.seed)
        holds[name] = row["holds"]
        if options.whole:
            console.print(f"  written to {keep(name, row, now).relative_to(ROOT)}")
    print(json.dumps(holds))
    sys.exit(0 if all(holds.values()) else 1)


if __name__ == "__main__":
    main()
