"""``copy-to``: a whole store from one database into another and back, equal by its root, and fit to go on with."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from replica.server import ReplicaServer
from replica.site import ReplicaSite
from storage.engine import open_store, reading, writing
from storage.errors import OutOfSpace, StorageError, StoreCorrupt, StoreHeld, StoreOutdated, TargetRefused
from storage.findings import Findings, examine
from storage.lock import store_lock
from storage.models import Base
from storage.moving import FILLED, copy_store
from storage.records import Outcome, RunMode
from tests.crawler.conftest import Rig
from tests.storage.stage import Stage, address, article, link, picture
from tests.storage.test_backup import crawling, enlarge, kill_at, small_disk

both = pytest.mark.parametrize("backend", ["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])


def fill(url: str) -> None:
    """A history with a bit of everything: edits, a move, a deletion, a held page, technical versions, events in one line."""
    stage = Stage(url)
    long = article(*(f"A long paragraph, number {n}, of a text." for n in range(40)))
    first = {name: article(f"Text of {name}.", title=f"Title «{name}» \U0001f30d") for name in ("a", "b", "c", "d")}
    stage.crawl(first | {"e": long, "twin": first["a"]})
    second = first | {"a": article("Edited.", links=(link(address("b")),), media=(picture(address("p.jpg")),))}
    stage.crawl({**second, "twin": second["a"], "b": Outcome.NET_ERROR, "e": article("Short.")})
    stage.pass_time(days=1)
    stage.begin()
    stage.list("a", "b")
    stage.record(stage.capture("c", Outcome.MOVED, stage.now, http_status=301, moved_to=address("c2")))
    stage.gone("d", 410)
    stage.show("past", article("Old."), None)
    stage.end()
    stage.close()


def found(url: str) -> Findings:
    engine = open_store(url, write=False)
    try:
        return examine(engine)
    finally:
        engine.dispose()


def rows(url: str, sql: str) -> list[tuple[object, ...]]:
    engine = open_store(url, write=False)
    try:
        with reading(engine) as connection:
            return [tuple(row) for row in connection.execute(text(sql))]
    finally:
        engine.dispose()


@pytest.fixture
def filled(sqlite_url: str) -> str:
    fill(sqlite_url)
    return sqlite_url


@pytest.fixture
def empty(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty place on a backend."""
    if backend == "postgresql":
        url: str = request.getfixturevalue("server_url")
        return url
    return f"sqlite:///{tmp_path / 'target.db'}"


@pytest.mark.server
def test_there_and_back_again_is_the_same_store(filled: str, server_url: str, tmp_path: Path) -> None:
    back = f"sqlite:///{tmp_path / 'back.db'}"
    there = copy_store(filled, server_url)
    again = copy_store(server_url, back)
    three = [found(url) for url in (filled, server_url, back)]
    assert {each.is_whole for each in three} == {True}
    assert len({each.content_root for each in three}) == 1
    assert three[0].content_root is not None
    assert there == again == three[0].counts == three[1].counts == three[2].counts
    assert min(there[name] for name in ("page", "run", "capture", "version", "event", "address", "held", "body")) > 0
    assert all_rows(filled) == all_rows(back)


def all_rows(url: str) -> list[str]:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        rows = (line for line in connection.iterdump() if line.startswith("INSERT"))
        return sorted(line for line in rows if '"content_words' not in line)  # made anew, in whatever pieces


def test_from_file_to_file_every_row_is_the_same(filled: str, tmp_path: Path) -> None:
    copy_store(filled, f"sqlite:///{tmp_path / 'target.db'}")
    assert all_rows(f"sqlite:///{tmp_path / 'target.db'}") == all_rows(filled)
    assert sorted(path.name for path in tmp_path.glob("target*")) == ["target.db", "target.db.lock"]


@both
def test_a_store_goes_on_where_it_was_copied_to(tmp_path: Path, backend: str, empty: str) -> None:
    site = ReplicaSite(8, "divs", 3)
    with ReplicaServer(site) as server:
        first = Rig(site, server, f"sqlite:///{tmp_path / 'store.db'}")
        first.crawl()
        copy_store(first.db_url, empty)
        second = Rig(site, server, empty)
        assert second.events(second.crawl(RunMode.FULL)) == []
        site.change_digit(site.pick("digit"))
        assert [event.kind.value for event in second.events(second.crawl(RunMode.FULL))] == ["edited"]
    assert found(empty).is_whole


@both
def test_new_rows_get_ids_behind_the_highest(filled: str, backend: str, empty: str) -> None:
    copy_store(filled, empty)
    highest = [max(rows(filled, f"SELECT id FROM {name} ORDER BY id"))[0] for name in ("run", "page", "capture")]
    stage = Stage(empty)
    stage.pass_time(days=30)
    stage.begin()
    capture = stage.show("new", article("New."))
    page = rows(empty, f"SELECT id FROM page WHERE url = '{address('new')}'")[0][0]
    stage.close()
    assert [stage.run_id, page, capture] == [id_ + 1 for id_ in highest]  # type: ignore[operator]


@both
def test_the_references_of_the_target_are_those_of_a_new_store(
    filled: str, backend: str, empty: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    before = open_store(empty, write=True)
    expected = references(before)
    before.dispose()
    copy_store(filled, empty)  # an empty store is an empty place, too
    after = open_store(empty, write=True)
    assert references(after) == expected
    assert len(expected) > 10
    with pytest.raises(StorageError, match=r"(?i)foreign key"), writing(after) as connection:
        connection.execute(text("UPDATE capture SET run_id = 77"))
    after.dispose()


def references(engine: object) -> list[tuple[str, str, str]]:
    seen = inspect(engine)
    return sorted(
        (table, key["name"] or str(key["constrained_columns"]), key["referred_table"])
        for table in seen.get_table_names()
        for key in seen.get_foreign_keys(table)
    )


@both
def test_what_holds_rows_is_refused_and_left_as_it_is(filled: str, backend: str, empty: str) -> None:
    stage = Stage(empty)
    stage.crawl({"mine": article("Mine.")})
    stage.close()
    before = found(empty).content_root
    with pytest.raises(TargetRefused, match="holds a store"):
        copy_store(filled, empty)
    assert found(empty).content_root == before
    assert TargetRefused.exit_code == 2


def test_the_store_itself_is_refused(filled: str, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "store.db")
    for url in (filled, f"sqlite:///{tmp_path}/./store.db", f"sqlite:///{tmp_path / 'link.db'}"):
        with pytest.raises(TargetRefused, match="the store itself"):
            copy_store(filled, url)


def test_a_target_that_somebody_writes_is_refused(filled: str, tmp_path: Path) -> None:
    target = f"sqlite:///{tmp_path / 'target.db'}"
    with store_lock(target), pytest.raises(StoreHeld):
        copy_store(filled, target)


def test_an_older_store_must_be_brought_up_to_date_first(filled: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(StoreOutdated):
        copy_store(filled, f"sqlite:///{tmp_path / 'target.db'}")
    assert not list(tmp_path.glob("target*"))


@both
def test_a_source_with_a_reference_to_nothing_leaves_an_empty_target(
    filled: str, backend: str, empty: str, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection, connection:
        connection.execute("UPDATE event SET folded_into = 4711 WHERE id = 1")
    with pytest.raises(StoreCorrupt, match=r"store\.db is damaged.*verify"):
        copy_store(filled, empty)
    assert is_empty(empty)


@both
def test_a_source_whose_times_are_spoilt_leaves_an_empty_target(
    filled: str, backend: str, empty: str, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection, connection:
        connection.execute("UPDATE event SET recorded_at = 'yesterday' WHERE id = 1")
    with pytest.raises(StoreCorrupt, match=r"store\.db is damaged: event can't be read to the end"):
        copy_store(filled, empty)
    assert is_empty(empty)


def is_empty(url: str) -> bool:
    if url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).exists():
        return True
    return set(found(url).counts.values()) == {0}


@both
def test_a_target_that_gives_back_other_rows_is_found_out(filled: str, backend: str, empty: str) -> None:
    engine = open_store(empty, write=True)
    with writing(engine) as connection:
        for statement in FORGERS[backend]:
            connection.execute(text(statement))
    engine.dispose()
    with pytest.raises(StorageError, match="gives back other rows of page"):
        copy_store(filled, empty)
    assert is_empty(empty)


FORGERS = {
    "sqlite": [
        "CREATE TRIGGER forger AFTER INSERT ON page BEGIN UPDATE page SET title = 'Forged' WHERE id = new.id; END",
    ],
    "postgresql": [
        "CREATE FUNCTION forge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.title = 'Forged'; RETURN NEW; END $$",
        "CREATE TRIGGER forger BEFORE INSERT ON page FOR EACH ROW EXECUTE FUNCTION forge()",
    ],
}


@both
def test_rows_that_refer_to_later_rows_of_their_own_table_are_copied(
    filled: str, backend: str, empty: str, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection, connection:
        connection.execute("UPDATE event SET folded_into = (SELECT max(id) FROM event) WHERE id = 1")
    copy_store(filled, empty)
    assert rows(empty, "SELECT folded_into FROM event WHERE id = 1") == rows(empty, "SELECT max(id) FROM event")


@pytest.mark.slow
def test_a_killed_copy_leaves_no_file_under_its_name(filled: str, tmp_path: Path) -> None:
    enlarge(tmp_path / "store.db")
    target, part = tmp_path / "target.db", tmp_path / "target.db.part"
    url = f"sqlite:///{target}"
    killed_in_between = 0
    for size in (1, 5_000_000, 20_000_000):
        part.unlink(missing_ok=True)
        kill_at(start_copy(filled, url), part, size)
        assert not target.exists()
        killed_in_between += part.exists()
    assert killed_in_between == 3
    copied = copy_store(filled, url)
    assert found(url).counts == copied
    assert sorted(path.name for path in tmp_path.glob("target*")) == ["target.db", "target.db.lock"]


@pytest.mark.slow
@pytest.mark.server
def test_a_killed_copy_leaves_a_server_empty(filled: str, server_url: str, tmp_path: Path) -> None:
    enlarge(tmp_path / "store.db")
    killed_in_between = 0
    for _ in range(4):
        process = start_copy(filled, server_url)
        wait_until_bodies_are_written(server_url, process)
        killed_in_between += process.poll() is None
        process.kill()
        process.wait()
        assert is_empty(server_url)
    assert killed_in_between == 4
    copied = copy_store(filled, server_url)
    assert found(server_url).counts == copied


def start_copy(source: str, target: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "watch", "--db", source, "copy-to", target]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_until_bodies_are_written(url: str, process: subprocess.Popen[bytes]) -> None:
    """Until the file of the table grows on the server: its rows can't be seen before the commit."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    end = time.monotonic() + 60
    with engine.connect() as connection:
        size = text("SELECT coalesce(pg_relation_size(reltoastrelid), 0) FROM pg_class WHERE oid = to_regclass('body')")
        while (connection.scalar(size) or 0) < 5_000_000 and process.poll() is None:
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.005)
    engine.dispose()


@pytest.mark.slow
@both
def test_copies_of_a_store_that_is_crawled_hold_all_that_was_acknowledged(
    backend: str, empty: str, tmp_path: Path
) -> None:
    db_url = f"sqlite:///{tmp_path / 'store.db'}"
    with ReplicaServer(ReplicaSite(25, "divs", 7)) as server, crawling(db_url, server.base_url) as crawl:
        while not crawl.acknowledged:
            assert crawl.is_running, crawl.told
            time.sleep(0.01)
        known = set(crawl.acknowledged)
        copy_store(db_url, empty)
        was_running = crawl.is_running
        assert crawl.ended() == 0, crawl.told
    assert was_running
    assert found(empty).is_whole
    assert known <= {id_ for (id_,) in rows(empty, "SELECT id FROM capture")}


def test_a_full_disk_leaves_nothing(filled: str, tmp_path: Path) -> None:
    enlarge(tmp_path / "store.db")
    with small_disk(tmp_path / "disk", "8m") as disk:
        with pytest.raises(OutOfSpace):
            copy_store(filled, f"sqlite:///{disk / 'target.db'}")
        assert [path.name for path in disk.iterdir()] == ["target.db.lock"]


def test_progress_is_told_up_to_the_last_row(filled: str, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    copied = copy_store(filled, f"sqlite:///{tmp_path / 'target.db'}", told=lambda *each: told.append(each))
    assert told[-1] == (sum(copied.values()),) * 2
    assert told == sorted(told)


def test_every_table_of_a_store_is_copied_or_filled(db_url: str) -> None:
    """A table that no model has is filled anew: whoever adds one names it in ``FILLED``."""
    engine = open_store(db_url, write=True)
    there = set(inspect(engine).get_table_names()) - {"alembic_version"}
    engine.dispose()
    filled = {name for name in there for other in FILLED if name.startswith(other.name)}
    assert there == set(Base.metadata.tables) | filled


@pytest.fixture
def crowded(tmp_path: Path) -> Callable[[int], str]:
    def make(pages: int) -> str:
        url = f"sqlite:///{tmp_path / f'of-{pages}.db'}"
        stage = Stage(url)
        shown = {f"p{n}": article(f"Text {n}. " * 50) for n in range(pages)}
        stage.crawl(shown)
        stage.close()
        return url

    return make


@pytest.mark.slow
def test_memory_does_not_grow_with_the_store(crowded: Callable[[int], str], tmp_path: Path) -> None:
    import tracemalloc

    peaks = []
    copy_store(crowded(1800), f"sqlite:///{tmp_path / 'first.db'}")  # what is remembered of words has its own limit
    for pages in (300, 1800):
        url = f"sqlite:///{tmp_path / 'of-1800.db'}" if pages == 1800 else crowded(pages)
        tracemalloc.start()
        copy_store(url, f"sqlite:///{tmp_path / f'copy-of-{pages}.db'}")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5, peaks
