"""``search`` as a person or a script calls it."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.watch.conftest import NEWS, Ended, Run, environment

KEYS = {
    "url", "title", "state", "versions", "first_version", "last_version", "first_seen_at", "last_seen_at", "removed",
    "removed_in_version", "removed_seen_at", "removed_not_before", "superseded", "site", "snippet",
}  # fmt: skip


def lines(ended: Ended) -> list[dict[str, object]]:
    assert ended.code == 0, ended.err
    return [json.loads(line) for line in ended.out.splitlines()]


def slugs(ended: Ended) -> set[str]:
    return {str(line["url"]).split("/")[-2] for line in lines(ended)}


def test_a_line_says_which_versions_say_it_and_when_it_was_removed(program: Run, store: str) -> None:
    (line,) = lines(program("search", '"met on Monday"', "steps", "--removed", "--json", db=store))
    assert set(line) == KEYS
    assert line["url"] == f"{NEWS}/edited/"
    assert (line["versions"], line["first_version"], line["last_version"]) == ([1], 1, 1)
    assert (line["first_seen_at"], line["last_seen_at"]) == ("2026-07-26T12:00:00Z", "2026-07-26T12:00:00Z")
    assert (line["removed"], line["removed_in_version"]) == (True, 2)
    assert (line["removed_not_before"], line["removed_seen_at"]) == ("2026-07-26T12:00:00Z", "2026-07-27T12:00:00Z")
    assert (line["state"], line["title"]) == ("listed", "A meeting of experts (edited)")
    assert line["snippet"] == "The council met on Monday."


def test_words_are_found_in_any_version_and_what_stands_is_not_removed(program: Run, store: str) -> None:
    assert slugs(program("search", "councils", "--json", db=store)) == {"edited", "deleted", "unlisted"}
    assert slugs(program("search", "friday", "--json", db=store)) == {"edited"}
    (friday,) = lines(program("search", "friday", "--json", db=store))
    assert (friday["removed"], friday["removed_in_version"], friday["removed_seen_at"]) == (False, None, None)
    assert slugs(program("search", "monday", "friday", "--json", db=store)) == set()


def test_an_argument_of_several_words_is_a_phrase_for_the_shell_took_its_quotes(program: Run, store: str) -> None:
    assert slugs(program("search", "met on monday", "--json", db=store)) == {"edited", "deleted", "unlisted"}
    assert slugs(program("search", "monday council", "--json", db=store)) == set()
    assert slugs(program("search", "monday", "council", "--json", db=store)) == {"edited", "deleted", "unlisted"}


def test_when_it_was_said_or_went_can_be_asked_for(program: Run, store: str) -> None:
    assert slugs(program("search", "monday", "--until", "2026-07-26", "--json", db=store)) >= {"edited"}
    assert slugs(program("search", "monday", "--since", "2026-07-27", "--json", db=store)) == {"unlisted"}
    went = ("search", "monday", "--removed", "--json")
    assert slugs(program(*went, "--since", "2026-07-27", db=store)) == {"edited"}
    assert slugs(program(*went, "--until", "2026-07-26", db=store)) == set()


def test_a_limit_says_that_there_is_more(program: Run, store: str) -> None:
    ended = program("search", "council", "--limit", "2", "--json", db=store)
    assert len(lines(ended)) == 2
    assert ended.err == "More pages say it: these are the first 2 (--limit).\n"
    assert program("search", "council", "--limit", "3", "--json", db=store).err == ""


def test_in_a_pipe_it_is_plain_rows(program: Run, store: str) -> None:
    ended = program("search", "steps", db=store)
    rows = list(csv.reader(io.StringIO(ended.out), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert rows[0] == ["FIRST SEEN", "LAST SEEN", "VERSIONS", "NOW", "PAGE", "PASSAGE"]
    assert rows[1] == [
        "2026-07-26T12:00:00Z",
        "2026-07-27T12:00:00Z",
        "1-2",
        "listed",
        f"A meeting of experts (edited) <{NEWS}/edited/>",
        "It agreed on a plan of 13 steps.",
    ]
    assert [row[3] for row in rows[1:]] == ["listed", "unlisted", "gone"]
    assert "\x1b" not in ended.out
    removed = program("search", "monday", "--removed", db=store).out
    assert "removed in version 2: after 2026-07-26T12:00:00Z, by 2026-07-27T12:00:00Z" in removed


def test_on_a_terminal_what_was_found_is_bright(store: str, tmp_path: Path) -> None:
    shown = on_terminal("--db", store, "search", "steps", folder=tmp_path)
    assert "\x1b[1;33msteps\x1b[0m" in shown
    assert "\x1b" not in on_terminal("--db", store, "search", "steps", "--json", folder=tmp_path)


def on_terminal(*arguments: str, folder: Path) -> str:
    """What a person sees on a terminal of 200 columns."""
    ours, theirs = pty.openpty()
    values = environment(COLUMNS="200", TERM="xterm-256color")
    process = subprocess.Popen([sys.executable, "-m", "watch", *arguments], stdout=theirs, env=values, cwd=folder)
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert process.wait() == 0
    return shown.decode()


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_nothing_found_is_one_line_on_stderr_and_no_error(program: Run, store: str, as_json: tuple[str, ...]) -> None:
    ended = program("search", "zebra", *as_json, db=store)
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == ("" if as_json else "Nothing found.\n")


@pytest.mark.parametrize("words", [["*"], [""], ['""'], ["--", "-"], ["🙂"]])
def test_a_query_without_a_word_is_a_wrong_argument(program: Run, store: str, words: list[str]) -> None:
    ended = program("search", *words, db=store)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("csto-watch: WORDS: there is no word in what is searched for")
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize("words", [["\udcff"], ["mon\udcffday"], ["friday", "\udcff"]])
def test_bytes_that_are_no_text_are_a_wrong_argument(program: Run, store: str, words: list[str]) -> None:
    ended = program("search", *words, "--json", db=store)
    assert (ended.code, ended.out, ended.err) == (2, "", "csto-watch: WORDS: they are no UTF-8 text\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["search"], "WORDS"),
        (["search", "a", "--limit", "0"], "--limit"),
        (["search", "a", "--since", "then"], "--since"),
        (["search", "a", "--until", "then"], "--until"),
    ],
)
def test_a_wrong_argument_costs_one_line(program: Run, store: str, arguments: list[str], told: str) -> None:
    ended = program(*arguments, db=store)
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (2, "", 1)
    assert told in ended.err


def test_a_store_that_is_not_there_is_not_made(program: Run, tmp_path: Path) -> None:
    ended = program("search", "word", db=f"sqlite:///{(tmp_path / 'none.db').as_posix()}")
    assert (ended.code, ended.out) == (17, "")
    assert not (tmp_path / "none.db").exists()


def test_a_search_that_stopped_early_says_so_and_all_goes_on(
    program: Run, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.search.MOST_READ", 1)
    monkeypatch.setattr("storage.search._PIECE", 1)
    cut = program("search", '"on agreed"', "--json", db=store)
    assert (cut.code, cut.out) == (0, "")
    assert "Stopped after 1 texts with all of these words. There are older ones: --all reads them too." in cut.err
    whole = program("search", '"on agreed"', "--all", "--json", db=store)
    assert (whole.code, whole.out) == (0, "")
    assert "Stopped" not in whole.err
