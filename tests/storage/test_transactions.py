"""A transaction is begun anew where that can help, what became of a lost COMMIT is looked up, and nothing is stored twice."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from storage import transactions
from storage.archive import Archive
from storage.engine import open_engine, open_store, shown
from storage.errors import OutcomeUnknown, StorageError, StoreConflict, StoreUnreachable
from storage.records import RunMode
from storage.transactions import written
from tests.storage.conftest import _schema
from tests.storage.stage import Stage, article

pytestmark = pytest.mark.server


@pytest.fixture
def pg_url(administrator: Engine) -> Iterator[str]:
    yield from _schema(administrator)


@pytest.fixture
def stage(pg_url: str) -> Iterator[Stage]:
    opened = Stage(pg_url)
    yield opened
    opened.close()


@pytest.fixture
def admin(postgresql: str) -> Iterator[Connection]:
    """Another connection of a superuser's, that sees what the program's own connections do."""
    engine = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if not connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")):
            pytest.skip("ending another connection inside COMMIT takes a superuser of the PostgreSQL server")
        yield connection
    engine.dispose()


# --- two writers that cross -------------------------------------------------------------------------------------------
def test_two_writers_that_wait_for_each_other_both_come_through(stage: Stage) -> None:
    """A real deadlock: the server ends one of the two with 40P01."""
    runs = [stage.begin(RunMode.URL), stage.begin(RunMode.URL)]
    meet, tried = threading.Barrier(2, timeout=20), count()

    def crossing(first: int, second: int) -> Callable[[Connection], None]:
        is_first_try = iter([True])

        def work(connection: Connection) -> None:
            next(tried)
            mark = text("UPDATE run SET requests = requests + 1 WHERE id = :id")
            connection.execute(mark, {"id": first})
            if next(is_first_try, False):
                meet.wait()
            connection.execute(mark, {"id": second})

        return work

    engines = [open_store(stage.url, write=True) for _ in runs]
    threads = [
        threading.Thread(target=written, args=(engine, crossing(*order)))
        for engine, order in zip(engines, (runs, runs[::-1]), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    for engine in engines:
        engine.dispose()
    assert stage.rows("SELECT requests FROM run ORDER BY id") == [(2,), (2,)]
    assert next(tried) == 3


def _failing(connection: Connection, state: str) -> None:
    connection.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'crossed' USING ERRCODE = '{state}'; END $$"))


@pytest.mark.parametrize("state", ["40001", "40P01"])
@pytest.mark.parametrize(("failures", "is_stored"), [(4, True), (5, False)])
def test_a_conflict_is_tried_five_times_and_no_more(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, state: str, failures: int, *, is_stored: bool
) -> None:
    monkeypatch.setattr(transactions, "PAUSE_SECONDS", 0.001)
    run, tries = stage.begin(), []

    def work(connection: Connection) -> str:
        tries.append(1)
        connection.execute(text("UPDATE run SET requests = requests + 1"))
        if len(tries) <= failures:
            _failing(connection, state)
        return "done"

    if is_stored:
        assert written(stage.engine, work) == "done"
    else:
        with pytest.raises(StoreConflict) as caught:
            written(stage.engine, work)
        assert caught.value.exit_code == 17
    assert len(tries) == 5
    assert stage.rows("SELECT id, requests FROM run") == [(run, int(is_stored))]


def test_a_real_serialisation_failure_is_begun_anew(stage: Stage) -> None:
    stage.begin()
    engine = stage.engine.execution_options(isolation_level="SERIALIZABLE")
    tries = []

    def work(connection: Connection) -> None:
        connection.execute(text("SELECT requests FROM run")).all()
        tries.append(1)
        if len(tries) == 1:
            with stage.engine.begin() as other:
                other.execute(text("UPDATE run SET requests = 10"))
        connection.execute(text("UPDATE run SET requests = requests + 1"))

    written(engine, work)
    assert len(tries) == 2
    assert stage.rows("SELECT requests FROM run") == [(11,)]


def test_an_error_that_no_second_try_mends_is_raised_at_once(stage: Stage) -> None:
    stage.begin()
    tries = []

    def work(connection: Connection) -> None:
        tries.append(1)
        _failing(connection, "22012")

    with pytest.raises(StorageError):
        written(stage.engine, work)
    assert len(tries) == 1


def test_a_batch_that_was_begun_anew_is_settled_as_any_other(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a run remembers between batches isn't moved on by a transaction that failed."""
    from storage import settling

    pages = {f"p{number}": article(f"Text {number}.") for number in range(30)}
    stage.crawl(pages)
    stage.pass_time(days=1)
    stage.begin()
    stage.list(*pages)
    for name, shown_before in pages.items():
        stage.show(name, article("Text 3.", "Edited.") if name == "p3" else shown_before)
    real, calls = settling.settle_clear, []

    def fails_once(connection: Connection, *given: object) -> object:
        settled = real(connection, *given)
        calls.append(1)
        if len(calls) == 1:
            _failing(connection, "40P01")
        return settled

    monkeypatch.setattr(settling, "settle_clear", fails_once)
    assert stage.archive.settle_batch(stage.run_id).events == {"edited": 1}
    assert len(calls) == 2
    assert stage.end().events == {"edited": 1}
    assert stage.is_whole()


# --- a connection that breaks -----------------------------------------------------------------------------------------
def test_a_connection_that_breaks_before_commit_is_begun_anew(stage: Stage, admin: Connection) -> None:
    stage.begin()
    tries = []

    def work(connection: Connection) -> None:
        tries.append(1)
        connection.execute(text("UPDATE run SET requests = requests + 1"))
        if len(tries) == 1:
            pid = connection.scalar(text("SELECT pg_backend_pid()"))
            admin.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        connection.execute(text("UPDATE run SET bytes = bytes + 1"))

    written(stage.engine, work)
    assert len(tries) == 2
    assert stage.rows("SELECT requests, bytes FROM run") == [(1, 1)]


@contextmanager
def ended_inside_commit(admin: Connection, event: str) -> Iterator[list[int]]:
    """Whoever waits in a COMMIT for ``event`` loses the connection there, once; the pids of those that did."""
    ended: list[int] = []
    stop = threading.Event()
    waiting = text(
        "SELECT pid FROM pg_stat_activity WHERE query ~* '^commit' AND wait_event = :event AND state = 'active'"
    )

    def end() -> None:
        while not stop.is_set() and not ended:
            for pid in admin.scalars(waiting, {"event": event}).all():
                admin.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
                ended.append(pid)
            time.sleep(0.02)

    thread = threading.Thread(target=end)
    thread.start()
    try:
        yield ended
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def no_standby(admin: Connection) -> Iterator[None]:
    """COMMIT is durable here and then waits for a standby that never answers: whoever loses the connection there is committed."""
    if os.environ.get("CSTO_WATCH_TEST_PG"):
        pytest.skip(
            "all commits of a server would wait: only a private one is set so, and CSTO_WATCH_TEST_PG names another"
        )
    admin.execute(text("ALTER SYSTEM SET synchronous_standby_names = 'nobody'"))
    admin.execute(text("SELECT pg_reload_conf()"))
    time.sleep(0.3)
    yield
    admin.execute(text("ALTER SYSTEM RESET synchronous_standby_names"))
    admin.execute(text("SELECT pg_reload_conf()"))
    time.sleep(0.3)


def test_a_commit_whose_answer_was_lost_is_found_committed_and_not_repeated(
    stage: Stage, admin: Connection, no_standby: None
) -> None:
    run = stage.begin()
    engine = open_engine(stage.url.replace("options=", "options=-csynchronous_commit%3Don%20"))
    with ended_inside_commit(admin, "SyncRep") as ended:
        capture = stage.capture("a", article("Text."), stage.now)
        recorded = Archive(engine, clock=lambda: stage.now).record(run, [capture])[0].id
    engine.dispose()
    assert len(ended) == 1
    assert stage.rows("SELECT id, run_id FROM capture") == [(recorded, run)]
    assert stage.rows("SELECT count(*) FROM page") == [(1,)]
    assert stage.end().events == {"new": 1}
    assert stage.is_whole()


SLOW_COMMIT = (
    "CREATE FUNCTION wait_once() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM pg_sleep(CASE WHEN (SELECT count(*) FROM capture) = 1 THEN 5 ELSE 0 END); RETURN NULL; END $$",
    "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON capture DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION wait_once()",
)


def test_a_commit_that_was_cut_off_is_found_undone_and_repeated_once(stage: Stage, admin: Connection) -> None:
    with stage.engine.begin() as connection:
        for statement in SLOW_COMMIT:
            connection.execute(text(statement))
    run = stage.begin()
    with ended_inside_commit(admin, "PgSleep") as ended:
        recorded = stage.show("a", article("Text."))
    assert len(ended) == 1
    assert stage.rows("SELECT id, run_id FROM capture") == [(recorded, run)]
    assert stage.end().events == {"new": 1}
    assert stage.is_whole()


def test_a_server_that_can_t_say_what_became_of_a_commit_ends_the_work(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.begin()
    monkeypatch.setattr(transactions, "_LOOKUP_SECONDS", 0.3)
    tries = []

    def away(connection: Connection) -> None:
        tries.append(1)
        connection.execute(text("UPDATE run SET requests = requests + 1"))

    @contextmanager
    def lost(engine: Engine) -> Iterator[Connection]:
        with engine.begin() as connection:
            yield connection
        raise StoreUnreachable(shown(engine.url), "gone")

    @contextmanager
    def unreachable(engine: Engine) -> Iterator[Connection]:
        raise StoreUnreachable(shown(engine.url), "gone")
        yield

    monkeypatch.setattr(transactions, "writing", lost)
    monkeypatch.setattr(transactions, "reading", unreachable)
    with pytest.raises(OutcomeUnknown) as caught:
        written(stage.engine, away)
    assert caught.value.exit_code == 17
    assert len(tries) == 1
