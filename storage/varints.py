"""Whole numbers in as few bytes as they need: seven bits a byte, the lowest first (LEB128). Pure."""

from __future__ import annotations

from collections.abc import Iterator


def varint(number: int) -> bytes:
    """A number that isn't negative."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """The number that begins at a place, and the place behind it. ValueError where the bytes end too early."""
    number = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ValueError("the list is cut")
        number |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:
            return number, at


def varints(data: bytes, at: int = 0) -> Iterator[int]:
    """All numbers from a place to the end."""
    while at < len(data):
        number, at = read_varint(data, at)
        yield number


def unsigned(number: int) -> int:
    """A number as one that isn't negative: 0, -1, 1, -2 become 0, 1, 2, 3."""
    return number * 2 if number >= 0 else -number * 2 - 1


def signed(number: int) -> int:
    """What ``unsigned`` was given."""
    return number // 2 if number % 2 == 0 else -(number + 1) // 2
