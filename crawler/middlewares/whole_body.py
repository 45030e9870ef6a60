"""Takes the content encoding off, strictly: a stream that was cut inside intact HTTP framing is no answer.

Scrapy's own decompression accepts a gzip stream without its end on purpose, and an article then "loses its last paragraphs".
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, Final

import brotli

try:
    from compression import zstd  # type: ignore[import-not-found,unused-ignore]
except ImportError:
    from backports import zstd

from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_STEP: Final = 64 * 1024


CUT: Final = "cut inside its encoding"
"""The flag of an answer whose compressed body isn't whole; its body is left packed."""


class CutBody(ValueError):
    """The compressed body ends before its end, or its checksum is wrong."""


class TooLarge(IgnoreRequest):
    """The body grows past the limit when its encoding is taken off."""


def _unzlib(body: bytes, limit: int, wbits: int) -> bytes:
    engine = zlib.decompressobj(wbits)
    whole = engine.decompress(body, limit + 1)
    if len(whole) > limit:
        raise TooLarge(f"more than {limit} bytes")
    if not engine.eof:
        raise CutBody("the stream ends before its end mark")
    rest = engine.unused_data
    # RFC 1952 2.2: a gzip file may have several members.
    if wbits > zlib.MAX_WBITS and rest.startswith(b"\x1f\x8b"):
        return whole + _unzlib(rest, limit - len(whole), wbits)
    return whole


def _ungzip(body: bytes, limit: int) -> bytes:
    return _unzlib(body, limit, zlib.MAX_WBITS | 16)


def _undeflate(body: bytes, limit: int) -> bytes:
    # RFC 9110 8.4.1.2 means zlib's format; some servers send the bare stream.
    looks_like_zlib = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] * 256 + body[1]) % 31 == 0
    return _unzlib(body, limit, zlib.MAX_WBITS if looks_like_zlib else -zlib.MAX_WBITS)


def _unbrotli(body: bytes, limit: int) -> bytes:
    engine, whole = brotli.Decompressor(), bytearray()
    chunk = engine.process(body, output_buffer_limit=_STEP)
    while chunk:
        whole += chunk
        if len(whole) > limit:
            raise TooLarge(f"more than {limit} bytes")
        chunk = b"" if engine.is_finished() else engine.process(b"", output_buffer_limit=_STEP)
    if not engine.is_finished():
        raise CutBody("the brotli stream ends before its last block")
    return bytes(whole)


def _unzstd(body: bytes, limit: int) -> bytes:
    engine = zstd.ZstdDecompressor()
    whole = engine.decompress(body, max_length=limit + 1)
    if len(whole) > limit:
        raise TooLarge(f"more than {limit} bytes")
    if not engine.eof:
        raise CutBody("the zstd frame ends before its end")
    return bytes(whole)


_DECODERS: Final[dict[str, Callable[[bytes, int], bytes]]] = {
    "gzip": _ungzip,
    "x-gzip": _ungzip,
    "deflate": _undeflate,
    "br": _unbrotli,
    "zstd": _unzstd,
    "identity": lambda body, _limit: body,
}


def unpack(body: bytes, encodings: str, limit: int) -> bytes:
    """``body`` with its Content-Encoding (RFC 9110 8.4, last applied first) taken off. Raises CutBody or TooLarge."""
    for name in reversed([part.strip().lower() for part in encodings.split(",") if part.strip()]):
        decoder = _DECODERS.get(name)
        if decoder is None:
            raise CutBody(f"the encoding {name[:20]!r} was never asked for and isn't known")
        try:
            body = decoder(body, limit)
        except (zlib.error, brotli.error, zstd.ZstdError, EOFError) as error:
            raise CutBody(f"the {name} stream is damaged: {error}") from error
    return body


class WholeBodyMiddleware:
    def __init__(self, limit: int) -> None:
        self._limit = limit

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> WholeBodyMiddleware:
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_response(self, request: Request, response: Response) -> Response:
        encodings = response.headers.get(b"Content-Encoding")
        if not encodings or not response.body or request.method == "HEAD":
            return response
        headers: Any = response.headers.copy()
        del headers[b"Content-Encoding"]
        try:
            limit = request.meta.get("download_maxsize", self._limit)
            body = unpack(response.body, encodings.decode("latin-1"), limit)
        except CutBody:
            # Scrapy shows an exception of process_response to no other middleware: a flag lets the retry see it.
            return response.replace(flags=[*response.flags, CUT])
        return response.replace(body=body, headers=headers)
