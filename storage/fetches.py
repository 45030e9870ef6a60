"""Captures on their way out of the store, each as the fetch that it was: by page, in order of time, a page in memory at a time.

Everything is read on the connection that is given, so that an export sees one moment of the store.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from storage import bodies
from storage.former import FormerAddresses
from storage.models import AnswerRow, BodyRow, CaptureRow, ContentRow, PageRow, VisitsRow, table_of
from storage.pieces import CHUNK, chunks
from storage.records import Outcome, PageState
from storage.roots import by_bytes, streamed
from storage.unpacking import COLUMNS, Unpacker
from storage.visit_lists import unpack
from storage.visits import rows_of

_answer, _body, _capture = table_of(AnswerRow), table_of(BodyRow), table_of(CaptureRow)
_content, _page, _visits = table_of(ContentRow), table_of(PageRow), table_of(VisitsRow)


@dataclass(frozen=True, slots=True)
class Fetch:
    """``url``: the address asked for, as the site links it. ``article_key``: SHA-256 of the article that it shows, as stored.

    ``body_sha256``: of bytes that the store has; of a cut answer those of its beginning (``is_whole`` is False then). An answer
    whose own row was let go has no headers any more, but maybe bytes: those of another answer that brought the same.
    """

    url: str
    captured_at: datetime
    outcome: Outcome
    http_status: int | None
    reason: str
    reader_version: str
    moved_to: str | None
    article_key: bytes | None
    body_sha256: bytes | None
    is_whole: bool
    is_answer: bool
    final_url: str | None
    media_type: str | None
    headers: Mapping[str, str]


class PageFetches(NamedTuple):
    """``url``: the page's canonical address."""

    page_id: int
    url: str
    fetches: Sequence[Fetch]


class Fetches:
    """Those of a connection's moment that a time is known of, up to an instant (else all)."""

    def __init__(self, connection: Connection, as_of: datetime | None = None) -> None:
        self._connection = connection
        self._as_of = as_of
        self._former = FormerAddresses(connection)
        self._unpack = Unpacker(connection)

    def by_page(self) -> Iterator[PageFetches]:
        """Each page's, in order of time; the pages by their addresses' bytes. Forgotten pages are left out."""
        in_order = by_bytes(self._connection, _page.c.url)
        pages = select(_page.c.id, _page.c.url, _page.c.shown_url).where(_page.c.state != PageState.FORGOTTEN.value)
        with streamed(self._connection, pages.order_by(in_order)) as rows:
            for page in rows:
                found = self._of_page(page.id, page.shown_url)
                if found:
                    yield PageFetches(page.id, page.url, found)

    def body(self, sha256: bytes) -> bytes:
        """BodyUnreadable where it is damaged."""
        return self._unpack(self._connection.execute(select(*COLUMNS).where(_body.c.sha256 == sha256)).one())

    def article(self, key: bytes) -> bytes:
        """The article with this key, as it is stored before it is compressed."""
        row = self._connection.execute(select(_content.c.codec, _content.c.article).where(_content.c.key == key)).one()
        return bodies.decompress(row.codec, row.article)

    def count(self) -> int:
        """How many ``by_page`` gives."""
        rows = select(func.count()).select_from(_capture.join(_page, _page.c.id == _capture.c.page_id))
        count = self._connection.scalar(rows.where(*_told(self._as_of))) or 0
        return count + sum(self._is_listed(visit.captured_at) for visit in self._listed())

    def left_out(self) -> Mapping[str, int]:
        """How many captures no fetch is made of, and why, up to the instant where they have a time."""
        undated = select(func.count()).where(_capture.c.captured_at.is_(None), _capture.c.reread_of.is_(None))
        reread = select(func.count()).where(_capture.c.reread_of.is_not(None), *_until(self._as_of))
        counts = {"undated": self._connection.scalar(undated) or 0, "reread": self._connection.scalar(reread) or 0}
        return {name: count for name, count in counts.items() if count}

    def newest(self) -> datetime | None:
        """When the last of them was."""
        rows = select(func.max(_capture.c.captured_at)).select_from(
            _capture.join(_page, _page.c.id == _capture.c.page_id)
        )
        times = [self._connection.scalar(rows.where(*_told(self._as_of)))]
        times += (visit.captured_at for visit in self._listed() if self._is_listed(visit.captured_at))
        return max((time for time in times if time is not None), default=None)

    def _is_listed(self, captured_at: datetime) -> bool:
        return self._as_of is None or captured_at <= self._as_of

    def _listed(self) -> Iterator[Any]:
        with streamed(self._connection, select(_visits.c.data)) as rows:
            for row in rows:
                yield from unpack(row.data)

    def _of_page(self, page_id: int, shown_url: str) -> list[Fetch]:
        rows = [dict(row._mapping) for row in self._connection.execute(_of_page(page_id, self._as_of))]
        listed = [row for row in rows_of(self._connection, page_id) if self._is_listed(row["captured_at"])]
        keys = self._keys({row["content_id"] for row in listed})
        rows += [_NO_ANSWER | row | {"key": keys[row["content_id"]]} for row in listed]
        rows.sort(key=lambda row: (row["captured_at"], row["id"]))
        at_hand = self._at_hand({row["body_sha256"] for row in rows if row["answer_sha256"] is None})
        return [_fetch(row, self._asked(page_id, row) or shown_url, at_hand) for row in rows]

    def _asked(self, page_id: int, row: Mapping[str, Any]) -> str | None:
        """The former address at which it was captured."""
        if row["at_url"] is not None:
            return self._former.shown(page_id, row["at_url"])
        is_redirect = row["outcome"] == Outcome.MOVED.value
        if is_redirect:
            former = self._former.left(page_id, row["captured_at"])
        else:
            is_article = row["outcome"] in {Outcome.OK.value, Outcome.NOT_MODIFIED.value}
            former = self._former.asked(page_id, row["captured_at"], row["run_id"], is_article=is_article)
        return former.shown_url if former else None

    def _keys(self, content_ids: set[int]) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        for some in chunks(content_ids):
            found.update(
                self._connection.execute(select(_content.c.id, _content.c.key).where(_content.c.id.in_(some))).all()
            )
        return found

    def _at_hand(self, digests: set[bytes | None]) -> set[bytes]:
        found: set[bytes] = set()
        for some in chunks((digest for digest in digests if digest is not None), CHUNK):
            found.update(self._connection.scalars(select(_body.c.sha256).where(_body.c.sha256.in_(some))))
        return found


_NO_ANSWER: Final = dict.fromkeys(("answer_sha256", "is_whole", "final_url", "media_type", "headers"))


def _until(as_of: datetime | None) -> tuple[ColumnElement[bool], ...]:
    return () if as_of is None else (or_(_capture.c.captured_at.is_(None), _capture.c.captured_at <= as_of),)


def _told(as_of: datetime | None) -> tuple[ColumnElement[bool], ...]:
    is_fetch = _capture.c.captured_at.is_not(None), _capture.c.reread_of.is_(None)
    return (*is_fetch, _page.c.state != PageState.FORGOTTEN.value, *_until(as_of))


def _of_page(page_id: int, as_of: datetime | None) -> Select[Any]:
    answer = (_answer.c.is_whole, _answer.c.final_url, _answer.c.media_type, _answer.c.headers)
    joined = (
        _capture.join(_page, _page.c.id == _capture.c.page_id)
        .outerjoin(_answer, _answer.c.capture_id == _capture.c.id)
        .outerjoin(_content, _content.c.id == _capture.c.content_id)
    )
    columns = (_capture, _answer.c.body_sha256.label("answer_sha256"), *answer, _content.c.key)
    return select(*columns).select_from(joined).where(_capture.c.page_id == page_id, *_told(as_of))


def _fetch(row: Mapping[str, Any], url: str, at_hand: set[bytes]) -> Fetch:
    own, whole = row["answer_sha256"], row["body_sha256"]
    return Fetch(
        url=url,
        captured_at=row["captured_at"],
        outcome=Outcome(row["outcome"]),
        http_status=row["http_status"],
        reason=row["reason"] or "",
        reader_version=row["reader_version"] or "",
        moved_to=row["moved_to"],
        article_key=row["key"],
        body_sha256=own if own is not None else (whole if whole in at_hand else None),
        is_whole=own is None or bool(row["is_whole"]),
        is_answer=own is not None,
        final_url=row["final_url"],
        media_type=row["media_type"],
        headers=json.loads(row["headers"] or "{}"),
    )
