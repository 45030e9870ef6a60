"""The settings file as the commands meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.watch.conftest import Run
from tests.watch.test_bad_input import refused


def test_a_right_file_is_called_so_and_shown_with_the_defaults(program: Run, tmp_path: Path) -> None:
    (tmp_path / "csto-watch.toml").write_text('[retention]\nfailed_age = "90d"\n')
    ended = program("config", "check")
    assert (ended.code, ended.err) == (0, "csto-watch.toml is right.\n")
    lines = [line.split("\t") for line in ended.out.splitlines()]
    assert lines[0] == ["KEY", "VALUE", "FROM"]
    assert ["retention.failed_age", "90d", "file"] in lines
    assert ["retention.keep", "versions", "default"] in lines
    assert ["time_stamps.url", "-", "default"] in lines


def test_its_json_is_one_object(program: Run, tmp_path: Path) -> None:
    assert json.loads(program("config", "check", "--json").out)["file"] is None
    (tmp_path / "other.toml").write_text('[retention]\nkeep = "all"\n')
    said = json.loads(program("--config", "other.toml", "config", "check", "--json").out)
    assert (said["file"], said["is_right"], said["retention"]["keep"]) == ("other.toml", True, "all")
    assert set(said) == {"file", "is_right", "retention", "time_stamps", "feed"}


def test_without_a_file_all_is_default(program: Run) -> None:
    ended = program("config", "check")
    assert (ended.code, ended.err) == (0, "There is no settings file: all is default.\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["config", "check"],
        ["pages"],
        ["crawl", "--base-url", "http://127.0.0.1:9"],
        ["crawl", "--json"],
        ["import", "a.txt"],
        ["reread"],
        ["review", "accept", "1"],
        ["prune"],
        ["prune", "--json"],
        ["verify"],
    ],
    ids=" ".join,
)
def test_a_fault_ends_any_command_before_the_store_is_touched(
    program: Run, store: str, tmp_path: Path, arguments: list[str]
) -> None:
    (tmp_path / "csto-watch.toml").write_text('[retention]\nkep = "all"\n')
    (tmp_path / "a.txt").write_text(
        "A title of the page\n\nA text of some length stands here.\n\nAnd one more of them.\n"
    )
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    line = refused(program(*arguments, db=store), 4)
    assert line == "csto-watch: csto-watch.toml: retention.kep: is no key that is known here: did you mean keep?\n"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    new = f"sqlite:///{tmp_path / 'new.db'}"
    refused(program(*arguments, db=new), 4)
    assert not list(tmp_path.glob("new.db*"))


def test_a_syntax_error_names_line_and_column(program: Run, tmp_path: Path) -> None:
    (tmp_path / "csto-watch.toml").write_text("[retention]\nkeep = \n")
    assert "csto-watch.toml, line 2, column 8: Invalid value" in refused(program("config", "check"), 4)


def test_a_hostile_key_stays_one_line(program: Run, tmp_path: Path) -> None:
    (tmp_path / "csto-watch.toml").write_text('"\\u001b[31m\\nx" = 1\n')
    assert "\x1b" not in refused(program("config", "check"), 4)


def test_a_named_file_that_isn_t_there_is_a_fault(program: Run, store: str) -> None:
    assert "none.toml: there is no such file" in refused(program("--config", "none.toml", "pages", db=store), 4)
    assert "none.toml: there is no such file" in refused(program("pages", db=store, CSTO_WATCH_CONFIG="none.toml"), 4)


def test_help_needs_no_settings(program: Run, tmp_path: Path) -> None:
    (tmp_path / "csto-watch.toml").write_text("broken")
    for arguments in (["--help"], ["pages", "--help"], ["config", "check", "--help"]):
        assert program(*arguments).code == 0


def test_what_a_crawl_keeps_is_what_the_settings_say(program: Run, tmp_path: Path) -> None:
    (tmp_path / "csto-watch.toml").write_text('[retention]\nkeep = "all"\n')
    from sqlalchemy import text

    from storage.engine import open_store, reading

    db_url = f"sqlite:///{tmp_path / 'store.db'}"
    page = "A title of the page\n\nA text of some length stands here.\n\nAnd one more of them.\n"
    for number in range(4):
        (tmp_path / "a.txt").write_text(page + "\n" * number)
        arguments = ["--url", "https://example.org/x", "--captured-at", f"2026-01-0{number + 1}"]
        assert program("import", "a.txt", *arguments, db=db_url).code == 0
    engine = open_store(db_url, write=False)
    with reading(engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM answer")) == 4
    engine.dispose()
