"""A time-stamp authority made with openssl, on loopback, that can also misbehave."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

_CONFIGURATION = """
[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = {digests}
ess_cert_id_alg = sha256
"""


class Authority:
    """``answer``: what it does with a question; ``asked``: the questions that came, with their headers."""

    def __init__(self, folder: Path, name: str) -> None:
        if shutil.which("openssl") is None:
            pytest.skip("no openssl here")
        self.folder = folder / name
        self.folder.mkdir()
        self.ca = self.folder / "ca.pem"
        self.asked: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Any = self.stamped
        self.url = ""
        (self.folder / "refusing.cnf").write_text(_CONFIGURATION.format(folder=self.folder, digests="sha512"))
        (self.folder / "openssl.cnf").write_text(_CONFIGURATION.format(folder=self.folder, digests="sha256"))
        self._make_certificates(name)

    def _make_certificates(self, name: str) -> None:
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "openssl.cnf")
        self._openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", f"/CN={name}",
                      "-days", "30", "-extensions", "ca")  # fmt: skip
        self._openssl("req", *key, "-keyout", "signer.key", "-out", "signer.csr", "-subj", f"/CN={name} signer")
        self._openssl("x509", "-req", "-in", "signer.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                      "-out", "signer.pem", "-days", "20", "-extfile", "openssl.cnf", "-extensions", "signer")  # fmt: skip

    def _openssl(self, *arguments: str) -> None:
        done = subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    # --- what it may do with a question -------------------------------------------------------------------------------
    def stamped(self, question: bytes, *, configuration: str = "openssl.cnf") -> bytes:
        """As openssl answers, with the whole chain."""
        (self.folder / "asked.tsq").write_bytes(question)
        self._openssl("ts", "-reply", "-config", configuration, "-section", "tsa", "-queryfile", "asked.tsq",
                      "-signer", "signer.pem", "-inkey", "signer.key", "-chain", "ca.pem", "-out", "answer.tsr")  # fmt: skip
        return (self.folder / "answer.tsr").read_bytes()

    def refused(self, question: bytes) -> bytes:
        """It knows no SHA-256."""
        return self.stamped(question, configuration="refusing.cnf")

    def of_another_text(self, _question: bytes) -> bytes:
        (self.folder / "other.txt").write_text("something else")
        return self.stamped(self._query("-data", "other.txt"))

    def of_another_question(self, question: bytes) -> bytes:
        """The right imprint, in answer to somebody else."""
        imprint = question[question.index(bytes.fromhex("0420")) + 2 :][:32]
        return self.stamped(self._query("-digest", imprint.hex()))

    def _query(self, *of: str) -> bytes:
        self._openssl("ts", "-query", *of, "-sha256", "-cert", "-out", "made.tsq")
        return (self.folder / "made.tsq").read_bytes()


@contextmanager
def authority(folder: Path, name: str = "authority") -> Iterator[Authority]:
    made = Authority(folder, name)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            made.asked.append(question)
            made.headers.append(dict(self.headers))
            said = made.answer(question)
            status, data = said if isinstance(said, tuple) else (200, said)
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.end_headers()
                for piece in [data] if isinstance(data, bytes) else data:
                    self.wfile.write(piece)
            except OSError:
                pass  # whoever asked is gone

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_port}/tsa"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


def drip(_question: bytes) -> tuple[int, Iterator[bytes]]:
    """A byte every tenth of a second: no single wait is long."""

    def pieces() -> Iterator[bytes]:
        while True:
            time.sleep(0.1)
            yield b"x"

    return 200, pieces()
