"""``[[notices]]``: who is told of what, and when. What the settings file says, as a record."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FROM_ENVIRONMENT: Final = "env:"
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


class When(StrEnum):
    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nothing is sent. They may go over midnight."""

    start: time
    end: time

    def has(self, moment: time) -> bool:
        if self.start <= self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class Rule:
    """An empty list asks for everything. ``zone``: None is that of the machine; ``weekday``: Monday is 0."""

    name: str
    to: tuple[str, ...]
    """Addresses as they stand in the file: they may hold a password, and are never shown."""
    kinds: tuple[str, ...] = ()
    min_significance: str = "cosmetic"
    sites: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    when: When = When.AT_ONCE
    at: time = time(8)
    weekday: int = 0
    zone: ZoneInfo | None = None
    quiet: Quiet | None = None

    def __repr__(self) -> str:
        return f"Rule({self.name!r})"

    @property
    def targets(self) -> tuple[str, ...]:
        """Its addresses by names that give nothing away: ``env:NAME``, or the service and which of its kind it is."""
        names: list[str] = []
        for address in self.to:
            name = address if address.startswith(FROM_ENVIRONMENT) else _service(address)
            before = sum(each.partition("#")[0] == name for each in names)
            names.append(f"{name}#{before + 1}" if before else name)
        return tuple(names)


def _service(address: str) -> str:
    found = _SCHEME.match(address)
    return found[1].lower() if found else "?"


def is_address(address: str) -> bool:
    """Whether it has the form of an address, or names a variable."""
    if address.startswith(FROM_ENVIRONMENT):
        return bool(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", address.removeprefix(FROM_ENVIRONMENT)))
    return bool(_SCHEME.match(address)) and address.isprintable() and not any(letter.isspace() for letter in address)
