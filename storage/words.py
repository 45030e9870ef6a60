"""A text as the words that search knows, English and Russian. Pure.

A word is a run of letters and digits. Case doesn't matter, "ё" is "е", and a stress mark is none of the word. Beside the word
itself there is its stem: what is left without the ending that grammar puts there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from storage.hashing import canonical_text
from storage.records import Article

MARKS: Final = r"\u0300-\u036f"
"""Signs over and under letters, as a class of a pattern."""
BORDER: Final = "\uffff"
"""Stands between two texts: no character, so no text has it."""
_WORD: Final = re.compile(rf"[\w{MARKS}]+")
_STRESS: Final = ("\u0300", "\u0301")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is compared, and where it stands in its text."""

    folded: str
    start: int
    end: int


def fold(text: str) -> str:
    """A canonical text in the form in which words are compared."""
    folded = text.casefold().replace("ё", "е").replace("_", " ")
    for mark in _STRESS:
        folded = folded.replace(mark, "")
    return folded


def words_of(text: str) -> Iterator[Word]:
    """The words of a canonical text, in order."""
    for match in _WORD.finditer(text.replace("_", " ")):
        if folded := fold(match[0]):
            yield Word(folded, *match.span())


def joined(texts: Iterable[str]) -> str:
    """The texts of an article as one, folded: what a query looks through."""
    return fold(BORDER.join(map(canonical_text, texts)))


def texts_of(article: Article) -> list[str]:
    """What is searched of an article: the title, then each block."""
    return [article.title or "", *(block.text for block in article.blocks)]


def vocabulary(texts: Iterable[str]) -> set[str]:
    """Every word of an article, once."""
    return set(_WORD.findall(joined(texts)))
