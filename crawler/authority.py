"""One question to a time-stamp authority over HTTP (RFC 3161, section 3.4), bounded in time and size."""

from __future__ import annotations

import threading
from base64 import b64encode
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Final
from urllib.parse import unquote, urlsplit

from crawler.version import user_agent

LARGEST: Final = 256 * 1024
"""Bytes. A token with a long chain of certificates has some ten thousand."""
_TYPE: Final = "application/timestamp-reply"


class AuthorityFailed(Exception):
    """No answer, or one that is no token. The message says what came; it never quotes the address."""


def ask(url: str, question: bytes, seconds: float) -> bytes:
    """The answer's bytes. Raises AuthorityFailed, at the latest after that many seconds.

    In a thread of its own, for a time limit of the socket begins anew with every byte that drips in, and name servers have none.
    """
    found: list[bytes | Exception] = []

    def go() -> None:
        try:
            found.append(_answer(url, question, seconds))
        except Exception as error:  # noqa: BLE001 - told to whoever asked
            found.append(error)

    thread = threading.Thread(target=go, name="time-stamp", daemon=True)
    thread.start()
    thread.join(seconds)
    if not found:
        raise AuthorityFailed(f"no answer for {seconds:g} s")
    answer = found[0]
    if isinstance(answer, bytes):
        return answer
    if isinstance(answer, AuthorityFailed):
        raise answer
    raise AuthorityFailed(_told(answer)) from answer


def _told(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError):
        return f"it can't be reached ({error.strerror or type(error).__name__})"
    if isinstance(error, HTTPException):
        return f"its answer isn't HTTP ({type(error).__name__})"
    return f"asking it failed ({type(error).__name__})"


def _answer(url: str, question: bytes, seconds: float) -> bytes:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, question, _headers(parts.username, parts.password))
        with closing(connection.getresponse()) as response:
            return _checked(response)
    finally:
        connection.close()


def _headers(user: str | None, password: str | None) -> dict[str, str]:
    headers = {
        "Content-Type": "application/timestamp-query",
        "Accept": _TYPE,
        "User-Agent": user_agent(),
        "Connection": "close",
    }
    if user is not None:
        pair = f"{unquote(user)}:{unquote(password or '')}".encode()
        headers["Authorization"] = f"Basic {b64encode(pair).decode()}"
    return headers


def _checked(response: HTTPResponse) -> bytes:
    """Redirects aren't followed: the question would go to somebody who wasn't named."""
    if response.status != 200:
        raise AuthorityFailed(f"it answered with HTTP status {response.status}")
    data = response.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise AuthorityFailed(f"its answer is longer than {LARGEST // 1024} KiB")
    return data
