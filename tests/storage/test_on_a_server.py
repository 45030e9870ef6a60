"""A store with three weeks of history says the same on PostgreSQL as in its SQLite file, by every command that reads."""

from __future__ import annotations

import json
import re
import shlex
from hashlib import sha256
from pathlib import Path

import pytest

from benchmarks.report_stores import make_watched
from storage.moving import copy_store
from tests.watch.conftest import Ended, Run, program

__all__ = ["program"]
LINES = (
    "pages --json",
    "pages --state gone --json",
    "changes --json",
    "changes -v",
    "changes --since 2024-08-01 --min-significance substantive --json",
    "review --json",
    "status --json",
    "stats --json",
    "templates --json",
    "verify --json",
    "search meeting --limit 500 --json",
    "search meeting --removed --json",
    "search '\"of the\"' --all --json",
)
EMPTY = {"review --json", "templates --json"}
"""Nothing is held in that store, and it learned no template."""
FILES = (
    "report --out OUT",
    "report --since 2024-08-01 --min-significance minor --out OUT",
    "feed --limit 200 --out OUT",
    "feed --section /news/speech --out OUT",
    "stats --out OUT.svg",
    "export --format jsonl --scope history --out OUT",
    "export --format jsonl --scope store --out OUT",
    "export --format csv --scope history --out OUT",
    "export --format csv --out OUT",
    "export --format parquet --scope history --out OUT",
    "export --format warc --out OUT.gz",
    "export --format git --out OUT",
    "export --format site --out OUT",
)
OF_PAGES = ("show URL", "show URL --json", "history URL --json", "diff URL", "diff URL --format json")


@pytest.mark.server
def test_every_command_that_reads_says_the_same_on_a_server(
    program: Run,
    sqlite_url: str,
    server_url: str,
    tmp_path: Path,
) -> None:
    make_watched(sqlite_url)
    copy_store(sqlite_url, server_url)
    pages = [json.loads(line) for line in program("pages", "--json", db=sqlite_url).out.splitlines()]
    edited = sorted(page["url"] for page in pages if page["versions"] > 1)[:3]
    assert len(edited) == 3

    said = {
        "file": _everything(program, sqlite_url, tmp_path / "file", edited),
        "server": _everything(program, server_url, tmp_path / "server", edited),
    }

    assert said["file"].keys() == said["server"].keys()
    assert [line for line, told in said["file"].items() if told != said["server"][line]] == []
    assert {line for line, told in said["file"].items() if told[0] not in {0, 12, 21} or not told[1]} <= EMPTY


def _everything(run: Run, url: str, folder: Path, edited: list[str]) -> dict[str, tuple[int, str]]:
    folder.mkdir()
    told = {line: _told(run(*shlex.split(line), db=url)) for line in LINES}
    for number, line in enumerate(FILES):
        out = str(folder / str(number))
        ended = run(*(word.replace("OUT", out) for word in shlex.split(line)), db=url)
        told[line] = (ended.code, _digests(folder, str(number)))
    for page in edited:
        told |= {
            f"{line} {page}": _told(run(*(page if word == "URL" else word for word in line.split()), db=url))
            for line in OF_PAGES
        }
    return told


def _told(ended: Ended) -> tuple[int, str]:
    """Where the store lies aside."""
    return ended.code, re.sub(r'"store": .*?"pages"', "", ended.out)


def _digests(folder: Path, name: str) -> str:
    """Of all that an export wrote, git's own files aside: its commit is told instead."""
    found = []
    for path in sorted(folder.glob(f"{name}*")):
        files = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
        for file in files:
            inner = file.relative_to(folder).as_posix()
            if "/.git/" in inner and not inner.endswith("/.git/refs/heads/main"):
                continue
            found.append(f"{inner} {sha256(file.read_bytes()).hexdigest()}")
    return "\n".join(found)
