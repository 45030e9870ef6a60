"""Serves a site on loopback over HTTP/1.1 with keep-alive, and writes down every request.

``python -m replica.server --articles 2000 --kilobytes 50 --markup divs`` serves one in a process of its own: its base URL is the
first line on stdout, and it ends on SIGTERM, on Ctrl-C or when its standard input is closed.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self, cast

from replica.faults import Answer
from replica.markups import MARKUPS
from replica.model import Language
from replica.site import ReplicaSite

_MAX_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the server saw it. ``path`` has its query, ``headers`` lower-case names.

    ``time`` is monotonic, ``wall`` aware UTC: when the request had arrived whole. ``in_flight`` counts the requests that waited
    for their answer at that moment, this one among them; ``connections`` the open connections; ``connection`` numbers them.
    """

    time: float
    wall: datetime
    method: str
    path: str
    status: int
    headers: dict[str, str]
    in_flight: int
    connections: int
    connection: int


class ReplicaServer:
    """Runs in a thread of its own. ``latency``: seconds by which each answer is held back; ``log_size``: requests kept."""

    def __init__(self, site: ReplicaSite, port: int = 0, *, latency: float = 0.0, log_size: int | None = None) -> None:
        self.site = site
        self.latency = latency
        self._port = port
        self._requests: deque[Request] = deque(maxlen=log_size)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self.open_connections: set[_Connection] = set()
        self.connections_made = 0
        self.in_flight = 0

    @property
    def log(self) -> list[Request]:
        """Every request so far, in the order of arrival."""
        return list(self._requests)

    def clear_log(self) -> None:
        self._requests.clear()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def write_down(self, request: Request) -> None:
        self._requests.append(request)

    def start(self) -> Self:
        ready = threading.Event()
        failed: list[OSError] = []
        self._thread = threading.Thread(target=self._run, args=(ready, failed), name="replica", daemon=True)
        self._thread.start()
        ready.wait()
        if failed:
            self._thread.join()
            raise failed[0]
        return self

    def stop(self) -> None:
        """Closes every connection at once. May be called twice."""
        if self._loop and self._thread and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self, ready: threading.Event, failed: list[OSError]) -> None:
        loop = asyncio.new_event_loop()
        try:
            listening = loop.run_until_complete(self._listen(loop))
        except OSError as error:
            failed.append(error)
            loop.close()
            ready.set()
            return
        self._loop = loop
        ready.set()
        loop.run_forever()
        listening.close()
        for connection in list(self.open_connections):
            connection.abort()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    async def _listen(self, loop: asyncio.AbstractEventLoop) -> asyncio.Server:
        server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", self._port, backlog=512)
        self._port = server.sockets[0].getsockname()[1]
        return server


class _Connection(asyncio.BufferedProtocol):
    """One connection: one request at a time, GET and HEAD; what else is asked for ends it.

    Buffered, because the plain protocol takes a new buffer of 256 KiB for each request, which costs more than the answer.
    """

    def __init__(self, server: ReplicaServer) -> None:
        self._server = server
        self._received = b""
        self._buffer = bytearray(16 * 1024)
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._number = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=1 << 22)
        self._server.open_connections.add(self)
        self._server.connections_made += 1
        self._number = self._server.connections_made

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.open_connections.discard(self)
        if self._timer:
            self._timer.cancel()
            self._server.in_flight -= 1

    def abort(self) -> None:
        if self._transport:
            self._transport.abort()

    def get_buffer(self, sizehint: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._received += self._buffer[:nbytes]
        self._next()

    def _next(self) -> None:
        head, mark, rest = self._received.partition(b"\r\n\r\n")
        if mark and not self._timer:
            self._received = rest
            self._handle(head.decode("latin-1"))
        elif len(self._received) > _MAX_HEAD:
            self.abort()

    def _handle(self, head: str) -> None:
        server = self._server
        line, *lines = head.split("\r\n")
        method, target, version = [*line.split(" "), "", ""][:3]
        headers = {name.lower(): value.strip() for name, _, value in (item.partition(":") for item in lines)}
        server.in_flight += 1
        arrived = time.monotonic()
        answer = server.site.respond(target, headers) if method in {"GET", "HEAD"} else Answer(405)
        server.write_down(
            Request(
                time=arrived,
                wall=datetime.now(UTC),
                method=method,
                path=target,
                status=answer.status,
                headers=headers,
                in_flight=server.in_flight,
                connections=len(server.open_connections),
                connection=self._number,
            )
        )
        is_known = method in {"GET", "HEAD"}
        closes = headers.get("connection", "").lower() == "close" or version == "HTTP/1.0" or not is_known
        delay = max(answer.delay, server.latency)
        if delay:
            self._timer = asyncio.get_running_loop().call_later(delay, self._send, answer, method == "HEAD", closes)
        else:
            self._send(answer, is_head=method == "HEAD", closes=closes)

    def _send(self, answer: Answer, is_head: bool, closes: bool) -> None:
        self._timer = None
        self._server.in_flight -= 1
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        body = b"" if is_head else answer.body[: answer.cut_at]
        transport.write(head_of(answer, closes=closes) + body)
        if answer.is_reset:
            # RST in place of FIN: unsent data is dropped and the client sees a reset.
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
        elif closes or answer.cut_at is not None:
            transport.close()
        elif self._received:
            self._next()


def head_of(answer: Answer, *, closes: bool) -> bytes:
    """Status line and headers. 304 has neither type nor length."""
    lines = [f"HTTP/1.1 {answer.status} {_PHRASES.get(answer.status, 'Unknown')}", "Server: replica"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    if answer.status != 304:
        length = len(answer.body) if answer.declared_length is None else answer.declared_length
        lines += [f"Content-Type: {answer.content_type}", f"Content-Length: {length}"]
    lines.append("Connection: close" if closes else "Connection: keep-alive")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


_PHRASES = {status.value: status.phrase for status in HTTPStatus}


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m replica.server", description="Serve a replica of the site on loopback."
    )
    parser.add_argument("--articles", type=int, default=60)
    parser.add_argument("--kilobytes", type=int, default=0, help="how heavy a page is made with menus")
    parser.add_argument("--markup", choices=sorted(MARKUPS), default="bitrix")
    parser.add_argument("--language", choices=("en", "ru"), default="en")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--page-size", type=int, default=20)
    parser.add_argument("--quiet", action="store_true", help="no noise: equal bytes for equal requests")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    options = parse_arguments(arguments)
    site = ReplicaSite(
        options.articles,
        options.markup,
        options.seed,
        cast("Language", options.language),
        noise=not options.quiet,
        kilobytes=options.kilobytes,
        page_size=options.page_size,
        variants=1 if options.kilobytes else 4,
    )
    with ReplicaServer(site, options.port, log_size=1000) as server:
        sys.stdout.write(server.base_url + "\n")
        sys.stdout.flush()
        try:
            sys.stdin.read()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
