"""Times known between two bounds: against published estimates, against Kaplan and Meier's by hand, and by likelihood."""

from __future__ import annotations

import random
from itertools import pairwise
from math import inf, log, prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.survival import Bounds, turnbull, wilson
from tests.cpu import within

# Months until the breast had retracted, of 46 women after radiation (Finkelstein and Wolfe 1985); 0 for "not yet".
RETRACTED = (
    "45-0 6-10 0-7 46-0 46-0 7-16 17-0 7-14 37-44 0-8 4-11 15-0 11-15 22-0 46-0 46-0 25-37 46-0 26-40 46-0 27-34 36-44 46-0 "
    "36-48 37-0 40-0 17-25 46-0 11-18 38-0 5-12 37-0 0-5 18-0 24-0 36-0 5-11 19-35 17-25 24-0 32-0 33-0 19-26 37-0 34-0 36-0"
)
# Weeks in remission, of 21 patients with 6-MP (Freireich 1963); negative: still in remission.
REMISSION = (6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35)


def test_it_is_the_published_estimate_for_intervals() -> None:
    pairs = (tuple(map(int, pair.split("-"))) for pair in RETRACTED.split())
    curve = turnbull([(early, late or inf) for early, late in pairs])
    assert curve.count == 46
    assert [(a, b, round(share, 3)) for a, b, share in curve.steps if share > 0.001] == [
        (4, 5, 0.046), (6, 7, 0.033), (7, 8, 0.089), (11, 12, 0.071),
        (24, 25, 0.093), (33, 34, 0.082), (38, 40, 0.121), (46, 48, 0.466),
    ]  # fmt: skip


def test_it_is_kaplan_and_meiers_where_times_are_exact() -> None:
    curve = turnbull([(time, time) if time > 0 else (-time, inf) for time in REMISSION])
    left = [round(1 - curve.by(time)[1], 3) for time in (6, 7, 10, 13, 16, 22, 23)]
    assert left == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    median = curve.quantile(0.5)
    assert median is not None
    assert median[1] == 23


def kaplan_meier(times: list[tuple[int, bool]]) -> dict[int, float]:
    """The share left after each time at which it happened."""
    left, found = 1.0, {}
    for time in sorted({time for time, happened in times if happened}):
        at_risk = sum(other >= time for other, _ in times)
        left *= 1 - sum(other == time and happened for other, happened in times) / at_risk
        found[time] = left
    return found


@settings(deadline=None, max_examples=80)
@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=40))
def test_it_is_kaplan_and_meiers_for_any_exact_times(times: list[tuple[int, bool]]) -> None:
    curve = turnbull([(time, time) if happened else (time, inf) for time, happened in times])
    for time, left in kaplan_meier(times).items():
        assert 1 - curve.by(time)[0] == pytest.approx(left, abs=1e-3)


def likelihood(shares: dict[tuple[float, float], float], times: list[Bounds]) -> float:
    return sum(
        log(max(sum(s for (a, b), s in shares.items() if a >= early and b <= late), 1e-12)) for early, late in times
    )


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(1, 8), st.booleans()), min_size=2, max_size=12),
    st.integers(0, 9),
)
def test_no_other_shares_fit_the_observations_better(drawn: list[tuple[int, int, bool]], seed: int) -> None:
    times = [(float(early), inf if is_open else float(early + length)) for early, length, is_open in drawn]
    best = {(a, b): share for a, b, share in turnbull(times).steps}
    reached = likelihood(best, times)
    draw = random.Random(seed)
    edges = sorted({bound for pair in times for bound in pair})
    cells = list(pairwise(edges))
    for _ in range(30):
        weights = [draw.random() ** 3 for _ in cells]
        other = {cell: weight / sum(weights) for cell, weight in zip(cells, weights, strict=True)}
        mixed = {cell: 0.9 * best.get(cell, 0.0) + 0.1 * other.get(cell, 0.0) for cell in {*best, *other}}
        assert likelihood(mixed, times) <= reached + 1e-4


def test_what_was_never_observed_is_unknown_and_says_so() -> None:
    curve = turnbull([(0, 100), (500, inf), (500, inf), (500, inf)])
    assert curve.by(100) == (pytest.approx(0.25), pytest.approx(0.25))
    assert curve.by(50) == (0, pytest.approx(0.25))
    assert curve.by(1000) == (pytest.approx(0.25), 1)
    assert curve.quantile(0.5) is None
    assert curve.quantile(0.2) == (0, 100)
    assert turnbull([]).by(10) == (0.0, 1.0)


def test_the_truth_lies_within_the_bounds_where_it_is_drawn_from_a_known_law() -> None:
    """Half-lives of three days, looked at each 7 hours for as long as chance would have it."""
    draw = random.Random(11)
    times: list[Bounds] = []
    for _ in range(20_000):
        moment, end = draw.expovariate(log(2) / 72), draw.uniform(24, 400)
        early = moment // 7 * 7
        times.append((early, early + 7) if early + 7 <= end else (end // 7 * 7, inf))
    curve = turnbull(times)
    for hours in (7, 14, 70, 140, 210):
        least, most = curve.by(hours)
        assert least == pytest.approx(most, abs=1e-6)
        assert least == pytest.approx(1 - 0.5 ** (hours / 72), abs=0.015)
    median = curve.quantile(0.5)
    assert median is not None
    assert median[0] <= 75
    assert (median[1] or 0) >= 69


def test_fifty_thousand_times_with_bounds_all_different_take_seconds() -> None:
    draw = random.Random(5)
    times: list[Bounds] = []
    for _ in range(50_000):
        early = draw.expovariate(1 / 4e5)
        times.append((early, early + draw.uniform(60, 90_000)) if draw.random() < 0.2 else (early * 10, inf))
    curve = within(60, lambda: turnbull(times))
    for moment in (3600, 86_400, 604_800, 2_592_000):
        assert 0 <= curve.by(moment)[0] <= curve.by(moment)[1] <= 1


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    # Newcombe 1998, table I.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_the_interval_of_a_share_is_the_published_one(hits: int, of: int, low: float, high: float) -> None:
    assert [round(bound, 4) for bound in wilson(hits, of)] == [low, high]


def test_of_nothing_any_share_is_possible() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert prod(wilson(1, 1)) < 1
