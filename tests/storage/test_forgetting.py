"""A forgotten page is gone from the record, the index and the file; what the seals hold of it stays, and nothing else is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from storage import bodies, dictionaries, queries
from storage.compacting import compact
from storage.engine import open_store, reading, writing
from storage.erasing import free_bytes
from storage.errors import StoreBusy
from storage.findings import examine
from storage.forgetting import forget, look
from storage.forgotten import stub_of
from storage.models import Base, ContentRow, DictionaryRow, table_of
from storage.moving import copy_store
from storage.phrases import parse
from storage.proofs import prove
from storage.queries import find_page
from storage.records import EventKind, Outcome, PageState, RunMode
from storage.search import search
from storage.unpacking import Unpacker
from storage.verify import verify
from storage.word_index import entries
from tests.storage import test_bodies as made
from tests.storage.stage import Stage, address, article
from tests.storage.test_past import put_in

NAME = "xqzebulon"
SAID = f"{NAME} was named here by mistake"
A, B, C = article("First."), article("Second."), article("Third.")


def secret(number: int = 0) -> object:
    return article(made.text_of(NAME, number), f"{SAID}, {number}.", title=f"The case of {NAME} {number}")


def secret_body(number: int, visit: int) -> bytes:
    return made.body_of(NAME, number, visit).replace(b"<p>", f"<p>{SAID}, {number}. ".encode())


def crawl(stage: Stage, number: int, visit: int) -> None:
    """Many pages, and among the first of them the one that will be forgotten."""
    stage.pass_time(days=1)
    stage.begin()
    names = [f"p{place}" for place in range(made.PAGES)]
    stage.list(NAME, *names)
    shown = [
        stage.capture(name, made.shown(name, number), stage.now, body=made.body_of(name, number, visit))
        for name in names
    ]
    ours = stage.capture(NAME, secret(number), stage.now, body=secret_body(number, visit))  # type: ignore[arg-type]
    stage.record(*shown[:1], ours, *shown[1:])
    stage.archive.settle_batch(stage.run_id)
    stage.end()


@pytest.fixture
def filled(stage: Stage) -> Stage:
    """Three crawls: versions behind bases, in packs, and a dictionary."""
    crawl(stage, 0, 0)
    crawl(stage, 1, 1)
    compact(stage.engine)
    crawl(stage, 2, 2)
    assert stage.is_whole()
    return stage


def page_of(stage: Stage, name: str) -> int:
    with reading(stage.engine) as connection:
        found = find_page(connection, address(name))
    assert found is not None
    return found


def forget_page(stage: Stage, name: str = NAME) -> None:
    forget(stage.engine, [page_of(stage, name)], clock=lambda: stage.now)


def unpacked(stage: Stage) -> Iterator[bytes]:
    """All that is stored: rows as they are, and what is compressed in them unpacked; whole packs, dictionaries, the index."""
    with reading(stage.engine) as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                yield repr(tuple(row)).encode()
        yield from made.read_all(stage).values()
        unpack = Unpacker(connection)
        yield from (unpack.pack(id_) for (id_,) in connection.execute(text("SELECT id FROM pack")).all())
        for (id_,) in connection.execute(select(table_of(DictionaryRow).c.id)).all():
            yield dictionaries.content_of(connection, id_)
        for (listed,) in connection.execute(text("SELECT listed FROM closing")).all():
            yield bodies.decompress(bodies.CODEC, bytes(listed))
        content = table_of(ContentRow).c
        for codec, data in connection.execute(select(content.codec, content.article)):
            yield bodies.decompress(codec, data)
        yield from (word.encode() for word, _ in entries(connection))


def holds_it(stage: Stage) -> bool:
    return any(NAME.encode() in piece.lower() for piece in unpacked(stage))


# --- what goes --------------------------------------------------------------------------------------------------------
def test_nothing_that_it_said_is_stored_any_more(filled: Stage) -> None:
    assert holds_it(filled)
    before = {digest: body for digest, body in made.read_all(filled).items() if NAME.encode() not in body}
    forget_page(filled)
    assert not holds_it(filled)
    assert made.read_all(filled) == before, "every other body is there, and reads as it did"
    assert filled.is_whole()


def test_a_dictionary_in_which_it_stands_is_replaced_and_no_other(filled: Stage) -> None:
    with reading(filled.engine) as connection:
        (id_,) = connection.scalars(select(table_of(DictionaryRow).c.id)).all()
        is_in_it = NAME.encode() in dictionaries.content_of(connection, id_)
    others = [f"p{place}" for place in range(made.PAGES)]
    if not is_in_it:
        forget_page(filled)
        assert filled.rows("SELECT id FROM dictionary") == [(id_,)]
    content = filled.rows("SELECT count(*) FROM body WHERE dictionary_id IS NOT NULL")
    assert content[0][0] > 0
    with reading(filled.engine) as connection:
        inside = dictionaries.content_of(connection, id_)
    victim = next(name for name in others if made.body_of(name, 0, 0) in inside)
    forget_page(filled, victim)
    assert filled.rows(f"SELECT count(*) FROM dictionary WHERE id = {id_}") == [(0,)]
    assert filled.rows("SELECT count(*) FROM dictionary") == [(1,)]
    assert filled.rows("SELECT count(*) FROM body WHERE dictionary_id IS NOT NULL")[0][0] > 0
    assert filled.rows("SELECT count(*) FROM pack WHERE dictionary_id IS NOT NULL") == [(1,)]
    assert filled.is_whole()


def test_a_dictionary_that_can_t_be_parted_into_known_answers_is_replaced(stage: Stage) -> None:
    """Where no page begins as a document does, nobody can say whose pages a dictionary is made of."""
    stage.pass_time(days=1)
    stage.begin()
    names = [f"p{place}" for place in range(made.PAGES)]
    stage.list(*names)
    stage.record(*(stage.capture(n, made.shown(n), stage.now, body=made.body_of(n)[6:]) for n in names))
    stage.end()
    ((before,),) = stage.rows("SELECT id FROM dictionary")
    forget_page(stage, "p7")
    ((after,),) = stage.rows("SELECT id FROM dictionary")
    assert after > before
    assert stage.is_whole()


def file_bytes(stage: Stage) -> bytes:
    file = Path(stage.url.removeprefix("sqlite:///"))
    return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")) if path.is_file())


def stored_pieces(stage: Stage, page_id: int) -> list[bytes]:
    """From the middle of all that is stored of a page, as it is stored."""
    sql = (
        "SELECT data FROM body JOIN answer ON answer.body_sha256 = body.sha256 JOIN capture ON capture.id = capture_id"
        " WHERE page_id = :page AND length(data) > 64"
        " UNION ALL SELECT article FROM content JOIN capture ON content_id = content.id WHERE page_id = :page"
    )
    found = [bytes(data) for (data,) in stage.rows(sql, page=page_id)]
    return [data[len(data) // 2 : len(data) // 2 + 24] for data in found]


def test_the_file_and_its_log_hold_no_byte_of_it(sqlite_url: str) -> None:
    stage = Stage(sqlite_url)
    crawl(stage, 0, 0)
    compact(stage.engine)
    crawl(stage, 1, 1)
    pieces = [*stored_pieces(stage, page_of(stage, NAME)), NAME.encode(), NAME.upper().encode()]
    (pack,) = (bytes(data) for (data,) in stage.rows("SELECT data FROM pack"))
    pieces.append(pack[-40:])
    before = file_bytes(stage)
    assert [piece in before for piece in pieces[:-2]] == [True] * (len(pieces) - 2)
    assert pieces[-1] in before
    forget_page(stage)
    after = file_bytes(stage)
    assert [piece in after for piece in pieces] == [False] * len(pieces)
    assert free_bytes(stage.engine) == 0
    assert Path(f"{sqlite_url.removeprefix('sqlite:///')}-wal").stat().st_size == 0
    stage.close()


@pytest.mark.server
def test_the_tables_of_a_server_hold_no_byte_of_it(server_url: str) -> None:
    stage = Stage(server_url)
    crawl(stage, 0, 0)
    pieces = [*stored_pieces(stage, page_of(stage, NAME)), NAME.encode()]
    assert all(piece in server_bytes(stage) for piece in pieces)
    forget_page(stage)
    assert [piece in server_bytes(stage) for piece in pieces] == [False] * len(pieces)
    stage.close()


def server_bytes(stage: Stage) -> bytes:
    """The files of all tables and indexes of the store's schema."""
    with writing(stage.engine) as connection:
        connection.execute(text("COMMIT"))
        connection.execute(text("CHECKPOINT"))
    ((folder,),) = stage.rows("SHOW data_directory")
    files = stage.rows(
        "SELECT pg_relation_filepath(c.oid), pg_relation_filepath(nullif(c.reltoastrelid, 0)) FROM pg_class c"
        " WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'i')"
    )
    paths = [Path(folder) / name for row in files for name in row if name]
    try:
        return b"".join(path.read_bytes() for path in paths if path.exists())
    except PermissionError:
        pytest.skip("the server's files can't be read here")


def test_a_reader_that_holds_the_log_is_told_of_and_the_next_call_ends_it(sqlite_url: str) -> None:
    stage = Stage(f"{sqlite_url}?timeout=0.2")
    crawl(stage, 0, 0)
    page_id = page_of(stage, NAME)
    reader = open_store(sqlite_url, write=False)
    with reading(reader) as connection:
        connection.execute(text("SELECT count(*) FROM page")).all()
        with pytest.raises(StoreBusy):
            forget(stage.engine, [page_id], clock=lambda: stage.now)
        assert stage.state(NAME) == PageState.FORGOTTEN
    reader.dispose()
    forget(stage.engine, [page_id], clock=lambda: stage.now)
    assert NAME.encode() not in file_bytes(stage)
    assert stage.is_whole()
    stage.close()


# --- what stays -------------------------------------------------------------------------------------------------------
def test_the_store_says_that_a_page_was_forgotten_and_not_which(filled: Stage) -> None:
    forget_page(filled)
    left = queries.resolve_url(filled.engine, address(NAME))
    assert left is not None
    assert (left.state, left.url, left.title, left.versions) == (PageState.FORGOTTEN, stub_of(address(NAME)), None, 3)
    assert queries.history(filled.engine, address(NAME)) == []
    assert queries.version(filled.engine, address(NAME)) is None
    told = filled.event(EventKind.FORGOTTEN)
    assert (told.url, told.title, told.past) == (stub_of(address(NAME)), None, True)
    assert list(examine(filled.engine).forgotten) == [stub_of(address(NAME))]
    assert list(search(filled.engine, parse(NAME))) == []


def test_no_id_of_a_forgotten_row_is_given_again(stage: Stage) -> None:
    """An id may stand in a citation, a feed or a cursor: it must never come to mean another page's."""
    stage.crawl({"a": A, NAME: B})
    stage.crawl({"a": A, NAME: C})
    highest = [stage.rows(f"SELECT max(id) FROM {table}")[0][0] for table in ("page", "capture", "version", "event")]
    forget_page(stage)
    stage.crawl({"a": C, "b": B})
    new = [
        stage.rows(f"SELECT min(id) FROM {table} WHERE id > {top}")[0][0] is not None
        for table, top in zip(("page", "capture", "version", "event"), highest, strict=True)
    ]
    assert new == [True] * 4
    assert stage.is_whole()


def test_old_seals_are_proven_by_what_they_held(filled: Stage) -> None:
    before = filled.rows("SELECT number, hash, root FROM seal ORDER BY number")
    forget_page(filled)
    assert filled.rows("SELECT number, hash, root FROM seal ORDER BY number")[: len(before)] == before
    assert filled.rows("SELECT captures, versions, events, removals FROM seal ORDER BY number DESC LIMIT 1") == [
        (0, 0, 1, 9)
    ]
    with reading(filled.engine) as connection:
        proof = prove(connection, queries.history(filled.engine, address("p4"))[-1].id)
    assert len(proof.chain) == 3
    assert filled.is_whole()


ALTERED = [
    ("UPDATE capture SET http_status = 404 WHERE page_id = {page}", "was altered"),
    ("UPDATE capture SET captured_at = (SELECT max(captured_at) FROM capture) WHERE page_id = {page}", "was altered"),
    ("UPDATE capture SET outcome = 'ok' WHERE page_id = {page}", "was altered"),
    ("UPDATE version SET reader_version = '1' WHERE page_id = {page}", "was altered"),
    ("UPDATE version SET content_id = (SELECT max(content_id) FROM capture) WHERE page_id = {page}", "was altered"),
    ("UPDATE page SET state = 'listed' WHERE id = {page}", "was altered"),
    ("UPDATE page SET title = 'Someone' WHERE id = {page}", "it was forgotten, and the store holds what is told of it"),
    (
        "UPDATE page SET url = 'https://example.org/news/x' WHERE id = {page}",
        "it was forgotten, and the store holds its",
    ),
    ("UPDATE removal SET leaf = (SELECT previous FROM seal WHERE number = 2) WHERE kind = 'capture'", "was altered"),
    ("UPDATE removal SET reason = 'mistaken' WHERE kind = 'version'", "was altered"),
    ("DELETE FROM removal WHERE kind = 'event'", "was removed"),
    ("DELETE FROM removal WHERE kind = 'version'", "was altered"),
    ("DELETE FROM event WHERE kind = 'forgotten'", "was removed"),
    ("UPDATE capture SET http_status = 404 WHERE id = 1", "capture 1: was altered"),
    ("UPDATE event SET recorded_at = (SELECT max(recorded_at) FROM event) WHERE id = 1", "event 1: was altered"),
]


@pytest.mark.parametrize(("statement", "said"), ALTERED)
def test_after_forgetting_all_else_that_is_altered_is_found(stage: Stage, statement: str, said: str) -> None:
    stage.crawl({"a": A, NAME: B})
    stage.crawl({"a": A, NAME: C})
    page_id = page_of(stage, NAME)
    forget_page(stage)
    assert stage.is_whole()
    with writing(stage.engine) as connection:
        connection.execute(text(statement.format(page=page_id)))
    assert any(said in str(damage) for damage in verify(stage.engine)), verify(stage.engine)


def test_a_removal_put_in_by_hand_hides_no_altered_row(stage: Stage) -> None:
    stage.crawl({"a": A, "b": B})
    with writing(stage.engine) as connection:
        connection.execute(text("CREATE TABLE kept AS SELECT id, leaf FROM version WHERE id = 1"))
        connection.execute(
            text(
                "INSERT INTO removal (kind, row_id, leaf, reason, removed_at)"
                " SELECT 'version', id, leaf, 'forgotten', (SELECT started_at FROM run WHERE id = 1) FROM kept"
            )
        )
        connection.execute(text("DROP TABLE kept"))
        connection.execute(text("UPDATE version SET reader_version = '0' WHERE id = 1"))
    assert "version 1: was altered after seal 1 was made" in map(str, verify(stage.engine))


def test_forgetting_again_changes_nothing(filled: Stage) -> None:
    forget_page(filled)
    before = {table.name: filled.rows(f"SELECT count(*) FROM {table.name}") for table in Base.metadata.sorted_tables}
    forget_page(filled)
    assert before == {
        table.name: filled.rows(f"SELECT count(*) FROM {table.name}") for table in Base.metadata.sorted_tables
    }
    assert filled.is_whole()


# --- other pages ------------------------------------------------------------------------------------------------------
def test_bytes_and_an_article_that_another_page_shows_stay_its_own(stage: Stage) -> None:
    body = b"<html>the very same</html>"
    stage.begin()
    stage.list("a", NAME)
    stage.record(stage.capture("a", A, stage.now, body=body), stage.capture(NAME, A, stage.now, body=body))
    stage.end()
    assert len(stage.told()) == 1, "one article at two addresses is told of once"
    forget_page(stage, "a")
    assert stage.rows("SELECT count(*) FROM body") == [(1,)]
    assert stage.bodies(NAME) == [(1, ["First."])]
    assert [event.kind for event in stage.events() if event.url.startswith("https://")] == [EventKind.NEW]
    assert stage.rows("SELECT same_as FROM page WHERE same_as IS NOT NULL") == []
    assert stage.is_whole()


def test_a_body_of_another_page_that_stands_behind_one_of_its_own_is_stored_without(stage: Stage) -> None:
    crawl(stage, 0, 0)
    stage.pass_time(days=1)
    stage.begin()
    shared = secret_body(1, 7)
    stage.record(stage.capture(NAME, secret(1), stage.now, body=shared))  # type: ignore[arg-type]
    stage.record(stage.capture("p5", made.shown("p5", 9), stage.now, body=shared))
    stage.end(is_complete=False, walked_lists=False)
    digest = bodies.digest(shared)
    assert stage.rows("SELECT base_sha256 IS NULL FROM body WHERE sha256 = :it", it=digest)[0][0] in {0}
    forget_page(stage)
    assert stage.rows("SELECT base_sha256 FROM body WHERE sha256 = :it", it=digest) == [(None,)]
    assert made.read_all(stage)[digest] == shared
    assert stage.is_whole()


def test_three_pages_of_one_article_are_still_one_entry_without_the_first(stage: Stage) -> None:
    stage.begin()
    stage.list("a", "b", "c")
    for name in ("a", "b", "c"):
        stage.show(name, A)
    stage.end()
    forget_page(stage, "a")
    pages = {page.url.rpartition("/news/")[2]: page.also_at for page in queries.pages(stage.engine) if page.also_at}
    assert set(pages) == {"b/", "c/"}
    assert [event.also_at for event in stage.events([EventKind.NEW])] == [(address("c") + "/",)]
    assert stage.is_whole()


def test_a_page_that_moved_is_forgotten_at_all_its_addresses(stage: Stage) -> None:
    stage.crawl({NAME: A})
    stage.pass_time(days=1)
    stage.begin()
    stage.list("new")
    stage.show(NAME, Outcome.MOVED, http_status=301, moved_to=address("new"))
    stage.show("new", A)
    stage.end()
    assert stage.rows("SELECT count(*) FROM removal WHERE kind = 'page'")[0][0] in {0, 1}
    forget_page(stage, "new")
    assert not holds_it(stage)
    assert stage.state(NAME) == stage.state("new") == PageState.FORGOTTEN
    assert len(queries.pages(stage.engine)) == 1
    assert stage.is_whole()


def test_pages_that_were_joined_are_forgotten_as_one(stage: Stage) -> None:
    stage.crawl({"old": A, NAME: Outcome.NET_ERROR})
    stage.pass_time(days=1)
    stage.begin()
    stage.list("old", NAME)
    stage.show("old", Outcome.MOVED, http_status=301, moved_to=address(NAME))
    stage.show(NAME, A)
    stage.end()
    assert stage.rows("SELECT reason FROM removal") == [("joined",)]
    forget_page(stage, "old")
    assert not holds_it(stage)
    assert stage.is_whole()


def test_what_is_held_of_it_waits_no_longer(stage: Stage) -> None:
    stage.crawl({NAME: article("A long text of many words. " * 40), "a": A})
    stage.crawl({NAME: article("Stub."), "a": A})
    assert len(queries.held(stage.engine)) == 1
    forget_page(stage)
    assert queries.held(stage.engine) == []
    assert stage.is_whole()


# --- and afterwards ---------------------------------------------------------------------------------------------------
def test_it_is_not_recorded_anew_and_no_list_brings_it_back(filled: Stage) -> None:
    forget_page(filled)
    crawl(filled, 3, 3)
    assert filled.state(NAME) == PageState.FORGOTTEN
    assert not holds_it(filled)
    assert queries.unknown_among(filled.engine, [address(NAME), address("new")]) == {address("new")}
    assert address(NAME) not in {page.url for page in queries.known_pages(filled.engine, "csto-en")}
    assert all("forgotten" not in page.url for page in queries.known_pages(filled.engine, "csto-en"))
    put_in(filled, A, 5, name=NAME)
    assert not holds_it(filled)
    assert filled.is_whole()


def test_no_page_moves_to_where_it_was(stage: Stage) -> None:
    stage.crawl({"a": A, NAME: B})
    forget_page(stage)
    stage.pass_time(days=1)
    stage.begin()
    stage.show("a", Outcome.MOVED, http_status=301, moved_to=address(NAME))
    stage.show(NAME, B)
    stage.end(is_complete=False)
    assert (stage.state("a"), stage.state(NAME)) == (PageState.LISTED, PageState.FORGOTTEN)
    assert stage.bodies("a") == [(1, ["First."])]
    assert stage.is_whole()


def test_a_run_that_was_killed_settles_without_it(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.pass_time(days=1)
    stage.begin(RunMode.URL)
    stage.show(NAME, B)
    stage.show("a", C)
    forget_page(stage)
    stage.crawl({"a": C, "b": B})
    assert stage.state(NAME) == PageState.FORGOTTEN
    assert stage.bodies("a")[-1] == (2, ["Third."])
    assert not holds_it(stage)
    assert stage.is_whole()


def test_what_was_read_otherwise_before_goes_too(stage: Stage) -> None:
    """Readings that no capture shows any more hold the words as well."""
    stage.crawl({NAME: A})
    with writing(stage.engine) as connection:
        from storage.recording import keep_article

        keep_article(connection, secret())  # type: ignore[arg-type]
    assert holds_it(stage)
    forget_page(stage)
    assert not holds_it(stage)
    assert stage.is_whole()


def test_a_copy_knows_what_was_forgotten(filled: Stage, tmp_path: Path) -> None:
    forget_page(filled)
    copy_store(filled.url, f"sqlite:///{tmp_path / 'copy.db'}")
    copy = Stage(f"sqlite:///{tmp_path / 'copy.db'}")
    copy.now = filled.now + timedelta(days=1)
    assert examine(copy.engine) == examine(filled.engine)
    copy.crawl({NAME: A, "p1": made.shown("p1", 2)})
    assert copy.state(NAME) == PageState.FORGOTTEN
    copy.close()


def test_it_is_counted_before_it_goes(filled: Stage) -> None:
    with reading(filled.engine) as connection:
        found = look(connection, page_of(filled, NAME))
    assert (found.urls, found.captures, found.versions, found.events) == ((address(NAME) + "/",), 3, 3, 3)
    assert not found.is_forgotten


# Each child of one process (the imports cost most) forgets the page in a copy of the store and kills itself at its N-th
# statement or commit, for so many N as are asked for, evenly spread. The first child lives to the end, and counts.
KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
from storage.engine import open_store
from storage.forgetting import forget

whole, folder, page, kills = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])

def killed_at(number, file):
    engine, seen = open_store(f"sqlite:///{file}", write=True), [0]
    def count(*_):
        seen[0] += 1
        if seen[0] == number:
            os.kill(os.getpid(), signal.SIGKILL)
    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    forget(engine, [page])
    engine.dispose()
    (folder / "count").write_text(str(seen[0]))

def run(number):
    file = folder / f"killed-{number}.db"
    shutil.copy(whole, file)
    child = os.fork()
    if child == 0:
        killed_at(number, file)
        os._exit(0)
    return os.waitpid(child, 0)[1]

assert run(0) == 0
total = int((folder / "count").read_text())
for each in range(kills):
    number = 1 + each * (total - 1) // (kills - 1)
    assert os.WTERMSIG(run(number)) == signal.SIGKILL, number
    print(number)
"""


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_at_any_statement_it_leaves_a_whole_store_and_goes_on(sqlite_url: str, tmp_path: Path) -> None:
    stage = Stage(sqlite_url)
    crawl(stage, 0, 0)
    compact(stage.engine)
    crawl(stage, 1, 1)
    with reading(stage.engine) as connection:
        (id_,) = connection.scalars(select(table_of(DictionaryRow).c.id)).all()
        inside = dictionaries.content_of(connection, id_)
    victim = next(name for name in (f"p{n}" for n in range(made.PAGES)) if made.body_of(name, 0, 0) in inside)
    page_id = page_of(stage, victim)
    others = {digest for digest, body in made.read_all(stage).items() if f" {victim} -->".encode() not in body}
    stage.close()
    folder = tmp_path / "killed"
    folder.mkdir()
    command = [sys.executable, "-c", KILLED, sqlite_url.removeprefix("sqlite:///"), str(folder), str(page_id), "14"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": "."})
    assert done.returncode == 0, done.stderr
    states = []
    for number in done.stdout.split():
        left = Stage(f"sqlite:///{folder / f'killed-{number}.db'}")
        assert left.is_whole(), number
        states.append(left.state(victim))
        forget(left.engine, [page_id])
        assert left.state(victim) == PageState.FORGOTTEN
        assert others <= set(made.read_all(left))
        assert not any(f" {victim} -->".encode() in piece for piece in unpacked(left))
        assert left.is_whole(), number
        left.close()
    assert len(states) == 14
    assert set(states) == {PageState.LISTED, PageState.FORGOTTEN}, "kills before it was forgotten, and after"


def test_a_pack_that_was_being_made_of_it_meanwhile_is_none(stage: Stage) -> None:
    """``compact`` takes no lock: what it read before the page went must not come back with its pack."""
    from storage import compacting

    crawl(stage, 0, 0)
    with reading(stage.engine) as connection:
        digests = connection.scalars(text("SELECT sha256 FROM body")).all()
        dictionary = dictionaries.newest(connection, "csto-en")
        assert dictionary is not None
        pack, _ = compacting._made(connection, digests, dictionary.id)
    assert pack is not None
    forget_page(stage)
    assert compacting._put(stage.engine, pack, stage.now).bodies == 0
    assert stage.rows("SELECT count(*) FROM pack") == [(0,)]
    assert not holds_it(stage)
    assert compact(stage.engine).bodies == made.PAGES
    assert not holds_it(stage)
    assert stage.is_whole()
