"""One SHA-256 over what a store has of its captures, as docs/roots.md specifies it: what a WARC file carries to another."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, select

from storage.fetches import Fetch, Fetches
from storage.models import ContentRow, VersionRow, table_of
from storage.roots import line_of, streamed

ALGORITHM: Final = "csto-captured-root-1"

_content, _version = table_of(ContentRow), table_of(VersionRow)


def captured_root(connection: Connection) -> bytes:
    """Of every page that has a capture with a time, in the order of their addresses' bytes."""
    root = sha256(line_of(ALGORITHM))
    for page in Fetches(connection).by_page():
        lines = [*map(_capture_line, page.fetches), *_version_lines(connection, page.page_id)]
        root.update(line_of("page", page.url, sha256(b"".join(sorted(lines))).digest()))
    return root.digest()


def _capture_line(fetch: Fetch) -> bytes:
    told = (fetch.captured_at, fetch.outcome.value, fetch.http_status, fetch.body_sha256, fetch.article_key)
    return line_of("capture", *told, fetch.moved_to)


def _version_lines(connection: Connection, page_id: int) -> Iterator[bytes]:
    """By their place in time: numbers follow the order of recording, and an import records in the order of time."""
    columns = (_content.c.key, _version.c.first_seen_at, _version.c.last_seen_at, _version.c.captures)
    placed = (_version.c.page_id == page_id, _version.c.position.is_not(None), _version.c.rereads.is_(None))
    in_time = select(*columns).join(_content, _content.c.id == _version.c.content_id).where(*placed)
    with streamed(connection, in_time.order_by(_version.c.position)) as rows:
        for place, row in enumerate(rows, 1):
            yield line_of("version", place, *row)
