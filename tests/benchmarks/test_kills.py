"""What the kills are counted with: they are real, what they find is found, and each protection that is taken away is missed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import kills
from benchmarks.killed_exports import Exports
from benchmarks.killing import KILLED, Ended, Pace, Program, Tally
from benchmarks.kills import IN_A_ROW, IN_PART, KILLS, Task, is_good, tasks
from benchmarks.reckless import CONTROLS


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with Program(tmp_path_factory.mktemp("program")) as opened:
        yield opened


@pytest.mark.slow
def test_a_command_that_is_killed_dies_of_it_and_one_that_is_spared_ends_by_itself(program: Program) -> None:
    assert program.kill_after(0, ["status"]).code == KILLED
    ended = program.kill_after(60, ["status", "--no-such-option"])
    assert (ended.code, ended.was_killed, len(ended.err)) == (2, False, 1)
    assert program.run(["--version"]).code == 0


def test_a_kill_that_came_too_late_is_none_and_makes_the_next_one_come_sooner() -> None:
    tally, pace = Tally(), Pace(1.0)
    for ended, is_amid in ((Ended(KILLED, 0.4, ()), True), (Ended(KILLED, 0.1, ()), False), (Ended(0, 0.5, ()), True)):
        tally.count(ended, is_amid=is_amid)
        pace.note(ended)
    assert (tally.kills, tally.amid, tally.too_late) == (2, 1, 1)
    assert pace.seconds < 0.5
    assert 0 <= pace.moment(random.Random(1)) <= pace.seconds


def test_tallies_add_up_and_every_list_is_of_faults() -> None:
    one, other = Tally(kills=3, lost=["a"]), Tally(kills=4, half=["b", "c"], verified=5)
    one.left["x"] = other.left["x"] = 2
    one.add(other)
    assert (one.kills, one.faults, one.verified, one.left["x"]) == (7, 3, 5, 4)
    assert one.row()["at_most_95_percent"] > 3 / 7
    assert Tally(kills=1000).row()["at_most_95_percent"] == pytest.approx(0.003827, abs=1e-6)


def test_the_whole_is_a_thousand_kills_and_the_part_a_twentieth_of_each() -> None:
    whole = [task for task in tasks(tuple(KILLS), 1, 1) if not task.is_control]
    part = [task for task in tasks(tuple(KILLS), 1, IN_PART) if not task.is_control]
    assert sum(task.kills for task in whole) == 1000
    assert max(task.kills for task in whole) == IN_A_ROW
    assert len({task.seed for task in whole}) == len(whole)
    assert all(20 * task.kills >= KILLS[task.name] for task in part)
    assert sum(task.kills for task in part) >= 50


def measured(**changes: Any) -> dict[str, Any]:
    command = {"wanted": 10, "kills": 10, "amid": 6}
    row = {
        "kills": 10,
        "amid": 6,
        "faults": 0,
        "commands": {"crawl": command},
        "control": {"crawl": {"found": ["lost"]}},
    }
    return row | changes


@pytest.mark.parametrize(
    "changes",
    [
        {"faults": 1},
        {"amid": 3},
        {"commands": {"crawl": {"wanted": 10, "kills": 9, "amid": 6}}},
        {"commands": {"crawl": {"wanted": 20, "kills": 20, "amid": 0}}},
        {"control": {"crawl": {"found": []}}},
    ],
)
def test_the_figure_holds_only_without_a_fault_with_all_kills_and_with_controls_that_fail(
    changes: dict[str, Any],
) -> None:
    assert is_good(measured())
    assert not is_good(measured(**changes))


def test_every_command_has_a_control() -> None:
    assert set(CONTROLS) == set(KILLS) == set(kills.TRIALS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "fault"), [("import", "doubled"), ("reread", "doubled"), ("migrate", "half"), ("export", "half")]
)
def test_a_protection_that_is_taken_away_is_missed(name: str, fault: str) -> None:
    _, tally = kills.run(Task(name, 7, kills.CONTROL_TRIALS, is_control=True))
    assert getattr(tally, fault), tally


@pytest.mark.slow
def test_a_file_that_is_cut_and_a_manifest_of_another_file_are_half(tmp_path: Path, program: Program) -> None:
    trials = Exports(tmp_path, program, 1)
    trials.spared("csv")
    trials.check_whole("whole")
    trials.check_manifest()
    assert trials.tally.faults == 0
    trials.target.write_bytes(trials.target.read_bytes()[:-1])
    trials.check_whole("cut")
    trials.check_manifest()
    assert len(trials.tally.half) == 2
