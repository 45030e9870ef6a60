"""compact: what it says, and where it refuses."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

from storage.archive import Archive
from storage.engine import open_store, sqlite_module
from storage.lock import store_lock
from tests.reports.made import NOON, article
from tests.watch.conftest import Run, capture, crawl


def _fill(db_url: str, pages: int = 40) -> None:
    engine = open_store(db_url, write=True)
    texts = {f"p{number}": article(f"The text of page {number}. " * 40) for number in range(pages)}
    captures = [capture(slug, content, NOON) for slug, content in texts.items()]
    crawl(Archive(engine, clock=lambda: NOON), captures, list(texts))
    engine.dispose()


def test_it_says_what_was_packed_and_then_that_nothing_is_left(program: Run, tmp_path: Path) -> None:
    db_url = f"sqlite:///{tmp_path / 'store.db'}"
    _fill(db_url)
    ended = program("compact", db=db_url)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("40 bodies went into 1 packs: ")
    assert program("compact", db=db_url).out == "Nothing to pack.\n"
    assert program("verify", db=db_url).code == 0


def test_it_lists_the_visits_that_found_nothing_new(program: Run, tmp_path: Path) -> None:
    db_url = f"sqlite:///{tmp_path / 'store.db'}"
    engine = open_store(db_url, write=True)
    for hours in range(34):
        now = NOON + timedelta(hours=hours)
        crawl(Archive(engine, clock=lambda now=now: now), [capture("a", article("As before."), now)], ["a"])
    engine.dispose()
    before = program("history", "https://en.odkb-csto.org/a/", "--json", db=db_url).out
    ended = program("compact", db=db_url)
    assert re.fullmatch(r"32 unchanged visits went into 1 lists: \d+\.\d bytes each\.\n", ended.out), ended
    assert program("history", "https://en.odkb-csto.org/a/", "--json", db=db_url).out == before
    assert program("verify", db=db_url).code == 0


def test_its_json_is_one_object(program: Run, tmp_path: Path) -> None:
    db_url = f"sqlite:///{tmp_path / 'store.db'}"
    _fill(db_url)
    said = json.loads(program("compact", "--json", db=db_url).out)
    assert (said["bodies"], said["packs"], said["unreadable"]) == (40, 1, 0)
    assert (said["visits"], said["visit_lists"], said["visit_bytes"]) == (0, 0, 0)
    assert 0 < said["after"] < said["before"]


def test_it_runs_beside_a_crawl(program: Run, tmp_path: Path) -> None:
    db_url = f"sqlite:///{tmp_path / 'store.db'}"
    _fill(db_url)
    with store_lock(db_url):
        assert program("compact", db=db_url).code == 0


def test_a_damaged_body_is_told_and_left(program: Run, tmp_path: Path) -> None:
    db_url = f"sqlite:///{tmp_path / 'store.db'}"
    _fill(db_url)
    with sqlite_module().connect(tmp_path / "store.db") as connection:
        connection.execute("UPDATE body SET data = x'00' WHERE sha256 = (SELECT min(sha256) FROM body)")
    connection.close()
    ended = program("compact", db=db_url)
    assert (ended.code, ended.out[:9]) == (0, "39 bodies")
    assert ended.err.startswith("csto-watch: 1 bodies can't be read and stay as they are")
    assert program("verify", db=db_url).code == 17


def test_it_makes_no_store(program: Run, tmp_path: Path) -> None:
    ended = program("compact", db=f"sqlite:///{tmp_path / 'none.db'}")
    assert (ended.code, ended.out) == (17, "")
    assert "There is no store" in ended.err
    assert not (tmp_path / "none.db").exists()
