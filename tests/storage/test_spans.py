"""A run's captures are found by their ids alone, whoever wrote beside it and whatever became of them."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from storage import spans, visits
from storage.engine import open_engine, open_store, reading, writing
from storage.models import CaptureRow, table_of
from storage.records import Outcome, RunMode
from storage.spans import of_runs
from storage.verify import verify
from tests.storage.old_stores import make_old
from tests.storage.stage import Stage, article, report

A, B = article("First."), article("Second.")


def captures(stage: Stage, *run_ids: int) -> list[int]:
    table = table_of(CaptureRow)
    with reading(stage.engine) as connection:
        return sorted(connection.scalars(table.select().with_only_columns(table.c.id).where(of_runs(run_ids))))


def by_run(stage: Stage) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for run_id, id_ in stage.rows("SELECT run_id, id FROM capture ORDER BY id"):
        found.setdefault(run_id, []).append(id_)
    return found


def test_two_runs_that_record_in_turns_have_each_its_own(stage: Stage) -> None:
    first = stage.begin(site="csto-en")
    second = stage.begin(site="csto-ru")
    for number in range(6):
        stage.run_id = (first, second)[number % 2]
        stage.show(f"p{number}", article(f"Of page {number}."))
    for run_id in (first, second):
        assert captures(stage, run_id) == by_run(stage)[run_id]  # not settled yet: open at its end
    for run_id in (first, second):
        stage.archive.settle(run_id, report())
    assert {run_id: captures(stage, run_id) for run_id in (first, second)} == by_run(stage)
    assert captures(stage, first, second) == sorted(id_ for ids in by_run(stage).values() for id_ in ids)
    assert stage.is_whole()


def test_a_run_that_captured_nothing_has_nobody_elses(stage: Stage) -> None:
    stage.crawl({"a": A})
    empty = stage.begin(RunMode.NEW)
    stage.end(is_complete=False)
    stage.crawl({"a": B})
    assert captures(stage, empty) == []
    assert stage.is_whole()


def test_an_abandoned_run_ends_with_the_run_that_settles_it(stage: Stage) -> None:
    stage.crawl({"a": A})
    abandoned = stage.begin()
    stage.show("a", B)
    stage.crawl({"a": B, "b": A})
    assert captures(stage, abandoned) == by_run(stage)[abandoned]
    assert stage.rows("SELECT count(*) FROM span WHERE last_capture IS NULL") == [(0,)]
    assert stage.is_whole()


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("DELETE FROM span WHERE run_id = 2", "span 2: is missing"),
        ("UPDATE span SET last_capture = last_capture + 1 WHERE run_id = 1", "span 1: its values aren't those"),
        (
            "UPDATE span SET first_capture = first_capture + 1 WHERE run_id = 2",
            "stands outside of the captures of run 2",
        ),
    ],
)
def test_a_span_that_was_altered_is_named(stage: Stage, sql: str, words: str) -> None:
    stage.crawl({"a": A, "b": A})
    stage.crawl({"a": B, "b": A})
    with writing(stage.engine) as connection:
        connection.execute(text(sql))
    assert any(words in str(damage) for damage in verify(stage.engine))


def test_an_older_store_that_was_killed_amid_a_run_settles_it(db_url: str, tmp_path: object) -> None:
    """What waits had another number in schema 0010, and no index of its own."""
    today = Stage(f"sqlite:///{tmp_path}/today.db")
    today.crawl({"a": A, "b": A})
    today.pass_time(days=1)
    today.begin()
    today.list("a", "b")
    today.show("a", B)
    today.show("b", A, is_open=True)
    old = open_engine(db_url)
    make_old(old, "0010", today.engine)
    with old.begin() as connection:
        connection.execute(
            text("UPDATE capture SET standing = CASE standing WHEN 65536 THEN 0 ELSE 5 END WHERE standing > 65535")
        )
    old.dispose()
    stage = Stage(db_url)
    assert sorted(stage.rows("SELECT standing FROM capture WHERE standing > 65535")) == [(65536,), (65537,)]
    stage.now = today.now
    settled = stage.crawl({"a": B, "b": A})
    assert settled.events["edited"] == 1
    assert stage.is_whole()
    today.close()
    stage.close()


def test_visits_that_an_older_store_had_listed_are_in_the_spans_of_their_runs(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visits, "FEWEST", 4)
    today = Stage(f"sqlite:///{tmp_path}/today.db")
    for _ in range(9):
        today.crawl({"a": A, "b": A})
    before = {run_id: captures(today, run_id) for run_id in by_run(today)}
    assert visits.list_visits(today.engine).visits > 8
    url = f"sqlite:///{tmp_path}/old.db"
    old = open_engine(url)
    make_old(old, "0010", today.engine)
    old.dispose()
    engine = open_store(url, write=True)
    with writing(engine) as connection:
        visits.put_back(connection, [1, 2])
    stage = Stage(url)
    assert {run_id: captures(stage, run_id) for run_id in by_run(stage)} == before
    assert verify(engine) == []
    for each in (today, stage):
        each.close()
    engine.dispose()


def test_what_is_recorded_before_its_run_began_is_named(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.crawl({"a": Outcome.NOT_MODIFIED})
    with writing(stage.engine) as connection:
        connection.execute(text("UPDATE capture SET run_id = 2 WHERE id = 1"))
        assert [damage.where for damage in spans.outside(connection)] == ["1"]
