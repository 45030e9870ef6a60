"""Commands of the program, run to their end or killed at a moment, and what was found of the kills."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

from sqlalchemy import Connection, update

from benchmarks.shares import wilson
from storage.engine import open_store, reading
from storage.errors import StorageError, StoreMissing
from storage.findings import Findings, examine
from storage.models import EventRow, table_of
from storage.roots import content_root
from watch import store as stores

ROOT: Final = Path(__file__).parent.parent
KILLED: Final = -signal.SIGKILL
_PATIENCE: Final = 120.0
"""Seconds after which a command hangs."""
_GLANCE: Final = 0.0005
_ONCE: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Ended:
    """``seconds`` from the fork to its end. ``code`` is -9 where the kill met it alive."""

    code: int
    seconds: float
    err: tuple[str, ...]

    @property
    def was_killed(self) -> bool:
        return self.code == KILLED


class Program:
    """``benchmarks.forked``, and the commands that are forked from it, one at a time; with a ``control`` without a protection."""

    def __init__(self, folder: Path, control: str | None = None) -> None:
        self._out, self._err = folder / "stdout", folder / "stderr"
        self._control = control

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "benchmarks.forked"]
        self._process = subprocess.Popen(command, cwd=ROOT, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdin
        assert self._process.stdout
        self._orders: IO[bytes] = self._process.stdin
        self._told: IO[bytes] = self._process.stdout
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._orders.close()
        self._process.wait()
        self._told.close()

    def run(self, arguments: Sequence[str]) -> Ended:
        """To its end."""
        return self._ended(arguments, self._has_ended)

    def kill_after(self, seconds: float, arguments: Sequence[str]) -> Ended:
        return self._ended(arguments, lambda: self._has_ended(seconds))

    def kill_behind(self, lines: int, arguments: Sequence[str]) -> Ended:
        """As soon as so many lines of ``-v`` are on stderr: right behind a commit."""
        return self._ended(arguments, lambda: self._has_said(lines))

    def _ended(self, arguments: Sequence[str], wait: Callable[[], bool]) -> Ended:
        order = {"arguments": list(arguments), "out": str(self._out), "err": str(self._err), "control": self._control}
        self._err.unlink(missing_ok=True)
        self._tell(json.dumps(order))
        child, started = int(self._line()), time.monotonic()
        has_ended = wait()
        os.kill(child, signal.SIGKILL)
        seconds = time.monotonic() - started
        if not has_ended:
            self._line()
        self._tell("reap")
        code = int(self._line())
        said = self._err.read_text(encoding="utf-8", errors="replace") if self._err.exists() else ""
        # What is behind the last line end is a line that the kill cut: nobody was told it.
        return Ended(code, seconds, tuple(said.split("\n")[:-1]))

    def _has_ended(self, seconds: float = _PATIENCE) -> bool:
        ready, _, _ = select.select([self._told], [], [], seconds)
        return bool(ready) and self._line() == "ended"

    def _has_said(self, lines: int) -> bool:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            if self._err.exists() and (b"\n" + self._err.read_bytes()).count(b"\ncaptured ") >= lines:
                return False
            if self._has_ended(_GLANCE):
                return True
        return False

    def _tell(self, line: str) -> None:
        self._orders.write(f"{line}\n".encode())

    def _line(self) -> str:
        line = self._told.readline()
        if not line:
            raise RuntimeError("benchmarks.forked went away")
        return line.decode().strip()


@dataclass
class Pace:
    """How long a command takes just now, as far as kills can tell: one that came too late says it, others let it grow."""

    seconds: float

    def moment(self, chance: random.Random) -> float:
        return chance.uniform(0, self.seconds)

    def note(self, ended: Ended) -> None:
        """Also of commands that were spared, where they do the same work."""
        self.seconds = 1.02 * self.seconds if ended.was_killed else 0.98 * ended.seconds


@dataclass
class Tally:
    """What was found of the kills of one command. Lists are faults, a line each."""

    kills: int = 0
    too_late: int = 0
    """The command had ended when its kill came: no kill."""
    amid: int = 0
    """Kills between the first thing that the command wrote and its last, as what it left shows."""
    acknowledged: int = 0
    verified: int = 0
    """Stores that were verified as a whole, right behind a kill and once the same command had run to its end."""
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    """Files under their final names that aren't whole, and schemas between two."""
    differing: list[str] = field(default_factory=list)
    """Stores that say something else than the one of a command that was never killed."""
    unfinished: list[str] = field(default_factory=list)
    """The same command, called again, didn't end well."""
    left: Counter[str] = field(default_factory=Counter)
    """What killed commands left beside their work, by kind; and what of it the next one left there too."""

    @property
    def faults(self) -> int:
        return sum(len(value) for value in self._values().values() if isinstance(value, list))

    def first_faults(self) -> list[str]:
        """The first of each kind."""
        return [f"{name}: {value[0]}" for name, value in self._values().items() if isinstance(value, list) and value]

    def count(self, ended: Ended, *, is_amid: bool) -> None:
        self.kills += ended.was_killed
        self.too_late += not ended.was_killed
        self.amid += ended.was_killed and is_amid

    def add(self, other: Tally) -> None:
        for name, value in other._values().items():
            setattr(self, name, getattr(self, name) + value)

    def row(self) -> dict[str, Any]:
        bound = wilson(min(self.faults, self.kills), self.kills)[1]
        return self._values() | {"left": dict(sorted(self.left.items())), "at_most_95_percent": bound}

    def _values(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}


def looked_at(tally: Tally, file: Path, about: str) -> Findings | None:
    """The program's own verify; None where there is no store yet, or none that can be read."""
    try:
        engine = open_store(f"sqlite:///{file}", write=False)
    except StoreMissing:
        return None
    except StorageError as error:
        tally.damaged.append(f"{about}: {error}")
        return None
    try:
        found = examine(engine)
    finally:
        engine.dispose()
    tally.verified += 1
    tally.damaged += [f"{about}: {each}" for each in found.damage]
    return found


@contextmanager
def opened(file: Path) -> Iterator[Connection]:
    """A transaction that reads."""
    with stores.reading(f"sqlite:///{file}") as engine, reading(engine) as connection:
        yield connection


def said_by(file: Path) -> str:
    """The content root, with one time for all that was recorded: stores that say the same say it whenever they were made."""
    engine = open_store(f"sqlite:///{file}", write=True)
    try:
        with engine.connect() as connection:  # never committed
            connection.execute(update(table_of(EventRow)).values(recorded_at=_ONCE))
            return content_root(connection).hex()
    finally:
        engine.dispose()
