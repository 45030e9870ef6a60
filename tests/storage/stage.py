"""A store under test with a clock of its own, and short words for what happens to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from storage import queries
from storage.archive import Archive
from storage.engine import open_store, reading
from storage.pieces import chunks
from storage.records import (
    Article,
    Block,
    BlockKind,
    Capture,
    Event,
    EventKind,
    Link,
    Media,
    Outcome,
    PageState,
    RunMode,
    RunOutcome,
    RunReport,
    Settlement,
)
from storage.retention import DEFAULT, Retention
from storage.verify import verify

START = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
SITE = "csto-en"
BATCH = 50
"""A crawl records at most so many captures in one transaction."""


def address(name: str) -> str:
    return f"https://example.org/news/{name}"


def article(*paragraphs: str, **more: Any) -> Article:
    """An article in English; its title is "Title" unless it is given."""
    values: dict[str, Any] = {
        "title": "Title",
        "published": date(2026, 2, 28),
        "language": "en",
        "blocks": tuple(Block(BlockKind.PARAGRAPH, paragraph) for paragraph in paragraphs),
    }
    return Article(**(values | more))


def link(href: str, words: str = "here") -> Link:
    return Link(href, words)


def picture(src: str, alt: str = "") -> Media:
    return Media(src, alt)


class Stage:
    """One run after another, a day apart, on one store."""

    def __init__(self, url: str, retention: Retention = DEFAULT) -> None:
        self.url = url
        self.now = START
        self.engine = open_store(url, write=True)
        self.archive = Archive(self.engine, clock=lambda: self.now, retention=retention)
        self.run_id = 0

    def close(self) -> None:
        self.engine.dispose()

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)

    # --- runs ---------------------------------------------------------------------------------------------------------
    def begin(self, mode: RunMode = RunMode.FULL, site: str | None = SITE) -> int:
        self.run_id = self.archive.begin_run(site, mode, reader_version="1", program_version="0")
        return self.run_id

    def list(self, *names: str) -> None:
        self.archive.note_listed(self.run_id, [(address(name), address(name) + "/") for name in names])

    def show(self, name: str, shown: Article | Outcome, at: datetime | None = None, **more: Any) -> int:
        """Record one capture of a page now (or at an instant): an article, or what else the answer was."""
        return self.record(self.capture(name, shown, at or self.now, **more))

    def capture(self, name: str, shown: Article | Outcome, at: datetime | None, **more: Any) -> Capture:
        values: dict[str, Any] = {"reader_version": "1", "http_status": 200, "media_type": "text/html"}
        if isinstance(shown, Article):
            values |= {"outcome": Outcome.OK, "article": shown, "body": f"{shown!r} {at}".encode()}
        else:
            values |= {"outcome": shown}
        return Capture(url=address(name), captured_at=at, **(values | more))

    def record(self, *captures: Capture) -> int:
        """The id of the last one; 0 where its page was forgotten."""
        recorded = self.archive.record(self.run_id, captures)
        return recorded[-1].id if recorded else 0

    def gone(self, name: str, status: int = 404) -> int:
        return self.show(name, Outcome.GONE, http_status=status, body=b"<h1>Not found</h1>")

    def end(self, **changes: Any) -> Settlement:
        """End the run; complete, lists walked and 404s looked at twice unless said otherwise."""
        return self.archive.settle(self.run_id, report(**changes))

    def crawl(self, pages: Mapping[str, Article | Outcome], mode: RunMode = RunMode.FULL, **changes: Any) -> Settlement:
        """A whole run a day after the last: every page is listed and shows what is given. Recorded in batches, as a crawl's."""
        self.pass_time(days=1)
        self.begin(mode)
        self.list(*pages)
        captures = [self.capture(name, shown, self.now) for name, shown in pages.items()]
        for batch in chunks(captures, BATCH):
            self.record(*batch)
        self.archive.settle_batch(self.run_id)
        return self.end(**changes)

    # --- what came of it ----------------------------------------------------------------------------------------------
    def events(self, kinds: Iterable[EventKind] = (), **which: Any) -> list[Event]:
        return queries.changes(self.engine, kinds=tuple(kinds), **which)

    def told(self, **which: Any) -> list[str]:
        """The events of the last run: "edited name"."""
        which = which or {"run_id": self.run_id}
        return [f"{event.kind} {event.url.rstrip('/').rpartition('/')[2]}" for event in self.events(**which)]

    def event(self, kind: EventKind, name: str | None = None) -> Event:
        """The only event of its kind (of a page)."""
        found = [e for e in self.events([kind]) if name is None or e.url.rstrip("/") == address(name)]
        assert len(found) == 1, found
        return found[0]

    def state(self, name: str) -> PageState:
        page = queries.resolve_url(self.engine, address(name))
        assert page is not None
        return page.state

    def states(self) -> dict[str, str]:
        return {page.url.rstrip("/").rpartition("/")[2]: page.state.value for page in queries.pages(self.engine)}

    def bodies(self, name: str) -> list[tuple[int, list[str]]]:
        """The versions of a page in order of time: number and paragraphs."""
        return [
            (v.number, [block.text for block in v.article.blocks]) for v in queries.history(self.engine, address(name))
        ]

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        with reading(self.engine) as connection:
            return [tuple(row) for row in connection.execute(text(sql), values)]

    def is_whole(self) -> bool:
        found = verify(self.engine)
        assert found == []
        return True


def report(outcome: RunOutcome = RunOutcome.COMPLETE, **changes: Any) -> RunReport:
    is_complete = outcome is RunOutcome.COMPLETE
    values: dict[str, Any] = {
        "outcome": outcome,
        "exit_code": 0 if is_complete else 12,
        "is_complete": is_complete,
        "walked_lists": is_complete,
        "looked_twice": True,
        "requests": 10,
        "bytes": 1000,
    }
    return RunReport(**(values | changes))
