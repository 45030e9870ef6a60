"""Whether the index that search looks into holds what the articles say. Every word of it is looked at once."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from functools import lru_cache, reduce
from hashlib import blake2b
from operator import xor
from typing import Final

from sqlalchemy import Connection, func, select

from storage.models import ContentRow, table_of
from storage.pieces import chunks
from storage.word_index import entries, indexed_words, readable_texts

MISSING: Final = "the search index doesn't hold it"
DIFFERS: Final = "the search index holds other words than its article"
STRAY: Final = "the search index holds words of it, and there is no such content"

_content = table_of(ContentRow)


def misindexed(connection: Connection) -> Iterator[tuple[int, str]]:
    """Contents whose row in the index is missing or another than their article gives, with what is wrong of each."""
    found, strays = _sums_by_content(connection)
    for content_id, texts in readable_texts(connection):
        expected = _sum(indexed_words(texts))
        if found[content_id] != expected:
            yield content_id, DIFFERS if found[content_id] else MISSING
        found[content_id] = 0
    for some in chunks(id_ for id_, left in enumerate(found) if left):
        strays |= set(some) - set(connection.scalars(select(_content.c.id).where(_content.c.id.in_(some))))
    yield from ((id_, STRAY) for id_ in sorted(strays))


def _sums_by_content(connection: Connection) -> tuple[array[int], set[int]]:
    """For each content the digests of its words by exclusive or: eight bytes, whatever the number of its words. And the ids
    that are no content's."""
    sums = array("Q", bytes(8 * ((connection.scalar(select(func.max(_content.c.id))) or 0) + 1)))
    strays: set[int] = set()
    word, value = "", 0
    for entry, content_id in entries(connection):
        if entry != word:  # SQLite gives them in the order of the words, PostgreSQL in that of the contents
            word, value = entry, _digest(entry)
        if 0 < content_id < len(sums):
            sums[content_id] ^= value
        else:
            strays.add(content_id)
    return sums, strays


def _sum(words: Iterable[str]) -> int:
    return reduce(xor, map(_digest, words), 0)


@lru_cache(maxsize=200_000)
def _digest(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogateescape"), digest_size=8).digest(), "big")
