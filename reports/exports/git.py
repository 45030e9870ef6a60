"""The site's history as a git repository: a commit for each version and event, in the order of time, with its own date.

A new repository appears when it is whole. One that is there gets only what is new: the commits first, under a name of their own,
then the branch, then the files. What a kill leaves is the branch before or after, never half of one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout
from sqlalchemy import Connection

from reports.exports.git_ledger import Ledger, read_ledger
from reports.exports.git_program import Git, GitError
from reports.exports.git_stream import INCOMING, Stream, instant_of
from reports.exports.manifests import Origin, Tally, manifest_path, write_manifest
from reports.instants import rfc3339
from reports.whole import FolderTaken, whole_folder
from storage import happenings, outgoing
from storage.happenings import Known

_BRANCH: Final = "refs/heads/main"
_MARK: Final = "csto-watch-files"
"""Stands in the repository while its files are brought up to date; names the commit that they were of."""


class GitBusy(GitError):
    """Somebody else writes to the repository."""


@dataclass(frozen=True, slots=True)
class Exported:
    """``added``: how many commits; ``commits``: how many there are; ``head``: the last one."""

    added: int
    commits: int
    head: str


def export_git(connection: Connection, folder: Path, origin: Origin, tally: Tally) -> Exported:
    """Make the repository, or add to it what is new. Raises GitError and OSError; the repository is then as it was."""
    tally.total = outgoing.count_history(connection, origin.as_of)
    if folder.is_dir() and any(folder.iterdir()):
        done = _go_on(connection, folder, origin, tally)
    else:
        done = _make(connection, folder, origin, tally)
    tally.counts["commits"] = done.commits
    write_manifest(folder, "git", origin, tally, {"head": done.head})
    return done


def _make(connection: Connection, folder: Path, origin: Origin, tally: Tally) -> Exported:
    try:
        with whole_folder(folder) as made:
            git = Git(made.part)
            git.run("init", "--quiet", "--template=")
            done = _import(git, connection, Ledger(), origin.as_of, tally)
            git.run("update-ref", _BRANCH, done.head)
            git.run("update-ref", "-d", INCOMING)
            git.run("symbolic-ref", "HEAD", _BRANCH)
            # Written in the order of time, each text stands beside another page's: git packs them page by page.
            git.run("gc", "--quiet")
            git.run("read-tree", "-m", "-u", done.head)
            manifest_path(folder).unlink(missing_ok=True)
    except FolderTaken as error:
        raise GitError(f"{error}; name a new one, or one that an export made") from None
    return done


def _go_on(connection: Connection, folder: Path, origin: Origin, tally: Tally) -> Exported:
    git = Git(folder)
    inside = _inside(git, folder)
    with _alone(inside, folder):
        branch = git.ask("symbolic-ref", "--quiet", "HEAD")
        if branch is None:
            raise GitError(f"{folder} is on no branch: git -C {folder} checkout main")
        is_bare = inside == folder.resolve()
        ledger = read_ledger(git, branch)
        if not is_bare:
            _check_files(git, inside, ledger)
        _check_store(connection, folder, ledger, origin.as_of)
        done = _import(git, connection, ledger, origin.as_of, tally)
        if done.added:
            manifest_path(folder).unlink(missing_ok=True)
            _publish(git, branch, ledger.tip, done.head, mark=None if is_bare else inside / _MARK)
    return done


def _inside(git: Git, folder: Path) -> Path:
    """Where the repository keeps its own things. GitError where the folder itself is none."""
    found = git.ask("rev-parse", "--absolute-git-dir")
    if found is not None and Path(found).resolve() in {folder.resolve(), (folder / ".git").resolve()}:
        return Path(found).resolve()
    raise GitError(f"{folder} is there already, and isn't a git repository of this program; name a new folder")


@contextmanager
def _alone(inside: Path, folder: Path) -> Iterator[None]:
    lock = FileLock(inside / "csto-watch.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise GitBusy(f"another export writes to {folder}; wait until it is done") from None
    try:
        yield
    finally:
        lock.release()


def _check_files(git: Git, inside: Path, ledger: Ledger) -> None:
    """They are as the last commit has them: an export must write over nobody's work."""
    mark = inside / _MARK
    if mark.exists():
        _finish(git, mark, ledger)
    changed = git.run("status", "--porcelain", "--untracked-files=no")
    if changed:
        raise GitError(
            f"{git.folder}: {changed.splitlines()[0][3:]} isn't as the last export left it; put your own work elsewhere, "
            f"then git -C {git.folder} reset --hard"
        )


def _finish(git: Git, mark: Path, ledger: Ledger) -> None:
    """A run was killed while it brought the files up to date: what differs is its own work, unless the commits don't tell so."""
    before, tip = mark.read_text(encoding="ascii").strip(), ledger.tip
    if tip is not None:
        base = before or git.run("hash-object", "-t", "tree", "--stdin", "-w")
        ours = set(git.run("diff-tree", "-r", "--name-only", "--no-renames", base, tip).splitlines())
        if set(git.run("diff", "--name-only", "--no-renames", "--no-ext-diff", tip).splitlines()) <= ours:
            git.run("read-tree", "--reset", "-u", tip)
    mark.unlink()


def _check_store(connection: Connection, folder: Path, ledger: Ledger, as_of: datetime | None) -> None:
    if as_of is not None and as_of < instant_of(ledger.at):
        raise GitError(
            f"{folder} holds what was seen until {rfc3339(instant_of(ledger.at))}; for a state before that name a new folder"
        )
    for version_id, known in happenings.known_among(connection, ledger.versions):
        if known is None or known.number != ledger.versions[version_id].number:
            raise GitError(f"{folder} was written from another store; name a new folder for this one")
        if known.is_forgotten:
            raise GitError(
                f"{folder} holds the text of a page that was forgotten since ({known.url}); "
                "delete the folder and every copy of it, and export it anew"
            )


def _import(git: Git, connection: Connection, ledger: Ledger, as_of: datetime | None, tally: Tally) -> Exported:
    """Write what is new under a name of its own."""
    withdrawn: dict[int, Known] = {}
    for version_id, known in happenings.known_among(connection, ledger.versions):
        if known is not None and not known.is_placed:
            withdrawn[version_id] = known
    with git.fed("fast-import", "--quiet", "--done", "--force", "--date-format=raw") as out:
        stream = Stream(out, connection, ledger, tally)
        stream.write(happenings.happenings(connection, as_of))
        stream.withdraw(withdrawn)
        stream.bring_up_to_date(as_of)
        # Without this word git takes nothing: a program that dies here leaves no half history.
        stream.done()
    head = git.run("rev-parse", "--verify", INCOMING) if stream.added else ledger.tip or ""
    return Exported(stream.added, ledger.commits + stream.added, head)


def _publish(git: Git, branch: str, old: str | None, new: str, mark: Path | None) -> None:
    """Move the branch, and then the files that stand there; a bare repository (``mark`` is None) has none."""
    if mark is not None:
        mark.write_text(old or "", encoding="ascii")
    git.run("update-ref", branch, new, old or "0" * 40)
    git.run("update-ref", "-d", INCOMING)
    if mark is not None:
        git.run("read-tree", "-m", "-u", *([old] if old else []), new)
        mark.unlink()
    git.run("gc", "--auto", "--quiet")
