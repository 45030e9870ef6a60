"""One crawl from start to verdict."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scrapy.crawler import AsyncCrawlerProcess, AsyncCrawlerRunner
from scrapy.settings import Settings

import crawler.settings as our_settings
from crawler.exit_codes import ExitCode
from crawler.models import model_of
from crawler.pages.reading import reader_mark
from crawler.reread import reread_store
from crawler.session import Observer, Session
from crawler.spiders.news import NewsSpider
from crawler.stamping import Stamped, stamp_after
from crawler.verdict import Stop, Verdict
from storage.engine import open_store
from storage.lock import store_lock
from storage.records import RunMode, RunOutcome
from storage.rereading import needs_reread

if TYPE_CHECKING:
    from crawler.options import CrawlOptions


@dataclass(frozen=True, slots=True)
class CrawlSummary:
    """What ``crawl --json`` prints. ``captures``: addresses by outcome; ``events``: by kind."""

    run_id: int
    site: str
    mode: RunMode
    outcome: RunOutcome
    started_at: datetime
    finished_at: datetime
    requests: int
    bytes: int
    captures: dict[str, int]
    events: dict[str, int]
    exit_code: ExitCode
    note: str = ""
    held: int = 0
    left_by_plan: int = 0
    lists: dict[str, str] | None = None
    fields: dict[str, float] | None = None
    """The articles read, the share of them with each field, and the median length of their texts."""
    alike: tuple[int, ...] = ()
    """For each group of pages that changed alike, how many they are."""
    template_changed: bool = False
    files: dict[str, int] = field(default_factory=dict)
    """Images and documents by outcome; none without ``--media``."""
    stamp: Stamped | None = None
    """The time stamp of the newest seal, where an authority is configured and gave one."""
    stamp_failure: str = ""


def crawl(options: CrawlOptions, observer: Observer | None = None) -> CrawlSummary:
    """Crawl in this process, with Scrapy's reactor; Ctrl-C ends it cleanly. Once per process: a reactor can't be started again.

    Raises UsageError before anything is touched, StoreHeld when another crawl holds the store, StorageError when the store
    can't be used.
    """

    def go(session: Session) -> None:
        process = AsyncCrawlerProcess(scrapy_settings(options))
        process.crawl(NewsSpider, session=session)
        # Scrapy filters at the handler: below it two records are made for each answer and thrown away.
        logging.getLogger("scrapy").setLevel(logging.WARNING)
        _calm_the_collector()
        process.start()

    return _with_session(options, observer, go)


def crawl_without_reactor(options: CrawlOptions, observer: Observer | None = None) -> CrawlSummary:
    """The same on asyncio alone (Scrapy's experimental downloader): many times in one process, for tests."""

    async def go_on(session: Session) -> None:
        settings = scrapy_settings(options)
        settings.set("TWISTED_REACTOR_ENABLED", value=False)
        settings.set("ASYNCIO_EVENT_LOOP", value=None)
        await AsyncCrawlerRunner(settings).crawl(NewsSpider, session=session)

    return _with_session(options, observer, lambda session: asyncio.run(go_on(session)))


def scrapy_settings(options: CrawlOptions) -> Settings:
    settings = Settings()
    settings.setmodule(our_settings, priority="project")
    values: dict[str, Any] = {
        "CSTO_BACKOFF": options.backoff,
        "CONCURRENT_REQUESTS": options.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": options.concurrency,
        **options.overrides,
    }
    for name, value in values.items():
        settings.set(name, value, priority="cmdline")
    return settings


def _with_session(options: CrawlOptions, observer: Observer | None, go: Any) -> CrawlSummary:
    options.check()
    with store_lock(options.db_url), contextlib.closing(_Store(options.db_url)) as store:
        mark = reader_mark(model_of(store.engine, options.checked_site().name))
        if needs_reread(store.engine, mark):
            # A newer reader must not call its own way of reading an edit: what it makes of the kept bytes comes first.
            reread_store(store.engine, reader_version=mark, retention=options.retention)
        session = Session.open(options, store.engine, observer)
        session.observer.started(None)
        try:
            go(session)
        finally:
            session.observer.finished()
        if not session.was_closed:
            session.stop = session.stop or Stop("shutdown", "cut off; what was captured is kept")
        return finish(session)


class _Store:
    def __init__(self, db_url: str) -> None:
        self.engine = open_store(db_url, write=True)

    def close(self) -> None:
        self.engine.dispose()


def finish(session: Session) -> CrawlSummary:
    """Account for every address, settle the run, and say how it went. A store that failed is raised again here."""
    if session.storage_error is not None:
        raise session.storage_error
    session.record_unaccounted()
    session.conclude_reading()
    verdict = session.settle()
    summary = _summary(session, verdict)
    # Only now: what the run did is committed, and no authority can hold it up or undo it.
    stamp, failure = stamp_after(session.engine, session.options.time_stamping)
    return replace(summary, stamp=stamp, stamp_failure=failure)


def _summary(session: Session, verdict: Verdict) -> CrawlSummary:
    settlement = session.settlement
    assert settlement is not None  # noqa: S101 - settle() has just set it
    outcome, code, note = verdict.outcome, verdict.exit_code, verdict.note
    if settlement.mass_disappearance:
        outcome, code = RunOutcome.ALARM, ExitCode.STRUCTURE_ALARM
        note = f"{settlement.mass_disappearance} pages disappeared at once: held until you say (csto-watch review)"
    if settlement.alarm:
        note = "; ".join(filter(None, (note, settlement.alarm)))
        if outcome in {RunOutcome.COMPLETE, RunOutcome.PARTIAL}:
            outcome, code = RunOutcome.ALARM, ExitCode.STRUCTURE_ALARM
    return CrawlSummary(
        run_id=session.run_id,
        site=session.site.name,
        mode=session.options.mode,
        outcome=outcome,
        started_at=session.started_at,
        finished_at=session.archive.now(),
        requests=session.requests,
        bytes=session.bytes,
        captures={what.value: count for what, count in sorted(session.ledger.counts().items())},
        events=dict(settlement.events),
        exit_code=code,
        note=note,
        held=settlement.held,
        left_by_plan=session.left_by_plan,
        lists={walk.path: walk.walk.value for walk in session.lists.values()},
        fields=dict(settlement.fields),
        alike=settlement.alike,
        template_changed=session.template_changed,
        files={what.value: count for what, count in sorted(session.files.ledger.counts().items())},
    )


def _calm_the_collector() -> None:
    """Measured on bare Scrapy: 0.82 of the time. What was imported will not become garbage; requests and pages come in bursts."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
