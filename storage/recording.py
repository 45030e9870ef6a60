"""The first half of a run: captures in, with their bytes and articles, one transaction a batch.

This is the hot path: Core inserts of many rows at once, and nothing is hashed or compressed that the store has already.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, bindparam, func, insert, or_, select, update

from storage import bodies
from storage.articles import encode_article, fields_to_bits
from storage.checksums import with_checksum
from storage.facets import body_sha256, present_fields
from storage.filing import Incoming, keep_bodies
from storage.forgotten import forgotten_among
from storage.hashing import TEXT_ALGORITHM, hash_article
from storage.models import AddressRow, AnswerRow, CaptureRow, ContentRow, PageRow, Standing, table_of
from storage.pieces import chunks
from storage.records import Article, Capture, Outcome, PageState, RecordedCapture
from storage.texts import storable, storable_or_none
from storage.times import utc_now
from storage.word_index import add_words
from storage.words import texts_of

KEPT_WHOLE: Final = frozenset({Outcome.OK, Outcome.EXTRACT_FAILED, Outcome.SUSPECT})
"""Outcomes whose bytes are kept whole; of any other's, the first 64 KiB."""

UNANSWERED: Final = frozenset(
    {
        Outcome.NET_ERROR,
        Outcome.HTTP_ERROR,
        Outcome.PARTIAL,
        Outcome.BLOCKED,
        Outcome.MAINTENANCE,
        Outcome.ROBOTS_DENIED,
        Outcome.UNACCOUNTED,
    }
)
"""Outcomes that say nothing of the page: it stays due."""

_encode_headers = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class _Place:
    """The page that a capture belongs to. ``latest`` is the id of its latest counted capture."""

    page_id: int
    at_url: str | None = None
    latest: int | None = None


def record_captures(
    connection: Connection, run_id: int, site: str | None, captures: Sequence[Capture], now: datetime | None = None
) -> list[RecordedCapture]:
    """Store captures, bytes and articles; what is returned is safe once the transaction is committed.

    Of a forgotten page nothing is stored: what was captured of it is left out of what is returned.
    """
    forgotten = forgotten_among(connection, [capture.url for capture in captures])
    captures = [capture for capture in captures if capture.url not in forgotten]
    if not captures:
        return []
    places = _find_pages(connection, site, captures)
    contents = _keep_articles(connection, [capture.article for capture in captures if capture.article is not None])
    bodies_of = [_kept_body(capture) for capture in captures]
    incoming = [
        _incoming(capture, body, site, places[capture.url], contents)
        for capture, body in zip(captures, bodies_of, strict=True)
        if body is not None
    ]
    digests = keep_bodies(connection, incoming, now or utc_now())
    shown_again = _contents_of(
        connection, [places[c.url].latest for c in captures if c.outcome is Outcome.NOT_MODIFIED]
    )

    rows = []
    kept = iter(digests)
    answers: list[tuple[int, bytes, bool, Capture]] = []
    for index, (capture, body) in enumerate(zip(captures, bodies_of, strict=True)):
        place = places[capture.url]
        digest = None
        if body is not None:
            stored = next(kept)
            is_all = len(body) == len(capture.body or b"")
            is_whole = is_all and not capture.is_cut
            digest = stored if is_all else bodies.digest(capture.body or b"")
            answers.append((index, stored, is_whole, capture))
        row = _capture_row(capture, run_id, place, digest)
        if capture.article is not None:
            row["content_id"] = contents[id(capture.article)]
        elif capture.outcome is Outcome.NOT_MODIFIED and place.latest is not None:
            row["content_id"], row["reader_version"] = shown_again.get(place.latest, (None, None))
        rows.append(row)

    ids = insert_captures(connection, rows)
    if answers:
        connection.execute(
            insert(AnswerRow), [_answer_row(ids[i], stored, whole, capture) for i, stored, whole, capture in answers]
        )
    _mark_checked(connection, captures, places)
    return [RecordedCapture(id_, c.url, c.outcome) for id_, c in zip(ids, captures, strict=True)]


def note_addresses(connection: Connection, run_id: int, site: str | None, addresses: Sequence[tuple[str, str]]) -> None:
    """Mark pages as found in a list by this run; an address never seen becomes a pending page, but that of a forgotten one."""
    forgotten = forgotten_among(connection, [url for url, _ in addresses])
    shown = {url: shown for url, shown in addresses if url not in forgotten}
    places = {url: place.page_id for url, place in _known(connection, shown).items()}
    missing = [_page_row(url, shown[url], site) | {"noted_run_id": run_id} for url in shown if url not in places]
    if missing:
        connection.execute(insert(PageRow), missing)
    if places:
        page = table_of(PageRow)
        noted = {"noted_run_id": run_id, "site": func.coalesce(page.c.site, site)}
        connection.execute(
            update(page).where(page.c.id == bindparam("page")).values(noted),
            [{"page": page_id} for page_id in places.values()],
        )


def insert_one(connection: Connection, table: Table, row: Mapping[str, Any]) -> int:
    """Insert a row and give its id."""
    id_: int = connection.execute(insert(table).values(row).returning(table.c.id)).scalar_one()
    return id_


def insert_captures(connection: Connection, rows: list[dict[str, Any]]) -> list[int]:
    """Insert capture rows and give their ids in the same order."""
    statement = insert(table_of(CaptureRow)).returning(table_of(CaptureRow).c.id, sort_by_parameter_order=True)
    return list(connection.execute(statement, rows).scalars())


def keep_article(connection: Connection, article: Article) -> int:
    """The id of the content row that holds this very article."""
    return _keep_articles(connection, [article])[id(article)]


def _find_pages(connection: Connection, site: str | None, captures: Sequence[Capture]) -> dict[str, _Place]:
    """A page for each address; one never seen becomes a pending page.

    What answers at a former address belongs to the page that moved away, unless it is an article again: then the address is
    a page of its own.
    """
    by_url = {capture.url: capture for capture in captures}
    articles = {capture.url for capture in captures if capture.outcome is Outcome.OK}
    places = {
        url: place for url, place in _known(connection, by_url).items() if place.at_url is None or url not in articles
    }
    missing = [url for url in by_url if url not in places]
    if missing:
        rows = [_page_row(url, by_url[url].shown_url or url, by_url[url].site or site) for url in missing]
        statement = insert(table_of(PageRow)).returning(table_of(PageRow).c.id, sort_by_parameter_order=True)
        ids = connection.execute(statement, rows).scalars()
        places.update((url, _Place(page_id)) for url, page_id in zip(missing, ids, strict=True))
    return places


def _known(connection: Connection, urls: Iterable[str]) -> dict[str, _Place]:
    wanted = list(urls)
    page, address = table_of(PageRow).c, table_of(AddressRow).c
    found: dict[str, _Place] = {}
    for some in chunks(wanted):
        at_page = select(page.url, page.id, page.latest_capture_id).where(page.url.in_(some))
        found.update((url, _Place(page_id, None, latest)) for url, page_id, latest in connection.execute(at_page))
    for some in chunks(url for url in wanted if url not in found):
        former = select(address.url, address.page_id).where(address.url.in_(some))
        found.update((url, _Place(page_id, url)) for url, page_id in connection.execute(former))
    return found


def _page_row(url: str, shown_url: str, site: str | None) -> dict[str, Any]:
    return {"url": url, "shown_url": shown_url, "site": site, "state": PageState.PENDING.value}


def _capture_row(capture: Capture, run_id: int, place: _Place, digest: bytes | None) -> dict[str, Any]:
    return {
        "page_id": place.page_id,
        "run_id": run_id,
        "captured_at": capture.captured_at,
        "outcome": capture.outcome.value,
        "http_status": capture.http_status,
        "standing": int(Standing.OPEN if capture.is_open else Standing.WAITING),
        "body_sha256": digest,
        "content_id": None,
        "reader_version": capture.reader_version or None,
        "reread_of": None,
        "moved_to": capture.moved_to,
        "at_url": place.at_url,
        "reason": storable(capture.reason) or None,
    }


def _answer_row(capture_id: int, digest: bytes, is_whole: bool, capture: Capture) -> dict[str, Any]:
    row = {
        "capture_id": capture_id,
        "body_sha256": digest,
        "is_whole": is_whole,
        "final_url": storable_or_none(capture.final_url),
        "media_type": storable_or_none(capture.media_type),
        "encoding": storable_or_none(capture.encoding),
        "headers": _encode_headers(dict(capture.headers)),
    }
    return with_checksum(table_of(AnswerRow), row)


def _kept_body(capture: Capture) -> bytes | None:
    if not capture.body:
        return None
    return capture.body if capture.is_open or capture.outcome in KEPT_WHOLE else capture.body[: bodies.KEPT_OF_FAILURES]


def _incoming(capture: Capture, body: bytes, site: str | None, place: _Place, contents: Mapping[int, int]) -> Incoming:
    return Incoming(
        data=body,
        site=capture.site or site,
        page_id=place.page_id,
        content_id=None if capture.article is None or place.latest is None else contents[id(capture.article)],
        is_sample=capture.is_open or capture.outcome is Outcome.OK,
    )


def _keep_articles(connection: Connection, articles: list[Article]) -> dict[int, int]:
    """The content row of each article, by the article object's identity."""
    if not articles:
        return {}
    encoded = [encode_article(article) for article in articles]
    keys = [bodies.digest(data) for data in encoded]
    table = table_of(ContentRow).c
    ids = dict(connection.execute(select(table.key, table.id).where(table.key.in_(keys))).all())
    new = {key: (article, data) for key, article, data in zip(keys, articles, encoded, strict=True) if key not in ids}
    if new:
        rows = [_content_row(key, article, data) for key, (article, data) in new.items()]
        statement = insert(table_of(ContentRow)).returning(table.id, sort_by_parameter_order=True)
        added = list(connection.execute(statement, rows).scalars())
        add_words(connection, zip(added, (texts_of(article) for article, _ in new.values()), strict=True))
        ids.update(zip(new, added, strict=True))
    return {id(article): ids[key] for article, key in zip(articles, keys, strict=True)}


def _content_row(key: bytes, article: Article, data: bytes) -> dict[str, Any]:
    hashes = hash_article(article)
    codec, packed = bodies.compress(data)
    return {
        "key": key,
        "text_sha256": hashes.text,
        "text_algorithm": TEXT_ALGORITHM,
        "content_sha256": hashes.content,
        "content_algorithm": hashes.content_algorithm,
        "text_length": hashes.text_length,
        "unknown": fields_to_bits(article.unknown),
        "present": present_fields(article),
        "body_sha256": body_sha256(article),
        "codec": codec,
        "article": packed,
    }


def _contents_of(
    connection: Connection, capture_ids: Iterable[int | None]
) -> Mapping[int, tuple[int | None, str | None]]:
    """What captures showed: a 304 says that the page still shows it."""
    wanted = [id_ for id_ in capture_ids if id_ is not None]
    if not wanted:
        return {}
    table = table_of(CaptureRow).c
    rows = connection.execute(select(table.id, table.content_id, table.reader_version).where(table.id.in_(wanted)))
    return {id_: (content_id, reader) for id_, content_id, reader in rows}


def _mark_checked(connection: Connection, captures: Sequence[Capture], places: Mapping[str, _Place]) -> None:
    answered: dict[int, datetime] = {}
    for capture in captures:
        if capture.captured_at is not None and capture.outcome not in UNANSWERED:
            page_id = places[capture.url].page_id
            answered[page_id] = max(capture.captured_at, answered.get(page_id, capture.captured_at))
    if answered:
        page = table_of(PageRow)
        connection.execute(
            update(page)
            .where(
                page.c.id == bindparam("page"), or_(page.c.checked_at.is_(None), page.c.checked_at < bindparam("at"))
            )
            .values(checked_at=bindparam("at")),
            [{"page": page_id, "at": at} for page_id, at in answered.items()],
        )
