"""Articles, versions and events made for tests, from few words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from storage.hashing import hash_article
from storage.observation import Looks
from storage.records import (
    Article,
    Block,
    BlockKind,
    Event,
    EventKind,
    Link,
    Media,
    Page,
    PageState,
    Run,
    RunMode,
    RunOutcome,
    Version,
)

URL = "https://en.odkb-csto.org/news/news_odkb/a-meeting/"
NOON = datetime(2026, 7, 26, 12, 0, tzinfo=UTC)


def article(*texts: str, **fields: Any) -> Article:
    values: dict[str, Any] = {
        "title": "A meeting of experts",
        "published": date(2026, 7, 26),
        "language": "en",
        **fields,
    }
    return Article(blocks=tuple(Block(BlockKind.PARAGRAPH, text) for text in texts), **values)


def link(href: str, text: str = "") -> Link:
    return Link(f"https://en.odkb-csto.org{href}", text)


def media(src: str, alt: str = "") -> Media:
    return Media(f"https://en.odkb-csto.org{src}", alt)


def version(content: Article, number: int = 1, **fields: Any) -> Version:
    hashes = hash_article(content)
    values: dict[str, Any] = {
        "id": number,
        "url": URL,
        "number": number,
        "article": content,
        "text_sha256": hashes.text.hex(),
        "content_sha256": hashes.content.hex(),
        "reader_version": "1",
        "technical": False,
        "first_seen_at": NOON + timedelta(days=number),
        "last_seen_at": NOON + timedelta(days=number, hours=2),
        "captures": 2,
    }
    return Version(**{**values, **fields})


def event(kind: EventKind = EventKind.EDITED, **fields: Any) -> Event:
    values: dict[str, Any] = {
        "id": 1,
        "kind": kind,
        "url": URL,
        "title": "A meeting of experts",
        "site": "csto-en",
        "language": "en",
        "run_id": 2,
        "seen_at": NOON,
        "not_before": NOON - timedelta(hours=12),
        "recorded_at": NOON,
        "from_version": 1 if kind is EventKind.EDITED else None,
        "to_version": 2 if kind is EventKind.EDITED else None,
        "fields": ("body",) if kind is EventKind.EDITED else (),
        "technical": False,
        "baseline": False,
        "group": None,
        "flapping": False,
        "moved_to": None,
    }
    return Event(**{**values, **fields})


def page(state: PageState = PageState.LISTED, **fields: Any) -> Page:
    values: dict[str, Any] = {
        "url": URL,
        "state": state,
        "site": "csto-en",
        "title": "A meeting of experts",
        "language": "en",
        "versions": 2,
        "first_seen_at": NOON,
        "last_seen_at": NOON,
        "checked_at": NOON,
        "next_check_at": None,
    }
    return Page(**{**values, **fields})


def looks(state: PageState = PageState.LISTED, **fields: Any) -> Looks:
    """A page that was looked at three times in two days and was the same each time."""
    values: dict[str, Any] = {
        "url": URL,
        "site": "csto-en",
        "title": "A meeting of experts",
        "state": state,
        "count": 3,
        "first_at": NOON,
        "last_at": NOON + timedelta(days=2),
        "is_steady": True,
        "last_seen_at": NOON + timedelta(days=2),
    }
    return Looks(**{**values, **fields})


def run(number: int, started_at: datetime, **fields: Any) -> Run:
    values: dict[str, Any] = {
        "id": number,
        "site": "csto-en",
        "mode": RunMode.FULL,
        "base_url": None,
        "started_at": started_at,
        "finished_at": started_at + timedelta(minutes=5),
        "outcome": RunOutcome.COMPLETE,
        "exit_code": 0,
        "requests": 60,
        "bytes": 1000,
        "captures": {"ok": 50},
        "events": {},
    }
    return Run(**{**values, **fields})


PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<iframe src=//example.org></iframe>",
    "<ins>not ours</ins><del>nor this</del>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "&#106;avascript:alert(1)",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1:A2)",
    "\tTAB=1",
    "\r=1",
    "＝1+1",
    "\x1b[31mred\x1b[0m",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x9b2J",
    "\x9d0;title\x9c",
    "one\rtwo",
    "one\nforged: line",
    "\u202egnirts\u202c",
    "\u2066isolate\u2069",
    "zero\u200bwidth\u2060joined",
    "nul\x00inside",
    "bell\x07 backspace\x08 delete\x7f",
    "\ud800lone surrogate",
    "\u2028line\u2029paragraph",
    "[bold red]markup[/bold red]",
    "[link=https://example.org]here[/link]",
    ":warning: emoji code",
    "\U000e0041tag character",
    "../../etc/passwd",
    "CON",
    "a" * 300,
    "quote ' and \" and ` and \\",
)
"""What a hostile page may put into a title, a text or an address (FAULTS group O)."""
