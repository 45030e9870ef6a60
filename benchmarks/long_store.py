"""A store with a long history: rows such as the program writes, put in many at a time.

``versions`` versions of a twentieth as many pages: a first crawl of all of them, then crawls of 500 pages each, a day apart, of
which 400 show an edit (one in fifty the text before the last) and 100 what they showed. Every article, body, hash, indexed word
and seal is the program's own, so that each query reads true rows and ``verify`` finds nothing. Articles are short: what grows is
the number of rows.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from storage import bodies, spans
from storage.articles import encode_article, fields_to_bits
from storage.checksums import with_checksum
from storage.engine import open_store, writing
from storage.facets import body_sha256, present_fields
from storage.hashing import TEXT_ALGORITHM, hash_article
from storage.models import (
    AnswerRow,
    BodyRow,
    CaptureRow,
    ContentRow,
    EventRow,
    PageRow,
    RunRow,
    Standing,
    VersionRow,
    table_of,
)
from storage.pieces import chunks
from storage.records import Article, Block, BlockKind
from storage.seals import seal
from storage.word_index import add_words
from storage.words import texts_of

SITE: Final = "csto-en"
READER: Final = "1"
VERSIONS_A_PAGE: Final = 20
EDITS, VISITS = 400, 100
RETURNS: Final = 50
"""One edit in so many shows the text before the last."""
BATCH: Final = 50
"""A look takes a second; the events of so many are recorded together."""
AT_ONCE: Final = 1000
START: Final = datetime(2015, 1, 1, 3, tzinfo=UTC)
_RUNS_AT_ONCE: Final = 10
"""So many runs are one transaction."""

_answer, _body, _capture, _content = (table_of(row) for row in (AnswerRow, BodyRow, CaptureRow, ContentRow))
_event, _page, _run, _version = (table_of(row) for row in (EventRow, PageRow, RunRow, VersionRow))

_CITIES: Final = ("Yerevan", "Minsk", "Astana", "Bishkek", "Moscow", "Dushanbe")
_ORGANS: Final = ("foreign ministers", "defence ministers", "secretaries", "parliaments")
_TOPICS: Final = ("peacekeeping", "drug trafficking", "military training", "information security", "emergencies")


def url_of(page: int) -> str:
    return f"https://en.odkb-csto.org/news/news_odkb/item-{page:06d}"


def article_of(page: int, text: int) -> Article:
    """The ``text``-th text of a page. Three pages in ten tell of a "joint exercise", the others of a "council"; all of a
    "secretary general", and each has a word that stands there alone."""
    city, organ, topic = (some[page % len(some)] for some in (_CITIES, _ORGANS, _TOPICS))
    if page % 10 < 3:
        first = f"The joint exercise of the {organ} was held in {city}, {text + 10} units took part."
    else:
        first = f"The council of {organ} met in {city}, {text + 10} members attended."
    second = f"The secretary general spoke of {topic} and thanked the hosts."
    blocks = (first, second, f"It was entered as item{page:06d}.")
    return Article(
        f"On {topic} in {city}", START.date(), "en", tuple(Block(BlockKind.PARAGRAPH, each) for each in blocks)
    )


@dataclass(slots=True)
class _Known:
    """A page as it is so far. ``shown``: the places of its texts, of which the last one stands."""

    id: int
    versions: int = 0
    version: int = 0
    content: int = 0
    content_before: int = 0
    opener: int = 0
    latest: int = 0
    sightings: int = 0
    first_seen_at: datetime = START
    seen_at: datetime = START


@dataclass(frozen=True, slots=True)
class _Look:
    page: _Known
    is_edit: bool


def make_store(url: str, versions: int, seed: int = 1) -> Engine:
    """A new store at ``url``; its engine."""
    engine = open_store(url, write=True)
    maker = _Maker(versions, random.Random(seed))
    for runs in chunks(maker.runs(), _RUNS_AT_ONCE):
        with writing(engine) as connection:
            for number, looks in runs:
                maker.write_run(connection, number, looks)
    with writing(engine) as connection:
        maker.finish(connection)
    return engine


class _Maker:
    def __init__(self, versions: int, chance: random.Random) -> None:
        self._wanted, self._chance = versions, chance
        self._pages = [_Known(number) for number in range(1, max(versions // VERSIONS_A_PAGE, 1) + 1)]
        self._versions = self._captures = self._contents = self._events = 0
        self._seen_again: list[dict[str, Any]] = []
        self._digests: dict[int, bytes] = {}
        """Of the bodies of the texts that may come again: those of each page's last two."""
        self._last_run = 0

    def runs(self) -> Iterator[tuple[int, list[_Look]]]:
        """The number of each run, and what it looks at. Made as they are asked for, after the run before was written."""
        yield 1, [_Look(page, is_edit=True) for page in self._pages]
        number, count = 1, len(self._pages)
        planned = count
        while planned < self._wanted:
            edits = min(EDITS, count * 4 // 5 or 1, self._wanted - planned)
            looked_at = self._chance.sample(self._pages, min(edits + VISITS, count))
            number, planned = number + 1, planned + edits
            yield number, [_Look(page, is_edit=place < edits) for place, page in enumerate(looked_at)]

    def write_run(self, connection: Connection, number: int, looks: Sequence[_Look]) -> None:
        started = START + timedelta(days=number)
        connection.execute(insert(_run).values(_run_row(number, started, looks)))
        spans.begin(connection, number)
        if number == 1:
            connection.execute(insert(_page), [_page_row(page) for page in self._pages])
        for start in range(0, len(looks), AT_ONCE):
            self._write(connection, number, started + timedelta(seconds=start), looks[start : start + AT_ONCE])
        self._last_run = number
        spans.end(connection, [number])
        seal(connection, number, started + timedelta(hours=20))

    def _write(self, connection: Connection, run: int, began: datetime, looks: Sequence[_Look]) -> None:
        rows: dict[Any, list[dict[str, Any]]] = {
            table: [] for table in (_content, _body, _capture, _answer, _version, _event)
        }
        words: list[tuple[int, list[str]]] = []
        for place, look in enumerate(looks):
            at = began + timedelta(seconds=place)
            self._captures += 1
            if look.is_edit:
                settled_at = began + timedelta(seconds=BATCH * (place // BATCH + 1))
                self._edit(look.page, run, at, settled_at, rows, words)
            else:
                self._see_again(look.page, run, at, rows)
        for table, values in rows.items():
            if values:
                connection.execute(insert(table), values)
        add_words(connection, words)
        self._write_seen_again(connection)

    def _edit(
        self,
        page: _Known,
        run: int,
        at: datetime,
        recorded_at: datetime,
        rows: dict[Any, list[dict[str, Any]]],
        words: list[tuple[int, list[str]]],
    ) -> None:
        self._close(page)
        before, was_version, was_seen = page.content, page.version, page.seen_at
        if page.versions > 1 and self._chance.randrange(RETURNS) == 0:
            page.content = page.content_before
        else:
            article = article_of(page.id, page.versions)
            self._contents += 1
            page.content = self._contents
            body = _body_of(article)
            self._digests[page.content] = bodies.digest(body)
            rows[_content].append(_content_row(page.content, article))
            rows[_body].append(_body_row(body))
            words.append((page.content, texts_of(article)))
        self._digests.pop(page.content_before if page.content != page.content_before else 0, None)
        self._versions += 1
        page.content_before, page.version, page.versions = before, self._versions, page.versions + 1
        page.opener = page.latest = self._captures
        page.sightings, page.first_seen_at, page.seen_at = 1, at, at
        digest = self._digests[page.content]
        rows[_capture].append(_capture_row(self._captures, page, run, at, digest))
        rows[_answer].append(_answer_row(self._captures, digest))
        rows[_version].append(_version_row(page, at))
        self._events += 1
        told = {"id": self._events, "from_version_id": was_version or None, "not_before": was_seen}
        rows[_event].append(_event_row(page, run, at, recorded_at) | (told if was_version else told | _NEW))

    def _see_again(self, page: _Known, run: int, at: datetime, rows: dict[Any, list[dict[str, Any]]]) -> None:
        page.latest, page.sightings, page.seen_at = self._captures, page.sightings + 1, at
        rows[_capture].append(_capture_row(self._captures, page, run, at, self._digests[page.content]))

    def _close(self, page: _Known) -> None:
        """Another version comes: what the one that stood so far was seen for is known now."""
        if page.sightings > 1:
            self._seen_again.append({"version": page.version, "times": page.sightings, "until": page.seen_at})

    def _write_seen_again(self, connection: Connection) -> None:
        if self._seen_again:
            seen = {"captures": bindparam("times"), "last_seen_at": bindparam("until")}
            statement = update(_version).where(_version.c.id == bindparam("version")).values(seen)
            connection.execute(statement, self._seen_again)
            self._seen_again = []

    def finish(self, connection: Connection) -> None:
        """The pages as they stand at the end, with the bytes of their latest captures."""
        for page in self._pages:
            self._close(page)
        self._write_seen_again(connection)
        titles = [article_of(page.id, 0).title for page in self._pages]
        rows = [_page_end(page, title, self._last_run) for page, title in zip(self._pages, titles, strict=True)]
        values = {name: bindparam(f"new_{name}") for name in rows[0] if name != "page"}
        named = [{"page": row.pop("page"), **{f"new_{name}": value for name, value in row.items()}} for row in rows]
        connection.execute(update(_page).where(_page.c.id == bindparam("page")).values(values), named)
        seen_again = [page for page in self._pages if page.latest != page.opener]
        if seen_again:
            answers = [_answer_row(page.latest, self._digests[page.content]) for page in seen_again]
            connection.execute(insert(_answer), answers)


_NEW: Final = {"kind": "new", "fields": 0, "is_baseline": True, "not_before": None}


def _run_row(number: int, started: datetime, looks: Sequence[_Look]) -> dict[str, Any]:
    edits = sum(look.is_edit for look in looks)
    articles = {"articles": len(looks), "title": 1.0, "published": 1.0, "body": 1.0, "links": 0.0, "media": 0.0}
    return {
        "id": number,
        "site": SITE,
        "mode": "full" if number == 1 else "due",
        "reader_version": READER,
        "program_version": "0",
        "started_at": started,
        "finished_at": started + timedelta(hours=20),
        "outcome": "complete",
        "exit_code": 0,
        "is_complete": True,
        "walked_lists": True,
        "is_settled": True,
        "requests": len(looks),
        "bytes": 50_000 * len(looks),
        "captures": json.dumps({"ok": len(looks)}),
        "events": json.dumps({"new" if number == 1 else "edited": edits}),
        "fields": json.dumps(articles | {"median_length": 150}),
    }


def _page_row(page: _Known) -> dict[str, Any]:
    url = url_of(page.id)
    return {"id": page.id, "url": url, "shown_url": f"{url}/", "site": SITE, "state": "listed", "listing": 1}


def _page_end(page: _Known, title: str | None, run: int) -> dict[str, Any]:
    return {
        "page": page.id,
        "noted_run_id": run,
        "title": title,
        "language": "en",
        "versions": page.versions,
        "current_version_id": page.version,
        "latest_capture_id": page.latest,
        "first_seen_at": START + timedelta(days=1, seconds=page.id - 1),
        "last_seen_at": page.seen_at,
        "checked_at": page.seen_at,
    }


def _content_row(id_: int, article: Article) -> dict[str, Any]:
    encoded, hashes = encode_article(article), hash_article(article)
    codec, packed = bodies.compress(encoded)
    return {
        "id": id_,
        "key": bodies.digest(encoded),
        "text_sha256": hashes.text,
        "text_algorithm": TEXT_ALGORITHM,
        "content_sha256": hashes.content,
        "content_algorithm": hashes.content_algorithm,
        "text_length": hashes.text_length,
        "unknown": 0,
        "present": present_fields(article),
        "body_sha256": body_sha256(article),
        "codec": codec,
        "article": packed,
    }


def _body_of(article: Article) -> bytes:
    text = "".join(f"<p>{block.text}</p>" for block in article.blocks)
    return (
        f"<html><head><title>{article.title}</title></head><body><h1>{article.title}</h1>{text}</body></html>".encode()
    )


def _body_row(body: bytes) -> dict[str, Any]:
    codec, packed = bodies.compress(body)
    return {"sha256": bodies.digest(body), "size": len(body), "codec": codec, "data": packed}


def _capture_row(id_: int, page: _Known, run: int, at: datetime, digest: bytes) -> dict[str, Any]:
    return {
        "id": id_,
        "page_id": page.id,
        "run_id": run,
        "captured_at": at,
        "outcome": "ok",
        "http_status": 200,
        "standing": int(Standing.COUNTED),
        "body_sha256": digest,
        "content_id": page.content,
        "version_id": page.version,
        "reader_version": READER,
    }


def _answer_row(capture: int, digest: bytes) -> dict[str, Any]:
    row = {
        "capture_id": capture,
        "body_sha256": digest,
        "is_whole": True,
        "final_url": None,
        "media_type": "text/html",
        "encoding": "utf-8",
        "headers": "{}",
    }
    return with_checksum(_answer, row)


def _version_row(page: _Known, at: datetime) -> dict[str, Any]:
    return {
        "id": page.version,
        "page_id": page.id,
        "number": page.versions,
        "position": page.versions - 1,
        "content_id": page.content,
        "opened_by": page.opener,
        "is_kept": True,
        "reader_version": READER,
        "first_seen_at": at,
        "last_seen_at": at,
        "captures": 1,
    }


def _event_row(page: _Known, run: int, at: datetime, recorded_at: datetime) -> dict[str, Any]:
    return {
        "page_id": page.id,
        "run_id": run,
        "kind": "edited",
        "url": f"{url_of(page.id)}/",
        "seen_at": at,
        "recorded_at": recorded_at,
        "to_version_id": page.version,
        "fields": fields_to_bits(["body"]),
        "is_baseline": False,
    }


def counted(engine: Engine) -> int:
    """How many versions the store has."""
    with engine.connect() as connection:
        return connection.scalar(select(_version.c.id).order_by(_version.c.id.desc()).limit(1)) or 0
