"""``make bench``: client CPU of a whole crawl against a bare Scrapy spider, and memory as the site grows.

The replica runs in a process of its own on loopback. Bare Scrapy downloads the same addresses (articles and list pages) with its
default settings and stores nothing; ours finds them, reads, gates, hashes and stores every page in SQLite, durably. Same
concurrency, no delay. Runs alternate, medians are compared, whole processes are counted (interpreter and imports included).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

STANDING = 3
"""Pages of the replica that stand beside its articles."""
FIRST_LIMIT, LATER_LIMIT, MEMORY_LIMIT = 2.6, 2.2, 1.20


@dataclass(frozen=True)
class Run:
    """``cpu`` of the whole process in seconds, ``peak`` resident memory in MiB, ``said`` its JSON line."""

    cpu: float
    peak: float
    said: dict[str, Any]


def run(*command: str) -> Run:
    process = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    said = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, json.loads(said.splitlines()[-1]))


@contextmanager
def served(articles: int, kilobytes: int, seed: int = 1) -> Iterator[str]:
    options = ["--articles", str(articles), "--kilobytes", str(kilobytes), "--markup", "divs", "--seed", str(seed)]
    server = subprocess.Popen(
        [sys.executable, "-m", "replica.server", *options], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    assert server.stdout
    try:
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait()


def ours(base_url: str, store: Path, *more: str) -> Run:
    return run("benchmarks.ours", base_url, f"sqlite:///{store}", *more)


def addresses(store: Path, base_url: str) -> list[str]:
    """What our crawl asked for: its pages, and as many list pages as it walked."""
    from storage import queries
    from storage.engine import open_store

    engine = open_store(f"sqlite:///{store}", write=False)
    return [base_url + "/" + page.url.split("/", 3)[3] for page in queries.pages(engine)]


def compare(articles: int, kilobytes: int, rounds: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, served(articles, kilobytes) as base_url:
        here = Path(folder)
        scout = ours(base_url, here / "scout.db")
        urls = addresses(here / "scout.db", base_url)
        lists = scout.said["requests"] - len(urls) - 4  # robots.txt and three probe pages
        urls += [f"{base_url}/news/news_odkb/?PAGEN_1={1 + n % 50}" for n in range(lists)]
        (here / "urls.txt").write_text("\n".join(urls), encoding="utf-8")
        bare, first, later = [], [], []
        for number in range(rounds):
            store = here / f"{number}.db"
            bare.append(run("benchmarks.bare", str(here / "urls.txt")))
            first.append(ours(base_url, store))
            later.append(ours(base_url, store))
            if number:
                store.unlink()
        parts = {
            "first": ours(base_url, here / "split.db", "--split").said["parts"],
            "later": ours(base_url, here / "split.db", "--split").said["parts"],
        }
    _check(bare, first, later, len(urls), articles)
    middle = {
        name: statistics.median(r.cpu for r in runs)
        for name, runs in zip(("bare", "first", "later"), (bare, first, later), strict=True)
    }
    return {
        "articles": articles,
        "addresses": len(urls),
        "bytes_a_page": bare[0].said["bytes"] // len(urls),
        "rounds": rounds,
        "cpu_median": middle,
        "cpu_all": {"bare": [r.cpu for r in bare], "first": [r.cpu for r in first], "later": [r.cpu for r in later]},
        "ratio_first": middle["first"] / middle["bare"],
        "ratio_later": middle["later"] / middle["bare"],
        "crawl_only_ratio_first": statistics.median(r.said["cpu"] for r in first)
        / statistics.median(r.said["cpu"] for r in bare),
        "crawl_only_ratio_later": statistics.median(r.said["cpu"] for r in later)
        / statistics.median(r.said["cpu"] for r in bare),
        "parts_seconds": parts,
    }


def _check(bare: list[Run], first: list[Run], later: list[Run], addresses: int, articles: int) -> None:
    assert all(r.said["pages"] == addresses for r in bare), "the control didn't get every page"
    everything = articles + STANDING
    for r in [*first, *later]:
        assert r.said["exit_code"] == 0, r.said
        assert r.said["captures"] == {"ok": everything}, r.said["captures"]
    assert all(r.said["events"].get("new") == everything for r in first)
    assert all(not any(r.said["events"].values()) for r in later), "an unchanged site made events"


def memory(small: int, large: int, kilobytes: int) -> dict[str, Any]:
    peaks = {}
    for articles in (small, large):
        with tempfile.TemporaryDirectory() as folder, served(articles, kilobytes) as base_url:
            store = Path(folder) / "m.db"
            peaks[articles] = {"first": ours(base_url, store).peak, "later": ours(base_url, store).peak}
    return {
        "peak_mib": peaks,
        "ratio": max(peaks[large][which] / peaks[small][which] for which in ("first", "later")),
    }


def show(figures: dict[str, Any]) -> None:
    table = Table("", "CPU, median s", "against bare Scrapy", "at most")
    table.add_row("bare Scrapy", f"{figures['cpu_median']['bare']:.2f}", "1.00", "")
    for which, limit in (("first", FIRST_LIMIT), ("later", LATER_LIMIT)):
        ratio = figures[f"ratio_{which}"]
        table.add_row(f"{which} crawl", f"{figures['cpu_median'][which]:.2f}", f"{ratio:.2f}", f"{limit}")
    console = Console(stderr=True)
    console.print(table)
    split = Table("ms a page", *figures["parts_seconds"]["first"])
    for which, parts in figures["parts_seconds"].items():
        split.add_row(which, *(f"{1000 * value / figures['articles']:.2f}" for value in parts.values()))
    console.print(split)


def main() -> None:
    parser = argparse.ArgumentParser(description="Client CPU of a crawl against a bare Scrapy spider.")
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--kilobytes", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", type=int, default=10_000, help="articles of the large site; 0 leaves memory out")
    options = parser.parse_args()
    figures = compare(options.articles, options.kilobytes, options.rounds)
    if options.memory:
        figures["memory"] = memory(options.articles, options.memory, options.kilobytes)
    show(figures)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
