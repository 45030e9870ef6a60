"""What is kept beside an article so that a run of thousands can be judged without decoding them."""

from __future__ import annotations

from typing import Final

from storage.articles import fields_to_bits, utf8
from storage.bodies import digest
from storage.records import FIELDS, Article

WATCHED: Final = ("title", "published", "body", "links", "media")
"""The fields that an article of the site usually has: many that lose one at once are the reader's doing, or a redesign's."""


def present_fields(article: Article) -> int:
    """The fields that hold something, one bit each in the order of ``FIELDS``."""
    has = {
        "title": bool(article.title and article.title.strip()),
        "published": article.published is not None,
        "body": any(block.text.strip() for block in article.blocks),
        "links": bool(article.links),
        "media": bool(article.media),
        "language": bool(article.language),
    }
    return fields_to_bits(name for name in FIELDS if has[name])


def body_sha256(article: Article) -> bytes:
    """Of the texts of the blocks alone: equal where two pages show one text under different titles."""
    return digest(utf8("\n".join(block.text for block in article.blocks if block.text)))
