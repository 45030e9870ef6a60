"""``verify`` finds what is damaged, and says where."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import bodies, queries
from storage.articles import encode_article
from storage.damage import Damage
from storage.engine import open_store, writing
from storage.errors import StorageError
from storage.records import Outcome
from storage.verify import verify
from tests.storage.stage import Stage, address, article

A, B = article("First."), article("Second.")


def damaged(stage: Stage, *statements: str, **values: object) -> list[str]:
    """What is found after the store was tampered with."""
    with writing(stage.engine) as connection:
        for statement in statements:
            connection.execute(text(statement), values)
    return [str(damage) for damage in verify(stage.engine) if not is_told_elsewhere(damage)]


def is_told_elsewhere(damage: Damage) -> bool:
    """test_seals.py looks at what the seals tell, test_closings.py at what the last run left."""
    return damage.what == "seal" or " seal " in damage.message or "last run" in damage.message


@pytest.fixture
def filled(stage: Stage) -> Stage:
    stage.crawl({"a": A, "b": B})
    stage.crawl({"a": B, "b": B})
    assert verify(stage.engine) == []
    return stage


def test_an_empty_store_is_whole(stage: Stage) -> None:
    assert verify(stage.engine) == []


def test_a_damage_names_its_row() -> None:
    assert str(Damage("body", "00ff", "its bytes have another SHA-256")) == "body 00ff: its bytes have another SHA-256"


def test_a_body_with_other_bytes(filled: Stage) -> None:
    _, data = bodies.compress(b"forged")
    ((digest,),) = filled.rows("SELECT sha256 FROM body ORDER BY sha256 LIMIT 1")
    found = damaged(filled, "UPDATE body SET data = :data WHERE sha256 = :digest", data=data, digest=digest)
    where = bytes(digest).hex()
    assert found[0] == f"body {where}: its bytes have another SHA-256"
    assert found[1].startswith(f"body {where}: is 6 bytes long, not ")


def test_a_body_that_can_t_be_unpacked(filled: Stage) -> None:
    ((digest,),) = filled.rows("SELECT sha256 FROM body ORDER BY sha256 LIMIT 1")
    (found,) = damaged(filled, "UPDATE body SET codec = 'rot13' WHERE sha256 = :digest", digest=digest)
    assert found == f"body {bytes(digest).hex()}: can't be unpacked (rot13)"


def test_an_article_that_was_changed(filled: Stage) -> None:
    _, data = bodies.compress(encode_article(article("Forged.")))
    found = damaged(filled, "UPDATE content SET article = :data WHERE id = 1", data=data)
    names = ("key", "text_sha256", "content_sha256", "text_length", "body_sha256")
    assert found == [
        *(f"content 1: its {name} isn't what its article gives" for name in names),
        "content 1: the search index holds other words than its article",
    ]


@pytest.mark.parametrize(
    "data", [b"junk", bodies.compress(b"{}")[1], bodies.compress(b"[1]")[1], bodies.compress(b"\xff")[1]]
)
def test_an_article_that_can_t_be_read(filled: Stage, data: bytes) -> None:
    (found,) = damaged(filled, "UPDATE content SET article = :data WHERE id = 1", data=data)
    assert found.startswith("content 1: can't be read (")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("text_sha256", bytes(32)),
        ("content_sha256", bytes(32)),
        ("key", bytes(32)),
        ("text_algorithm", "md5"),
        ("content_algorithm", "md5"),
        ("text_length", 7),
        ("unknown", 1),
    ],
)
def test_a_hash_that_was_changed(filled: Stage, column: str, value: object) -> None:
    (found,) = damaged(filled, f"UPDATE content SET {column} = :value WHERE id = 1", value=value)
    assert found == f"content 1: its {column} isn't what its article gives"


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (
            "UPDATE answer SET body_sha256 = (SELECT body_sha256 FROM answer WHERE capture_id = 2) WHERE capture_id = 3",
            "capture 3: the bytes that are kept of it aren't those that it fetched",
        ),
        (
            "UPDATE capture SET version_id = NULL WHERE id = 1",
            "capture 1: it counts as a sighting and shows no version",
        ),
        (
            "UPDATE capture SET content_id = NULL WHERE id = 1",
            "capture 1: it counts as a sighting and shows no version",
        ),
        ("UPDATE capture SET version_id = 2 WHERE id = 1", "capture 1: its version isn't one of its page"),
        (
            "UPDATE capture SET content_id = 2 WHERE id = 1",
            "page 1: its captures tell another history than its versions",
        ),
        ("UPDATE capture SET captured_at = NULL WHERE id = 3", "version 1: its content isn't what its page's captures"),
        ("DELETE FROM answer WHERE capture_id = 1", "version 1: the bytes that opened it are gone"),
        ("UPDATE version SET number = 7 WHERE id = 3", "page 1: its 2 versions are numbered 1 to 7"),
        ("UPDATE version SET opened_by = 2 WHERE id = 1", "version 1: it was opened by a capture of another page"),
        ("UPDATE version SET captures = 9 WHERE id = 1", "version 1: 1 captures show it, not 9"),
        (
            "UPDATE version SET content_id = 2 WHERE id = 1",
            "version 1: its content isn't what its page's captures tell",
        ),
        ("UPDATE version SET last_seen_at = NULL WHERE id = 1", "version 1: its last_seen_at isn't what its page's"),
        ("UPDATE page SET current_version_id = 2 WHERE id = 1", "page 1: its current version isn't one of its own"),
        ("UPDATE page SET versions = 5 WHERE id = 1", "page 1: it says 5 versions and has 2"),
        ("UPDATE event SET to_version_id = 2 WHERE id = 3", "event 3: it speaks of a version of another page"),
        ("UPDATE event SET from_version_id = 2 WHERE id = 3", "event 3: it speaks of a version of another page"),
        ("UPDATE event SET fields = 1 WHERE id = 3", "event 3: its fields isn't what its page's captures tell"),
        ("UPDATE event SET seen_at = NULL WHERE id = 3", "event 3: its seen_at isn't what its page's captures tell"),
        (
            "UPDATE event SET url = 'https://example.org/x' WHERE id = 3",
            "event 3: it names an address that its page never",
        ),
        ("UPDATE page SET title = 'Forged' WHERE id = 1", "page 1: its title isn't what its captures tell"),
        ("UPDATE page SET last_seen_at = NULL WHERE id = 1", "page 1: its last_seen_at isn't what its captures tell"),
        ("UPDATE capture SET standing = 2 WHERE id = 1", "capture 1: stands under a version and doesn't count"),
        ("UPDATE capture SET standing = 65536 WHERE id = 1", "capture 1: waits for its run, which is settled"),
        ("UPDATE capture SET standing = 3 WHERE id = 1", "capture 1: is held, and nothing waits for an answer"),
        ("UPDATE version SET is_kept = NOT is_kept WHERE id = 1", "version 1: says that the bytes that opened it are"),
        (
            "UPDATE version SET position = 5 WHERE id = 3",
            "version 3: stands at a place in time that its page's captures",
        ),
        ("UPDATE run SET is_settled = NOT is_settled WHERE id = 1", "run 1: is sealed and not settled"),
        ("DELETE FROM event WHERE id = 3", "page 1: its events tell another history than its captures"),
    ],
)
def test_a_row_that_was_tampered_with(filled: Stage, statement: str, found: str) -> None:
    assert any(each.startswith(found) for each in damaged(filled, statement))


def test_a_body_that_nobody_needs_is_named(filled: Stage) -> None:
    codec, data = bodies.compress(b"stray")
    found = damaged(
        filled,
        "INSERT INTO body (sha256, size, codec, data) VALUES (:digest, 5, :codec, :data)",
        digest=bodies.digest(b"stray"),
        codec=codec,
        data=data,
    )
    assert found == [f"body {bodies.digest(b'stray').hex()}: no capture refers to it"]


def test_a_reference_to_nothing_is_found_in_sqlite(sqlite_url: str) -> None:
    stage = Stage(sqlite_url)
    stage.crawl({"a": A})
    stage.close()
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("UPDATE capture SET run_id = 77")
    stage = Stage(sqlite_url)
    assert "capture 1: refers to a row of run that isn't there" in [str(found) for found in verify(stage.engine)]
    stage.close()


def _dump(path: Path) -> list[str] | None:
    """Every row of the store, as anybody would read it."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
            return list(connection.iterdump())
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return None


PROVEN = ("body", "content", "version")


def test_no_flipped_bit_in_what_is_proven_stays_unseen(tmp_path: Path) -> None:
    """Bodies, articles, versions and what ties them: flip bits anywhere in the file, and whatever reads differently is found.

    SQLite's own check alone misses many of them, in a file as small as this one with its many pages of structure: the control.
    """
    url = f"sqlite:///{tmp_path / 'store.db'}"
    stage = Stage(url)
    stage.crawl({f"p{n}": article(f"Text {n}. " * 20) for n in range(12)})
    stage.crawl({f"p{n}": article(f"Text {n}. " * 20, "Edited.") for n in range(12)})
    stage.close()
    whole = (tmp_path / "store.db").read_bytes()
    before = _rows_of(_dump(tmp_path / "store.db"))
    chance = random.Random(20261122)
    harmful = found = by_sqlite = 0
    for _ in range(500):
        flipped = bytearray(whole)
        flipped[chance.randrange(100, len(whole))] ^= 1 << chance.randrange(8)
        copy = tmp_path / "flipped.db"
        copy.write_bytes(flipped)
        after = _rows_of(_dump(copy))
        if after is not None and after == before:
            continue
        harmful += 1
        by_sqlite += _integrity_fails(copy)
        found += _is_found(copy)
        for side in ("-wal", "-shm"):
            copy.with_name(copy.name + side).unlink(missing_ok=True)
    assert harmful > 30
    assert found == harmful
    assert by_sqlite < harmful * 3 / 4


def _rows_of(dump: list[str] | None) -> list[str] | None:
    """The proven tables' rows; None where the file can't be read at all."""
    if dump is None:
        return None
    starts = tuple(f'INSERT INTO "{name}"' for name in PROVEN)
    return [_PACKED.sub(_unpacked, line) for line in dump if line.startswith(starts)]


_PACKED = re.compile("X'(28B52FFD[0-9A-F]+)'")


def _unpacked(packed: re.Match[str]) -> str:
    """A flipped bit may leave what is unpacked as it was: found once, in a table of the compression that nothing used."""
    try:
        return bodies.decompress(bodies.CODEC, bytes.fromhex(packed[1])).hex()
    except ValueError:
        return packed[0]


def _integrity_fails(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
            return connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return True


def _is_found(path: Path) -> bool:
    try:
        engine = open_store(f"sqlite:///{path}", write=False)
    except StorageError:
        return True
    try:
        return bool(verify(engine))
    except StorageError:
        return True
    finally:
        engine.dispose()


def test_a_long_store_is_read_in_pieces(sqlite_url: str) -> None:
    stage = Stage(sqlite_url)
    stage.crawl({f"p{n}": article(f"Text {n}.") for n in range(450)} | {"x": Outcome.GONE})
    assert verify(stage.engine) == []
    with writing(stage.engine) as connection:
        connection.execute(text("UPDATE content SET text_length = 0 WHERE id IN (1, 200, 201, 450)"))
    assert [found.where for found in verify(stage.engine)] == ["1", "200", "201", "450"]
    stage.close()


def test_a_reference_that_leads_nowhere_hides_no_other_page(sqlite_url: str) -> None:
    """The last page's history can't be derived, the first one's says something else: both are named."""
    stage = Stage(sqlite_url)
    stage.crawl({"a": A, "b": B})
    stage.close()
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("UPDATE capture SET content_id = 77 WHERE page_id = 1")
        connection.execute("UPDATE page SET title = 'Forged' WHERE id = 2")
    stage = Stage(sqlite_url)
    found = [str(damage) for damage in verify(stage.engine)]
    assert any(line.startswith("page 1: its history can't be read") for line in found)
    assert "page 2: its title isn't what its captures tell" in found
    stage.close()


def test_a_copy_of_the_file_is_as_whole_as_the_store(tmp_path: Path) -> None:
    stage = Stage(f"sqlite:///{tmp_path / 'store.db'}")
    stage.crawl({"a": A})
    stage.close()
    shutil.copy(tmp_path / "store.db", tmp_path / "copy.db")
    engine = open_store(f"sqlite:///{tmp_path / 'copy.db'}", write=False)
    assert verify(engine) == []
    assert len(queries.history(engine, address("a"))) == 1
    engine.dispose()
