"""A store of every schema so far is brought up to date whole, and a kill in between leaves the old one or the new one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from storage import queries
from storage.engine import open_engine, open_store
from storage.models import SCHEMA_REVISION
from storage.records import Article, Link, Media
from storage.schema import known_revisions, read_schema
from storage.verify import verify
from tests.storage.old_stores import make_old, rows_of
from tests.storage.stage import Stage, address, article

OLDER = sorted(known_revisions() - {SCHEMA_REVISION})
A = article("First.", "Second.", links=(Link("https://example.org/x", "x"),))
B = article("Third.", published=None, media=(Media("https://example.org/p.png", "A picture"),))
C, D = article("Fourth.", language=None), article("Sixth.", title="Other")


@pytest.fixture
def today(tmp_path: Path) -> Iterator[Engine]:
    """A store of today with a history: what the old ones are filled from."""
    stage = Stage(f"sqlite:///{tmp_path / 'today.db'}")
    stage.crawl({"a": A, "b": B, "c": C, "d": A})
    stage.crawl({"a": B, "b": B, "c": article("Fifth."), "d": A})
    stage.begin()
    stage.list("a", "b", "c")
    stage.gone("d", status=410)
    for name, shown in {"a": D, "b": B, "c": article("Fifth.")}.items():
        stage.show(name, shown)
    stage.end()
    assert stage.is_whole()
    yield stage.engine
    stage.close()


@pytest.mark.parametrize("revision", OLDER)
def test_an_older_store_is_brought_up_to_date_with_all_it_holds(db_url: str, today: Engine, revision: str) -> None:
    old = open_engine(db_url)
    make_old(old, revision, today)
    before = rows_of(old)
    old.dispose()
    engine = open_store(db_url, write=True)
    after = rows_of(engine)
    assert after.pop("alembic_version") == [{"version_num": SCHEMA_REVISION}]
    for name, rows in before.items():
        if name != "alembic_version":
            names = rows[0].keys() if rows else ()
            kept = [{each: row[each] for each in names} for row in after[name]]
            assert sorted(kept, key=repr) == rows, name
    assert verify(engine) == []
    articles = [version.article for version in queries.history(engine, address("a"))]
    assert [one.title for one in articles] == ["Title", "Title", "Other"]
    engine.dispose()


@pytest.mark.parametrize("revision", OLDER)
def test_an_older_store_goes_on_being_crawled(db_url: str, today: Engine, revision: str) -> None:
    old = open_engine(db_url)
    make_old(old, revision, today)
    old.dispose()
    stage = Stage(db_url)
    stage.pass_time(days=10)
    assert stage.crawl({"a": A, "b": B, "c": article("Fifth.")}).events == {"edited": 1}
    assert stage.is_whole()
    stage.close()


@pytest.mark.parametrize("revision", [name for name in OLDER if name < "0003"])
def test_the_facets_that_0003_added_are_those_of_the_articles(db_url: str, today: Engine, revision: str) -> None:
    columns = "SELECT key, present, body_sha256 FROM content"
    with today.connect() as connection:
        wanted = sorted(tuple(row) for row in connection.execute(text(columns)))
    old = open_engine(db_url)
    make_old(old, revision, today)
    old.dispose()
    engine = open_store(db_url, write=True)
    with engine.connect() as connection:
        found = sorted((bytes(key), has, bytes(body)) for key, has, body in connection.execute(text(columns)))
    engine.dispose()
    assert found == wanted
    assert len({has for _, has, _ in found}) > 1


def test_an_article_that_can_t_be_read_stops_no_migration_and_is_named(tmp_path: Path, today: Engine) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    old = open_engine(url)
    make_old(old, "0002", today)
    with old.begin() as connection:
        connection.execute(text("UPDATE content SET article = x'00' WHERE id = 2"))
    old.dispose()
    engine = open_store(url, write=True)
    assert any(str(damage).startswith("content 2: can't be read") for damage in verify(engine))
    engine.dispose()


# Each child of one process (the imports cost most) opens a copy of the store for writing and kills itself at its N-th statement
# or commit. ``N`` beyond the last lets it end.
KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
import alembic.command, alembic.runtime.migration
from storage.engine import open_store

old, folder, step = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

def killed_at(number, file):
    seen = [0]
    def count(*_):
        seen[0] += 1
        if seen[0] == number:
            os.kill(os.getpid(), signal.SIGKILL)
    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    open_store(f"sqlite:///{file}", write=True).dispose()

def ended(number):
    file = folder / f"killed-{number}.db"
    shutil.copy(old, file)
    child = os.fork()
    if child == 0:
        killed_at(number, file)
        os._exit(0)
    return os.waitpid(child, 0)[1]

number = 1
while not os.WIFEXITED(status := ended(number)):
    number += step
# The last statements one by one: behind the commit there are few.
last = [each for each in range(number - step + 1, number) if not os.WIFEXITED(ended(each))]
print(max(last, default=number - step), os.WEXITSTATUS(status))
"""


@pytest.mark.slow
@pytest.mark.parametrize("revision", OLDER)
def test_a_kill_at_any_statement_of_a_migration_leaves_the_old_store_or_the_new_one(
    tmp_path: Path, today: Engine, revision: str
) -> None:
    old_file = tmp_path / "old.db"
    old = open_engine(f"sqlite:///{old_file}")
    make_old(old, revision, today)
    before = rows_of(old)
    old.dispose()
    with closing(sqlite3.connect(old_file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    folder = tmp_path / "killed"
    folder.mkdir()
    # The way from the newest ones is cut at each statement; that from an older one has theirs in it, and is cut at fewer.
    step = max(1, (len(OLDER) - OLDER.index(revision)) // 2)
    ran = [sys.executable, "-c", KILLED, str(old_file), str(folder), str(step)]
    done = subprocess.run(ran, capture_output=True, text=True, check=True, env=os.environ | {"PYTHONPATH": "."})
    last, code = map(int, done.stdout.split())
    assert code == 0, done.stderr
    killed = sorted({*range(1, last, step), last})
    assert len(killed) > 12
    revisions = [_left(folder / f"killed-{number}.db", revision, before) for number in killed]
    assert set(revisions) == {revision, SCHEMA_REVISION}
    assert revisions == sorted(revisions)


def _left(file: Path, revision: str, before: dict[str, list[dict[str, object]]]) -> str | None:
    """The revision that a killed migration left; what it left is whole, and the next writer goes on from there."""
    engine = open_engine(f"sqlite:///{file}", read_only=True)
    with engine.connect() as connection:
        found = read_schema(connection).revision
    if found == revision:
        assert rows_of(engine) == before
    engine.dispose()
    engine = open_store(f"sqlite:///{file}", write=True)
    assert verify(engine) == []
    assert len(queries.pages(engine)) == len(before["page"])
    engine.dispose()
    return found


def test_the_backup_made_before_a_migration_is_the_old_store(tmp_path: Path, today: Engine) -> None:
    file = tmp_path / "old.db"
    old = open_engine(f"sqlite:///{file}")
    make_old(old, "0001", today)
    before = rows_of(old)
    old.dispose()
    open_store(f"sqlite:///{file}", write=True).dispose()
    backup = tmp_path / f"old.db.before-{SCHEMA_REVISION}"
    shutil.copy(backup, tmp_path / "again.db")
    engine = open_engine(f"sqlite:///{tmp_path / 'again.db'}", read_only=True)
    assert rows_of(engine) == before
    engine.dispose()


def test_an_article_of_an_old_store_reads_as_it_was(tmp_path: Path, today: Engine) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    old = open_engine(url)
    make_old(old, "0001", today)
    old.dispose()
    engine = open_store(url, write=True)
    assert _articles(engine) == _articles(today)
    engine.dispose()


def _articles(engine: Engine) -> list[Article]:
    return [v.article for page in queries.pages(engine) for v in queries.history(engine, page.url)]
