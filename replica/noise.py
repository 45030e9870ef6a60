"""What differs from answer to answer though no article was touched: templates with slots, and what is put into the slots.

A template is compiled once to bytes; an answer costs one pass over its slots and one join.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

_MARK: Final = "\x01"


def slot(name: str) -> str:
    """The mark of a slot inside the text of a template."""
    return f"{_MARK}{name}{_MARK}"


TOKEN, NONCE, BX, NOW, AGO = slot("TOKEN"), slot("NONCE"), slot("BX"), slot("NOW"), slot("AGO")
COUNT, COMMENT, GAP = slot("COUNT"), slot("COMMENT"), slot("GAP")
_GAPS: Final = (b"", b"\n", b"\n\t", b"\r\n  ", b"   ")
_LETTERS: Final = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Template:
    """``texts`` has one more item than ``slots``."""

    texts: tuple[bytes, ...]
    slots: tuple[str, ...]

    def fill(self, values: Mapping[str, bytes]) -> bytes:
        """The template with its slots filled; a slot without a value is left empty."""
        pieces = [self.texts[0]]
        for text, name in zip(self.texts[1:], self.slots, strict=True):
            pieces.append(values.get(name, b""))
            pieces.append(text)
        return b"".join(pieces)


def compile_template(text: str, encoding: str) -> Template:
    """Characters that ``encoding`` doesn't know become numeric entities."""
    pieces = re.split(f"{_MARK}([A-Z]+){_MARK}", text)
    texts = tuple(piece.encode(encoding, "xmlcharrefreplace") for piece in pieces[::2])
    return Template(texts, tuple(pieces[1::2]))


class Noise:
    """The noise of answer ``number``: the same for the same seed and number."""

    def __init__(self, seed: int, number: int, variants: int) -> None:
        self.random = Random(seed * 1_000_003 + number)
        self.variant = self.random.randrange(variants)
        self.number = number

    def values(self, views: int) -> dict[str, bytes]:
        """What goes into the small slots. ``views`` is what the counter shows."""
        bits = self.random.getrandbits(256)
        seconds = 30_000 + self.number
        letters = "".join(_LETTERS[(bits >> shift) % len(_LETTERS)] for shift in range(0, 36, 6))
        return {
            "TOKEN": b"%032x" % (bits & (1 << 128) - 1),
            "NONCE": b"%016x" % (bits >> 128 & (1 << 64) - 1),
            "BX": b"bx_%d_%s" % (bits % 999_999_937, letters.encode()),
            "NOW": b"%02d:%02d:%02d" % (seconds // 3600 % 24, seconds // 60 % 60, seconds % 60),
            "AGO": b"%d" % (bits % 11 + 1),
            "COUNT": b"%d" % views,
            "COMMENT": b"<!-- %x -->" % (bits >> 200 & 0xFFFF) if bits & 1 else b"",
            "GAP": _GAPS[bits % 5],
        }


def quiet_values() -> dict[str, bytes]:
    """The same slots when noise is switched off."""
    fixed = {"TOKEN": b"0" * 32, "NONCE": b"0" * 16, "BX": b"bx_1_aaaaaa", "NOW": b"12:00:00"}
    return fixed | {"AGO": b"2", "COUNT": b"1", "COMMENT": b"", "GAP": b"\n"}
