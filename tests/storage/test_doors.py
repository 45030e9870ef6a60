"""Opening a store: what is no store, is cut, newer, older, locked, read-only or full is refused and left as it is."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from storage import engine as engines
from storage.engine import open_engine, open_store, reading, shown, sqlite_file, sqlite_module, translated, writing
from storage.errors import (
    DiskFailed,
    OutOfSpace,
    StorageError,
    StoreBusy,
    StoreCorrupt,
    StoreHeld,
    StoreMissing,
    StoreOutdated,
    StoreReadOnly,
    StoreTooNew,
    StoreUnreachable,
)
from storage.lock import store_lock
from storage.models import SCHEMA_REVISION, Base
from storage.records import RunMode
from storage.schema import configuration, known_revisions, read_schema
from tests.storage.stage import Stage, article


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture
def filled(sqlite_url: str) -> str:
    """A closed store with one page in it."""
    stage = Stage(sqlite_url)
    stage.crawl({"a": article("First.")})
    stage.close()
    return sqlite_url


def set_revision(url: str, revision: str) -> None:
    connection = sqlite3.connect(path_of(url))
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()


def test_a_writer_makes_a_store_and_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "store.db"
    open_store(f"sqlite:///{file}", write=True).dispose()
    open_store(f"sqlite:///{file}", write=False).dispose()


def test_a_reader_makes_no_store(sqlite_url: str) -> None:
    with pytest.raises(StoreMissing, match=r"There is no store at .*store\.db yet"):
        open_store(sqlite_url, write=False)
    assert not path_of(sqlite_url).exists()
    assert not path_of(sqlite_url).parent.joinpath("nothing").exists()


def test_a_store_killed_while_it_was_made_is_made_again(sqlite_url: str) -> None:
    new = path_of(sqlite_url).with_name("store.db.new")
    new.write_bytes(b"half a file")
    new.with_name("store.db.new-wal").write_bytes(b"half a log")
    stage = Stage(sqlite_url)
    stage.crawl({"a": article("First.")})
    stage.close()
    assert not new.exists()


def test_a_store_without_tables_is_filled(sqlite_url: str) -> None:
    connection = sqlite3.connect(path_of(sqlite_url))
    connection.execute("PRAGMA user_version = 0")
    connection.execute("VACUUM")
    connection.close()
    if path_of(sqlite_url).stat().st_size == 0:
        pytest.skip("this SQLite leaves an empty database empty")
    open_store(sqlite_url, write=True).dispose()


def test_a_reader_of_an_empty_server_is_told_that_there_is_no_store(db_url: str) -> None:
    with pytest.raises(StoreMissing):
        open_store(db_url, write=False)


@pytest.mark.parametrize("write", [True, False])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is an empty file"),
        (b"x", "is no SQLite database"),
        (b"<html>" * 1000, "is no SQLite database"),
        (b"SQLite format 3\x00" + bytes(4000), "is no SQLite database|is damaged|another program"),
    ],
)
def test_what_is_no_database_is_never_written_over(sqlite_url: str, content: bytes, words: str, *, write: bool) -> None:
    path_of(sqlite_url).write_bytes(content)
    with pytest.raises(StoreCorrupt, match=words) as caught:
        open_store(sqlite_url, write=write)
    assert caught.value.exit_code == 17
    assert path_of(sqlite_url).read_bytes() == content


@pytest.mark.parametrize("write", [True, False])
def test_a_cut_store_is_refused_and_left_as_it_is(filled: str, *, write: bool) -> None:
    file = path_of(filled)
    whole = file.read_bytes()
    for length in (100, 4096, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises(StoreCorrupt, match=r"is damaged|is no SQLite database|is cut"):
            open_store(filled, write=write)
        assert file.read_bytes() == whole[:length]


@pytest.mark.parametrize("write", [True, False])
def test_another_program_s_database_is_left_as_it_is(sqlite_url: str, *, write: bool) -> None:
    connection = sqlite3.connect(path_of(sqlite_url))
    connection.execute("CREATE TABLE recipe (name TEXT)")
    connection.commit()
    connection.close()
    before = path_of(sqlite_url).read_bytes()
    with pytest.raises(StoreCorrupt, match="another program"):
        open_store(sqlite_url, write=write)
    assert path_of(sqlite_url).read_bytes() == before


@pytest.mark.parametrize("write", [True, False])
def test_a_newer_store_is_refused_and_left_as_it_is(filled: str, *, write: bool) -> None:
    set_revision(filled, "9999")
    before = path_of(filled).read_bytes(), path_of(filled).stat().st_mtime_ns
    with pytest.raises(StoreTooNew, match="schema 9999") as caught:
        open_store(filled, write=write)
    assert caught.value.exit_code == 17
    assert (path_of(filled).read_bytes(), path_of(filled).stat().st_mtime_ns) == before


def test_an_older_store_is_for_a_writer_to_bring_up_to_date(filled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is only one schema so far: the test gives it a predecessor that differs in its name alone."""
    set_revision(filled, "0000")
    before = path_of(filled).read_bytes()
    monkeypatch.setattr("storage.schema.known_revisions", lambda: frozenset({"0000", SCHEMA_REVISION}))
    with pytest.raises(StoreOutdated, match=f"schema 0000, now {SCHEMA_REVISION}.*csto-watch crawl"):
        open_store(filled, write=False)
    assert path_of(filled).read_bytes() == before

    migrated = []

    def upgrade(engine: object) -> None:
        migrated.append(engine)
        with writing(engine) as connection:  # type: ignore[arg-type]
            connection.execute(text("UPDATE alembic_version SET version_num = :now"), {"now": SCHEMA_REVISION})

    monkeypatch.setattr(engines, "upgrade", upgrade)
    open_store(filled, write=True).dispose()
    assert len(migrated) == 1
    backup = path_of(filled).with_name(f"store.db.before-{SCHEMA_REVISION}")
    kept = sqlite3.connect(backup)
    assert kept.execute("SELECT version_num FROM alembic_version").fetchall() == [("0000",)]
    assert kept.execute("SELECT count(*) FROM version").fetchall() == [(1,)]
    kept.close()
    assert not backup.with_name(f"{backup.name}.part").exists()
    open_store(filled, write=False).dispose()


@pytest.mark.usefixtures("migrated")
def test_a_migration_that_fails_leaves_the_store_as_it_was(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables and the note of the revision are one transaction."""
    real = Base.metadata.tables["event"].name
    monkeypatch.setattr("alembic.op.create_table", _failing_at(real))
    with pytest.raises(RuntimeError, match="the power went"):
        open_store(sqlite_url, write=True)
    connection = sqlite3.connect(path_of(sqlite_url))
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()


def _failing_at(name: str):
    from alembic import op

    create = op.create_table

    def create_table(table: str, *columns: object, **more: object) -> object:
        if table == name:
            raise RuntimeError("the power went")
        return create(table, *columns, **more)

    return create_table


@pytest.mark.usefixtures("migrated")
def test_the_migrations_make_the_tables_that_the_program_has(db_url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine = open_store(db_url, write=True)
    with engine.connect() as connection:
        own = MigrationContext.configure(connection, opts={"include_name": _is_no_index_of_search})
        assert compare_metadata(own, Base.metadata) == []
        assert read_schema(connection).revision == SCHEMA_REVISION
    engine.dispose()


def _is_no_index_of_search(name: str | None, kind: str, _parents: object) -> bool:
    """Each database has an index of its own for search: no table that both could have (storage/word_index.py)."""
    return not (kind == "table" and (name or "").startswith("content_words"))


def test_the_revision_of_the_program_is_the_newest_migration() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(configuration()).get_current_head() == SCHEMA_REVISION == max(known_revisions())


def test_a_store_in_memory_can_be_opened() -> None:
    engine = open_store("sqlite://", write=True)
    engine.dispose()


def test_the_pragmas_are_those_that_keep_what_was_acknowledged(filled: str) -> None:
    engine = open_store(filled, write=True)
    with engine.connect() as connection:
        pragmas = {
            name: connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10000}


def test_a_reader_s_connection_can_t_write(db_url: str) -> None:
    open_store(db_url, write=True).dispose()
    engine = open_store(db_url, write=False)
    if engine.dialect.name == "sqlite":
        with pytest.raises(StoreReadOnly), reading(engine) as connection:
            connection.execute(text("DELETE FROM run"))
    engine.dispose()


def test_a_writer_takes_its_lock_when_it_begins(filled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction that upgrades from reading to writing fails at once where another one wrote meanwhile."""
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0)
    one, other = open_store(filled, write=True), open_store(filled, write=True)
    with writing(one) as connection:
        connection.execute(text("SELECT 1"))
        with pytest.raises(StoreBusy) as caught, writing(other):
            pass
    assert caught.value.may_pass
    one.dispose()
    other.dispose()


def test_a_writer_s_own_questions_wait_for_no_writer(filled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0)
    store = open_store(filled, write=True)
    with writing(store) as connection:
        connection.execute(text("UPDATE run SET note = 'changed'"))
        with reading(store) as other:
            assert other.scalar(text("SELECT note FROM run")) == ""
    store.dispose()


def test_a_reader_reads_while_a_writer_writes(filled: str) -> None:
    writer, reader = open_store(filled, write=True), open_store(filled, write=False)
    with writing(writer) as connection:
        connection.execute(text("UPDATE run SET note = 'changed'"))
        with reading(reader) as other:
            assert other.scalar(text("SELECT note FROM run")) == ""
    with reading(reader) as other:
        assert other.scalar(text("SELECT note FROM run")) == "changed"
    writer.dispose()
    reader.dispose()


def test_a_store_that_another_tool_holds_is_given_up_after_the_waiting_time(
    filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 1)
    # Another process: SQLite's locks don't hold between two libraries of one process.
    program = (
        "import sqlite3, sys\nheld = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "held.execute('BEGIN EXCLUSIVE')\nprint('held', flush=True)\nsys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(path_of(filled))], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    start = time.monotonic()
    with pytest.raises(StoreBusy, match="is locked by another program"):
        open_store(filled, write=True)
    assert 0.9 < time.monotonic() - start < 5
    holder.communicate()
    open_store(filled, write=True).dispose()


def _chattr(flag: str, *files: Path) -> None:
    done = subprocess.run(["chattr", flag, *map(str, files)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"chattr {flag} isn't possible here: {done.stderr.decode().strip()}")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a file immutable; others are stopped by its mode")
def test_an_immutable_file_is_refused_to_writers(filled: str) -> None:
    if shutil.which("chattr") is None:
        pytest.skip("chattr isn't installed")
    file = path_of(filled)
    _chattr("+i", file)
    try:
        if os.access(file, os.W_OK):
            pytest.skip("this kernel doesn't keep root from writing an immutable file")
        with pytest.raises(StoreReadOnly) as caught:
            open_store(filled, write=True)
        assert caught.value.exit_code == 17
        engine = open_store(filled, write=False)
        with reading(engine) as connection:
            assert connection.scalar(text("SELECT count(*) FROM page")) == 1
        engine.dispose()
    finally:
        _chattr("-i", file)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
def test_a_read_only_folder_is_refused_to_writers_and_read_by_readers(filled: str) -> None:
    folder = path_of(filled).parent
    folder.chmod(0o555)
    path_of(filled).chmod(0o444)
    try:
        with pytest.raises(StoreReadOnly):
            open_store(filled, write=True)
        open_store(filled, write=False).dispose()
    finally:
        folder.chmod(0o755)


def test_a_read_only_file_system_still_lets_readers_read(filled: str, tmp_path: Path) -> None:
    """On a real one: a tmpfs that is mounted again for reading only."""
    place = tmp_path / "disk"
    place.mkdir()
    _mount(place, "size=8m")
    try:
        shutil.copy(path_of(filled), place / "store.db")
        _mount(place, "remount,ro")
        url = f"sqlite:///{place / 'store.db'}"
        engine = open_store(url, write=False)
        with reading(engine) as connection:
            assert connection.scalar(text("SELECT count(*) FROM page")) == 1
        engine.dispose()
        with pytest.raises(StoreReadOnly):
            open_store(url, write=True)
        with pytest.raises(StoreReadOnly), store_lock(url):
            pass
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_ends_with_exit_code_3_and_loses_nothing(tmp_path: Path) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    _mount(place, "size=3m")
    try:
        url = f"sqlite:///{place / 'store.db'}"
        stage = Stage(url)
        stage.begin()
        acknowledged = 0
        with pytest.raises(OutOfSpace) as caught:  # noqa: PT012 - which write finds no room is not for the test to say
            for number in range(400):
                stage.show(f"p{number}", article(f"Text {number}."), body=os.urandom(20_000))
                acknowledged += 1
        assert caught.value.exit_code == 3
        assert acknowledged > 20
        assert stage.rows("SELECT count(*) FROM capture") == [(acknowledged,)]
        stage.close()
        _mount(place, "remount,size=30m")
        stage = Stage(url)
        stage.begin()
        stage.show("last", article("Last."))
        assert stage.end().events == {"new": acknowledged + 1}
        assert stage.is_whole()
        stage.close()
    finally:
        subprocess.run(["umount", str(place)], check=True)


def _mount(place: Path, options: str) -> None:
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.decode().strip()}")


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(StoreUnreachable) as caught:
        open_store("postgresql://user:secret@127.0.0.1:9/none", write=False)
    assert "secret" not in str(caught.value)
    assert "postgresql://user:***@127.0.0.1:9/none" in str(caught.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:///data/store.db", "data/store.db"),
        ("sqlite://", "sqlite://"),
        ("postgresql://me:secret@host/db", "postgresql://me:***@host/db"),
    ],
)
def test_a_store_is_named_for_people(url: str, words: str) -> None:
    assert shown(url) == words


def test_only_a_store_in_a_file_has_one() -> None:
    assert sqlite_file("sqlite:////var/store.db") == Path("/var/store.db")
    assert sqlite_file("sqlite://") is None
    assert sqlite_file("sqlite:///:memory:") is None
    assert sqlite_file("postgresql://host/db") is None


def test_the_newest_sqlite_at_hand_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_newer_sqlite", None)
    assert sqlite_module() is sqlite3


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("database or disk is full", OutOfSpace),
        ("attempt to write a readonly database", StoreReadOnly),
        ("database is locked", StoreBusy),
        ("database disk image is malformed", StoreCorrupt),
        ("file is not a database", StoreCorrupt),
        ('could not extend file "base/1": No space left on device', OutOfSpace),
        ("server closed the connection unexpectedly", StoreUnreachable),
        ("disk I/O error", DiskFailed),
        ("no such function: zeroblob", StorageError),
    ],
)
def test_a_database_s_errors_are_the_room_s_own(words: str, kind: type[StorageError]) -> None:
    with pytest.raises(StorageError) as caught, translated("the store"):
        raise OperationalError("SELECT", {}, Exception(words))
    assert type(caught.value) is kind
    assert "the store" in str(caught.value)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, OutOfSpace),
        (errno.EROFS, StoreReadOnly),
        (errno.EACCES, StoreReadOnly),
        (errno.EIO, DiskFailed),
        (errno.ELOOP, StorageError),
    ],
)
def test_a_system_s_errors_are_the_room_s_own(number: int, kind: type[StorageError]) -> None:
    with pytest.raises(StorageError) as caught, translated("the store"):
        raise OSError(number, os.strerror(number))
    assert type(caught.value) is kind


# --- the lock ---------------------------------------------------------------------------------------------------------
def test_a_second_writer_leaves_at_once(db_url: str) -> None:
    with store_lock(db_url):
        start = time.monotonic()
        with pytest.raises(StoreHeld) as caught, store_lock(db_url):
            pass
        assert time.monotonic() - start < 1
        assert caught.value.exit_code == 75
    with store_lock(db_url):
        pass


def test_a_store_in_memory_needs_no_lock() -> None:
    with store_lock("sqlite://"), store_lock("sqlite://"):
        pass


def test_a_lock_goes_with_the_process_that_held_it(db_url: str) -> None:
    program = (
        "import sys, time\nfrom storage.lock import store_lock\n"
        "with store_lock(sys.argv[1]):\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", program, db_url], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(StoreHeld), store_lock(db_url):
        pass
    holder.kill()
    holder.wait()
    holder.stdout.close()
    deadline = time.monotonic() + 10
    while True:  # a server takes a moment to see that its client has gone
        try:
            with store_lock(db_url):
                return
        except StoreHeld:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_two_stores_have_two_locks(tmp_path: Path) -> None:
    with store_lock(f"sqlite:///{tmp_path / 'a.db'}"), store_lock(f"sqlite:///{tmp_path / 'b.db'}"):
        pass


def test_an_engine_that_only_reads_sees_one_state(db_url: str) -> None:
    stage = Stage(db_url)
    reader = open_engine(db_url, read_only=True)
    with reading(reader) as connection:
        assert connection.scalar(text("SELECT count(*) FROM run")) == 0
        stage.begin(RunMode.URL)
        assert connection.scalar(text("SELECT count(*) FROM run")) == 0
    with reading(reader) as connection:
        assert connection.scalar(text("SELECT count(*) FROM run")) == 1
    reader.dispose()
    stage.close()


def test_a_naive_time_is_refused() -> None:
    from datetime import UTC, datetime, timedelta, timezone

    from storage.times import Instant, NaiveTime

    column = Instant()
    for engine in (create_engine("sqlite://"),):
        with pytest.raises(NaiveTime):
            column.process_bind_param(datetime(2026, 1, 1), engine.dialect)  # noqa: DTZ001
        moment = datetime(2026, 1, 1, 3, 0, 0, 7, tzinfo=timezone(timedelta(hours=3)))
        stored = column.process_bind_param(moment, engine.dialect)
        assert stored == 1767225600000007
        assert column.process_result_value(stored, engine.dialect) == datetime(2026, 1, 1, 0, 0, 0, 7, tzinfo=UTC)
        engine.dispose()
