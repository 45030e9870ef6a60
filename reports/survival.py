"""Times until something happens, each known only between two bounds: the estimate that fits them best (Turnbull 1976). Pure.

``early < time <= late``; ``late`` is infinite for what hasn't happened yet (right-censored). Where all times were exact, the
estimate is Kaplan and Meier's.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import inf, log, sqrt
from operator import sub
from typing import Final

Bounds = tuple[float, float]
_EXACT: Final = 1e-6
"""Times that are known to the second lie in (t - this, t]."""
_ENOUGH: Final = 1e-6
_MOST_STEPS: Final = 300
FINEST: Final = 400
"""More different bounds than this are rounded outward, by a hundredth at most."""
_FINENESS: Final = 1.01


@dataclass(frozen=True, slots=True)
class Curve:
    """The share that it has happened to by then. ``steps``: (after, by, share) of the intervals in which it happens, in order.

    Where within such an interval it happens no observation tells: so there is a least and a most for each moment.
    """

    steps: tuple[tuple[float, float, float], ...]
    count: int

    def by(self, time: float) -> tuple[float, float]:
        """The least and the most of the share to which it has happened by a time; anything where nothing was observed."""
        if not self.count:
            return 0.0, 1.0
        least = sum(share for _, late, share in self.steps if late <= time)
        return min(least, 1.0), min(sum(share for early, _, share in self.steps if early < time), 1.0)

    def quantile(self, share: float) -> tuple[float, float | None] | None:
        """Between which times a share is reached; None where it isn't within what was observed."""
        reached = 0.0
        for early, late, each in self.steps:
            reached += each
            if reached >= share - _ENOUGH:
                return None if late == inf else (max(early, 0.0), late)
        return None


def turnbull(times: Iterable[Bounds], kept: Iterable[float] = ()) -> Curve:
    """The nonparametric maximum likelihood estimate, by self-consistency. ``kept``: moments to which no bound is rounded."""
    observed = Counter((early if early < late else late - _EXACT, late) for early, late in times)
    count = observed.total()
    observed = _coarser(observed, kept)
    innermost = _innermost(observed)
    if not innermost:
        return Curve((), count)
    starts, ends = [early for early, _ in innermost], [late for _, late in innermost]
    # The innermost intervals that lie within an observation are neighbours: from the first to the last of them.
    ranges: Counter[tuple[int, int]] = Counter()
    for (early, late), many in observed.items():
        ranges[bisect_left(starts, early), bisect_right(ends, late)] += many
    shares = _fitted(len(innermost), ranges, count)
    steps = zip(starts, ends, shares, strict=True)
    return Curve(tuple((early, late, share) for early, late, share in steps if share > _ENOUGH), count)


def _innermost(observed: Iterable[Bounds]) -> list[Bounds]:
    """The intervals from an early bound to the next late one, with no bound between them: only there the estimate may rise."""
    # An open early bound at the place of a closed late one comes after it.
    bounds = sorted({(late, 0) for _, late in observed} | {(early, 1) for early, _ in observed})
    return [(a, b) for (a, opens), (b, is_early) in pairwise(bounds) if opens and not is_early]


def _fitted(many: int, ranges: Counter[tuple[int, int]], count: int) -> list[float]:
    """Self-consistency, each two steps followed by a leap in their direction (SQUAREM: Varadhan and Roland 2008)."""
    shares = [1 / many] * many
    for _ in range(_MOST_STEPS):
        one, _ = _step(shares, ranges, count)
        two, reached = _step(one, ranges, count)
        if max(map(_distance, two, one)) < _ENOUGH / 100:
            return two
        leap, gained = _step(_leap(shares, one, two), ranges, count)
        shares = leap if gained >= reached else two
    return shares


def _step(shares: list[float], ranges: Counter[tuple[int, int]], count: int) -> tuple[list[float], float]:
    """The next shares, and the logarithm of the likelihood of those that were given."""
    until = [0.0, *accumulate(shares)]
    change, likelihood = [0.0] * (len(shares) + 1), 0.0
    for (first, end), times in ranges.items():
        within = max(until[end] - until[first], 1e-300)
        weight = times / within / count
        likelihood += times * log(within)
        change[first] += weight
        change[end] -= weight
    return [share * max(weight, 0.0) for share, weight in zip(shares, accumulate(change), strict=False)], likelihood


def _leap(zero: list[float], one: list[float], two: list[float]) -> list[float]:
    moved = list(map(sub, one, zero))
    bend = [b - a - step for a, b, step in zip(one, two, moved, strict=True)]
    length = -max(sqrt(sum(step * step for step in moved) / max(sum(each * each for each in bend), 1e-300)), 1.0)
    far = [a - 2 * length * step + length * length * each for a, step, each in zip(zero, moved, bend, strict=True)]
    # A share of nothing would stay nothing for ever.
    held = [share if share > 0 else each / 10 for share, each in zip(far, two, strict=True)]
    total = sum(held)
    return [share / total for share in held]


def _distance(one: float, other: float) -> float:
    return abs(one - other)


def _coarser(observed: Counter[Bounds], kept: Iterable[float]) -> Counter[Bounds]:
    if len({bound for pair in observed for bound in pair}) <= FINEST:
        return observed
    longest = max(max(early, late if late < inf else 0.0) for early, late in observed)
    steps = range(int(log(longest + 1) / log(_FINENESS)) + 2)
    edges = sorted({0.0, inf, *kept, *(float(round(_FINENESS**step)) for step in steps)})
    made: Counter[Bounds] = Counter()
    for (early, late), many in observed.items():
        made[edges[bisect_right(edges, early) - 1], edges[bisect_left(edges, late)]] += many
    return made


def wilson(hits: int, of: int, z: float = 1.959964) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927); (0, 1) of none."""
    if not of:
        return 0.0, 1.0
    share, square = hits / of, z * z
    middle, half = share + square / (2 * of), z * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max((middle - half) / (1 + square / of), 0.0), min((middle + half) / (1 + square / of), 1.0)
