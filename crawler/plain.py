"""``scrapy crawl news -a site=csto-en``: the spider opens the store by itself. Scrapy's own exit code says nothing of the run;
``csto-watch crawl`` does."""

from __future__ import annotations

import contextlib
import logging
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import signals

from crawler.errors import UsageError
from crawler.options import CrawlOptions
from crawler.run import finish
from crawler.session import Session
from crawler.stamping import time_stamping_of
from storage import configuration
from storage.engine import open_store
from storage.lock import store_lock
from storage.records import RunMode
from storage.where import default_store

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.spiders.news import NewsSpider

logger = logging.getLogger(__name__)

_ARGUMENTS = ("site", "mode", "base_url", "url", "limit", "delay", "media")


def attach_session(spider: NewsSpider, crawler: Crawler, **arguments: str) -> None:
    found = configuration.load(os.environ, Path())
    options = options_from(arguments, default_store(os.environ, Path.cwd()))
    rules = tuple(rule.name for rule in found.notices)
    options = replace(options, retention=found.retention, time_stamping=time_stamping_of(found), rules=rules)
    options.check()
    stack = contextlib.ExitStack()
    stack.enter_context(store_lock(options.db_url))
    engine = open_store(options.db_url, write=True)
    stack.callback(engine.dispose)
    spider.session = Session.open(options, engine)

    def close(**_: Any) -> None:
        with stack:
            summary = finish(spider.session)
        logger.warning(
            "run %s of %s: %s, exit code %d", summary.run_id, summary.site, summary.outcome, summary.exit_code
        )
        if summary.stamp_failure:
            logger.warning("%s", summary.stamp_failure)

    spider.at_the_end = close  # Scrapy's signals hold their receivers weakly
    crawler.signals.connect(close, signals.engine_stopped)


def options_from(arguments: dict[str, str], db_url: str) -> CrawlOptions:
    """``-a`` arguments as options. Raises UsageError for a name or a value that makes no sense."""
    if unknown := sorted(set(arguments) - set(_ARGUMENTS)):
        raise UsageError(f"no such spider argument: {unknown[0]}; there are {', '.join(_ARGUMENTS)}")
    urls = tuple(arguments.get("url", "").split())
    try:
        return CrawlOptions(
            db_url=db_url,
            site=arguments.get("site", "csto-en"),
            mode=RunMode.URL if urls else RunMode(arguments.get("mode", "due")),
            base_url=arguments.get("base_url"),
            urls=urls,
            limit=int(arguments["limit"]) if "limit" in arguments else None,
            delay=float(arguments.get("delay", "2")),
            media=bool(int(arguments.get("media", "0"))),
        )
    except ValueError as error:
        raise UsageError(f"a spider argument makes no sense: {error}") from error
