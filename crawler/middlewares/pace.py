"""The pace: the next request starts at least one delay after the last answer ended.

Scrapy's own delay counts from request to request and jitters to both sides, so that a server sees gaps of half the delay.
Here the jitter only adds. It stands next to the downloader, and so robots.txt, retries and hops keep the pace too.
"""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING

from crawler.wiring import session_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class Pace:
    """``delay`` in seconds, ``jitter`` as the share of it that may be added."""

    def __init__(self, delay: float, jitter: float) -> None:
        self.delay = delay
        self._jitter = jitter
        self._not_before = 0.0
        self._turn = asyncio.Lock()

    def at_least(self, seconds: float) -> None:
        """Slow down to ``seconds`` (a robots.txt asked for it); never up."""
        self.delay = max(self.delay, seconds)
        self.begin_gap()

    def hold_back(self, seconds: float) -> None:
        """Nothing is asked for in the next ``seconds`` (the server said so)."""
        self._not_before = max(self._not_before, time.monotonic() + seconds)

    async def wait(self) -> None:
        """Until it is this request's turn."""
        if not self.delay and self._not_before <= time.monotonic():
            return
        async with self._turn:
            while (wait := self._not_before - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            self.begin_gap()

    def begin_gap(self) -> None:
        """A request went out, or its answer is here."""
        if self.delay:
            self.hold_back(self.delay * (1 + random.random() * self._jitter))


class PaceMiddleware:
    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PaceMiddleware:
        return cls(crawler)

    @property
    def _pace(self) -> Pace:
        return session_of(self._crawler).pace

    async def process_request(self, request: Request) -> None:
        await self._pace.wait()

    def process_response(self, request: Request, response: Response) -> Response:
        self._pace.begin_gap()
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        self._pace.begin_gap()
