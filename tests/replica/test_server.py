"""The server: HTTP as clients expect it, faults as they are planned, and a log that can be trusted."""

from __future__ import annotations

import gzip
import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from replica.measure import measure, served
from replica.server import ReplicaServer
from replica.site import ReplicaSite


@pytest.fixture
def server() -> Iterator[ReplicaServer]:
    with ReplicaServer(ReplicaSite(30, "divs")) as running:
        yield running


def connect(server: ReplicaServer) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(server.base_url).netloc, timeout=10)


def get(server: ReplicaServer, target: str, **headers: str) -> http.client.HTTPResponse:
    """One request on a connection of its own; the body is read."""
    connection = connect(server)
    try:
        connection.request("GET", target, headers=headers)
        response = connection.getresponse()
        response.body = response.read()  # type: ignore[attr-defined]
    finally:
        connection.close()
    return response


def test_many_requests_go_over_one_connection(server: ReplicaServer) -> None:
    connection = connect(server)
    for address in server.site.addresses:
        connection.request("GET", address)
        assert connection.getresponse().read().endswith(b"</html>")
    connection.close()
    assert [request.path for request in server.log] == server.site.addresses
    assert {(request.connection, request.in_flight, request.connections) for request in server.log} == {(1, 1, 1)}


def test_the_log_tells_when_and_what_and_with_which_headers(server: ReplicaServer) -> None:
    before, wall = time.monotonic(), datetime.now(UTC)
    get(server, "/news/smi/?PAGEN_1=2", **{"User-Agent": "a test"})
    get(server, "/none/")
    first, second = server.log
    assert (first.method, first.path, first.status, first.headers["user-agent"]) == (
        "GET",
        "/news/smi/?PAGEN_1=2",
        200,
        "a test",
    )
    assert second.status == 404
    assert before <= first.time <= second.time <= time.monotonic()
    assert wall - timedelta(seconds=1) <= first.wall <= second.wall <= datetime.now(UTC)
    server.clear_log()
    assert server.log == []


def test_the_log_shows_how_many_requests_waited_at_once() -> None:
    with ReplicaServer(ReplicaSite(5), latency=0.2) as server, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: get(server, "/"), range(4)))
        assert max(request.in_flight for request in server.log) == 4
        assert max(request.connections for request in server.log) == 4
        assert server.in_flight == 0


def test_head_has_the_headers_of_get_and_no_body(server: ReplicaServer) -> None:
    connection = connect(server)
    connection.request("HEAD", "/robots.txt")
    response = connection.getresponse()
    assert response.read() == b""
    assert int(response.headers["Content-Length"]) == len(server.site.robots_text)
    connection.request("GET", "/robots.txt")
    assert connection.getresponse().read().decode() == server.site.robots_text
    connection.close()


def test_the_connection_is_closed_when_the_client_asks_for_it(server: ReplicaServer) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(server.base_url).port), timeout=10) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received = b""
        while data := raw.recv(65536):
            received += data
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Connection: close" in received


def test_other_methods_are_refused(server: ReplicaServer) -> None:
    connection = connect(server)
    connection.request("POST", "/", body=b"x=1")
    assert connection.getresponse().status == 405
    connection.close()


def test_requests_that_come_in_pieces_or_together_are_answered_in_order(server: ReplicaServer) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(server.base_url).port), timeout=10) as raw:
        raw.sendall(b"GET /robots.txt HTT")
        time.sleep(0.05)
        raw.sendall(b"P/1.1\r\n\r\nGET /x HTTP/1.1\r\n\r\nGET /y HTTP/1.1\r\nConnection: close\r\n\r\n")
        received = b""
        while data := raw.recv(65536):
            received += data
    assert received.count(b"HTTP/1.1 ") == 3
    assert [request.path for request in server.log] == ["/robots.txt", "/x", "/y"]


def test_robots_txt_is_what_the_site_is_told(server: ReplicaServer) -> None:
    assert b"Disallow: /search/" in get(server, "/robots.txt").body  # type: ignore[attr-defined]
    server.site.robots_text, server.site.robots_status = "User-agent: *\nDisallow: /\n", 503
    response = get(server, "/robots.txt")
    assert (response.status, response.body) == (503, b"User-agent: *\nDisallow: /\n")  # type: ignore[attr-defined]
    assert "Crawl-delay: 1.5" in ReplicaSite(1, crawl_delay=1.5).robots_text


def test_a_planned_status_is_answered_so_many_times(server: ReplicaServer) -> None:
    address = server.site.addresses[0]
    server.site.fault(address, 503, 2, retry_after=3)
    statuses = [get(server, address) for _ in range(3)]
    assert [response.status for response in statuses] == [503, 503, 200]
    assert statuses[0].headers["Retry-After"] == "3"
    assert get(server, server.site.addresses[1]).status == 200


def test_a_fault_may_strike_everywhere_and_for_ever_until_it_is_cleared(server: ReplicaServer) -> None:
    server.site.fault("*", "429", None)
    assert {get(server, target).status for target in ("/", "/x", "/news/")} == {429}
    server.site.clear_faults()
    assert get(server, "/").status == 200


@pytest.mark.parametrize("kind", ["close_mid_body", "short_body"])
def test_a_body_that_ends_early_is_seen_by_the_client(server: ReplicaServer, kind: str) -> None:
    address = server.site.addresses[0]
    server.site.fault(address, kind)
    with pytest.raises(http.client.IncompleteRead):
        get(server, address)
    assert get(server, address).status == 200


def test_a_reset_connection_is_an_error_of_the_connection(server: ReplicaServer) -> None:
    server.site.fault("/", "reset")
    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        get(server, "/")


def test_a_cut_gzip_stream_comes_in_whole_framing(server: ReplicaServer) -> None:
    address = server.site.addresses[0]
    server.site.fault(address, "gzip_cut")
    response = get(server, address)
    assert response.headers["Content-Encoding"] == "gzip"
    assert int(response.headers["Content-Length"]) == len(response.body)  # type: ignore[attr-defined]
    with pytest.raises(EOFError):
        gzip.decompress(response.body)  # type: ignore[attr-defined]


def test_a_wrong_charset_label_makes_bytes_that_are_not_utf_8() -> None:
    site = ReplicaSite(5, "bitrix", language="ru")
    site.fault(site.addresses[0], "wrong_charset")
    answer = site.respond(site.addresses[0])
    assert answer.content_type == "text/html; charset=UTF-8"
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode("utf-8")


def test_a_slow_answer_takes_its_time(server: ReplicaServer) -> None:
    server.site.fault("/", "slow", delay=0.3)
    started = time.monotonic()
    assert get(server, "/").status == 200
    assert time.monotonic() - started >= 0.3


def test_an_unknown_fault_is_refused(server: ReplicaServer) -> None:
    with pytest.raises(ValueError, match="no fault 'sulk'"):
        server.site.fault("/", "sulk")


def test_honest_validators_give_304_until_the_article_changes() -> None:
    site = ReplicaSite(10, validators="honest")
    address = site.pick()
    with ReplicaServer(site) as server:
        etag = get(server, address).headers["ETag"]
        same = get(server, address, **{"If-None-Match": etag})
        assert (same.status, same.body) == (304, b"")  # type: ignore[attr-defined]
        site.replace_word(address)
        changed = get(server, address, **{"If-None-Match": etag})
        assert changed.status == 200
        assert changed.headers["ETag"] != etag
        assert changed.headers["Last-Modified"]


def test_a_frozen_etag_hides_an_edit() -> None:
    site = ReplicaSite(10, validators="frozen")
    address = site.pick()
    etag = dict(site.respond(address).headers)["ETag"]
    site.replace_word(address)
    assert site.respond(address, {"if-none-match": etag}).status == 304


def test_without_validators_nothing_is_said_and_nothing_is_heeded() -> None:
    site = ReplicaSite(10)
    answer = site.respond(site.addresses[0], {"if-none-match": "*"})
    assert (answer.status, answer.headers) == (200, [])


def test_a_compressed_answer_is_given_to_who_accepts_it() -> None:
    site = ReplicaSite(10, gzip=True, noise=False)
    plain = site.respond("/").body
    packed = site.respond("/", {"accept-encoding": "gzip, br"})
    assert packed.headers == [("Content-Encoding", "gzip")]
    assert gzip.decompress(packed.body) == plain


def test_a_stopped_server_refuses_and_its_port_can_be_used_again() -> None:
    server = ReplicaServer(ReplicaSite(5)).start()
    port = urlsplit(server.base_url).port or 0
    get(server, "/")
    server.stop()
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        get(server, "/")
    with ReplicaServer(ReplicaSite(5), port) as again:
        assert get(again, "/").status == 200
        with pytest.raises(OSError, match="in use"):
            ReplicaServer(ReplicaSite(5), port).start()


def test_an_edit_shows_in_the_next_answer(server: ReplicaServer) -> None:
    address = server.site.pick()
    server.site.retitle(address, "Quite another headline")
    assert b"Quite another headline" in get(server, address).body  # type: ignore[attr-defined]


def test_the_server_runs_as_a_process_of_its_own() -> None:
    with served("--articles", "20", "--kilobytes", "20", "--markup", "semantic", "--seed", "1") as (base_url, process):
        address = ReplicaSite(20, "semantic", 1).addresses[0]
        connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=10)
        connection.request("GET", address)
        assert len(connection.getresponse().read()) > 15_000
        connection.close()
    assert process.returncode == 0


def test_the_speed_is_measured() -> None:
    speed = measure(articles=20, kilobytes=50, markup="divs", seconds=0.5)
    assert speed.bytes / speed.requests > 40_000
    assert speed.per_second > 100
    command = [sys.executable, "-m", "replica.measure", "--articles", "5", "--kilobytes", "0", "--seconds", "0.2"]
    assert "per second" in subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_a_client_that_hangs_up_before_the_answer_leaves_nothing_in_flight(server: ReplicaServer) -> None:
    server.site.fault("/", "slow", delay=30)
    with socket.create_connection(("127.0.0.1", urlsplit(server.base_url).port), timeout=10) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\n\r\n")
        while not server.log:
            time.sleep(0.01)
        assert server.in_flight == 1
    deadline = time.monotonic() + 10
    while server.in_flight and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.in_flight == 0


def test_an_endless_head_ends_the_connection(server: ReplicaServer) -> None:
    address = ("127.0.0.1", urlsplit(server.base_url).port)
    with socket.create_connection(address, timeout=10) as raw, pytest.raises(ConnectionError):
        raw.sendall(b"X-Filler: x\r\n" * 4_000_000)
    assert server.log == []
