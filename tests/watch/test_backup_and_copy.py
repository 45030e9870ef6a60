"""``backup`` and ``copy-to`` as a person calls them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.watch.conftest import Run
from tests.watch.test_bad_input import refused
from tests.watch.test_streams import on_terminal


def test_a_backup_says_what_it_wrote_and_can_be_used_as_a_store(program: Run, store: str, tmp_path: Path) -> None:
    ended = program("backup", "copy.db", "--verify", db=store)
    assert (ended.code, ended.out, ended.err) == (0, "", "copy.db: a whole copy of 0.3 MB\n")
    copy = f"sqlite:///{tmp_path / 'copy.db'}"
    assert program("verify", db=copy).out == program("verify", db=store).out
    assert program("changes", "--json", db=copy).out == program("changes", "--json", db=store).out
    assert sorted(path.name for path in tmp_path.glob("copy.db*")) == ["copy.db"]


def test_an_older_backup_is_replaced_only_when_that_is_said(program: Run, store: str, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")
    assert "copy.db is there already: name another file, or say --force" in refused(
        program("backup", "copy.db", db=store), 2
    )
    assert (tmp_path / "copy.db").read_text() == "mine"
    assert program("backup", "copy.db", "--force", db=store).code == 0
    assert program("pages", db=f"sqlite:///{tmp_path / 'copy.db'}").code == 0


def test_a_backup_to_where_a_link_points_leaves_the_link(program: Run, store: str, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "latest.db").symlink_to(tmp_path / "elsewhere" / "copy.db")
    assert program("backup", "latest.db", db=store).code == 0
    assert (tmp_path / "latest.db").is_symlink()
    assert (tmp_path / "elsewhere" / "copy.db").is_file()


def test_a_store_on_a_server_names_pg_dump_and_no_password(program: Run) -> None:
    line = refused(program("backup", "copy.db", db="postgresql://someone:hunter2@127.0.0.1:9/none"), 2)
    assert "pg_dump" in line
    assert "copy-to" in line
    assert "hunter2" not in line


def test_a_copy_is_the_same_store(program: Run, store: str, tmp_path: Path) -> None:
    ended = program("copy-to", "sqlite:///copy.db", db=store)
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == "copy.db: 45 rows of 22 tables, read back and equal\n"
    there = json.loads(program("verify", "--json", db=f"sqlite:///{tmp_path / 'copy.db'}").out)
    assert there == json.loads(program("verify", "--json", db=store).out)


def test_a_copy_into_a_store_is_refused(program: Run, store: str) -> None:
    assert program("copy-to", "sqlite:///copy.db", db=store).code == 0
    assert "copy.db holds a store" in refused(program("copy-to", "sqlite:///copy.db", db=store), 2)


def test_a_server_that_does_not_answer_is_named_without_its_password(program: Run, store: str) -> None:
    line = refused(program("copy-to", "postgresql://someone:hunter2@127.0.0.1:9/none", db=store), 17)
    assert "can't be reached" in line
    assert "hunter2" not in line


def test_progress_is_shown_on_a_terminal_alone(store: str, program: Run, tmp_path: Path) -> None:
    shown = on_terminal(tmp_path, "--db", store, "backup", "first.db")
    assert "copying" in shown
    assert "100%" in shown
    assert "copying" in on_terminal(tmp_path, "--db", store, "copy-to", "sqlite:///second.db")
    assert "copying" not in program("backup", "third.db", db=store).err
