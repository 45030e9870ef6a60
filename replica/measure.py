"""How fast a replica answers: ``python -m replica.measure`` serves one in a process of its own and asks for all articles in turn.

One blocking client on one keep-alive connection asks as fast as it can. Two figures are printed: answers per second as that
client saw them, and answers per second of the server's processor time, which is what one core of its own could give.
"""

from __future__ import annotations

import argparse
import itertools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from replica.content import write_articles
from replica.markups import MARKUPS


@dataclass(frozen=True, slots=True)
class Speed:
    requests: int
    seconds: float
    server_cpu_seconds: float
    bytes: int

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    @property
    def per_cpu_second(self) -> float:
        return self.requests / self.server_cpu_seconds


@contextmanager
def served(*options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server in a process of its own: its base URL and the process. It ends with the block."""
    command = [sys.executable, "-m", "replica.server", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        if process.stdout is None or process.stdin is None:
            raise RuntimeError("the server's pipes are closed")
        base_url = process.stdout.readline().strip()
        if not base_url:
            raise RuntimeError(f"the server did not start: {' '.join(command)}")
        try:
            yield base_url, process
        finally:
            process.stdin.close()
            process.wait()


def measure(*, articles: int, kilobytes: int, markup: str, seconds: float) -> Speed:
    """Asks for the articles in turn for ``seconds``, after one round over 200 of them to warm up."""
    options = ["--articles", str(articles), "--kilobytes", str(kilobytes), "--markup", markup]
    addresses = [article.address for article in write_articles(articles, "en", 1)]
    with served(*options) as (base_url, process), _connected(base_url) as connection:
        for address in addresses[:200]:
            ask(connection, address)
        cpu, count, size, started = cpu_seconds(process.pid), 0, 0, time.perf_counter()
        for address in itertools.cycle(addresses):
            size += ask(connection, address)
            count += 1
            if time.perf_counter() - started >= seconds:
                break
        return Speed(count, time.perf_counter() - started, cpu_seconds(process.pid) - cpu, size)


def _connected(base_url: str) -> socket.socket:
    return socket.create_connection((urlsplit(base_url).hostname, urlsplit(base_url).port))


def ask(connection: socket.socket, address: str) -> int:
    """One GET on an open connection; gives the length of the body."""
    connection.sendall(f"GET {address} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    received = connection.recv(1 << 16)
    while b"\r\n\r\n" not in received:
        received += connection.recv(1 << 16)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    missing = length - len(body)
    while missing > 0:
        missing -= len(connection.recv(min(missing, 1 << 16)))
    return length


def cpu_seconds(pid: int) -> float:
    """Processor time of a running process (Linux), user and system."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:  # noqa: PTH123 - one line of procfs
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m replica.measure", description="How fast a replica answers.")
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--kilobytes", type=int, default=50)
    parser.add_argument("--markup", choices=sorted(MARKUPS), default="divs")
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args(arguments)
    speed = measure(
        articles=options.articles, kilobytes=options.kilobytes, markup=options.markup, seconds=options.seconds
    )
    sys.stdout.write(
        f"{speed.requests} answers of {speed.bytes // speed.requests:,} bytes in {speed.seconds:.1f} s: "
        f"{speed.per_second:,.0f} per second seen by one client, "
        f"{speed.per_cpu_second:,.0f} per second of the server's processor time\n"
    )


if __name__ == "__main__":
    main()
