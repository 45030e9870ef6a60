"""An order to crawl, checked before the first request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from crawler.errors import UsageError
from crawler.pages.urls import BadAddress, Origin, canonical, tidy
from crawler.sites import Site, UnknownSite, site_named
from crawler.stamping import TimeStamping
from storage.records import RunMode
from storage.retention import DEFAULT, Retention

DEFAULT_DELAY: Final = 2.0
MAX_DELAY: Final = 3600.0


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """``delay`` in seconds; ``limit`` in article pages; ``concurrency`` is 1 but in benchmarks."""

    db_url: str
    site: str = "csto-en"
    mode: RunMode = RunMode.DUE
    base_url: str | None = None
    urls: tuple[str, ...] = ()
    limit: int | None = None
    delay: float = DEFAULT_DELAY
    concurrency: int = 1
    jitter: float = 0.5
    backoff: float = 5.0
    media: bool = False
    """Whether the images and documents of articles are fetched and their bytes hashed."""
    retention: Retention = DEFAULT
    time_stamping: TimeStamping | None = None
    """Who stamps the newest seal once the run is settled."""
    rules: tuple[str, ...] = ()
    """The names of the rules that are told of what changed (storage/outbox.py)."""
    overrides: dict[str, object] = field(default_factory=dict)
    """Scrapy settings on top of ``crawler.settings``: for tests and benchmarks."""

    def checked_site(self) -> Site:
        try:
            return site_named(self.site)
        except UnknownSite as error:
            raise UsageError(str(error)) from error

    def checked_origin(self) -> Origin | None:
        if self.base_url is None:
            return None
        try:
            return Origin.parse(self.base_url)
        except BadAddress as error:
            raise UsageError(f"--base-url: {error}") from error

    def check(self) -> None:
        """Raises UsageError for the first thing that makes no sense."""
        site = self.checked_site()
        self.checked_origin()
        if not 0 <= self.delay <= MAX_DELAY:
            raise UsageError(f"--delay must be 0 to {MAX_DELAY:.0f} seconds, not {self.delay:g}")
        if self.limit is not None and self.limit < 1:
            raise UsageError(f"--limit must be at least 1, not {self.limit}")
        for url in self.urls:
            _check_url(url, site)
        if self.time_stamping is not None:
            self.time_stamping.check()

    def asked_urls(self) -> list[tuple[str, str]]:
        """``--url`` as (canonical, shown)."""
        return [(canonical(url), tidy(url)) for url in self.urls]


def _check_url(url: str, site: Site) -> None:
    try:
        address = canonical(url)
    except BadAddress as error:
        raise UsageError(f"--url: {error}") from error
    if not site.in_scope(address):
        raise UsageError(f"--url: {url} is not on {site.host}, the host of {site.name}; name its site first")
