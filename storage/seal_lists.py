"""Which rows a seal holds: their ids, and of each leaf its first four bytes, so that a damaged row can be named. Pure.

The root proves that something was altered; the list says what. It costs four to five bytes a row, and nobody needs to believe
it: a list that was altered itself doesn't change the root.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from storage import bodies
from storage.leaves import KINDS

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
            numbers.append(_unsigned(id_ - before))
            before = id_
    _, packed = bodies.compress(b"".join(map(_varint, numbers)))
    prefixes = b"".join(leaf[:PREFIX] for kind in KINDS for _, leaf in leaves.get(kind, ()))
    return _varint(len(packed)) + packed + prefixes


def unpack(data: bytes) -> Listed:
    """ValueError where the list is damaged."""
    length, start = _read_varint(data, 0)
    numbers = _varints(bodies.decompress(bodies.CODEC, data[start : start + length]))
    prefixes = data[start + length :]
    listed: dict[str, list[tuple[int, bytes]]] = {}
    place = 0
    try:
        for kind in KINDS:
            rows: list[tuple[int, bytes]] = []
            id_ = 0
            for _ in range(next(numbers)):
                id_ += _signed(next(numbers))
                rows.append((id_, prefixes[place : place + PREFIX]))
                place += PREFIX
            listed[kind] = rows
    except StopIteration:
        raise ValueError("the list of its rows ends too early") from None
    if place != len(prefixes):
        raise ValueError("the list of its rows has another length than it says")
    return listed


def _unsigned(number: int) -> int:
    return number * 2 if number >= 0 else -number * 2 - 1


def _signed(number: int) -> int:
    return number // 2 if number % 2 == 0 else -(number + 1) // 2


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ValueError("the list of its rows is cut")
        number |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:
            return number, at


def _varints(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        number, at = _read_varint(data, at)
        yield number
