"""Settings that a test pins: each one's removal would leave a fault open."""

from __future__ import annotations

import pytest

from crawler.options import CrawlOptions
from crawler.run import scrapy_settings

PINNED = {
    "DOWNLOAD_FAIL_ON_DATALOSS": True,
    "DOWNLOAD_MAXSIZE": 8 * 1024 * 1024,
    "DOWNLOAD_TIMEOUT": 30,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "COOKIES_ENABLED": False,
    "METAREFRESH_ENABLED": False,
    "REDIRECT_ENABLED": False,
    "REDIRECT_MAX_TIMES": 5,
    "RETRY_ENABLED": False,
    "ROBOTSTXT_OBEY": False,
    "COMPRESSION_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "CONCURRENT_REQUESTS": 1,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "HTTPCACHE_ENABLED": False,
    "HTTPERROR_ALLOW_ALL": True,
    "TWISTED_DNS_RESOLVER": "crawler.resolver.PublicResolver",
}


@pytest.mark.parametrize("name", PINNED)
def test_a_setting_that_closes_a_fault_is_pinned(name: str) -> None:
    assert scrapy_settings(CrawlOptions("sqlite://")).get(name) == PINNED[name]


def test_no_handler_reaches_beyond_http() -> None:
    handlers = scrapy_settings(CrawlOptions("sqlite://")).getdict("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, handler in handlers.items() if handler is None} == {"file", "data", "ftp", "s3"}


def test_our_own_middlewares_stand_where_they_must() -> None:
    order = scrapy_settings(CrawlOptions("sqlite://")).getdict("DOWNLOADER_MIDDLEWARES")
    names = [name.rpartition(".")[2] for name, place in sorted(order.items(), key=lambda it: it[1] or 0) if place]
    assert names == ["ScopeMiddleware", "RobotsMiddleware", "RetryMiddleware", "WholeBodyMiddleware", "PaceMiddleware"]


def test_a_crawl_is_slow_unless_it_is_told_otherwise() -> None:
    assert CrawlOptions("sqlite://").delay == 2.0
