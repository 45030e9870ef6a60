"""``notify``, and what other commands say of notices. A secret shows in none of it."""

from __future__ import annotations

import json
import logging
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from replica.server import ReplicaServer
from replica.site import ReplicaSite
from storage import outbox, queries
from storage.engine import open_store
from storage.lock import senders_lock
from storage.transactions import written
from tests.watch.conftest import Run
from tests.watch.hook import Hook, hook

CANARY = "c4n4ry-t0ken"


@pytest.fixture
def receiver() -> Iterator[Hook]:
    with hook() as made:
        yield made


def settings(folder: Path, *rules: str) -> None:
    (folder / "csto-watch.toml").write_text("\n".join(f"[[notices]]\n{rule}\n" for rule in rules), encoding="utf-8")


def press(receiver: Hook, **more: str) -> str:
    keys = "".join(f'\n{key} = "{value}"' for key, value in more.items())
    return f'name = "press"\nto = "{receiver.address}/{CANARY}?-key={CANARY}"{keys}'


@pytest.fixture
def crawled(program: Run, tmp_path: Path) -> Iterator[ReplicaSite]:
    """A site that was crawled once, in the store ``tmp_path``/s.db."""
    site = ReplicaSite(articles=12, seed=7)
    with ReplicaServer(site) as server:
        site.base = server.base_url  # type: ignore[attr-defined]
        yield site


def crawl(process: Run, site: ReplicaSite, tmp_path: Path, *more: str) -> tuple[int, str, str]:
    base = site.base  # type: ignore[attr-defined]
    order = ("crawl", "csto-en", "--base-url", base, "--mode", "full", "--delay", "0", *more)
    ended = process(*order, db=f"sqlite:///{tmp_path / 's.db'}", timeout=200)
    return ended.code, ended.out, ended.err


def told(receiver: Hook) -> list[str]:
    return sorted(message["events"][0]["kind"] for message in receiver.got)


def test_a_crawl_sends_what_changed_at_its_end_and_a_first_one_is_silent(
    process: Run, crawled: ReplicaSite, receiver: Hook, tmp_path: Path
) -> None:
    settings(tmp_path, press(receiver))
    code, out, err = crawl(process, crawled, tmp_path, "--json")
    assert (code, receiver.got, json.loads(out)["notices"]) == (0, [], {"sent": 0, "failed": 0, "left": 0})
    assert CANARY not in out + err
    crawled.change_digit(crawled.pick("digit"))
    crawled.add_article()
    code, out, err = crawl(process, crawled, tmp_path)
    assert (code, told(receiver)) == (0, ["edited", "new"])
    assert "  notices   2 sent, 0 failed\n" in err
    assert CANARY not in out + err
    message = receiver.got[0]
    assert message["id"] in message["message"]
    assert message["path"] == f"/{CANARY}?key={CANARY}"
    assert {"id", "rule", "shape", "count", "events", "title", "message"} <= set(message)


def test_a_receiver_that_is_down_turns_no_crawl_and_gets_all_later(
    process: Run, program: Run, crawled: ReplicaSite, receiver: Hook, tmp_path: Path
) -> None:
    settings(tmp_path, press(receiver))
    crawl(process, crawled, tmp_path)
    receiver.status = 503
    crawled.change_digit(crawled.pick("digit"))
    crawled.add_article()
    code, _, err = crawl(process, crawled, tmp_path)
    assert code == 0
    assert "the notices of press to json wait: JSON answered 503; csto-watch notify sends again\n" in err
    db = f"sqlite:///{tmp_path / 's.db'}"
    status = json.loads(program("status", "--json", db=db).out)["notices"]
    assert (status["notices"], status["events"]) == (2, 0)
    assert status["last_failure"]["of"] == "press to json"
    assert status["last_failure"]["why"] == "JSON answered 503"
    lines = program("status", db=db).out
    assert f"Notices 2 wait to be sent, 0 events to be put together, since {status['since']}\n" in lines
    assert "Notices press to json failed at " in lines
    receiver.status, failed = 200, [message["id"] for message in receiver.got]
    receiver.got.clear()
    assert program("notify", db=db).out == "1 sent, 0 failed\n", "the other waits for its next try"
    ended = program("notify", "--now", db=db)
    assert (ended.code, ended.out) == (0, "1 sent, 0 failed\n")
    assert set(failed) <= {message["id"] for message in receiver.got}, "under the id of the first try"
    assert json.loads(program("status", "--json", db=db).out)["notices"] == {
        "events": 0,
        "notices": 0,
        "since": None,
        "last_failure": None,
    }
    assert program("notify", "--now", db=db).out == "0 sent, 0 failed\n", "nothing goes twice"


@pytest.fixture
def waiting(fresh_store: str, receiver: Hook, tmp_path: Path) -> str:
    """A store with three events that wait to be told to one rule."""
    settings(tmp_path, press(receiver))
    engine = open_store(fresh_store, write=True)
    last = max(event.recorded_at for event in queries.changes(engine))
    assert written(engine, lambda connection: outbox.enqueue(connection, ["press"], last)) == 3
    engine.dispose()
    return fresh_store


def test_a_dry_run_says_what_would_go_to_whom_and_sends_nothing(program: Run, waiting: str, receiver: Hook) -> None:
    ended = program("notify", "--dry-run", db=waiting)
    assert ended.code == 0
    assert ended.out.startswith("press to json\n  edited, substantive: A meeting of experts (edited)\n")
    assert "  Why: " in ended.out
    assert "  Compare: csto-watch diff " in ended.out
    assert ended.err == "3 would be sent.\n"
    shown = json.loads(program("notify", "--dry-run", "--json", db=waiting).out)["notices"]
    assert [(each["rule"], each["to"], each["count"]) for each in shown] == [("press", ["json"], 1)] * 3
    assert receiver.got == []
    assert program("notify", "--now", db=waiting).out == "3 sent, 0 failed\n"
    assert [message["id"] for message in receiver.got] == [each["id"] for each in shown]


def test_a_test_goes_to_each_address_once(program: Run, waiting: str, receiver: Hook) -> None:
    assert program("notify", "press", "--test", db=waiting).out == "press to json: sent\n"
    assert [message["shape"] for message in receiver.got] == ["test"]
    receiver.status = 404
    ended = program("notify", "--test", "--json", db=waiting)
    assert ended.code == 12
    assert json.loads(ended.out)["tests"] == [
        {"rule": "press", "to": "json", "sent": False, "why": "JSON answered 404"}
    ]


def test_what_a_person_discards_isn_t_told(program: Run, waiting: str, receiver: Hook) -> None:
    assert program("notify", "press", "--discard", db=waiting).out == "3 given up\n"
    assert program("notify", "--now", db=waiting).out == "0 sent, 0 failed\n"
    assert receiver.got == []


def test_notices_of_a_rule_that_is_no_more_wait_and_are_named(
    program: Run, waiting: str, receiver: Hook, tmp_path: Path
) -> None:
    settings(tmp_path, f'name = "other"\nto = "{receiver.address}"')
    ended = program("notify", db=waiting)
    assert (ended.code, receiver.got) == (0, [])
    assert "notices wait for the rule press, which the settings don't have" in ended.err
    settings(tmp_path, press(receiver))
    assert program("notify", "--now", db=waiting).out == "3 sent, 0 failed\n"


def test_a_second_sender_leaves_without_sending(program: Run, waiting: str, receiver: Hook) -> None:
    with senders_lock(waiting):
        ended = program("notify", "--now", db=waiting)
    assert (ended.code, ended.out, receiver.got) == (75, "", [])
    assert "sends the notices of" in ended.err


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ('name = "a"\nto = "env:CSTO_NOBODY"', "notices.a.to: the environment variable CSTO_NOBODY isn't set"),
        (f'name = "a"\nto = "nothing://{CANARY}"', "notices.a.to: Apprise knows no such address (nothing)"),
        (f'name = "a"\nto = "{CANARY}"', "notices.a.to: must be an Apprise address such as mailtos://..., or env:NAME"),
    ],
)
def test_a_wrong_address_is_one_line_before_the_first_request(
    program: Run, crawled: ReplicaSite, tmp_path: Path, rule: str, said: str
) -> None:
    settings(tmp_path, rule)
    base = crawled.base  # type: ignore[attr-defined]
    db = f"sqlite:///{tmp_path / 's.db'}"
    for order in (("crawl", "--base-url", base), ("notify",), ("config", "check")):
        ended = program(*order, db=db)
        assert (ended.code, ended.out) == (4, "")
        assert ended.err == f"csto-watch: csto-watch.toml: {said}\n"
    assert not (tmp_path / "s.db").exists()


def test_without_apprise_one_line_says_what_to_install(
    program: Run, receiver: Hook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(tmp_path, press(receiver))
    monkeypatch.setitem(sys.modules, "apprise", None)
    ended = program("crawl", db=f"sqlite:///{tmp_path / 's.db'}")
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.endswith("which need Apprise: pip install 'csto-watch[notices]'\n")
    assert not (tmp_path / "s.db").exists()


def test_wrong_orders_are_one_line(program: Run, store: str, tmp_path: Path, receiver: Hook) -> None:
    assert program("notify", db=store).code == 4
    settings(tmp_path, press(receiver))
    assert program("notify", "nobody", db=store).code == 2
    assert program("notify", "--test", "--now", db=store).code == 2
    assert program("notify", "--discard", db=store).code == 2
    assert program("notify", db=f"sqlite:///{tmp_path / 'none.db'}").code == 17


@pytest.mark.parametrize(
    "address",
    [
        f"json://user:{CANARY}@127.0.0.1:1/{CANARY}?-k={CANARY}",
        f"jsons://{CANARY}@127.0.0.1:1/",
        f"mailto://user:{CANARY}@127.0.0.1:1/a@example.org",
        f"xml://user:{CANARY}@127.0.0.1:1/",
        f"form://user:{CANARY}@127.0.0.1:1/?-k={CANARY}",
        f"ntfy://user:{CANARY}@127.0.0.1:1/topic",
        f"matrix://user:{CANARY}@127.0.0.1:1/room",
        f"json://user:{CANARY}@127.0.0.1:99999/",
    ],
)
@pytest.mark.parametrize("is_named", [False, True])
def test_a_secret_shows_nowhere(
    program: Run,
    waiting: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    address: str,
    *,
    is_named: bool,
) -> None:
    settings(tmp_path, f'name = "press"\nto = "{"env:CSTO_SECRET" if is_named else address}"')
    caplog.set_level(logging.DEBUG)
    orders = (
        ("notify",),
        ("--debug", "notify", "--now"),
        ("notify", "--test"),
        ("notify", "--dry-run", "--json"),
        ("status",),
        ("status", "--json"),
        ("config", "check"),
        ("config", "check", "--json"),
    )
    said = ""
    for order in orders:
        ended = program(*order, db=waiting, CSTO_SECRET=address)
        said += ended.out + ended.err
    assert said
    assert CANARY not in said + caplog.text
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        assert CANARY not in "\n".join(connection.iterdump())
