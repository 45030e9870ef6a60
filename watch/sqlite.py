"""Which SQLite is at work, and whether it has the WAL-reset bug."""

from __future__ import annotations

from typing import Final

Release = tuple[int, int, int]

# Two connections and a checkpoint race: from 3.7.0 to 3.51.2, but for the two older branches that were mended
# (https://sqlite.org/wal.html#walresetbug). Debian 12 has 3.40.1.
_FIRST: Final[Release] = (3, 7, 0)
_MENDED: Final[Release] = (3, 51, 3)
_BACKPORTS: Final[tuple[Release, ...]] = ((3, 44, 6), (3, 50, 7))


def sqlite_version() -> Release:
    """Of the library that the store is opened with."""
    from storage.engine import sqlite_module  # noqa: PLC0415

    major, minor, patch = sqlite_module().sqlite_version_info
    return int(major), int(minor), int(patch)


def has_wal_reset_bug(version: Release) -> bool:
    if not _FIRST <= version < _MENDED:
        return False
    return not any(version[:2] == mended[:2] and version >= mended for mended in _BACKPORTS)


LONG_LOG: Final = 64 * 2**20
"""Bytes. Every 4 MB a commit puts the log away, unless a reader still needs it."""


def long_log_warning(log_bytes: int) -> str | None:
    if log_bytes <= LONG_LOG:
        return None
    return (
        f"the store's log has grown to {log_bytes / 2**20:.0f} MiB: "
        "a program that has been reading for long keeps it from being put away; end it"
    )
