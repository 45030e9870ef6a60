"""Captures that show an article, on their way into their pages' histories.

Nearly all of a later crawl shows what is known already, and nearly all of a first one is new: both are written many rows at a
time. Whatever else a capture may show goes page by page.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, update

from storage.articles import decode_article
from storage.bodies import decompress
from storage.histories import Settling, plain
from storage.keeping import drop_answers
from storage.models import AnswerRow, CaptureRow, ContentRow, EventRow, Listing, PageRow, Standing, VersionRow, table_of
from storage.pieces import CHUNK
from storage.records import FIELDS, EventKind, Outcome, PageState
from storage.retention import Retention
from storage.spans import unsettled

SHOWING: Final = (Outcome.OK.value, Outcome.NOT_MODIFIED.value, Outcome.SUSPECT.value)
"""Outcomes of captures that may show an article; of one that is suspect it isn't believed at once."""

SHRUNK_TO: Final = 0.4
"""A text that is left with less than this has shrunk: no clear edit. Several such pages in one run are held."""

_BODY_BIT: Final = 1 << FIELDS.index("body")
_HERE: Final = (PageState.LISTED.value, PageState.UNLISTED.value)

_capture, _event, _page, _version = table_of(CaptureRow), table_of(EventRow), table_of(PageRow), table_of(VersionRow)
_content = table_of(ContentRow)
_answer = table_of(AnswerRow)
SHOWN: Final = table_of(ContentRow).alias("shown")
"""What a capture's page shows so far."""
_COLUMNS: Final = (
    _capture.c.id,
    _capture.c.page_id,
    _capture.c.run_id,
    _capture.c.captured_at,
    _capture.c.outcome,
    _capture.c.content_id,
    _capture.c.reader_version,
    _capture.c.reread_of,
    _capture.c.reason,
    _content.c.content_sha256,
    _content.c.text_sha256,
    _content.c.text_length,
    _content.c.unknown,
    _content.c.present,
    _content.c.body_sha256,
    _page.c.site,
    _page.c.url,
    _page.c.shown_url,
    _page.c.state,
    _page.c.listing,
    _page.c.noted_run_id,
    _page.c.current_version_id,
    _page.c.latest_capture_id,
    _page.c.last_seen_at,
    _version.c.opened_by,
    select(_answer.c.capture_id).where(_answer.c.capture_id == _capture.c.id).exists().label("is_kept"),
    SHOWN.c.id.label("shown_content_id"),
    SHOWN.c.body_sha256.label("shown_body_sha256"),
    SHOWN.c.present.label("shown_present"),
    SHOWN.c.text_sha256.label("shown_text_sha256"),
    SHOWN.c.content_sha256.label("shown_sha256"),
    SHOWN.c.content_algorithm.label("shown_algorithm"),
    SHOWN.c.text_length.label("shown_length"),
    SHOWN.c.unknown.label("shown_unknown"),
)


@dataclass(slots=True)
class Sorted:
    """Waiting captures by what they come to."""

    unchanged: list[Row[Any]] = field(default_factory=list)
    new: list[Row[Any]] = field(default_factory=list)
    other: dict[int, list[Row[Any]]] = field(default_factory=lambda: defaultdict(list))
    """By page: edits, returns, captures from the past, and pages seen more than once."""


def waiting(connection: Connection, run_id: int, after: int = 0) -> Iterator[Sequence[Row[Any]]]:
    """The run's waiting captures that show an article, in chunks, each beside what its page shows so far."""
    while True:
        rows = connection.execute(_waiting(run_id).where(_capture.c.id > after).limit(CHUNK)).all()
        if not rows:
            return
        after = rows[-1].id
        yield rows


def sort(rows: Sequence[Row[Any]], familiar: Collection[int] = ()) -> Sorted:
    """By page, what can be written many rows at a time and what can't. ``familiar``: as ``storage.familiar`` finds them."""
    seen = Counter(row.page_id for row in rows)
    result = Sorted()
    for row in rows:
        if seen[row.page_id] == 1 and _is_unchanged(row, is_familiar=row.id in familiar):
            result.unchanged.append(row)
        elif seen[row.page_id] == 1 and row.state == PageState.PENDING and row.outcome == Outcome.OK:
            result.new.append(row)
        else:
            result.other[row.page_id].append(row)
    return result


def is_clear(rows: Sequence[Row[Any]]) -> bool:
    """Whether a page's captures may be settled before its run has ended: it was here, and its text is."""
    return all(row.state in _HERE and row.outcome != Outcome.SUSPECT and not has_shrunk(row) for row in rows)


def has_shrunk(row: Row[Any], to: float = SHRUNK_TO) -> bool:
    """Whether the page's text is left with less than this share of what it was."""
    if _is_past(row):
        return False
    if row.shown_length is None or row.text_length is None or row.unknown & _BODY_BIT:
        return False
    return bool(row.text_length < to * row.shown_length)


def lost_fields(row: Row[Any]) -> int:
    """The fields that the page had and that the capture hasn't, one bit each in the order of ``FIELDS``."""
    if row.shown_present is None or row.present is None or _is_past(row):
        return 0
    return int(row.shown_present & ~row.present & ~row.unknown & ~row.shown_unknown)


def _is_past(row: Row[Any]) -> bool:
    """A capture from the past takes nothing from a page."""
    return row.captured_at is None or row.last_seen_at is None or bool(row.captured_at < row.last_seen_at)


def write_unchanged(connection: Connection, rows: Sequence[Row[Any]], retention: Retention) -> None:
    """The pages show what they showed: the last sightings move on, and older bytes are let go.

    One that brought none (a 304) takes nobody's place: the page's latest bytes stay until others come.
    """
    if not rows:
        return
    values = [
        {"capture": row.id, "page": row.page_id, "version": row.current_version_id, "at": row.captured_at}
        for row in rows
    ]
    connection.execute(
        update(_capture)
        .where(_capture.c.id == bindparam("capture"))
        .values(standing=int(Standing.COUNTED), version_id=bindparam("version")),
        values,
    )
    connection.execute(
        update(_version)
        .where(_version.c.id == bindparam("version"))
        .values(last_seen_at=bindparam("at"), captures=_version.c.captures + 1),
        values,
    )
    connection.execute(
        update(_page)
        .where(_page.c.id == bindparam("page"))
        .values(latest_capture_id=bindparam("capture"), last_seen_at=bindparam("at")),
        values,
    )
    if retention.keep == "versions":
        followed = [row.latest_capture_id for row in rows if row.is_kept and row.latest_capture_id != row.opened_by]
        drop_answers(connection, followed)


def write_new(connection: Connection, rows: Sequence[Row[Any]], settling: Settling) -> None:
    """The first version of each page, and its event."""
    if not rows:
        return
    statement = insert(_version).returning(_version.c.id, sort_by_parameter_order=True)
    versions = list(connection.execute(statement, [_first_version(row) for row in rows]).scalars())
    pairs = list(zip(rows, versions, strict=True))
    connection.execute(insert(_event), [_new_event(row, version, settling) for row, version in pairs])
    connection.execute(
        update(_capture)
        .where(_capture.c.id == bindparam("capture"))
        .values(standing=int(Standing.COUNTED), version_id=bindparam("version")),
        [{"capture": row.id, "version": version} for row, version in pairs],
    )
    titles = _titles(connection, {row.content_id for row in rows})
    connection.execute(
        update(_page)
        .where(_page.c.id == bindparam("page"))
        .values(
            versions=1,
            state=bindparam("now"),
            listing=bindparam("listed"),
            title=bindparam("heading"),
            language=bindparam("tongue"),
            current_version_id=bindparam("version"),
            latest_capture_id=bindparam("capture"),
            first_seen_at=bindparam("at"),
            last_seen_at=bindparam("at"),
        ),
        [_new_page(row, version, *titles[row.content_id]) for row, version in pairs],
    )


def count_shrunk(connection: Connection, run_ids: Collection[int]) -> int:
    """How many pages have waiting captures in which they have shrunk."""
    statement = joined(select(func.count(func.distinct(_capture.c.page_id)))).where(*_are_shrunk(run_ids, SHRUNK_TO))
    return connection.scalar(statement) or 0


def shrunk(connection: Connection, run_ids: Collection[int], to: float) -> Sequence[Row[Any]]:
    """The waiting captures in which pages have shrunk."""
    return connection.execute(joined(select(*_COLUMNS)).where(*_are_shrunk(run_ids, to)).order_by(_capture.c.id)).all()


def _are_shrunk(run_ids: Collection[int], to: float) -> tuple[Any, ...]:
    return (
        unsettled(run_ids),
        _capture.c.standing == Standing.WAITING,
        _capture.c.outcome.in_(SHOWING),
        _content.c.text_length < to * SHOWN.c.text_length,
        _capture.c.captured_at >= _page.c.last_seen_at,
    )


def _waiting(run_id: int) -> Select[Any]:
    return (
        joined(select(*_COLUMNS))
        .where(_capture.c.content_id.is_not(None) | (_capture.c.outcome == Outcome.SUSPECT.value))
        .where(unsettled([run_id]), _capture.c.standing == Standing.WAITING, _capture.c.outcome.in_(SHOWING))
        .order_by(_capture.c.id)
    )


def joined(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(_capture)
        .outerjoin(_content, _content.c.id == _capture.c.content_id)
        .join(_page, _page.c.id == _capture.c.page_id)
        .outerjoin(_version, _version.c.id == _page.c.current_version_id)
        .outerjoin(SHOWN, SHOWN.c.id == _version.c.content_id)
    )


def _is_unchanged(row: Row[Any], *, is_familiar: bool) -> bool:
    """Whether the page is here, shows what it showed, and shows it later than all that is known of it."""
    return (
        row.state in _HERE
        and row.outcome != Outcome.SUSPECT
        and (row.content_sha256 == row.shown_sha256 or is_familiar)
        and row.unknown == 0 == row.shown_unknown
        and row.captured_at is not None
        and row.last_seen_at is not None
        and row.captured_at >= row.last_seen_at
    )


def _first_version(row: Row[Any]) -> dict[str, Any]:
    return {
        "page_id": row.page_id,
        "number": 1,
        "position": 0,
        "content_id": row.content_id,
        "opened_by": row.id,
        "is_kept": row.is_kept,
        "rereads": None,
        "reader_version": row.reader_version or "",
        "first_seen_at": row.captured_at,
        "last_seen_at": row.captured_at,
        "captures": 1,
    }


def _new_event(row: Row[Any], version: int, settling: Settling) -> dict[str, Any]:
    return {
        "page_id": row.page_id,
        "run_id": settling.run_id,
        "kind": EventKind.NEW.value,
        "url": row.shown_url,
        "seen_at": row.captured_at,
        "recorded_at": settling.recorded_at,
        "to_version_id": version,
        "is_baseline": not settling.is_past and row.site in settling.baseline_sites,
        "is_past": settling.is_past,
    }


def _new_page(row: Row[Any], version: int, title: str | None, language: str | None) -> dict[str, Any]:
    is_listed = row.noted_run_id is not None
    return {
        "page": row.page_id,
        "capture": row.id,
        "version": version,
        "at": row.captured_at,
        "now": (PageState.LISTED if is_listed else PageState.UNLISTED).value,
        "listed": int(Listing.LISTED if is_listed else Listing.NEVER),
        "heading": title,
        "tongue": language,
    }


def _titles(connection: Connection, content_ids: Collection[int]) -> dict[int, tuple[str | None, str | None]]:
    """Title and language of each article."""
    rows = connection.execute(
        select(_content.c.id, _content.c.codec, _content.c.article).where(_content.c.id.in_(content_ids))
    )
    articles = {id_: decode_article(decompress(codec, data)) for id_, codec, data in rows}
    return {id_: (plain(article.title), plain(article.language)) for id_, article in articles.items()}
