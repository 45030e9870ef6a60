"""The site's history as a git repository, as a person asks for it and looks at it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.pages.urls import canonical
from reports.exports import git as exporting
from reports.exports.git_program import Git
from reports.exports.git_stream import Stream
from reports.exports.names import page_name
from storage.archive import Archive
from storage.engine import open_store
from storage.forgetting import forget
from storage.records import Outcome, RunMode, RunOutcome, RunReport
from tests.reports.made import NOON, PAYLOADS, article, link, media
from tests.watch.conftest import FIRST, NEWS, Run, capture, crawl

LATER = NOON + timedelta(days=3)
pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="no git: apt-get install git")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.rstrip("\n")


def export(program: Run, store: str, folder: Path, *more: str) -> Any:
    return program("export", "--format", "git", "--out", str(folder), *more, db=store)


def path_of(slug: str) -> str:
    return f"{page_name(canonical(f'{NEWS}/{slug}/'))}.txt"


def subjects(folder: Path) -> list[str]:
    return git(folder, "log", "--reverse", "--format=%s").splitlines()


def record(store: str, slug: str, *blocks: str, at: datetime, mode: RunMode = RunMode.FULL) -> None:
    engine = open_store(store, write=True)
    try:
        archive = Archive(engine, clock=lambda: max(at, LATER))
        crawl(
            archive, [capture(slug, replace(FIRST, blocks=article(*blocks).blocks), at)], sorted({slug, "edited"}), mode
        )
    finally:
        engine.dispose()


def test_each_version_and_event_is_a_commit_in_the_order_of_time(program: Run, store: str, tmp_path: Path) -> None:
    folder = tmp_path / "history"
    ended = export(program, store, folder)
    assert (ended.code, ended.out, ended.err) == (0, "", f"7 new commits of 7\n4 versions written to {folder}\n")
    kinds = [subject.partition(":")[0] for subject in subjects(folder)]
    assert kinds == ["The history of a site", "new", "new", "new", "edited", "deleted", "unlisted"]
    dates = git(folder, "log", "--reverse", "--format=%aI %cI").splitlines()
    assert dates[0] == "1970-01-01T00:00:00Z 1970-01-01T00:00:00Z".replace("Z", "+00:00")
    assert {line[:10] for line in dates[1:4]} == {"2026-07-26"}
    assert {line[:10] for line in dates[4:]} == {"2026-07-27"}
    assert git(folder, "fsck", "--strict", "--no-progress") == ""
    assert git(folder, "status", "--porcelain") == ""


def test_git_itself_tells_what_changed_on_a_page_and_since_when(program: Run, store: str, tmp_path: Path) -> None:
    folder = tmp_path / "history"
    export(program, store, folder)
    diff = git(folder, "log", "-p", "-1", "--format=%b", "--", path_of("edited"))
    assert "-It agreed on a plan of 12 steps." in diff
    assert "+It agreed on a plan of 13 steps." in diff
    assert "Significance: substantive" in diff
    assert "Not-Before: 2026-07-26T12:00:00Z" in diff
    blamed = git(folder, "blame", "--date=short", path_of("edited")).splitlines()
    assert {re.search(r"20\d\d-\d\d-\d\d", line)[0] for line in blamed if "Title" in line} == {"2026-07-26"}  # type: ignore[index]
    assert not (folder / path_of("deleted")).exists()
    assert (folder / path_of("unlisted")).exists()
    assert git(folder, "log", "--diff-filter=D", "--name-only", "--format=").strip() == path_of("deleted")


def test_one_store_gives_one_history_and_its_manifest_names_the_head(program: Run, store: str, tmp_path: Path) -> None:
    export(program, store, tmp_path / "a")
    export(program, store, tmp_path / "b")
    heads = {git(tmp_path / name, "rev-parse", "main") for name in "ab"}
    (head,) = heads
    told = json.loads((tmp_path / "a.manifest.json").read_bytes())
    assert (told["head"], told["rows"], told["counts"]) == (head, 4, {"commits": 7, "events": 2})


def test_a_second_run_adds_only_what_is_new(program: Run, store: str, tmp_path: Path) -> None:
    folder = tmp_path / "history"
    export(program, store, folder)
    before = git(folder, "rev-parse", "main")
    assert export(program, store, folder).err.startswith("0 new commits of 7\n")
    record(store, "unlisted", "A new text.", at=LATER)
    (folder / "notes-of-mine.md").write_text("mine", encoding="utf-8")
    ended = export(program, store, folder)
    assert (ended.code, git(folder, "rev-parse", "main~2")) == (0, before)
    assert [subject.partition(":")[0] for subject in subjects(folder)[7:]] == ["relisted", "edited"]
    assert "A new text." in (folder / path_of("unlisted")).read_text(encoding="utf-8")
    assert (folder / "notes-of-mine.md").read_text(encoding="utf-8") == "mine"
    fresh = tmp_path / "fresh"
    export(program, store, fresh)
    assert git(fresh, "rev-parse", "main") == git(folder, "rev-parse", "main")


def test_what_came_from_the_past_is_appended_with_its_own_date_and_the_page_stands_as_it_is(
    program: Run, store: str, tmp_path: Path
) -> None:
    folder = tmp_path / "history"
    export(program, store, folder)
    stood = (folder / path_of("edited")).read_text(encoding="utf-8")
    record(store, "edited", "Something of old.", at=NOON - timedelta(days=30), mode=RunMode.IMPORT)
    assert export(program, store, folder).code == 0
    late, again = git(folder, "log", "--reverse", "-2", "--format=%aI%n%s%n%b%x00").split("\0")[:2]
    assert late.startswith("2026-06-26T12:00:00+00:00")
    assert "it was put in later" in late
    assert again.strip().splitlines()[1].startswith("current: version 2 stands at")
    assert (folder / path_of("edited")).read_text(encoding="utf-8") == stood
    assert git(folder, "fsck", "--strict", "--no-progress") == ""
    assert export(program, store, folder).err.startswith("0 new commits")


def test_a_moved_page_is_followed_and_a_restored_one_comes_back(program: Run, store: str, tmp_path: Path) -> None:
    folder = tmp_path / "history"
    export(program, store, folder)
    engine = open_store(store, write=True)
    archive = Archive(engine, clock=lambda: LATER)
    moved = replace(
        capture("unlisted", None, LATER, Outcome.MOVED), http_status=301, moved_to=canonical(f"{NEWS}/elsewhere/")
    )
    back = replace(
        FIRST, title="A meeting of experts (deleted)", blocks=(*FIRST.blocks, *article("Of the deleted one.").blocks)
    )
    crawl(archive, [moved, capture("deleted", back, LATER)], ["edited", "deleted", "elsewhere"])
    engine.dispose()
    assert export(program, store, folder).code == 0
    assert {subject.partition(":")[0] for subject in subjects(folder)[7:]} >= {"moved", "restored"}
    assert not (folder / path_of("unlisted")).exists()
    followed = git(folder, "log", "--follow", "--format=%s", "--", path_of("elsewhere")).splitlines()
    assert [line.partition(":")[0] for line in followed][:2] == ["moved", "new"]
    assert (folder / path_of("deleted")).exists()


def test_other_peoples_work_is_never_written_over(program: Run, store: str, tmp_path: Path) -> None:
    folder = tmp_path / "history"
    export(program, store, folder)
    record(store, "edited", "A new text.", at=LATER)
    file = folder / path_of("edited")
    file.write_text("my own words", encoding="utf-8")
    ended = export(program, store, folder)
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (2, "", 1)
    assert "reset --hard" in ended.err
    assert file.read_text(encoding="utf-8") == "my own words"
    git(folder, "-c", "user.name=Me", "-c", "user.email=me@example.org", "commit", "-qam", "Mine")
    head = git(folder, "rev-parse", "main")
    ended = export(program, store, folder)
    assert (ended.code, "isn't this program's" in ended.err) == (2, True)
    assert git(folder, "rev-parse", "main") == head


def test_a_folder_of_other_things_is_refused(program: Run, store: str, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "file").write_text("keep", encoding="utf-8")
    git(tmp_path, "init", "-q")  # a repository above it isn't its own
    ended = export(program, store, folder)
    assert (ended.code, len(ended.err.splitlines())) == (2, 1)
    assert [each.name for each in folder.iterdir()] == ["file"]


def test_another_store_is_not_mixed_in(program: Run, store: str, tmp_path: Path) -> None:
    folder, other = tmp_path / "history", f"sqlite:///{tmp_path / 'other.db'}"
    export(program, store, folder)
    record(other, "else", "Another store.", at=NOON)
    ended = export(program, other, folder)
    assert (ended.code, "another store" in ended.err) == (2, True)
    assert export(program, store, folder, "--as-of", "2026-07-26").code == 2


def test_a_forgotten_page_in_the_repository_costs_a_clear_line(program: Run, store: str, tmp_path: Path) -> None:
    folder = tmp_path / "history"
    export(program, store, folder)
    engine = open_store(store, write=True)
    forget(engine, [1])
    engine.dispose()
    ended = export(program, store, folder)
    assert (ended.code, "forgotten since" in ended.err, len(ended.err.splitlines())) == (2, True, 1)
    fresh = tmp_path / "fresh"
    assert export(program, store, fresh).code == 0
    assert path_of("edited") not in git(fresh, "log", "--name-only", "--format=")


def test_a_run_that_dies_leaves_the_old_history_and_the_next_one_goes_on(
    program: Run, store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "history"

    def dying(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(Stream, "bring_up_to_date", dying)
        assert export(program, store, folder).code == 1
        assert not folder.exists()
    export(program, store, folder)
    head = git(folder, "rev-parse", "main")
    record(store, "edited", "A new text.", at=LATER)
    with monkeypatch.context() as patch:
        patch.setattr(Stream, "bring_up_to_date", dying)
        assert export(program, store, folder).code == 1
    assert git(folder, "rev-parse", "main") == head
    assert git(folder, "status", "--porcelain") == ""
    assert export(program, store, folder).code == 0
    assert git(folder, "fsck", "--strict", "--no-progress", "--no-dangling") == ""
    assert "A new text." in (folder / path_of("edited")).read_text(encoding="utf-8")


@pytest.mark.parametrize("step", ["update-ref", "read-tree"])
def test_a_run_that_dies_before_the_files_follow_is_finished_by_the_next(
    step: str, program: Run, store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "history"
    export(program, store, folder)
    record(store, "edited", "A new text.", at=LATER)
    run = Git.run

    def dying(self: Git, *arguments: str) -> str:
        if arguments[0] == step:
            raise RuntimeError("killed")
        return run(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(exporting.Git, "run", dying)
        assert export(program, store, folder).code == 1
    assert not (folder.parent / "history.manifest.json").exists()
    assert export(program, store, folder).code == 0
    assert git(folder, "status", "--porcelain") == ""
    assert "A new text." in (folder / path_of("edited")).read_text(encoding="utf-8")


def test_no_text_of_a_page_forges_a_line_or_a_path(program: Run, tmp_path: Path) -> None:
    store, folder = f"sqlite:///{tmp_path / 'hostile.db'}", tmp_path / "history"
    forged = "Title\n\nEvent: new\nVersion-Id: 99\nArticle: 0"
    engine = open_store(store, write=True)
    archive = Archive(engine, clock=lambda: NOON)
    captures = []
    for place, payload in enumerate((*PAYLOADS, forged)):
        content = article(
            payload,
            f"Number {place}.",
            title=f"{payload} {place}",
            language=payload,
            links=(link(payload, payload),),
            media=(media(payload, payload),),
        )
        address = canonical(f"{NEWS}/x{place}/../../../etc/CON/%00{place}")
        captures.append(replace(capture(f"x{place}", content, NOON), url=address, shown_url=address))
    run_id = archive.begin_run("csto-en", RunMode.IMPORT, reader_version="1", program_version="0")
    archive.record(run_id, captures)
    archive.settle(run_id, RunReport(RunOutcome.COMPLETE, 0, True, True, True, len(captures), 1000))
    engine.dispose()
    ended = export(program, store, folder)
    assert ended.code == 0, ended.err
    ids = git(folder, "log", "--format=%(trailers:key=Version-Id,valueonly)").split()
    assert sorted(map(int, ids)) == list(range(1, len(ids) + 1))
    paths = git(folder, "ls-tree", "-r", "--name-only", "main").splitlines()
    assert len(paths) == len(ids) + 2
    for path in set(paths) - {"README.md", ".gitattributes"}:
        assert re.fullmatch(r"(?:[a-z0-9][a-z0-9-]{0,79}/)+[a-z0-9][a-z0-9-]*-[0-9a-f]{10}\.txt", path)
        text = (folder / path).read_text(encoding="utf-8")
        assert text.startswith("Title: ")
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2028]", text)
    assert export(program, store, folder).err.startswith("0 new commits")


def test_without_git_one_line_says_so(program: Run, store: str, tmp_path: Path) -> None:
    ended = program("export", "--format", "git", "--out", str(tmp_path / "history"), db=store, PATH=str(tmp_path))
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (2, "", 1)
    assert "install it" in ended.err
    assert not (tmp_path / "history").exists()


def test_a_history_as_of_a_moment_grows_to_today(program: Run, store: str, tmp_path: Path) -> None:
    folder, whole = tmp_path / "history", tmp_path / "whole"
    export(program, store, folder, "--as-of", "2026-07-26")
    assert len(subjects(folder)) == 4
    export(program, store, folder)
    export(program, store, whole)
    assert git(folder, "rev-parse", "main") == git(whole, "rev-parse", "main")
