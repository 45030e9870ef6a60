"""Wrong arguments and stores that can't be used: one clear line, the documented exit code, nothing on stdout, nothing touched."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from storage.lock import store_lock
from tests.watch.conftest import NEWS, Ended, Run


def refused(ended: Ended, code: int) -> str:
    assert ended.code == code, (ended.out, ended.err)
    assert ended.out == ""
    assert len(ended.err.splitlines()) == 1, ended.err
    assert ended.err.startswith("csto-watch: ")
    assert "Traceback" not in ended.err
    return ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["crawl", "csto-fr"],
        ["crawl", "--mode", "sometimes"],
        ["crawl", "--limit", "0"],
        ["crawl", "--limit", "many"],
        ["crawl", "--delay", "-1"],
        ["crawl", "--delay", "nan"],
        ["crawl", "--url", "https://example.org/elsewhere/"],
        ["crawl", "--url", "nonsense"],
        ["crawl", "--base-url", "ftp://example.org"],
        ["crawl", "--base-url", "nonsense"],
        ["crawl", "--frequency", "7"],
        ["changes", "--since", "yesterday"],
        ["changes", "--since", "2026-02-30"],
        ["changes", "--run", "last"],
        ["changes", "--kind", "renamed"],
        ["changes", "--min-significance", "huge"],
        ["pages", "--state", "lost"],
        ["history"],
        ["history", "https://en.odkb-csto.org/never/seen/"],
        ["history", "https://[broken"],
        ["show", f"{NEWS}/edited/", "--version", "9"],
        ["show", f"{NEWS}/edited/", "--version", "-1"],
        ["show", f"{NEWS}/edited/", "--version", "99999999999999999999999"],
        ["show", f"{NEWS}/edited/", "--at", "2001-01-01"],
        ["show", f"{NEWS}/edited/", "--at", "7d", "--version", "1"],
        ["diff", f"{NEWS}/deleted/"],
        ["diff", f"{NEWS}/edited/", "1", "9"],
        ["diff", f"{NEWS}/edited/", "--format", "docx"],
        ["export", "--format", "jsonl"],
        ["export", "--format", "pdf", "--out", "x"],
        ["export", "--format", "git", "--scope", "store", "--out", "x"],
        ["export", "--format", "csv", "--out", "."],
        ["export", "--format", "csv", "--out", "no/such/folder/x.csv"],
        ["diff", f"{NEWS}/edited/", "--layout", "inline"],
        ["diff", f"{NEWS}/edited/", "--format", "json", "--layout", "side"],
        ["report", "--out", "."],
        ["report", "--out", "no/such/folder/x.html"],
        ["report", "--out", "store.db/x.html"],
        ["report", "--out", "x" * 300],
        ["report", "--out", f"{'x' * 300}/y.html"],
        ["report", "--out", "/proc/x.html"],
        ["export", "--format", "jsonl", "--out", "/proc/x.jsonl"],
        ["export", "--format", "csv", "--out", "x" * 300],
        ["changes", "--run", "999"],
        ["changes", "--run", "999", "--json"],
        ["import"],
        ["import", "missing.txt"],
        ["import", "a.txt", "--manifest", "b.jsonl"],
        ["import", "a.txt", "b.txt", "--url", f"{NEWS}/edited/"],
        ["read", "missing.html"],
        ["read", "ftp://example.org/x"],
        ["read", "https://"],
        ["review", "accept"],
        ["review", "accept", "x"],
        ["review", "accept", "77"],
        ["backup"],
        ["backup", "."],
        ["backup", "no/such/folder/x.db"],
        ["backup", "store.db"],
        ["backup", "store.db", "--force"],
        ["backup", "store.db-wal", "--force"],
        ["backup", "store.db/x.db"],
        ["backup", "/dev/null", "--force"],
        ["backup", "/proc/x.db"],
        ["backup", "x" * 255],
        ["copy-to"],
        ["copy-to", "nonsense"],
        ["copy-to", "mysql://someone@example.org/x"],
        ["copy-to", "sqlite://"],
        ["copy-to", "sqlite:///store.db"],
        ["serve"],
        ["schedule"],
    ],
    ids=" ".join,
)
def test_a_wrong_argument_costs_one_clear_line(program: Run, store: str, tmp_path: Path, arguments: list[str]) -> None:
    before = (tmp_path / "store.db").read_bytes()
    refused(program(*arguments, db=store), 2)
    assert (tmp_path / "store.db").read_bytes() == before


@pytest.mark.parametrize("command", ["show", "history", "diff", "evidence", "search"])
def test_bytes_that_are_no_utf_8_cost_one_line(program: Run, store: str, command: str) -> None:
    """They come as lone surrogates, at which the database raised UnicodeEncodeError: an unexpected failure, exit code 1."""
    options = ["--out", "pack"] if command == "evidence" else []
    assert "UTF-8" in refused(program(command, "\udcff\udcfe", *options, db=store), 2)


def test_a_wrong_store_address_is_a_usage_error_or_a_configuration_error_by_where_it_stood(program: Run) -> None:
    for address in ("nonsense", "mysql://someone:hunter2@example.org/x", "sqlite:/x", "://"):
        assert "hunter2" not in refused(program("pages", db=address), 2)
        assert "CSTO_WATCH_DB" in refused(program("pages", CSTO_WATCH_DB=address), 4)


@pytest.mark.parametrize(
    "address",
    ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite+pysqlite://", "sqlite:///file::memory:?uri=true"],
)
@pytest.mark.parametrize("arguments", [["pages"], ["crawl", "--json"], ["import", "a.txt"], ["verify"]], ids=" ".join)
def test_a_store_in_memory_is_refused(program: Run, address: str, arguments: list[str]) -> None:
    assert "memory" in refused(program(*arguments, db=address), 2)
    assert "memory" in refused(program(*arguments, CSTO_WATCH_DB=address), 4)


@pytest.mark.parametrize("folder", ["kept", ".", "/"])
@pytest.mark.parametrize(
    "arguments", [["pages"], ["crawl", "--base-url", "http://127.0.0.1:9"], ["reread"], ["status"]], ids=" ".join
)
def test_a_folder_in_the_stores_place_is_named(program: Run, tmp_path: Path, folder: str, arguments: list[str]) -> None:
    (tmp_path / "kept").mkdir()
    line = refused(program(*arguments, db=f"sqlite:///{folder}"), 17)
    assert f"csto-watch: {folder} is a folder" in line
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


READERS = (
    ["pages"],
    ["pages", "--json"],
    ["changes", "--json"],
    ["history", f"{NEWS}/edited/", "--json"],
    ["show", f"{NEWS}/edited/", "--json"],
    ["diff", f"{NEWS}/edited/", "--format", "json"],
    ["status", "--json"],
    ["review", "--json"],
    ["verify"],
    ["verify", "--json"],
    ["backup", "x.db"],
    ["copy-to", "sqlite:///x.db"],
    ["report", "--out", "x.html"],
    ["export", "--format", "jsonl", "--out", "x.jsonl"],
)


@pytest.mark.parametrize("arguments", READERS, ids=" ".join)
def test_a_store_that_is_not_there_is_not_made_by_a_reader(program: Run, tmp_path: Path, arguments: list[str]) -> None:
    assert "csto-watch crawl" in refused(program(*arguments, db=f"sqlite:///{tmp_path / 'none.db'}"), 17)
    assert not list(tmp_path.glob("none.db*"))
    assert not list(tmp_path.glob("x.*"))


@pytest.mark.parametrize(
    "content", [b"", b"no database at all, but quite a long text " * 50, b"SQLite format 3\x00" + b"\xff" * 4000]
)
@pytest.mark.parametrize("arguments", [["pages"], ["status"], ["verify"], ["import", "a.txt"], ["crawl"]], ids=" ".join)
def test_what_is_no_database_is_never_written_over(
    program: Run, tmp_path: Path, content: bytes, arguments: list[str]
) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(content)
    (tmp_path / "a.txt").write_text(
        "A title of the page\n\nA text of some length stands here.\n\nAnd one more of them.\n"
    )
    refused(program(*arguments, db=f"sqlite:///{path}"), 17)
    assert path.read_bytes() == content


def test_a_store_cut_in_the_middle_prints_nothing_on_stdout(program: Run, store: str, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    for arguments in READERS[:6]:
        refused(program(*arguments, db=store), 17)


def test_a_newer_store_is_left_to_a_newer_program(program: Run, store: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "store.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for arguments in (["pages"], ["crawl"]):
        assert "newer" in refused(program(*arguments, db=store), 17)


def test_a_second_writer_leaves_at_once(program: Run, store: str) -> None:
    with store_lock(store):
        assert "Another crawl" in refused(program("crawl", "--base-url", "http://127.0.0.1:9", "--json", db=store), 75)
        refused(program("review", "accept", "1", db=store), 75)
        assert program("pages", db=store).code == 0


def test_a_password_in_the_stores_address_is_never_printed(process: Run) -> None:
    for arguments in (["pages"], ["status"], ["--debug", "verify"]):
        ended = process(*arguments, CSTO_WATCH_DB="postgresql://someone:hunter2@127.0.0.1:9/none")
        assert ended.code == 17
        assert ended.out == ""
        assert "hunter2" not in ended.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes where it likes")
def test_a_read_only_store_can_be_read_and_not_written(program: Run, store: str, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    shutil.copy(tmp_path / "store.db", folder / "store.db")
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    (folder / "store.db").chmod(stat.S_IRUSR)
    refused(program("crawl", "--base-url", "http://127.0.0.1:9", db=f"sqlite:///{folder / 'store.db'}"), 17)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.txt", b""),
        ("binary.txt", bytes(range(256)) * 20),
        ("empty.html", b""),
        ("image.html", b"\x89PNG\r\n\x1a\n" + bytes(2000)),
    ],
)
def test_a_capture_file_that_is_empty_or_binary_leaves_no_store_behind(
    program: Run, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    assert name in refused(program("import", name, db=f"sqlite:///{tmp_path / 'new.db'}"), 2)
    assert not list(tmp_path.glob("new.db*"))


def test_an_unknown_failure_is_one_line_and_a_traceback_only_on_demand(process: Run, tmp_path: Path) -> None:
    broken = tmp_path / "scrapy_is_away"
    broken.mkdir()
    (broken / "rapidfuzz.py").write_text("raise RuntimeError('not today')\n")
    ended = process("diff", "x", PYTHONPATH=str(broken), db="sqlite:///x.db")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines() == ["csto-watch: unexpected RuntimeError: not today"]
    assert "Traceback" in process("--debug", "diff", "x", PYTHONPATH=str(broken), db="sqlite:///x.db").err
