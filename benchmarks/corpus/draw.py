"""Random numbers that depend on their seed alone, on every machine and Python."""

import hashlib
import random
from collections.abc import Sequence


def number(*parts: object) -> int:
    """A 64-bit number made of the parts' text."""
    return int.from_bytes(hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()[:8])


def dice(*parts: object) -> random.Random:
    """A generator seeded with the parts' text."""
    return random.Random(number(*parts))


def chance(rng: random.Random, share: float) -> bool:
    """True in `share` of all throws."""
    return rng.random() < share


def some(rng: random.Random, items: Sequence[str], least: int, most: int) -> list[str]:
    """Between `least` and `most` different items, in random order."""
    return rng.sample(list(items), min(len(items), rng.randint(least, most)))


def words(text: str) -> list[str]:
    """The words of a list that is written as one line."""
    return text.split()


def half(seed: int) -> str:
    """The half of all seeds that this one belongs to: "building" or "held_out"."""
    return "held_out" if number("half", seed) % 2 else "building"
