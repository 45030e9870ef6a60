"""``kill -9`` at random moments of a crawl: is anything lost that was acknowledged, is anything stored twice?

Each trial edits the replica, starts a crawl, kills it, checks every acknowledged capture, runs the next crawl to its end and
checks the whole store. The control acknowledges before it commits (``benchmarks.reckless``) and must lose.

``python -m benchmarks.kills --trials 200`` prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from crawler.pages.urls import canonical
from replica.server import ReplicaServer
from replica.site import ReplicaSite
from storage import queries
from storage.engine import open_store
from storage.models import CaptureRow
from storage.verify import verify

ACKNOWLEDGED = re.compile(r"captured (\d+) (\S+) (\S+)")
ARTICLES = 260


@dataclass
class Bench:
    """One replica, one store, one chain of trials."""

    folder: Path
    seed: int
    module: str = "watch"
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    kills: int = 0
    between_commits: int = 0
    acknowledged: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.stores = 0
        self.edits: Counter[str] = Counter()
        self.fresh()

    @property
    def db_url(self) -> str:
        return f"sqlite:///{self.folder / f'{self.seed}-{self.stores}.db'}"

    def fresh(self) -> None:
        """Another store and another site: the next kill hits a first crawl."""
        self.stores += 1
        self.is_fresh = True
        self.site = ReplicaSite(ARTICLES, self.random.choice(("divs", "bitrix")), self.seed + self.stores)

    def command(self, base_url: str) -> list[str]:
        crawl = ["crawl", "csto-en", "--base-url", base_url, "--mode", "full", "--delay", "0", "-v"]
        return [sys.executable, "-m", self.module, "--db", self.db_url, *crawl]

    def trial(self, number: int, server: ReplicaServer) -> None:
        self.edit(number)
        if self.is_fresh:
            self.edits.clear()  # nobody has seen what stood there before
        self.is_fresh = False
        lines = self.killed_crawl(server.base_url)
        self.check_acknowledged(lines, number)
        done = subprocess.run(self.command(server.base_url), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            self.incomplete.append(f"trial {number}: exit {done.returncode}: {done.stderr[-300:]}")
        self.check_acknowledged(done.stderr.splitlines(), number)
        self.check_store(number)

    def edit(self, number: int) -> None:
        for address in self.random.sample(self.site.addresses, 5):
            self.site.retitle(address, f"Title of trial {number} for {self.random.randrange(10**6)}")
            self.edits[canonical(self.site.url(address))] += 1

    def killed_crawl(self, base_url: str) -> list[str]:
        """The lines that the crawl could still say. Most kills come behind a random acknowledged capture."""
        process = subprocess.Popen(self.command(base_url), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        assert process.stderr
        lines: list[str] = []
        if self.random.random() < 0.12:
            time.sleep(self.random.uniform(0.3, 3.0))
        else:
            wanted = self.random.randrange(1, ARTICLES - 60)
            for line in process.stderr:
                lines.append(line.rstrip("\n"))
                if sum(map(bool, map(ACKNOWLEDGED.match, lines))) >= wanted:
                    break
            time.sleep(self.random.choice((0, 0, self.random.uniform(0, 0.25))))
        process.send_signal(signal.SIGKILL)
        lines += [line.rstrip("\n") for line in process.stderr]
        process.wait()
        acknowledged = sum(map(bool, map(ACKNOWLEDGED.match, lines)))
        self.kills += process.returncode == -signal.SIGKILL
        self.between_commits += process.returncode == -signal.SIGKILL and 0 < acknowledged < len(self.site.truths)
        return lines

    def check_acknowledged(self, lines: list[str], number: int) -> None:
        said = [match.groups() for line in lines if (match := ACKNOWLEDGED.fullmatch(line))]
        self.acknowledged += len(said)
        if not said:
            return
        engine = open_store(self.db_url, write=False)
        with engine.connect() as connection:
            rows = connection.execute(select(CaptureRow.__table__.c.id, CaptureRow.__table__.c.outcome)).all()
        engine.dispose()
        stored = {row.id: getattr(row.outcome, "value", row.outcome) for row in rows}
        self.lost += [f"trial {number}: {line}" for line in said if stored.get(int(line[0])) != line[1]]

    def check_store(self, number: int) -> None:
        engine = open_store(self.db_url, write=False)
        for page in queries.pages(engine):
            versions = list(queries.history(engine, page.url))
            if len(versions) != 1 + self.edits[canonical(page.url)]:
                self.doubled.append(
                    f"trial {number}: {page.url} has {len(versions)} versions after {self.edits[canonical(page.url)]} edits"
                )
        self.damaged += [f"trial {number}: {damage}" for damage in verify(engine)]
        engine.dispose()


def chain(folder: Path, seed: int, trials: int, fresh_every: int, module: str) -> Bench:
    bench = Bench(folder, seed, module)
    done = 0
    while done < trials:
        with ReplicaServer(bench.site) as server:
            for _ in range(min(fresh_every, trials - done)):
                bench.trial(done, server)
                done += 1
        bench.fresh()
    return bench


def figures(trials: int, seed: int = 1, *, workers: int = 2, fresh_every: int = 10) -> dict[str, Any]:
    """200 trials in two chains: each on a core of its own."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        share = [trials // workers + (n < trials % workers) for n in range(workers)]
        chains = [
            pool.submit(chain, Path(folder), seed + 1000 * n, count, fresh_every, "watch")
            for n, count in enumerate(share)
        ]
        benches = [one.result() for one in chains]
    return {
        "seed": seed,
        "trials": trials,
        "kills": sum(b.kills for b in benches),
        "between_first_and_last_commit": sum(b.between_commits for b in benches),
        "acknowledged": sum(b.acknowledged for b in benches),
        "lost": [line for b in benches for line in b.lost],
        "double_or_missing_versions": [line for b in benches for line in b.doubled],
        "damaged": [line for b in benches for line in b.damaged],
        "incomplete": [line for b in benches for line in b.incomplete],
        "at_most_95_percent": round(3 / trials, 4),
        "control": control(max(8, trials // 10), seed),
    }


def control(trials: int, seed: int) -> dict[str, Any]:
    """The same with a program that acknowledges before it commits: it must lose."""
    with tempfile.TemporaryDirectory() as folder:
        bench = chain(Path(folder), seed + 77, trials, 5, "benchmarks.reckless")
    return {"trials": trials, "lost": len(bench.lost)}


def is_good(row: dict[str, Any]) -> bool:
    clean = not (row["lost"] or row["double_or_missing_versions"] or row["damaged"] or row["incomplete"])
    return bool(clean and row["between_first_and_last_commit"] >= 0.75 * row["trials"] and row["control"]["lost"])


def main() -> None:
    parser = argparse.ArgumentParser(description="kill -9 at random moments of a crawl.")
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    row = figures(options.trials, options.seed)
    print(json.dumps(row, indent=1))
    sys.exit(0 if is_good(row) else 1)


if __name__ == "__main__":
    main()
