"""What is wrong with a store, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Damage:
    """``what`` is the table, ``where`` names the row in it."""

    what: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.what} {self.where}: {self.message}"
