"""Runs that begin, end, and don't: what was acknowledged is never lost, and the next run is whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from storage import queries
from storage.errors import UnknownRecord
from storage.records import EventKind, Outcome, PageState, RunMode, RunOutcome
from tests.storage.stage import SITE, Stage, address, article, report

A, B = article("First."), article("Second.")


def test_a_run_that_never_ended_is_marked_abandoned_by_the_next(stage: Stage) -> None:
    killed = stage.begin()
    stage.show("a", A)
    stage.pass_time(hours=1)
    stage.begin()
    run = queries.run(stage.engine, killed)
    assert run is not None
    assert (run.outcome, run.exit_code, run.finished_at) == (RunOutcome.FAILED, 1, stage.now)
    assert run.note == "abandoned: it never reported its end"


def test_the_captures_of_an_abandoned_run_are_settled_by_the_next(stage: Stage) -> None:
    killed = stage.begin()
    stage.list("a", "b")
    stage.show("a", A)
    seen = stage.now
    stage.pass_time(hours=1)
    stage.begin()
    stage.list("a", "b")
    stage.show("b", B)
    assert stage.end().events == {"new": 2}
    event = stage.events()[0]
    assert (event.seen_at, event.run_id, event.baseline) == (seen, stage.run_id, True)
    assert stage.states() == {"a": "listed", "b": "listed"}
    assert queries.run(stage.engine, killed).captures == {}
    stage.begin()
    assert stage.end(walked_lists=False).events == {}
    assert stage.is_whole()


def test_pages_of_an_abandoned_first_crawl_count_as_checked(stage: Stage) -> None:
    stage.begin()
    stage.list("a", "b")
    stage.show("a", A)
    stage.pass_time(hours=1)
    stage.begin(RunMode.DUE)
    due = queries.known_pages(stage.engine, SITE, not_checked_since=stage.now - timedelta(hours=20))
    assert [page.url for page in due] == [address("b")]


def test_an_abandoned_run_s_edits_are_not_told_twice(stage: Stage) -> None:
    others = {f"p{number}": article(f"Text {number}.") for number in range(4)}
    edited = article("First, edited.")
    stage.crawl({"a": A, "b": A} | others)
    stage.pass_time(days=1)
    stage.begin()
    stage.list("a", "b", *others)
    for name, shown in ({"a": edited} | others).items():
        stage.show(name, shown)
    stage.archive.settle_batch(stage.run_id)
    stage.pass_time(minutes=1)
    stage.show("b", edited)
    stage.pass_time(days=1)
    stage.crawl({"a": edited, "b": edited} | others)
    kinds = [EventKind.EDITED]
    assert sorted((e.kind.value, e.run_id) for e in stage.events(kinds)) == [("edited", 2), ("edited", 3)]
    assert stage.is_whole()


def test_a_run_that_has_ended_stays_as_it_ended(stage: Stage) -> None:
    stage.crawl({"a": A}, note="all well")
    ended = queries.run(stage.engine, stage.run_id)
    stage.begin()
    assert queries.run(stage.engine, ended.id) == ended


def test_a_page_belongs_to_the_site_of_the_run_that_found_it(stage: Stage) -> None:
    stage.begin(RunMode.URL, "csto-ru")
    stage.show("a", A)
    stage.end(walked_lists=False)
    assert queries.pages(stage.engine)[0].site == "csto-ru"


def test_a_run_of_another_site_is_left_alone(stage: Stage) -> None:
    other = stage.begin(site="csto-ru")
    stage.begin()
    assert queries.run(stage.engine, other).finished_at is None


def test_a_run_without_a_site_gives_way_to_any(stage: Stage) -> None:
    importing = stage.begin(RunMode.IMPORT, None)
    stage.show("a", A)
    stage.begin()
    assert queries.run(stage.engine, importing).outcome is RunOutcome.FAILED
    assert stage.end().events == {"new": 1}


def test_an_import_doesn_t_end_a_crawl(stage: Stage) -> None:
    crawling = stage.begin()
    stage.begin(RunMode.IMPORT, None)
    assert queries.run(stage.engine, crawling).finished_at is None


def test_a_run_that_is_not_there_is_an_error(stage: Stage) -> None:
    for call in (
        lambda: stage.archive.record(7, [stage.capture("a", A, stage.now)]),
        lambda: stage.archive.note_listed(7, [(address("a"), address("a"))]),
        lambda: stage.archive.record_reread(7, []),
        lambda: stage.archive.settle_batch(7),
        lambda: stage.archive.settle(7, report()),
    ):
        with pytest.raises(UnknownRecord, match=r"The store holds no run 7\."):
            call()


def test_nothing_to_record_is_nothing(stage: Stage) -> None:
    stage.begin()
    assert stage.archive.record(stage.run_id, []) == []
    stage.archive.note_listed(stage.run_id, [])
    assert queries.pages(stage.engine) == []


def test_what_is_recorded_is_acknowledged_in_order(stage: Stage) -> None:
    stage.begin()
    captures = [stage.capture(name, Outcome.NET_ERROR, stage.now) for name in "cab"] + [
        stage.capture("a", A, stage.now)
    ]
    recorded = stage.archive.record(stage.run_id, captures)
    assert [(r.url, r.outcome) for r in recorded] == [(c.url, c.outcome) for c in captures]
    assert [r.id for r in recorded] == sorted(r.id for r in recorded)
    assert stage.rows("SELECT id, outcome FROM capture ORDER BY id") == [(r.id, r.outcome.value) for r in recorded]


def test_a_capture_keeps_what_was_said_of_it(stage: Stage) -> None:
    stage.begin()
    stage.show(
        "a", Outcome.HTTP_ERROR, http_status=503, reason="down\0 again", headers={"retry-after": "5"}, body=b"no"
    )
    ((status, reason, reader),) = stage.rows("SELECT http_status, reason, reader_version FROM capture")
    assert (status, reason, reader) == (503, "down again", "1")
    assert stage.rows("SELECT headers, media_type FROM answer") == [('{"retry-after":"5"}', "text/html")]


def test_the_run_keeps_how_it_was_called(stage: Stage) -> None:
    run = stage.archive.begin_run(
        SITE, RunMode.NEW, base_url="http://127.0.0.1:1", reader_version="7", program_version="0.1"
    )
    found = queries.run(stage.engine, run)
    assert (found.base_url, found.mode, found.outcome, found.finished_at) == (
        "http://127.0.0.1:1",
        RunMode.NEW,
        None,
        None,
    )
    assert stage.rows("SELECT reader_version, program_version FROM run") == [("7", "0.1")]
    assert queries.run(stage.engine, 99) is None


def test_runs_come_latest_first(stage: Stage) -> None:
    runs = [stage.begin(RunMode.URL) for _ in range(3)]
    assert [run.id for run in queries.runs(stage.engine)] == runs[::-1]
    assert [run.id for run in queries.runs(stage.engine, limit=1)] == runs[-1:]


def test_settling_a_long_batch_goes_on_where_it_stopped(stage: Stage) -> None:
    """More captures than are handled at a time, of every sort."""
    pages = {f"p{number}": article(f"Text {number}.") for number in range(520)}
    stage.crawl(pages)
    changed = pages | {"p3": B, "p510": article("Third.")}
    changed |= {f"q{number}": article(f"New {number}.") for number in range(20)}
    assert stage.crawl(changed).events == {"edited": 2, "new": 20}
    assert len(stage.states()) == 540
    assert stage.is_whole()


KILLED = """
import sys
from tests.storage.stage import Stage, article
stage = Stage(sys.argv[1])
stage.begin()
number = 0
while True:
    captures = [stage.capture(f"p{n}", article(f"Text {n}, {number}."), stage.now) for n in range(number, number + 10)]
    for recorded in stage.archive.record(stage.run_id, captures):
        print(recorded.id, flush=True)
    stage.archive.settle_batch(stage.run_id)
    stage.pass_time(seconds=1)
    number += 5
"""


@pytest.mark.parametrize("acknowledged", [1, 7, 33, 61])
def test_a_killed_process_loses_nothing_that_was_acknowledged(db_url: str, acknowledged: int) -> None:
    stage = Stage(db_url)
    stage.crawl({"p0": A})
    stage.close()
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, db_url], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "."}
    )
    assert child.stdout is not None
    told = [int(child.stdout.readline()) for _ in range(acknowledged)]
    child.send_signal(signal.SIGKILL)
    told += [int(line) for line in child.stdout.read().split(b"\n")[:-1]]
    child.wait()
    child.stdout.close()
    stage = Stage(db_url)
    kept = {id_ for (id_,) in stage.rows("SELECT id FROM capture")}
    assert set(told) <= kept
    stage.crawl({"p0": A})
    assert stage.rows("SELECT count(*) FROM capture WHERE standing > 65535") == [(0,)]
    assert stage.rows("SELECT page_id, number FROM version GROUP BY page_id, number HAVING count(*) > 1") == []
    assert stage.state("p0") is PageState.LISTED
    assert stage.is_whole()
    stage.close()
