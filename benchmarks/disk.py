"""A folder's disk rebuilt from a log of what a program did to it, as a power loss at some moment could leave it.

What was synced is there. Of what wasn't, each write is there, missing, or torn: some of its sectors of 512 bytes are there, those
of a later write perhaps without those of an earlier one. Names (files made, renamed, removed) that their folder wasn't
synced for are there up to some point of their order, as a journalling file system leaves them. The disk doesn't lie: what it
says it synced is safe.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Final

WRITE, TRUNCATE, SYNC, SYNC_FOLDER, RENAME, REMOVE, CREATE = range(1, 8)
SECTOR: Final = 512
_HEAD: Final = struct.Struct("<6Q")
_MEMORY: Final = "-shm"
"""SQLite's shared memory holds nothing that it needs again: it is made anew."""


@dataclass(frozen=True, slots=True)
class Deed:
    what: int
    inode: int
    offset: int
    path: str
    other: str
    data: bytes


def deeds(log: Path) -> Iterator[Deed]:
    """What stands in a log of ``io_shim.c``."""
    with log.open("rb") as lines:
        while head := lines.read(_HEAD.size):
            what, inode, offset, length, path, other = _HEAD.unpack(head)
            yield Deed(what, inode, offset, lines.read(path).decode(), lines.read(other).decode(), lines.read(length))


@dataclass(slots=True)
class _File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[Deed] = field(default_factory=list)


@dataclass
class Disk:
    """Follows the log deed by deed; ``image`` may be asked for at any moment."""

    files: dict[int, _File] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    """What is on the disk for certain; ``waiting`` comes on top of it."""
    waiting: list[Deed] = field(default_factory=list)
    lives: dict[int, int] = field(default_factory=dict)
    """By inode, the file that has it now: a removed one's number is given again."""
    births: Iterator[int] = field(default_factory=count)

    @property
    def has_unsynced(self) -> bool:
        return any(file.pending for file in self.files.values())

    def do(self, deed: Deed) -> None:
        if deed.path.endswith(_MEMORY):
            return
        if deed.what == CREATE:
            self.lives[deed.inode] = next(self.births)
        deed = replace(deed, inode=self.lives.get(deed.inode, deed.inode))
        if deed.what in {CREATE, RENAME, REMOVE}:
            self.waiting.append(deed)
        elif deed.what == SYNC_FOLDER:
            for each in self.waiting:
                _name(self.names, each)
            self.waiting.clear()
        elif deed.what == SYNC:
            file = self._file(deed.inode)
            for each in file.pending:
                _apply(file.durable, each)
            file.pending.clear()
        else:
            self._file(deed.inode).pending.append(deed)

    def image(self, chance: random.Random) -> dict[str, bytes]:
        """The files by name that are left when the power goes now."""
        names = dict(self.names)
        for deed in self.waiting[: chance.randrange(len(self.waiting) + 1)]:
            _name(names, deed)
        # Mostly some of the writes are there. All of them are what a mere kill leaves, none what an honest cache loses at most.
        share = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        return {name: bytes(self._left(self._file(life), share, chance)) for name, life in names.items()}

    def _file(self, life: int) -> _File:
        return self.files.setdefault(life, _File())

    @staticmethod
    def _left(file: _File, share: float, chance: random.Random) -> bytearray:
        left = bytearray(file.durable)
        for deed in file.pending:
            if deed.what == TRUNCATE or len(deed.data) <= SECTOR or chance.random() < 0.7:
                if chance.random() < share:
                    _apply(left, deed)
                continue
            for start in range(0, len(deed.data), SECTOR):
                if chance.random() < share:
                    _put(left, deed.offset + start, deed.data[start : start + SECTOR])
        return left


def _name(names: dict[str, int], deed: Deed) -> None:
    if deed.what == CREATE:
        names[deed.path] = deed.inode
    elif deed.what == RENAME and deed.path in names:
        names[deed.other] = names.pop(deed.path)
    elif deed.what == REMOVE:
        names.pop(deed.path, None)


def _apply(content: bytearray, deed: Deed) -> None:
    if deed.what == TRUNCATE:
        del content[deed.offset :]
        content.extend(bytes(deed.offset - len(content)))
    else:
        _put(content, deed.offset, deed.data)


def _put(content: bytearray, offset: int, data: bytes) -> None:
    """Bytes behind the end leave zeros before them."""
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data
