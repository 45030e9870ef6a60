"""The folder exports of a long history: a git repository that is whole, complete and goes on, and a static site.

Each export is a process of its own, whose peak of memory it tells itself (that of git isn't ours). Killed while it writes, it
leaves nothing under the name, or all of it; the control, a history without its last commits, must be found to lack versions.

    python -m benchmarks.git_export 2500
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, select

from benchmarks.long_store import START, article_of, make_store, url_of
from benchmarks.shares import wilson
from storage.archive import Archive
from storage.engine import open_store, reading
from storage.models import ContentRow, VersionRow, table_of
from storage.records import Capture, Outcome, RunMode, RunOutcome, RunReport

MEMORY_LIMIT_MB: Final = 150.0
WHOLE, PART = 50_000, 2_500
KILLS_WHOLE, KILLS_PART = 20, 3
NEW: Final = 5
ROOT: Final = Path(__file__).parent.parent
_RUN: Final = """
import re, sys
from pathlib import Path
from watch.cli import main
peak, *arguments = sys.argv[1:]
sys.argv[1:] = arguments
try:
    main()
finally:
    Path(peak).write_text(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def git(part: bool, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        store = f"sqlite:///{place / 'store.db'}"
        make_store(store, PART if part else WHOLE, seed).dispose()
        folder = place / "history"
        first = _exported(place, store, "git", folder)
        found = first | _compared(store, folder)
        add_versions(store)
        head = _git(folder, "rev-parse", "main")
        later = _exported(place, store, "git", folder)
        found["second_run"] = {
            "seconds": later["seconds"],
            "added": int(_git(folder, "rev-list", "--count", f"{head}..main")),
            "versions_added": len(_ids(folder, f"{head}..main")),
            "is_behind_the_old": _git(folder, "merge-base", head, "main") == head,
        }
        found["killed"] = _killed(place, store, folder, KILLS_PART if part else KILLS_WHOLE, seed)
        found["control_is_caught"] = not _holds_all(store, _cut_short(folder, place / "cut"))
        return found


def site(part: bool, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        store = f"sqlite:///{place / 'store.db'}"
        make_store(store, PART if part else WHOLE, seed).dispose()
        folder = place / "site"
        found = _exported(place, store, "site", folder)
        files = [each for each in folder.glob("pages/**/*.html") if each.name != "index.html"]
        changes = sum("-" in each.stem for each in files)
        with _reading(store) as connection:
            versions = len(_versions(connection))
        pages = json.loads(folder.with_name("site.manifest.json").read_bytes())["counts"]["pages"]
        return found | {"versions": versions, "version_files": len(files) - changes, "changes": changes, "pages": pages}


def is_good_git(found: dict[str, Any]) -> bool:
    second, killed = found["second_run"], found["killed"]
    whole = found["missing"] == found["foreign"] == 0 and found["fsck"] == "" and found["memory_mb"] < MEMORY_LIMIT_MB
    goes_on = second["versions_added"] == NEW and second["is_behind_the_old"]
    return bool(whole and goes_on and killed["moved_or_half"] == 0 and found["control_is_caught"])


def is_good_site(found: dict[str, Any]) -> bool:
    is_whole = found["version_files"] == found["versions"] and found["changes"] == found["versions"] - found["pages"]
    return bool(is_whole and found["memory_mb"] < MEMORY_LIMIT_MB)


def figures(part: bool, seed: int) -> dict[str, Any]:
    return {"git": git(part, seed), "site": site(part, seed)}


def is_good(found: dict[str, Any]) -> bool:
    return is_good_git(found["git"]) and is_good_site(found["site"])


def add_versions(store: str) -> None:
    """An edit of each of the first pages, years later."""
    engine, at = open_store(store, write=True), START.replace(year=2040)
    archive = Archive(engine, clock=lambda: at)
    run_id = archive.begin_run("csto-en", RunMode.URL, reader_version="1", program_version="0")
    captures = [
        Capture(
            url_of(page), Outcome.OK, at, http_status=200, article=article_of(page, 9000 + page), reader_version="1"
        )
        for page in range(1, NEW + 1)
    ]
    archive.record(run_id, captures)
    archive.settle(run_id, RunReport(RunOutcome.COMPLETE, 0, False, False, False, NEW, 1000))
    engine.dispose()


def _command(place: Path, store: str, form: str, folder: Path) -> list[str]:
    arguments = ["--db", store, "export", "--format", form, "--out", str(folder), "--no-root"]
    return [sys.executable, "-c", _RUN, str(place / "peak"), *arguments]


def _exported(place: Path, store: str, form: str, folder: Path) -> dict[str, Any]:
    begun = time.monotonic()
    subprocess.run(_command(place, store, form, folder), check=True, cwd=ROOT, stderr=subprocess.DEVNULL)
    seconds = round(time.monotonic() - begun, 1)
    return {"seconds": seconds, "memory_mb": round(int((place / "peak").read_text()) / 1024, 1)}


def _compared(store: str, folder: Path) -> dict[str, Any]:
    with _reading(store) as connection:
        wanted = _versions(connection)
    ids = _ids(folder, "main")
    return {
        "versions": len(wanted),
        "missing": len(wanted - ids),
        "foreign": len(ids - wanted),
        "commits": int(_git(folder, "rev-list", "--count", "main")),
        "fsck": _git(folder, "fsck", "--strict", "--no-progress", "--no-dangling"),
        "mb": round(sum(each.stat().st_size for each in (folder / ".git").rglob("*") if each.is_file()) / 1e6, 1),
    }


def _killed(place: Path, store: str, folder: Path, kills: int, seed: int) -> dict[str, Any]:
    """Of a first export, which has the most to write: nothing may be there, or all of it."""
    chance, bad, amid = random.Random(f"git {seed}"), [], 0
    begun = time.monotonic()
    subprocess.run(_command(place, store, "git", place / "spared"), check=True, cwd=ROOT, stderr=subprocess.DEVNULL)
    seconds = time.monotonic() - begun
    head = _git(place / "spared", "rev-parse", "main")
    for kill in range(kills):
        target = place / f"killed-{kill}"
        process = subprocess.Popen(_command(place, store, "git", target), cwd=ROOT, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.1, 1) * seconds)
        amid += process.poll() is None
        process.kill()
        process.wait()
        if target.exists() and (_git(target, "rev-parse", "main") != head or _git(target, "status", "--porcelain")):
            bad.append(kill)
    return {"kills": kills, "amid": amid, "moved_or_half": len(bad), "at_most_95": round(wilson(len(bad), kills)[1], 4)}


def _cut_short(folder: Path, cut: Path) -> Path:
    """The history without its last commits, as a run leaves it that moves the branch before all is there."""
    subprocess.run(["git", "clone", "--quiet", str(folder), str(cut)], check=True)
    _git(cut, "reset", "--quiet", "--hard", "main~3")
    return cut


def _holds_all(store: str, folder: Path) -> bool:
    return bool(_compared(store, folder)["missing"] == 0)


def _ids(folder: Path, commits: str) -> set[tuple[int, str]]:
    told = _git(
        folder, "log", "--format=%(trailers:key=Version-Id,key=Content-SHA256,valueonly,separator=%x20)", commits
    )
    pairs = [line.split() for line in told.splitlines()]
    return {(int(pair[0]), pair[1]) for pair in pairs if len(pair) == 2}


def _versions(connection: Connection) -> set[tuple[int, str]]:
    version, content = table_of(VersionRow), table_of(ContentRow)
    statement = select(version.c.id, content.c.content_sha256).join(content, content.c.id == version.c.content_id)
    rows = connection.execute(statement.where(version.c.position.is_not(None)))
    return {(id_, digest.hex()) for id_, digest in rows}


def _reading(store: str) -> Any:
    return reading(open_store(store, write=False))


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


if __name__ == "__main__":
    WHOLE = int(sys.argv[1]) if len(sys.argv) > 1 else WHOLE
    for measure, good in ((git, is_good_git), (site, is_good_site)):
        figures = measure(False, 1)
        print(json.dumps(figures | {"holds": good(figures)}, indent=2))
