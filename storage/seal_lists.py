"""Which rows a seal holds: their ids, and of each leaf its first four bytes, so that a damaged row can be named. Pure.

The root proves that something was altered; the list says what. It costs four to five bytes a row, and nobody needs to believe
it: a list that was altered itself doesn't change the root.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, overload

from storage import bodies
from storage.leaves import KINDS
from storage.varints import read_varint, signed, unsigned, varint, varints

PREFIX: Final = 4


class Rows(Sequence[tuple[int, bytes]]):
    """Ids of rows in their order in the tree, each with the first bytes of its leaf: twelve bytes a row, for a first crawl's seal
    holds some for each page of the site."""

    def __init__(self, ids: Iterable[int], prefixes: bytes) -> None:
        self.ids, self._prefixes = array("q", ids), prefixes

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, at: int) -> tuple[int, bytes]: ...
    @overload
    def __getitem__(self, at: slice) -> Rows: ...
    def __getitem__(self, at: int | slice) -> tuple[int, bytes] | Rows:
        if isinstance(at, slice):
            places = range(*at.indices(len(self)))
            return Rows((self.ids[place] for place in places), b"".join(map(self._prefix, places)))
        place = range(len(self))[at]
        return self.ids[place], self._prefix(place)

    def _prefix(self, place: int) -> bytes:
        return self._prefixes[PREFIX * place : PREFIX * (place + 1)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


Listed = Mapping[str, Sequence[tuple[int, bytes]]]
"""By kind."""


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


def unpack(data: bytes) -> dict[str, Rows]:
    """ValueError where the list is damaged."""
    length, start = read_varint(data, 0)
    numbers = varints(bodies.decompress(bodies.CODEC, data[start : start + length]))
    prefixes = data[start + length :]
    listed: dict[str, Rows] = {}
    place = 0
    try:
        for kind in KINDS:
            ids = array("q")
            id_ = 0
            for _ in range(next(numbers)):
                id_ += signed(next(numbers))
                ids.append(id_)
            listed[kind] = Rows(ids, prefixes[place : place + PREFIX * len(ids)])
            place += PREFIX * len(ids)
    except StopIteration:
        raise ValueError("the list of its rows ends too early") from None
    except OverflowError:
        raise ValueError("the list of its rows names an id that no row can have") from None
    if place != len(prefixes):
        raise ValueError("the list of its rows has another length than it says")
    return listed
