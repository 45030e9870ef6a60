"""Crawls of the replica, killed: what ``-v`` had acknowledged must be there, and each edit must make one version.

Every few trials begin with a new site and no store. Half of the kills come at a random moment, half right behind a random
acknowledged capture.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path
from typing import Final

from sqlalchemy import select

from benchmarks.killing import Ended, Pace, Program, Tally, looked_at, opened
from crawler.pages.urls import canonical
from replica.server import ReplicaServer
from replica.site import ReplicaSite
from storage import queries
from storage.models import CaptureRow, RunRow, table_of
from watch import store as stores

ACKNOWLEDGED: Final = re.compile(r"captured (\d+) (\S+) (\S+)")
ARTICLES: Final = 70
"""More than go into one batch: so some kills fall between two that are acknowledged."""
EDITS: Final = 4
FRESH_EVERY: Final = 8
"""Trials on one site and store."""
_SECONDS: Final = 1.5
"""What a crawl is thought to take before one was seen."""


class Crawls:
    def __init__(self, folder: Path, program: Program, seed: int) -> None:
        self.folder, self.program, self.seed = folder, program, seed
        self.chance = random.Random(f"crawl {seed}")
        self.tally = Tally()
        self.paces = {True: Pace(_SECONDS), False: Pace(_SECONDS)}
        self.trials = 0
        self.server: ReplicaServer | None = None

    def close(self) -> None:
        if self.server is not None:
            self.server.stop()

    def trial(self) -> None:
        is_first = self.trials % FRESH_EVERY == 0
        if is_first:
            self.begin_anew()
        else:
            self.edit()
        self.trials += 1
        killed = self.killed(self.paces[is_first])
        looked_at(self.tally, self.store, self.about)
        self.check_acknowledged(killed)
        done = self.program.run(self.command)
        if done.code != 0:
            self.tally.unfinished.append(f"{self.about}: exit {done.code}: {done.err[-1:]}")
        self.paces[is_first].note(done)
        self.check_acknowledged(done)
        self.check_versions()

    @property
    def about(self) -> str:
        return f"crawl, seed {self.seed}, trial {self.trials}"

    @property
    def store(self) -> Path:
        return self.folder / f"{self.trials - (self.trials - 1) % FRESH_EVERY}.db"

    @property
    def command(self) -> list[str]:
        assert self.server
        crawl = ["crawl", "csto-en", "--base-url", self.server.base_url, "--mode", "full", "--delay", "0", "-v"]
        return ["--db", f"sqlite:///{self.store}", *crawl]

    def begin_anew(self) -> None:
        self.close()
        self.edits: Counter[str] = Counter()
        self.site = ReplicaSite(ARTICLES, self.chance.choice(("divs", "bitrix")), self.seed + self.trials)
        self.server = ReplicaServer(self.site).start()

    def edit(self) -> None:
        for address in self.chance.sample(self.site.addresses, EDITS):
            self.site.retitle(address, f"Title of trial {self.trials} for {self.chance.randrange(10**6)}")
            self.edits[canonical(self.site.url(address))] += 1

    def killed(self, pace: Pace) -> Ended:
        if self.chance.random() < 0.5:
            killed = self.program.kill_after(pace.moment(self.chance), self.command)
            pace.note(killed)
        else:
            killed = self.program.kill_behind(self.chance.randrange(1, ARTICLES - 5), self.command)
        self.tally.count(killed, is_amid=self.store.exists() and self.is_run_open())
        return killed

    def is_run_open(self) -> bool:
        """Whether the newest run of the store has begun and never ended."""
        run = table_of(RunRow).c
        with opened(self.store) as connection:
            newest = connection.execute(select(run.finished_at).order_by(run.id.desc()).limit(1)).first()
        return newest is not None and newest.finished_at is None

    def check_acknowledged(self, ended: Ended) -> None:
        said = _acknowledged(ended)
        self.tally.acknowledged += len(said)
        there = _stored(self.store) if said else {}
        self.tally.lost += [f"{self.about}: {outcome} {url}" for id_, outcome, url in said if there.get(id_) != outcome]

    def check_versions(self) -> None:
        if looked_at(self.tally, self.store, f"{self.about}, then whole") is None:
            return
        with stores.reading(f"sqlite:///{self.store}") as engine:
            for page in queries.pages(engine):
                wanted, found = 1 + self.edits[canonical(page.url)], len(queries.history(engine, page.url))
                if found != wanted:
                    self.tally.doubled.append(f"{self.about}: {page.url} has {found} versions instead of {wanted}")


def _acknowledged(ended: Ended) -> list[tuple[int, str, str]]:
    """Id, outcome and address of each line."""
    found = (ACKNOWLEDGED.fullmatch(line) for line in ended.err)
    return [(int(match[1]), match[2], match[3]) for match in found if match]


def _stored(store: Path) -> dict[int, str]:
    """Outcomes by id."""
    columns = table_of(CaptureRow).c
    with opened(store) as connection:
        return {id_: str(outcome) for id_, outcome in connection.execute(select(columns.id, columns.outcome))}
