"""Seals: what a run added can't be altered, removed or added to without ``verify`` saying so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from storage.engine import writing
from storage.leaves import FAN_OUT, hash_of, path_of, root_of
from storage.records import Outcome
from storage.seal_lists import pack, unpack
from storage.verify import verify
from tests.storage.stage import Stage, article, report
from tests.storage.test_past import put_in

A, B, C = article("First."), article("Second."), article("Third.")


@pytest.fixture
def sealed(stage: Stage) -> Stage:
    """Three runs: two pages, an edit, and a page that is gone."""
    stage.crawl({"a": A, "b": B})
    stage.crawl({"a": C, "b": B})
    stage.pass_time(days=1)
    stage.begin()
    stage.list("a")
    stage.show("a", C)
    stage.gone("b", 410)
    stage.end()
    stage.is_whole()
    return stage


def found(stage: Stage, *statements: str) -> list[str]:
    with writing(stage.engine) as connection:
        for statement in statements:
            connection.execute(text(statement))
    told = map(str, verify(stage.engine))
    return [words for words in told if "seal" in words or "stands outside" in words]


def test_each_run_is_sealed_once_and_quotes_the_seal_before_it(sealed: Stage) -> None:
    seals = sealed.rows(
        "SELECT number, run_id, runs, captures, versions, events, previous, hash FROM seal ORDER BY number"
    )
    assert [row[:6] for row in seals] == [(1, 1, 1, 2, 2, 2), (2, 2, 1, 2, 1, 1), (3, 3, 1, 2, 0, 1)]
    hashes = [bytes(row[7]) for row in seals]
    assert [row[6] and bytes(row[6]) for row in seals] == [None, hashes[0], hashes[1]]


def test_nothing_new_needs_no_seal(sealed: Stage) -> None:
    sealed.archive.settle_batch(sealed.run_id)
    sealed.end()
    assert sealed.rows("SELECT count(*) FROM seal") == [(3,)]
    sealed.is_whole()


ALTERED = [
    ("UPDATE capture SET captured_at = (SELECT captured_at FROM capture WHERE id = 1) WHERE id = 4", "capture 4", 2),
    ("UPDATE capture SET http_status = 404 WHERE id = 2", "capture 2", 1),
    ("UPDATE capture SET reason = 'it was so' WHERE id = 6", "capture 6", 3),
    ("UPDATE capture SET body_sha256 = (SELECT body_sha256 FROM capture WHERE id = 1) WHERE id = 3", "capture 3", 2),
    ("UPDATE capture SET content_id = 1 WHERE id = 2", "capture 2", 1),
    ("UPDATE run SET note = 'all went well' WHERE id = 1", "run 1", 1),
    ("UPDATE run SET requests = requests + 1 WHERE id = 2", "run 2", 2),
    ("UPDATE event SET url = 'https://example.org/news/other' WHERE id = 3", "event 3", 2),
    ("UPDATE event SET recorded_at = (SELECT recorded_at FROM event WHERE id = 1) WHERE id = 3", "event 3", 2),
    ("UPDATE event SET seen_at = (SELECT seen_at FROM event WHERE id = 1) WHERE id = 4", "event 4", 3),
    ("UPDATE event SET kind = 'unlisted' WHERE id = 4", "event 4", 3),
    ("UPDATE version SET reader_version = '0' WHERE id = 1", "version 1", 1),
    ("UPDATE version SET opened_by = 2 WHERE id = 1", "version 1", 1),
    ("UPDATE answer SET headers = '{}', final_url = 'https://example.org/' WHERE capture_id = 3", "version 3", 2),
]


@pytest.mark.parametrize(("statement", "row", "number"), ALTERED)
def test_an_altered_row_is_named(sealed: Stage, statement: str, row: str, number: int) -> None:
    assert f"{row}: was altered after seal {number} was made" in found(sealed, statement)


REMOVED = [
    ("UPDATE version SET seal = NULL WHERE id = 3", ["version 3: was taken from under seal 2 after that was made"]),
    (
        "UPDATE event SET seal = 3 WHERE id = 1",
        [
            "event 1: was taken from under seal 1 after that was made",
            "event 1: was put under seal 3 after that was made",
        ],
    ),
    ("DELETE FROM event WHERE id = 4", ["event 4: was removed after seal 3 was made"]),
    (
        "UPDATE page SET latest_capture_id = 1 WHERE id = 1; DELETE FROM answer WHERE capture_id = 5; "
        "DELETE FROM capture WHERE id = 5",
        ["capture 5: was removed after seal 3 was made"],
    ),
    ("DELETE FROM seal WHERE number = 2", ["seal 2: is missing from the chain"]),
    (
        "DELETE FROM event WHERE run_id = 3; UPDATE capture SET run_id = 2 WHERE run_id = 3; "
        "UPDATE seal SET run_id = 2 WHERE run_id = 3; DELETE FROM span WHERE run_id = 3; DELETE FROM run WHERE id = 3",
        [
            "run 3: was removed after seal 3 was made",
            "capture 5: stands outside of the captures of run 2",
            "capture 5: was altered after seal 3 was made",
        ],
    ),
]


@pytest.mark.parametrize(("statements", "named"), REMOVED)
def test_a_removed_row_is_named(sealed: Stage, statements: str, named: list[str]) -> None:
    said = found(sealed, *statements.split("; "))
    assert set(named) <= set(said), "\n".join(said)


def test_a_seal_that_was_made_anew_over_an_altered_row_breaks_the_chain(sealed: Stage) -> None:
    """Whoever alters a row and its seal must make all later seals anew too: one that was noted elsewhere tells."""
    with writing(sealed.engine) as connection:
        connection.execute(text("UPDATE seal SET root = hash WHERE number = 2"))
    said = [str(damage) for damage in verify(sealed.engine)]
    assert "seal 2: its text has another SHA-256" in said
    assert "seal 2: its root isn't that of the rows that it lists" in said
    said = found(sealed, "UPDATE seal SET hash = previous WHERE number = 2")
    assert "seal 3: doesn't quote the seal before it" in said


@pytest.mark.parametrize("column", ["listed", "root", "hash"])
def test_a_damaged_seal_is_named(sealed: Stage, column: str) -> None:
    with writing(sealed.engine) as connection:
        connection.execute(
            text(f"UPDATE seal SET {column} = (SELECT previous FROM seal WHERE number = 3) WHERE number = 1")
        )
    assert any(damage.what == "seal" for damage in verify(sealed.engine))


def test_a_capture_from_the_past_leaves_all_seals_as_they_are(sealed: Stage) -> None:
    """It splits a version, corrects an event's bounds and takes the place of the first: what was sealed says none of that."""
    before = sealed.rows("SELECT number, hash FROM seal ORDER BY number")
    sealed.pass_time(days=1)
    first = sealed.rows("SELECT count(*) FROM version")[0][0]
    run_id = sealed.begin()
    sealed.show("a", article("Before all."), sealed.now - timedelta(days=30))
    sealed.show("a", B, sealed.now - timedelta(days=2, hours=12))
    sealed.archive.settle(run_id, report(is_complete=False))
    assert sealed.rows("SELECT count(*) FROM version")[0][0] > first + 1
    assert sealed.rows("SELECT number, hash FROM seal ORDER BY number")[:3] == before
    sealed.is_whole()


def test_an_event_that_is_told_no_longer_leaves_what_was_sealed_of_it(stage: Stage) -> None:
    """An edit that captures from the past prove to be none: its row goes, and what was sealed of it stays."""
    untitled = frozenset({"title"})
    put_in(stage, article("First.", title=None, unknown=untitled), 3)
    put_in(stage, article("First.", title="One"), 1)
    put_in(stage, article("First.", title="Two"), 5)
    stage.is_whole()
    ((edited,),) = stage.rows("SELECT id FROM event WHERE kind = 'edited'")
    put_in(stage, article("Second.", title=None, unknown=untitled), 2)
    assert stage.rows("SELECT count(*) FROM event WHERE id = :id", id=edited) == [(0,)]
    assert stage.rows("SELECT kind, row_id FROM removal") == [("event", edited)]
    stage.is_whole()
    assert f"event {edited}: was removed after seal 3 was made" in found(stage, "DELETE FROM removal")


def test_pages_that_were_joined_keep_what_was_sealed_of_each(stage: Stage) -> None:
    stage.crawl({"old": A, "new": Outcome.NET_ERROR})
    stage.is_whole()
    stage.pass_time(days=1)
    stage.begin()
    stage.list("old", "new")
    stage.show("old", Outcome.MOVED, http_status=301, moved_to="https://example.org/news/new")
    stage.show("new", A)
    stage.end()
    assert stage.rows("SELECT kind, reason FROM removal") == [("page", "joined")]
    stage.is_whole()


def test_a_store_from_before_there_were_seals_is_sealed_when_it_next_settles(sealed: Stage) -> None:
    with writing(sealed.engine) as connection:
        for table in ("run", "version", "event", "model", "removal"):
            connection.execute(text(f"UPDATE {table} SET seal = NULL"))
        connection.execute(text("UPDATE version SET leaf = NULL"))
        connection.execute(text("DELETE FROM seal"))
    sealed.is_whole()
    sealed.crawl({"a": C})
    assert sealed.rows("SELECT number, runs, captures, versions FROM seal") == [(1, 4, 7, 3)]
    sealed.is_whole()


def test_the_newest_seal_taken_away_is_missed_by_the_rows_under_it(sealed: Stage) -> None:
    ((newest,),) = sealed.rows("SELECT max(number) FROM seal")
    with writing(sealed.engine) as connection:
        connection.execute(text(f"DELETE FROM seal WHERE number = {newest}"))
    assert f"seal {newest}: is missing" in map(str, verify(sealed.engine))


def test_a_list_of_rows_that_was_altered_is_named_and_no_row(sealed: Stage) -> None:
    ((listed,),) = sealed.rows("SELECT listed FROM seal WHERE number = 1")
    data = bytes(listed)
    with writing(sealed.engine) as connection:
        broken = data[:-1] + bytes([data[-1] ^ 1])
        connection.execute(text("UPDATE seal SET listed = :listed WHERE number = 1"), {"listed": broken})
    assert list(map(str, verify(sealed.engine))) == ["seal 1: its list of rows was altered, the rows weren't"]


def test_a_seal_names_a_run_that_is_under_it(sealed: Stage) -> None:
    with writing(sealed.engine) as connection:
        connection.execute(text("UPDATE seal SET run_id = 2 WHERE number = 1"))
    assert list(map(str, verify(sealed.engine))) == ["seal 1: names a run that isn't under it"]


def test_what_an_unsettled_run_has_recorded_is_in_no_seal(sealed: Stage) -> None:
    sealed.pass_time(days=1)
    sealed.begin(site="csto-ru")
    sealed.show("c", A)
    sealed.crawl({"a": C})
    assert sealed.rows("SELECT id FROM run WHERE seal IS NULL ORDER BY id") == [(4,)]
    sealed.is_whole()


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=600), st.data())
def test_a_path_leads_from_any_leaf_to_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(leaves) - 1))
    reached = leaves[place]
    for node in path_of(leaves, place):
        lines = node.splitlines()
        assert reached.hex() in lines[1:]
        assert len(lines) <= FAN_OUT + 1
        reached = hash_of(node)
    assert reached == root_of(leaves)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=2, max_size=300, unique=True), st.data())
def test_another_order_or_one_leaf_less_gives_another_root(leaves: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(leaves) - 1))
    swapped = [*leaves[: place - 1], leaves[place], leaves[place - 1], *leaves[place + 1 :]]
    assert root_of(swapped) != root_of(leaves)
    assert root_of(leaves[:place] + leaves[place + 1 :]) != root_of(leaves)


_ROWS = st.lists(st.tuples(st.integers(1, 2**40), st.binary(min_size=32, max_size=32)), max_size=40)


@given(st.fixed_dictionaries({"run": _ROWS, "capture": _ROWS, "event": _ROWS}))
def test_a_list_of_rows_comes_back_as_it_went_in(rows: dict[str, list[tuple[int, bytes]]]) -> None:
    listed = unpack(pack(rows))
    assert {kind: [(id_, leaf[:4]) for id_, leaf in rows[kind]] for kind in rows} == {
        kind: listed[kind] for kind in rows
    }


@given(st.binary(max_size=60))
def test_a_damaged_list_is_an_error_and_nothing_else(data: bytes) -> None:
    good = pack({"capture": [(number, bytes([number]) * 32) for number in range(1, 40)]})
    for broken in (data, good[: len(data)], good + data[:1] + b"x"):
        try:
            unpack(broken)
        except ValueError:
            continue
        assert broken == good
