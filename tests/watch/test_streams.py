"""Terminals, pipes and hostile pages: what a person and a program get to see."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from reports.render.text import is_unsafe
from tests.reports.made import PAYLOADS
from tests.watch.conftest import NEWS, Run, environment, make_store


def on_terminal(folder: Path, *arguments: str, width: int = 120, **values: str) -> str:
    """What the program writes to a terminal of that width."""
    lead, follow = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "watch", *arguments],
        stdin=follow,
        stdout=follow,
        stderr=follow,
        env=environment(TERM="xterm-256color", COLUMNS=str(width), **values),
        cwd=folder,
    )
    os.close(follow)
    shown = b""
    try:
        while piece := os.read(lead, 65536):
            shown += piece
    except OSError:  # Linux: the other side of a terminal that has gone is an error, not an end
        pass
    finally:
        os.close(lead)
    assert process.wait(30) in {0, 21}
    return shown.decode()


def test_a_terminal_gets_tables_in_colour(store: str, tmp_path: Path) -> None:
    shown = on_terminal(tmp_path, "--db", store, "changes")
    assert "\x1b[" in shown
    assert "2026-07-27 12:00 UTC" in shown
    assert "3 pages of csto-en" in shown


def test_local_time_stands_beside_utc(store: str, tmp_path: Path) -> None:
    shown = on_terminal(tmp_path, "--db", store, "history", f"{NEWS}/edited/", TZ="Europe/Moscow", width=200)
    assert "2026-07-26 15:00 MSK (12:00 UTC)" in shown


def test_no_color_is_respected(store: str, tmp_path: Path) -> None:
    shown = on_terminal(tmp_path, "--db", store, "diff", f"{NEWS}/edited/", NO_COLOR="1")
    assert re.search(r"\[-Monday-\].*\{\+Friday\+\}", shown)
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", shown)


def test_a_reader_that_leaves_early_is_no_error(store: str, tmp_path: Path) -> None:
    late = "import sys, time; time.sleep(0.5); from watch.cli import main; main()"
    for arguments in (["pages", "--json"], ["changes"], ["show", f"{NEWS}/edited/"]):
        process = subprocess.Popen(
            [sys.executable, "-c", late, "--db", store, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            cwd=tmp_path,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0
        process.stderr.close()


def test_json_is_readable_in_any_encoding_of_the_terminal(process: Run, store: str) -> None:
    ended = process("pages", "--json", db=store, PYTHONIOENCODING="ascii")
    assert ended.code == 0
    assert len([json.loads(line) for line in ended.out.splitlines()]) == 3


HOSTILE = "".join(payload for payload in PAYLOADS if not payload.startswith("a" * 300))


@pytest.fixture
def hostile_store(tmp_path: Path) -> str:
    db_url = f"sqlite:///{(tmp_path / 'hostile.db').as_posix()}"
    make_store(db_url, title=HOSTILE)
    return db_url


COMMANDS = (
    ["changes"],
    ["changes", "--json"],
    ["pages"],
    ["pages", "--json"],
    ["history", f"{NEWS}/edited/"],
    ["history", f"{NEWS}/edited/", "--json"],
    ["show", f"{NEWS}/edited/"],
    ["show", f"{NEWS}/edited/", "--json"],
    ["diff", f"{NEWS}/edited/"],
    ["diff", f"{NEWS}/edited/", "--format", "unified"],
    ["diff", f"{NEWS}/edited/", "--format", "json"],
    ["diff", f"{NEWS}/edited/", "--format", "html"],
    ["status", "--json"],
)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_control_character_of_a_page_reaches_a_pipe(program: Run, hostile_store: str, arguments: list[str]) -> None:
    ended = program(*arguments, db=hostile_store)
    assert ended.code in {0, 21}, ended.err
    assert not [hex(ord(c)) for c in ended.out if is_unsafe(c) and c not in "\n\t"]


def test_no_control_character_of_a_page_reaches_a_terminal(hostile_store: str, tmp_path: Path) -> None:
    for arguments in (["changes"], ["pages"], ["show", f"{NEWS}/edited/"], ["diff", f"{NEWS}/edited/"]):
        shown = on_terminal(tmp_path, "--db", hostile_store, *arguments)
        ours = shown.replace("\r\n", "\n").replace("\x1b[", "")
        assert not [hex(ord(c)) for c in ours if is_unsafe(c) and c != "\n"]
        assert "\x1b[2J" not in shown
