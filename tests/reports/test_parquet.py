"""Parquet as pyarrow and DuckDB read it."""

from __future__ import annotations

import sys
from datetime import UTC, date, timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from reports.exports import parquet
from reports.exports.parquet import ParquetMissing, export_parquet
from reports.exports.snapshots import Snapshot
from storage.records import PageState
from tests.reports.made import NOON, PAYLOADS, URL, article, link, media, version


def snapshots(count: int) -> list[Snapshot]:
    content = article("One.", "Two.", links=(link("/a/", "plan"),), media=(media("/1.jpg", "photo"),))
    return [
        Snapshot(version(content, number, url=f"{URL}{number}/"), PageState.LISTED) for number in range(1, count + 1)
    ]


def test_each_column_has_its_type_and_its_value(tmp_path: Path) -> None:
    export_parquet(snapshots(1), tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    (row,) = table.to_pylist()
    assert (row["url"], row["version"], row["published"]) == (f"{URL}1/", 1, date(2026, 7, 26))
    assert row["first_seen_at"] == NOON + timedelta(days=1)
    assert row["first_seen_at"].tzinfo is not None
    assert row["text"] == "One.\nTwo."
    assert row["links"] == [{"href": "https://en.odkb-csto.org/a/", "text": "plan"}]
    assert (row["technical"], row["unknown"]) == (False, [])
    assert str(table.schema.field("first_seen_at").type) == "timestamp[us, tz=UTC]"
    assert not table.schema.field("content_sha256").nullable


def test_what_is_not_known_is_null(tmp_path: Path) -> None:
    content = article("Text.", title=None, published=None, language=None, unknown=frozenset({"links", "media"}))
    undated = version(content, first_seen_at=None, last_seen_at=None)
    export_parquet([Snapshot(undated, PageState.GONE)], tmp_path / "out.parquet")
    (row,) = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [row[name] for name in ("title", "published", "language", "first_seen_at", "last_seen_at")] == [None] * 5
    assert row["unknown"] == ["links", "media"]


def test_duckdb_asks_it_as_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROWS_AT_ONCE", 10)
    path = tmp_path / "out.parquet"
    export_parquet(snapshots(25), path)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        count, last, links = connection.execute(
            f"SELECT count(*), max(first_seen_at), sum(len(links)) FROM '{path}' WHERE published = DATE '2026-07-26'"
        ).fetchall()[0]
    assert (count, links) == (25, 25)
    assert last.astimezone(UTC) == NOON + timedelta(days=25)
    assert pq.ParquetFile(path).num_row_groups == 3


def test_the_same_versions_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        export_parquet(snapshots(3), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("payload", [*PAYLOADS, "\ud800 alone"])
def test_no_payload_is_altered_but_a_lone_surrogate(payload: str, tmp_path: Path) -> None:
    export_parquet([Snapshot(version(article(payload, title=payload)), PageState.LISTED)], tmp_path / "out.parquet")
    (row,) = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert row["title"] == row["text"] == payload.replace("\ud800", "?")


def test_without_pyarrow_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ParquetMissing, match=r"csto-watch\[parquet\]"):
        export_parquet(snapshots(1), tmp_path / "out.parquet")
    assert list(tmp_path.iterdir()) == []
