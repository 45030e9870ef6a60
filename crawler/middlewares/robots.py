"""robots.txt, obeyed as RFC 9309 has it.

Two faults of Scrapy's own middleware are cured: requests that wait for one robots.txt share a Deferred there, and all but the
first are let through; and a robots.txt that can't be had (5xx, refused, timeout) allows everything, where section 2.3.1.4 says
the reverse. Crawl-delay is applied.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser

from crawler.wiring import session_of, spider_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

_MAX_BYTES: Final = 500 * 1024  # RFC 9309 2.5
_MAX_HOPS: Final = 5  # RFC 9309 2.3.1.2
_MAX_DELAY: Final = 60.0


class RobotsDenied(IgnoreRequest):
    """robots.txt disallows this address."""


class RobotsUnreachable(IgnoreRequest):
    """robots.txt can't be had, so nothing may be asked for."""


class RobotsMiddleware:
    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent: str = crawler.settings["USER_AGENT"]
        self._rules: dict[str, asyncio.Future[ProtegoRobotParser | None]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("csto_robots"):
            return
        rules = await self._rules_for(request)
        if rules is None:
            raise RobotsUnreachable("robots.txt can't be had")
        if not rules.allowed(request.url, self._agent):
            raise RobotsDenied("robots.txt disallows this address")

    async def _rules_for(self, request: Request) -> ProtegoRobotParser | None:
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.get_running_loop().create_future()
            self._rules[origin].set_result(await self._ask(origin))
        return await asyncio.shield(self._rules[origin])

    async def _ask(self, origin: str) -> ProtegoRobotParser | None:
        try:
            answer = await self._follow(f"{origin}/robots.txt")
        except Exception as error:  # noqa: BLE001 - whatever kept it from us, the answer is the same: ask for nothing
            answer = None
            logger.warning("robots.txt of %s can't be had: %s", origin, error or type(error).__name__)
        rules = self._judge(answer, origin)
        if rules is None:
            spider_of(self._crawler).stop_for("blocked", "robots.txt can't be had, so nothing may be asked for")
        else:
            self._slow_down(rules)
        return rules

    async def _follow(self, url: str) -> Response:
        for _hop in range(_MAX_HOPS + 1):
            request = Request(url, callback=NO_CALLBACK, meta={"csto_robots": True}, dont_filter=True)
            answer = await self._crawler.engine.download_async(request)
            target = answer.headers.get(b"Location")
            if answer.status not in (301, 302, 303, 307, 308) or not target:
                return answer
            url = urljoin(url, target.decode("latin-1"))
        return answer

    def _judge(self, answer: Response | None, origin: str) -> ProtegoRobotParser | None:
        """RFC 9309 2.3.1: 2xx is parsed; 4xx and endless redirects mean no rules; 429 and 5xx mean hands off."""
        if answer is None or answer.status >= 500 or answer.status == 429:
            return None
        body = answer.body[:_MAX_BYTES] if 200 <= answer.status < 300 else b""
        if body.lstrip()[:1] == b"<":
            logger.warning("robots.txt of %s is an HTML page: it holds no rules", origin)
            body = b""
        return ProtegoRobotParser(body.removeprefix(b"\xef\xbb\xbf"), self._crawler.spider)

    def _slow_down(self, rules: ProtegoRobotParser) -> None:
        delay = rules.crawl_delay(self._agent)
        if delay is not None and delay > 0:
            session_of(self._crawler).pace.at_least(min(delay, _MAX_DELAY))
