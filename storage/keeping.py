"""Which bytes are kept: those that opened a version for ever, each page's latest, and the last few of its failures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, delete, exists, select

from storage.models import AnswerRow, BodyRow, CaptureRow, PackRow, PageRow, Standing, VersionRow, table_of
from storage.pieces import chunks
from storage.recording import KEPT_WHOLE

FAILURES_KEPT: Final = 3
"""So many answers of a page that were no article keep their bytes."""

_answer, _body, _capture = table_of(AnswerRow), table_of(BodyRow), table_of(CaptureRow)
_pack, _page, _version = table_of(PackRow), table_of(PageRow), table_of(VersionRow)
_behind = _body.alias("behind")


def drop_answers(connection: Connection, capture_ids: Collection[int]) -> None:
    """Let go of the bytes of these captures; bytes that another capture needs stay."""
    for some in chunks(capture_ids):
        kept = _answer.c.capture_id.in_(some)
        digests = list(connection.scalars(select(_answer.c.body_sha256).where(kept)))
        if digests:
            connection.execute(delete(_answer).where(kept))
            drop_unneeded(connection, digests)


def drop_unneeded(connection: Connection, digests: Collection[bytes]) -> None:
    """Of these bodies delete those that no answer refers to and that no other body needs to be unpacked.

    A base stays as long as a body stands behind it; then it goes with the last of them. So does a pack.
    """
    is_kept = exists().where(_answer.c.body_sha256 == _body.c.sha256)
    is_base = exists().where(_behind.c.base_sha256 == _body.c.sha256)
    columns = (_body.c.sha256, _body.c.base_sha256, _body.c.pack_id)
    rows = connection.execute(select(*columns).where(_body.c.sha256.in_(digests), ~is_kept, ~is_base)).all()
    if not rows:
        return
    connection.execute(delete(_body).where(_body.c.sha256.in_([row.sha256 for row in rows])))
    bases = {row.base_sha256 for row in rows} - {None}
    if bases:
        drop_unneeded(connection, bases)
    packs = {row.pack_id for row in rows} - {None}
    if packs:
        is_used = exists().where(_body.c.pack_id == _pack.c.id)
        connection.execute(delete(_pack).where(_pack.c.id.in_(packs), ~is_used))


def drop_superseded(connection: Connection, page_id: int) -> None:
    """Of a page's sightings keep the bytes of the latest, and of those that opened a version or are its first."""
    is_first = (_capture.c.captured_at == _version.c.first_seen_at) | (
        _capture.c.captured_at.is_(None) & _version.c.first_seen_at.is_(None)
    )
    superseded = (
        select(_capture.c.id)
        .join(_answer, _answer.c.capture_id == _capture.c.id)
        .join(_page, _page.c.id == _capture.c.page_id)
        .join(_version, _version.c.id == _capture.c.version_id)
        .where(_capture.c.page_id == page_id, _capture.c.standing == Standing.COUNTED)
        .where(_capture.c.id != _page.c.latest_capture_id, ~is_first, _capture.c.id.not_in(_openers(page_id)))
    )
    drop_answers(connection, list(connection.scalars(superseded)))


def _openers(page_id: int) -> Select[Any]:
    return select(_version.c.opened_by).where(_version.c.page_id == page_id)


def drop_old_failures(connection: Connection, page_ids: Collection[int]) -> None:
    """Of each page's answers that were no article keep the last three."""
    for some in chunks(page_ids):
        rows = connection.execute(_failures(some)).all()
        newest: dict[int, int] = {}
        dropped = []
        for page_id, capture_id in rows:
            newest[page_id] = newest.get(page_id, 0) + 1
            if newest[page_id] > FAILURES_KEPT:
                dropped.append(capture_id)
        drop_answers(connection, dropped)


def _failures(page_ids: Sequence[int]) -> Any:
    """(page, capture) of the failures whose bytes are kept, the newest first."""
    return (
        select(_capture.c.page_id, _capture.c.id)
        .join(_answer, _answer.c.capture_id == _capture.c.id)
        .where(_capture.c.page_id.in_(page_ids), _capture.c.outcome.not_in([outcome.value for outcome in KEPT_WHOLE]))
        .order_by(_capture.c.id.desc())
    )
