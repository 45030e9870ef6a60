"""What is counted of readers beside a writer: that they are at work, what they meet, and how long they wait."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmarks import readers, refusal
from benchmarks.readers import QUERIES, is_good, measure

REFUSED = {"exit_codes": [75], "requests": 0, "program_seconds": {"p50": 0.5, "max": 2.0}}
CALM = {
    "writer": {"captures": 20, "errors": {}},
    "errors": {},
    "damage": [],
    "queries": 1,
    "by_query": {"pages": {"queries": 1}},
    "second_crawl": REFUSED,
}


def measured(**changes: Any) -> dict[str, Any]:
    return {"is_part": False, "sqlite": CALM | changes, "postgresql": CALM, "control": {"errors": {"StoreBusy": 1}}}


@pytest.mark.parametrize(
    "changes",
    [
        {"errors": {"StoreBusy": 1}},
        {"errors": {"TornError": 1}},
        {"damage": ["body"]},
        {"writer": {"captures": 0, "errors": {}}},
        {"writer": {"captures": 9, "errors": {"StoreBusy": 1}}},
        {"queries": 0},
        {"by_query": {"pages": {"queries": 0}}},
        {"second_crawl": REFUSED | {"exit_codes": [0, 75]}},
        {"second_crawl": REFUSED | {"requests": 1}},
        {"second_crawl": REFUSED | {"program_seconds": {"p50": 1.1, "max": 1.2}}},
    ],
)
def test_the_figure_holds_only_where_nobody_met_anything_and_the_second_crawl_was_refused(
    changes: dict[str, Any],
) -> None:
    assert is_good(measured())
    assert not is_good(measured(**changes))


def test_a_part_leaves_clocks_out_and_nothing_else() -> None:
    slow = {"second_crawl": REFUSED | {"program_seconds": {"p50": 9.0}}, "by_query": {"pages": {"queries": 0}}}
    assert is_good(measured(**slow) | {"is_part": True})
    assert not is_good(measured(**slow, errors={"StoreBusy": 1}) | {"is_part": True})


def test_the_figure_needs_a_control_that_meets_locks_and_in_ci_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_good(measured() | {"control": {"errors": {}}})
    without_server = measured() | {"postgresql": {"skipped": "no server"}}
    monkeypatch.delenv("CI", raising=False)
    assert is_good(without_server)
    monkeypatch.setenv("CI", "true")
    assert not is_good(without_server)


def test_errors_and_times_of_all_readers_are_told_together() -> None:
    took = {name: [0.001 * n for n in range(1, 101)] for name in QUERIES}
    seen = [{"took": took, "errors": Counter(StoreBusy=n)} for n in (0, 2)]
    row = readers._row({"captures": 1}, seen, [])
    assert (row["queries"], row["errors"]) == (200 * len(QUERIES), {"StoreBusy": 2})
    assert (row["p50_ms"], row["p99_ms"]) == (50.0, 99.0)


@pytest.mark.slow
def test_without_a_log_and_without_waiting_readers_meet_locks(tmp_path: Path) -> None:
    row = measure(f"sqlite:///{tmp_path / 'store.db'}", 2.0, 1, without_log=True)
    assert row["errors"]["StoreBusy"] > 0
    assert row["damage"] == []


@pytest.mark.slow
def test_a_crawl_of_a_store_that_is_held_asks_for_nothing(tmp_path: Path) -> None:
    row = refusal.measure(f"sqlite:///{tmp_path / 'store.db'}", 1)
    assert (row["exit_codes"], row["requests"], row["times"]) == ([75], 0, 2)
