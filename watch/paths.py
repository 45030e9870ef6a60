"""Paths that the command line names, checked before any work is done."""

from __future__ import annotations

from pathlib import Path

from watch.errors import WrongArgumentError


def output_file(path: Path, option: str) -> Path:
    """A place where a file can be made. Raises WrongArgumentError."""
    if path.is_dir():
        raise WrongArgumentError(f"{option}: {path} is a folder; name a file in it")
    if not path.parent.is_dir():
        raise WrongArgumentError(f"{option}: there is no folder {path.parent}")
    if not path.name:
        raise WrongArgumentError(f"{option}: {path} names no file")
    return path
