"""Every command explains itself and is documented; commands of later issues are absent."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from crawler.version import program_version
from tests.watch.conftest import Run
from watch.cli import app
from watch.commands import COMMANDS

README = Path(__file__).parents[2] / "README.md"
NAMES = sorted([*COMMANDS, "review", "config"])
SUBCOMMANDS = [[name] for name in NAMES] + [["review", "accept"], ["review", "reject"], ["config", "check"]]


def test_the_commands_are_those_that_the_interface_names() -> None:
    root = typer.main.get_command(app)
    expected = (
        "backup changes compact config copy-to crawl demo diff evidence export feed history import notify pages prune read report"
        " reread review search show stamp stats status templates verify"
    )
    assert sorted(root.commands) == expected.split()  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", SUBCOMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example_of_itself(program: Run, command: list[str]) -> None:
    ended = program(*command, "--help")
    assert (ended.code, ended.err) == (0, "")
    name = " ".join(command)
    assert re.search(rf"Example:\n +csto-watch {command[0]}", ended.out), name


def test_every_line_of_the_list_of_commands_is_a_whole_sentence(program: Run) -> None:
    listed = program("--help").out.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert len(listed) == len(NAMES)
    assert all(line.endswith((".", "?")) and not line.endswith("...") for line in listed)


@pytest.mark.skipif(not README.exists(), reason="there is no README.md yet")
@pytest.mark.parametrize("name", NAMES)
def test_every_command_is_documented_in_the_readme(name: str) -> None:
    assert re.search(rf"`(csto-watch )?{name}\b", README.read_text(encoding="utf-8"))


def test_the_version_is_the_programs(program: Run) -> None:
    assert program("--version").out == f"csto-watch {program_version()}\n"


def test_help_and_wrong_arguments_load_neither_scrapy_nor_the_database() -> None:
    program = (
        "import sys; from watch.cli import run; run(['pages', '--help']); run(['changes', '--since', 'x']);"
        "print(sorted({'scrapy', 'sqlalchemy', 'lxml'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert done.stderr.splitlines()[-1] == "[]"
