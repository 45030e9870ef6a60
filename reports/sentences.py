"""Where the sentences of a paragraph end, in English and Russian. Pure, and the same in every run: no model, no locale."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

_CLOSERS: Final = "\"'»”’)]"
_OPENERS: Final = "\"'«“„‘(["
_LAST: Final = frozenset(f".!?…{_CLOSERS}")
"""What a sentence's last character can be."""
_INITIALS: Final = re.compile(r"[^\W\d_](?:\.\-?[^\W\d_])*")
"""Of "A.", "U.S." and "т. е." what stands before the last dot."""
_QUOTED: Final = re.compile(r"[«»“”„\"]")
LONGEST_QUOTE: Final = 40
"""Chunks. A quotation that runs on for longer is a speech: its sentences end where they end."""

# Before a name, a number or an explanation: never the last word. Those that do end sentences ("etc.", "и др.", "млн.", "a.m.")
# aren't here: a small letter behind them says that the sentence goes on.
_ABBREVIATED: Final = frozenset(
    re.findall(
        r"\S+",
        "mr mrs ms dr prof gen col lt maj capt sgt adm gov rep sen st mt no nos vs approx fig para sec art ch vol pp ed cf"
        " e.g i.e jan feb mar apr jun jul aug sep sept oct nov dec"
        " ул стр см пп ст им акад проф ген полк подп ред напр доц чл корп кв пер пл просп респ т.е т.к т.н ср рис табл гл",
    )
)
_LONGEST_ABBREVIATION: Final = max(map(len, _ABBREVIATED))
_YEAR: Final = "г"
"""After a number a year ("в 2024 г. Участники"), else a city ("в г. Минске"), as is "гг" after two."""


def ends(chunks: Sequence[str]) -> list[int]:
    """For each sentence the place behind its last chunk; the last of them is the number of chunks.

    ``chunks``: what stands between two spaces (``text.split(" ")``).
    """
    count = len(chunks)
    signed = [at for at, chunk in enumerate(chunks) if not chunk.isalnum()]
    found = [at + 1 for at in signed if chunks[at][-1:] in _LAST and at + 1 < count and _is_end(chunks, at)]
    if found and (quotes := [(at, signs) for at in signed if (signs := _QUOTED.findall(chunks[at]))]):
        within = set(_within_quotes(chunks, quotes))
        found = [at for at in found if at - 1 not in within]
    # "1." at the beginning of a paragraph is the number of a point, not a sentence.
    if found and found[0] == 1 and chunks[0][:-1].isalnum():
        del found[0]
    return [*found, count]


def sentences_of(text: str) -> list[str]:
    """The sentences of a paragraph in order, without the white space between them."""
    chunks = text.split(" ")
    begins = [0, *ends(chunks)]
    found = (" ".join(chunks[begin:end]).strip() for begin, end in pairwise(begins))
    return [sentence for sentence in found if sentence]


def _is_end(chunks: Sequence[str], at: int) -> bool:
    chunk = chunks[at]
    if chunk[-1] == "." and len(chunk) > _LONGEST_ABBREVIATION + 1 and chunk[:-1].isalpha():
        return _begins(chunks[at + 1])
    core = chunk.rstrip(_CLOSERS)
    if core[-1:] not in {".", "!", "?", "…"} or not _begins(chunks[at + 1]):
        return False
    if core[-1] != "." or core.endswith(".."):
        return True
    word = core[:-1].lstrip(_OPENERS).casefold()
    if word == _YEAR:
        return at > 0 and chunks[at - 1][-1:].isdigit()
    return not (word in _ABBREVIATED or _INITIALS.fullmatch(word))


def _begins(chunk: str) -> bool:
    """A capital or a digit, behind quotes and brackets; a dash goes on with the sentence ("«Пора?» – спросил он")."""
    first = chunk[:1]
    if first.isupper():
        return True
    first = chunk.lstrip(_OPENERS)[:1]
    return first.isdigit() or (first.isalpha() and not first.islower())


def _within_quotes(chunks: Sequence[str], quotes: Iterable[tuple[int, list[str]]]) -> Iterator[int]:
    """Places of chunks that a quotation, closed within the paragraph and not too long, runs on behind.

    ``quotes``: the places of chunks with such signs, and these.
    """
    opened: list[int] = []
    is_straight = False
    for at, signs in quotes:
        for sign in signs:
            is_opening = (
                sign in "«„" or (sign == "“" and not _closes(chunks[at], sign)) or (sign == '"' and not is_straight)
            )
            is_straight ^= sign == '"'
            if is_opening:
                opened.append(at)
            elif opened:
                start = opened.pop()
                if at - start <= LONGEST_QUOTE:
                    yield from range(start, at)


def _closes(chunk: str, sign: str) -> bool:
    """German and Russian hands close „so“ with what opens in English."""
    return chunk.find(sign) > 0 and chunk[chunk.find(sign) - 1].isalnum()
