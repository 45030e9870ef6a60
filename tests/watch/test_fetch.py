"""The one request of ``read``."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from watch import fetch as fetching
from watch.errors import WrongArgumentError
from watch.fetch import FetchError, fetch

Answer = tuple[int, dict[str, str], bytes]
Serve = Callable[[dict[str, Answer]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[ThreadingHTTPServer] = []

    def start(answers: dict[str, Answer]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, body = answers.get(self.path, (404, {}, b"none"))
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.05,)).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_compressed_answer_is_unpacked(serve: Serve) -> None:
    base = serve(
        {"/a": (200, {"Content-Encoding": "gzip", "Content-Type": "text/html"}, gzip.compress(b"<p>hello</p>"))}
    )
    got = fetch(f"{base}/a")
    assert (got.status, got.body, got.content_type, got.is_cut) == (200, b"<p>hello</p>", "text/html", False)


def test_a_compressed_answer_that_is_cut_or_broken_is_said_to_be_cut(serve: Serve) -> None:
    packed = gzip.compress(b"<p>hello</p>" * 100)
    base = serve(
        {"/a": (200, {"Content-Encoding": "gzip"}, packed[:-9]), "/b": (200, {"Content-Encoding": "gzip"}, b"no gzip")}
    )
    assert fetch(f"{base}/a").is_cut
    assert fetch(f"{base}/b").is_cut


def test_a_body_shorter_than_promised_is_said_to_be_cut(serve: Serve) -> None:
    assert fetch(f"{serve({'/a': (200, {'Content-Length': '500'}, b'short')})}/a").is_cut


def test_no_answer_is_taken_beyond_the_limit(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MAX_BYTES", 1000)
    bomb = gzip.compress(bytes(5_000_000))
    base = serve({"/plain": (200, {}, bytes(5000)), "/bomb": (200, {"Content-Encoding": "gzip"}, bomb)})
    assert len(fetch(f"{base}/plain").body) <= 1001
    assert len(fetch(f"{base}/bomb").body) <= 1001
    assert fetch(f"{base}/bomb").is_cut


def test_a_redirect_is_followed_on_the_same_host_and_no_further_than_five_hops(serve: Serve) -> None:
    hops = {f"/{n}": (302, {"Location": f"/{n + 1}"}, b"") for n in range(20)}
    base = serve({**hops, "/one": (301, {"Location": "/end"}, b""), "/end": (200, {}, b"end")})
    assert fetch(f"{base}/one").final_url == f"{base}/end"
    with pytest.raises(FetchError, match="redirects more than 5"):
        fetch(f"{base}/0")


@pytest.mark.parametrize(
    "target",
    ["http://localhost:1/", "http://[::1]:1/", "http://169.254.169.254/", "http://0x7f000001/", "http://2130706433/"],
)
def test_a_redirect_into_a_private_network_is_refused(serve: Serve, target: str) -> None:
    base = serve({"/a": (302, {"Location": target}, b"")})
    with pytest.raises(FetchError, match=r"no public address|can't be resolved"):
        fetch(f"{base}/a")


@pytest.mark.parametrize("target", ["file:///etc/passwd", "javascript:alert(1)", "ftp://example.org/x"])
def test_a_redirect_to_another_protocol_is_refused(serve: Serve, target: str) -> None:
    base = serve({"/a": (302, {"Location": target}, b"")})
    with pytest.raises(WrongArgumentError):
        fetch(f"{base}/a")


def test_a_disallowed_target_of_a_redirect_is_not_asked_for(serve: Serve) -> None:
    base = serve(
        {"/robots.txt": (200, {}, b"User-agent: *\nDisallow: /secret"), "/a": (302, {"Location": "/secret"}, b"")}
    )
    with pytest.raises(FetchError, match="disallows"):
        fetch(f"{base}/a")


@pytest.mark.parametrize("url", ["http://", "http://host:99999/", "mailto:x", "http:///path", "//host/path"])
def test_what_is_no_web_address_is_a_wrong_argument(url: str) -> None:
    with pytest.raises(WrongArgumentError):
        fetch(url)
