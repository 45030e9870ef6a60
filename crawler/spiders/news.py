"""Where to go: the probe page, the list pages, the pages that are due, then a second look. No selectors, no SQL."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import deque
from dataclasses import replace
from itertools import islice
from sys import intern
from typing import TYPE_CHECKING, Any, Final

from scrapy import Request, Spider, signals
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest

from crawler.file_requests import FileRequests
from crawler.judging import Asked, Hop
from crawler.lists import MAX_PAGES, STANDING, ListWalk, Named, Walk, page_parameter
from crawler.moves import Moves
from crawler.pages.listing import ListPage, list_links
from crawler.pages.reading import fingerprint
from crawler.pages.urls import canonical, rebase
from crawler.session import Session
from crawler.verdict import Stop
from storage.errors import StorageError
from storage.records import Capture, Outcome, PageState, RunMode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

logger = logging.getLogger(__name__)

_STILL_SECONDS: Final = 600.0
_ROW_OF_BLOCKS: Final = 3
_ROW_OF_NET_ERRORS: Final = 5
_ROW_OF_DNS_ERRORS: Final = 3
_MANY_GONE: Final = 20
_FRAME_ARTICLES: Final = 8
"""Articles whose links tell where the strip stands, as the probe pages do."""
_PROBES: Final = 3
"""What they have in common is the site's word for a missing page; where any has links is the site's frame. A strip of teasers
that is drawn anew each time may hold none on one of them."""
_WAS_ALIVE: Final = frozenset({PageState.LISTED, PageState.UNLISTED, PageState.SUSPECT})


class NewsSpider(Spider):
    name = "news"
    at_the_end: Callable[..., None] | None = None
    """Set where plain Scrapy runs the spider: settles the run."""

    def __init__(self, session: Session | None = None, **arguments: Any) -> None:
        super().__init__(**({} if session else arguments))
        self._arguments = arguments
        if session is not None:
            self.session = session
        self._open = 0
        self._files = FileRequests(self, self._opened, self._answered)
        self._changed = asyncio.Event()
        self._last_answer = time.monotonic()
        self._row: tuple[Outcome | None, int] = (None, 0)
        self._later: deque[Asked] = deque()
        self._moves = Moves()
        self._gone: list[Asked] = []
        self._alive: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> NewsSpider:
        spider: NewsSpider = super().from_crawler(crawler, *args, **kwargs)
        if not hasattr(spider, "session"):
            from crawler.plain import attach_session  # noqa: PLC0415 - only `scrapy crawl` opens the store by itself

            attach_session(spider, crawler, **spider._arguments)
        crawler.signals.connect(spider._on_error, signals.spider_error)
        crawler.signals.connect(spider._on_closed, signals.spider_closed)
        return spider

    @property
    def stopped(self) -> bool:
        return self.session.stop is not None

    def stop_for(self, cause: str, reason: str) -> None:
        """End the run early; the first cause stands."""
        if self.stopped:
            return
        self.session.stop = Stop(cause, reason)
        self._changed.set()
        self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=cause))

    def store_failed(self, error: Exception) -> None:
        self.session.storage_error = self.session.storage_error or error  # the first one is the run's
        self.stop_for("storage", str(error))

    # --- the order of things ----------------------------------------------------------------------------------------
    async def start(self) -> AsyncIterator[Request | Capture]:
        try:
            async for each in self._course():
                yield each
        except StorageError as error:
            self.store_failed(error)  # Scrapy would log it and go on: without its lists a site looks empty

    async def _course(self) -> AsyncIterator[Request | Capture]:
        for _ in range(_PROBES):
            yield self._probe()
        await self._all_answered()
        if self.session.options.mode is not RunMode.URL:
            for path in self.session.site.lists:
                if self.session.has_named_enough():
                    break
                yield self._list_page(ListWalk(path), 1)
                if self.session.options.limit is not None:
                    await self._all_answered()
            await self._all_answered()
            if self.session.is_one_page_everywhere():
                self.stop_for("blocked", "the lists answer as a page that can't exist does: one page stands everywhere")
        async for request in self._visits():
            yield request
        if self.session.lists and self.session.storage_error is None:
            await asyncio.to_thread(self.session.note_lists)
        while self._later and not self.stopped:
            yield self._page(self._later.popleft())
            await self._all_answered()
        for capture in self._moves.resolved(self.session.ledger):
            yield capture
        for asked in self._second_looks():
            yield self._page(asked)
        await self._all_answered()

    async def _visits(self) -> AsyncIterator[Request]:
        """The pages that this run looks at, a few ahead of the downloader, so that memory doesn't grow with the site."""
        left = self.session.options.limit
        async for asked in self._to_visit():
            if self.stopped or (left is not None and left <= 0):
                return
            if self.session.ledger.ask(asked.url):
                left = left - 1 if left is not None else None
                yield self._page(asked)
                for again in self._looks_to_learn():
                    yield again
                await self._until(lambda: self._open < 2 * self.session.options.concurrency + 4)
        await self._all_answered()
        for again in self._looks_to_learn(at_the_end=True):
            yield again
        await self._all_answered()

    def _looks_to_learn(self, *, at_the_end: bool = False) -> Iterator[Request]:
        """Some pages of a template that isn't known yet once more: what differs between the two is the site's."""
        if self.stopped:
            return
        for shown in self.session.judge.learner.second_looks(at_the_end=at_the_end):
            yield self._page(Asked(canonical(shown), shown, to_learn=True))

    async def _to_visit(self) -> AsyncIterator[Asked]:
        if self.session.options.mode is RunMode.URL:
            for url, shown in self.session.options.asked_urls():
                self._alive.add(url)
                yield Asked(url, shown)
            return
        self.session.observer.total(await asyncio.to_thread(self.session.count_to_visit))
        for url, shown in await asyncio.to_thread(self.session.unknown_pages):
            yield Asked(url, shown)
        pages = self.session.pages_to_visit()
        while chunk := await asyncio.to_thread(list, islice(pages, 200)):
            for page in chunk:
                url = intern(page.url)
                if page.state in _WAS_ALIVE:
                    self._alive.add(url)
                yield Asked(url, page.shown_url)

    async def _all_answered(self) -> None:
        await self._until(lambda: self._open == 0)

    async def _until(self, condition: Any) -> None:
        while not condition() and not self.stopped:
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), 5)
            except TimeoutError:
                if self._is_idle():
                    return  # a request was dropped without a word: the ledger will say so
                if time.monotonic() - self._last_answer > _STILL_SECONDS:
                    self.stop_for("timeout", "no answer for 10 minutes")

    def _is_idle(self) -> bool:
        engine = self.crawler.engine
        if engine is None or engine.scheduler is None or engine.scraper.slot is None:
            return True
        is_asking = engine.scheduler.has_pending_requests() or engine.downloader.active
        return not is_asking and engine.scraper.slot.is_idle()

    # --- requests ---------------------------------------------------------------------------------------------------
    def _request(self, url: str, callback: Any, errback: Any, priority: int = 0, **kwargs: Any) -> Request:
        """``url``: the site's own address, or one on the mirror."""
        self._opened()
        origin = self.session.origin
        fetched = rebase(url, origin) if origin else url
        return Request(
            fetched,
            callback,
            errback=errback,
            cb_kwargs=kwargs,
            priority=priority,
            meta={"asked": kwargs},
            dont_filter=True,
        )

    def _page(self, asked: Asked, spelled: str | None = None) -> Request:
        return self._request(spelled or asked.shown, self.parse_page, self.page_failed, asked=asked)

    def _list_page(self, walk: ListWalk, number: int, parameter: str = "PAGEN_1") -> Request:
        self.session.lists.setdefault(walk.path, walk)
        url = f"https://{self.session.site.host}{walk.path}" + (f"?{parameter}={number}" if number > 1 else "")
        return self._request(url, self.parse_list, self.list_failed, priority=10, walk=walk, number=number)

    def _probe(self) -> Request:
        """A page that can't exist: what the site answers to it is what a missing page looks like in this crawl."""
        path = self.session.site.lists[0]
        url = f"https://{self.session.site.host}{path}{secrets.token_hex(12)}/"
        return self._request(url, self.parse_probe, self.probe_failed, priority=20)

    def _opened(self) -> None:
        self._open += 1

    def _answered(self) -> None:
        self._open -= 1
        self._last_answer = time.monotonic()
        self._changed.set()

    # --- answers ----------------------------------------------------------------------------------------------------
    def parse_probe(self, response: Response) -> None:
        self._answered()
        if 300 <= response.status < 400 or not response.body:
            return
        self.session.judge.learn_probe(fingerprint(response.body, _type_of(response)))
        self._learn_frame(self._links(response))

    def _learn_frame(self, page: ListPage) -> None:
        self.session.frame_places |= {link.place for link in self._articles(page)} - {STANDING}
        self.session.frame_pages += 1

    def probe_failed(self, failure: Failure) -> None:
        self._answered()
        logger.info("the probe page didn't answer: %s", failure.value)

    def parse_list(self, response: Response, walk: ListWalk, number: int) -> Iterator[Request]:
        self._answered()
        if response.status != 200:
            walk.walk = self._walk_without_answer(walk, response.status)
            return
        page = self._links(response)
        if number == 1:
            seen = fingerprint(response.body, _type_of(response))
            if self.session.judge.is_like_probe(seen):
                walk.walk = self._walk_without_answer(walk, 404)
                walk.is_like_probe = True
                return
            self.session.judge.learn_frame(seen)
        fresh = walk.add_page(self._articles(page), has_next=bool(page.next_pages))
        walk.walk = self._walk_after(walk, fresh, number)
        if walk.walk is Walk.OPEN:
            yield self._list_page(walk, number + 1, page_parameter(page))

    def _articles(self, page: ListPage) -> list[Named]:
        """The articles that a page links. Standing pages are listed wherever they are linked, so their place is their own."""
        site = self.session.site
        found = ((link, intern(canonical(link.href))) for link in page.links if site.is_article(link.href))
        # One string for an address in however many lists, and in what else a run keeps of it: half a kilobyte a page.
        return [
            Named(url, intern(link.href), STANDING if site.is_standing(url) else link.signature) for link, url in found
        ]

    def _walk_after(self, walk: ListWalk, fresh: list[str], number: int) -> Walk:
        if not fresh:
            is_emptied = number == 1 and self.session.is_emptied(walk.path)
            return Walk.EMPTIED if is_emptied else Walk.ENDED
        if self.session.options.mode is RunMode.NEW and all(self.session.is_known(url) for url in fresh):
            return Walk.CUT_SHORT
        if self.session.has_named_enough():
            return Walk.CUT_SHORT
        return Walk.FAILED if number >= MAX_PAGES else Walk.OPEN

    def _walk_without_answer(self, walk: ListWalk, status: int) -> Walk:
        if walk.pages == 0 and 300 <= status < 500 and status not in (403, 408, 429):
            return Walk.EMPTIED if self.session.is_emptied(walk.path) else Walk.ABSENT
        return Walk.FAILED

    def list_failed(self, failure: Failure) -> None:
        self._answered()
        walk: ListWalk = _request_of(failure).cb_kwargs["walk"]
        walk.walk = Walk.FAILED
        logger.warning("the list %s didn't answer: %s", walk.path, failure.value)
        self._watch_network(failure.value)

    def parse_page(self, response: Response, asked: Asked) -> Iterator[Request | Capture]:
        self._answered()
        found = self.session.judge.of_answer(asked, response)
        if isinstance(found, Hop):
            yield self._page(replace(asked, hops=asked.hops + 1), found.to)
            return
        if found.outcome is Outcome.OK:
            self._row = (None, 0)
            if self.session.lists and self.session.frame_pages < _PROBES + _FRAME_ARTICLES:
                self._learn_frame(self._links(response))
        yield from self._found(asked, found)

    def page_failed(self, failure: Failure) -> Iterator[Request | Capture]:
        self._answered()
        asked: Asked = _request_of(failure).cb_kwargs["asked"]
        found = self.session.judge.of_failure(asked, failure.value)
        yield from self._found(asked, found)
        self._watch_network(failure.value)

    def _found(self, asked: Asked, capture: Capture) -> Iterator[Request | Capture]:
        """One address, one outcome. A move waits until it is known what stands at its target."""
        if asked.to_learn:
            yield capture
            return
        if capture.outcome is Outcome.MOVED and capture.moved_to:
            self._moves.hold(asked.url, capture)
            self._ask_target(capture)
            return
        self.session.ledger.close(asked.url, capture.outcome)
        if self._is_404(capture) and not asked.second_look and asked.url in self._alive:
            self._gone.append(asked)
        self._watch_blocks(capture.outcome)
        yield from self._files.hold(capture)

    def _ask_target(self, capture: Capture) -> None:
        target = capture.moved_to or ""
        if not self.session.is_forgotten(target) and self.session.ledger.ask(target):
            self._later.append(Asked(target, capture.final_url or target))

    @staticmethod
    def _is_404(capture: Capture) -> bool:
        return capture.outcome is Outcome.SOFT_404 or (capture.outcome is Outcome.GONE and capture.http_status != 410)

    # --- at the end -------------------------------------------------------------------------------------------------
    def _second_looks(self) -> Iterator[Asked]:
        """A 404 is looked at again at the end of a full crawl; where very many are gone the run is held anyway."""
        if self.stopped or self.session.options.mode is not RunMode.FULL:
            return
        many = len(self._gone) > _MANY_GONE or (len(self._gone) >= 5 and len(self._gone) > len(self._alive) / 20)
        if many:
            return
        self.session.looked_twice = True
        for asked in self._gone:
            yield replace(asked, second_look=True)

    # --- when to stop -----------------------------------------------------------------------------------------------
    def _watch_blocks(self, outcome: Outcome) -> None:
        if outcome not in (Outcome.BLOCKED, Outcome.MAINTENANCE):
            return
        last, row = self._row
        self._row = (outcome, row + 1 if last is outcome else 1)
        if self._row[1] >= _ROW_OF_BLOCKS:
            self.stop_for("blocked", f"{self._row[1]} pages in a row answered: {outcome.value}")

    def _watch_network(self, error: BaseException | None) -> None:
        if not isinstance(error, Exception) or self.stopped or isinstance(error, IgnoreRequest):
            return
        last, row = self._row
        self._row = (Outcome.NET_ERROR, row + 1 if last is Outcome.NET_ERROR else 1)
        limit = _ROW_OF_DNS_ERRORS if isinstance(error, CannotResolveHostError) else _ROW_OF_NET_ERRORS
        if self._row[1] >= limit:
            self.stop_for("network", f"{self._row[1]} addresses in a row didn't answer: {error}")

    def _on_error(self, failure: Failure) -> None:
        if isinstance(failure.value, StorageError):
            self.store_failed(failure.value)
        self.session.errors.append(f"{type(failure.value).__name__}: {failure.value}")

    def _on_closed(self, spider: Spider, reason: str) -> None:
        self.session.was_closed = True
        if reason == "shutdown" and self.session.stop is None:
            self.session.stop = Stop("shutdown", "interrupted; what was captured is kept")
        stats = self.crawler.stats
        self.session.requests = stats.get_value("downloader/request_count", 0)
        self.session.bytes = stats.get_value("downloader/response_bytes", 0)

    def _links(self, response: Response) -> ListPage:
        origin = str(self.session.origin) if self.session.origin else None
        return list_links(response.body, self._site_url(response), _type_of(response), base_origin=origin)

    def _site_url(self, response: Response) -> str:
        return self.session.judge.site_address(response.url)


def _request_of(failure: Failure) -> Request:
    request: Request = failure.request  # type: ignore[attr-defined] # Scrapy puts it there
    return request


def _type_of(response: Response) -> str | None:
    return (response.headers.get(b"Content-Type") or b"").decode("latin-1") or None
