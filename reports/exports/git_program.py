"""git as a subprocess: without the user's settings, hooks and variables: a store gives the same repository anywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from reports.render.text import visible

_SETTINGS: Final = (
    ("core.hooksPath", os.devnull),
    ("core.fsmonitor", "false"),
    ("core.autocrlf", "false"),
    ("core.quotePath", "false"),
    ("gc.autoDetach", "false"),
    ("init.defaultBranch", "main"),
    ("advice.detachedHead", "false"),
)


class GitError(Exception):
    """What can't be exported, and what to do about it. The repository is as it was."""

    exit_code = 2


class GitMissing(GitError):
    def __init__(self) -> None:
        super().__init__("there is no git here; install it (apt-get install git, or git-scm.com) and call this again")


class Git:
    """Calls in one repository."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("git")
        if program is None:
            raise GitMissing
        self.folder = folder
        settings = [part for name, value in _SETTINGS for part in ("-c", f"{name}={value}")]
        self._call = [program, "-C", str(folder), *settings]

    def run(self, *arguments: str) -> str:
        """What it prints, without the last line end. Raises GitError."""
        done = subprocess.run(  # noqa: S603 - no shell, and no text of a page among the arguments
            [*self._call, *arguments], capture_output=True, env=_environment(), stdin=subprocess.DEVNULL, check=False
        )
        if done.returncode:
            raise self._failed(arguments, done.returncode, done.stderr)
        return done.stdout.decode("utf-8", "replace").removesuffix("\n")

    def ask(self, *arguments: str) -> str | None:
        """The same; None where it fails."""
        try:
            return self.run(*arguments)
        except GitError:
            return None

    def records(self, *arguments: str) -> Iterator[str]:
        """What it prints, parted by NUL, as it comes."""
        with subprocess.Popen(  # noqa: S603
            [*self._call, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            env=_environment(),
        ) as process:
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            yield from _parted(process.stdout)
        if process.returncode:
            raise self._failed(arguments, process.returncode, b"")

    @contextmanager
    def fed(self, *arguments: str) -> Iterator[IO[bytes]]:
        """Its input. After an error in the block it is stopped. Raises GitError."""
        with subprocess.Popen(  # noqa: S603
            [*self._call, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=_environment(),
        ) as process:
            assert process.stdin is not None  # noqa: S101 - pipes were asked for
            assert process.stderr is not None  # noqa: S101
            try:
                yield process.stdin
                process.stdin.close()
            except BrokenPipeError:
                _drop(process.stdin)
            except BaseException:
                process.kill()
                _drop(process.stdin)
                raise
            said = process.stderr.read()
        if process.returncode:
            raise self._failed(arguments, process.returncode, said)

    def _failed(self, arguments: Sequence[str], code: int, said: bytes) -> GitError:
        lines = [line for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
        told = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[-1] if lines else "")
        return GitError(f"git {arguments[0]} in {self.folder} ended with {code}: {visible(told)}")


def _drop(pipe: IO[bytes]) -> None:
    """Close it, whatever is in it that nobody reads any more."""
    with suppress(OSError):
        pipe.close()


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    # Git's own lines are read here: in English, and without a question to anybody.
    ours = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    return kept | ours


def _parted(out: IO[bytes]) -> Iterator[str]:
    rest = b""
    while piece := out.read(1 << 16):
        *whole, rest = (rest + piece).split(b"\0")
        yield from (each.decode("utf-8", "replace") for each in whole)
    if rest:
        yield rest.decode("utf-8", "replace")
