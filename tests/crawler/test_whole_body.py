"""A stream that was cut inside intact HTTP framing is no answer, whatever its encoding."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Callable

import brotli
import pytest
from backports import zstd

from crawler.middlewares.whole_body import CutBody, TooLarge, unpack

TEXT = b"".join(b"line %d of a page that compresses well enough\n" % number for number in range(4000))
LIMIT = 8 * 1024 * 1024


def bare_deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return engine.compress(data) + engine.flush()


CODECS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "zlib": ("deflate", zlib.compress),
    "bare deflate": ("deflate", bare_deflate),
    "brotli": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
}


@pytest.mark.parametrize("name", CODECS)
def test_a_whole_stream_gives_the_body(name: str) -> None:
    encoding, pack = CODECS[name]
    assert unpack(pack(TEXT), encoding, LIMIT) == TEXT


@pytest.mark.parametrize("name", CODECS)
def test_a_stream_cut_anywhere_is_refused(name: str) -> None:
    encoding, pack = CODECS[name]
    packed = pack(TEXT)
    points = {1, 2, len(packed) - 1, len(packed) // 2, *random.Random(5).sample(range(1, len(packed)), 60)}
    for point in points:
        with pytest.raises(CutBody):
            unpack(packed[:point], encoding, LIMIT)


def test_a_wrong_checksum_is_refused() -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[-6] ^= 0xFF
    with pytest.raises(CutBody, match="damaged"):
        unpack(bytes(packed), "gzip", LIMIT)


@pytest.mark.parametrize("name", CODECS)
def test_a_bomb_is_stopped_at_the_limit(name: str) -> None:
    encoding, pack = CODECS[name]
    with pytest.raises(TooLarge):
        unpack(pack(bytes(LIMIT + 1)), encoding, LIMIT)
    assert len(unpack(pack(bytes(LIMIT)), encoding, LIMIT)) == LIMIT


def test_plain_bytes_that_claim_to_be_gzip_are_refused() -> None:
    with pytest.raises(CutBody):
        unpack(b"<html>plain</html>", "gzip", LIMIT)


def test_encodings_are_taken_off_in_reverse_order() -> None:
    assert unpack(gzip.compress(zlib.compress(TEXT)), "deflate, gzip", LIMIT) == TEXT


def test_an_encoding_nobody_knows_is_refused() -> None:
    with pytest.raises(CutBody, match="compress2"):
        unpack(TEXT, "compress2", LIMIT)


def test_a_gzip_file_of_two_members_is_read_to_its_end() -> None:
    half = len(TEXT) // 2
    assert unpack(gzip.compress(TEXT[:half]) + gzip.compress(TEXT[half:]), "gzip", LIMIT) == TEXT
