"""What went wrong, as one line for people and one exit code for scripts.

Exception
├── WrongArgumentError   2   a wrong argument
├── WrongSettingError    4   a wrong setting (environment or file)
├── OutputClosedError    0   the reader of our stdout went away; no mistake of anybody's
├── storage and crawler errors: each carries its own ``exit_code`` (17, 3, 75, ...)
└── anything else        1
"""

from __future__ import annotations

import errno
from typing import Final

from crawler.exit_codes import ExitCode
from reports.render.text import visible

SILENT: Final = frozenset(
    {ExitCode.USAGE, ExitCode.BAD_CONFIGURATION, ExitCode.STORAGE_UNUSABLE, ExitCode.HELD_BY_ANOTHER}
)
"""With these nothing is printed on stdout."""


class WrongArgumentError(Exception):
    exit_code = ExitCode.USAGE


class WrongSettingError(Exception):
    exit_code = ExitCode.BAD_CONFIGURATION


class OutputClosedError(Exception):
    exit_code = ExitCode.COMPLETE


def exit_code_of(error: BaseException) -> int:
    code = getattr(error, "exit_code", None)
    if isinstance(code, int):
        return int(code)
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return ExitCode.OUT_OF_SPACE
    return ExitCode.UNEXPECTED


def line_of(error: BaseException) -> str:
    """One line without control characters: what happened, to what."""
    describe = getattr(error, "format_message", None)
    text = str(describe()) if callable(describe) else str(error)
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    line = visible(" ".join(text.removeprefix("Value error, ").split())).replace(": Value error, ", ": ") + _hint(error)
    is_ours = hasattr(error, "exit_code")
    if exit_code_of(error) == ExitCode.UNEXPECTED and not is_ours and not isinstance(error, OSError):
        return f"unexpected {type(error).__name__}: {line}" if line else f"unexpected {type(error).__name__}"
    return line or type(error).__name__


def _hint(error: BaseException) -> str:
    """Where a wrong command line is put right. Typer's usage errors know the command that they are about."""
    path = getattr(getattr(error, "ctx", None), "command_path", None)
    return f" ({path} --help shows how)" if isinstance(path, str) else ""
