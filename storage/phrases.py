"""What is asked of search, and where a text says it, exactly. Pure.

A query is words and phrases, and all of them must occur: ``exercise`` (in any form of the word), ``exerc*`` (whatever begins so),
``"joint exercise"`` (these very words in a row, within one block or the title). Nothing else has a meaning: AND, NOT, brackets
and the like are words or are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Final

from storage.hashing import canonical_text
from storage.stems import beginning, stem
from storage.words import BORDER, MARKS, Word, joined, words_of

_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
# A phrase, closed or not; or a word with what is joined to it: "anti-terrorist", "21.05.2020", "CSTO's".
_PART: Final = re.compile(rf"\"([^\"]*)\"?|([^\W_][\w{MARKS}]*(?:[-‐‑–.,:/&'’@][^\W_][\w{MARKS}]*)*)(\*?)")

# A word begins, ends, and is parted from the next one of a phrase. No border of two texts lies within a phrase.
_BEGINS: Final = rf"(?<![\w{MARKS}])"
_ENDS: Final = rf"(?![\w{MARKS}])"
_GAP: Final = rf"[^\w{MARKS}{BORDER}]+"

Span = tuple[int, int]


class Match(Enum):
    """How a word of a text must agree with the one that is asked for."""

    EXACT = "exact"
    FORM = "form"
    START = "start"


class EmptyQuery(ValueError):
    """There is no word in it."""


@dataclass(frozen=True)
class Term:
    """Words in a row. More than one are always exact."""

    words: tuple[str, ...]
    match: Match = Match.EXACT

    @cached_property
    def start(self) -> str:
        """How the first of its words begins wherever it is said."""
        return beginning(self._stem) if self.match is Match.FORM else self.words[0]

    def is_said_in(self, folded: str) -> bool:
        """Whether it is said in one of the texts that were joined."""
        return any(self._agrees(found[0]) for found in self._pattern.finditer(folded))

    def spans(self, text: str) -> Iterator[Span]:
        """Where a canonical text says it."""
        words, length = list(words_of(text)), len(self.words)
        for place in range(len(words) - length + 1):
            said = words[place : place + length]
            if said[0].folded.startswith(self.start) and self._is(said):
                yield said[0].start, said[-1].end

    def _is(self, said: Sequence[Word]) -> bool:
        if self.match is Match.EXACT:
            return tuple(word.folded for word in said) == self.words
        return self._agrees(said[0].folded)

    def _agrees(self, word: str) -> bool:
        return self.match is not Match.FORM or stem(word) == self._stem

    @cached_property
    def _stem(self) -> str:
        return stem(self.words[0])

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = _GAP.join(self.words) if self.match is Match.EXACT else f"{self.start}[\\w{MARKS}]*"
        return re.compile(f"{_BEGINS}{words}{_ENDS}")


@dataclass(frozen=True)
class Query:
    terms: tuple[Term, ...]

    def is_said_in(self, folded: str) -> bool:
        """Whether each term is said in one of the texts that were joined (``words.joined``)."""
        return all(term.is_said_in(folded) for term in self.terms)

    def passage(self, texts: Sequence[str]) -> tuple[str, list[Span]]:
        """The canonical form of the text that says most of the terms, and where it says them, in order."""
        best = max(texts, key=lambda text: sum(term.is_said_in(joined([text])) for term in self.terms))
        text = canonical_text(best)
        return text, sorted({span for term in self.terms for span in term.spans(text)})


def parse(text: str) -> Query:
    """A query from what a person typed. Raises EmptyQuery."""
    terms: dict[Term, None] = {}
    for match in _PART.finditer(canonical_text(text).translate(_QUOTES)):
        phrase, word, star = match.groups()
        said = tuple(each.folded for each in words_of(phrase if word is None else word))
        is_word = word is not None and len(said) == 1
        if said:
            terms[Term(said, (Match.START if star else Match.FORM) if is_word else Match.EXACT)] = None
    if not terms:
        raise EmptyQuery("there is no word in what is searched for")
    return Query(tuple(terms))
