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
from storage.words import Word, fold, words_of

_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
# A phrase, closed or not; or a word with what is joined to it: "anti-terrorist", "21.05.2020", "CSTO's".
_PART: Final = re.compile(r"\"([^\"]*)\"?|([^\W_][\w\u0300-\u036f]*(?:[-‐‑–.,:/&'’@][^\W_][\w\u0300-\u036f]*)*)(\*?)")

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
        """What each text that says it holds, folded."""
        return beginning(self._stem) if self.match is Match.FORM else self.words[0]

    @cached_property
    def _stem(self) -> str:
        return stem(self.words[0])

    def spans(self, text: str) -> list[Span]:
        """Where a canonical text says it."""
        # A quick look first: most texts hold nothing of what is asked for, and to part them into words costs ten times more.
        return list(self._found(list(words_of(text)))) if self.start in fold(text) else []

    def _found(self, words: Sequence[Word]) -> Iterator[Span]:
        length = len(self.words)
        for place in range(len(words) - length + 1):
            if self._agrees([word.folded for word in words[place : place + length]]):
                yield words[place].start, words[place + length - 1].end

    def _agrees(self, said: list[str]) -> bool:
        if self.match is Match.FORM:
            return said[0].startswith(self.start) and stem(said[0]) == self._stem
        if self.match is Match.START:
            return said[0].startswith(self.start)
        return tuple(said) == self.words


@dataclass(frozen=True)
class Query:
    terms: tuple[Term, ...]

    def is_said_by(self, texts: Sequence[str]) -> bool:
        """Whether each term stands in one of the texts of an article."""
        return all(any(term.spans(text) for text in texts) for term in self.terms)

    def passage(self, texts: Sequence[str]) -> tuple[str, list[Span]]:
        """The text that says most of the terms, and where it says them, in order."""
        said = [[span for term in self.terms for span in term.spans(text)[:1]] for text in texts]
        best = max(range(len(texts)), key=lambda place: len(said[place]))
        return texts[best], sorted({span for term in self.terms for span in term.spans(texts[best])})


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
