"""Kept bytes read again by today's reader: out with the bytes, in with what it makes of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, func, insert, select

from storage.checksums import with_checksum
from storage.engine import reading
from storage.histories import article_of
from storage.keeping import drop_answers
from storage.models import AnswerRow, BodyRow, CaptureRow, ContentRow, PageRow, RunRow, Standing, table_of
from storage.pieces import chunks
from storage.recording import insert_captures, keep_article
from storage.records import KeptBody, Outcome, Reread, RunMode, RunOutcome
from storage.timeline import differing_fields
from storage.unpacking import COLUMNS, Unpacker

_answer, _body, _capture = table_of(AnswerRow), table_of(BodyRow), table_of(CaptureRow)
_content, _page, _run = table_of(ContentRow), table_of(PageRow), table_of(RunRow)

_READABLE = (Outcome.OK.value, Outcome.EXTRACT_FAILED.value)
_PIECE = 20


def needs_reread(engine: Engine, reader_version: str) -> bool:
    """Whether another reader made the record, and this one hasn't read the kept bytes yet."""
    other = select(_run.c.id).where(_run.c.reader_version != reader_version, _run.c.mode != RunMode.REREAD.value)
    done = select(_run.c.id).where(
        _run.c.reader_version == reader_version,
        _run.c.mode == RunMode.REREAD.value,
        _run.c.outcome == RunOutcome.COMPLETE.value,
    )
    with reading(engine) as connection:
        is_done = connection.scalar(done.limit(1)) is not None
        return not is_done and connection.scalar(other.limit(1)) is not None


def kept_bodies(engine: Engine) -> Iterator[KeptBody]:
    """Every whole body of a settled capture that was, or may yet be, an article, oldest first; a few in memory at a time."""
    after = 0
    while True:
        with reading(engine) as connection:
            unpack = Unpacker(connection)
            rows = connection.execute(_kept().where(_capture.c.id > after).limit(_PIECE)).all()
            found = [_kept_body(row, unpack) for row in rows]
        if not found:
            return
        yield from found
        after = found[-1].capture_id


def kept_of(connection: Connection, capture_ids: Sequence[int]) -> Iterator[KeptBody]:
    """The whole bodies of these captures, whatever their standing."""
    unpack = Unpacker(connection)
    for some in chunks(capture_ids):
        rows = connection.execute(_whole().where(_capture.c.id.in_(some))).all()
        yield from (_kept_body(row, unpack) for row in rows)


def count_kept(engine: Engine) -> int:
    """How many ``kept_bodies`` gives."""
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(_kept().subquery())) or 0


def record_rereads(connection: Connection, run_id: int, rereads: Sequence[Reread]) -> int:
    """Store as captures of their own what differs from the record; how many did. To be settled like any capture."""
    differing = [(reread, original) for reread in rereads if (original := _differing(connection, reread)) is not None]
    if not differing:
        return 0
    rows = [_capture_row(connection, run_id, reread, original) for reread, original in differing]
    ids = insert_captures(connection, rows)
    for id_, (_, original) in zip(ids, differing, strict=True):
        _share_bytes(connection, original, id_)
    return len(ids)


def _kept() -> Select[Any]:
    # A reread shares its original's bytes; where those were let go it is read in its stead.
    shared = _answer.alias("shared")
    original = select(shared.c.capture_id).where(shared.c.capture_id == _capture.c.reread_of).exists()
    is_readable = _capture.c.outcome.in_(_READABLE) & _capture.c.standing.in_([Standing.COUNTED, Standing.PASSED])
    return _whole().where(is_readable, ~original).order_by(_capture.c.id)


def _whole() -> Select[Any]:
    columns = (_page.c.url, _page.c.shown_url, _page.c.site, _run.c.base_url, *COLUMNS)
    details = (_answer.c.final_url, _answer.c.media_type, _answer.c.encoding, _answer.c.headers)
    return (
        select(_capture, *columns, *details)
        .join(_answer, _answer.c.capture_id == _capture.c.id)
        .join(_body, _body.c.sha256 == _answer.c.body_sha256)
        .join(_page, _page.c.id == _capture.c.page_id)
        .join(_run, _run.c.id == _capture.c.run_id)
        .where(_answer.c.is_whole)
    )


def _kept_body(row: Row[Any], unpack: Unpacker) -> KeptBody:
    return KeptBody(
        capture_id=row.id,
        url=row.at_url or row.url,
        shown_url=row.shown_url,
        site=row.site,
        captured_at=row.captured_at,
        outcome=Outcome(row.outcome),
        http_status=row.http_status,
        final_url=row.final_url,
        media_type=row.media_type,
        encoding=row.encoding,
        headers=json.loads(row.headers),
        reader_version=row.reader_version or "",
        body=unpack(row),
        base_url=row.base_url,
    )


def _differing(connection: Connection, reread: Reread) -> Row[Any] | None:
    """The capture whose bytes were read again, where the record of it differs from what is read today."""
    original = connection.execute(select(_capture).where(_capture.c.id == reread.capture_id)).one()
    if original.outcome == Outcome.EXTRACT_FAILED:
        return original
    latest = (
        select(_capture.c.content_id)
        .where(_capture.c.page_id == original.page_id, _capture.c.reread_of == original.id)
        .order_by(_capture.c.id.desc())
        .limit(1)
    )
    content_id = connection.scalar(latest) or original.content_id
    recorded = article_of(connection, content_id)
    is_same = recorded.unknown == reread.article.unknown and not differing_fields(recorded, reread.article)
    return None if is_same else original


def _capture_row(connection: Connection, run_id: int, reread: Reread, original: Row[Any]) -> dict[str, Any]:
    return {
        "page_id": original.page_id,
        "run_id": run_id,
        "captured_at": original.captured_at,
        "outcome": Outcome.OK.value,
        "http_status": original.http_status,
        "standing": int(Standing.WAITING),
        "body_sha256": original.body_sha256,
        "content_id": keep_article(connection, reread.article),
        "reader_version": reread.reader_version,
        "reread_of": original.id,
        "moved_to": None,
        "at_url": original.at_url,
        "reason": None,
    }


def _share_bytes(connection: Connection, original: Row[Any], reread_id: int) -> None:
    """The reread keeps the bytes too; those of a failure are kept for no other reason than to be read."""
    answer = connection.execute(select(_answer).where(_answer.c.capture_id == original.id)).one()
    connection.execute(
        insert(_answer).values(with_checksum(_answer, dict(answer._mapping) | {"capture_id": reread_id}))
    )
    if original.outcome == Outcome.EXTRACT_FAILED:
        drop_answers(connection, [original.id])
