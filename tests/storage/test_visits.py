"""Unchanged visits in lists: smaller, and for everybody who reads the store the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from storage import queries, visits
from storage.archive import Archive
from storage.engine import open_store, reading, writing
from storage.forgetting import forget
from storage.moving import copy_store
from storage.proofs import prove
from storage.records import Outcome, RunMode
from storage.roots import content_root
from storage.verify import verify
from storage.visit_lists import Visit, pack, unpack
from storage.visits import list_visits
from tests.storage.stage import START, Stage, address, article

A, B, C = article("First."), article("Second."), article("Third.")
FEWEST = 4
RUNS = FEWEST + 6


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists of few visits, so that few runs make one."""
    monkeypatch.setattr(visits, "FEWEST", FEWEST)


def root(stage: Stage) -> bytes:
    with reading(stage.engine) as connection:
        return content_root(connection)


@pytest.fixture
def visited(stage: Stage) -> Stage:
    """Two pages seen unchanged time and again, one of them edited half way."""
    for number in range(RUNS):
        stage.crawl({"a": A, "b": B if number < 2 else C})
    return stage


@pytest.fixture
def listed(visited: Stage) -> Stage:
    before = root(visited)
    done = list_visits(visited.engine)
    assert done.visits == visited.rows("SELECT sum(visits) FROM visits")[0][0] > 2 * FEWEST
    assert root(visited) == before
    assert verify(visited.engine) == []
    return visited


def test_what_opened_a_version_is_the_latest_or_keeps_bytes_stays_a_row(listed: Stage) -> None:
    rows = dict(listed.rows("SELECT page_id, count(*) FROM capture GROUP BY page_id"))
    # "b" was shown twice before its edit: of the first version one visit more, and it isn't alone in a list.
    assert set(rows.values()) <= {2, 3}
    assert listed.rows("SELECT count(*) FROM version JOIN capture ON capture.id = opened_by") == [(3,)]
    assert listed.rows("SELECT count(*) FROM page JOIN capture ON capture.id = latest_capture_id") == [(2,)]


def test_a_second_time_there_is_nothing_left_to_list(listed: Stage) -> None:
    assert list_visits(listed.engine).visits == 0


def test_fewer_visits_wait_for_more(stage: Stage) -> None:
    for _ in range(FEWEST):
        stage.crawl({"a": A})
    assert list_visits(stage.engine).visits == 0  # one opened the version, one is the latest
    for _ in range(2):
        stage.crawl({"a": A})
    assert list_visits(stage.engine).visits == FEWEST
    assert verify(stage.engine) == []


def test_the_next_capture_gets_an_id_of_its_own(listed: Stage) -> None:
    listed.crawl({"a": A, "b": C})
    assert verify(listed.engine) == []
    assert listed.rows("SELECT count(*) FROM capture") == listed.rows("SELECT count(DISTINCT id) FROM capture")


def test_an_import_from_the_past_is_the_newest_capture_and_stays(visited: Stage) -> None:
    """Its id is the highest, it isn't its page's latest: listed, its id would be given to the next capture."""
    visited.begin(RunMode.IMPORT)
    visited.show("a", A, START + timedelta(days=3, hours=1), body=None)
    visited.end(walked_lists=False)
    ((highest,),) = visited.rows("SELECT max(id) FROM capture")
    list_visits(visited.engine)
    assert visited.rows("SELECT max(id) FROM capture") == [(highest,)]
    visited.crawl({"a": A, "b": C})
    assert verify(visited.engine) == []


def test_an_edit_after_it_is_an_edit_as_before(listed: Stage) -> None:
    assert listed.crawl({"a": B, "b": C}).events == {"edited": 1}
    assert verify(listed.engine) == []
    assert listed.rows("SELECT count(*) FROM visits")[0][0] >= 2


def test_a_capture_from_the_past_splits_a_version_whose_visits_are_listed(listed: Stage) -> None:
    listed.begin(RunMode.IMPORT)
    listed.show("a", C, START + timedelta(days=5, hours=1))
    assert listed.end(walked_lists=False).events == {"edited": 2}
    assert verify(listed.engine) == []
    spans = [(one.number, one.captures) for one in queries.history(listed.engine, address("a"))]
    assert [captures for _, captures in spans] == [5, 1, RUNS - 5]
    assert list_visits(listed.engine).visits
    assert verify(listed.engine) == []


def test_the_same_history_as_of_a_store_that_was_never_compacted(sqlite_url: str, tmp_path: object) -> None:
    """Everything that may happen to a page happens to two stores, one of which is compacted after each run."""
    one, other = Stage(sqlite_url), Stage(sqlite_url.replace("store.db", "other.db"))
    shown = {"a": A, "b": B}
    for stage in (one, other):
        for number in range(5 * FEWEST):
            stage.crawl(shown | ({"a": C} if number == 3 * FEWEST else {}))
            if number % 7 == 3:
                stage.begin(RunMode.IMPORT)
                stage.show("b", C if number % 2 else B, START + timedelta(days=number - 2, hours=2))
                stage.end(walked_lists=False)
            if stage is other:
                list_visits(stage.engine)
                assert verify(stage.engine) == []
        stage.begin()
        stage.list("a", "c")
        stage.show("b", Outcome.MOVED, moved_to=address("c"), http_status=301)
        stage.show("c", B)
        stage.show("a", A)
        stage.end()
    assert other.rows("SELECT count(*) FROM visits")[0][0]
    list_visits(other.engine)
    assert root(one) == root(other)
    assert verify(other.engine) == []
    for stage in (one, other):
        stage.close()


def test_a_version_is_proven_from_a_run_whose_visits_are_listed(visited: Stage) -> None:
    ids = [row[0] for row in visited.rows("SELECT id FROM version ORDER BY id")]
    with reading(visited.engine) as connection:
        before = [prove(connection, id_) for id_ in ids]
    list_visits(visited.engine)
    with reading(visited.engine) as connection:
        assert [prove(connection, id_) for id_ in ids] == before


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "UPDATE visits SET visits = visits + 1 WHERE id = (SELECT min(id) FROM visits)",
            "visits 3: doesn't hold the visits that it says",
        ),
        (
            "UPDATE visits SET last_run = last_run + 1 WHERE id = (SELECT min(id) FROM visits)",
            "visits 3: doesn't hold the visits that it says",
        ),
        ("UPDATE visits SET data = :junk WHERE id = (SELECT min(id) FROM visits)", "visits 3: can't be read"),
        ("DELETE FROM visits WHERE id = (SELECT min(id) FROM visits)", "was removed after seal"),
        ("UPDATE visits SET page_id = 2 WHERE id = (SELECT min(id) FROM visits)", "was altered after seal"),
    ],
)
def test_a_list_that_was_tampered_with(listed: Stage, statement: str, expected: str) -> None:
    with writing(listed.engine) as connection:
        connection.execute(text(statement), {"junk": b"junk"} if ":junk" in statement else {})
    assert any(expected in str(damage) for damage in verify(listed.engine))


def test_one_visit_in_a_list_that_was_altered_is_named(listed: Stage) -> None:
    ((id_, data),) = listed.rows("SELECT id, data FROM visits ORDER BY id LIMIT 1")
    some = unpack(bytes(data))
    some[3] = some[3]._replace(captured_at=some[3].captured_at + timedelta(seconds=1))
    with writing(listed.engine) as connection:
        connection.execute(text("UPDATE visits SET data = :data WHERE id = :id"), {"data": pack(some), "id": id_})
    found = [(damage.what, damage.where) for damage in verify(listed.engine)]
    assert ("capture", str(some[3].id)) in found


def test_a_visit_that_is_a_row_too(listed: Stage) -> None:
    ((data,),) = listed.rows("SELECT data FROM visits ORDER BY id LIMIT 1")
    first = unpack(bytes(data))[0]
    with writing(listed.engine) as connection:
        columns = "id, page_id, run_id, outcome, standing"
        connection.execute(text(f"INSERT INTO capture ({columns}) VALUES ({first.id}, 1, {first.run_id}, 'ok', 2)"))
    assert f"visits 3: lists capture {first.id}, which is a row too" in map(str, verify(listed.engine))


def test_a_listed_store_moves_to_another_database_and_back(listed: Stage, tmp_path: object) -> None:
    target = f"sqlite:///{tmp_path}/moved.db"
    copy_store(listed.url, target)
    moved = open_store(target, write=True)
    with reading(moved) as connection:
        assert content_root(connection) == root(listed)
    assert verify(moved) == []
    moved.dispose()


def test_a_page_is_forgotten_with_its_listed_visits_and_another_s_stay(visited: Stage) -> None:
    for _ in range(FEWEST + 2):
        visited.crawl({"a": A, "b": C, "c": A})
    list_visits(visited.engine)
    forget(visited.engine, [1], clock=lambda: visited.now)
    assert visited.rows("SELECT count(*) FROM visits WHERE page_id = 1") == [(0,)]
    assert visited.rows("SELECT count(*) FROM visits WHERE page_id = 3") == [(1,)]
    assert verify(visited.engine) == []
    assert visited.crawl({"b": C, "c": B}).events["edited"] == 1
    assert verify(visited.engine) == []


def test_put_back_it_is_as_it_was(visited: Stage) -> None:
    columns = (
        "id, page_id, run_id, captured_at, outcome, http_status, standing, body_sha256, content_id, version_id, at_url"
    )
    before = visited.rows(f"SELECT {columns} FROM capture ORDER BY id")
    list_visits(visited.engine)
    with writing(visited.engine) as connection:
        visits.put_back(connection, [1, 2])
    assert visited.rows(f"SELECT {columns} FROM capture ORDER BY id") == before
    assert visited.rows("SELECT count(*) FROM visits") == [(0,)]
    assert verify(visited.engine) == []


def test_listing_beside_a_crawl_loses_nothing(visited: Stage) -> None:
    visited.pass_time(days=1)
    visited.begin()
    visited.list("a", "b")
    visited.show("a", B)
    other = open_store(visited.url, write=True)
    assert list_visits(other).visits
    other.dispose()
    visited.show("b", C)
    archive: Archive = visited.archive
    archive.settle_batch(visited.run_id)
    assert visited.end().events == {"edited": 1}
    assert verify(visited.engine) == []


_INSTANTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given
_VISITS = st.builds(
    Visit,
    id=st.integers(1, 2**62),
    run_id=st.integers(1, 2**40),
    captured_at=_INSTANTS,
    outcome=st.sampled_from(["ok", "not_modified"]),
    http_status=st.none() | st.integers(100, 599),
    body_sha256=st.none() | st.binary(min_size=32, max_size=32) | st.just(b"\1" * 32),
    content_id=st.integers(1, 2**40),
    version_id=st.integers(1, 2**40),
    reader_version=st.none() | st.text(st.characters(codec="utf-8"), max_size=5),
)


@given(st.lists(_VISITS, min_size=1, max_size=40))
def test_a_list_gives_back_what_it_was_given(some: list[Visit]) -> None:
    assert unpack(pack(some)) == some


@given(st.lists(_VISITS, min_size=1, max_size=10), st.data())
def test_a_damaged_list_is_an_error_or_a_list(some: list[Visit], data: st.DataObject) -> None:
    whole = pack(some)
    at = data.draw(st.integers(0, len(whole) - 1))
    broken = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    for each in (broken, whole[:at]):
        try:
            assert all(isinstance(visit, Visit) for visit in unpack(each))
        except ValueError:
            continue
