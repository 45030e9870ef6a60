"""``prune`` as a person calls it: what would go, what went, and a page that is forgotten."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.engine import open_store
from storage.lock import store_lock
from tests.reports.made import NOON, article
from tests.watch.conftest import NEWS, Run, capture, crawl, environment
from tests.watch.test_bad_input import refused

EDITED = f"{NEWS}/edited/"


@pytest.fixture
def hoard(tmp_path: Path) -> str:
    """Four visits of one page that show the same; all their bytes are kept."""
    from storage.retention import Retention

    db_url = f"sqlite:///{(tmp_path / 'store.db').as_posix()}"
    engine = open_store(db_url, write=True)
    archive = Archive(engine, clock=lambda: NOON, retention=Retention(keep="all"))
    for number in range(4):
        content = article("The council met on Monday.")
        captured = capture("page", content, NOON.replace(hour=NOON.hour + number))
        crawl(archive, [captured], ["page"])
    engine.dispose()
    return db_url


def test_a_dry_run_prints_what_the_real_one_prints(program: Run, hoard: str) -> None:
    said = program("prune", "--dry-run", db=hoard)
    assert (said.code, said.err.split(",")[0]) == (0, "2 bodies would leave the store")
    assert said.out.splitlines()[0] == "WHY\tCAPTURES\tBYTES\tWHAT"
    assert said.out.splitlines()[1].startswith("superseded\t2\t")
    done = program("prune", db=hoard)
    assert (done.code, done.out) == (0, said.out)
    assert "bytes of its file are free" in done.err
    assert program("prune", db=hoard).out == "Nothing to let go.\n"
    assert program("verify", db=hoard).code == 0


def test_its_json_is_one_object(program: Run, hoard: str) -> None:
    said = json.loads(program("prune", "--dry-run", "--json", db=hoard).out)
    assert (said["dry_run"], said["captures"], said["bodies"]) == (True, 2, 2)
    assert said["reasons"]["superseded"]["captures"] == 2
    done = json.loads(program("prune", "--json", db=hoard).out)
    assert {**said, "dry_run": False, "free_bytes": done["free_bytes"]} == done


def test_the_settings_say_what_stays(program: Run, hoard: str, tmp_path: Path) -> None:
    (tmp_path / "csto-watch.toml").write_text('[retention]\nkeep = "all"\n')
    assert program("prune", db=hoard).out == "Nothing to let go.\n"
    (tmp_path / "csto-watch.toml").write_text("[retention]\n")
    assert json.loads(program("prune", "--json", db=hoard).out)["captures"] == 2


def test_the_file_is_made_smaller_where_that_is_asked_for(program: Run, hoard: str, tmp_path: Path) -> None:
    assert json.loads(program("prune", "--shrink", "--json", db=hoard).out)["free_bytes"] == 0
    assert program("verify", db=hoard).code == 0


def test_a_crawl_that_runs_is_not_disturbed(program: Run, hoard: str) -> None:
    with store_lock(hoard):
        refused(program("prune", db=hoard), 75)
        refused(program("prune", "--forget", f"{NEWS}/page/", "--yes", db=hoard), 75)
        assert program("prune", "--dry-run", db=hoard).code == 0


def test_it_makes_no_store(program: Run, tmp_path: Path) -> None:
    for more in ([], ["--dry-run"], ["--forget", EDITED, "--yes"]):
        refused(program("prune", *more, db=f"sqlite:///{tmp_path / 'none.db'}"), 17)
    assert not list(tmp_path.glob("none.db*"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--yes"], "--yes is for --forget URL"),
        (["--dry-run", "--shrink"], "give one of them"),
        (["--forget", EDITED], "say --yes where nobody can be asked"),
        (["--forget", f"{NEWS}/never/", "--yes"], "the store knows no page"),
        (["--forget", "nonsense", "--yes"], "names no page"),
    ],
)
def test_a_wrong_argument_costs_one_line(
    program: Run, store: str, tmp_path: Path, arguments: list[str], said: str
) -> None:
    before = (tmp_path / "store.db").read_bytes()
    assert said in refused(program("prune", *arguments, db=store), 2)
    assert (tmp_path / "store.db").read_bytes() == before


def test_a_page_is_forgotten_and_all_commands_go_on(program: Run, store: str, tmp_path: Path) -> None:
    would = program("prune", "--forget", EDITED, "--dry-run", db=store)
    assert would.out == f"{EDITED} would be forgotten: 2 versions, 2 captures, 2 events\n"
    assert program("show", EDITED, db=store).code == 0
    done = program("prune", "--forget", EDITED, "--yes", db=store)
    assert (done.code, done.out) == (0, f"{EDITED} is forgotten: 2 versions, 2 captures, 2 events\n")
    assert "Copies made before" in done.err
    assert program("prune", "--forget", EDITED, "--yes", db=store).out.endswith("it was forgotten before\n")

    history = program("history", EDITED, db=store)
    assert (history.code, history.out, history.err) == (
        0,
        "",
        "The page was forgotten: nothing that it said is kept.\n",
    )
    for command in (["show"], ["diff"], ["evidence", "--out", "folder"]):
        assert f"{EDITED} was forgotten" in refused(program(command[0], EDITED, *command[1:], db=store), 2)
    (left,) = map(json.loads, program("pages", "--state", "forgotten", "--json", db=store).out.splitlines())
    assert (left["state"], left["title"], left["url"][:14]) == ("forgotten", None, "urn:forgotten:")
    verified = program("verify", db=store)
    assert (verified.code, verified.out.splitlines()[-1]) == (0, f"forgotten  {left['url']}")
    assert json.loads(program("verify", "--json", db=store).out)["forgotten"] == [left["url"]]
    told = [json.loads(line) for line in program("changes", "--json", db=store).out.splitlines()]
    assert [event["kind"] for event in told if event["url"] == left["url"]] == ["forgotten"]
    assert not any("edited" in event["url"] for event in told)
    assert b"edited" not in (tmp_path / "store.db").read_bytes().replace(b'"edited"', b"").replace(b"'edited'", b"")

    for command in (
        ["changes"],
        ["pages"],
        ["search", "council"],
        ["status"],
        ["compact"],
        ["report", "--out", "report.html"],
        ["export", "--format", "jsonl", "--out", "all.jsonl"],
        ["export", "--format", "csv", "--out", "all.csv"],
        ["backup", "copy.db", "--verify"],
        ["copy-to", f"sqlite:///{tmp_path / 'moved.db'}"],
    ):
        ended = program(*command, db=store)
        assert ended.code in {0, 21}, (command, ended.err)
        assert "Traceback" not in ended.err
    for name in ("report.html", "all.jsonl", "all.csv"):
        assert EDITED not in (tmp_path / name).read_text(encoding="utf-8")


def test_an_import_of_a_forgotten_page_is_left_out_and_said(program: Run, store: str, tmp_path: Path) -> None:
    program("prune", "--forget", EDITED, "--yes", db=store)
    (tmp_path / "a.txt").write_text(
        "A title of the page\n\nA text of some length stands here.\n\nAnd one more of them.\n"
    )
    ended = program("import", "a.txt", "--url", EDITED, db=store)
    assert "1 of them are captures of forgotten pages, and were left out" in ended.err
    assert program("pages", "--state", "forgotten", "--json", db=store).out.count("\n") == 1
    assert program("verify", db=store).code == 0


def test_a_page_that_was_forgotten_isn_t_asked_for_by_name(program: Run, store: str) -> None:
    program("prune", "--forget", EDITED, "--yes", db=store)
    line = refused(program("crawl", "--url", EDITED, "--base-url", "http://127.0.0.1:9", db=store), 2)
    assert f"--url: {EDITED} was forgotten" in line


@pytest.mark.parametrize(("answer", "code", "state"), [("y", 0, "forgotten"), ("n", 11, "listed"), ("", 11, "listed")])
def test_a_person_is_asked_on_a_terminal(
    program: Run, store: str, tmp_path: Path, answer: str, code: int, state: str
) -> None:
    lead, follow = pty.openpty()
    command = [sys.executable, "-m", "watch", "--db", store, "prune", "--forget", EDITED]
    process = subprocess.Popen(
        command, stdin=follow, stdout=follow, stderr=follow, env=environment(TERM="dumb"), cwd=tmp_path
    )
    os.close(follow)
    os.write(lead, f"{answer}\n".encode())
    shown = b""
    try:
        while piece := os.read(lead, 65536):
            shown += piece
    except OSError:  # Linux: the other side of a terminal that has gone is an error, not an end
        pass
    os.close(lead)
    assert process.wait(60) == code, shown
    assert EDITED.encode() in shown
    assert b"2 versions, 2 captures, 2 events" in shown
    found = [json.loads(line)["state"] for line in program("pages", "--json", db=store).out.splitlines()]
    assert found.count("forgotten") == (state == "forgotten")
