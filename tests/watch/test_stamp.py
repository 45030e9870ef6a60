"""``stamp``, and what other commands say of time stamps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from replica.server import ReplicaServer
from replica.site import ReplicaSite
from tests.storage.authority import Authority, authority
from tests.watch.conftest import Run


@pytest.fixture
def tsa(tmp_path: Path) -> Iterator[Authority]:
    with authority(tmp_path) as made:
        yield made


def named(tsa: Authority) -> dict[str, str]:
    return {"CSTO_WATCH_TSA_URL": tsa.url, "CSTO_WATCH_TSA_CA": str(tsa.ca)}


def test_the_newest_seal_is_stamped_and_told_of(program: Run, fresh_store: str, tsa: Authority) -> None:
    first = program("stamp", "--json", db=fresh_store, **named(tsa))
    assert (first.code, first.err) == (0, "")
    said = json.loads(first.out)["stamp"]
    assert (said["seal"], said["authority"], said["is_new"]) == (2, tsa.url, True)
    again = program("stamp", db=fresh_store, **named(tsa))
    assert again.out == f"Seal 2 had been stamped already: {said['stamped_at']} by {tsa.url}\n"
    kept = {"seal": 2, "authority": tsa.url, "stamped_at": said["stamped_at"]}
    assert json.loads(program("status", "--json", db=fresh_store).out)["stamp"] == kept
    assert json.loads(program("verify", "--json", db=fresh_store).out)["stamp"] == kept
    assert f"Stamp   seal 2 at {said['stamped_at']} by {tsa.url}" in program("status", db=fresh_store).out
    assert f"seal 2 was stamped at {said['stamped_at']} by {tsa.url}" in program("verify", db=fresh_store).out


def test_a_store_without_a_stamp_says_null(program: Run, fresh_store: str) -> None:
    assert json.loads(program("status", "--json", db=fresh_store).out)["stamp"] is None
    assert json.loads(program("verify", "--json", db=fresh_store).out)["stamp"] is None


def test_without_an_authority_there_is_nobody_to_ask(program: Run, fresh_store: str) -> None:
    ended = program("stamp", db=fresh_store)
    assert (ended.code, ended.out) == (4, "")
    places = "CSTO_WATCH_TSA_URL, or url in the section [time_stamps] of csto-watch.toml,"
    assert ended.err == f"csto-watch: no time-stamp authority is named: set {places} to its address\n"


def test_an_authority_that_fails_is_one_line_and_a_code(program: Run, fresh_store: str, tsa: Authority) -> None:
    tsa.answer = lambda _question: (500, b"no")
    secret = {"CSTO_WATCH_TSA_URL": tsa.url.replace("//", "//user:canary@")}
    ended = program("stamp", db=fresh_store, **secret)
    assert (ended.code, ended.out) == (12, "")
    assert ended.err == f"csto-watch: seal 2 isn't time-stamped by {tsa.url}: it answered with HTTP status 500\n"


@pytest.mark.parametrize("command", [["stamp"], ["crawl", "--base-url", "http://127.0.0.1:9"]], ids=["stamp", "crawl"])
@pytest.mark.parametrize("url", ["file:///etc/canary", "https://user:canary@", "canary"])
def test_a_wrong_address_is_named_before_anything_is_done(
    program: Run, fresh_store: str, url: str, command: list[str]
) -> None:
    ended = program(*command, db=fresh_store, CSTO_WATCH_TSA_URL=url)
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.startswith("csto-watch: CSTO_WATCH_TSA_URL: ")
    assert ended.err.count("\n") == 1
    assert "canary" not in ended.err


def test_a_crawl_stamps_its_seal_and_an_authority_that_is_down_changes_nothing(
    process: Run, tmp_path: Path, tsa: Authority
) -> None:
    db = f"sqlite:///{tmp_path / 'new.db'}"
    with ReplicaServer(ReplicaSite(8, "bitrix", 1)) as server:
        crawl = ("crawl", "--mode", "full", "--delay", "0", "--json", "--base-url", server.base_url)
        first = process(*crawl, db=db, **named(tsa))
        assert (first.code, json.loads(first.out)["stamp"]["seal"]) == (0, 1)
        down = process(*crawl, db=db, **(named(tsa) | {"CSTO_WATCH_TSA_URL": "http://127.0.0.1:9/"}))
        assert (down.code, json.loads(down.out)["stamp"]) == (0, None)
        assert "seal 2 isn't time-stamped by http://127.0.0.1:9/: it can't be reached" in down.err
        third = process(*crawl, db=db, **named(tsa))
        assert (third.code, json.loads(third.out)["stamp"]["seal"]) == (0, 3)
    assert process("verify", db=db).code == 0
