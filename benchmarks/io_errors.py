"""The N-th write or sync fails, for each N: is the exit code right, is nothing lost in silence, does the same command go on?

A shim before the C library makes a real ``csto-watch import`` or ``crawl`` meet EIO (once: a bad sector, a cable) or ENOSPC
(from then on: a full disk) at the N-th write or sync of the store's files. Then the store is opened without it: what stood there
before and what was acknowledged must be there, and the same command, run again, must end well. The control ignores failed
writes (the shim reports success and writes nothing): it must be found out.

``python -m benchmarks.io_errors --positions 300`` prints one JSON object.
"""

from __future__ import annotations

import argparse
import errno
import io
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from benchmarks.killed_crawls import ACKNOWLEDGED
from benchmarks.shares import WORKERS, workers
from benchmarks.shim import NoCompiler, built, environment
from crawler.pages.urls import canonical
from replica.server import ReplicaServer
from replica.site import ReplicaSite
from storage.engine import open_store, reading
from storage.errors import StorageError
from storage.models import CaptureRow, PageRow, VersionRow, table_of
from storage.verify import verify
from watch import cli

POSITIONS: Final = 300
CRAWL_EACH: Final = 9
"""At so many positions a crawl meets the error too: it acknowledges as it goes."""
BEFORE, THEN, CRAWLED = 20, 130, 40
ERRORS: Final = {errno.EIO: 17, errno.ENOSPC: 3}
ABSORBED: Final = 0
"""SQLite goes on without harm where, say, its log couldn't be put away this time."""


@dataclass
class Found:
    trials: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    wrong_codes: list[str] = field(default_factory=list)
    tracebacks: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    """Runs of the same command without the error that didn't end well, or left pages with two versions."""


@dataclass
class Bench:
    folder: Path
    shim: Path
    site: ReplicaSite
    base_url: str
    found: Found = field(default_factory=Found)

    def __post_init__(self) -> None:
        self.disk, self.base = self.folder / "disk", self.folder / "base.db"
        self.disk.mkdir()
        _list(self.folder / "before.jsonl", self.site, self.site.addresses[:BEFORE])
        other = ReplicaSite(THEN + BEFORE, "divs", self.site.seed + 1)
        others = [address for address in other.addresses if address not in self.site.addresses]
        self.then = _list(self.folder / "then.jsonl", other, others[:THEN])
        _quietly(["--db", f"sqlite:///{self.base}", "import", "--manifest", str(self.folder / "before.jsonl")])
        self.kept = _captures(self.base)

    @property
    def store(self) -> Path:
        return self.disk / "store.db"

    def command(self, name: str) -> list[str]:
        orders = {
            "import": ["import", "--manifest", str(self.folder / "then.jsonl")],
            "crawl": ["crawl", "--base-url", self.base_url, "--mode", "full", "--delay", "0", "-v"],
        }
        return ["--db", f"sqlite:///{self.store}?timeout=1", *orders[name]]

    def run(self, name: str, **shim: object) -> tuple[int, str]:
        for left in self.disk.iterdir():
            left.unlink()
        shutil.copy(self.base, self.store)
        return self._called(name, environment(self.shim, folder=self.disk, **shim))

    def _called(self, name: str, env: dict[str, str] | None) -> tuple[int, str]:
        command = [sys.executable, "-m", "watch", *self.command(name)]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    def is_fooled(self, position: int) -> bool:
        """The control: the write or sync at ``position`` and those behind it are only said to be done."""
        code, _ = self.run("import", fail=position, stays=1, lies=1)
        before, self.found = self.found, Found()
        self.check("control", self.then if code == 0 else [])
        is_caught, self.found = bool(self.found.lost or self.found.damaged), before
        return code == 0 and is_caught

    def trial(self, name: str, position: int, error: int) -> None:
        stays = 1 if error == errno.ENOSPC else None
        code, told = self.run(name, fail=position, errno=error, stays=stays)
        about = f"{name}, {errno.errorcode[error]} at {position}"
        self.found.trials += 1
        self.found.codes[f"{errno.errorcode[error]}: {code}"] += 1
        if code not in {ERRORS[error], ABSORBED}:
            self.found.wrong_codes.append(f"{about}: exit {code}: {told[-300:]}")
        if "Traceback" in told:
            self.found.tracebacks.append(f"{about}: {told[-600:]}")
        self.check(about, self._said(told) | (set(self.then) if code == 0 and name == "import" else set()))
        self.again(about, name)

    @staticmethod
    def _said(told: str) -> set[str]:
        lines = (ACKNOWLEDGED.fullmatch(line) for line in told.splitlines())
        return {match[3] for match in lines if match}

    def check(self, about: str, acknowledged: Iterable[str]) -> None:
        """As the error left it: what stood there before is there, and what was acknowledged."""
        try:
            there = _captures(self.store)
        except StorageError as error:
            self.found.damaged.append(f"{about}: {error}")
            return
        lost = {f"{url}" for url in acknowledged if url not in there.values()} | (self.kept.keys() - there.keys())
        self.found.lost += [f"{about}: {what}" for what in sorted(map(str, lost))]

    def again(self, about: str, name: str) -> None:
        # Scrapy's reactor starts once in a process; an import needs no process of its own.
        code, told = _quietly(self.command(name)) if name == "import" else self._called(name, None)
        if code != 0:
            self.found.stuck.append(f"{about}: again exit {code}: {told[-300:]}")
            return
        engine = open_store(f"sqlite:///{self.store}", write=False)
        with reading(engine) as connection:
            page, version = table_of(PageRow).c, table_of(VersionRow).c
            doubled = list(connection.scalars(select(page.url).where(page.id == version.page_id, version.number > 1)))
            urls = set(connection.scalars(select(page.url).where(page.versions == 1)))
        missing = set(self.then) - urls if name == "import" else set()
        self.found.stuck += [f"{about}: {url} has two versions" for url in doubled]
        self.found.lost += [f"{about}: {url} after the second run" for url in missing]
        self.found.damaged += [f"{about}: {damage}" for damage in verify(engine)]
        engine.dispose()

    def writes(self, name: str) -> int:
        """How many writes and syncs the command makes."""
        count = self.folder / "count"
        code, told = self.run(name, count=count)
        assert code == 0, told
        return int(count.read_text())


def _list(path: Path, site: ReplicaSite, addresses: Iterable[str]) -> list[str]:
    """A manifest of captures, one of each page; their addresses."""
    lines = [
        {
            "url": canonical(site.url(address)),
            "captured_at": "2026-01-01",
            "html": site.respond(address).body.decode("utf-8"),
        }
        for address in addresses
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return [line["url"] for line in lines]


def _quietly(arguments: list[str]) -> tuple[int, str]:
    """The same command in this process, without the shim."""
    out, told = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(told):
        code = cli.run(arguments)
    return code, told.getvalue()


def _captures(file: Path) -> dict[int, str]:
    engine = open_store(f"sqlite:///{file}", write=True)
    try:
        with reading(engine) as connection:
            capture, page = table_of(CaptureRow).c, table_of(PageRow).c
            rows = connection.execute(select(capture.id, page.url).where(page.id == capture.page_id))
            return {row.id: row.url for row in rows}
    finally:
        engine.dispose()


@dataclass(frozen=True, slots=True)
class Share:
    """What one process looks at: each ``of``-th of the positions."""

    positions: int
    seed: int
    step: int
    first: int
    of: int

    def numbered(self) -> list[tuple[int, int]]:
        """The positions, each with its place among all."""
        return list(enumerate(range(1, self.positions + 1, self.step)))[self.first :: self.of]


@dataclass
class Measured:
    found: Found
    writes: dict[str, int]
    control: list[bool]


def _measured(share: Share) -> Measured:
    site = ReplicaSite(CRAWLED, "bitrix", share.seed)
    with tempfile.TemporaryDirectory() as place, ReplicaServer(site) as server:
        bench = Bench(Path(place), built(Path(place)), site, server.base_url)
        writes = {name: bench.writes(name) for name in ("import", "crawl")}
        for number, position in share.numbered():
            for error in ERRORS:
                bench.trial("import", position, error)
                if number % CRAWL_EACH == 0:
                    bench.trial("crawl", position, error)
        lies = range(2, share.positions, max(share.positions // 10, share.step))
        control = [bench.is_fooled(position) for position in lies[share.first :: share.of]]
    return Measured(bench.found, writes, control)


def figures(positions: int = POSITIONS, seed: int = 1, *, step: int = 1) -> dict[str, Any]:
    """``step``: look at each so many-th position alone."""
    with tempfile.TemporaryDirectory() as place:
        try:
            built(Path(place))
        except NoCompiler as error:
            return {"skipped": str(error)}
    shares = [Share(positions, seed, step, first, WORKERS) for first in range(WORKERS)]
    with workers() as pool:
        parts = list(pool.map(_measured, shares))
    trials = sum(part.found.trials for part in parts)
    control = [is_caught for part in parts for is_caught in part.control]
    codes = sum((part.found.codes for part in parts), Counter[str]())
    lists = ("wrong_codes", "tracebacks", "lost", "damaged", "stuck")
    return {
        "seed": seed,
        "positions": positions,
        "step": step,
        "writes_and_syncs": {name: min(part.writes[name] for part in parts) for name in parts[0].writes},
        "trials": trials,
        "exit_codes": dict(sorted(codes.items())),
        **{name: [each for part in parts for each in getattr(part.found, name)] for name in lists},
        "at_most_95_percent": round(3 / trials, 5),
        "control": {"trials": len(control), "silent_losses": sum(control)},
    }


def is_good(row: dict[str, Any]) -> bool:
    if "skipped" in row:
        return True
    bad = ("wrong_codes", "tracebacks", "lost", "damaged", "stuck")
    is_met = min(row["writes_and_syncs"].values()) >= row["positions"]
    return bool(is_met and row["control"]["silent_losses"] and not any(row[name] for name in bad))


def main() -> None:
    parser = argparse.ArgumentParser(description="EIO and ENOSPC at each of the first writes and syncs.")
    parser.add_argument("--positions", type=int, default=POSITIONS)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    row = figures(options.positions, options.seed, step=options.step)
    print(json.dumps(row, indent=1))
    sys.exit(0 if is_good(row) else 1)


if __name__ == "__main__":
    main()
