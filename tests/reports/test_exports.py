"""Snapshots out of the store."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reports.exports.csvfile import COLUMNS, export_csv, safe_cell
from reports.exports.jsonl import export_jsonl
from reports.exports.manifests import Origin, manifest_path
from reports.exports.snapshots import Snapshot
from reports.render.text import is_unsafe
from reports.whole import LEFT_FOR_DEAD, whole_file
from storage.records import PageState
from tests.reports.made import NOON, PAYLOADS, URL, article, link, media, version

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    "＋1",
    "－1",
    "＠1",
    "  =1",
    '"=1',
    "'=1",
    "\u3000=1",
    "%1",
    "|1",
)


def snapshots(count: int = 3) -> Iterator[Snapshot]:
    for number in range(1, count + 1):
        content = article(f"Text {number}.", links=(link("/a/", "plan"),), media=(media("/1.jpg", "photo"),))
        yield Snapshot(version(content, number, url=f"{URL}{number}/"), PageState.LISTED)


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def test_a_json_line_has_all_that_an_import_needs(tmp_path: Path) -> None:
    export_jsonl(snapshots(1), tmp_path / "out.jsonl")
    (line,) = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    told = json.loads(line)
    assert {
        "url",
        "captured_at",
        "version",
        "title",
        "published",
        "language",
        "blocks",
        "links",
        "media",
        "unknown",
    } <= set(told)
    assert told["captured_at"] == "2026-07-27T12:00:00Z"
    assert told["blocks"] == [{"kind": "paragraph", "text": "Text 1."}]
    assert len(told["content_sha256"]) == len(told["text_sha256"]) == 64


@pytest.mark.parametrize(("export", "name"), [(export_jsonl, "out.jsonl"), (export_csv, "out.csv")])
def test_the_manifest_counts_and_hashes_the_file_beside_it(export: object, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    export(snapshots(3), path, Origin(as_of=NOON))  # type: ignore[operator]
    told = json.loads(manifest_path(path).read_text(encoding="utf-8"))
    data = path.read_bytes()
    assert (told["file"], told["rows"], told["bytes"]) == (name, 3, len(data))
    assert told["sha256"] == hashlib.sha256(data).hexdigest()
    assert told["as_of"] == "2026-07-26T12:00:00Z"
    assert (told["states"], told["reader_versions"]) == ({"listed": 3}, {"1": 3})


def test_the_same_snapshots_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        export_csv(snapshots(), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_csv_has_a_header_and_a_row_for_each_version(tmp_path: Path) -> None:
    export_csv(snapshots(2), tmp_path / "out.csv")
    header, first, _second = rows_of(tmp_path / "out.csv")
    assert tuple(header) == COLUMNS
    row = dict(zip(header, first, strict=True))
    assert (row["url"], row["version"], row["text"]) == (f"{URL}1/", "1", "Text 1.")
    assert row["links"] == "https://en.odkb-csto.org/a/ plan"


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula(formula: str) -> None:
    for cell in (safe_cell(formula), *safe_cell(f"text\n{formula}").split("\n")[1:]):
        assert cell.startswith(("'", "\\x"))


@pytest.mark.parametrize(
    "text", ["a;=1+1", 'a; "=1+1"', "a;\u00a0－1", "a\nb;@SUM(A1);+2", "https://example.org/?a;=1"]
)
def test_no_cell_is_a_formula_where_semicolons_part_cells(text: str) -> None:
    """A spreadsheet set to a decimal comma took ``a;=1+1`` for two cells, the second one a formula."""
    for piece in (piece for line in safe_cell(text).split("\n") for piece in line.split(";")):
        assert not piece.lstrip(' \u00a0"').startswith(("=", "+", "-", "@", "－"))
    assert safe_cell("a; b - c; (=)") == "a; b - c; (=)"


def test_an_ordinary_text_stays_as_it_is() -> None:
    for text in ("A plan = a good one", "5 - 3", "https://example.org/?a=1", "— Мы готовы", "(+7) 495"):
        assert safe_cell(text) == text


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_leaves_an_export_alive(payload: str, tmp_path: Path) -> None:
    content = article(
        payload, title=payload, language=payload, links=(link(payload, payload),), media=(media(payload, payload),)
    )
    hostile = [Snapshot(version(content, url=payload), PageState.LISTED)]
    export_csv(hostile, tmp_path / "out.csv")
    export_jsonl(hostile, tmp_path / "out.jsonl")
    for name in ("out.csv", "out.jsonl"):
        text = (tmp_path / name).read_text(encoding="utf-8-sig")
        assert not [c for c in text.replace("\r\n", "\n") if is_unsafe(c) and c != "\n"]
    header, row = rows_of(tmp_path / "out.csv")
    for cell in row:
        assert not cell.lstrip(" \"'").startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) or cell.startswith("'")
    assert len(row) == len(header)
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["title"] == payload


def test_an_export_that_fails_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    export_jsonl(snapshots(1), path)
    before = path.read_bytes()

    def failing() -> Iterator[Snapshot]:
        yield from snapshots(2)
        raise RuntimeError("the store failed")

    with pytest.raises(RuntimeError):
        export_jsonl(failing(), path)
    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.jsonl", "out.jsonl.manifest.json"]


@pytest.mark.parametrize("export", [export_jsonl, export_csv])
def test_a_manifest_never_speaks_of_other_bytes_than_those_beside_it(
    export: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off between the file and its manifest, there is none: not the one of the file before."""
    path = tmp_path / "out"
    export(snapshots(1), path)
    before = path.read_bytes()

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("reports.exports.manifests.write_manifest", cut_off)
        with pytest.raises(KeyboardInterrupt):
            export(snapshots(3), path)
    assert path.read_bytes() != before
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
    export(snapshots(3), path)
    assert json.loads(manifest_path(path).read_bytes())["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_a_killed_program_left_of_a_file_goes_with_the_first_one_a_day_later(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    old, young = tmp_path / ".out.jsonl.abcdefgh.part", tmp_path / ".out.jsonl.ijklmno_.part"
    others = [
        tmp_path / name for name in (".out.jsonl.part", ".out.jsonl.a-film.part", ".other.abcdefgh.part", "x.part")
    ]
    for each in (old, young, *others):
        each.write_bytes(b"half")
        if each != young:
            os.utime(each, (time.time() - LEFT_FOR_DEAD - 60,) * 2)
    with whole_file(path) as out:
        out.write("whole")
    assert {each.name for each in tmp_path.iterdir()} == {path.name, young.name, *(each.name for each in others)}


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    tracemalloc.start()
    export_jsonl(snapshots(3000), tmp_path / "out.jsonl")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 500_000 < (tmp_path / "out.jsonl").stat().st_size


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    with whole_file(path) as out:
        out.write("half")
        assert not path.exists()
    assert path.read_text(encoding="utf-8") == "half"
    assert path.stat().st_mode & 0o444 == 0o444 & ~os.umask(os.umask(0o022))


def test_a_link_at_the_files_place_is_replaced_and_what_it_led_to_stays(tmp_path: Path) -> None:
    secret, path = tmp_path / "secret", tmp_path / "out"
    secret.write_text("keep", encoding="utf-8")
    path.symlink_to(secret)
    with whole_file(path) as out:
        out.write("new")
    assert secret.read_text(encoding="utf-8") == "keep"
    assert not path.is_symlink()
