"""A text as a row of words, and two rows compared.

Two sizes of word: a chunk is what stands between two spaces, with the signs glued to it; a token is a word, a sign or white
space. Chunks are compared first, by bit-parallel LCS on one character a chunk (rapidfuzz); only what
differs is taken apart into tokens.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import cycle
from typing import Final, NamedTuple

from rapidfuzz.distance import Indel

# A number keeps its inner separators ("21.05.2020", "1,200", "10:30"), a word its hyphens and apostrophes: so a changed date
# is marked whole, and "anti-terrorist" isn't three words. Everything joined gives the text back.
_WORD: Final = r"\d+(?:[.,:/\-–]\d+)*|[^\W\d_]+(?:['’\-‑][^\W\d_]+)*"
_TOKEN: Final = re.compile(rf"{_WORD}|\s+|.", re.DOTALL)
_ONE_WORD: Final = re.compile(_WORD)
CONFETTI: Final = 3
"""Words that stay between two changes each so many times as long are confetti: they join the change."""
_CODES: Final = 0x110000


class Op(StrEnum):
    EQUAL = "equal"
    DELETE = "delete"
    INSERT = "insert"
    MOVED_FROM = "moved_from"
    MOVED_TO = "moved_to"
    SPLIT = "split"
    JOIN = "join"


GONE: Final = frozenset({Op.DELETE, Op.MOVED_FROM, Op.SPLIT})
"""What only the old text has."""
COME: Final = frozenset({Op.INSERT, Op.MOVED_TO, Op.JOIN})
"""What only the new text has."""


class Span(NamedTuple):
    """A piece of text that both have, that only the old one has, or that only the new one has.

    Of a sentence that moved, ``MOVED_FROM`` stands at its old place, ``MOVED_TO`` at its new one, both with one number
    ``move``. ``SPLIT`` is the white space of the old text where a paragraph begins in the new one, ``JOIN`` that of the new
    text where one began in the old.
    """

    op: Op
    text: str
    move: int | None = None


Chunks = tuple[list[str], str]
"""What stands between the spaces of a text, and the same with a character for each."""
Piece = tuple[Op, str, int | None]
"""A span on its way: a plain tuple, since making it takes a twentieth of the time and a long text has thousands."""
EQUAL: Final = Op.EQUAL
DELETE: Final = Op.DELETE
INSERT: Final = Op.INSERT


class Codes(dict[str, str]):
    """A character for each different text; in a dictionary's order, so alike in every run.

    Beyond 1,114,112 of them characters are used again: whoever takes two texts for equal by their codes compares the texts.
    """

    @classmethod
    def for_all(cls, texts: Iterable[str]) -> Codes:
        return cls(zip(dict.fromkeys(texts), map(chr, cycle(range(_CODES))), strict=False))

    def __missing__(self, text: str) -> str:
        code = self[text] = chr(len(self) % _CODES)
        return code

    def of(self, texts: Sequence[str]) -> str:
        return "".join(map(self.__getitem__, texts))


def tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def words_only(text: str) -> list[str]:
    """The tokens that are words or figures."""
    return _ONE_WORD.findall(text)


def is_word(token: str) -> bool:
    return token[:1].isalnum()


def numbered(*rows: Sequence[Hashable]) -> list[list[int]]:
    """Each row with its items replaced by integers, equal ones by the same; by first appearance, so alike in every run."""
    ids: dict[Hashable, int] = {}
    return [[ids.setdefault(item, len(ids)) for item in row] for row in rows]


def common_runs(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[tuple[int, int, int]]:
    """(start in old, start in new, length) of each piece of a longest common row, then one of length 0 at the two ends."""
    for op in Indel.opcodes(*numbered(old, new)):
        if op.tag == "equal":
            yield op.src_start, op.dest_start, op.src_end - op.src_start
    yield len(old), len(new), 0


def compare(old: str, new: str) -> tuple[Span, ...]:
    """What went and what came, word by word. All but the inserted spans joined are ``old``, all but the deleted ones ``new``."""
    a, b, codes = old.split(" "), new.split(" "), Codes()
    pieces: list[Piece] = []
    add_words(pieces, a, b, codes.of(a), codes.of(b))
    return joined(pieces)


def whole(old: str, new: str) -> tuple[Span, ...]:
    """A rewritten text: all of the old one out, all of the new one in."""
    return tuple(Span(op, text) for op, text in ((Op.DELETE, old), (Op.INSERT, new)) if text)


def old_text(spans: Sequence[Span]) -> str:
    return "".join([span.text for span in spans if span.op not in COME])


def new_text(spans: Sequence[Span]) -> str:
    return "".join([span.text for span in spans if span.op not in GONE])


def joined(pieces: Iterable[Piece]) -> tuple[Span, ...]:
    """Neighbours of one kind made one."""
    made: list[Piece] = []
    texts: list[str] = []
    op, move = EQUAL, None
    for piece in pieces:
        if piece[0] is not op or piece[2] != move:
            if texts:
                made.append((op, "".join(texts), move))
            texts = []
            op, _, move = piece
        texts.append(piece[1])
    if texts:
        made.append((op, "".join(texts), move))
    return tuple(map(Span._make, made))


def _piece(chunks: Sequence[str], start: int, end: int) -> str:
    """The chunks' text with the space behind them, unless they are the last."""
    if start == end:
        return ""
    return " ".join(chunks[start:end]) + " " if end < len(chunks) else " ".join(chunks[start:end])


def add_words(
    pieces: list[Piece], old: Sequence[str], new: Sequence[str], old_code: Sequence[str], new_code: Sequence[str]
) -> None:
    """The chunks of two sentences compared; the codes are those of the chunks, or the chunks again."""
    i = j = 0
    gone = come = ""
    for a, b, size, is_mixed in _kept_runs(old, old_code, new_code):
        if i < a:
            gone += _piece(old, i, a)
        if j < b:
            come += _piece(new, j, b)
        if gone or come:
            add_change(pieces, gone, come, is_mixed=is_mixed)
        i, j = a + size, b + size
        gone, come = _piece(old, a, i), _piece(new, b, j)
        if gone == come:
            if gone:
                pieces.append((EQUAL, gone, None))
            gone = come = ""
        elif gone.rstrip(" ") == come.rstrip(" "):
            # The last word of one text has words behind it in the other: the space before them comes or goes with them.
            kept = min(gone, come, key=len)
            pieces.append((EQUAL, kept, None))
            gone, come = gone[len(kept) :], come[len(kept) :]
    if gone or come:
        add_change(pieces, gone, come, is_mixed=False)


def _kept_runs(
    old: Sequence[str], old_code: Sequence[str], new_code: Sequence[str]
) -> Iterator[tuple[int, int, int, bool]]:
    """(start in old, start in new, chunks, whether the change before holds words of both texts), without confetti."""
    runs = [(run.a, run.b, run.size) for run in Indel.opcodes(old_code, new_code).as_matching_blocks()]
    i = j = 0
    is_mixed = False
    for (a, b, size), (next_a, next_b, _) in zip(runs, [*runs[1:], runs[-1]], strict=True):
        if size and (a > i or b > j):
            behind = max(next_a - a, next_b - b) - size
            if behind > 0:
                is_light = size * CONFETTI <= min(max(a - i, b - j), behind)
                if is_light or (size == 1 and not any(map(str.isalnum, old[a]))):
                    is_mixed = True
                    continue
        yield a, b, size, is_mixed
        i, j, is_mixed = a + size, b + size, False


def add_change(pieces: list[Piece], gone: str, come: str, *, is_mixed: bool) -> None:
    """A change with the white space and the signs that both its ends share given back to the common text."""
    if not gone or not come:
        pieces.append((DELETE, gone, None) if gone else (INSERT, come, None))
        return
    head, tail = _common_ends(gone, come)
    after = gone[len(gone) - tail :]
    if head:
        pieces.append((EQUAL, gone[:head], None))
    gone, come = gone[head : len(gone) - tail], come[head : len(come) - tail]
    if is_mixed or _have_no_common_word(gone, come):
        _add_whole(pieces, gone, come)
    else:
        _add_tokens(pieces, gone, come)
    if after:
        pieces.append((EQUAL, after, None))


def _add_whole(pieces: list[Piece], gone: str, come: str) -> None:
    if gone:
        pieces.append((DELETE, gone, None))
    if come:
        pieces.append((INSERT, come, None))


def _have_no_common_word(gone: str, come: str) -> bool:
    """Then signs and spaces between the words are all that the two could share, and that is confetti."""
    if gone.isalpha() and come.isalpha():
        return gone != come
    return set(_ONE_WORD.findall(gone)).isdisjoint(_ONE_WORD.findall(come))


def _common_ends(gone: str, come: str) -> tuple[int, int]:
    """How many signs and spaces, no letters or digits, both begin and end with."""
    most = min(len(gone), len(come))
    head = tail = 0
    while head < most and gone[head] == come[head] and not gone[head].isalnum():
        head += 1
    while tail < most - head and gone[-tail - 1] == come[-tail - 1] and not gone[-tail - 1].isalnum():
        tail += 1
    return head, tail


def _add_tokens(pieces: list[Piece], old: str, new: str) -> None:
    a, b, codes = tokens(old), tokens(new), Codes()
    steps: list[tuple[bool, str, str]] = []
    i = j = 0
    for run in Indel.opcodes(codes.of(a), codes.of(b)).as_matching_blocks():
        steps.append((False, "".join(a[i : run.a]), "".join(b[j : run.b])))
        i, j = run.a + run.size, run.b + run.size
        gone, come = "".join(a[run.a : i]), "".join(b[run.b : j])
        steps.append((gone == come, gone, come))
    for is_equal, gone, come in _without_confetti([step for step in steps if step[1] or step[2]]):
        if is_equal:
            pieces.append((EQUAL, gone, None))
        else:
            _add_whole(pieces, gone, come)


def _without_confetti(steps: list[tuple[bool, str, str]]) -> list[tuple[bool, str, str]]:
    """Spaces and commas that happen to agree between two changed words are no common text: they join the change."""
    merged: list[tuple[bool, str, str]] = []
    for index, (equal, gone, come) in enumerate(steps):
        inner = 0 < index < len(steps) - 1
        changed = not equal or (inner and not any(map(is_word, gone)))
        if changed and merged and not merged[-1][0]:
            _, before_gone, before_come = merged[-1]
            merged[-1] = (False, before_gone + gone, before_come + come)
        else:
            merged.append((not changed, gone, come))
    return [step for piece in merged for step in _trimmed(piece)]


def _trimmed(step: tuple[bool, str, str]) -> list[tuple[bool, str, str]]:
    """A change with the white space that both its ends share given back to the common text."""
    equal, gone, come = step
    if equal or not gone or not come:
        return [step]
    head = 1 if gone[0] == come[0] and gone[0].isspace() else 0
    tail = 1 if len(gone) > head and len(come) > head and gone[-1] == come[-1] and gone[-1].isspace() else 0
    middle = (False, gone[head : len(gone) - tail], come[head : len(come) - tail])
    parts = [(True, gone[:head], gone[:head]), middle, (True, gone[len(gone) - tail :], gone[len(gone) - tail :])]
    return [part for part in parts if part[1] or part[2]]
