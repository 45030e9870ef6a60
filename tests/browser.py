"""Chromium for tests: one for all tests of a module, with a reason where there is none (CI has one, and must)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from benchmarks.pages_in_browser import DESKTOP, PHONE, SIZES, Finding, Seen, browser, looked_at, why_not

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

__all__ = ["DESKTOP", "PHONE", "SIZES", "Finding", "Seen", "chrome", "looked_at"]


@pytest.fixture(scope="module")
def chrome() -> Iterator[Chrome]:
    """For ``looked_at``; tests/conftest.py gives it to every test."""
    if (reason := why_not()) is not None:
        pytest.skip(reason)
    with browser() as driver:
        yield driver
