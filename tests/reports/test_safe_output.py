"""Nothing that a page writes is live in any output; the whole matrix is benchmarks/safe_output.py."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.careless import RAW, is_found
from benchmarks.hostile_outputs import SAYS_NOTHING_OF_PAGES, Program, every, row
from benchmarks.hostile_store import make_hostile
from benchmarks.hostile_texts import PAYLOADS, PLACES, PLANTED, Payload
from benchmarks.safe_output import PART, drawn
from tests.browser import looked_at
from watch.commands import COMMANDS

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

OUTPUTS = {output.name: output for output in every()}
FEW = [each for each in PAYLOADS if each.text.startswith(("<script>", "\x1b[2J", "x\n\nEvent", "a;=1", "[click]"))]
SLOW = ("errors", "evidence", "search", "read on a terminal", "notices of each event")
"""Measured by the figure alone."""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    folder = tmp_path_factory.mktemp("hostile")
    make_hostile(folder / "store.db", FEW)
    return Program(folder / "store.db", folder, FEW)


def test_there_are_enough_payloads_and_each_is_another() -> None:
    assert len({each.text for each in PAYLOADS}) == len(PAYLOADS) >= 60
    assert len({each.kind for each in drawn(1, PART)}) == PART == len({each.kind for each in PAYLOADS})
    assert len(FEW) == 5


def test_every_command_is_looked_through_or_says_nothing_of_pages() -> None:
    covered = {command for output in OUTPUTS.values() for command in output.commands}
    assert covered | set(SAYS_NOTHING_OF_PAGES) >= set(COMMANDS) | {"review", "config"}
    assert not covered & set(SAYS_NOTHING_OF_PAGES)


@pytest.mark.parametrize("name", RAW)
def test_what_is_live_is_found(name: str) -> None:
    assert is_found(*RAW[name])


@pytest.mark.parametrize("name", [name for name in OUTPUTS if name not in SLOW])
def test_nothing_of_a_page_is_live(program: Program, name: str) -> None:
    found = row(OUTPUTS[name], program)
    assert found["live"] == 0, found["faults"]
    assert found["checks"] > 0


def test_every_place_goes_into_some_output(program: Program) -> None:
    names = ("show URL --json in a pipe", "status in a pipe", "export --format jsonl --scope store --out OUT")
    places = {place for name in names for place in row(OUTPUTS[name], program)["places"]}
    assert places == set(PLACES) - {
        "f",
        "m",
    }  # that a page moved or names a file is so of some payloads alone: the figure has them


def pages_of(program: Program, payload: Payload) -> list[Path]:
    """HTML files in which the payload stands."""
    token = f"zq{payload.number:03}"
    made = [program.folder / "site", program.folder / "report.html"]
    files = [file for each in made for file in (each.rglob("*.html") if each.is_dir() else [each])]
    return [file for file in files if token in file.read_text(encoding="utf-8")]


def test_in_a_browser_nothing_runs_and_nothing_is_asked_for(chrome: Chrome, program: Program) -> None:
    for name in ("report --out OUT", "export --format site --out OUT"):
        row(OUTPUTS[name], program)
    for payload in FEW:
        files = pages_of(program, payload)
        assert len(files) >= 3
        for file in files[:4]:
            seen = looked_at(chrome, file, folder=program.folder, axe=False)
            assert (seen.left, seen.errors) == ((), ())
            assert chrome.execute_script(f"return window.{PLANTED}") is None


def test_a_payload_that_lives_is_seen_in_the_browser(chrome: Chrome, tmp_path: Path) -> None:
    file = tmp_path / "live.html"
    file.write_text(f"<!doctype html><p>{FEW[0].text}<img src=https://pictures.example.org/a.png>", encoding="utf-8")
    seen = looked_at(chrome, file, axe=False)
    assert chrome.execute_script(f"return window.{PLANTED}") == 1
    assert seen.left == ("https://pictures.example.org/a.png",)
