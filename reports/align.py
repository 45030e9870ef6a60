"""Which block of the old text became which block of the new one.

Blocks that are equal cost a look into a dictionary. What is between them is compared by what stands between two spaces, which the
comparison of the words needs anyway; only blocks that stay without a partner so are taken apart into words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Final

from rapidfuzz.distance import Indel, LCSseq
from rapidfuzz.process import extract, extractOne

from reports.seams import PART, parts_of
from reports.slight import is_near
from reports.words import Chunks, Codes, common_runs, words_only

Pair = tuple[int, int]
"""Index of an old block, index of a new one."""

LIKE: Final = 0.45
"""Two blocks that have this share of words in common, in order, are one block that was edited."""
LIKE_ALONE: Final = 0.2
"""Enough where one block stands against one between two that stayed."""
LIKE_MOVED: Final = 0.8
SHORT: Final = 3
"""A block of so few words ("15", a name) that stands against one other was edited, whatever the two share."""
MOST_PAIRS: Final = 20_000
"""Beyond this many candidates a gap is compared along its diagonal only: a thousand rewritten lines must not stall a report."""
MOST_BY_CHUNKS: Final = 250_000
"""The same for the first comparison, in C: 40 ms."""
MOST_WEIGHED: Final = 600
"""Beyond this many pairs of equal or like blocks it isn't weighed which of them crossed the others."""


class _Apart(dict[str, list[str]]):
    """Texts taken apart at their spaces, each once. ``texts`` are those that are sure to be."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.update({text: text.split(" ") for text in texts})

    def __missing__(self, text: str) -> list[str]:
        chunks = self[text] = text.split(" ")
        return chunks


class _Coded(dict[str, str]):
    """The same, a character for each chunk."""

    def __init__(self, apart: _Apart) -> None:
        self._apart, self._codes = apart, Codes()

    def prepare(self) -> None:
        """All texts are going to be asked for: at once they take a third of the time."""
        if not self:
            self._codes = Codes.for_all(chain.from_iterable(self._apart.values()))
            self.update({text: self._codes.of(chunks) for text, chunks in self._apart.items()})

    def __missing__(self, text: str) -> str:
        found = self[text] = self._codes.of(self._apart[text])
        return found


class _Words(dict[str, str]):
    """The words of texts, a character for each."""

    def __init__(self) -> None:
        self._codes = Codes()

    def __missing__(self, text: str) -> str:
        found = self[text] = self._codes.of(words_only(text))
        return found


class Alignment:
    """``pairs`` run upward on both sides; ``moves`` cross them."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        self._old, self._new = old, new
        staying = set(old).intersection(new)
        self._apart, self._words = _Apart(text for text in (*old, *new) if text not in staying), _Words()
        self._coded = _Coded(self._apart)
        is_in_place = self._is_in_place(staying)
        self.pairs: list[Pair] = [(at, at) for at in range(len(old))] if is_in_place else list(self._paired())
        self.moves: list[Pair] = [] if is_in_place else self._moved()

    def chunks(self, i: int, j: int) -> tuple[list[str], list[str]]:
        """An old block and a new one, taken apart."""
        return self._apart[self._old[i]], self._apart[self._new[j]]

    def coded(self, i: int, j: int) -> tuple[Chunks, Chunks]:
        """The same with their codes."""
        old, new = self._old[i], self._new[j]
        return (self._apart[old], self._coded[old]), (self._apart[new], self._coded[new])

    def likeness(self, i: int, j: int, cutoff: float) -> float:
        """By words; 0.0 when it is below ``cutoff``."""
        old, new = self._words[self._old[i]], self._words[self._new[j]]
        return Indel.normalized_similarity(old, new, score_cutoff=cutoff)

    def is_like(self, i: int, j: int, least: float) -> bool:
        old, new = self.chunks(i, j)
        by_chunks = Indel.normalized_similarity(old, new, score_cutoff=least)
        return by_chunks >= least or self.likeness(i, j, least) >= least

    def _is_in_place(self, staying: Collection[str]) -> bool:
        """Whether each block stands where it stood, the same or edited a little: no need to look for it elsewhere."""
        if len(self._old) != len(self._new):
            return False
        changed = [(old, new) for old, new in zip(self._old, self._new, strict=True) if old != new]
        if any(old in staying or new in staying for old, new in changed):
            return False
        is_sure = True
        for old, new in changed:
            chunks, others = self._apart[old], self._apart[new]
            if is_near(chunks, others):
                is_sure = True
            elif is_sure and Indel.normalized_similarity(chunks, others, score_cutoff=LIKE) >= LIKE:
                is_sure = False  # one alone between two that are sure can only be what it was
            else:
                return False
        return True

    def seams(self) -> Iterator[tuple[range, range]]:
        """Old places and new places of each block that was split or joined of several: one of the two is a single place."""
        olds = {i for i, _ in (*self.pairs, *self.moves)}
        news = {j for _, j in (*self.pairs, *self.moves)}
        if len(olds) == len(self._old) and len(news) == len(self._new):
            return
        for i, j in self.pairs:
            if self._old[i] == self._new[j]:
                continue
            came = self._parts_of(self._old[i], self._new, j, news)
            went = self._parts_of(self._new[j], self._old, i, olds) if len(came) == 1 else range(i, i + 1)
            if len(came) > 1 or len(went) > 1:
                yield went, came
                olds.update(went)
                news.update(came)

    def _parts_of(self, whole: str, texts: Sequence[str], at: int, taken: set[int]) -> range:
        """Its neighbours on either side are looked at closely only where they share enough at first sight."""
        near = [place for place in (at - 1, at + 1) if 0 <= place < len(texts) and place not in taken]
        if not any(self._may_be_part(whole, texts[place]) for place in near):
            return range(at, at + 1)
        return parts_of(whole, texts, at, taken, self._words)

    def _may_be_part(self, whole: str, part: str) -> bool:
        code = self._coded[part]
        return LCSseq.similarity(self._coded[whole], code) >= PART / 2 * len(code)

    def _paired(self) -> Iterator[Pair]:
        i = j = 0
        for at_old, at_new in (*self._staying(), (len(self._old), len(self._new))):
            if i < at_old and j < at_new:
                yield from self._in_gap(range(i, at_old), range(j, at_new))
            i, j = at_old + 1, at_new + 1
            if at_old < len(self._old):
                yield at_old, at_new

    def _staying(self) -> list[Pair]:
        """Equal blocks in one order; where some crossed others, those of fewer words moved."""
        runs = common_runs(self._old, self._new)
        pairs = [(at_old + k, at_new + k) for at_old, at_new, length in runs for k in range(length)]
        left = set(self._old) - {self._old[i] for i, _ in pairs}
        if left.isdisjoint(self._new):
            return pairs
        places: dict[str, list[int]] = {}
        for j, text in enumerate(self._new):
            places.setdefault(text, []).append(j)
        equal = [(i, j) for i, text in enumerate(self._old) for j in places.get(text, ())]
        return (
            _heaviest(equal, [self._old[i].count(" ") + 1 for i, _ in equal]) if len(equal) <= MOST_WEIGHED else pairs
        )

    def _in_gap(self, olds: range, news: range) -> list[Pair]:
        if len(olds) == len(news) == 1:
            return self._alone(olds[0], news[0])
        anchors = self._by_chunks(olds, news)
        pairs: list[Pair] = []
        for (i, j), (k, m) in pairwise([(olds.start - 1, news.start - 1), *anchors, (olds.stop, news.stop)]):
            if i + 2 == k and j + 2 == m:
                pairs += self._alone(i + 1, j + 1)
            elif i + 1 < k and j + 1 < m:
                pairs += self._best(range(i + 1, k), range(j + 1, m))
            if k < olds.stop:
                pairs.append((k, m))
        return pairs

    def _alone(self, i: int, j: int) -> list[Pair]:
        return [(i, j)] if self.is_like(i, j, LIKE_ALONE) or self._are_short(i, j) else []

    def _are_short(self, i: int, j: int) -> bool:
        return max(len(self._words[self._old[i]]), len(self._words[self._new[j]])) <= SHORT

    def _by_chunks(self, olds: range, news: range) -> list[Pair]:
        """The upward row of blocks that are alike at first sight."""
        if len(olds) * len(news) > MOST_BY_CHUNKS:
            return []
        self._coded.prepare()
        codes = [self._coded[self._new[j]] for j in news]
        found: list[Pair] = []
        weights: list[float] = []
        for i in olds:
            code = self._coded[self._old[i]]
            for _, likeness, at in extract(
                code, codes, scorer=Indel.normalized_similarity, processor=None, score_cutoff=LIKE, limit=None
            ):
                found.append((i, news[at]))
                weights.append(likeness)
        if all(i < k and j < m for (i, j), (k, m) in pairwise(found)):
            return found
        return _heaviest(found, weights) if len(found) <= MOST_WEIGHED else []

    def _best(self, olds: range, news: range) -> list[Pair]:
        """The upward row of pairs with the greatest sum of likeness, each at least ``LIKE``."""
        band = max(len(olds), len(news)) if len(olds) * len(news) <= MOST_PAIRS else 10
        best: list[list[float]] = [[0.0] * (len(news) + 1) for _ in range(len(olds) + 1)]
        score: dict[Pair, float] = {}
        for a in range(len(olds) - 1, -1, -1):
            for b in range(len(news) - 1, -1, -1):
                value = self.likeness(olds[a], news[b], LIKE) if abs(a - b) <= band else 0.0
                if value >= LIKE:
                    score[a, b] = value
                taken = value + best[a + 1][b + 1] if value >= LIKE else 0.0
                best[a][b] = max(best[a + 1][b], best[a][b + 1], taken)
        return [(olds[a], news[b]) for a, b in _trace(best, score)]

    def _moved(self) -> list[Pair]:
        """Blocks left over on both sides that are the same text, or nearly."""
        gone = set(range(len(self._old))) - {i for i, _ in self.pairs}
        come = set(range(len(self._new))) - {j for _, j in self.pairs}
        if not gone or not come:
            return []
        moves = []
        places: dict[str, list[int]] = {}
        for j in sorted(come, reverse=True):
            places.setdefault(self._new[j], []).append(j)
        for i in sorted(gone):
            if places.get(self._old[i]):
                moves.append((i, places[self._old[i]].pop()))
        gone -= {i for i, _ in moves}
        come -= {j for _, j in moves}
        if len(gone) * len(come) <= MOST_PAIRS:
            moves += self._nearly(sorted(gone), sorted(come))
        return sorted(moves)

    def _nearly(self, gone: list[int], come: list[int]) -> list[Pair]:
        moves = []
        for i in gone:
            words = self._words[self._old[i]]
            if len(words) <= SHORT:
                continue
            others = [self._words[self._new[j]] for j in come]
            likest = extractOne(
                words, others, scorer=Indel.normalized_similarity, processor=None, score_cutoff=LIKE_MOVED
            )
            if likest is not None:
                moves.append((i, come.pop(likest[2])))
        return moves


def _heaviest(pairs: Sequence[Pair], weights: Sequence[float]) -> list[Pair]:
    """The upward row of pairs with the greatest sum of weights."""
    best: list[tuple[float, int | None]] = []
    for (i, j), weight in zip(pairs, weights, strict=True):
        before = max(
            ((w, k) for k, (w, _) in enumerate(best) if pairs[k][0] < i and pairs[k][1] < j), default=(0, None)
        )
        best.append((before[0] + weight, before[1]))
    row: list[Pair] = []
    at = max(range(len(best)), key=lambda k: best[k][0], default=None)
    while at is not None:
        row.append(pairs[at])
        at = best[at][1]
    return row[::-1]


def _trace(best: list[list[float]], score: dict[Pair, float]) -> Iterator[Pair]:
    a = b = 0
    while a < len(best) - 1 and b < len(best[0]) - 1:
        if (a, b) in score and best[a][b] == score[a, b] + best[a + 1][b + 1]:
            yield a, b
            a, b = a + 1, b + 1
        elif best[a][b] == best[a + 1][b]:
            a += 1
        else:
            b += 1
