"""Each event is put into the outbox of each rule once, in the transaction that records it; what is put together stays so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from storage import outbox
from storage.archive import Archive
from storage.engine import reading
from storage.errors import SendersHeld
from storage.forgetting import forget
from storage.lock import senders_lock, store_lock
from storage.outbox import Draft, Waiting
from storage.records import RunMode
from storage.transactions import written
from tests.storage.stage import Stage, article

RULES = ("press", "chief")


@pytest.fixture
def told(stage: Stage) -> Stage:
    """A store with a first crawl, whose later events two rules are told of."""
    stage.archive = Archive(stage.engine, clock=lambda: stage.now, rules=RULES)
    stage.crawl({"a": article("First."), "b": article("Second."), "c": article("Third.")})
    return stage


def rows(stage: Stage) -> list[tuple[object, ...]]:
    return stage.rows("SELECT rule, state, notice_id FROM outbox ORDER BY id")


def waiting(stage: Stage, *rules: str) -> list[Waiting]:
    with reading(stage.engine) as connection:
        return outbox.waiting(connection, rules or RULES)


def make(stage: Stage, *drafts: Draft, passed: tuple[Waiting, ...] = ()) -> int:
    return written(stage.engine, lambda c: outbox.make(c, drafts, passed, stage.now))


def test_a_first_crawl_is_silent(told: Stage) -> None:
    assert rows(told) == []


def test_an_event_is_put_into_the_outbox_of_each_rule_once(told: Stage) -> None:
    told.crawl({"a": article("Another."), "b": article("Second."), "c": article("Third."), "d": article("New.")})
    assert sorted(told.told()) == ["edited a", "new d"]
    assert sorted(row[0] for row in rows(told)) == ["chief", "chief", "press", "press"]
    assert {row.event_id for row in waiting(told)} == {event.id for event in told.events(run_id=told.run_id)}
    keys = [(row.rule, row.uid) for row in waiting(told)]
    assert len(set(keys)) == 4


def test_what_is_recorded_again_adds_nothing(told: Stage) -> None:
    told.crawl({"a": article("Another."), "b": article("Second."), "c": article("Third.")})
    before = rows(told)
    again = told.events(run_id=told.run_id)[0].recorded_at
    assert written(told.engine, lambda c: outbox.enqueue(c, RULES, again)) == 0
    assert rows(told) == before


def test_a_run_tells_only_once_it_is_settled(told: Stage) -> None:
    told.pass_time(days=1)
    told.begin()
    told.list("a", "b", "c", "d")
    told.show("d", article("New."))
    told.archive.settle_batch(told.run_id)
    assert len(rows(told)) == 2, "in the transaction that told the page as new"
    assert waiting(told) == []
    told.end(is_complete=False)
    assert len(waiting(told)) == 2


def test_a_killed_run_s_events_are_told_after_the_next(told: Stage) -> None:
    told.pass_time(days=1)
    told.begin()
    told.show("d", article("New."))
    told.archive.settle_batch(told.run_id)
    told.crawl({"a": article("First."), "b": article("Second."), "c": article("Third.")})
    assert [row.rule for row in waiting(told)] == ["press", "chief"]


def test_a_transaction_that_fails_leaves_neither_event_nor_row(told: Stage) -> None:
    told.pass_time(days=1)
    told.begin()
    told.list("a", "b", "c")
    told.show("a", article("Another."))

    def fails(_connection: Connection, *_: object) -> None:
        raise RuntimeError("killed here")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.archive.seal", fails)
        with pytest.raises(RuntimeError, match="killed here"):
            told.end()
    assert rows(told) == []
    assert told.told() == []
    told.end()
    assert len(rows(told)) == 2


def test_the_past_and_another_reader_are_silent(told: Stage) -> None:
    told.begin(RunMode.IMPORT, None)
    told.show("a", article("Long ago."), at=told.now - timedelta(days=100))
    told.show("z", article("An old page."), at=told.now - timedelta(days=100))
    told.end()
    assert told.told()
    assert rows(told) == []


def test_what_a_person_accepted_is_told(told: Stage) -> None:
    long = article(*(f"Paragraph {n} says quite a lot of things about the exercise." for n in range(20)))
    told.crawl({"a": long, "b": article("Second."), "c": article("Third.")})
    told.crawl({"a": article("Short."), "b": article("Second."), "c": article("Third.")})
    held = told.rows("SELECT id FROM held")
    assert len(held) == 1
    before = len(rows(told))
    told.pass_time(hours=1)
    told.archive.accept([int(held[0][0])])
    assert len(rows(told)) == before + 2


def test_an_edit_keeps_its_row_when_an_older_version_is_imported(told: Stage) -> None:
    told.crawl({"a": article("Another."), "b": article("Second."), "c": article("Third."), "d": article("New.")})
    before = {(row.rule, row.uid, row.event_id) for row in waiting(told)}
    told.begin(RunMode.IMPORT, None)
    for name in ("a", "d"):
        told.show(name, article("Long ago."), at=told.now - timedelta(days=100))
    told.end()
    assert {(row.rule, row.uid, row.event_id) for row in waiting(told)} == before


def test_an_event_that_took_a_gone_one_s_id_isn_t_taken_for_it(told: Stage) -> None:
    told.crawl({"a": article("Another."), "b": article("Second."), "c": article("Third.")})
    first = waiting(told, "press")[0]
    with told.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE event SET kind = 'deleted' WHERE id = {first.event_id}")
    assert [row.event_id for row in waiting(told, "press")] == [None]


def test_rows_put_together_are_taken_once_and_go_to_each_address(told: Stage) -> None:
    told.crawl({"a": article("Another."), "b": article("Second."), "c": article("Third."), "d": article("New.")})
    first, second = waiting(told, "press")
    assert make(told, Draft("press", "single", (first,), ("json", "env:MAIL")), passed=(second,)) == 1
    assert waiting(told, "press") == []
    with reading(told.engine) as connection:
        due = outbox.due(connection, RULES, told.now)
        assert [(one.rule, one.target, one.shape) for one in due] == [
            ("press", "json", "single"),
            ("press", "env:MAIL", "single"),
        ]
        assert len({one.uid for one in due}) == 1, "one notice has one id, wherever it goes"
        assert [row.uid for row in outbox.events_in(connection, due[0].notice_id)] == [first.uid]


def test_a_failed_try_waits_and_a_sent_one_is_over(told: Stage) -> None:
    told.crawl({"a": article("Another."), "b": article("Second."), "c": article("Third.")})
    (row,) = waiting(told, "press")
    make(told, Draft("press", "single", (row,), ("json",)))
    later = told.now + timedelta(minutes=5)
    with reading(told.engine) as connection:
        (due,) = outbox.due(connection, RULES, told.now)
    written(told.engine, lambda c: outbox.mark_failed(c, due.delivery_id, told.now, "no connection", later))
    with reading(told.engine) as connection:
        assert outbox.due(connection, RULES, told.now) == []
        assert [one.tries for one in outbox.due(connection, RULES, later)] == [1]
        found = outbox.backlog(connection)
        assert (found.events, found.notices, found.failed, found.failure) == (1, 1, "press to json", "no connection")
        assert found.since is not None
    written(told.engine, lambda c: outbox.mark_sent(c, due.delivery_id, later))
    with reading(told.engine) as connection:
        assert outbox.due(connection, RULES, None) == []
        assert outbox.backlog(connection, "press").notices == 0
        assert outbox.backlog(connection, "press").failure == ""


def test_what_a_person_discards_is_over(told: Stage) -> None:
    told.crawl({"a": article("Another."), "b": article("Second."), "c": article("Third."), "d": article("New.")})
    first, _ = waiting(told, "press")
    make(told, Draft("press", "single", (first,), ("json",)))
    assert written(told.engine, lambda c: outbox.discard(c, "press")) == 2
    with reading(told.engine) as connection:
        assert outbox.rules_waiting(connection) == {"chief"}


def test_of_a_forgotten_page_no_row_can_tell(told: Stage) -> None:
    told.crawl({"a": article("A secret name."), "b": article("Second."), "c": article("Third."), "d": article("New.")})
    rows_of = {row.event_id: row for row in waiting(told, "press")}
    edited = next(event for event in told.events(run_id=told.run_id) if event.kind == "edited")
    make(told, Draft("press", "single", (rows_of[edited.id],), ("json",)))
    page = told.rows("SELECT page_id FROM event WHERE id = :id", id=edited.id)[0][0]
    forget(told.engine, [int(page)], clock=lambda: told.now)
    with reading(told.engine) as connection:
        (due,) = outbox.due(connection, ["press"], None)
        assert [row.event_id for row in outbox.events_in(connection, due.notice_id)] == [None]
    assert len(waiting(told, "chief")) == 2
    assert [row.event_id is None for row in waiting(told, "chief")].count(True) == 1
    assert told.is_whole()


def test_one_process_sends_and_a_crawl_isn_t_in_its_way(stage: Stage) -> None:
    with senders_lock(stage.url):
        with pytest.raises(SendersHeld, match="sends the notices"), senders_lock(stage.url):
            pass
        with store_lock(stage.url):
            pass
    with senders_lock(stage.url):
        pass


@pytest.fixture
def copied(told: Stage, tmp_path_factory: pytest.TempPathFactory) -> tuple[Stage, str]:
    told.crawl({"a": article("Another."), "b": article("Second."), "c": article("Third."), "d": article("New.")})
    first, _ = waiting(told, "press")
    make(told, Draft("press", "single", (first,), ("json",)))
    return told, f"sqlite:///{tmp_path_factory.mktemp('copy') / 'copy.db'}"


def test_the_outbox_goes_with_a_copy_and_with_an_export_of_the_whole_store(copied: tuple[Stage, str]) -> None:
    from storage.dumping import dump, restore
    from storage.engine import open_store
    from storage.moving import copy_store
    from storage.roots import content_root

    told, url = copied
    tables = ("notice", "outbox", "delivery")
    wanted = {name: told.rows(f"SELECT * FROM {name} ORDER BY id") for name in tables}
    copy_store(told.url, url)
    again = url.replace("copy.db", "again.db")
    with reading(told.engine) as connection:
        restore(again, list(dump(connection, content_root(connection).hex())))
    for place in (url, again):
        engine = open_store(place, write=False)
        with reading(engine) as connection:
            assert outbox.due(connection, RULES, None)[0].uid
            assert len(outbox.waiting(connection, RULES)) == 3
            found = {name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar() for name in tables}
        engine.dispose()
        assert found == {name: len(rows) for name, rows in wanted.items()}
