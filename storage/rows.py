"""Rows as the records that readers are given."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Row

from storage.articles import bits_to_fields, decode_article
from storage.bodies import decompress
from storage.records import Event, EventKind, Page, PageState, Run, RunMode, RunOutcome, Version

CHECKED_EVERY: Final = timedelta(hours=20)
"""Until there is a plan, a page is due so long after it was checked."""


def page_of(row: Row[Any], also_at: dict[int, tuple[str, ...]]) -> Page:
    is_checked_again = row.state != PageState.MOVED and row.checked_at is not None and row.site is not None
    return Page(
        url=row.shown_url,
        state=PageState(row.state),
        site=row.site,
        title=row.title,
        language=row.language,
        versions=row.versions,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        checked_at=row.checked_at,
        next_check_at=row.checked_at + CHECKED_EVERY if is_checked_again else None,
        moved_to=row.moved_to,
        also_at=also_at.get(row.id, ()),
    )


def version_of(row: Row[Any]) -> Version:
    return Version(
        id=row.id,
        url=row.shown_url,
        number=row.number,
        article=decode_article(decompress(row.codec, row.article)),
        text_sha256=row.text_sha256.hex(),
        content_sha256=row.content_sha256.hex(),
        reader_version=row.reader_version,
        technical=row.rereads is not None,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        captures=row.captures,
    )


def event_of(row: Row[Any], also_at: tuple[str, ...], flips: int = 0) -> Event:
    return Event(
        id=row.id,
        kind=EventKind(row.kind),
        url=row.url,
        title=row.title,
        site=row.site,
        language=row.language,
        run_id=row.run_id,
        seen_at=row.seen_at,
        not_before=row.not_before,
        recorded_at=row.recorded_at,
        from_version=row.from_number,
        to_version=row.to_number,
        fields=bits_to_fields(row.fields),
        technical=False,
        baseline=row.is_baseline,
        group=row.change_group,
        flapping=row.is_flapping,
        moved_to=row.moved_to,
        also_at=also_at,
        past=row.is_past,
        flips=flips,
    )


def run_of(row: Row[Any]) -> Run:
    return Run(
        id=row.id,
        site=row.site,
        mode=RunMode(row.mode),
        base_url=row.base_url,
        started_at=row.started_at,
        finished_at=row.finished_at,
        outcome=RunOutcome(row.outcome) if row.outcome else None,
        exit_code=row.exit_code,
        requests=row.requests,
        bytes=row.bytes,
        captures=json.loads(row.captures),
        events=json.loads(row.events),
        note=row.note,
        is_complete=bool(row.is_complete),
        fields=json.loads(row.fields),
    )
