"""Nothing is asked for outside the one origin that this run may ask: checked on every request, retries included."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

from crawler.wiring import session_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


class OutOfScope(IgnoreRequest):
    """The request would leave the site's hosts, or https."""


class ScopeMiddleware:
    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ScopeMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        origins = session_of(self._crawler).origins
        parts = urlsplit(request.url)
        if f"{parts.scheme}://{parts.netloc}" not in origins:
            raise OutOfScope(f"{request.url} is outside {', '.join(sorted(origins))}")
