"""Which rows a seal holds: their ids, and of each leaf its first four bytes, so that a damaged row can be named. Pure.

The root proves that something was altered; the list says what. It costs four to five bytes a row, and nobody needs to believe
it: a list that was altered itself doesn't change the root.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from storage import bodies
from storage.leaves import KINDS
from storage.varints import read_varint, signed, unsigned, varint, varints

PREFIX: Final = 4
Listed = Mapping[str, Sequence[tuple[int, bytes]]]
"""By kind: the ids of its rows in their order in the tree, each with the first bytes of its leaf."""


def pack(leaves: Mapping[str, Sequence[tuple[int, bytes]]]) -> bytes:
    """The list as it is stored: ids as steps, compressed, then the first bytes of the leaves, which can't be."""
    numbers: list[int] = []
    for kind in KINDS:
        rows = leaves.get(kind, ())
        numbers.append(len(rows))
        before = 0
        for id_, _ in rows:
            numbers.append(unsigned(id_ - before))
            before = id_
    _, packed = bodies.compress(b"".join(map(varint, numbers)))
    prefixes = b"".join(leaf[:PREFIX] for kind in KINDS for _, leaf in leaves.get(kind, ()))
    return varint(len(packed)) + packed + prefixes


def unpack(data: bytes) -> Listed:
    """ValueError where the list is damaged."""
    length, start = read_varint(data, 0)
    numbers = varints(bodies.decompress(bodies.CODEC, data[start : start + length]))
    prefixes = data[start + length :]
    listed: dict[str, list[tuple[int, bytes]]] = {}
    place = 0
    try:
        for kind in KINDS:
            rows: list[tuple[int, bytes]] = []
            id_ = 0
            for _ in range(next(numbers)):
                id_ += signed(next(numbers))
                rows.append((id_, prefixes[place : place + PREFIX]))
                place += PREFIX
            listed[kind] = rows
    except StopIteration:
        raise ValueError("the list of its rows ends too early") from None
    if place != len(prefixes):
        raise ValueError("the list of its rows has another length than it says")
    return listed
