"""Exports of a store as a person asks for them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.watch.conftest import NEWS, Run

TABLES = ("jsonl", "csv", "parquet")


def rows_of(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
        return rows
    if path.suffix == ".csv":
        return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def manifest_of(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(path.with_name(f"{path.name}.manifest.json").read_text(encoding="utf-8"))
    return told


def said_root(program: Run, store: str) -> str:
    told: str = json.loads(program("verify", "--json", db=store).out)["content_root"]
    return told


def versions_of(rows: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return sorted((str(row["url"]).removeprefix(f"{NEWS}/"), int(row["version"])) for row in rows)


ALL = [("deleted/", 1), ("edited/", 1), ("edited/", 2), ("unlisted/", 1)]


@pytest.mark.parametrize("form", TABLES)
def test_a_history_has_every_version_and_a_snapshot_the_one_that_stands(
    form: str, program: Run, store: str, tmp_path: Path
) -> None:
    whole, now = tmp_path / f"whole.{form}", tmp_path / f"now.{form}"
    assert program("export", "--format", form, "--scope", "history", "--out", str(whole), db=store).code == 0
    assert program("export", "--format", form, "--out", str(now), db=store).code == 0
    assert versions_of(rows_of(whole)) == ALL
    assert versions_of(rows_of(now)) == [version for version in ALL if version != ("edited/", 1)]
    assert (manifest_of(whole)["rows"], manifest_of(now)["rows"]) == (4, 3)
    assert {row["url"]: row["state"] for row in rows_of(whole)}[f"{NEWS}/deleted/"] == "gone"


@pytest.mark.parametrize("form", TABLES)
def test_a_history_as_of_a_moment_has_no_later_version(form: str, program: Run, store: str, tmp_path: Path) -> None:
    path = tmp_path / f"then.{form}"
    call = ("export", "--format", form, "--scope", "history", "--as-of", "2026-07-26", "--out", str(path))
    assert program(*call, db=store).code == 0
    assert versions_of(rows_of(path)) == [version for version in ALL if version != ("edited/", 2)]
    assert {row["state"] for row in rows_of(path)} == {"listed"}
    assert manifest_of(path)["as_of"] == "2026-07-26T23:59:59.999999Z"


def test_the_manifest_says_what_it_was_taken_of(program: Run, store: str, tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    assert program("export", "--format", "jsonl", "--scope", "history", "--out", str(path), db=store).code == 0
    told = manifest_of(path)
    assert (told["scope"], told["content_root"]) == ("history", said_root(program, store))
    assert told["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert told["schema"]
    assert program("export", "--format", "jsonl", "--no-root", "--out", str(path), db=store).code == 0
    assert manifest_of(path)["content_root"] is None


@pytest.mark.parametrize("form", TABLES)
def test_one_store_gives_the_same_bytes_each_time_and_nothing_on_a_pipe_but_a_line(
    form: str, program: Run, store: str, tmp_path: Path
) -> None:
    written = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        ended = program("export", "--format", form, "--out", str(folder / "out"), db=store)
        assert (ended.code, ended.out) == (0, "")
        assert ended.err == f"3 versions written to {folder / 'out'}\n"
        written.append([(path.name, path.read_bytes()) for path in sorted(folder.iterdir())])
    assert written[0] == written[1]
    assert len(written[0]) == 2


def test_a_whole_store_comes_back_with_its_content_root(program: Run, store: str, tmp_path: Path) -> None:
    path, again = tmp_path / "store.jsonl", f"sqlite:///{tmp_path / 'again.db'}"
    ended = program("export", "--format", "jsonl", "--scope", "store", "--out", str(path), db=store)
    assert (ended.code, ended.err.endswith(f"rows of the whole store written to {path}\n")) == (0, True)
    restored = program("import", str(path), "--json", db=again)
    assert restored.code == 0, restored.err
    root = json.loads(restored.out)["content_root"]
    assert root == said_root(program, store) == said_root(program, again) == manifest_of(path)["content_root"]
    assert program("changes", "--json", db=again).out == program("changes", "--json", db=store).out


def test_a_whole_store_goes_only_where_there_is_none(program: Run, store: str, tmp_path: Path) -> None:
    path = tmp_path / "store.jsonl"
    assert program("export", "--format", "jsonl", "--scope", "store", "--out", str(path), db=store).code == 0
    before = said_root(program, store)
    ended = program("import", str(path), db=store)
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (2, "", 1)
    assert program("import", str(path), str(path), db=store).code == 2
    assert said_root(program, store) == before


@pytest.mark.parametrize(
    "options",
    [("--format", "csv", "--scope", "store"), ("--format", "jsonl", "--scope", "store", "--as-of", "2026-07-26")],
    ids=" ".join,
)
def test_what_cannot_be_asked_for_costs_one_line(
    options: tuple[str, ...], program: Run, store: str, tmp_path: Path
) -> None:
    ended = program("export", *options, "--out", str(tmp_path / "out"), db=store)
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (2, "", 1)
    assert not (tmp_path / "out").exists()


# --- WARC -------------------------------------------------------------------------------------------------------------
def test_captures_go_out_as_warc_and_come_back_with_the_same_root(program: Run, store: str, tmp_path: Path) -> None:
    path, second, again = tmp_path / "out.warc.gz", tmp_path / "again.warc.gz", f"sqlite:///{tmp_path / 'again.db'}"
    assert program("export", "--format", "warc", "--out", str(path), db=store).code == 0
    done = program("import", str(path), "--json", db=again)
    assert (done.code, json.loads(done.out)["skipped"]) == (0, {})
    assert program("export", "--format", "warc", "--out", str(second), db=again).code == 0
    told, retold = manifest_of(path), manifest_of(second)
    assert told["scope"] == "captures"
    assert (told["captured_root"], told["rows"]) == (retold["captured_root"], retold["rows"])
    assert told["content_root"] == said_root(program, store)


def test_a_damaged_warc_costs_one_line(program: Run, store: str, tmp_path: Path) -> None:
    path = tmp_path / "out.warc"
    program("export", "--format", "warc", "--out", str(path), db=store)
    path.write_bytes(path.read_bytes()[:-40])
    done = program("import", str(path), db=f"sqlite:///{tmp_path / 'again.db'}")
    assert (done.code, done.out) == (2, "")
    assert "offset" in done.err
    assert "captures before it are kept" in done.err


@pytest.mark.parametrize(("form", "scope"), [("warc", "history"), ("csv", "captures")])
def test_a_scope_that_a_format_has_not_is_refused(
    form: str, scope: str, program: Run, store: str, tmp_path: Path
) -> None:
    done = program("export", "--format", form, "--scope", scope, "--out", str(tmp_path / "out"), db=store)
    assert (done.code, done.out) == (2, "")
    assert "--scope" in done.err
