"""Which bytes are kept, and how they are stored."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from storage import bodies
from storage.engine import sqlite_module
from storage.records import Outcome, RunMode
from storage.retention import Retention
from tests.storage.stage import Stage, article

A, B = article("First."), article("Second.")


def kept(stage: Stage) -> list[int]:
    """The captures whose bytes are kept."""
    return [id_ for (id_,) in stage.rows("SELECT capture_id FROM answer ORDER BY capture_id")]


def body_of(stage: Stage, capture_id: int) -> bytes:
    sql = "SELECT codec, data FROM body JOIN answer ON answer.body_sha256 = body.sha256 WHERE capture_id = :id"
    ((codec, data),) = stage.rows(sql, id=capture_id)
    return bodies.decompress(codec, bytes(data))


def test_a_page_s_latest_bytes_replace_those_that_say_the_same(stage: Stage) -> None:
    for _ in range(4):
        stage.crawl({"a": A})
    assert kept(stage) == [1, 4], "the first opened the version, the last is the latest"
    assert stage.rows("SELECT count(*) FROM body") == [(2,)]
    assert stage.is_whole()


def test_the_bytes_that_opened_a_version_are_kept_for_ever(stage: Stage) -> None:
    for shown in (A, A, B, B, A, A):
        stage.crawl({"a": shown})
    assert kept(stage) == [1, 3, 5, 6]
    assert stage.is_whole()


def test_equal_bytes_are_stored_once(stage: Stage) -> None:
    stage.begin()
    stage.list("a", "b")
    stage.show("a", A, body=b"the same")
    stage.show("b", B, body=b"the same")
    stage.end()
    assert stage.rows("SELECT size FROM body") == [(8,)]
    assert kept(stage) == [1, 2]
    stage.crawl({"a": A})
    stage.crawl({"a": A})
    assert stage.is_whole(), "what one page lets go another one still needs"


def test_bytes_that_two_captures_of_a_batch_share_are_stored_once(stage: Stage) -> None:
    stage.begin()
    stage.record(stage.capture("a", A, stage.now, body=b"x"), stage.capture("b", B, stage.now, body=b"x"))
    stage.end()
    assert stage.rows("SELECT count(*) FROM body") == [(1,)]


@pytest.mark.parametrize("outcome", [Outcome.HTTP_ERROR, Outcome.BLOCKED, Outcome.GONE, Outcome.SOFT_404])
def test_of_an_answer_that_is_no_article_64_kib_are_kept(stage: Stage, outcome: Outcome) -> None:
    long = bytes(range(256)) * 300
    stage.begin()
    capture = stage.show("a", outcome, body=long)
    stage.end()
    assert body_of(stage, capture) == long[: 64 * 1024]
    assert stage.rows("SELECT is_whole FROM answer") == [(0,)] or stage.rows("SELECT is_whole FROM answer") == [
        (False,)
    ]
    ((digest,),) = stage.rows("SELECT body_sha256 FROM capture")
    assert bytes(digest) == bodies.digest(long), "the capture names the whole answer"
    assert stage.is_whole()


@pytest.mark.parametrize("outcome", [Outcome.EXTRACT_FAILED, Outcome.SUSPECT])
def test_what_may_yet_be_read_is_kept_whole(stage: Stage, outcome: Outcome) -> None:
    long = bytes(range(256)) * 300
    captures = []
    for _ in range(5):
        stage.begin(RunMode.URL)
        captures.append(stage.show("a", outcome, body=long))
        stage.end(walked_lists=False)
    assert kept(stage) == captures
    assert body_of(stage, captures[0]) == long


def test_of_a_page_s_failures_the_last_three_are_kept(stage: Stage) -> None:
    for number in range(5):
        stage.begin(RunMode.URL)
        stage.show("a", Outcome.HTTP_ERROR, body=f"error {number}".encode())
        stage.show("b", Outcome.HTTP_ERROR, body=b"down")
        stage.end(walked_lists=False)
    assert kept(stage) == [5, 6, 7, 8, 9, 10]
    assert stage.rows("SELECT count(*) FROM body") == [(4,)]
    assert stage.is_whole()


def test_a_visit_that_brings_no_bytes_takes_nobody_s_place(stage: Stage) -> None:
    for _ in range(3):
        stage.crawl({"a": A})
    stage.crawl({"a": Outcome.NOT_MODIFIED})
    assert kept(stage) == [1, 3], "the latest answer that brought an article stays"
    stage.crawl({"a": B})
    assert kept(stage) == [1, 5]
    assert stage.is_whole()


def test_where_all_is_kept_no_article_s_bytes_go(db_url: str) -> None:
    stage = Stage(db_url, Retention(keep="all"))
    for shown in (A, A, A, B, B, A):
        stage.crawl({"a": shown})
    assert kept(stage) == [1, 2, 3, 4, 5, 6]
    assert stage.is_whole()
    stage.close()


def failing(stage: Stage, outcome: Outcome, times: int) -> None:
    """So many runs, ten days apart, in which one page gives this outcome."""
    for number in range(times):
        stage.pass_time(days=10)
        stage.begin(RunMode.URL)
        stage.show("a", outcome, body=f"{outcome} {number}".encode())
        stage.end(walked_lists=False)


@pytest.mark.parametrize(
    ("retention", "left"),
    [
        (Retention(failed_count=0), []),
        (Retention(failed_count=1), [6]),
        (Retention(failed_count=5), [2, 3, 4, 5, 6]),
        (Retention(failed_age=timedelta(days=15)), [5, 6]),
        (Retention(failed_count=5, failed_age=timedelta(days=35)), [3, 4, 5, 6]),
    ],
)
def test_failures_are_kept_by_count_and_by_age(db_url: str, retention: Retention, left: list[int]) -> None:
    stage = Stage(db_url, retention)
    failing(stage, Outcome.HTTP_ERROR, 6)
    assert kept(stage) == left
    assert stage.is_whole()
    stage.close()


@pytest.mark.parametrize(
    ("retention", "unread", "suspect"),
    [
        (Retention(), 6, 12),
        (Retention(unread_count=2), 2, 3),
        (Retention(unread_age=timedelta(days=25)), 3, 3),
        (Retention(unread_count=0, unread_age=timedelta(hours=1)), 0, 1),
    ],
)
def test_what_may_yet_be_read_goes_only_where_the_policy_says_so(
    db_url: str, retention: Retention, unread: int, suspect: int
) -> None:
    """The latest suspect answer is held besides, and stays until that is answered."""
    stage = Stage(db_url, retention)
    failing(stage, Outcome.EXTRACT_FAILED, 6)
    assert len(kept(stage)) == unread
    failing(stage, Outcome.SUSPECT, 6)
    assert len(kept(stage)) == suspect
    assert stage.is_whole()
    stage.close()


def test_a_capture_without_bytes_keeps_none(stage: Stage) -> None:
    stage.begin()
    stage.show("a", Outcome.NET_ERROR)
    stage.show("b", Outcome.EMPTY, body=b"")
    stage.end()
    assert kept(stage) == []
    assert stage.rows("SELECT body_sha256 FROM capture WHERE body_sha256 IS NOT NULL") == []


def test_bytes_come_back_as_they_went_in() -> None:
    data = bytes(range(256)) * 100
    codec, stored = bodies.compress(data)
    assert codec == "zstd"
    assert len(stored) < len(data) / 10
    assert bodies.decompress(codec, stored) == data


def test_damaged_bytes_and_unknown_codecs_are_errors() -> None:
    _, stored = bodies.compress(b"x" * 1000)
    with pytest.raises(ValueError, match=r"\w"):
        bodies.decompress("zstd", stored[:-1])
    with pytest.raises(ValueError, match=r"\w"):
        bodies.decompress("zstd", b"junk")
    with pytest.raises(bodies.UnknownCodec, match="rot13"):
        bodies.decompress("rot13", stored)


@pytest.mark.slow
def test_an_unchanged_visit_costs_about_a_hundred_bytes(sqlite_url: str, tmp_path: Path) -> None:
    """Its share of the run's row and of the seal counts too, in runs of 1,000 visits."""
    stage = Stage(sqlite_url)
    pages = {f"page-{number}": article(f"Text {number}.") for number in range(1000)}
    stage.crawl(pages)
    stage.crawl(pages)
    before = _packed_size(sqlite_url, tmp_path / "before.db")
    for _ in range(2):
        stage.crawl(pages)
    after = _packed_size(sqlite_url, tmp_path / "after.db")
    stage.close()
    assert (after - before) / 2000 < 100


def _packed_size(url: str, copy: Path) -> int:
    """Rows and indexes as they are, without the space that is free in the file."""
    connection = sqlite_module().connect(url.removeprefix("sqlite:///"))
    connection.execute("VACUUM INTO ?", (str(copy),))
    connection.close()
    return copy.stat().st_size
