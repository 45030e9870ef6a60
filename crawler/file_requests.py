"""How files are asked for: as pages are (robots, pace, scope, retry, whole bodies), a few at a time, with limits of their own."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from scrapy import Request

from crawler.files import outcome_of_file
from crawler.judging import MAX_HOPS, REDIRECTS, Asked, Hop
from crawler.middlewares.whole_body import CUT
from crawler.pages.urls import rebase
from storage.records import Capture, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.files import Files
    from crawler.session import Session
    from crawler.spiders.news import NewsSpider

_PRIORITY: Final = 5
"""Before further pages: a capture that waits is not safe yet."""
_NOT_WHOLE: Final = frozenset({CUT, "partial", "dataloss"})


@dataclass(frozen=True, slots=True)
class _AskedFile:
    url: str
    hops: int = 0


class FileRequests:
    """Stands between the spider and the pipeline. ``opened`` and ``answered`` count what the spider waits for."""

    def __init__(self, spider: NewsSpider, opened: Callable[[], None], answered: Callable[[], None]) -> None:
        self._spider = spider
        self._opened, self._answered = opened, answered
        self._queue: deque[str] = deque()
        self._in_flight = 0

    @property
    def _session(self) -> Session:
        return self._spider.session

    @property
    def _files(self) -> Files:
        return self._session.files

    def hold(self, capture: Capture) -> Iterator[Request | Capture]:
        """The capture, at once or, with ``--media``, when its files have their outcomes."""
        if not self._session.options.media or capture.outcome is not Outcome.OK or self._spider.stopped:
            yield capture
            return
        ready, asked = self._files.add(capture)
        for url in asked:
            self._opened()
            self._queue.append(url)
        yield from self._next()
        if ready is not None:
            yield ready

    def parse(self, response: Response, file: _AskedFile) -> Iterator[Request | Capture]:
        if response.status in REDIRECTS:
            found = self._redirected(response, file)
            if isinstance(found, Hop):
                yield self._request(replace(file, hops=file.hops + 1), found.to)
            else:
                yield from self._close(file.url, found)
        elif not _NOT_WHOLE.isdisjoint(response.flags):
            yield from self._close(file.url, Outcome.PARTIAL)
        else:
            declared = (response.headers.get(b"Content-Type") or b"").decode("latin-1")
            outcome = outcome_of_file(response.status, response.body, declared)
            digest = sha256(response.body).hexdigest() if outcome is Outcome.OK else None
            yield from self._close(file.url, outcome, digest)

    def failed(self, failure: Failure) -> Iterator[Request | Capture]:
        file: _AskedFile = failure.request.cb_kwargs["file"]  # type: ignore[attr-defined] # Scrapy puts it there
        asked = Asked(file.url, file.url)
        yield from self._close(file.url, self._session.judge.of_failure(asked, failure.value).outcome)

    def _redirected(self, response: Response, file: _AskedFile) -> Hop | Outcome:
        """Where a redirect leads, or what it makes of the file. A file may lie elsewhere on the site."""
        site, target = self._session.site, self._session.judge.target(response)
        if target is None or file.hops >= MAX_HOPS:
            return Outcome.HTTP_ERROR
        if not site.in_scope(target):
            return Outcome.OUT_OF_SCOPE
        return Outcome.GONE if site.is_dead_end(target, file.url) else Hop(self._session.judge.spelled(response))

    def _close(self, url: str, outcome: Outcome, digest: str | None = None) -> Iterator[Request | Capture]:
        self._in_flight -= 1
        self._answered()
        ready = self._files.close(url, outcome, digest)
        while self._files.gave_up and self._queue:
            self._answered()
            ready += self._files.close(self._queue.popleft(), Outcome.NET_ERROR)
        # What is asked for next is made before anything is handed out: Scrapy may take its time between two items.
        yield from list(self._next())
        yield from ready

    def _next(self) -> Iterator[Request]:
        while self._queue and self._in_flight < self._session.options.concurrency:
            self._in_flight += 1
            yield self._request(_AskedFile(url := self._queue.popleft()), url)

    def _request(self, file: _AskedFile, url: str) -> Request:
        origin, settings = self._session.origin, self._spider.crawler.settings
        return Request(
            rebase(url, origin) if origin else url,
            self.parse,
            errback=self.failed,
            headers={"Accept": "*/*"},
            cb_kwargs={"file": file},
            priority=_PRIORITY,
            meta={
                "download_maxsize": settings.getint("CSTO_FILE_MAXSIZE"),
                "download_timeout": settings.getfloat("CSTO_FILE_TIMEOUT"),
            },
            dont_filter=True,
        )
