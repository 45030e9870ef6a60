"""``crawl --media`` as a person calls it, and what ``show``, ``diff`` and ``report`` say of a file that was swapped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from replica.edits import files_of
from replica.server import ReplicaServer
from replica.site import ReplicaSite
from tests.watch.conftest import Ended, Run


@pytest.fixture
def replica() -> Iterator[ReplicaServer]:
    with ReplicaServer(ReplicaSite(12, "divs", 3)) as server:
        yield server


def crawl(process: Run, server: ReplicaServer, db: str, *more: str) -> Ended:
    ended = process("crawl", "--base-url", server.base_url, "--mode", "full", "--delay", "0", *more, db=db)
    assert ended.code == 0, ended.err
    return ended


def test_a_swapped_file_is_told_and_shown(process: Run, program: Run, replica: ReplicaServer, tmp_path: Path) -> None:
    db = f"sqlite:///{(tmp_path / 'store.db').as_posix()}"
    site = replica.site
    address = site.pick("file")
    path, url = files_of(site.article(address))[0], site.url(address)
    first = json.loads(crawl(process, replica, db, "--media", "--json").out)
    assert first["files"] == {"ok": sum(len(files_of(site.article(each))) for each in site.truths)}
    assert json.loads(crawl(process, replica, db, "--json").out)["files"] == {}
    site.swap_file(address, path)
    again = crawl(process, replica, db, "--media")
    assert "  files     " in again.err
    assert "1 edited" in again.err

    before, after = (
        {
            file["href"]: file["sha256"]
            for file in json.loads(program("show", url, *which, "--json", db=db).out)["files"]
        }
        for which in (("--version", "1"), ())
    )
    href = site.url(path)
    assert before[href] != after[href]
    assert {**before, href: ""} == {**after, href: ""}
    shown = program("diff", url, db=db).out
    assert href in shown
    assert before[href][:12] in shown
    assert after[href][:12] in shown
    assert program("report", "--out", "report.html", db=db).code == 0
    assert href in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert program("verify", db=db).code == 0
