"""``kill -9`` at random moments of whatever writes: is anything lost that was acknowledged, stored twice, or left half?

Each trial kills one command, verifies the store that it left, calls the same command again and compares what came of it:
``killed_crawls``, ``killed_writers`` (import, reread, compact), ``killed_migrations``, ``killed_exports``. A command is a process
that was forked from one that has imported the program (``forked``): a real process, a real SIGKILL. Only kills that met it alive
count. The controls (``reckless``) are the program without one protection each, and must be found out.

``python -m benchmarks.kills`` prints one JSON object; ``--part`` measures a twentieth, ``--only import`` one command.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from benchmarks.killed_crawls import Crawls
from benchmarks.killed_exports import Exports
from benchmarks.killed_migrations import Migrations
from benchmarks.killed_writers import Compactions, Imports, Rereads
from benchmarks.killing import Program, Tally
from benchmarks.shares import wilson, workers

KILLS: Final = {"crawl": 240, "import": 170, "reread": 120, "compact": 120, "migrate": 160, "export": 190}
"""Together 1,000."""
IN_PART: Final = 20
"""The part of it that CI measures: one in so many."""
IN_A_ROW: Final = 40
"""Kills in one process, on one store that was made for them."""
MANY: Final = 20
"""Of so many kills of one command some must fall amid its work; of the few of a part, some of all."""
CONTROL_TRIALS: Final = 60
"""A control that wasn't found out by then isn't one."""


class Trials(Protocol):
    tally: Tally

    def trial(self) -> None: ...
    def close(self) -> None: ...


TRIALS: Final[dict[str, Callable[[Path, Program, int], Trials]]] = {
    "crawl": Crawls,
    "import": Imports,
    "reread": Rereads,
    "compact": Compactions,
    "migrate": Migrations,
    "export": Exports,
}


@dataclass(frozen=True, slots=True)
class Task:
    """So many kills of one command; as a control until it is found out."""

    name: str
    seed: int
    kills: int
    is_control: bool = False


def run(task: Task) -> tuple[Task, Tally]:
    control = task.name if task.is_control else None
    with (
        tempfile.TemporaryDirectory() as folder,
        Program(Path(folder), control) as program,
        closing(TRIALS[task.name](Path(folder), program, task.seed)) as trials,
    ):
        tally = trials.tally
        while tally.kills < task.kills and tally.kills + tally.too_late < 3 * task.kills:
            trials.trial()
            if task.is_control and tally.faults:
                break
    return task, tally


def tasks(names: Sequence[str], seed: int, share: int) -> Iterator[Task]:
    """Each with a seed of its own, the commands in turn. The controls are short and come last: so both workers end together."""
    seeds = {name: 10_000 * seed + 1_000 * place for place, name in enumerate(KILLS)}
    wanted = {name: -(-KILLS[name] // share) for name in names}
    for number, start in enumerate(range(0, max(wanted.values()), IN_A_ROW)):
        for name, kills in wanted.items():
            if start < kills:
                yield Task(name, seeds[name] + 100 * number, min(IN_A_ROW, kills - start))
    for name in names:
        yield Task(name, seeds[name] + 77, CONTROL_TRIALS, is_control=True)


def figures(part: bool = False, seed: int = 1, names: Sequence[str] = tuple(KILLS)) -> dict[str, Any]:
    with workers() as pool:
        done = [_told(*each) for each in pool.map(run, tasks(names, seed, IN_PART if part else 1))]
    tallies = {name: Tally() for name in names}
    for task, tally in done:
        if not task.is_control:
            tallies[task.name].add(tally)
    controls = {task.name: _found_out(tally) for task, tally in done if task.is_control}
    total = Tally()
    for tally in tallies.values():
        total.add(tally)
    wanted = {name: sum(task.kills for task, _ in done if task.name == name and not task.is_control) for name in names}
    return {
        "seed": seed,
        "kills": total.kills,
        "amid": total.amid,
        "acknowledged": total.acknowledged,
        "verified": total.verified,
        "lost": len(total.lost),
        "double_versions": len(total.doubled),
        "damaged": len(total.damaged),
        "faults": total.faults,
        "at_most_95_percent": wilson(min(total.faults, total.kills), total.kills)[1],
        "commands": {name: {"wanted": wanted[name], **tally.row()} for name, tally in tallies.items()},
        "control": controls,
    }


def _told(task: Task, tally: Tally) -> tuple[Task, Tally]:
    """What is done so far, for who waits; and the first fault at once."""
    if not task.is_control:
        told = f"{task.name}, seed {task.seed}: {tally.kills} kills, {tally.amid} amid, {tally.faults} faults"
        print(told, *tally.first_faults(), sep="\n  ", file=sys.stderr, flush=True)
    return task, tally


def _found_out(tally: Tally) -> dict[str, Any]:
    """Behind how many kills, and the first words of what gave it away."""
    row = tally.row()
    return {"kills": tally.kills, "found": [name for name, value in row.items() if isinstance(value, list) and value]}


def is_good(row: dict[str, Any]) -> bool:
    """No fault; as many kills as were wanted, enough of them amid the work, of each command; and no control gets through."""
    commands = row["commands"].values()
    is_enough = all(each["kills"] >= each["wanted"] for each in commands)
    return bool(
        not row["faults"]
        and is_enough
        and row["amid"] >= 0.4 * row["kills"]
        and all(each["amid"] for each in commands if each["kills"] >= MANY)
        and all(each["found"] for each in row["control"].values())
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="kill -9 at random moments of whatever writes.")
    parser.add_argument("--part", action="store_true", help="a twentieth of the kills")
    parser.add_argument("--only", action="append", choices=tuple(KILLS), help="may be given again")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    row = figures(options.part, options.seed, options.only or tuple(KILLS))
    print(json.dumps(row, indent=1, ensure_ascii=False))
    sys.exit(0 if is_good(row) else 1)


if __name__ == "__main__":
    main()
