"""The newest seal is stamped by an authority of RFC 3161; an answer that doesn't hold is refused, and nothing is lost."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crawler.errors import ConfigurationError
from crawler.stamping import StampFailed, TimeStamping, stamp_after, stamp_newest, time_stamping_from
from storage.engine import reading, writing
from storage.stamps import newest_sealed, newest_stamp, stamps_from
from storage.verify import verify
from tests.storage.authority import Authority, authority, drip
from tests.storage.conftest import administrator, db_url, postgresql
from tests.storage.stage import Stage, article

__all__ = ["administrator", "db_url", "postgresql"]
A, B = article("First."), article("Second.")


@pytest.fixture
def tsa(tmp_path: Path) -> Iterator[Authority]:
    with authority(tmp_path) as made:
        yield made


@pytest.fixture
def stage(db_url: str) -> Iterator[Stage]:
    opened = Stage(db_url)
    opened.crawl({"a": A, "b": B})
    opened.crawl({"a": B, "b": B})
    yield opened
    opened.close()


def settings(tsa: Authority, **more: Any) -> TimeStamping:
    return TimeStamping(**({"url": tsa.url, "ca_file": tsa.ca, "seconds": 5.0} | more))


def alter(stage: Stage, statement: str, **values: Any) -> list[str]:
    with writing(stage.engine) as connection:
        connection.execute(text(statement), values)
    return [str(damage) for damage in verify(stage.engine)]


def test_the_newest_seal_is_stamped_as_openssl_confirms(stage: Stage, tsa: Authority, tmp_path: Path) -> None:
    done = stamp_newest(stage.engine, settings(tsa))
    assert done is not None
    assert (done.seal_number, done.authority, done.is_new) == (2, tsa.url, True)
    with reading(stage.engine) as connection:
        sealed, stamp = newest_sealed(connection), newest_stamp(connection)
    assert sealed is not None
    assert stamp is not None
    (tmp_path / "seal.txt").write_text(sealed[1])
    (tmp_path / "seal.tsr").write_bytes(stamp.token)
    command = ["openssl", "ts", "-verify", "-data", "seal.txt", "-in", "seal.tsr", "-CAfile", str(tsa.ca)]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    assert stamp.trusted == tsa.ca.read_bytes()
    assert verify(stage.engine) == []


def test_a_seal_is_stamped_once_and_the_next_one_again(stage: Stage, tsa: Authority) -> None:
    first, second = (stamp_newest(stage.engine, settings(tsa)) for _ in range(2))
    assert first is not None
    assert second is not None
    assert (first.is_new, second.is_new, len(tsa.asked)) == (True, False, 1)
    assert first.stamped_at == second.stamped_at
    stage.crawl({"a": A, "b": B})
    third = stamp_newest(stage.engine, settings(tsa))
    assert third is not None
    assert (third.seal_number, third.is_new) == (3, True)
    assert stage.rows("SELECT seal_number FROM stamp ORDER BY id") == [(2,), (3,)]


def test_a_second_authority_stamps_the_same_seal(stage: Stage, tsa: Authority, tmp_path: Path) -> None:
    with authority(tmp_path, "other") as other:
        stamp_newest(stage.engine, settings(tsa))
        stamp_newest(stage.engine, settings(other))
        stage.crawl({"a": A})
        stamp_newest(stage.engine, settings(other))
        with reading(stage.engine) as connection:
            first = [(stamp.seal_number, stamp.authority) for stamp in stamps_from(connection, 1)]
            later = [(stamp.seal_number, stamp.authority) for stamp in stamps_from(connection, 3)]
    assert first == [(2, tsa.url), (2, other.url)]
    assert later == [(3, other.url)]


def test_a_store_without_a_seal_asks_nobody(db_url: str, tsa: Authority) -> None:
    empty = Stage(db_url)
    assert stamp_newest(empty.engine, settings(tsa)) is None
    assert tsa.asked == []
    empty.close()


REFUSED = [
    ("refused", "the authority answered: rejection"),
    ("of_another_text", "the stamp is over something else"),
    ("of_another_question", "the stamp answers another question"),
]


@pytest.mark.parametrize(("answer", "said"), REFUSED)
def test_an_answer_that_stamps_not_what_was_asked_is_refused(
    stage: Stage, tsa: Authority, answer: str, said: str
) -> None:
    tsa.answer = getattr(tsa, answer)
    with pytest.raises(StampFailed, match=said):
        stamp_newest(stage.engine, settings(tsa))
    assert len(tsa.asked) == 1
    assert stage.rows("SELECT count(*) FROM stamp") == [(0,)]


BROKEN = [
    ((500, b"no"), "HTTP status 500"),
    ((302, b""), "HTTP status 302"),
    (b"<html><title>Sign in</title></html>", "that is no time stamp"),
    (b"", "that is no time stamp"),
    (b"0" * 10_000_000, "longer than 256 KiB"),
    (bytes.fromhex("3080308002010000"), "that is no time stamp"),
]


@pytest.mark.parametrize(("answer", "said"), BROKEN, ids=["500", "302", "page", "empty", "10MB", "endless"])
def test_an_answer_that_is_no_token_is_refused(stage: Stage, tsa: Authority, answer: Any, said: str) -> None:
    tsa.answer = lambda _question: answer
    with pytest.raises(StampFailed, match=said):
        stamp_newest(stage.engine, settings(tsa))
    assert stage.rows("SELECT count(*) FROM stamp") == [(0,)]


def test_a_token_that_another_root_signed_is_refused(stage: Stage, tsa: Authority, tmp_path: Path) -> None:
    with authority(tmp_path, "other") as other, pytest.raises(StampFailed, match="doesn't lead to a trusted"):
        stamp_newest(stage.engine, settings(tsa, ca_file=other.ca))
    assert stage.rows("SELECT count(*) FROM stamp") == [(0,)]


def test_no_flipped_bit_of_a_token_passes_as_the_seal_s_stamp(stage: Stage, tsa: Authority) -> None:
    """Every bit of the answer: it is refused, or says the same at the same time (the bits that nobody signs)."""
    from storage.tokens import TokenRefused, question, stamped_at

    with reading(stage.engine) as connection:
        sealed = newest_sealed(connection)
    assert sealed is not None
    asked = question(sealed[1])
    token, trusted = tsa.stamped(asked.data), tsa.ca.read_bytes()
    at = stamped_at(token, sealed[1], nonce=asked.nonce, trusted=trusted)
    refused = 0
    for place in range(8 * len(token)):
        flipped = bytearray(token)
        flipped[place // 8] ^= 1 << place % 8
        try:
            assert stamped_at(bytes(flipped), sealed[1], nonce=asked.nonce, trusted=trusted) == at
        except TokenRefused:
            refused += 1
    assert refused > 0.6 * 8 * len(token)


@pytest.mark.parametrize("answer", [drip, lambda _question: time.sleep(3)], ids=["drips", "silent"])
def test_a_slow_authority_is_given_up_in_time(stage: Stage, tsa: Authority, answer: Any) -> None:
    tsa.answer = answer
    began = time.monotonic()
    with pytest.raises(StampFailed, match="no answer"):
        stamp_newest(stage.engine, settings(tsa, seconds=1.0))
    assert time.monotonic() - began < 2.5


def test_an_authority_that_was_down_is_asked_again_after_the_next_run(stage: Stage, tsa: Authority) -> None:
    down = settings(tsa, url="http://127.0.0.1:9/tsa")
    stamp, failure = stamp_after(stage.engine, down)
    assert stamp is None
    assert failure.startswith("seal 2 isn't time-stamped by http://127.0.0.1:9/tsa: it can't be reached")
    assert failure.endswith("the next run asks again")
    stage.crawl({"a": A})
    stamp, failure = stamp_after(stage.engine, settings(tsa))
    assert stamp is not None
    assert (stamp.seal_number, failure) == (3, "")


def test_a_password_is_sent_and_never_kept_or_shown(stage: Stage, tsa: Authority) -> None:
    secret = settings(tsa, url=tsa.url.replace("//", "//user:canary%21@") + "?key=canary!")
    stamp_newest(stage.engine, secret)
    assert tsa.headers[0]["Authorization"] == "Basic dXNlcjpjYW5hcnkh"
    assert stage.rows("SELECT authority FROM stamp") == [(tsa.url,)]
    assert "canary" not in repr(secret)
    tsa.answer = lambda _question: (500, b"")
    stage.crawl({"a": A})
    _, failure = stamp_after(stage.engine, secret)
    assert "500" in failure
    assert "canary" not in failure


# --- verify -----------------------------------------------------------------------------------------------------------
ALTERED = [
    "UPDATE stamp SET token = (SELECT hash FROM seal WHERE number = 2)",
    "UPDATE stamp SET trusted = NULL",
    "UPDATE stamp SET authority = 'https://example.org/'",
    "UPDATE stamp SET stamped_at = requested_at, requested_at = stamped_at",
    "UPDATE stamp SET leaf = (SELECT hash FROM seal WHERE number = 2)",
    "UPDATE stamp SET seal_number = 1",
]


@pytest.mark.parametrize("statement", ALTERED)
def test_an_altered_stamp_is_named(stage: Stage, tsa: Authority, statement: str) -> None:
    stamp_newest(stage.engine, settings(tsa))
    assert verify(stage.engine) == []
    assert "stamp 1: was altered after it was received" in alter(stage, statement)


def test_a_stamp_that_was_made_to_fit_another_seal_is_named(stage: Stage, tsa: Authority) -> None:
    """Whoever can write the store can write a row's sum anew; the token itself says what it is over."""
    from dataclasses import replace

    stamp_newest(stage.engine, settings(tsa))
    with reading(stage.engine) as connection:
        stamp = newest_stamp(connection)
    assert stamp is not None
    forged = replace(stamp, seal_number=1)
    said = alter(stage, "UPDATE stamp SET seal_number = 1, leaf = :leaf", leaf=forged.leaf)
    assert said == ["stamp 1: the stamp is over something else (seal 1)"]


def test_a_stamped_seal_that_is_gone_is_named(stage: Stage, tsa: Authority) -> None:
    """The chain alone can't tell that its last seals were cut off."""
    stamp_newest(stage.engine, settings(tsa))
    with writing(stage.engine) as connection:
        connection.execute(text("UPDATE event SET seal = NULL WHERE seal = 2"))
    said = alter(stage, "DELETE FROM seal WHERE number = 2")
    assert any(each.startswith(f"seal 2: is missing, and {tsa.url} stamped it at ") for each in said)


def test_an_altered_seal_is_not_what_was_stamped(stage: Stage, tsa: Authority) -> None:
    stamp_newest(stage.engine, settings(tsa))
    said = alter(stage, "UPDATE seal SET root = previous WHERE number = 2")
    assert "stamp 1: its seal's text has another SHA-256 (seal 2)" in said


# --- settings ---------------------------------------------------------------------------------------------------------
def test_no_authority_is_asked_where_none_is_named() -> None:
    assert time_stamping_from({}) is None


WRONG = [
    ({"CSTO_WATCH_TSA_URL": "ftp://tsa.example.org/"}, "CSTO_WATCH_TSA_URL: an authority is asked over http or https"),
    ({"CSTO_WATCH_TSA_URL": "https://tsa.example.org:port/"}, "CSTO_WATCH_TSA_URL: that is no web address"),
    ({"CSTO_WATCH_TSA_URL": "https:///tsa"}, "CSTO_WATCH_TSA_URL: that is no web address"),
    ({"CSTO_WATCH_TSA_URL": "https://tsa.example.org/", "CSTO_WATCH_TSA_CA": "/no/such.pem"}, "can't be read"),
    ({"CSTO_WATCH_TSA_URL": "https://tsa.example.org/", "CSTO_WATCH_TSA_CA": __file__}, "holds no certificate"),
    ({"CSTO_WATCH_TSA_CA": "/ca.pem"}, "CSTO_WATCH_TSA_URL isn't"),
]


@pytest.mark.parametrize(("environment", "said"), WRONG)
def test_a_wrong_setting_is_named_before_anything_is_asked(environment: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        time_stamping_from(environment)
