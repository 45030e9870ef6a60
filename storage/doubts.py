"""What makes captures unbelievable that would be believed one by one: a whole run of them seen at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, func, select

from storage.articles import bits_to_fields
from storage.groups import MANY, taken_out
from storage.hashing import canonical_text
from storage.histories import article_of
from storage.models import CaptureRow, ContentRow, HeldRow, PageRow, Standing, table_of
from storage.pieces import chunks
from storage.records import Article, Outcome
from storage.sightings import SHOWN, count_shrunk, has_shrunk, joined, lost_fields, shrunk
from storage.spans import of_runs
from storage.watching import LENGTH, SHORTER

SHRINKAGE: Final = "shrinkage"
FIELD_LOST: Final = "field_lost"
SAME_TEXT: Final = "same_text"
SIGHTINGS: Final = (SHRINKAGE, FIELD_LOST, SAME_TEXT)
"""Kinds of what is held because of what one capture shows: another crawl that sees the same makes it believed."""

PAGES_SHRUNK: Final = 5
"""So many pages that shrank in one run are the site's doing, not its editors'."""
ALMOST_NOTHING: Final = 0.1
"""One page alone is held when it is left with less than this of a text of at least ``MUCH`` characters."""
MUCH: Final = 500
HALF: Final = 0.5
"""Fewer pages, too, are held when the very same blocks are gone from all of them and less than this is left."""

_MOST_IS_GONE: Final = "most of its text is gone"

_capture, _content, _held, _page = table_of(CaptureRow), table_of(ContentRow), table_of(HeldRow), table_of(PageRow)


@dataclass(frozen=True, slots=True)
class Doubts:
    """``fallen``: the fields that fell in this run, and from what to what. The others: ids of captures."""

    many_shrank: bool = False
    fallen: Mapping[str, str] = field(default_factory=dict)
    same_loss: frozenset[int] = frozenset()
    same_text: frozenset[int] = frozenset()

    def about(self, row: Row[Any]) -> tuple[str, str] | None:
        """Why a capture isn't believed at once: the kind of what is held, and the reason in words."""
        if row.reread_of is not None:
            return None  # the bytes were believed once: only the reader differs
        if row.outcome == Outcome.SUSPECT:
            return SHRINKAGE, row.reason or _MOST_IS_GONE
        if row.id in self.same_text:
            return SAME_TEXT, "other pages with other titles show the very same text"
        if row.id in self.same_loss:
            return SHRINKAGE, f"{_MOST_IS_GONE}, the same as on other pages"
        is_stub = has_shrunk(row, ALMOST_NOTHING) and row.shown_length >= MUCH
        if is_stub or (self.many_shrank and has_shrunk(row)):
            return SHRINKAGE, _MOST_IS_GONE
        return self._about_fields(row)

    def _about_fields(self, row: Row[Any]) -> tuple[str, str] | None:
        lost = [*bits_to_fields(lost_fields(row)), *([LENGTH] if has_shrunk(row, SHORTER) else [])]
        words = [self.fallen[name] for name in lost if name in self.fallen]
        return (FIELD_LOST, "; ".join(words)) if words else None


def agreed_before(connection: Connection, run_ids: Sequence[int]) -> set[tuple[int, bytes, int]]:
    """What earlier runs saw and held: page, text, and the fields that it had."""
    statement = (
        select(_held.c.page_id, _content.c.text_sha256, _content.c.present)
        .join(_capture, _capture.c.id == _held.c.capture_id)
        .join(_content, _content.c.id == _capture.c.content_id)
        .where(_held.c.kind.in_(SIGHTINGS), _capture.c.run_id.not_in(run_ids))
    )
    return {(row.page_id, row.text_sha256, row.present) for row in connection.execute(statement)}


def doubts_of(connection: Connection, run_ids: Sequence[int], fallen: Mapping[str, str], *, is_past: bool) -> Doubts:
    """Look at all waiting captures of these runs. An import tells of many pages by one hand: only a shrunk text is doubted."""
    many_shrank = count_shrunk(connection, run_ids) >= PAGES_SHRUNK
    if is_past:
        return Doubts(many_shrank)
    return Doubts(many_shrank, fallen, _same_loss(connection, run_ids, many_shrank), _same_text(connection, run_ids))


def _same_loss(connection: Connection, run_ids: Sequence[int], many_shrank: bool) -> frozenset[int]:
    """Captures of pages that lost most of their text, and all of them the very same blocks."""
    by_loss: dict[str, list[int]] = defaultdict(list)
    for row in shrunk(connection, run_ids, HALF):
        if not (many_shrank and has_shrunk(row)):  # those are held anyway
            before, now = article_of(connection, row.shown_content_id), article_of(connection, row.content_id)
            by_loss[taken_out(before, now)].append(row.id)
    return frozenset(id_ for ids in by_loss.values() if len(ids) >= MANY for id_ in ids)


def _same_text(connection: Connection, run_ids: Sequence[int]) -> frozenset[int]:
    """Captures of several pages that show one text and don't agree on whose it is."""
    found: set[int] = set()
    for some in chunks(connection.scalars(_bodies_of_many(run_ids)).all(), 50):
        by_body: dict[bytes, list[Row[Any]]] = defaultdict(list)
        for row in connection.execute(_showing(run_ids, some)):
            by_body[row.body_sha256].append(row)
        for rows in by_body.values():
            if len({row.page_id for row in rows}) >= MANY and _disagree(connection, rows):
                found.update(row.id for row in rows)
    return frozenset(found)


def _disagree(connection: Connection, rows: Sequence[Row[Any]]) -> bool:
    """One article in several sections has one title, and was one article before. A page that was another one disagrees."""
    now = {row.content_id: article_of(connection, row.content_id) for row in rows}
    titles = {_title(article) for article in now.values()}
    if len(titles) > 1:
        return True
    known = [row for row in rows if row.shown_content_id is not None and row.shown_body_sha256 != row.body_sha256]
    before = [article_of(connection, row.shown_content_id) for row in known]
    shown = Counter((row.shown_body_sha256, _title(article)) for row, article in zip(known, before, strict=True))
    if len(shown) == 1 and max(shown.values()) == 1:
        return {_title(article) for article in before} != titles
    return len(shown) > 1


def _title(article: Article) -> str:
    return canonical_text(article.title or "")


def _bodies_of_many(run_ids: Sequence[int]) -> Select[Any]:
    """The texts that at least ``MANY`` pages came to in these runs, some of them not settled yet."""
    is_waiting = func.max(_capture.c.standing) == int(Standing.WAITING)
    return (
        select(_content.c.body_sha256)
        .join(_capture, _capture.c.content_id == _content.c.id)
        .where(of_runs(run_ids), _capture.c.outcome == Outcome.OK.value, _content.c.text_length > 0)
        .where(_capture.c.reread_of.is_(None), _content.c.body_sha256.is_not(None))
        .group_by(_content.c.body_sha256)
        .having(func.count(func.distinct(_capture.c.page_id)) >= MANY, is_waiting)
    )


def _showing(run_ids: Sequence[int], bodies: Collection[bytes]) -> Select[Any]:
    columns = (
        _capture.c.id,
        _capture.c.page_id,
        _capture.c.content_id,
        _content.c.body_sha256,
        SHOWN.c.id.label("shown_content_id"),
        SHOWN.c.body_sha256.label("shown_body_sha256"),
    )
    return (
        joined(select(*columns))
        .where(of_runs(run_ids), _capture.c.outcome == Outcome.OK.value, _content.c.body_sha256.in_(bodies))
        .where(_page.c.last_seen_at.is_(None) | (_capture.c.captured_at >= _page.c.last_seen_at))
    )
