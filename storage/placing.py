"""A file that stands under its name whole or not at all, whatever kills the program or the machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from storage.errors import TargetBusy


@contextmanager
def placed(target: Path) -> Iterator[Path]:
    """A path beside ``target`` to write to. It takes the target's name once the block has ended well and its bytes are on
    the disk; else it is removed. What a killed program left of it goes with the next one."""
    part = target.with_name(f"{target.name}.part")
    with _alone(part, target):
        _clear(part)
        try:
            yield part
            _sync(part)
            part.replace(target)
            _sync(target.parent)
        finally:
            _clear(part)


def side_files(file: Path) -> tuple[Path, ...]:
    """What SQLite keeps beside a database while it is open, or after a kill. A log that is left there is played into
    whatever file has the name: it must never meet another database."""
    return tuple(file.with_name(file.name + end) for end in ("-wal", "-shm", "-journal"))


@contextmanager
def _alone(part: Path, target: Path) -> Iterator[None]:
    path = part.with_name(f"{part.name}.lock")
    path.touch()  # a folder that can't be written is the system's error, with its number; the lock's would be a timeout
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise TargetBusy(str(target)) from None
    try:
        yield
    finally:
        # While it is held: whoever opened it just now finds that it has no name any more, and makes another.
        path.unlink(missing_ok=True)
        lock.release()


def _clear(part: Path) -> None:
    for left in (part, *side_files(part)):
        left.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """A file's bytes, or a folder's names, onto the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
