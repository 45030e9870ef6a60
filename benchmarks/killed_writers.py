"""Imports, rereads and compactions, killed: each trial on a copy of one store, compared at its end with a copy that was spared.

A killed command has acknowledged what it committed: that must be there when the same command has been called again, once.
"""

from __future__ import annotations

import json
import random
import shutil
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Final

from sqlalchemy import Connection, func, select

from benchmarks import store_size
from benchmarks.killing import Ended, Pace, Program, Tally, looked_at, opened, said_by
from crawler.pages.reading import Answer, read
from crawler.sites import SITES
from replica.site import ReplicaSite
from storage.archive import Archive
from storage.compacting import FEWEST, count_unpacked
from storage.engine import open_store
from storage.models import CaptureRow, PackRow, PageRow, RunRow, table_of
from storage.records import Capture, Outcome, RunMode
from watch import store as stores

START: Final = datetime(2026, 3, 1, 6, tzinfo=UTC)
_capture, _pack, _page, _run = (table_of(row) for row in (CaptureRow, PackRow, PageRow, RunRow))

Stored = dict[int, tuple[Any, ...]]


class Copies(ABC):
    """Trials of one command, each on a copy of ``base``."""

    name: ClassVar[str]

    def __init__(self, folder: Path, program: Program, seed: int) -> None:
        self.folder, self.program, self.seed = folder, program, seed
        self.chance = random.Random(f"{self.name} {seed}")
        self.tally, self.trials = Tally(), 0
        self.base, self.place = folder / "base.db", folder / "copy"
        self.make()
        self.put_back()
        with opened(self.base) as connection:
            self.stood, self.begun = len(stored(connection)), self.progress(connection)
        spared = program.run(self.command)
        if spared.code:
            raise RuntimeError(f"{self.name} ended with {spared.code} unkilled: {spared.err[-3:]}")
        with opened(self.store) as connection:
            self.ended = self.progress(connection)
        self.pace = Pace(spared.seconds)
        self.wanted = said_by(self.store)

    @abstractmethod
    def make(self) -> None:
        """Make ``base``, and what else the command needs."""

    @property
    @abstractmethod
    def arguments(self) -> list[str]: ...

    def progress(self, connection: Connection) -> int:
        """Grows with what the command has written: here by one when its run begins, and by one when it ends."""
        return connection.scalar(select(func.count() + func.count(_run.c.finished_at)).select_from(_run)) or 0

    @property
    def store(self) -> Path:
        return self.place / "store.db"

    @property
    def command(self) -> list[str]:
        return ["--db", f"sqlite:///{self.store}", *self.arguments]

    @property
    def about(self) -> str:
        return f"{self.name}, seed {self.seed}, trial {self.trials}"

    def close(self) -> None:
        shutil.rmtree(self.place, ignore_errors=True)

    def put_back(self) -> None:
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir()
        shutil.copy(self.base, self.store)

    def trial(self) -> None:
        self.trials += 1
        self.put_back()
        killed = self.program.kill_after(self.pace.moment(self.chance), self.command)
        self.pace.note(killed)
        acknowledged = self.check_killed(killed)
        done = self.program.run(self.command)
        if done.code:
            self.tally.unfinished.append(f"{self.about}: exit {done.code}: {done.err[-1:]}")
        found = looked_at(self.tally, self.store, f"{self.about}, called again")
        if found is not None and found.is_whole:
            self.check_done(acknowledged)
        self.tally.left.update(f"{name}, behind the next" for name in self.leftovers())

    def check_killed(self, killed: Ended) -> Stored:
        """The captures that the command had committed."""
        self.tally.left.update(self.leftovers())
        if looked_at(self.tally, self.store, self.about) is None:
            self.tally.count(killed, is_amid=False)
            return {}
        with opened(self.store) as connection:
            self.tally.count(killed, is_amid=self.begun < self.progress(connection) < self.ended)
            acknowledged = stored(connection)
        self.tally.acknowledged += len(acknowledged) - self.stood
        return acknowledged

    def check_done(self, acknowledged: Stored) -> None:
        with opened(self.store) as connection:
            there = stored(connection)
        self.tally.lost += [f"{self.about}: {row}" for id_, row in acknowledged.items() if there.get(id_) != row]
        twice = (row for row, count in Counter(there.values()).items() if count > 1)
        self.tally.doubled += [f"{self.about}: {row}" for row in twice]
        if (said := said_by(self.store)) != self.wanted:
            self.tally.differing.append(f"{self.about}: {said}")

    def leftovers(self) -> list[str]:
        """The ends of names that the store doesn't have of itself. SQLite's log and its index go with the next connection."""
        own = {"", ".lock", "-wal", "-shm"}
        return [end for path in self.place.iterdir() if (end := path.name.removeprefix(self.store.name)) not in own]


def stored(connection: Connection) -> Stored:
    """What each capture is, by id. No two are alike: no page of the bases was seen twice in one instant."""
    columns = (_page.c.url, _capture.c.captured_at, _capture.c.outcome, _capture.c.body_sha256, _capture.c.reread_of)
    rows = connection.execute(select(_capture.c.id, *columns).join(_page, _page.c.id == _capture.c.page_id))
    return {id_: tuple(values) for id_, *values in rows}


def write_manifest(path: Path, site: ReplicaSite, addresses: Sequence[str], days: range) -> None:
    """A capture of each page on each day; before each day but the first a third of the pages is edited."""
    lines = []
    for day in days:
        for address in addresses[day % 3 :: 3] if day else ():
            site.replace_word(address)
        for minute, address in enumerate(addresses):
            at = START + timedelta(days=day, minutes=minute)
            html = site.respond(address).body.decode()
            lines.append({"url": site.truth(address).url, "captured_at": at.isoformat(), "html": html})
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")


class Imports(Copies):
    """Three batches into a store that holds a few pages already."""

    name = "import"
    PAGES, DAYS, BEFORE = 40, 3, 10

    def make(self) -> None:
        site = ReplicaSite(self.PAGES, "divs", self.seed)
        before, self.manifest = self.folder / "before.jsonl", self.folder / "then.jsonl"
        write_manifest(before, site, site.addresses[: self.BEFORE], range(1))
        write_manifest(self.manifest, site, site.addresses, range(1, 1 + self.DAYS))
        self.program.run(["--db", f"sqlite:///{self.base}", "import", "--manifest", str(before)])

    @property
    def arguments(self) -> list[str]:
        return ["import", "--manifest", str(self.manifest)]


class Rereads(Copies):
    """Two batches of pages that an older reader gave other titles."""

    name = "reread"
    PAGES, DAYS = 40, 2
    OLD_READER = "0"

    def make(self) -> None:
        site, engine = ReplicaSite(self.PAGES, "divs", self.seed), open_store(f"sqlite:///{self.base}", write=True)
        now = START
        archive = Archive(engine, clock=lambda: now)
        for day in range(self.DAYS):
            now = START + timedelta(days=day)
            for address in site.addresses[::4] if day else ():
                site.replace_word(address)
            run = archive.begin_run("csto-en", RunMode.FULL, reader_version=self.OLD_READER, program_version="0")
            captures = [self._read(site, address, now) for address in site.addresses]
            archive.note_listed(run, [(each.url, each.url) for each in captures])
            archive.record(run, captures)
            archive.settle(run, store_size.REPORT)
        engine.dispose()

    def _read(self, site: ReplicaSite, address: str, now: datetime) -> Capture:
        capture = store_size.capture(site, address, site.respond(address).body, now)
        answer = Answer(capture.url, 200, capture.body or b"", "text/html; charset=utf-8")
        article = read(answer, site=SITES["csto-en"]).article
        if article is None:
            return replace(capture, outcome=Outcome.EXTRACT_FAILED, article=None)
        return replace(
            capture, article=replace(article, title=f"{article.title} (then)"), reader_version=self.OLD_READER
        )

    @property
    def arguments(self) -> list[str]:
        return ["reread"]


class Compactions(Copies):
    """Five or six packs. What the store says may not change at all."""

    name = "compact"
    PAGES, VERSIONS, KILOBYTES = 36, 5, 44

    def make(self) -> None:
        site = ReplicaSite(self.PAGES, "bitrix", self.seed, kilobytes=self.KILOBYTES)
        addresses, now = site.addresses[: self.PAGES], START
        engine = open_store(f"sqlite:///{self.base}", write=True)
        archive = Archive(engine, clock=lambda: now)
        for day in range(self.VERSIONS):
            now = START + timedelta(days=day)
            if day:
                store_size.edit(site, addresses, day)
            store_size.record(archive, site, {address: site.respond(address).body for address in addresses}, now)
        engine.dispose()
        self.said = said_by(self.base)

    @property
    def arguments(self) -> list[str]:
        return ["compact"]

    def progress(self, connection: Connection) -> int:
        return connection.scalar(select(func.count()).select_from(_pack)) or 0

    def check_done(self, acknowledged: Stored) -> None:
        super().check_done(acknowledged)
        if self.wanted != self.said:
            self.tally.differing.append(f"{self.about}: compact itself changed what the store says")
        with stores.reading(f"sqlite:///{self.store}") as engine:
            left = count_unpacked(engine)
        if left >= FEWEST:
            self.tally.unfinished.append(f"{self.about}: {left} bodies are left")
