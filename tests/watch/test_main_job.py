"""The main job from the front door: crawl, edit, crawl again, tell. In processes of their own, as a person runs them."""

from __future__ import annotations

import json
import re
from pathlib import Path

from replica.server import ReplicaServer
from replica.site import ReplicaSite
from tests.watch.conftest import Run

SUMMARY_KEYS = {
    "run_id", "site", "mode", "outcome", "started_at", "finished_at", "requests", "bytes", "captures", "events", "exit_code",
}  # fmt: skip


def test_two_crawls_and_the_list_of_what_an_editor_did_between_them(process: Run, tmp_path: Path) -> None:
    db = f"sqlite:///{tmp_path / 'store.db'}"
    site = ReplicaSite(articles=15, seed=5)
    with ReplicaServer(site) as server:
        crawl = ("crawl", "--base-url", server.base_url, "--delay", "0", "--mode", "full")
        first = process(*crawl, "--json", db=db)
        assert first.code == 0, first.err
        told = json.loads(first.out)
        assert set(told) >= SUMMARY_KEYS
        assert (told["outcome"], told["exit_code"], told["mode"]) == ("complete", 0, "full")
        assert told["captures"] == {"ok": told["events"]["new"]}
        edit = site.change_digit(site.pick("digit"))
        second = process(*crawl, "-v", db=db)
    assert (second.code, second.out) == (0, ""), second.err
    acknowledged = re.findall(r"^captured (\d+) ok (https://\S+)$", second.err, re.MULTILINE)
    assert len(acknowledged) == told["events"]["new"]
    assert len({number for number, _ in acknowledged}) == len(acknowledged)
    changes = [json.loads(line) for line in process("changes", "--run", "2", "--json", db=db).out.splitlines()]
    assert [(change["kind"], change["url"], change["reasons"]) for change in changes] == [
        ("edited", edit.url, ["number"])
    ]
    assert "[-" in process("diff", edit.url, db=db).out
    assert process("verify", db=db).code == 0
    reread = process("reread", db=db)
    assert (reread.code, reread.out) == (0, ""), reread.err
    assert "0 differ" in reread.err
    assert process("changes", "--run", "3", "--technical", "--json", db=db).out == ""


def test_the_demo_shows_every_step_and_says_where_its_store_lies(process: Run, tmp_path: Path) -> None:
    ended = process("demo", "--out", "shown", timeout=120)
    assert ended.code == 0, ended.err
    for kind in ("new", "edited", "deleted", "moved", "unlisted"):
        assert f"\t{kind}\t" in ended.out
    assert "[-" in ended.out
    assert (tmp_path / "shown" / "demo.db").exists()
    assert "demo.db" in ended.err
    again = process("demo", "--out", "shown")
    assert (again.code, again.out) == (2, "")
