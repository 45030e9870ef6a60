"""Two texts of one paragraph compared: sentence by sentence, then word by word; a sentence in another place has moved. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from rapidfuzz.distance import Indel, LCSseq, Prefix

from reports.sentences import ends
from reports.words import DELETE, EQUAL, INSERT, Chunks, Codes, Op, Piece, Span, add_words, joined, whole

LIKE: Final = 0.3
"""Two sentences that have this share of words in common, in order, are one that was edited."""
LIKE_MOVED: Final = 0.8
SHORT: Final = 3
"""A sentence of so few words moved only where it is the very same."""
MOST_PAIRS: Final = 20_000
"""Beyond this many candidates sentences are compared one to one, as they stand: a long list must not stall a report."""
_GAINED: Final = 2
"""Sentences that were run together or cut have at least so many words more in common when they are taken as one, and what was
left over of them on both sides is then as alike as two sentences that are one."""

Pair = tuple[int, int]


class Sentence:
    """Its chunks, a character for each, and the space behind it, "" at the paragraph's end."""

    __slots__ = ("chunks", "code", "tail")

    def __init__(self, chunks: list[str], code: str, tail: str) -> None:
        self.chunks, self.code, self.tail = chunks, code, tail

    @property
    def text(self) -> str:
        return " ".join(self.chunks) + self.tail


def sentences_of(text: str, codes: Codes) -> list[Sentence]:
    chunks = text.split(" ")
    return _sentences(chunks, codes.of(chunks))


def _sentences(chunks: list[str], code: str) -> list[Sentence]:
    found = ends(chunks)
    if len(found) == 1:
        return [Sentence(chunks, code, "")]
    last = found[-1]
    return [
        Sentence(chunks[start:end], code[start:end], " " if end < last else "") for start, end in pairwise([0, *found])
    ]


def compare_paragraphs(old: str, new: str) -> tuple[Span, ...]:
    """All spans that aren't only the new text's joined are ``old``, all that aren't only the old text's are ``new``."""
    codes = Codes()
    return joined(_Paragraph(sentences_of(old, codes), sentences_of(new, codes)).pieces())


def compare_chunks(old: Chunks, new: Chunks) -> tuple[Span, ...]:
    """The same of two texts that are taken apart already."""
    return joined(_Paragraph(_sentences(*old), _sentences(*new)).pieces())


def has_common_sentence(old: str, new: str) -> bool:
    codes = Codes()
    found = {sentence.code for sentence in sentences_of(old, codes) if len(sentence.code) > SHORT}
    return any(sentence.code in found for sentence in sentences_of(new, codes))


class _Paragraph:
    """``pairs`` run upward on both sides, ``moves`` cross them."""

    def __init__(self, old: list[Sentence], new: list[Sentence]) -> None:
        self.old, self.new = old, new
        self.pairs = _taken_together(old, new, _paired(old, new))
        self.moves = self._moved()

    def _moved(self) -> list[Pair]:
        if len(self.pairs) in (len(self.old), len(self.new)):
            return []
        gone = sorted(set(range(len(self.old))) - {i for i, _ in self.pairs})
        come = sorted(set(range(len(self.new))) - {j for _, j in self.pairs})
        moves: list[Pair] = []
        if len(gone) * len(come) > MOST_PAIRS:
            return moves
        for i in gone:
            likest = max(((self._likeness(i, j), -j) for j in come), default=(0.0, 0))
            if likest[0]:
                moves.append((i, -likest[1]))
                come.remove(-likest[1])
        return moves

    def _likeness(self, i: int, j: int) -> float:
        old, new = self.old[i].code, self.new[j].code
        if old == new or min(len(old), len(new)) <= SHORT:
            return float(old == new)
        return Indel.normalized_similarity(old, new, score_cutoff=LIKE_MOVED)

    def pieces(self) -> list[Piece]:
        left = {i: (j, number) for number, (i, j) in enumerate(self.moves, 1)}
        come = {j: (i, number) for i, (j, number) in left.items()}
        pieces: list[Piece] = []
        at_old = at_new = 0
        for i, j in (*self.pairs, (len(self.old), len(self.new))):
            for gone in range(at_old, i):
                pieces += self._leaving(gone, left.get(gone))
            for came in range(at_new, j):
                pieces += self._coming(came, come.get(came))
            if i < len(self.old):
                _add_edited(pieces, self.old[i], self.new[j])
            at_old, at_new = i + 1, j + 1
        return list(_with_heads(pieces)) if len(self.old) != len(self.new) else pieces

    def _leaving(self, i: int, move: Pair | None) -> Iterator[Piece]:
        """A moved sentence without the words that it lost on its way: these are deleted where they stood."""
        if move is None:
            yield Op.DELETE, self.old[i].text, None
            return
        for op, text, _ in _edited(self.old[i], self.new[move[0]]):
            if op is not Op.INSERT:
                yield (Op.MOVED_FROM, text, move[1]) if op is EQUAL else (op, text, None)

    def _coming(self, j: int, move: Pair | None) -> Iterator[Piece]:
        if move is None:
            yield Op.INSERT, self.new[j].text, None
            return
        for op, text, _ in _edited(self.old[move[0]], self.new[j]):
            if op is not Op.DELETE:
                yield (Op.MOVED_TO, text, move[1]) if op is EQUAL else (op, text, None)


def _with_heads(pieces: list[Piece]) -> Iterator[Piece]:
    """Of a sentence that came, and of what went behind it, the words that both begin with stayed: the edit was behind them.

    "12.05.2025 г. стороны подписали" -> "12.05.2025 г. Академия подписала": a capital made a sentence of the date.
    """
    op, text, move = EQUAL, "", None
    for piece in pieces:
        if op is INSERT and piece[0] is DELETE:
            shared = text[: Prefix.similarity(text, piece[1])]
            head = shared[: shared.rfind(" ") + 1]
            if head == text or head.count(" ") > 1:
                yield EQUAL, head, None
                text, piece = text[len(head) :], (DELETE, piece[1][len(head) :], None)  # noqa: PLW2901
        if text:
            yield op, text, move
        op, text, move = piece
    if text:
        yield op, text, move


def _edited(old: Sentence, new: Sentence) -> list[Piece]:
    pieces: list[Piece] = []
    _add_edited(pieces, old, new)
    return pieces


def _add_edited(pieces: list[Piece], old: Sentence, new: Sentence) -> None:
    if old.chunks == new.chunks:
        pieces.append((EQUAL, " ".join(old.chunks), None))
    else:
        add_words(pieces, old.chunks, new.chunks, old.code, new.code)
    if old.tail == new.tail:
        if old.tail:
            pieces.append((EQUAL, old.tail, None))
    else:
        pieces += whole(old.tail, new.tail)


def _paired(old: Sequence[Sentence], new: Sequence[Sentence]) -> list[Pair]:
    """The upward row of pairs with the most words in common; each pair the same, or alike enough to be one that was edited."""
    start, most = 0, min(len(old), len(new))
    while start < most and old[start].code == new[start].code:
        start += 1
    end = 0
    while end < most - start and old[-end - 1].code == new[-end - 1].code:
        end += 1
    olds, news = range(start, len(old) - end), range(start, len(new) - end)
    head = [(at, at) for at in range(start)]
    tail = [(len(old) - at, len(new) - at) for at in range(end, 0, -1)]
    return [*head, *_heaviest(old, new, olds, news), *tail]


def _heaviest(old: Sequence[Sentence], new: Sequence[Sentence], olds: range, news: range) -> list[Pair]:
    if len(olds) * len(news) > MOST_PAIRS:
        return [(i, j) for i, j in zip(olds, news, strict=False) if _common(old[i], new[j])]
    # Where the very same sentence stands on both sides, it moved: never taken for an edit of one that is like it.
    same = Counter(old[i].code for i in olds) & Counter(new[j].code for j in news)
    if len(olds) == len(news) and not same:
        straight = list(zip(olds, news, strict=True))
        if all(_common(old[i], new[j]) for i, j in straight):
            return straight
    best = [[0] * (len(news) + 1) for _ in range(len(olds) + 1)]
    common = {(i, j): 0 if _stays(old[i], new[j], same) else _common(old[i], new[j]) for i in olds for j in news}
    for a in range(len(olds) - 1, -1, -1):
        for b in range(len(news) - 1, -1, -1):
            taken = common[olds[a], news[b]]
            best[a][b] = max(best[a + 1][b], best[a][b + 1], taken and taken + best[a + 1][b + 1])
    pairs: list[Pair] = []
    a = b = 0
    while a < len(olds) and b < len(news):
        taken = common[olds[a], news[b]]
        if taken and best[a][b] == taken + best[a + 1][b + 1]:
            pairs.append((olds[a], news[b]))
            a, b = a + 1, b + 1
        elif best[a][b] == best[a + 1][b]:
            a += 1
        else:
            b += 1
    return pairs


def _stays(old: Sentence, new: Sentence, same: Counter[str]) -> bool:
    """Whether two sentences differ and one of them stands on the other side as it is."""
    return old.code != new.code and any(sentence.code in same for sentence in (old, new))


def _common(old: Sentence, new: Sentence) -> int:
    """Words in common, in order; none where the two are too unlike to be one sentence."""
    if old.code == new.code:
        return len(old.code)
    found = LCSseq.similarity(old.code, new.code)
    return int(found) if 2 * found >= LIKE * (len(old.code) + len(new.code)) else 0


def _taken_together(old: list[Sentence], new: list[Sentence], pairs: list[Pair]) -> list[Pair]:
    """The pairs, with sentences between two that stayed run together into one where they were cut or joined.

    "He came, and left." and "He came. He left.": one sentence beside two.
    """
    if len(pairs) == len(old) == len(new):
        return pairs
    kept = [(i, j) for i, j in pairs if old[i].code == new[j].code]
    for (i, j), (k, m) in reversed(list(pairwise([(-1, -1), *kept, (len(old), len(new))]))):
        olds, news = range(i + 1, k), range(j + 1, m)
        if not olds or not news or len(olds) == len(news):
            continue
        one, other = _one(old, olds), _one(new, news)
        matched = sum(_common(old[a], new[b]) for a, b in pairs if a in olds and b in news)
        gained = _common(one, other) - matched
        if gained >= _GAINED and 2 * gained >= LIKE * (len(one.code) + len(other.code) - 2 * matched):
            old[i + 1 : k], new[j + 1 : m] = [one], [other]
            return _taken_together(old, new, _paired(old, new))
    return pairs


def _one(sentences: Sequence[Sentence], places: range) -> Sentence:
    within = [sentences[at] for at in places]
    chunks = [chunk for sentence in within for chunk in sentence.chunks]
    return Sentence(chunks, "".join(sentence.code for sentence in within), within[-1].tail)
