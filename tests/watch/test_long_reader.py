"""A program that reads for long keeps the store's log from being put away: the crawl that it grew in says so."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from replica.server import ReplicaServer
from replica.site import ReplicaSite
from storage.engine import log_bytes, open_store, reading, writing
from tests.watch.conftest import Run


def test_a_crawl_warns_of_a_log_that_a_long_reader_keeps(process: Run, tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    db = f"sqlite:///{file}"
    with ReplicaServer(ReplicaSite(articles=3, seed=5)) as server:
        crawl = ("crawl", "--base-url", server.base_url, "--delay", "0", "--mode", "full", "--json")
        assert "log has grown" not in process(*crawl, db=db, timeout=200).err
        reader = open_store(db, write=False)
        with reading(reader) as long_one:
            assert long_one.scalar(text("SELECT count(*) FROM page")) > 0
            _write_much(db)
            ended = process(*crawl, db=db, timeout=200)
        reader.dispose()
        assert ended.code == 0, ended.err
        assert "the store's log has grown to " in ended.err
        assert log_bytes(file) > 64 * 2**20
        assert "log has grown" not in process(*crawl, db=db, timeout=200).err
    assert log_bytes(file) == 0


def _write_much(db: str) -> None:
    engine = open_store(db, write=True)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE filler (data BLOB)"))
    for _ in range(18):
        with writing(engine) as connection:
            connection.execute(text("INSERT INTO filler VALUES (zeroblob(4000000))"))
    engine.dispose()
