"""A small store with a history, made through the archive's own door, and the program as a person calls it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.pages.urls import canonical
from storage.archive import Archive
from storage.engine import open_store
from storage.records import Article, Capture, Outcome, RunMode, RunOutcome, RunReport
from tests.reports.made import NOON, article
from watch import cli

SITE = "https://en.odkb-csto.org"
NEWS = f"{SITE}/news/news_odkb"
FIRST = article("The council met on Monday.", "It agreed on a plan of 12 steps.")


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


Run = Callable[..., Ended]


def environment(**values: str) -> dict[str, str]:
    """Nothing of the developer's own settings; UTC, so that times are alike everywhere."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("CSTO_", "FORCE_COLOR", "NO_COLOR"))
    }
    return {**kept, "TZ": "UTC", "PYTHONIOENCODING": "utf-8", **values}


@pytest.fixture
def process(tmp_path: Path) -> Run:
    """The program in a process of its own, in an empty folder."""

    def run(*arguments: str, db: str | None = None, timeout: float = 60, **values: str) -> Ended:
        named = ("--db", db) if db else ()
        done = subprocess.run(
            [sys.executable, "-m", "watch", *named, *arguments],
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
            env=environment(**values),
            cwd=tmp_path,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program in this process, in an empty folder: the same as ``process`` and many times faster."""
    monkeypatch.chdir(tmp_path)
    for name in set(os.environ) - set(environment()):
        monkeypatch.delenv(name)

    def run(*arguments: str, db: str | None = None, **values: str) -> Ended:
        capsys.readouterr()
        with monkeypatch.context() as patch:
            for name, value in values.items():
                patch.setenv(name, value)
            code = cli.run([*(("--db", db) if db else ()), *arguments])
        printed = capsys.readouterr()
        return Ended(code, printed.out, printed.err)

    return run


def capture(slug: str, content: Article | None, at: datetime, outcome: Outcome = Outcome.OK) -> Capture:
    shown = f"{NEWS}/{slug}/"
    body = f"<html>{slug} {at.isoformat()}</html>".encode()
    status = 410 if outcome is Outcome.GONE else 200
    url = canonical(shown)
    return Capture(
        url, outcome, at, shown_url=shown, http_status=status, body=body, article=content, reader_version="1"
    )


def crawl(archive: Archive, captures: Sequence[Capture], slugs: Sequence[str], mode: RunMode = RunMode.FULL) -> int:
    run_id = archive.begin_run("csto-en", mode, reader_version="1", program_version="0")
    archive.note_listed(run_id, [(canonical(f"{NEWS}/{slug}/"), f"{NEWS}/{slug}/") for slug in slugs])
    archive.record(run_id, captures)
    archive.settle(run_id, RunReport(RunOutcome.COMPLETE, 0, True, True, True, len(captures), 1000))
    return run_id


def make_store(db_url: str, *, title: str = "A meeting of experts", now: datetime = NOON) -> None:
    """Two complete runs a day apart: three new pages; then one edited twice over, one deleted, one unlisted."""
    clock = [now]
    engine = open_store(db_url, write=True)
    try:
        archive = Archive(engine, clock=lambda: clock[0])
        first = {slug: replace(FIRST, title=f"{title} ({slug})") for slug in ("edited", "deleted", "unlisted")}
        for slug in ("deleted", "unlisted"):  # one text under three titles would be held
            own = article(*(block.text for block in FIRST.blocks), f"Of the {slug} one.")
            first[slug] = replace(first[slug], blocks=own.blocks)
        crawl(archive, [capture(slug, content, now) for slug, content in first.items()], list(first))
        later = clock[0] = now + timedelta(days=1)
        changed = replace(
            first["edited"], blocks=article("The council met on Friday.", "It agreed on a plan of 13 steps.").blocks
        )
        crawl(
            archive,
            [
                capture("edited", changed, later),
                capture("deleted", None, later, Outcome.GONE),
                capture("unlisted", first["unlisted"], later),
            ],
            ["edited", "deleted"],
        )
    finally:
        engine.dispose()


@pytest.fixture
def store(tmp_path: Path) -> str:
    db_url = f"sqlite:///{(tmp_path / 'store.db').as_posix()}"
    make_store(db_url)
    return db_url


@pytest.fixture
def fresh_store(tmp_path: Path) -> str:
    """The same, of today: nothing in it is overdue."""
    db_url = f"sqlite:///{(tmp_path / 'store.db').as_posix()}"
    make_store(db_url, now=datetime.now(UTC) - timedelta(days=1, minutes=1))
    return db_url
