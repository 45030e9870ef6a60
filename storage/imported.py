"""Saved captures in, each once: an import that was killed, or is called again, stores what is missing and nothing twice.

A capture is one fetch. The same page, instant, bytes and reading, given to another import, are the same fetch, whatever of the
page's addresses it was fetched at.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from storage import bodies
from storage.articles import encode_article
from storage.forgotten import forgotten_among
from storage.models import AddressRow, CaptureRow, ContentRow, PageRow, RunRow, table_of
from storage.pieces import chunks
from storage.recording import record_captures
from storage.records import Capture, RecordedCapture, RunMode

_capture, _content, _page, _run = (table_of(row) for row in (CaptureRow, ContentRow, PageRow, RunRow))
_address = table_of(AddressRow)


class _Key(NamedTuple):
    """What makes two saved captures one. Digests, so that none of it is held twice in memory."""

    url: str
    captured_at: datetime | None
    outcome: str
    body: bytes | None
    article: bytes | None
    moved_to: str | None


def record_imported(
    connection: Connection, run_id: int, site: str | None, captures: Sequence[Capture], now: datetime
) -> list[RecordedCapture]:
    """As ``record_captures``; of what an earlier import stored, the id that it has. Forgotten pages are left out."""
    forgotten = forgotten_among(connection, [capture.url for capture in captures])
    captures = [capture for capture in captures if capture.url not in forgotten]
    keys = [_key_of(capture) for capture in captures]
    known = _known(connection, keys)
    new = {key: capture for key, capture in zip(keys, captures, strict=True) if key not in known}
    stored = record_captures(connection, run_id, site, list(new.values()), now) if new else []
    ids = known | {key: each.id for key, each in zip(new, stored, strict=True)}
    return [
        RecordedCapture(ids[key], capture.url, capture.outcome, is_new=key in new)
        for key, capture in zip(keys, captures, strict=True)
    ]


def _key_of(capture: Capture) -> _Key:
    body = bodies.digest(capture.body) if capture.body else None
    article = bodies.digest(encode_article(capture.article)) if capture.article is not None else None
    return _Key(capture.url, capture.captured_at, capture.outcome.value, body, article, capture.moved_to)


def _known(connection: Connection, keys: Sequence[_Key]) -> dict[_Key, int]:
    """Those of ``keys`` that an import stored, with the ids of their captures; of several the first."""
    found: dict[_Key, int] = {}
    instants = [at for at in {key.captured_at for key in keys} if at is not None]
    columns = (_capture.c.captured_at, _capture.c.outcome, _capture.c.body_sha256, _content.c.key, _capture.c.moved_to)
    statement = (
        select(*columns)
        .add_columns(_capture.c.id.label("capture_id"))
        .join(_page, _page.c.id == _capture.c.page_id)
        .join(_run, _run.c.id == _capture.c.run_id)
        .outerjoin(_content, _content.c.id == _capture.c.content_id)
        .where(_run.c.mode == RunMode.IMPORT.value)
        .where(_capture.c.captured_at.in_(instants) | _capture.c.captured_at.is_(None))
        .order_by(_capture.c.id)
    )
    # A page that moved has its captures from every address that it had.
    at_former = statement.add_columns(_address.c.url).join(_address, _address.c.page_id == _page.c.id)
    for some in chunks({key.url for key in keys}):
        here = statement.add_columns(_page.c.url).where(_page.c.url.in_(some))
        for *values, id_, url in [
            *connection.execute(here),
            *connection.execute(at_former.where(_address.c.url.in_(some))),
        ]:
            found.setdefault(_Key(url, *values), id_)
    return found
