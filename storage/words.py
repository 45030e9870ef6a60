"""A text as the words that search knows, English and Russian. Pure.

A word is a run of letters and digits. Case doesn't matter, "ё" is "е", and a stress mark is none of the word. Beside the word
itself there is its stem: what is left without the ending that grammar puts there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from storage.hashing import canonical_block, canonical_text
from storage.records import Article

_WORD: Final = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_STRESS: Final = ("\u0300", "\u0301")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is compared, and where it stands in its text."""

    folded: str
    start: int
    end: int


def fold(text: str) -> str:
    """A canonical text in the form in which words are compared."""
    folded = text.casefold().replace("ё", "е")
    for mark in _STRESS:
        folded = folded.replace(mark, "")
    return folded


def words_of(text: str) -> Iterator[Word]:
    """The words of a canonical text, in order."""
    return (Word(fold(match[0]), *match.span()) for match in _WORD.finditer(text))


def texts_of(article: Article) -> list[str]:
    """The canonical texts that can be searched: the title, then each block."""
    texts = [canonical_text(article.title or ""), *(canonical_block(block.text) for block in article.blocks)]
    return [text for text in texts if text]


def vocabulary(article: Article) -> set[str]:
    """Every word of an article, once."""
    text = canonical_text(" ".join([article.title or "", *(block.text for block in article.blocks)]))
    return set(_WORD.findall(fold(text)))
