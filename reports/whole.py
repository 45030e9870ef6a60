"""Files that are either whole under their name or not there: written beside, synced, renamed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

LEFT_FOR_DEAD: Final = 24 * 3600
"""Seconds: a part that nobody has written to for so long is one of a program that was killed."""
_SHOWN: Final = 80
"""So many letters of a name stand in that of its parts: together they must be short enough for any file system."""


class FolderTaken(OSError):
    """Something stands there already: what is made whole is never mixed with other files."""


class Counted:
    """Takes text, which it writes as UTF-8, or bytes, and knows how long it is and its SHA-256."""

    def __init__(self, descriptor: int) -> None:
        self._file = os.fdopen(descriptor, "wb")
        self._digest = hashlib.sha256()
        self.bytes = 0

    def write(self, text: str) -> int:
        # A lone surrogate can't be written as UTF-8; the reader of pages lets none through, an import of old might.
        return self.write_bytes(text.encode("utf-8", "replace"))

    def write_bytes(self, data: bytes) -> int:
        self._digest.update(data)
        self.bytes += len(data)
        return self._file.write(data)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


@contextmanager
def whole_file(path: Path) -> Iterator[Counted]:
    """What is written appears under ``path`` when the block ends, all of it; after an error nothing does, and the old stays.

    A symbolic link at ``path`` is replaced, not followed. Raises OSError.
    """
    clear_left(path)
    descriptor, name = tempfile.mkstemp(prefix=part_prefix(path), suffix=".part", dir=path.parent)
    part, out = Path(name), Counted(descriptor)
    try:
        yield out
        out.sync()
        out.close()
        part.chmod(0o666 & ~_umask())
        part.replace(path)
        _sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            out.close()
        part.unlink(missing_ok=True)
        raise


@dataclass
class Folder:
    """A folder that is being made. ``written``: the length and the SHA-256 of each file in it."""

    part: Path
    written: dict[str, tuple[int, str]] = field(default_factory=dict)

    @contextmanager
    def file(self, name: str) -> Iterator[Counted]:
        """``name`` is one of ours, with ``/`` between folders: never a text of a page."""
        path = self.part / name
        path.parent.mkdir(parents=True, exist_ok=True)
        out = Counted(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
        try:
            yield out
        finally:
            out.close()
        self.written[name] = (out.bytes, out.sha256)


@contextmanager
def whole_folder(path: Path, is_ours: Callable[[Path], bool] | None = None) -> Iterator[Folder]:
    """What is written appears as the folder ``path`` when the block ends; after an error nothing does.

    FolderTaken where something is there already, but for an empty folder, or one to be replaced: ``is_ours``. Raises OSError.
    """
    stands = path.exists() and (not path.is_dir() or any(path.iterdir()))
    if stands and not (is_ours and path.is_dir() and not path.is_symlink() and is_ours(path)):
        raise FolderTaken(f"{path} is there already and isn't an empty folder")
    clear_left(path)
    part = Path(tempfile.mkdtemp(prefix=part_prefix(path), suffix=".part", dir=path.parent))
    try:
        yield Folder(part)
        # One call for all of its files: a sync for each of thousands would take minutes.
        os.sync()
        part.chmod(0o777 & ~_umask())
        if stands:
            _exchange(part, path)
        else:
            part.replace(path)
        _sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            shutil.rmtree(part)
        raise


def _exchange(part: Path, path: Path) -> None:
    """Put ``part`` in the place of a folder, which goes. No call of Python's does both at once: a kill between the two
    renames leaves nothing under the name, and both folders beside it."""
    old = Path(tempfile.mkdtemp(prefix=part_prefix(path), suffix=".part", dir=path.parent))
    path.replace(old)
    part.replace(path)
    shutil.rmtree(old)


def part_prefix(path: Path) -> str:
    """How the hidden parts of ``path`` begin; some letters of ``tempfile`` and ``.part`` follow."""
    return f".{path.name[:_SHOWN]}."


def clear_left(path: Path) -> None:
    """Remove the parts of ``path`` that programs left which were killed: nobody would ever read them."""
    is_part = re.compile(re.escape(part_prefix(path)) + r"[a-z0-9_]{8}\.part").fullmatch
    with suppress(OSError):
        for left in [other for other in path.parent.iterdir() if is_part(other.name)]:
            if time.time() - left.stat().st_mtime > LEFT_FOR_DEAD:
                _remove(left)


def _remove(left: Path) -> None:
    if left.is_dir():
        shutil.rmtree(left)
    else:
        left.unlink()


def _umask() -> int:
    # There is no way to ask without setting it; mkstemp made the file for its owner alone.
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    """The rename too must outlive a loss of power. Not every system lets a folder be opened."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
