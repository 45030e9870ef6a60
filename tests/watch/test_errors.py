"""An error becomes one line and an exit code."""

from __future__ import annotations

import errno

import pytest

from crawler.errors import UsageError
from storage.errors import OutOfSpace, StoreCorrupt, StoreHeld, StoreMissing, UnknownRecord
from watch.errors import OutputClosedError, WrongArgumentError, WrongSettingError, exit_code_of, line_of


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (WrongArgumentError("x"), 2),
        (UsageError("x"), 2),
        (UnknownRecord("x"), 2),
        (WrongSettingError("x"), 4),
        (OutOfSpace("x"), 3),
        (OSError(errno.ENOSPC, "No space left on device"), 3),
        (StoreMissing("x"), 17),
        (StoreCorrupt("x", "is damaged"), 17),
        (StoreHeld("x"), 75),
        (OutputClosedError(), 0),
        (PermissionError(errno.EACCES, "Permission denied", "out.html"), 1),
        (KeyError("x"), 1),
    ],
)
def test_every_error_has_the_exit_code_of_its_kind(error: Exception, code: int) -> None:
    assert exit_code_of(error) == code


def test_the_line_of_a_file_error_names_the_file() -> None:
    assert line_of(PermissionError(errno.EACCES, "Permission denied", "out.html")) == "Permission denied: out.html"
    assert line_of(OSError(errno.EIO, "Input/output error")) == "Input/output error"


def test_a_line_has_no_control_characters_and_no_second_line() -> None:
    assert line_of(WrongArgumentError("a\nforged \x1b[31mline")) == "a forged \\x1b[31mline"


def test_an_unexpected_error_is_named_by_its_type() -> None:
    assert line_of(KeyError()) == "unexpected KeyError"
    assert line_of(ValueError("odd")) == "unexpected ValueError: odd"
