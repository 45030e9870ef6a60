"""Files that are either whole under their name or not there: written beside, synced, renamed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Counted:
    """Takes text, writes it as UTF-8, and knows how long it is and its SHA-256."""

    def __init__(self, descriptor: int) -> None:
        self._file = os.fdopen(descriptor, "wb")
        self._digest = hashlib.sha256()
        self.bytes = 0

    def write(self, text: str) -> int:
        # A lone surrogate can't be written as UTF-8; the reader of pages lets none through, an import of old might.
        data = text.encode("utf-8", "replace")
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
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:80]}.", suffix=".part", dir=path.parent)
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
