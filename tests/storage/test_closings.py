"""What no seal holds is altered by nobody but a run: ``verify`` names the row that is."""

from __future__ import annotations

from threading import Thread

import pytest
from sqlalchemy import text

from storage import checksums, closings
from storage.archive import Archive
from storage.compacting import compact
from storage.engine import open_store, reading, writing
from storage.records import Outcome, RunMode
from storage.verify import verify
from tests.storage.stage import SITE, Stage, article

A, B = article("First."), article("Second.")


@pytest.fixture
def closed(stage: Stage) -> Stage:
    """Pages that are listed, gone, moved and held, and a failure whose bytes are kept."""
    stage.crawl({"a": A, "b": B, "c": article("Third.")})
    stage.pass_time(days=1)
    stage.begin()
    stage.list("a", "b")
    stage.show("a", A)
    stage.show("b", Outcome.HTTP_ERROR, http_status=500, body=b"<h1>Error</h1>")
    stage.gone("c", status=410)
    stage.end()
    with writing(stage.engine) as connection:
        values = "('https://example.org/old', 'https://example.org/old/', 1, 'https://example.org/news/a/')"
        connection.execute(text(f"INSERT INTO address VALUES {values}"))
        columns = "kind, page_id, run_id, reason, held_at"
        row = f"SELECT 'possible_move', 1, 1, 'looks alike', {_held_at(connection)} FROM page WHERE id = 1"
        connection.execute(text(f"INSERT INTO held ({columns}) {row}"))
        closings.take(connection, stage.now)
    assert verify(stage.engine) == []
    return stage


def _held_at(connection: object) -> str:
    return "first_seen_at"


def altered(stage: Stage, statement: str) -> list[str]:
    with writing(stage.engine) as connection:
        connection.execute(text(statement))
    return [str(damage) for damage in verify(stage.engine)]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE page SET state = 'gone' WHERE id = 1", "page 1: isn't what the last run left"),
        ("UPDATE page SET listing = 2 WHERE id = 2", "page 2: isn't what the last run left"),
        ("UPDATE page SET checked_at = NULL WHERE id = 2", "page 2: isn't what the last run left"),
        ("UPDATE page SET moved_to = 'https://example.org/' WHERE id = 2", "page 2: isn't what the last run left"),
        ("UPDATE page SET same_as = 1 WHERE id = 2", "page 2: isn't what the last run left"),
        ("UPDATE held SET reason = 'x'", "held 1: isn't what the last run left"),
        (
            "UPDATE event SET is_flapping = NOT is_flapping WHERE id = 2",
            "event 2: wasn't there when the last run ended",
        ),
        ("UPDATE event SET change_group = 'x' WHERE id = 3", "event 3: wasn't there when the last run ended"),
        ("DELETE FROM held", "held 1: was there when the last run ended"),
        ("UPDATE address SET moved_to = 'x'", "address https://example.org/old: isn't what the last run left"),
        ("DELETE FROM address", "address https://example.org/old: was there when the last run ended"),
        (
            "INSERT INTO address VALUES ('https://example.org/x', 'https://example.org/x/', 2, 'y')",
            "address https://example.org/x: wasn't there when the last run ended",
        ),
        ("UPDATE closing SET listed = checksum WHERE name = 'page'", "closing page: its list was altered"),
        ("UPDATE closing SET name = 'pages' WHERE name = 'page'", "closing pages: is no list that this program makes"),
    ],
)
def test_a_row_that_no_run_altered(closed: Stage, statement: str, expected: str) -> None:
    assert expected in altered(closed, statement)


@pytest.mark.parametrize(
    "what", ['headers = \'{"a": "b"}\'', "media_type = NULL", "encoding = 'koi8-r'", "final_url = 'x'", "checksum = ''"]
)
def test_an_answer_that_opened_no_version(closed: Stage, what: str) -> None:
    (failure,) = (row[0] for row in closed.rows("SELECT id FROM capture WHERE outcome = 'http_error'"))
    found = altered(closed, f"UPDATE answer SET {what} WHERE capture_id = {failure}")
    assert found == [f"answer {failure}: its values aren't those that were written"]


def test_what_a_run_writes_opens_the_list_and_its_end_closes_it(closed: Stage) -> None:
    closed.pass_time(days=1)
    closed.begin()
    assert closed.rows("SELECT name FROM closing") == []
    closed.list("a", "b")
    assert verify(closed.engine) == []
    closed.show("a", B)
    closed.end()
    assert closed.rows("SELECT name FROM closing ORDER BY name") == [("address",), ("event",), ("held",), ("page",)]
    assert verify(closed.engine) == []


def test_a_killed_run_leaves_no_list_that_it_has_outdated(closed: Stage) -> None:
    closed.pass_time(days=1)
    closed.begin()
    closed.list("new")
    closed.show("new", A)
    other = open_store(closed.url, write=False)
    assert verify(other) == []
    other.dispose()
    closed.crawl({"a": A})
    assert closed.rows("SELECT count(*) FROM closing") == [(4,)]
    assert verify(closed.engine) == []


def test_an_answer_to_what_is_held_closes_it_anew(closed: Stage) -> None:
    ((held,),) = closed.rows("SELECT id FROM held")
    closed.archive.reject([held])
    assert verify(closed.engine) == []
    assert closed.rows("SELECT count(*) FROM closing") == [(4,)]


@pytest.mark.slow
@pytest.mark.server
def test_two_that_write_at_once_never_leave_an_outdated_list(postgresql: str, stage: Stage) -> None:
    """Without the lock that the one who closes takes, the other's page is altered behind a list that doesn't know it."""
    if stage.engine.dialect.name != "postgresql":
        pytest.skip("one writer is all that SQLite has")
    stage.crawl({f"{name}": A for name in range(20)})
    errors: list[BaseException] = []

    def crawl(site: str, rounds: int) -> None:
        engine = open_store(stage.url, write=True)
        archive = Archive(engine, clock=lambda: stage.now)
        own = Stage.__new__(Stage)
        own.url, own.now, own.engine, own.archive, own.run_id = stage.url, stage.now, engine, archive, 0
        try:
            for number in range(rounds):
                own.begin(RunMode.FULL, site)
                own.show(f"{site}-{number % 3}", article(f"{site} {number}"))
                own.list(f"{site}-{number % 3}", f"{site}-{number}")
                own.end(is_complete=False)
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            errors.append(error)
        finally:
            engine.dispose()

    reader = open_store(stage.url, write=False)
    threads = [Thread(target=crawl, args=(site, 5)) for site in (SITE, "csto-ru")]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert [str(damage) for damage in verify(reader)] == []
    reader.dispose()
    for thread in threads:
        thread.join()
    assert errors == []
    assert verify(stage.engine) == []
    assert stage.rows("SELECT count(*) FROM closing") == [(4,)]


@pytest.fixture
def packed(stage: Stage) -> Stage:
    """A store with a dictionary and a pack."""
    pages = {
        f"p{number}": article(*(f"Paragraph {n} of {number}, said at length." for n in range(40)))
        for number in range(24)
    }
    stage.crawl(pages)
    stage.crawl({name: article(*(block.text + " So." for block in page.blocks)) for name, page in pages.items()})
    compact(stage.engine)
    assert stage.rows("SELECT count(*) FROM dictionary")[0][0]
    assert stage.rows("SELECT count(*) FROM pack")[0][0]
    assert verify(stage.engine) == []
    return stage


@pytest.mark.parametrize("table", ["dictionary", "pack"])
def test_when_and_of_what_a_dictionary_or_a_pack_was_made(packed: Stage, table: str) -> None:
    ((key, made_at),) = packed.rows(f"SELECT id, made_at FROM {table} ORDER BY id LIMIT 1")
    later = "made_at + 1" if isinstance(made_at, int) else "made_at + interval '1 day'"
    (found,) = altered(packed, f"UPDATE {table} SET made_at = {later} WHERE id = {key}")
    assert found == f"{table} {key}: its values aren't those that were written"


def test_checksums_are_of_every_column(packed: Stage) -> None:
    """A column that is put in later is covered too, or left out by name."""
    for table in checksums.SUMMED:
        row = {column.name: "value" for column in table.columns}
        whole = checksums.checksum(table, row)
        for name in row.keys() - {"id", "data", "checksum"}:
            assert checksums.checksum(table, row | {name: "another"}) != whole, name
        with reading(packed.engine) as connection:
            for stored in checksums.rows_of(connection, table):
                assert checksums.checksum(table, stored._asdict()) == stored.checksum


def test_a_long_list_of_events_told_together_comes_to_its_end(closed: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    # In brackets of their own: else the first piece comes again and again, once they are more than a piece.
    monkeypatch.setattr(closings, "_PIECE", 2)
    with writing(closed.engine) as connection:
        connection.execute(text("UPDATE event SET change_group = 'x'"))
        closings.take(connection, closed.now)
        assert not list(closings.changed(connection))
