"""The content root is what docs/roots.md says it is, whatever the database, the order of rows, the ids and the compression."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, Select, create_engine, insert, make_url, select, text, update
from sqlalchemy.exc import DBAPIError

from storage import bodies, roots
from storage.articles import encode_article
from storage.engine import open_store, reading, writing
from storage.findings import examine
from storage.models import Base, BodyRow, PageRow, table_of
from storage.moving import copy_store
from storage.roots import content_root
from storage.unpacking import COLUMNS, Unpacker
from tests.storage.stage import Stage, article
from tests.storage.test_moving import fill

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def root_of(url: str) -> str:
    engine = open_store(url, write=False)
    try:
        with reading(engine) as connection:
            return content_root(connection).hex()
    finally:
        engine.dispose()


# --- another program, made from docs/roots.md -------------------------------------------------------------------------
def line(*values: object) -> bytes:
    return (json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def instant(microseconds: int | None) -> str | None:
    if microseconds is None:
        return None
    then = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    return then.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Recomputed:
    """The root of an SQLite file, read with nothing of the program's own."""

    def __init__(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.row_factory = sqlite3.Row
            names = ("page", "address", "version", "capture", "event", "content", "body")
            self.rows = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}
        self.numbers = {row["id"]: row["number"] for row in self.rows["version"]}
        self.captures = {row["id"]: row for row in self.rows["capture"]}
        self.articles = {row["id"]: sha256(zstd.decompress(row["article"])).hexdigest() for row in self.rows["content"]}

    def root(self) -> str:
        own: dict[int, list[bytes]] = defaultdict(list)
        for page_id, told in self.told():
            own[page_id].append(told)
        whole = line("csto-content-root-1")
        for page in sorted(self.rows["page"], key=lambda row: row["url"].encode()):
            whole += line("page", page["url"], sha256(b"".join(sorted(own[page["id"]]))).hexdigest())
        for body in sorted(self.rows["body"], key=lambda row: row["sha256"]):
            data = zstd.decompress(body["data"])
            whole += line("body", sha256(data).hexdigest(), len(data))
        return sha256(whole).hexdigest()

    def told(self) -> Iterator[tuple[int, bytes]]:
        for p in self.rows["page"]:
            times = [instant(p[name]) for name in ("first_seen_at", "last_seen_at", "checked_at", "missing_since")]
            known = [p[name] for name in ("shown_url", "site", "state", "title", "language")]
            yield p["id"], line("state", *known, self.numbers.get(p["current_version_id"]), *times, p["moved_to"])
        for a in self.rows["address"]:
            yield a["page_id"], line("address", a["url"], a["moved_to"])
        for v in self.rows["version"]:
            seen = [instant(v["first_seen_at"]), instant(v["last_seen_at"]), v["captures"], bool(v["is_kept"])]
            opened = instant(self.captures[v["opened_by"]]["captured_at"])
            known = [v["number"], v["position"], v["reader_version"], self.numbers.get(v["rereads"])]
            yield v["page_id"], line("version", *known, *seen, opened, self.articles[v["content_id"]])
        for c in self.rows["capture"]:
            digest = c["body_sha256"].hex() if c["body_sha256"] else None
            number = self.numbers.get(c["version_id"])
            yield c["page_id"], line("capture", instant(c["captured_at"]), c["outcome"], digest, number)
        for e in self.rows["event"]:
            times = [instant(e[name]) for name in ("seen_at", "not_before", "recorded_at")]
            numbers = [self.numbers.get(e[name]) for name in ("from_version_id", "to_version_id")]
            flags = [bool(e["is_baseline"]), bool(e["is_past"])]
            told = line("event", e["kind"], e["url"], *times, *numbers, e["fields"], *flags, e["moved_to"])
            yield e["page_id"], told


def test_another_program_comes_to_the_same_root(sqlite_url: str, tmp_path: Path) -> None:
    """It knows how bodies were packed before there were dictionaries; the root is the same for these."""
    fill(sqlite_url)
    before = root_of(sqlite_url)
    unpack_bodies(sqlite_url)
    assert before == root_of(sqlite_url) == Recomputed(tmp_path / "store.db").root()


def unpack_bodies(url: str) -> None:
    """Store each body by itself."""
    engine = open_store(url, write=True)
    with writing(engine) as connection:
        unpack = Unpacker(connection)
        alone = [(row.sha256, bodies.compress(unpack(row))) for row in connection.execute(select(*COLUMNS)).all()]
        for digest, (codec, data) in alone:
            by_itself = {"codec": codec, "data": data, "base_sha256": None, "dictionary_id": None, "pack_id": None}
            body = table_of(BodyRow)
            connection.execute(update(body).where(body.c.sha256 == digest).values(by_itself))
    engine.dispose()


def test_the_root_of_an_empty_store_is_that_of_the_document(db_url: str) -> None:
    open_store(db_url, write=True).dispose()
    root = sha256(b'["csto-content-root-1"]\n').hexdigest()
    assert root_of(db_url) == root
    assert root in (Path(__file__).parents[2] / "docs" / "roots.md").read_text(encoding="utf-8")


# --- what changes it, and what doesn't --------------------------------------------------------------------------------
@pytest.fixture
def filled(db_url: str) -> str:
    fill(db_url)
    return db_url


def changed(url: str, *statements: str, **values: object) -> bool:
    """Whether statements give the store another root."""
    before = root_of(url)
    tamper(url, *statements, **values)
    return root_of(url) != before


def tamper(url: str, *statements: str, **values: object) -> None:
    engine = open_store(url, write=True)
    with writing(engine) as connection:
        for statement in statements:
            assert connection.execute(text(statement), values).rowcount > 0
    engine.dispose()


def rows(url: str, sql: str) -> list[Any]:
    engine = open_store(url, write=False)
    try:
        with reading(engine) as connection:
            return list(connection.execute(text(sql)).all())
    finally:
        engine.dispose()


AN_INSTANT = {
    "capture.captured_at": "capture WHERE captured_at IS NOT NULL",
    "version.first_seen_at": "version WHERE first_seen_at IS NOT NULL",
    "version.last_seen_at": "version WHERE last_seen_at IS NOT NULL",
    "event.recorded_at": "event",
    "event.not_before": "event WHERE not_before IS NOT NULL",
    "page.last_seen_at": "page WHERE last_seen_at IS NOT NULL",
}


@pytest.mark.parametrize("column", AN_INSTANT)
def test_a_changed_instant_changes_the_root(filled: str, column: str) -> None:
    """By a microsecond, and in one row."""
    table, name = column.split(".")
    later = f"{name} + 1" if filled.startswith("sqlite") else f"{name} + interval '1 microsecond'"
    row = f"SELECT max(id) FROM {AN_INSTANT[column]}"
    assert changed(filled, f"UPDATE {table} SET {name} = {later} WHERE id = ({row})")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE page SET title = 'Forged' WHERE id = 2",
        "UPDATE page SET state = 'gone' WHERE id = 1",
        "UPDATE page SET current_version_id = NULL WHERE id = 1",
        "UPDATE page SET url = url || 'x' WHERE id = 1",
        "UPDATE version SET number = 77 WHERE id = 1",
        "UPDATE version SET content_id = 2 WHERE id = 1",
        "UPDATE version SET captures = 77 WHERE id = 1",
        "UPDATE capture SET outcome = 'partial' WHERE id = 1",
        "UPDATE capture SET version_id = NULL WHERE id = 1",
        "UPDATE event SET fields = 32 WHERE id = 1",
        "UPDATE event SET to_version_id = NULL WHERE id = 1",
        "UPDATE address SET moved_to = 'https://example.org/elsewhere'",
        "DELETE FROM address",
    ],
)
def test_a_row_that_was_tampered_with_changes_the_root(filled: str, statement: str) -> None:
    assert changed(filled, statement)


def test_a_changed_title_in_an_article_changes_the_root(filled: str) -> None:
    """Though the hashes beside it stay what they were."""
    _, data = bodies.compress(encode_article(article("Text of b.", title="Forged")))
    assert changed(filled, "UPDATE content SET article = :data WHERE id = 2", data=data)


def test_a_removed_version_changes_the_root(filled: str) -> None:
    """Apart from all that refers to it."""
    ((id_,),) = rows(filled, "SELECT max(from_version_id) FROM event")
    tamper(
        filled,
        "UPDATE capture SET version_id = NULL WHERE version_id = :id",
        "UPDATE event SET from_version_id = NULL WHERE from_version_id = :id",
        "UPDATE event SET to_version_id = NULL WHERE to_version_id = :id",
        id=id_,
    )
    assert changed(filled, "DELETE FROM version WHERE id = :id", id=id_)


def test_a_swapped_body_changes_the_root(filled: str) -> None:
    """Two bodies exchanged, then one body replaced: what is said of them stays what it was."""
    unpack_bodies(filled)
    (one, data), (other, others) = rows(filled, "SELECT sha256, data FROM body ORDER BY sha256 LIMIT 2")
    swap = "UPDATE body SET data = CASE WHEN sha256 = :one THEN :others ELSE :data END WHERE sha256 IN (:one, :other)"
    assert changed(filled, swap, one=one, other=other, data=data, others=others)
    assert changed(filled, "UPDATE body SET data = :data WHERE sha256 = :one", data=bodies.compress(b"x")[1], one=one)


def test_a_removed_body_changes_the_root(filled: str) -> None:
    unpack_bodies(filled)
    ((digest,),) = (
        rows(filled, "SELECT min(sha256) FROM body")
        if filled.startswith("sqlite")
        else rows(filled, "SELECT sha256 FROM body ORDER BY sha256 LIMIT 1")
    )
    tamper(filled, "DELETE FROM answer WHERE body_sha256 = :digest", digest=digest)
    assert changed(filled, "DELETE FROM body WHERE sha256 = :digest", digest=digest)


def test_what_it_does_not_cover_changes_nothing(filled: str) -> None:
    assert not changed(filled, "UPDATE run SET note = 'x'", "UPDATE answer SET headers = '{}'", "DELETE FROM held")


def test_the_strength_of_compression_changes_nothing(filled: str) -> None:
    before = root_of(filled)
    unpack_bodies(filled)
    for digest, data in rows(filled, "SELECT sha256, data FROM body"):
        tamper(
            filled,
            "UPDATE body SET data = :data WHERE sha256 = :digest",
            digest=digest,
            data=zstd.compress(zstd.decompress(data), 19),
        )
    assert root_of(filled) == before
    assert rows(filled, "SELECT count(*) FROM body")[0][0] > 5


@pytest.mark.parametrize("data", [b"junk", b""])
def test_a_body_that_can_t_be_unpacked_leaves_the_store_without_a_root(filled: str, data: bytes) -> None:
    tamper(filled, "UPDATE body SET data = :data", data=data)
    engine = open_store(filled, write=False)
    found = examine(engine)
    engine.dispose()
    assert (found.content_root, found.is_whole) == (None, False)
    assert len(found.damage) == found.counts["body"] == rows(filled, "SELECT count(*) FROM body")[0][0]


def test_the_order_of_recording_changes_nothing(tmp_path: Path) -> None:
    shown = {name: article(f"Text of {name}.") for name in ("a", "b", "c", "d")}
    roots = set()
    for number, order in enumerate(("abcd", "dcba", "bdac")):
        stage = Stage(f"sqlite:///{tmp_path / f'{number}.db'}")
        stage.crawl({name: shown[name] for name in order})
        stage.crawl({name: article("Edited.") if name == "b" else shown[name] for name in order})
        stage.close()
        roots.add(root_of(stage.url))
    assert len(roots) == 1


# --- ids and the order of rows ----------------------------------------------------------------------------------------
REFERENCES = {
    ("page", "current_version_id"): "version",
    ("page", "latest_capture_id"): "capture",
    ("page", "noted_run_id"): "run",
    ("page", "same_as"): "page",
    ("capture", "version_id"): "version",
    ("capture", "reread_of"): "capture",
    ("version", "rereads"): "version",
}
"""Beside those that the database knows of."""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('roots') / 'store.db'}"
    fill(url)
    return url


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_neither_ids_nor_the_order_of_rows_change_the_root(original: str, tmp_path: Path, seed: int) -> None:
    path = tmp_path / f"{seed}.db"
    write_shuffled(original, f"sqlite:///{path}", random.Random(seed))
    assert root_of(f"sqlite:///{path}") == root_of(original)
    path.unlink()


def write_shuffled(source: str, target: str, chance: random.Random) -> None:
    """The same store with other ids, its rows put in in another order."""
    here, there = open_store(source, write=False), open_store(target, write=True)
    tables = Base.metadata.tables
    with reading(here) as connection:
        found = {name: [row._asdict() for row in connection.execute(select(table))] for name, table in tables.items()}
    ids = {name: new_ids([row["id"] for row in rows if "id" in row], chance) for name, rows in found.items()}
    with writing(there) as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for name, rows in found.items():
            chance.shuffle(rows)
            for row in rows:
                connection.execute(insert(tables[name]).values(renumbered(name, row, ids)))
    here.dispose()
    there.dispose()


def new_ids(old: list[int], chance: random.Random) -> dict[int, int]:
    return dict(zip(old, chance.sample(range(1, 10 * len(old) + 1), len(old)), strict=True))


def renumbered(name: str, row: dict[str, Any], ids: dict[str, dict[int, int]]) -> dict[str, Any]:
    known = {
        key.parent.name: key.column.table.name
        for key in Base.metadata.tables[name].foreign_keys
        if key.column.name == "id"
    }
    known |= {column: other for (table, column), other in REFERENCES.items() if table == name} | {"id": name}
    assert {column for column in row if column.endswith("_id")} <= set(known)
    return {column: ids[known[column]].get(value, value) if column in known else value for column, value in row.items()}


# --- what it costs ----------------------------------------------------------------------------------------------------
def test_sqlite_sorts_nothing_for_it(filled: str) -> None:
    """What it sorted would be in memory, articles and all. The control: in another order it does."""
    engine = open_store(filled, write=False)
    if engine.dialect.name == "sqlite":
        assert set(roots._queries()) == {"state", "address", "version", "capture", "event"}
        for query in roots._queries().values():
            assert "TEMP B-TREE" not in plan_of(engine, query.order_by(PageRow.url))
            assert "TEMP B-TREE" in plan_of(engine, query.order_by(PageRow.title))
    engine.dispose()


def plan_of(engine: Engine, query: Select[Any]) -> str:
    with reading(engine) as connection:
        steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query.compile(engine)}").all()
    return "\n".join(step[3] for step in steps)


# --- how a server sorts -----------------------------------------------------------------------------------------------
@pytest.mark.server
def test_a_server_that_sorts_by_language_gives_the_same_root(postgresql: str, tmp_path: Path) -> None:
    names = ["a-b", "aB", "ab", "B", "a", "a/b", "Z", "z", "%D0%B9", "a~", "é", "я", "Я"]
    url = f"sqlite:///{tmp_path / 'store.db'}"
    stage = Stage(url)
    stage.crawl({name: article(f"Text of {name}.") for name in names})
    stage.close()
    admin = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    name = f"csto_icu_{os.getpid()}"
    with admin.connect() as connection:
        try:
            connection.execute(
                text(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C'")
            )
        except DBAPIError as error:
            pytest.skip(f"this server has no ICU: {error.orig}")
    other = make_url(postgresql).set(database=name).render_as_string(hide_password=False)
    copy_store(url, other)
    by_language = [row[0] for row in rows(other, "SELECT url FROM page ORDER BY url")]
    assert by_language != sorted(by_language, key=str.encode)
    assert root_of(other) == root_of(url)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()
