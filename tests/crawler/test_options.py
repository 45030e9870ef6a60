from __future__ import annotations

from typing import Any

import pytest

from crawler.errors import ConfigurationError, UsageError
from crawler.options import CrawlOptions
from crawler.plain import options_from
from crawler.version import CONTACT_VARIABLE, program_version, user_agent
from storage.records import RunMode


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"site": "nato"}, "nato"),
        ({"delay": -1}, "-1"),
        ({"delay": float("nan")}, "nan"),
        ({"delay": 1e9}, "1e+09"),
        ({"limit": 0}, "--limit"),
        ({"base_url": "ftp://example.org"}, "ftp"),
        ({"base_url": "http://example.org/path"}, "--base-url"),
        ({"base_url": "no url"}, "--base-url"),
        ({"urls": ("https://example.org/news/x/",)}, "example.org"),
        ({"urls": ("::",)}, "--url"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_in_one_sentence(given: dict[str, Any], word: str) -> None:
    with pytest.raises(UsageError) as caught:
        CrawlOptions("sqlite://", **given).check()
    assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_arguments_of_plain_scrapy_are_checked_too() -> None:
    assert options_from({"site": "csto-ru", "mode": "full", "limit": "3"}, "sqlite://").mode is RunMode.FULL
    assert options_from({"url": "https://odkb-csto.org/news/news_odkb/x/"}, "sqlite://").mode is RunMode.URL
    for wrong in ({"mode": "fast"}, {"limit": "many"}, {"colour": "red"}):
        with pytest.raises(UsageError):
            options_from(wrong, "sqlite://")


def test_without_a_contact_the_user_agent_is_program_and_version_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CONTACT_VARIABLE, raising=False)
    assert user_agent() == f"csto-watch/{program_version()}"


def test_a_configured_contact_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CONTACT_VARIABLE, "desk@example.org")
    assert user_agent() == f"csto-watch/{program_version()} (+desk@example.org)"


def test_a_contact_that_would_break_a_header_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CONTACT_VARIABLE, "desk@example.org\r\nX-Evil: 1")
    with pytest.raises(ConfigurationError):
        user_agent()
