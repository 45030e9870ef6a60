"""What can be wrong with an order to crawl.

CrawlerError
├── UsageError            exit 2: an address, a site or a number that makes no sense
└── ConfigurationError    exit 4: a setting that can't be used
"""

from __future__ import annotations

from crawler.exit_codes import ExitCode


class CrawlerError(Exception):
    """The base of this room's errors. The message says what happened, to what, and what to do."""

    exit_code: ExitCode = ExitCode.UNEXPECTED


class UsageError(CrawlerError):
    exit_code = ExitCode.USAGE


class ConfigurationError(CrawlerError):
    exit_code = ExitCode.BAD_CONFIGURATION
