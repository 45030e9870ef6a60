"""The geometry of a report's pictures agrees with the numbers beside them."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.render.plots import WIDTH, delay_plot, section_plot, time_plot
from reports.tallies import Bar, InTime, Tally, delays
from tests.reports.made import NOON, event

BARS = st.lists(
    st.builds(Bar, st.just("2026-07-26"), st.tuples(*[st.integers(0, 5000)] * 3), st.booleans()), max_size=62
)


@given(BARS)
def test_each_level_is_as_tall_as_its_count_and_nothing_leaves_the_picture(bars: list[Bar]) -> None:
    plot = time_plot(InTime("day", bars))
    top = max((int(tick.label) for tick in plot.up), default=0)
    assert top >= max((bar.total for bar in bars), default=0)
    for level in range(3):
        drawn = sum(box.height for box in plot.boxes if box.level == level)
        counted = sum(bar.by_level[level] for bar in bars) * (plot.foot - plot.top) / top
        assert drawn == pytest.approx(counted, abs=0.06 * (len(bars) + 1))
    for box in (*plot.boxes, *plot.blind):
        assert plot.left - 0.1 <= box.x <= box.x + box.width <= plot.right + 0.2
        assert plot.top - 0.2 <= box.y <= box.y + box.height <= plot.foot + 0.2
    assert len(plot.blind) == sum(not bar.is_watched for bar in bars)


@given(BARS)
def test_a_row_of_a_section_is_as_long_as_its_count(bars: list[Bar]) -> None:
    plot = section_plot(bars)
    assert len(plot.up) == len(bars)
    assert all(box.x + box.width <= WIDTH for box in plot.boxes)
    assert all(box.y + box.height <= plot.height for box in plot.boxes)


@given(st.lists(st.tuples(st.integers(-40, 4000), st.integers(0, 400)), max_size=40))
def test_at_least_is_never_above_at_most_and_both_only_rise(waits: list[tuple[int, int]]) -> None:
    tally = Tally()
    for least, more in waits:
        seen = NOON + timedelta(days=least + more)
        tally.count_edit(event(not_before=NOON + timedelta(days=least), seen_at=seen), date(2026, 7, 26))
    found = delays(tally)
    assert all(certain <= possible for _, certain, possible in found.curve)
    assert found.curve == sorted(found.curve)
    assert [possible for _, _, possible in found.curve] == sorted(possible for _, _, possible in found.curve)
    plot = delay_plot(found)
    assert re.fullmatch(r"M(?:[\d.]+,[\d.]+ ?)+", plot.least)
    assert plot.area.endswith("Z")
