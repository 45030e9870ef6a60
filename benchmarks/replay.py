"""A WARC file replayed by pywb, a real server over a real index, in a virtual environment of its own (`.venv-replay`)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

BIN: Final = Path(__file__).parent.parent / ".venv-replay" / "bin"
_COLLECTION: Final = "news"
_PATIENCE: Final = 120.0


class NoPywb(RuntimeError):
    def __init__(self) -> None:
        super().__init__("pywb isn't here: make .venv-replay/replay.stamp")


@contextmanager
def replayed(warc: Path, folder: Path) -> Iterator[Replay]:
    """The server, over a collection in ``folder`` that holds ``warc`` alone."""
    if not (BIN / "wayback").exists():
        raise NoPywb
    for arguments in (("init", _COLLECTION), ("add", _COLLECTION, str(warc))):
        subprocess.run([str(BIN / "wb-manager"), *arguments], cwd=folder, check=True, capture_output=True)
    port = _free_port()
    order = [str(BIN / "wayback"), "-p", str(port), "-b", "127.0.0.1"]
    with (folder / "wayback.log").open("wb") as log:
        server = subprocess.Popen(order, cwd=folder, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_for(port)
        yield Replay(port)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


class Replay:
    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)

    def bytes_of(self, url: str, timestamp: str) -> bytes:
        """What it answers as it was captured (``id_``): no banner, no rewritten link."""
        self._connection.request("GET", f"/{_COLLECTION}/{timestamp}id_/{url}", headers={"Connection": "keep-alive"})
        return self._connection.getresponse().read()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return
