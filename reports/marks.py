"""A piece of a sentence that carries weight: a number, a date, a name, a negation, a modal. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from reports.words import is_word, tokens

NUMBER: Final = "number"
DATE: Final = "date"
PERSON: Final = "person"
ORGANISATION: Final = "organisation"
NAME: Final = "name"
NEGATION: Final = "negation"
MODAL: Final = "modal"


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters ``start`` to ``end`` of a text. ``kind``: the reason of an edit that changes it. Marks of one ``value`` say the
    same thing, however they are written."""

    start: int
    end: int
    kind: str
    value: str

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.value


@dataclass(frozen=True, slots=True)
class Word:
    """A word or figure, with its place in the text."""

    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def folded(self) -> str:
        return self.text.casefold().replace("ё", "е").replace("’", "'")


def coverage(text: str, marks: Iterable[Mark]) -> bytearray:
    """For each character of a text whether it is in one of the marks."""
    covered = bytearray(len(text))
    for mark in marks:
        covered[mark.start : mark.end] = b"\1" * (mark.end - mark.start)
    return covered


class Marks:
    """The marks of a text in order, found by place without looking at all: a table's row may have thousands."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self.all = sorted(marks, key=lambda mark: mark.start)
        self._starts = [mark.start for mark in self.all]
        self._longest = max((mark.end - mark.start for mark in self.all), default=0)

    def within(self, start: int, end: int) -> list[Mark]:
        """Those that share a character with the piece from ``start`` to ``end``."""
        first = bisect_left(self._starts, start - self._longest)
        last = bisect_left(self._starts, end)
        return [mark for mark in self.all[first:last] if mark.end > start]


def words_of(text: str) -> list[Word]:
    return list(_words(text))


def _words(text: str) -> Iterator[Word]:
    at = 0
    for token in tokens(text):
        if is_word(token):
            yield Word(at, token)
        at += len(token)
