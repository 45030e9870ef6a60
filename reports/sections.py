"""The sections of a site, as its addresses tell them. Pure."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

NO_SECTION: Final = "(no section)"
"""How people are told of pages at the top of a site, and of what is at no web address."""
DEEPEST: Final = 2
"""So many folders name a section: "news/speech", "international_org/un"."""


def section_of(url: str) -> str:
    """The folders that a page lies in, without years: "news/news_odkb"; "" at the top, and for what is no web address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"}:
        return ""
    names = [name for name in parts.path.split("/") if name]
    folders = names if parts.query else names[:-1]
    return "/".join([name for name in folders if not name.isdigit()][:DEEPEST])


def is_within(section: str, asked: str) -> bool:
    """Whether a section is the one that is asked for, or lies in it: "news/speech" in "/news/"."""
    wanted = asked.strip("/")
    return section == wanted or section.startswith(f"{wanted}/")


def is_in_section(url: str, asked: str) -> bool:
    """The same of a page's address."""
    return is_within(section_of(url), asked)
