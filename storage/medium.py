"""What the store's file lies on: a network file system, a full disk."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_MOUNTS: Final = Path("/proc/self/mountinfo")
NETWORK: Final = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "smb2", "9p", "afs", "ceph", "glusterfs", "lustre", "gfs2", "ocfs2"),
        *("fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "fuse.rclone", "fuse.davfs", "davfs", "vboxsf"),
    }
)
"""Their locks or their shared memory don't hold between machines: https://sqlite.org/howtocorrupt.html, 2.1, and a log in
WAL mode needs both."""
_PROBE_BYTES: Final = 64 * 1024


def network_file_system(file: Path) -> str | None:
    """The name of the network file system under ``file``; None for a disk, and where nothing can be known."""
    name = file_system(file, mounts())
    return name if name in NETWORK else None


def mounts() -> Iterable[str]:
    """The lines of /proc/self/mountinfo (proc(5)); none but on Linux."""
    try:
        return _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ()


def file_system(file: Path, lines: Iterable[str]) -> str | None:
    """The type of the file system that is mounted deepest above ``file``; of two at one place the later hides the other."""
    place = file.absolute().resolve()
    found: tuple[int, str] | None = None
    for line in lines:
        left, _, right = line.partition(" - ")
        point = Path(_unescaped(left.split(" ")[4]))
        if place.is_relative_to(point) and (found is None or len(point.parts) >= found[0]):
            found = len(point.parts), right.split(" ")[0]
    return found[1] if found else None


def _unescaped(point: str) -> str:
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(code, character)
    return point


def is_full(file: Path) -> bool:
    """Whether nothing more fits beside ``file``. SQLite says "disk I/O error" of a sync that found no space, as of a bad disk."""
    probe = file.with_name(f"{file.name}.probe")
    try:
        with probe.open("wb") as written:
            written.write(bytes(_PROBE_BYTES))
            written.flush()
            os.fsync(written.fileno())
    except OSError as error:
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    finally:
        _remove(probe)
    return False


def _remove(probe: Path) -> None:
    try:
        probe.unlink(missing_ok=True)
    except OSError:  # it is empty or small, and the disk has other troubles now
        return
