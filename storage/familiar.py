"""Captures that show what their page shows already, though their ``content_sha256`` is another: it covers the hashes of files,
and of these a capture may know none (a crawl without ``--media``), or only some. Without this every page that was once crawled
with ``--media`` would be derived anew in each crawl without it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from storage.articles import decode_article
from storage.bodies import decompress
from storage.hashing import FILES_ALGORITHM
from storage.models import ContentRow, table_of
from storage.pieces import chunks
from storage.records import Article
from storage.timeline import differing_fields

_content = table_of(ContentRow)


def familiar(connection: Connection, rows: Sequence[Row[Any]]) -> frozenset[int]:
    """The ids of those captures among the waiting ones (``sightings.waiting``). Nothing is read where no file is known."""
    doubtful = [row for row in rows if _is_doubtful(row)]
    if not doubtful:
        return frozenset()
    articles = _articles(connection, {id_ for row in doubtful for id_ in (row.content_id, row.shown_content_id)})
    return frozenset(
        row.id for row in doubtful if _tells_nothing_new(articles[row.shown_content_id], articles[row.content_id])
    )


def _is_doubtful(row: Row[Any]) -> bool:
    is_like = row.text_sha256 == row.shown_text_sha256 and row.content_sha256 != row.shown_sha256
    return bool(is_like and row.shown_algorithm == FILES_ALGORITHM)


def _tells_nothing_new(shown: Article, seen: Article) -> bool:
    return not differing_fields(shown, seen) and set(seen.files) <= set(shown.files)


def _articles(connection: Connection, content_ids: Collection[int]) -> dict[int, Article]:
    found: dict[int, Article] = {}
    for some in chunks(content_ids):
        rows = connection.execute(
            select(_content.c.id, _content.c.codec, _content.c.article).where(_content.c.id.in_(some))
        )
        found.update((id_, decode_article(decompress(codec, data))) for id_, codec, data in rows)
    return found
