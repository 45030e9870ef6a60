"""Paths that the command line names, checked before any work is done."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from watch.errors import WrongArgumentError


def output_file(path: Path, option: str) -> Path:
    """A place where a file can be made. Raises WrongArgumentError."""
    with writing_to(path, option):
        if path.is_dir():
            raise WrongArgumentError(f"{option}: {path} is a folder; name a file in it")
        if not path.parent.is_dir():
            raise WrongArgumentError(f"{option}: there is no folder {path.parent}")
    if not path.name:
        raise WrongArgumentError(f"{option}: {path} names no file")
    return path


def output_folder(path: Path, option: str) -> Path:
    """A place where a folder can be made, or one that is there. Raises WrongArgumentError."""
    with writing_to(path, option):
        if path.exists() and not path.is_dir():
            raise WrongArgumentError(f"{option}: {path} is a file; name a folder")
        if not path.absolute().parent.is_dir():
            raise WrongArgumentError(f"{option}: there is no folder {path.parent}")
    if not path.name:
        raise WrongArgumentError(f"{option}: {path} names no folder")
    return path


@contextmanager
def writing_to(path: Path, option: str) -> Iterator[None]:
    """What can't be written there is a wrong argument, but for a full disk. Errors of the store aren't OSErrors."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise WrongArgumentError(f"{option}: {path} can't be written: {error.strerror or error}") from None
