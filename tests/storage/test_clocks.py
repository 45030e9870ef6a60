"""A clock that is set back, and one that shows an hour twice: the order of the record stays, and no time lies before another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from replica.server import ReplicaServer
from replica.site import ReplicaSite
from reports.gaps import gaps, overdue_sites
from storage import queries
from storage.clocks import SteadyClock
from storage.engine import open_store
from storage.records import RunMode
from storage.verify import verify
from tests.storage.shimmed import run, shim_in
from tests.storage.stage import Stage, address, article

A, B = article("First."), article("First.", "Second.")


@pytest.mark.parametrize("back", [timedelta(hours=1, days=1), timedelta(days=365)])
def test_a_clock_set_back_between_two_crawls_keeps_their_order(stage: Stage, back: timedelta) -> None:
    stage.crawl({"a": A})
    first = queries.run(stage.engine, stage.run_id)
    stage.now -= back
    settled = stage.crawl({"a": B})
    assert settled.events == {"edited": 1}
    assert [number for number, _ in stage.bodies("a")] == [1, 2]
    second = queries.run(stage.engine, stage.run_id)
    assert first.finished_at <= second.started_at <= second.finished_at
    assert "the clock was set back" in second.note
    (event,) = stage.events(run_id=stage.run_id)
    assert event.not_before <= event.seen_at <= event.recorded_at
    page = queries.resolve_url(stage.engine, address("a"))
    assert page.first_seen_at <= page.last_seen_at
    assert stage.is_whole()


def test_a_clock_set_back_within_a_crawl_keeps_its_order(stage: Stage) -> None:
    stage.begin()
    stage.list("a", "b")
    stage.pass_time(minutes=30)
    stage.show("a", A)
    stage.pass_time(hours=-2)
    stage.show("b", B)
    stage.pass_time(minutes=1)
    stage.end()
    found = queries.run(stage.engine, stage.run_id)
    assert found.started_at < found.finished_at
    assert "the clock was set back" in found.note
    times = [at for (at,) in stage.rows("SELECT captured_at FROM capture ORDER BY id")]
    assert times == sorted(times)
    assert stage.is_whole()


def test_a_clock_that_goes_forward_is_believed_and_makes_no_note(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.pass_time(days=400)
    stage.crawl({"a": B})
    found = queries.run(stage.engine, stage.run_id)
    assert (found.started_at, found.note) == (stage.now, "")


def test_a_clock_that_was_put_right_counts_again(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.pass_time(days=-3)
    stage.crawl({"a": A})
    stage.pass_time(days=4)
    stage.crawl({"a": A})
    found = queries.run(stage.engine, stage.run_id)
    assert (found.started_at, found.note) == (stage.now, "")


def test_the_times_of_saved_captures_are_left_as_they_are(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.pass_time(days=-400)
    stage.begin(RunMode.IMPORT, None)
    stage.show("b", B, at=datetime(2020, 5, 21, tzinfo=UTC))
    stage.end(walked_lists=False)
    page = queries.resolve_url(stage.engine, address("b"))
    assert page.first_seen_at == datetime(2020, 5, 21, tzinfo=UTC)


def test_nobody_is_overdue_and_no_gap_is_negative_when_the_clock_is_behind(stage: Stage) -> None:
    stage.crawl({"a": A})
    runs = queries.runs(stage.engine)
    then = stage.now - timedelta(days=365)
    assert gaps(runs, until=then) == []
    assert overdue_sites(runs, now=then) == []


def test_a_steady_clock_goes_on_from_where_it_was() -> None:
    times = iter([10, 20, 5, 6, 50])
    clock = SteadyClock(lambda: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=next(times)))
    seconds = [(clock() - datetime(2026, 1, 1, tzinfo=UTC)).total_seconds() for _ in range(5)]
    assert seconds == [10, 20, 20, 21, 65]
    assert clock.ahead == timedelta(seconds=15)


@pytest.fixture
def crawl(tmp_path: Path) -> Iterator[object]:
    """The program in a process whose clock is off by so many seconds, on a replica that is edited in between."""
    site = ReplicaSite(6, "bitrix", 5)
    shim = shim_in(tmp_path / "shim")
    with ReplicaServer(site) as server:

        def go(clock: int) -> None:
            order = ["crawl", "--base-url", server.base_url, "--mode", "full", "--delay", "0"]
            done = run(shim, "--db", f"sqlite:///{tmp_path / 'store.db'}", *order, clock=clock)
            assert done.returncode == 0, done.stderr

        go.site = site  # type: ignore[attr-defined]
        yield go


@pytest.mark.slow
def test_a_crawl_an_hour_before_the_last_one_tells_its_edit_behind_it(tmp_path: Path, crawl: object) -> None:
    crawl(0)  # type: ignore[operator]
    edited = crawl.site.addresses[0]  # type: ignore[attr-defined]
    crawl.site.retitle(edited, "Another title")  # type: ignore[attr-defined]
    crawl(-3600)  # type: ignore[operator]
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}", write=False)
    versions = queries.history(engine, crawl.site.url(edited).rstrip("/"))  # type: ignore[attr-defined]
    assert [version.article.title for version in versions][-1] == "Another title"
    assert len(versions) == 2
    later, first = queries.runs(engine)
    assert first.finished_at <= later.started_at <= later.finished_at
    assert "the clock was set back" in later.note
    assert verify(engine) == []
    engine.dispose()


def test_the_hour_that_a_zone_shows_twice_is_two_hours_in_the_record(stage: Stage) -> None:
    """In Berlin it is 02:30 twice on 2026-10-25."""
    berlin = ZoneInfo("Europe/Berlin")
    stage.now = datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=0)
    first = stage.begin(RunMode.URL)
    stage.show("a", A)
    stage.end(walked_lists=False)
    stage.now = datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=1).astimezone(UTC)
    second = stage.begin(RunMode.URL)
    stage.show("a", B)
    stage.end(walked_lists=False)
    starts = [queries.run(stage.engine, run_id).started_at for run_id in (first, second)]
    assert starts == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)]
    assert [number for number, _ in stage.bodies("a")] == [1, 2]
    assert queries.run(stage.engine, second).note == ""
