"""Politeness, by the server's own log and never by the client's word."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from crawler.exit_codes import ExitCode
from crawler.version import program_version
from storage.records import RunMode
from tests.crawler.conftest import Rig

Make = Callable[..., Rig]


def gaps(it: Rig) -> list[float]:
    times = sorted(request.time for request in it.server.log)
    return [later - earlier for earlier, later in pairwise(times)]


def test_the_gap_between_any_two_requests_is_never_below_the_delay(rig: Make) -> None:
    it = rig(6)
    address = it.site.addresses[2]
    it.site.fault(address, 503, 2)
    it.crawl(delay=0.15, backoff=0.01)
    assert len(it.server.log) > 20
    assert it.server.log[0].path == "/robots.txt"
    assert min(gaps(it)) >= 0.15


def test_the_delay_jitters_upwards(rig: Make) -> None:
    it = rig(6)
    it.crawl(delay=0.05)
    assert max(gaps(it)) > 1.15 * min(gaps(it))


def test_there_is_one_connection_and_one_request_at_a_time(rig: Make) -> None:
    it = rig(12)
    it.crawl()
    assert max(request.in_flight for request in it.server.log) == 1
    assert max(request.connections for request in it.server.log) == 1


def test_the_user_agent_is_honest_and_makes_nothing_up(rig: Make) -> None:
    it = rig(6)
    it.crawl()
    assert {request.headers["user-agent"] for request in it.server.log} == {f"csto-watch/{program_version()}"}


def test_no_cookie_and_no_referer_is_ever_sent(rig: Make) -> None:
    it = rig(6)
    it.crawl()
    assert not [r for r in it.server.log if {"cookie", "referer", "authorization"} & r.headers.keys()]


def test_what_robots_txt_disallows_is_not_asked_for_not_even_by_the_first_waiters(rig: Make) -> None:
    it = rig(30)
    it.site.robots_text = "User-agent: *\nDisallow: /news/speech/\nDisallow: /documents/\n"
    run = it.crawl(concurrency=8)
    assert not [path for path in it.asked if path.startswith(("/news/speech/", "/documents/"))]
    assert run.captures.get("ok")


def test_a_crawl_delay_slows_the_crawl_down(rig: Make) -> None:
    it = rig(3, crawl_delay=0.2)
    it.crawl(delay=0, jitter=0.0)
    assert min(gaps(it)[1:]) >= 0.2


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_robots_txt_that_cant_be_had_allows_nothing(rig: Make, status: int) -> None:
    it = rig(6)
    it.site.robots_status = status
    run = it.crawl()
    assert it.asked == []
    assert run.exit_code == ExitCode.BLOCKED


@pytest.mark.parametrize("status", [404, 403, 401])
def test_a_robots_txt_that_isnt_there_disallows_nothing(rig: Make, status: int) -> None:
    it = rig(6)
    it.site.robots_status = status
    assert it.crawl().captures == {"ok": len(it.site.truths)}


def test_a_server_that_asks_to_stay_away_three_times_is_left_alone(rig: Make) -> None:
    it = rig(12)
    it.crawl()
    it.site.fault("*", 429, None, retry_after=0)
    run = it.crawl()
    assert run.exit_code == ExitCode.BLOCKED
    assert len(it.server.log) <= 6
    assert it.events(run) == []


def test_a_retry_after_is_waited_for(rig: Make) -> None:
    it = rig(3)
    it.crawl()
    address = it.site.pick()
    it.site.fault(address, 503, 1, retry_after=1)
    run = it.crawl(RunMode.URL, urls=(it.site.url(address),))
    first, second = (request.time for request in it.server.log if request.path == address)
    assert second - first >= 1.0
    assert run.captures == {"ok": 1}


def test_a_retry_after_that_is_far_too_long_ends_the_run(rig: Make) -> None:
    it = rig(3)
    it.crawl()
    address = it.site.pick()
    it.site.fault(address, 503, None, retry_after=1_000_000_000)
    run = it.crawl(RunMode.URL, urls=(it.site.url(address),))
    assert run.exit_code == ExitCode.BLOCKED
