"""One polite request for ``read``: robots.txt obeyed, an honest name, a limit on size and time, redirects followed by hand."""

from __future__ import annotations

import http.client
import socket
import zlib
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from protego import Protego

from crawler.resolver import is_public
from crawler.version import program_version, user_agent
from watch.errors import WrongArgumentError

TIMEOUT: Final = 30.0
MAX_BYTES: Final = 8 * 1024 * 1024
MAX_HOPS: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_ROBOTS_MAX: Final = 512 * 1024
_GZIP: Final = zlib.MAX_WBITS | 16


class FetchError(Exception):
    """The request came to nothing; the message says why."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Fetched:
    """``final_url``: where the answer came from after redirects. ``is_cut``: the body broke off, or was larger than the limit."""

    url: str
    final_url: str
    status: int
    content_type: str | None
    body: bytes
    is_cut: bool


def fetch(url: str) -> Fetched:
    """The answer at an http or https address. Raises WrongArgumentError for another kind of address, FetchError otherwise."""
    _origin(url)
    asked_robots: dict[str, Protego | None] = {}
    here, own_host = url, urlsplit(url).hostname
    for _ in range(MAX_HOPS + 1):
        _obey_robots(here, asked_robots, own_host)
        status, headers, body, is_cut = _get(here, MAX_BYTES, own_host)
        target = headers.get("location")
        if status not in _REDIRECTS or not target:
            return Fetched(url, here, status, headers.get("content-type"), body, is_cut)
        here = urljoin(here, target)
        _origin(here)
    raise FetchError(f"{url} redirects more than {MAX_HOPS} times")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    try:
        has_port = parts.port != 0
    except ValueError:
        has_port = False
    if parts.scheme not in {"http", "https"} or not parts.hostname or not has_port:
        raise WrongArgumentError(f"{url} is no http or https address")
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _obey_robots(url: str, asked: dict[str, Protego | None], own_host: str | None) -> None:
    """RFC 9309: a robots.txt that isn't there allows, one that can't be had forbids."""
    origin = _origin(url)
    if origin not in asked:
        status, _, body, _ = _get(f"{origin}/robots.txt", _ROBOTS_MAX, own_host)
        if status >= 500 or status == 429:
            raise FetchError(f"{origin}/robots.txt answers {status}: nothing may be asked there now")
        asked[origin] = Protego.parse(body.decode("utf-8", "replace")) if status == 200 else None
    rules = asked[origin]
    if rules is not None and not rules.can_fetch(url, f"csto-watch/{program_version()}"):
        raise FetchError(f"robots.txt of {origin} disallows {url}")


def _get(url: str, limit: int, own_host: str | None) -> tuple[int, dict[str, str], bytes, bool]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host != own_host:
        _refuse_private(host)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(host, parts.port, timeout=TIMEOUT)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("GET", path, headers=_headers())
        return _answer(connection.getresponse(), limit)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchError(f"{url} can't be fetched: {str(error) or type(error).__name__}") from error
    finally:
        connection.close()


def _headers() -> dict[str, str]:
    return {
        "User-Agent": user_agent(),
        "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1",
        "Accept-Language": "en,ru;q=0.5",
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }


def _answer(response: http.client.HTTPResponse, limit: int) -> tuple[int, dict[str, str], bytes, bool]:
    headers = {name.lower(): value for name, value in response.getheaders()}
    try:
        body = response.read(limit + 1)
        is_cut = bool(response.length)
    except http.client.IncompleteRead as error:
        body, is_cut = error.partial, True
    if headers.get("content-encoding", "").strip().lower() in {"gzip", "x-gzip"}:
        body, is_whole = _unzipped(body, limit)
        is_cut = is_cut or not is_whole
    return response.status, headers, body[: limit + 1], is_cut


def _unzipped(body: bytes, limit: int) -> tuple[bytes, bool]:
    """Never more than the limit, however much is promised."""
    try:
        decoder = zlib.decompressobj(_GZIP)
        return decoder.decompress(body, limit + 1), decoder.eof
    except zlib.error:
        return b"", False


def _refuse_private(host: str) -> None:
    """A redirect mustn't lead into somebody's own network; the address that was typed may be there."""
    try:
        found = socket.getaddrinfo(host, None)
    except OSError as error:
        raise FetchError(f"{host} can't be resolved: {error}") from error
    if not all(is_public(str(entry[4][0])) for entry in found):
        raise FetchError(f"a redirect leads to {host}, which is no public address: refused")
