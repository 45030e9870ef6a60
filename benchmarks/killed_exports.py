"""Commands that write files from a store, killed: under its name a file is whole, old or new, or isn't there.

The store must not change by a byte, and the same command, called again, must end with the whole file.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from benchmarks import store_size
from benchmarks.killed_writers import START
from benchmarks.killing import Ended, Pace, Program, Tally, looked_at, said_by
from replica.site import ReplicaSite
from storage.archive import Archive
from storage.engine import open_store

PAGES: Final = 160
EDITED: Final = 30
OLD: Final = b"what stood there before\n"
FORMS: Final = ("jsonl", "csv", "report", "evidence", "backup", "copy-to")
ONLY_NEW: Final = {"evidence", "copy-to"}
"""They write over nothing."""


class Exports:
    def __init__(self, folder: Path, program: Program, seed: int) -> None:
        self.program, self.seed = program, seed
        self.chance = random.Random(f"export {seed}")
        self.tally, self.trials = Tally(), 0
        self.base, self.place = folder / "base.db", folder / "out"
        self.make()
        self.wanted, self.bytes = said_by(self.base), _digest(self.base)
        self.whole: dict[str, bytes] = {}
        self.paces = {form: Pace(self.spared(form)) for form in FORMS}

    def make(self) -> None:
        site, now = ReplicaSite(PAGES, "divs", self.seed), START
        self.page = site.truth(site.addresses[0]).url
        engine = open_store(f"sqlite:///{self.base}", write=True)
        archive = Archive(engine, clock=lambda: now)
        for day, addresses in enumerate((site.addresses[:PAGES], site.addresses[:EDITED])):
            now = START + timedelta(days=day)
            if day:
                store_size.edit(site, addresses, day)
            store_size.record(archive, site, {address: site.respond(address).body for address in addresses}, now)
        engine.dispose()

    def spared(self, form: str) -> float:
        """How long the command takes unkilled, whose file is kept for comparing."""
        self.begin(form)
        done = self.program.run(self.command)
        if done.code:
            raise RuntimeError(f"{form} ended with {done.code} unkilled: {done.err[-3:]}")
        if form in {"jsonl", "csv"}:
            self.whole[form] = self.target.read_bytes()
        return done.seconds

    def close(self) -> None:
        shutil.rmtree(self.place, ignore_errors=True)

    @property
    def about(self) -> str:
        return f"{self.form}, seed {self.seed}, trial {self.trials}"

    @property
    def target(self) -> Path:
        return self.place / f"target.{self.form}"

    @property
    def command(self) -> list[str]:
        target = str(self.target)
        orders = {
            "report": ["report", "--out", target],
            "evidence": ["evidence", self.page, "--out", target],
            "backup": ["backup", target, "--force"],
            "copy-to": ["copy-to", f"sqlite:///{target}"],
        }
        order = orders.get(self.form, ["export", "--format", self.form, "--out", target])
        return ["--db", f"sqlite:///{self.base}", *order]

    def begin(self, form: str) -> None:
        self.form = form
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir()

    def trial(self) -> None:
        self.begin(FORMS[self.trials % len(FORMS)])
        self.trials += 1
        stood = self.form not in ONLY_NEW and self.chance.random() < 0.5
        if stood:
            self.target.write_bytes(OLD)
        pace = self.paces[self.form]
        killed = self.program.kill_after(pace.moment(self.chance), self.command)
        pace.note(killed)
        self.check_killed(killed, stood=stood)
        if not self.target.exists() or self.form not in ONLY_NEW:
            self.call_again()
        self.tally.left.update(f"{name}, behind the next" for name in self.leftovers())

    def check_killed(self, killed: Ended, *, stood: bool) -> None:
        left = self.leftovers()
        self.tally.count(killed, is_amid=bool(left))
        self.tally.left.update(left)
        self.check_store()
        is_old = stood and self.target.is_file() and self.target.read_bytes() == OLD
        if stood and not self.target.exists():
            self.tally.lost.append(f"{self.about}: what stood there is gone")
        if self.target.exists() and not is_old:
            self.check_whole(self.about)
        self.check_manifest()

    def call_again(self) -> None:
        done = self.program.run(self.command)
        if done.code or not self.target.exists():
            self.tally.unfinished.append(f"{self.about}: exit {done.code}: {done.err[-1:]}")
            return
        self.paces[self.form].note(done)
        self.check_store()
        self.check_whole(f"{self.about}, called again")
        self.check_manifest()

    def check_store(self) -> None:
        if _digest(self.base) != self.bytes:
            self.tally.damaged.append(f"{self.about}: the store is another")

    def check_whole(self, about: str) -> None:
        checks: dict[str, Callable[[str], bool]] = {
            "report": lambda _about: self.target.read_text(encoding="utf-8").rstrip().endswith("</html>"),
            "evidence": lambda _about: _proves(self.target),
            "backup": self.is_whole_store,
            "copy-to": self.is_whole_store,
        }
        if not checks.get(self.form, lambda _about: self.target.read_bytes() == self.whole[self.form])(about):
            self.tally.half.append(f"{about}: {self.target.name} isn't whole")

    def is_whole_store(self, about: str) -> bool:
        found = looked_at(self.tally, self.target, about)
        return found is not None and found.is_whole and said_by(self.target) == self.wanted

    def check_manifest(self) -> None:
        """Where there is one, it speaks of the file beside it."""
        manifest = self.place / f"{self.target.name}.manifest.json"
        if manifest.exists() and json.loads(manifest.read_bytes())["sha256"] != _digest(self.target):
            self.tally.half.append(f"{self.about}: the manifest is of another file")

    def leftovers(self) -> list[str]:
        """What is neither the file nor its manifest, by kind: of hidden parts the random letters are left out."""
        own = {self.target.name, f"{self.target.name}.manifest.json", *_sides(self.target)}
        names = (path.name for path in self.place.iterdir() if path.name not in own)
        return [
            ".NAME.RANDOM.part" if name.startswith(".") else name.replace(self.target.name, "NAME") for name in names
        ]


def _sides(file: Path) -> set[str]:
    """SQLite's, once a copy was opened to be looked at."""
    return {f"{file.name}{end}" for end in ("-wal", "-shm", ".lock")}


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def _proves(folder: Path) -> bool:
    """The check that the folder brings along."""
    return subprocess.run(["sh", str(folder / "check.sh")], capture_output=True, check=False).returncode == 0
