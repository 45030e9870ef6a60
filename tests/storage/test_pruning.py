"""``prune``: the policy applied to what is there; a dry run says beforehand what goes, and what must stay stays."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import text

from storage.compacting import compact
from storage.engine import writing
from storage.keeping import Dropped, Why
from storage.lock import store_lock
from storage.pruning import Pruned, prune, survey
from storage.records import Outcome, RunMode
from storage.retention import Retention
from tests.storage import test_bodies as made
from tests.storage.stage import Stage, article

KEEP_ALL = Retention(keep="all", failed_count=1000)
A, B, C = article("First."), article("Second."), article("Third.")


def kept(stage: Stage) -> list[int]:
    return [id_ for (id_,) in stage.rows("SELECT capture_id FROM answer ORDER BY capture_id")]


@pytest.fixture
def hoard(db_url: str) -> Stage:
    """A store that kept all: a page with three versions and repetitions, one with failures, one that is held."""
    stage = Stage(db_url, KEEP_ALL)
    for shown in (A, A, A, B, B, C, C, C):
        stage.crawl({"a": shown, "b": Outcome.HTTP_ERROR})
    return stage


def test_what_a_dry_run_says_is_what_goes(hoard: Stage) -> None:
    policy = Retention(failed_count=2)
    said = survey(hoard.engine, policy, hoard.now)
    before = kept(hoard)
    done = prune(hoard.engine, policy, hoard.now)
    assert said == done
    assert done.captures == {Why.SUPERSEDED: 4}
    assert done.dropped.bodies == 4
    assert done.dropped.stored > 0
    assert len(kept(hoard)) == len(before) - 4
    assert survey(hoard.engine, policy, hoard.now) == Pruned()
    assert hoard.is_whole()
    hoard.close()


def test_what_opened_a_version_and_the_latest_answer_stay_under_the_strictest_policy(hoard: Stage) -> None:
    strictest = Retention("versions", 0, timedelta(hours=1), 0, timedelta(hours=1))
    prune(hoard.engine, strictest, hoard.now + timedelta(days=10_000))
    openers = [id_ for (id_,) in hoard.rows("SELECT opened_by FROM version")]
    latest = [id_ for (id_,) in hoard.rows("SELECT latest_capture_id FROM page WHERE current_version_id IS NOT NULL")]
    assert kept(hoard) == sorted({*openers, *latest})
    assert hoard.is_whole()
    hoard.close()


def failures(stage: Stage, days: int) -> None:
    stage.pass_time(days=days)
    stage.begin(RunMode.URL)
    stage.show("f", Outcome.HTTP_ERROR, body=f"failed {stage.now}".encode())
    stage.show("u", Outcome.EXTRACT_FAILED, body=f"unread {stage.now}".encode())
    stage.end(walked_lists=False)


def test_each_reason_is_counted_for_itself(db_url: str) -> None:
    stage = Stage(db_url, KEEP_ALL)
    for days in (1, 40, 1, 1, 1):
        failures(stage, days)
    policy = Retention(failed_count=2, failed_age=timedelta(days=2), unread_count=4, unread_age=timedelta(days=2))
    done = prune(stage.engine, policy, stage.now)
    assert done.captures == {Why.FAILED_COUNT: 3, Why.UNREAD_COUNT: 1, Why.UNREAD_AGE: 1}
    stage.pass_time(days=30)
    assert prune(stage.engine, policy, stage.now).captures == {Why.FAILED_AGE: 2, Why.UNREAD_AGE: 3}
    assert kept(stage) == []
    assert stage.is_whole()
    stage.close()


def test_what_is_held_or_not_settled_yet_stays(db_url: str) -> None:
    stage = Stage(db_url, KEEP_ALL)
    long = article("A long text of many words. " * 40)
    stage.crawl({"a": long})
    stage.pass_time(days=1)
    stage.begin(RunMode.URL)
    held = stage.show("a", Outcome.SUSPECT, body=b"most of it is gone", article=article("Stub."))
    stage.end(walked_lists=False)
    assert stage.rows("SELECT capture_id FROM held") == [(held,)]
    stage.begin(RunMode.URL)
    waiting = stage.show("u", Outcome.EXTRACT_FAILED, body=b"unread")
    strictest = Retention("versions", 0, timedelta(hours=1), 0, timedelta(hours=1))
    prune(stage.engine, strictest, stage.now + timedelta(days=100))
    assert {held, waiting} <= set(kept(stage))
    stage.end(walked_lists=False)
    assert stage.is_whole()
    stage.close()


def test_bodies_behind_others_shared_ones_and_those_in_packs_are_told_apart(db_url: str) -> None:
    """A body that another page needs, or another body, doesn't leave; a pack that still holds one doesn't either."""
    stage = Stage(db_url, KEEP_ALL)
    for number, visit in ((0, 0), (0, 1), (1, 2), (1, 3), (2, 4)):
        made.crawl(stage, number, visit)
        if visit == 1:
            compact(stage.engine)
    stage.begin()
    stage.show("p0", made.shown("p0", 2), body=b"<html>the same for two</html>" * 30)
    stage.show("p1", made.shown("p1", 2), body=b"<html>the same for two</html>" * 30)
    stage.end(is_complete=False, walked_lists=False)
    policy = Retention()
    said = survey(stage.engine, policy, stage.now)
    bodies = stage.rows("SELECT count(*) FROM body")[0][0]
    assert prune(stage.engine, policy, stage.now) == said
    assert said.dropped.bodies == bodies - stage.rows("SELECT count(*) FROM body")[0][0] > 0
    assert stage.is_whole()
    stage.close()


@pytest.mark.parametrize("seed", range(3))
def test_a_dry_run_is_right_for_any_history(db_url: str, seed: int) -> None:
    chance = random.Random(seed)
    stage = Stage(db_url, Retention(keep="all", failed_count=1000))
    names = ["a", "b", "c", "d"]
    for _ in range(12):
        pages = {
            name: chance.choice([A, B, C, Outcome.HTTP_ERROR, Outcome.EXTRACT_FAILED, Outcome.NOT_MODIFIED])
            for name in chance.sample(names, 3)
        }
        stage.pass_time(days=1)
        stage.begin()
        for name, shown in pages.items():
            more = {} if shown is Outcome.NOT_MODIFIED else {"body": f"{shown} {chance.randrange(4)}".encode()}
            stage.show(name, shown, **more)
        stage.end(is_complete=False, walked_lists=False)
    policy = Retention("versions", chance.randrange(3), timedelta(days=chance.randrange(1, 9)), chance.randrange(3))
    said = survey(stage.engine, policy, stage.now)
    assert said.captures
    assert prune(stage.engine, policy, stage.now) == said
    assert survey(stage.engine, policy, stage.now).dropped == Dropped()
    assert stage.is_whole()
    stage.close()


# Kills itself at its N-th statement or commit; prints how many there were where it lives on.
KILLED = """
import os, signal, sys
from datetime import datetime
from sqlalchemy import event
from sqlalchemy.engine import Engine
from storage import pruning
from storage.engine import open_store
from storage.keeping import Dropped
from storage.retention import Retention
pruning.PAGES_AT_ONCE = 1
engine, seen = open_store(sys.argv[1], write=True), [0]
def count(*_):
    seen[0] += 1
    if seen[0] == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
event.listen(Engine, "before_cursor_execute", count)
event.listen(Engine, "commit", count)
pruning.prune(engine, Retention(failed_count=1), datetime.fromisoformat(sys.argv[3]))
print(seen[0])
"""


@pytest.mark.slow
def test_killed_at_any_statement_it_leaves_a_whole_store_and_goes_on(db_url: str) -> None:
    stage = Stage(db_url, KEEP_ALL)
    for shown in (A, A, B, B, B):
        stage.crawl({"a": shown, "b": shown, "c": A})
    expected = survey(stage.engine, Retention(failed_count=1), stage.now).captures.total()
    command = [sys.executable, "-c", KILLED, db_url]
    environment = os.environ | {"PYTHONPATH": "."}
    for fatal in range(3, 60, 7):
        done = subprocess.run(
            [*command, str(fatal), stage.now.isoformat()], capture_output=True, env=environment, check=False
        )
        assert done.returncode in {-signal.SIGKILL, 0}, done.stderr
        assert stage.is_whole()
        if done.returncode == 0:
            break
    left = survey(stage.engine, Retention(failed_count=1), stage.now)
    assert left == Pruned() or left.captures.total() < expected
    prune(stage.engine, Retention(failed_count=1), stage.now)
    assert stage.is_whole()
    stage.close()


def test_a_dry_run_needs_no_lock_and_writes_nothing(hoard: Stage) -> None:
    with store_lock(hoard.url):
        before = hoard.rows("SELECT count(*) FROM answer")
        survey(hoard.engine, Retention(), hoard.now)
        assert hoard.rows("SELECT count(*) FROM answer") == before
    hoard.close()


def test_a_pack_with_a_gap_is_made_anew_by_the_next_compact(stage: Stage) -> None:
    """Bodies of packs opened versions; here one is taken by hand, as a history that was rebuilt would."""
    made.crawl(stage)
    compact(stage.engine)
    ((size,),) = stage.rows("SELECT size FROM pack")
    with writing(stage.engine) as connection:
        ((digest, length),) = connection.execute(text("SELECT sha256, size FROM body ORDER BY place LIMIT 1")).all()
        connection.execute(text("DELETE FROM answer WHERE body_sha256 = :digest"), {"digest": digest})
        connection.execute(text("DELETE FROM body WHERE sha256 = :digest"), {"digest": digest})
        connection.execute(text("UPDATE version SET is_kept = :no WHERE id = 1"), {"no": False})
    assert compact(stage.engine).rewritten == 1
    assert stage.rows("SELECT size FROM pack") == [(size - length,)]
    assert compact(stage.engine).rewritten == 0
    assert len(made.read_all(stage)) == made.PAGES - 1
