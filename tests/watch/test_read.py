"""read: what the reader makes of one page, from a file or from an address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from replica.server import ReplicaServer
from replica.site import ReplicaSite
from tests.watch.conftest import Run

PAGE = """<!doctype html><html lang="en"><head><title>A visit to the range</title></head><body>
<nav><a href="/">Home</a> <a href="/news/">News</a></nav>
<article><h1>A visit to the range</h1><time>26.07.2026</time>
<p>The experts of two staffs went to the northern range and looked at the new road that leads there.</p>
<p>They agreed that the work goes on as planned, and that the next visit is to be made in the autumn.</p></article>
<footer>All rights of the made-up site</footer></body></html>"""


@pytest.fixture
def site() -> Iterator[ReplicaServer]:
    with ReplicaServer(ReplicaSite(articles=12, seed=3)) as server:
        yield server


def test_a_file_is_read_and_every_block_has_its_verdict_and_reason(program: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    ended = program("read", "page.html", "--json")
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    assert (told["outcome"], told["article"]["title"]) == ("ok", "A visit to the range")
    assert told["article"]["published"] == "2026-07-26"
    assert len(told["article"]["blocks"]) == 2
    verdicts = {block["text"]: block["verdict"] for block in told["page"]}
    assert verdicts["All rights of the made-up site"] == "site"
    assert all(block["why"] for block in told["page"] if block["verdict"] == "site")


def test_for_a_person_the_reason_stands_beside_each_block_of_the_site(program: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    shown = program("read", "page.html").out
    assert shown.startswith("page.html is ok")
    assert any(line.startswith("  site      All rights") and line.endswith("]") for line in shown.splitlines())


def test_a_text_capture_is_read_too(program: Run, tmp_path: Path) -> None:
    text = (
        "A visit to the range\n\n26.07.2026\n\nThe experts went there.\n\nThey came back in the evening.\n\nGo back\n"
    )
    (tmp_path / "page.txt").write_text(text, encoding="utf-8")
    told = json.loads(program("read", "page.txt", "--json").out)
    assert (told["outcome"], told["article"]["published"]) == ("ok", "2026-07-26")
    assert told["article"]["unknown"] == ["links", "media"]


def test_what_is_no_article_is_told_with_its_reason(program: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html><body></body></html>", encoding="utf-8")
    told = json.loads(program("read", "page.html", "--json").out)
    assert told["outcome"] != "ok"
    assert told["article"] is None
    assert told["reason"]


def test_save_keeps_the_page_as_a_test_case(program: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    assert program("read", "page.html", "--save", "case").code == 0
    assert (tmp_path / "case" / "input.html").read_text(encoding="utf-8") == PAGE
    expected = json.loads((tmp_path / "case" / "expected.json").read_text(encoding="utf-8"))
    assert (expected["outcome"], expected["title"]) == ("ok", "A visit to the range")


def test_an_address_costs_one_request_after_robots_txt(program: Run, site: ReplicaServer) -> None:
    address = site.site.listed[0]
    told = json.loads(program("read", f"{site.base_url}{address}", "--json").out)
    assert told["outcome"] == "ok", told
    assert told["article"]["title"] == site.site.truth(address).title
    assert [request.path for request in site.log] == ["/robots.txt", address]
    assert all(request.headers["user-agent"].startswith("csto-watch/") for request in site.log)


def test_robots_txt_is_obeyed(program: Run, site: ReplicaServer) -> None:
    ended = program("read", f"{site.base_url}/search/?q=x")
    assert (ended.code, ended.out) == (1, "")
    assert "disallows" in ended.err
    assert [request.path for request in site.log] == ["/robots.txt"]


def test_a_robots_txt_that_cannot_be_had_forbids(program: Run, site: ReplicaServer) -> None:
    site.site.robots_status = 503
    ended = program("read", f"{site.base_url}{site.site.listed[0]}")
    assert ended.code == 1
    assert "503" in ended.err
    assert len(site.log) == 1


def test_a_deleted_page_is_gone_and_a_moved_one_leads_on(program: Run, site: ReplicaServer) -> None:
    deleted, moved = site.site.listed[:2]
    site.site.delete(deleted, 410)
    site.site.move(moved)
    assert json.loads(program("read", f"{site.base_url}{deleted}", "--json").out)["outcome"] == "gone"
    assert program("read", f"{site.base_url}{moved}", "--json").code == 0


def test_a_host_that_does_not_answer_is_one_line(program: Run) -> None:
    ended = program("read", "http://127.0.0.1:9/x")
    assert (ended.code, ended.out) == (1, "")
    assert len(ended.err.splitlines()) == 1
