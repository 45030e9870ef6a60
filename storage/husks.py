"""What is left of a forgotten page: its rows without anything that it said. Captures and versions keep their ids, which nobody
else may get; page and addresses keep the SHA-256 of an address (storage/forgotten.py). All else is the same in every husk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from storage.forgotten import PREFIX
from storage.models import (
    AddressRow,
    AnswerRow,
    CaptureRow,
    ContentRow,
    EventRow,
    HeldRow,
    PageRow,
    Standing,
    VersionRow,
    table_of,
)
from storage.records import Article, EventKind, Outcome, PageState

_address, _answer, _capture, _content = (table_of(row) for row in (AddressRow, AnswerRow, CaptureRow, ContentRow))
_event, _held, _page, _version = (table_of(row) for row in (EventRow, HeldRow, PageRow, VersionRow))

NOTHING: Final = Article(None, None, None, ())
"""The article of every husk of a version."""
CAPTURE: Final[Mapping[str, Any]] = {
    "captured_at": None,
    "outcome": Outcome.FORGOTTEN.value,
    "http_status": None,
    "standing": int(Standing.PASSED),
    "body_sha256": None,
    "content_id": None,
    "version_id": None,
    "reader_version": None,
    "reread_of": None,
    "moved_to": None,
    "at_url": None,
    "reason": None,
}
VERSION: Final[Mapping[str, Any]] = {
    "position": None,
    "is_kept": False,
    "rereads": None,
    "reader_version": "",
    "first_seen_at": None,
    "last_seen_at": None,
    "captures": 0,
}
PAGE: Final[Mapping[str, Any]] = {
    "state": PageState.FORGOTTEN.value,
    "listing": 0,
    "noted_run_id": None,
    "title": None,
    "language": None,
    "current_version_id": None,
    "latest_capture_id": None,
    "first_seen_at": None,
    "last_seen_at": None,
    "checked_at": None,
    "missing_since": None,
    "moved_to": None,
    "same_as": None,
}


def is_husk_of_capture() -> ColumnElement[bool]:
    return _is(_capture, CAPTURE)


def is_husk_of_version() -> ColumnElement[bool]:
    is_nothing = exists().where(_content.c.id == _version.c.content_id, _content.c.text_length == 0)
    return _is(_version, VERSION) & is_nothing


def remains(connection: Connection) -> Iterator[tuple[int, str]]:
    """Forgotten pages of which the store holds something, by id, and what."""
    for what, found in _remains().items():
        is_there = found.where(_page.c.state == PageState.FORGOTTEN.value).distinct().order_by(_page.c.id)
        for page_id in connection.scalars(is_there):
            yield page_id, f"it was forgotten, and the store holds {what}"


def _remains() -> dict[str, Any]:
    of_page = select(_page.c.id)
    captures = of_page.join(_capture, _capture.c.page_id == _page.c.id)
    is_word = (_event.c.kind == EventKind.FORGOTTEN.value) & _event.c.url.startswith(PREFIX)
    named = [column.startswith(PREFIX) for column in (_page.c.url, _page.c.shown_url)]
    former = [column.startswith(PREFIX) for column in (_address.c.url, _address.c.shown_url, _address.c.moved_to)]
    return {
        "its address": of_page.where(~and_(*named)),
        "a former address of it": of_page.join(_address, _address.c.page_id == _page.c.id).where(~and_(*former)),
        "what is told of it in lists": of_page.where(~_is(_page, PAGE)),
        "a capture of it": captures.where(~is_husk_of_capture()),
        "bytes of it": captures.join(_answer, _answer.c.capture_id == _capture.c.id),
        "a version of it": of_page.join(_version, _version.c.page_id == _page.c.id).where(~is_husk_of_version()),
        "an event of it": of_page.join(_event, _event.c.page_id == _page.c.id).where(~is_word),
        "it in review": of_page.join(_held, or_(_held.c.page_id == _page.c.id, _held.c.other_page_id == _page.c.id)),
    }


def _is(table: Any, values: Mapping[str, Any]) -> ColumnElement[bool]:
    return and_(*(table.c[name].is_not_distinct_from(value) for name, value in values.items()))
