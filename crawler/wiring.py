"""From Scrapy's crawler to our spider and its session, with their types."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.session import Session
    from crawler.spiders.news import NewsSpider


def spider_of(crawler: Crawler) -> NewsSpider:
    """``news`` is the only spider of this project; middlewares and pipelines are made after it."""
    return cast("NewsSpider", crawler.spider)


def session_of(crawler: Crawler) -> Session:
    return spider_of(crawler).session
