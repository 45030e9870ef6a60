"""One article at two addresses: two pages, linked, and told of in one line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from storage.histories import Settling
from storage.models import ContentRow, EventRow, PageRow, VersionRow, table_of
from storage.pieces import chunks
from storage.records import EventKind, PageState

_HERE: Final = (PageState.LISTED.value, PageState.UNLISTED.value)

_content, _event, _page, _version = table_of(ContentRow), table_of(EventRow), table_of(PageRow), table_of(VersionRow)


def texts_shown(connection: Connection, digests: Collection[bytes]) -> dict[bytes, list[tuple[int, str]]]:
    """For each text, the pages (id, state) whose current version reads so, the oldest page first."""
    pages: dict[bytes, list[tuple[int, str]]] = defaultdict(list)
    for some in chunks(digests):
        statement = (
            select(_content.c.text_sha256, _page.c.id, _page.c.state)
            .join(_version, _version.c.content_id == _content.c.id)
            .join(_page, (_page.c.id == _version.c.page_id) & (_page.c.current_version_id == _version.c.id))
            .where(_content.c.text_sha256.in_(some), _content.c.text_length > 0)
            .order_by(_page.c.id)
        )
        for digest, page_id, state in connection.execute(statement):
            pages[digest].append((page_id, state))
    return pages


def unknown(connection: Connection, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """The new pages whose text no other page shows. The rest may be moves, or articles at two addresses."""
    shown = set(texts_shown(connection, {row.text_sha256 for row in rows}))
    alone: list[Row[Any]] = []
    for row in rows:
        if row.text_sha256 not in shown:
            alone.append(row)
            shown.add(row.text_sha256)
    return alone


def link(connection: Connection, rows: Sequence[Row[Any]], settling: Settling) -> None:
    """Link new pages to those that carry the same text, and fold their ``new`` events into one line."""
    for pages in texts_shown(connection, {row.text_sha256 for row in rows}).values():
        here = [page_id for page_id, state in pages if state in _HERE]
        if len(here) > 1:
            connection.execute(update(_page).where(_page.c.id.in_(here)).values(same_as=here[0]))
            _fold(connection, here, EventKind.NEW, settling)


def fold_edits(connection: Connection, page_ids: Collection[int], settling: Settling) -> None:
    """Pages of one article that were edited alike in this run are told of in one line."""
    roots = {root for some in chunks(page_ids) for root in connection.scalars(_roots(some))}
    for some in chunks(sorted(roots)):
        groups: dict[int, list[int]] = defaultdict(list)
        for root, page_id in connection.execute(select(_page.c.same_as, _page.c.id).where(_page.c.same_as.in_(some))):
            groups[root].append(page_id)
        for group in groups.values():
            _fold(connection, group, EventKind.EDITED, settling)


def also_at(connection: Connection, rows: Sequence[Row[Any]]) -> dict[int, tuple[str, ...]]:
    """For each page, the other addresses at which the same text stands."""
    groups: dict[tuple[int, bytes], list[tuple[int, str]]] = {}
    for some in chunks({row.same_as for row in rows if row.same_as is not None}):
        statement = (
            select(_page.c.id, _page.c.shown_url, _page.c.same_as, _content.c.text_sha256)
            .join(_version, _version.c.id == _page.c.current_version_id)
            .join(_content, _content.c.id == _version.c.content_id)
            .where(_page.c.same_as.in_(some))
            .order_by(_page.c.id)
        )
        for row in connection.execute(statement):
            groups.setdefault((row.same_as, row.text_sha256), []).append((row.id, row.shown_url))
    return {
        page_id: tuple(url for other, url in group if other != page_id)
        for group in groups.values()
        for page_id, _ in group
    }


def _roots(page_ids: Sequence[int]) -> Any:
    return select(_page.c.same_as).where(_page.c.id.in_(page_ids), _page.c.same_as.is_not(None)).distinct()


def _fold(connection: Connection, page_ids: Sequence[int], kind: EventKind, settling: Settling) -> None:
    """Fold this run's events of one kind that end in one text into the first of them."""
    statement = (
        select(_event.c.id, _content.c.text_sha256, _event.c.fields, _event.c.folded_into)
        .join(_version, _version.c.id == _event.c.to_version_id)
        .join(_content, _content.c.id == _version.c.content_id)
        .where(_event.c.page_id.in_(page_ids), _event.c.run_id == settling.run_id, _event.c.kind == kind.value)
        .order_by(_event.c.id)
    )
    first: dict[tuple[bytes, int], int] = {}
    for row in connection.execute(statement).all():
        root = first.setdefault((row.text_sha256, row.fields), row.id)
        if root != row.id and row.folded_into is None:
            connection.execute(update(_event).where(_event.c.id == row.id).values(folded_into=root))
