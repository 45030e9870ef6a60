"""Tries again what may pass, waits as long as the server says, and stops when it says so too often."""

from __future__ import annotations

import random
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)

from crawler.middlewares.whole_body import CUT
from crawler.wiring import session_of, spider_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

PASSING_STATUSES: Final = frozenset({408, 429, 500, 502, 503, 504, 522, 524})
PASSING_ERRORS: Final = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
_REFUSALS: Final = 3


def retry_after(value: bytes | None, now: float) -> float | None:
    """Seconds to wait by a Retry-After header (RFC 9110 10.2.3: seconds or an HTTP date); None where it says nothing usable."""
    text = (value or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, then.timestamp() - now) if then.tzinfo else None


class RetryMiddleware:
    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._times = settings.getint("CSTO_RETRIES")
        self._backoff = settings.getfloat("CSTO_BACKOFF")
        self._cap = settings.getfloat("CSTO_RETRY_AFTER_CAP")
        self._refusals = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RetryMiddleware:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        if CUT in response.flags:
            return self._again(request, None) or response
        if response.status not in PASSING_STATUSES:
            return response
        wait = retry_after(response.headers.get(b"Retry-After"), time.time())
        if response.status == 429 or wait is not None:
            self._refusals += 1
            if self._refusals >= _REFUSALS or (wait or 0.0) > self._cap:
                spider_of(self._crawler).stop_for(
                    "blocked", f"the server answers {response.status} and asks to stay away"
                )
                return response
        return self._again(request, wait) or response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        return self._again(request, None) if isinstance(exception, PASSING_ERRORS) else None

    def _again(self, request: Request, wait: float | None) -> Request | None:
        tried = request.meta.get("csto_tried", 0)
        if tried >= self._times or spider_of(self._crawler).stopped:
            return None
        pause = wait if wait is not None else self._backoff * 2**tried * (1 + random.random() / 2)
        session_of(self._crawler).pace.hold_back(pause)
        again = request.replace(dont_filter=True, priority=request.priority + 1)
        again.meta["csto_tried"] = tried + 1
        return again
