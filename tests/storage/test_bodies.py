"""Bodies behind dictionaries, behind other bodies and in packs: they come back as they went in, or are named."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, text

from storage import bodies, compacting, dictionaries
from storage.compacting import compact, count_unpacked
from storage.engine import open_engine, open_store, reading, sqlite_module, writing
from storage.errors import BodyUnreadable
from storage.filing import Incoming, keep_bodies
from storage.keeping import drop_answers
from storage.models import BodyRow, table_of
from storage.records import Article
from storage.rereading import kept_bodies
from storage.unpacking import COLUMNS, Unpacker
from storage.verify import verify
from tests.storage.old_stores import make_old
from tests.storage.stage import START, Stage, address, article

PAGES = 40
_body = table_of(BodyRow)
_chance = random.Random(1)
WORDS = ["".join(_chance.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(3000)]
FRAME = " ".join(_chance.choices(WORDS, k=400))


def text_of(name: str, number: int = 0) -> str:
    """The text of a page's version: mostly the text of the version before."""
    words = random.Random(name).choices(WORDS, k=250)
    return " ".join([*words, f"version {number}"])


def body_of(name: str, number: int = 0, visit: int = 0, frame: str = FRAME) -> bytes:
    return f"<html>{frame}<p>{text_of(name, number)}</p><!-- visit {visit} {name} --></html>".encode()


def shown(name: str, number: int = 0) -> Article:
    return article(text_of(name, number))


def crawl(stage: Stage, number: int = 0, visit: int = 0, frame: str = FRAME, pages: int = PAGES) -> dict[str, bytes]:
    """All pages in one batch, as a quick crawl records them; the bytes of each."""
    stage.pass_time(days=1)
    stage.begin()
    names = [f"p{place}" for place in range(pages)]
    stage.list(*names)
    given_ = {name: body_of(name, number, visit, frame) for name in names}
    stage.record(*(stage.capture(name, shown(name, number), stage.now, body=given_[name]) for name in names))
    stage.archive.settle_batch(stage.run_id)
    stage.end()
    return given_


def read_all(stage: Stage) -> dict[bytes, bytes]:
    """Every body of the store by its digest."""
    with reading(stage.engine) as connection:
        unpack = Unpacker(connection)
        return {row.sha256: unpack(row) for row in connection.execute(select(*COLUMNS))}


def holds(stage: Stage, *crawls: dict[str, bytes]) -> bool:
    found = read_all(stage)
    for body in (body for each in crawls for body in each.values()):
        assert found[bodies.digest(body)] == body
    return True


def row_of(stage: Stage, body: bytes) -> dict[str, object]:
    with reading(stage.engine) as connection:
        row = connection.execute(select(*COLUMNS).where(_body.c.sha256 == bodies.digest(body))).one()
    return dict(row._mapping)


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    dictionaries.forget()
    yield
    dictionaries.forget()


# --- what goes in comes out -----------------------------------------------------------------------------------------------
@given(st.binary(max_size=300), st.binary(max_size=300))
@example(b"", b"")
@example(b"x", b"")
@example(b"", b"x")
def test_any_bytes_come_back_from_behind_any_others(before: bytes, data: bytes) -> None:
    for stored in (bodies.compress_behind(before, data), bodies.compress_behind(before, data, 12)):
        assert bodies.decompress(bodies.PREFIXED, stored, before) == data
    if len(before) >= 8:
        assert bodies.decompress(bodies.PREFIXED, bodies.Prefix(before).compress(data), before) == data


def test_any_bytes_come_back_from_the_store(stage: Stage) -> None:
    first = crawl(stage)

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.binary(max_size=2000) | st.sampled_from([*first.values()]), max_size=5))
    @example([b"", b"x", b"x"])
    def check(given_: list[bytes]) -> None:
        with stage.engine.connect() as connection, connection.begin() as transaction:
            incoming = [Incoming(data, "csto-en", 1, 999, is_sample=False) for data in given_]
            digests = keep_bodies(connection, incoming, START)
            assert [read(connection, digest) for digest in digests] == given_
            transaction.rollback()

    check()


def read(connection: Connection, digest: bytes) -> bytes:
    return Unpacker(connection)(connection.execute(select(*COLUMNS).where(_body.c.sha256 == digest)).one())


def test_the_largest_bodies_come_back(stage: Stage) -> None:
    crawl(stage)
    large = random.Random(2).randbytes(4 << 20) * 2, (FRAME.encode() * 4000)[: 8 << 20]
    for data in large:
        stage.begin()
        stage.show("p0", shown("p0", 7), body=data)
        stage.end(walked_lists=False, is_complete=False)
        stage.pass_time(days=1)
    compact(stage.engine)
    assert holds(stage, {"x": large[1]})
    assert row_of(stage, large[1])["pack_id"] is None


# --- behind what ----------------------------------------------------------------------------------------------------------
def test_the_first_pages_of_a_site_make_its_dictionary_and_stand_behind_it(stage: Stage) -> None:
    first = crawl(stage)
    assert stage.rows("SELECT id, site FROM dictionary") == [(1, "csto-en")]
    assert stage.rows("SELECT count(*) FROM body WHERE dictionary_id = 1 AND base_sha256 IS NULL") == [(PAGES,)]
    ((stored,),) = stage.rows("SELECT sum(length(data)) FROM body")
    assert int(stored) < 0.6 * sum(len(bodies.compress(body)[1]) for body in first.values())
    assert holds(stage, first)
    assert stage.is_whole()


def test_pages_that_come_one_by_one_make_it_too(stage: Stage) -> None:
    stage.begin()
    for number in range(dictionaries.ENOUGH):
        stage.show(f"p{number}", shown(f"p{number}"), body=body_of(f"p{number}"))
    stage.end()
    assert stage.rows("SELECT count(*) FROM dictionary") == [(1,)]
    assert stage.rows("SELECT count(*) FROM body WHERE dictionary_id IS NULL") == [(dictionaries.ENOUGH - 1,)]
    assert stage.is_whole()


def test_another_site_or_none_has_no_part_in_it(stage: Stage) -> None:
    crawl(stage)
    stage.begin(site="csto-ru")
    stage.show("ru", shown("p0"), body=body_of("ru"))
    stage.end(walked_lists=False)
    stage.begin(site=None)
    stage.show("none", shown("p1"), body=body_of("none"))
    stage.end(walked_lists=False)
    assert row_of(stage, body_of("ru"))["codec"] == row_of(stage, body_of("none"))["codec"] == "zstd"


def test_a_visit_that_shows_nothing_new_needs_no_other_body(stage: Stage) -> None:
    crawl(stage)
    second = crawl(stage, visit=1)
    assert {row_of(stage, body)["base_sha256"] for body in second.values()} == {None}
    assert holds(stage, second)


def test_each_edited_body_stands_behind_the_page_s_first(stage: Stage) -> None:
    crawls = [crawl(stage, number, number) for number in range(4)]
    bases = [[row_of(stage, each[name])["base_sha256"] for each in crawls] for name in crawls[0]]
    # Those that the dictionary itself was made of need no other body.
    assert bases.count([None] * 4) <= dictionaries.CHOSEN
    firsts = [[None, *[bodies.digest(first)] * 3] for first in crawls[0].values()]
    assert sum(each == first for each, first in zip(bases, firsts, strict=True)) >= PAGES - dictionaries.CHOSEN
    assert holds(stage, *crawls)
    assert stage.is_whole()


def test_a_base_that_saves_nothing_is_not_used(stage: Stage) -> None:
    crawl(stage)
    stage.pass_time(days=1)
    stage.begin()
    other = f"<html>{FRAME}<p>{text_of('quite another')}</p></html>".encode()
    stage.show("p0", article(text_of("quite another")), body=other)
    stage.end(walked_lists=False)
    assert row_of(stage, other)["base_sha256"] is None
    assert row_of(stage, other)["dictionary_id"] == 1


def test_a_site_that_changed_its_frame_gets_another_dictionary(stage: Stage) -> None:
    first = crawl(stage)
    redesigned = " ".join(random.Random(5).choices(WORDS, k=400))
    crawls = [crawl(stage, visit=visit, frame=redesigned) for visit in (1, 2, 3)]
    assert stage.rows("SELECT count(*) FROM dictionary") == [(2,)]
    assert {row_of(stage, body)["dictionary_id"] for body in crawls[-1].values()} == {2}
    assert holds(stage, first, crawls[-1])
    assert stage.is_whole()


def test_no_more_than_a_few_dictionaries_are_made_in_a_day(stage: Stage) -> None:
    for number in range(dictionaries.MOST_A_DAY + 3):
        with writing(stage.engine) as connection:
            pool = [body_of(f"{number} {n}") for n in range(PAGES)]
            made = dictionaries.make(connection, "csto-en", pool, stage.now)
        assert (made is not None) == (number < dictionaries.MOST_A_DAY)


# --- what others need stays -----------------------------------------------------------------------------------------------
def test_a_base_stays_until_the_last_body_behind_it_has_gone(stage: Stage) -> None:
    crawls = [crawl(stage, number, number) for number in range(3)]
    name = behind(stage, crawls[0])
    base = bodies.digest(crawls[0][name])
    sql = "SELECT capture.id FROM capture JOIN page ON page.id = page_id WHERE url = :url ORDER BY capture.id"
    captures = [id_ for (id_,) in stage.rows(sql, url=address(name))]
    for gone, is_left in ((captures[0], True), (captures[1], True), (captures[2], False)):
        with writing(stage.engine) as connection:
            drop_answers(connection, [gone])
        assert (base in read_all(stage)) is is_left
        assert not [found for found in verify(stage.engine) if found.what == "body"]


def test_a_dictionary_that_is_needed_can_t_be_deleted(stage: Stage) -> None:
    crawl(stage)
    with pytest.raises(Exception, match=r"(?i)foreign key"), writing(stage.engine) as connection:
        connection.execute(text("DELETE FROM dictionary"))
    assert stage.is_whole()


# --- damage ---------------------------------------------------------------------------------------------------------------
def damaged(stage: Stage, statement: str, **values: object) -> list[str]:
    with writing(stage.engine) as connection:
        connection.execute(text(statement), values)
    return [str(found) for found in verify(stage.engine)]


def test_bodies_whose_base_is_damaged_or_missing_are_named(stage: Stage) -> None:
    crawls = [crawl(stage, number, number) for number in range(2)]
    name = behind(stage, crawls[0])
    base, other = (bodies.digest(each[name]) for each in crawls)
    _, forged = bodies.compress(b"forged")
    changed = "UPDATE body SET codec = 'zstd', data = :data, dictionary_id = NULL WHERE sha256 = :base"
    found = damaged(stage, changed, data=forged, base=base)
    assert f"body {base.hex()}: its bytes have another SHA-256" in found
    why = f"its base {base.hex()} can't be read: its bytes have another SHA-256"
    assert f"body {other.hex()}: can't be unpacked ({why})" in found
    with (
        reading(stage.engine) as connection,
        pytest.raises(BodyUnreadable, match=r"its base .* can't .*csto-watch ver"),
    ):
        read(connection, other)
    found = damaged(stage, "UPDATE body SET base_sha256 = :none WHERE sha256 = :other", none=bytes(32), other=other)
    assert f"body {other.hex()}: can't be unpacked (its base {bytes(32).hex()} is missing)" in found


def test_bodies_whose_dictionary_is_damaged_are_named(stage: Stage) -> None:
    first = crawl(stage)
    _, forged = bodies.compress(b"forged")
    found = damaged(stage, "UPDATE dictionary SET data = :data, codec = 'zstd'", data=forged)
    assert found[0] == "dictionary 1: has another SHA-256 than its bytes"
    why = "can't be unpacked (its dictionary 1 has another SHA-256 than its bytes)"
    digests = sorted(bodies.digest(body).hex() for body in first.values())
    assert found[1:-1] == [f"body {digest}: {why}" for digest in digests]
    assert found[-1] == "dictionary 1: its values aren't those that were written"


def test_a_crawl_goes_on_without_a_dictionary_or_base_that_is_damaged(stage: Stage) -> None:
    crawl(stage)
    damaged(stage, "UPDATE dictionary SET data = :junk", junk=b"junk")
    second = crawl(stage, 1, 1)
    with reading(stage.engine) as connection:
        rows = connection.execute(select(*COLUMNS).where(_body.c.sha256.in_(map(bodies.digest, second.values())))).all()
        assert {Unpacker(connection)(row) for row in rows} == set(second.values())


def test_bodies_whose_pack_is_damaged_are_named(stage: Stage) -> None:
    first = crawl(stage)
    assert compact(stage.engine).packs == 1
    found = damaged(stage, "UPDATE pack SET data = :junk", junk=b"junk")
    assert found[0] == f"pack 1: bodies in it are damaged, {PAGES} of {PAGES}"
    assert len(found) == 1 + PAGES
    assert all("can't be unpacked (its pack 1 can't be unpacked (" in line for line in found[1:])
    assert {line.split()[1].rstrip(":") for line in found[1:]} == {bodies.digest(body).hex() for body in first.values()}


# --- compact --------------------------------------------------------------------------------------------------------------
def test_packed_bodies_come_back_and_take_less_room(stage: Stage) -> None:
    crawls = [crawl(stage, number, number) for number in range(3)]
    assert count_unpacked(stage.engine) == 3 * PAGES
    told: list[int] = []
    done = compact(stage.engine, told=told.append)
    assert (done.bodies, done.packs, done.unreadable) == (3 * PAGES, 1, 0)
    assert done.after < 0.8 * done.before
    assert sum(told) == 3 * PAGES
    assert stage.rows("SELECT count(*) FROM body WHERE length(data) > 0 OR base_sha256 IS NOT NULL") == [(0,)]
    assert holds(stage, *crawls)
    assert stage.is_whole()
    assert compact(stage.engine).packs == 0, "it is done"


def test_what_is_let_go_at_the_next_visit_is_not_packed(stage: Stage) -> None:
    crawl(stage)
    second = crawl(stage, visit=1)
    compact(stage.engine)
    assert {row_of(stage, body)["pack_id"] for body in second.values()} == {None}


def test_crawls_go_on_behind_packed_bodies(stage: Stage) -> None:
    first = crawl(stage)
    compact(stage.engine)
    second = crawl(stage, 1, 1)
    name = behind(stage, first)
    assert row_of(stage, second[name])["base_sha256"] == bodies.digest(first[name])
    third = crawl(stage, 1, 2)
    assert holds(stage, first, second, third)
    assert compact(stage.engine).bodies <= dictionaries.CHOSEN, "the others stay behind their bases"
    assert holds(stage, first, second, third)
    assert stage.is_whole()


def test_a_few_bodies_wait_for_more(stage: Stage) -> None:
    crawl(stage, pages=compacting.FEWEST - 1)
    assert compact(stage.engine).packs == 0


def test_a_damaged_body_stays_where_it_is(stage: Stage) -> None:
    crawl(stage)
    digest = bodies.digest(body_of("p0"))
    damaged(stage, "UPDATE body SET data = :junk WHERE sha256 = :digest", junk=b"junk", digest=digest)
    done = compact(stage.engine)
    assert (done.bodies, done.unreadable) == (PAGES - 1, 1)
    assert [found.where for found in verify(stage.engine)] == [digest.hex()]


def test_a_body_that_goes_while_its_pack_is_made_is_in_none(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its bytes would stay in the pack; the next call packs the others."""
    crawl(stage)
    put = compacting._put

    def drop_first(*args: object) -> object:
        with writing(stage.engine) as connection:
            drop_answers(connection, [1])
        return put(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(compacting, "_put", drop_first)
    assert compact(stage.engine).bodies == 0
    assert stage.rows("SELECT count(*) FROM pack") == [(0,)]
    monkeypatch.setattr(compacting, "_put", put)
    assert compact(stage.engine).bodies == PAGES - 1
    assert bodies.digest(body_of("p0")) not in read_all(stage)
    assert not [found for found in verify(stage.engine) if found.what in {"body", "pack"}]


def test_two_at_once_pack_each_body_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    first = crawl(stage)
    put = compacting._put

    def late(*args: object) -> object:
        monkeypatch.setattr(compacting, "_put", put)
        assert compact(stage.engine).bodies == PAGES
        return put(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(compacting, "_put", late)
    assert compact(stage.engine) == compacting.Compacted()
    assert stage.rows("SELECT count(*) FROM pack") == [(1,)]
    assert holds(stage, first)
    assert stage.is_whole()


def test_a_pack_goes_with_the_last_of_its_bodies(stage: Stage) -> None:
    crawl(stage)
    compact(stage.engine)
    captures = [id_ for (id_,) in stage.rows("SELECT id FROM capture ORDER BY id")]
    for some, packs in ((captures[:-1], 1), (captures[-1:], 0)):
        with writing(stage.engine) as connection:
            drop_answers(connection, some)
        assert stage.rows("SELECT count(*) FROM pack") == [(packs,)]
        assert not [found for found in verify(stage.engine) if found.what in {"body", "pack"}]


def behind(stage: Stage, first: dict[str, bytes]) -> str:
    """The name of a page whose first body has others behind it."""
    sql = "SELECT DISTINCT base_sha256 FROM body WHERE base_sha256 IS NOT NULL"
    bases = {bytes(digest) for (digest,) in stage.rows(sql)}
    return next(name for name, body in first.items() if bodies.digest(body) in bases)


KILLED_WITHIN = """
import os, signal, sys
from storage import compacting
from storage.engine import open_store
compacting.PACK_BYTES = 100_000
moved, calls = compacting._moved, 0
def dies(*args):
    global calls
    calls += 1
    if calls == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    return moved(*args)
compacting._moved = dies
print(compacting.compact(open_store(sys.argv[1], write=True)).bodies)
"""


@pytest.mark.slow
def test_killed_inside_any_transaction_it_loses_nothing_and_goes_on(stage: Stage) -> None:
    crawls = [crawl(stage, number, number) for number in range(2)]
    packed = 0
    for fatal in (1, 7, 30):
        command = [sys.executable, "-c", KILLED_WITHIN, stage.url, str(fatal)]
        assert subprocess.run(command, capture_output=True, check=False).returncode == -signal.SIGKILL
        assert holds(stage, *crawls)
        assert stage.is_whole()
        ((now,),) = stage.rows("SELECT count(*) FROM body WHERE pack_id IS NOT NULL")
        assert packed <= int(now) < 2 * PAGES
        packed = int(now)
    assert packed > 0, "what was packed before a kill stays packed"
    done = subprocess.run([*command[:-1], "0"], capture_output=True, text=True, check=True)
    assert int(done.stdout) == 2 * PAGES - packed - _left(stage)
    assert holds(stage, *crawls)
    assert stage.is_whole()


PACKING = """
import sys
from storage import compacting
from storage.engine import open_store
compacting.PACK_BYTES, engine = 100_000, open_store(sys.argv[1], write=True)
print("ready", flush=True)
for _ in sys.stdin:
    print(compacting.compact(engine).bodies, flush=True)
"""


def test_a_crawl_goes_on_while_another_process_packs(stage: Stage) -> None:
    crawls = [crawl(stage)]
    with subprocess.Popen(
        [sys.executable, "-c", PACKING, stage.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as packer:
        assert packer.stdin is not None
        assert packer.stdout is not None
        assert packer.stdout.readline() == "ready\n"
        for number in range(1, 4):
            packer.stdin.write("\n")
            packer.stdin.flush()
            crawls.append(crawl(stage, number, number))
        packer.stdin.close()
        packed = sum(map(int, packer.stdout))
    assert packer.returncode == 0
    assert packed >= PAGES - compacting.FEWEST
    assert holds(stage, *crawls)
    assert stage.is_whole()


def test_a_lock_that_is_held_longer_than_one_wait_ends_no_packing(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crawl's batch tries three times, and so does what may run beside it."""
    stage = Stage(sqlite_url)
    pages = crawl(stage)
    impatient = open_store(f"{sqlite_url}?timeout=0.05", write=True)
    holder = sqlite_module().connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    pauses = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        holder.execute("ROLLBACK")

    monkeypatch.setattr("storage.transactions.time.sleep", pause)
    assert compact(impatient).packs == 1
    assert len(pauses) == 1
    holder.close()
    assert holds(stage, pages)
    impatient.dispose()
    stage.close()


def test_packs_made_anew_in_a_row_let_a_waiting_writer_in(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compacting, "PACK_BYTES", 100_000)
    stage = Stage(sqlite_url)
    crawl(stage)
    assert compact(stage.engine).packs > 1
    gaps = []
    monkeypatch.setattr("storage.repacking.give_way", lambda _engine: gaps.append(waiting(sqlite_url)))
    with writing(stage.engine) as connection:
        connection.execute(text("UPDATE pack SET size = size + 1"))
    assert compact(stage.engine).rewritten > 1
    assert gaps
    assert all(gaps)
    stage.close()


def waiting(url: str) -> bool:
    """That a writer who doesn't wait at all gets the store. By the same library: two of them in one process see no locks of
    each other's."""
    with closing(sqlite_module().connect(url.removeprefix("sqlite:///"), timeout=0, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
    return True


def _left(stage: Stage) -> int:
    """Too few for a pack."""
    left = count_unpacked(stage.engine)
    assert left < compacting.FEWEST
    return left


# --- older stores ---------------------------------------------------------------------------------------------------------
def test_an_older_store_is_brought_up_to_date_and_its_bodies_stay(
    db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.filing.ENOUGH", 10**6)
    source = Stage(f"sqlite:///{tmp_path / 'source.db'}")
    first = crawl(source)
    _make_older(db_url, source)
    source.close()
    monkeypatch.undo()
    stage = Stage(db_url)
    assert stage.rows("SELECT DISTINCT codec, dictionary_id, base_sha256, pack_id FROM body") == [
        ("zstd", None, None, None)
    ]
    assert {kept.body for kept in kept_bodies(stage.engine)} == set(first.values())
    assert stage.is_whole()
    assert compact(stage.engine).bodies == PAGES
    assert stage.rows("SELECT count(*) FROM dictionary") == [(1,)], "made from what was kept"
    assert holds(stage, first)
    assert stage.is_whole()
    stage.close()


def _make_older(url: str, source: Stage) -> None:
    """A store of schema 0003 with the rows of another."""
    engine = open_engine(url)
    make_old(engine, "0003", source.engine)
    engine.dispose()


def test_the_store_opens_with_what_is_needed_to_read_it_alone(sqlite_url: str) -> None:
    stage = Stage(sqlite_url)
    first = crawl(stage)
    stage.close()
    program = (
        "import sys; from storage.engine import open_store; from storage.rereading import kept_bodies\n"
        "print(sum(len(kept.body) for kept in kept_bodies(open_store(sys.argv[1], write=False))))"
    )
    done = subprocess.run([sys.executable, "-c", program, sqlite_url], capture_output=True, text=True, check=True)
    assert int(done.stdout) == sum(map(len, first.values()))
    open_store(sqlite_url, write=False).dispose()
