"""What is asked of a long history, each as its command asks it. ``work`` gives how many rows it found."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from sqlalchemy import select

from benchmarks.long_store import READER, SITE, START, VERSIONS_A_PAGE, article_of, url_of
from storage import queries
from storage.archive import Archive
from storage.engine import open_store, reading
from storage.learned import latest_model
from storage.models import EventRow, VersionRow, table_of
from storage.page_lists import each_page
from storage.phrases import parse
from storage.proofs import prove
from storage.records import Capture, Outcome, RunMode, RunOutcome, RunReport
from storage.rereading import needs_reread
from storage.search import MOST_READ, Reach, search
from watch.commands.status import facts
from watch.judging import judged_events

REPORT: Final = RunReport(
    RunOutcome.COMPLETE, 0, is_complete=False, walked_lists=False, looked_twice=False, requests=0, bytes=0
)
EVENTS: Final = 50
BATCH: Final = 50
FIRST_PAGES: Final = 200
"""As many as the spider takes at a time."""
_event, _version = table_of(EventRow), table_of(VersionRow)


class Asked:
    """A store that is open for one query, and chance to draw pages by."""

    def __init__(self, file: Path, versions: int, chance: random.Random) -> None:
        self.url = f"sqlite:///{file}"
        self.pages = max(versions // VERSIONS_A_PAGE, 1)
        self.chance = chance

    def __enter__(self) -> Self:
        self.engine = open_store(self.url, write=True)
        self.archive = Archive(self.engine)
        with reading(self.engine) as connection:
            newest = select(_event.c.recorded_at).order_by(_event.c.id.desc()).offset(EVENTS - 1).limit(1)
            self.since: datetime = connection.scalar(newest) or START
            self.versions: int = connection.scalar(select(_version.c.id).order_by(_version.c.id.desc()).limit(1)) or 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.engine.dispose()

    def a_page(self) -> str:
        return url_of(self.chance.randrange(self.pages) + 1)

    def begin(self) -> int:
        return self.archive.begin_run(SITE, RunMode.URL, reader_version=READER, program_version="0")


@dataclass(frozen=True, slots=True)
class Query:
    """``over``: the indexes that it goes over from end to end, for it lists what stands there. ``finds``: it must find something,
    or it asks for nothing."""

    work: Callable[[Asked], int]
    over: tuple[str, ...] = ()
    finds: bool = True


def changes_since(asked: Asked) -> int:
    return sum(1 for _ in judged_events(asked.engine, since=asked.since))


def events_since(asked: Asked) -> int:
    """The same without judging them: what finding them costs."""
    return sum(1 for _ in queries.each_change(asked.engine, since=asked.since))


def _changes_first(asked: Asked) -> int:
    return sum(1 for _ in islice(queries.each_change(asked.engine), 500))


def _changes_all(asked: Asked) -> int:
    return sum(1 for _ in queries.each_change(asked.engine))


def _history(asked: Asked) -> int:
    page = queries.resolve_url(asked.engine, asked.a_page())
    return len(queries.history(asked.engine, page.url)) if page else 0


def _version_by_number(asked: Asked) -> int:
    return queries.version(asked.engine, asked.a_page(), number=asked.chance.randrange(5) + 1) is not None


def _version_at(asked: Asked) -> int:
    at = START + timedelta(days=2 + asked.chance.randrange(20))
    return queries.version(asked.engine, asked.a_page(), at=at) is not None


def _status(asked: Asked) -> int:
    found, _ = facts(asked.engine, asked.url, datetime.now(UTC))
    return sum(found["pages"].values())


def _pages(asked: Asked) -> int:
    return sum(1 for _ in each_page(asked.engine))


def _crawl_start(asked: Asked) -> int:
    """All that a crawl asks before its first request, and after it opened the store."""
    latest_model(asked.engine, SITE)
    needs_reread(asked.engine, READER)
    return asked.begin()


def _crawl_plan(asked: Asked) -> int:
    """What it asks, beside its first answers, before it visits the first page: how many there are, and the first of them."""
    queries.count_known(asked.engine, SITE, not_checked_since=datetime.now(UTC))
    queries.count_known(asked.engine, SITE)
    return len(list(islice(queries.known_pages(asked.engine, SITE, not_checked_since=datetime.now(UTC)), FIRST_PAGES)))


def _empty_run(asked: Asked) -> int:
    """A run that captured nothing, from its beginning to its seal; and what others left unsettled before it."""
    asked.archive.settle(asked.begin(), REPORT)
    return 1


def _records(asked: Asked) -> int:
    """Fifty captures recorded and settled: ten edits, a new page, the others as they were. A whole run, sealed."""
    run = asked.begin()
    now = asked.archive.now()
    pages = asked.chance.sample(range(1, asked.pages + 1), min(BATCH - 1, asked.pages))
    captures = [_capture(asked, page, now, is_edit=place < 10) for place, page in enumerate(pages)]
    new = replace(captures[-1], url=f"{captures[-1].url}-{run}", article=article_of(pages[-1], 10_000 + run))
    recorded = asked.archive.record(run, [*captures, new])
    asked.archive.settle_batch(run)
    asked.archive.settle(run, REPORT)
    return len(recorded)


def _capture(asked: Asked, page: int, now: datetime, *, is_edit: bool) -> Capture:
    shown = queries.version(asked.engine, url_of(page))
    article = article_of(page, asked.chance.randrange(10**6)) if is_edit or shown is None else shown.article
    return Capture(
        url=url_of(page),
        outcome=Outcome.OK,
        captured_at=now,
        http_status=200,
        media_type="text/html",
        encoding="utf-8",
        body=f"<html>{article!r}{now}".encode(),
        article=article,
        reader_version=READER,
    )


def _prove(asked: Asked) -> int:
    """A version that was opened after the first crawl: that one's seal holds a row for each page."""
    with reading(asked.engine) as connection:
        version = asked.chance.randrange(asked.pages, asked.versions) + 1
        return len(prove(connection, version).chain)


def _prove_first(asked: Asked) -> int:
    with reading(asked.engine) as connection:
        return len(prove(connection, asked.chance.randrange(asked.pages) + 1).chain)


def _finds(typed: str) -> Callable[[Asked], int]:
    def work(asked: Asked) -> int:
        words = typed.format(page=asked.chance.randrange(asked.pages) + 1)
        found = search(asked.engine, parse(words), reach=Reach(MOST_READ))
        return sum(1 for _ in islice(found, 50))

    return work


QUERIES: Final = {
    "changes": Query(changes_since),
    "events": Query(events_since),
    "changes_first": Query(_changes_first, over=("ix_event_recorded_at",)),
    "changes_all": Query(_changes_all, over=("ix_event_recorded_at",)),
    "history": Query(_history),
    "version": Query(_version_by_number),
    "version_at": Query(_version_at),
    "status": Query(_status, over=("ix_page_same_as",)),
    "pages": Query(_pages, over=("ix_page_shown_url",)),
    "search_rare": Query(_finds("item{page:06d}")),
    "search_common": Query(_finds("secretary")),
    "search_phrase": Query(_finds('"joint exercise"')),
    "search_no_such_phrase": Query(_finds('"general council"'), finds=False),
    "prove": Query(_prove),
    "prove_first": Query(_prove_first),
    "crawl_start": Query(_crawl_start),
    "crawl_plan": Query(_crawl_plan),
    "empty_run": Query(_empty_run),
    "records": Query(_records),
}
LINEAR: Final = frozenset({"changes_all", "pages", "crawl_plan", "prove_first", "search_no_such_phrase", "empty_run"})
"""What reads or counts all pages or all events by nature; the proof of a version of the first crawl, whose seal holds all pages;
the search for a phrase that stands nowhere, up to ``MOST_READ`` texts; and the end of a run, which lists up to 5,000 pages
(storage/closings.py: 60 ms). Their memory must be flat all the same."""
