"""A whole store as rows, and the same store made of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from storage.archive import Archive
from storage.compacting import compact
from storage.dumping import NotWhole, dump, is_whole_store, records_of, restore
from storage.engine import open_store, reading, writing
from storage.errors import TargetRefused
from storage.findings import Findings, examine
from storage.records import Outcome
from storage.roots import content_root
from storage.visits import list_visits
from tests.storage.stage import Stage, article

Records = list[dict[str, Any]]


@pytest.fixture
def records(stage: Stage) -> Records:
    """Of a store with an edit, a page that is gone, bytes that are no text, and bodies in packs and visits in lists."""
    stage.crawl({"a": article("One."), "b": article("Two.")})
    for day in range(40):
        stage.pass_time(days=1)
        stage.crawl({"a": article("One, edited." if day else "One."), "b": article("Two.")})
    stage.pass_time(days=1)
    stage.begin()
    stage.list("a", "b")
    stage.show("a", Outcome.EXTRACT_FAILED, body=b"\xff\xfe\x00 no text")
    stage.gone("b", 410)
    stage.end()
    compact(stage.engine)
    assert list_visits(stage.engine).visits
    return dumped(stage)


def dumped(stage: Stage) -> Records:
    with reading(stage.engine) as connection:
        return json.loads(json.dumps(list(dump(connection, content_root(connection).hex()))))  # type: ignore[no-any-return]


def found_in(url: str) -> Findings:
    engine = open_store(url, write=False)
    try:
        return examine(engine)
    finally:
        engine.dispose()


def test_a_store_that_is_made_of_the_rows_says_the_same_and_every_seal_of_it_holds(
    stage: Stage, records: Records, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'again.db'}"
    made = restore(url, records)
    again, first = found_in(url), examine(stage.engine)
    assert (again.damage, first.damage) == ([], [])
    assert again.content_root == first.content_root
    assert made.content_root == records[0]["content_root"]
    assert stage.rows("SELECT count(*) FROM visits") != [(0,)]
    sealed = "SELECT number, hash, root FROM seal ORDER BY number"
    engine = open_store(url, write=False)
    try:
        with reading(engine) as connection:
            assert [tuple(row) for row in connection.execute(text(sealed))] == stage.rows(sealed)
            assert connection.scalar(text("SELECT count(*) FROM pack")) == 0
    finally:
        engine.dispose()


def test_a_crawl_goes_on_in_the_store_that_was_made(records: Records, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'again.db'}"
    restore(url, records)
    engine = open_store(url, write=True)
    try:
        Archive(engine)
        compact(engine)
        assert examine(engine).damage == []
    finally:
        engine.dispose()


def altered(records: Records, kind: str, change: Callable[[dict[str, Any]], object]) -> Iterator[dict[str, Any]]:
    change(next(record for record in records if record["record"] == kind))
    yield from records


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("body", lambda row: row.update(text="<html>another</html>")),
        ("version", lambda row: row.update(captures=99)),
        ("page", lambda row: row.update(title="Another")),
        ("content", lambda row: row["article"].update(title="Another")),
        ("capture", lambda row: row.update(captured_at="2001-01-01T00:00:00+00:00")),
        ("capture", lambda row: row.update(captured_at="yesterday")),
        ("body", lambda row: row.pop("sha256")),
        ("store", lambda row: row.update(schema="0001")),
        ("store", lambda row: row.update(content_root="0" * 64)),
    ],
)
def test_rows_that_were_altered_make_no_store(
    kind: str, change: Callable[[dict[str, Any]], object], records: Records, tmp_path: Path
) -> None:
    target = tmp_path / "again.db"
    with pytest.raises(NotWhole):
        restore(f"sqlite:///{target}", altered(records, kind, change))
    assert not target.exists()


@pytest.mark.parametrize("cut", [1, 2, 20])
def test_rows_that_were_cut_make_no_store(cut: int, records: Records, tmp_path: Path) -> None:
    target = tmp_path / "again.db"
    with pytest.raises(NotWhole, match="cut"):
        restore(f"sqlite:///{target}", records[:-cut])
    assert not target.exists()


def test_a_store_that_has_rows_is_left_as_it_is(stage: Stage, records: Records) -> None:
    before = dumped(stage)
    with pytest.raises(TargetRefused):
        restore(stage.engine.url.render_as_string(hide_password=False), records)
    assert dumped(stage) == before


def test_a_file_is_known_by_its_first_line(tmp_path: Path) -> None:
    whole, other, broken = tmp_path / "a.jsonl", tmp_path / "b.jsonl", tmp_path / "c.jsonl"
    whole.write_text('{"record": "store"}\nno json\n', encoding="utf-8")
    other.write_text('{"format": 1}\n', encoding="utf-8")
    broken.write_bytes(b"\xff\n")
    assert [is_whole_store(path) for path in (whole, other, broken, tmp_path)] == [True, False, False, False]
    with pytest.raises(NotWhole, match="line 2"):
        list(records_of(whole))


def test_the_store_is_not_changed_by_going_out(stage: Stage, records: Records) -> None:
    with writing(stage.engine) as connection:
        root = content_root(connection).hex()
    assert root == records[0]["content_root"]
