"""An Article as the bytes that are stored, and back: compact JSON, the texts as the reader gave them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from storage.records import FIELDS, Article, Block, BlockKind, FileHash, Link, Media

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


def encode_article(article: Article) -> bytes:
    """UTF-8 bytes; a lone surrogate, which UTF-8 can't hold, becomes U+FFFD."""
    stored: dict[str, Any] = {
        "title": article.title,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
        "blocks": [(block.kind, block.text) for block in article.blocks],
        "links": [(link.href, link.text) for link in article.links],
        "media": [(media.src, media.alt) for media in article.media],
        "unknown": sorted(article.unknown),
    }
    if article.files:  # named only where there are any: the bytes of all other articles stay what they were
        stored["files"] = [(file.href, file.sha256) for file in article.files]
    return encode_stored(stored)


def encode_stored(stored: Mapping[str, Any]) -> bytes:
    """The stored bytes of what they decode to."""
    return utf8(_encode(stored))


def utf8(text: str) -> bytes:
    """With U+FFFD for each half of a surrogate pair: JSON can spell one, UTF-8 can't."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text).encode("utf-8")


def decode_article(data: bytes) -> Article:
    stored: dict[str, Any] = json.loads(data)
    return Article(
        title=stored["title"],
        published=date.fromisoformat(stored["published"]) if stored["published"] else None,
        language=stored["language"],
        blocks=tuple(Block(BlockKind(kind), text) for kind, text in stored["blocks"]),
        links=tuple(Link(href, text) for href, text in stored["links"]),
        media=tuple(Media(src, alt) for src, alt in stored["media"]),
        unknown=frozenset(stored["unknown"]),
        files=tuple(FileHash(href, sha256) for href, sha256 in stored.get("files", ())),
    )


def decode_texts(data: bytes) -> list[str]:
    """The title and the texts of the blocks alone, in a fraction of the time."""
    stored: dict[str, Any] = json.loads(data)
    return [stored["title"] or "", *(text for _, text in stored["blocks"])]


def fields_to_bits(fields: Iterable[str]) -> int:
    """A set of ``FIELDS`` as a number, one bit each in their order."""
    return sum(1 << FIELDS.index(field) for field in set(fields))


def bits_to_fields(bits: int) -> tuple[str, ...]:
    return tuple(field for place, field in enumerate(FIELDS) if bits >> place & 1)
