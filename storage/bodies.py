"""Bytes as they are stored: compressed behind one small interface, each row with the name of its codec."""

from __future__ import annotations

import sys
from hashlib import sha256
from typing import Final

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CODEC: Final = "zstd"
LEVEL: Final = 3
KEPT_OF_FAILURES: Final = 64 * 1024
"""At most so many bytes are kept of an answer that was no article."""


class UnknownCodec(ValueError):
    """The row names a codec that this program doesn't have."""


def compress(data: bytes) -> tuple[str, bytes]:
    """The codec's name and the stored bytes."""
    return CODEC, zstd.compress(data, LEVEL)


def decompress(codec: str, stored: bytes) -> bytes:
    """ValueError where the stored bytes are damaged or the codec is unknown."""
    if codec != CODEC:
        raise UnknownCodec(codec)
    try:
        return zstd.decompress(stored)
    except zstd.ZstdError as error:
        raise ValueError(str(error)) from error


def digest(data: bytes) -> bytes:
    return sha256(data).digest()
