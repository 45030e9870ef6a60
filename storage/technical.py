"""What only a newer reader saw differently, as lines of ``changes`` for those who ask. None of it is an event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from storage.histories import article_of
from storage.models import CaptureRow, PageRow, RunRow, VersionRow, table_of
from storage.records import Event, EventKind
from storage.timeline import differing_fields

_page, _version = table_of(PageRow), table_of(VersionRow)


def technical_lines(connection: Connection, since: datetime | None, run_id: int | None) -> list[Event]:
    """A line for each version that only a newer reader made."""
    capture, run, read = table_of(CaptureRow), table_of(RunRow), _version.alias("read_before")
    statement = (
        select(_version, _page.c.shown_url, _page.c.title, _page.c.site, _page.c.language, capture.c.run_id)
        .add_columns(read.c.number.label("before"), read.c.content_id.label("before_content"))
        .add_columns(func.coalesce(run.c.finished_at, run.c.started_at).label("recorded_at"))
        .join(_page, _page.c.id == _version.c.page_id)
        .join(capture, capture.c.id == _version.c.opened_by)
        .join(run, run.c.id == capture.c.run_id)
        .join(read, read.c.id == _version.c.rereads)
        .order_by(_version.c.id)
    )
    if since is not None:
        statement = statement.where(func.coalesce(run.c.finished_at, run.c.started_at) >= since)
    if run_id is not None:
        statement = statement.where(capture.c.run_id == run_id)
    return [_technical_line(connection, row) for row in connection.execute(statement).all()]


def _technical_line(connection: Connection, row: Row[Any]) -> Event:
    before, after = (article_of(connection, id_) for id_ in (row.before_content, row.content_id))
    return Event(
        id=-row.id,
        kind=EventKind.EDITED,
        url=row.shown_url,
        title=row.title,
        site=row.site,
        language=row.language,
        run_id=row.run_id,
        seen_at=row.first_seen_at,
        not_before=None,
        recorded_at=row.recorded_at,
        from_version=row.before,
        to_version=row.number,
        fields=differing_fields(before, after),
        technical=True,
        baseline=False,
        group=None,
        flapping=False,
        moved_to=None,
        past=True,
    )
