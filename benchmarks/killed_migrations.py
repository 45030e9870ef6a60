"""A store of an older schema, and the next command that writes, killed: the old store or the new one, never one between.

The command is an import of one page: a backup beside the store, then all migrations in one transaction, then its capture.
"""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Final

from benchmarks import store_size
from benchmarks.killed_writers import START, Copies, Stored
from benchmarks.killing import Ended
from replica.site import ReplicaSite
from storage.archive import Archive
from storage.engine import open_engine, open_store
from storage.models import SCHEMA_REVISION
from storage.schema import known_revisions, read_schema
from tests.storage.old_stores import make_old, rows_of

OLDER: Final = sorted(known_revisions() - {SCHEMA_REVISION})

Rows = dict[str, list[dict[str, object]]]


class Migrations(Copies):
    name = "migrate"
    PAGES, DAYS = 60, 3

    def make(self) -> None:
        site, now = ReplicaSite(self.PAGES + 1, "divs", self.seed), START
        one, *addresses = site.addresses
        self.today = open_store(f"sqlite:///{self.folder / 'today.db'}", write=True)
        archive = Archive(self.today, clock=lambda: now)
        for day in range(self.DAYS):
            now = START + timedelta(days=day)
            if day:
                store_size.edit(site, addresses, day)
            store_size.record(archive, site, {address: site.respond(address).body for address in addresses}, now)
        self.manifest = self.folder / "one.jsonl"
        line = {"url": site.truth(one).url, "captured_at": START.isoformat(), "html": site.respond(one).body.decode()}
        self.manifest.write_text(json.dumps(line), encoding="utf-8")
        self.olds: dict[str, Rows] = {}
        self.base = self.folder / "today.db"

    def close(self) -> None:
        super().close()
        self.today.dispose()

    @property
    def arguments(self) -> list[str]:
        return ["import", "--manifest", str(self.manifest)]

    @property
    def backup(self) -> Path:
        return self.place / f"{self.store.name}.before-{SCHEMA_REVISION}"

    def put_back(self) -> None:
        self.revision = self.chance.choice(OLDER)
        old = self.folder / f"{self.revision}.db"
        if self.revision not in self.olds:
            engine = open_engine(f"sqlite:///{old}")
            make_old(engine, self.revision, self.today)
            engine.dispose()
            self.olds[self.revision] = _found_in(old)[1]
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir()
        shutil.copy(old, self.store)

    def check_killed(self, killed: Ended) -> Stored:
        revision, rows = _found_in(self.store)
        if revision == SCHEMA_REVISION:
            self.check_backup()
            return super().check_killed(killed)
        part = self.backup.with_name(f"{self.backup.name}.part")
        self.tally.count(killed, is_amid=part.exists() or self.backup.exists())
        self.tally.left.update(self.leftovers())
        self.tally.verified += 1
        self.check_old(self.store, revision, rows)
        if self.backup.exists():
            self.check_backup()
        return {}

    def check_backup(self) -> None:
        if not self.backup.exists():
            self.tally.half.append(f"{self.about}: migrated without a backup")
            return
        self.check_old(self.backup, *_found_in(self.backup))

    def check_old(self, file: Path, revision: str | None, rows: Rows) -> None:
        """It is the store that was there before, row by row."""
        if revision != self.revision or rows != self.olds[self.revision]:
            self.tally.half.append(f"{self.about}: {file.name} of {self.revision} is of {revision} now, or other rows")

    def leftovers(self) -> list[str]:
        return [end for end in super().leftovers() if not self.backup.name.endswith(end)]


def _found_in(file: Path) -> tuple[str | None, Rows]:
    """Revision and rows of a store of whatever schema, by a connection that changes nothing."""
    engine = open_engine(f"sqlite:///{file}", read_only=True)
    try:
        with engine.connect() as connection:
            revision = read_schema(connection).revision
        return revision, rows_of(engine)
    finally:
        engine.dispose()
