"""The words of a paragraph in which little changed.

Where no more than a few words in a row are others, it makes no difference to the diff where sentences end, and looking for that
is most of what a comparison costs. Anything else is left to ``reports.prose``. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import compress, count
from operator import ne
from typing import Final

from rapidfuzz.distance import Indel

from reports.words import CONFETTI, DELETE, EQUAL, INSERT, Op, Piece, Span, add_change

IN_A_ROW: Final = 3
"""Chunks that changed in a row, at most. Of more there may be a sentence that was written anew."""
WANDERED: Final = 2
"""From so many chunks that went in one place and came in another, it may be that a sentence moved among some that are like it."""
NEAR: Final = 2 / 3
SHARE: Final = 3
"""One chunk of so many changed, at most."""

Change = tuple[int, int, int, int]
"""Start and end of what went, start and end of what came in its place."""

_span = partial(tuple.__new__, Span)


def slight(old: list[str], new: list[str]) -> tuple[Span, ...] | None:
    """The spans of two texts, taken apart at their spaces; None where more than a little changed."""
    if len(old) == len(new):
        places = mismatches(old, new)
        if places and len(places) * SHARE <= len(old):
            found = _spans(old, new, [(start, end, start, end) for start, end in _runs(places)])
            if found is not None:
                return found
    changes = _changes(old, new)
    return None if changes is None else _spans(old, new, changes)


def mismatches(old: Sequence[str], new: Sequence[str]) -> list[int]:
    """Where two rows of one length differ."""
    return list(compress(count(), map(ne, old, new)))


def is_near(old: list[str], new: list[str]) -> bool:
    """Whether two texts have so much in common that they can only be one that was edited."""
    if len(old) == len(new) and len(mismatches(old, new)) * SHARE <= len(old):
        return True
    return Indel.normalized_similarity(old, new, score_cutoff=NEAR) >= NEAR


def _spans(old: list[str], new: list[str], changes: Iterable[Change]) -> tuple[Span, ...] | None:
    made: list[Piece] = []
    kept, at, before = "", 0, 0
    went: list[str] = []
    came: list[str] = []
    for i, k, j, m in changes:
        length = k - i if k - i >= m - j else m - j
        if length > IN_A_ROW or (before and _joins(old, at, i, before if before < length else length)):
            return None
        if at < i:
            kept += " ".join(old[at:i]) + " "
        at, before = k, length
        went += old[i:k]
        came += new[j:m]
        if i == k or j == m:
            text = " ".join(old[i:k] or new[j:m])
            kept = _one_sided(made, kept, DELETE if j == m else INSERT, text, is_last=k == len(old) and m == len(new))
            continue
        if length > 1 and k - i == m - j and not set(old[i:k]).isdisjoint(new[j:m]):
            return None
        gone, come = (old[i], new[j]) if length == 1 else (" ".join(old[i:k]), " ".join(new[j:m]))
        kept = _replaced(made, kept, gone, come)
        if k < len(old):
            kept += " "
    if len(set(went).intersection(came)) >= WANDERED:
        return None
    kept += " ".join(old[at:])
    if kept:
        made.append((EQUAL, kept, None))
    return tuple(map(_span, made))


def _one_sided(made: list[Piece], kept: str, op: Op, text: str, *, is_last: bool) -> str:
    """Adds chunks that only one text has, with the space behind them, at the end with the one before; what is kept then."""
    if is_last and kept:
        kept, text = kept[:-1], f" {text}"
    elif not is_last:
        text += " "
    if kept:
        made.append((EQUAL, kept, None))
    made.append((op, text, None))
    return ""


def _replaced(made: list[Piece], kept: str, gone: str, come: str) -> str:
    """Adds chunks that stand for others; what is kept behind them."""
    if gone.isalpha() and come.isalpha():
        if kept:
            made.append((EQUAL, kept, None))
        made += ((DELETE, gone, None), (INSERT, come, None))
        return ""
    pieces: list[Piece] = []
    add_change(pieces, gone, come, is_mixed=False)
    for piece in pieces:
        if piece[0] is EQUAL:
            kept += piece[1]
            continue
        if kept:
            made.append((EQUAL, kept, None))
            kept = ""
        made.append(piece)
    return kept


def _runs(places: list[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring places as (start, end)."""
    start = end = places[0]
    for place in places:
        if place > end:
            yield start, end
            start = place
        end = place + 1
    yield start, end


def _joins(old: list[str], start: int, end: int, shorter: int) -> bool:
    """Whether what stayed between two changes is confetti."""
    size = end - start
    return size * CONFETTI <= shorter or (size == 1 and not any(map(str.isalnum, old[start])))


def _changes(old: list[str], new: list[str]) -> list[Change] | None:
    """What lies between the chunks in common, with chunks that came or went, too."""
    most = (len(old) + len(new)) // SHARE
    i = j = changed = 0
    changes: list[Change] = []
    for a, b, size in Indel.opcodes(old, new).as_matching_blocks():
        if a > i or b > j:
            changes.append((i, a, j, b))
            changed += a - i + b - j
        i, j = a + size, b + size
    return changes if changed <= most else None
