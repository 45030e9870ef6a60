"""The figure of the report: what it counts, and what must fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks import report
from benchmarks.report_stores import make_watched
from storage import queries
from storage.engine import open_store

GOOD = {
    "changes": 50,
    "entries": 50,
    "bytes": 200_000,
    "same_bytes_again": True,
    "live": 0,
    "control_live": 2,
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("entries", 49),
        ("bytes", 400_000),
        ("same_bytes_again", False),
        ("live", 1),
        ("control_live", 0),
        ("cpu_seconds", 5.1),
    ],
)
def test_the_figure_holds_only_where_everything_does(name: str, value: Any) -> None:
    assert report.is_good(GOOD)
    assert not report.is_good(GOOD | {name: value})


@pytest.mark.parametrize(
    "injected",
    ["<script>1</script>", "<img src=x>", "<p onclick=x>", "<link rel=x>", "<form>", "<video poster=x>", "<base>"],
)
def test_what_is_live_is_counted(injected: str) -> None:
    quiet = "<article><a href='https://example.org/'>a</a><svg class='plot'><rect/></svg></article>"
    assert (report.live(quiet), report.entries(quiet)) == (0, 1)
    assert report.live(quiet + injected) == 1


def test_the_watched_site_has_the_same_history_each_time(tmp_path: Path) -> None:
    told = []
    for name in ("a", "b"):
        db_url = f"sqlite:///{tmp_path / name}.db"
        make_watched(db_url, articles=45, days=5)
        engine = open_store(db_url, write=False)
        told.append([(event.kind, event.url, event.seen_at) for event in queries.each_change(engine)])
        engine.dispose()
    assert told[0] == told[1]
    assert len({kind for kind, _, _ in told[0]}) > 1
