"""What a repository of ours holds already, read from the lines at the end of its commits' messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from reports.exports.git_program import Git, GitError
from reports.render.text import visible

EMAIL: Final = "csto-watch@noreply.invalid"
FORM: Final = "1"
"""Of files and messages. A repository of another form isn't gone on with."""
BEGUN: Final = "begun"
RETOLD: Final = "retold"
"""A version whose text is told otherwise than when it was written: a capture filled in what hadn't been known."""
WITHDRAWN: Final = "withdrawn"
BROUGHT_BACK: Final = "current"
_KEY_SHOWN: Final = 16
_LOG: Final = "--format=%H%x1f%P%x1f%ae%x1f%ce%x1f%ct%x1f%B"


@dataclass(frozen=True, slots=True)
class Written:
    """A version as it was written last."""

    key: str
    number: int


@dataclass
class Ledger:
    """``tip``: the last commit, None where there is none yet; ``at``: its committer's second."""

    tip: str | None = None
    at: int = 0
    commits: int = 0
    versions: dict[int, Written] = field(default_factory=dict)
    events: set[int] = field(default_factory=set)


def short_key(article_key: bytes) -> str:
    """So much of an article's digest tells whether it is the one that was written."""
    return article_key.hex()[:_KEY_SHOWN]


def read_ledger(git: Git, branch: str) -> Ledger:
    """Raises GitError where a commit isn't ours, or is of another form."""
    ledger = Ledger(tip=git.ask("rev-parse", "--verify", "--quiet", f"{branch}^{{commit}}"))
    if ledger.tip is None:
        return ledger
    told: set[int] = set()
    for commit in _commits(git, ledger.tip):
        ledger.commits += 1
        ledger.at = max(ledger.at, commit.at)
        _enter(ledger, commit, told, git.folder)
    return ledger


@dataclass(frozen=True, slots=True)
class _Commit:
    sha: str
    parents: str
    author: str
    committer: str
    at: int
    message: str

    @property
    def trailers(self) -> dict[str, str]:
        last = self.message.rstrip("\n").rpartition("\n\n")[2]
        return dict(line.split(": ", 1) for line in last.splitlines() if ": " in line)


def _commits(git: Git, tip: str) -> Iterator[_Commit]:
    """The newest first."""
    for record in git.records("log", "-z", "--no-show-signature", _LOG, tip, "--"):
        sha, parents, author, committer, at, message = record.split("\x1f", 5)
        yield _Commit(sha, parents, author, committer, int(at), message)


def _enter(ledger: Ledger, commit: _Commit, told: set[int], folder: Path) -> None:
    trailers = commit.trailers
    is_ours = commit.author == commit.committer == EMAIL and " " not in commit.parents and "Event" in trailers
    if not is_ours:
        subject = visible(commit.message.partition("\n")[0][:60])
        raise GitError(
            f"{folder} holds a commit that isn't this program's ({commit.sha[:10]}: {subject}); "
            "export to another folder, and keep your own commits on a branch of a clone"
        )
    if trailers.get("Form", FORM) != FORM:
        raise GitError(f"{folder} was written by another version of this program; delete it, and export it anew")
    if "Event-Id" in trailers:
        ledger.events.add(int(trailers["Event-Id"]))
    if "Version-Id" in trailers and (number := int(trailers["Version-Id"])) not in told:
        told.add(number)
        if trailers["Event"] != WITHDRAWN:
            ledger.versions[number] = Written(trailers["Article"], int(trailers["Version"]))
