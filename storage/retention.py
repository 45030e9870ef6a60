"""The written policy of what is kept: data alone, that every room may hold. docs/retention.md says what it means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

Keep = Literal["versions", "all"]


@dataclass(frozen=True, slots=True)
class Retention:
    """``keep``: of answers that show an article, those that the versions need, or all. The others: of one page so many, the
    newest, and none recorded longer ago than ``age``; None: no limit. *Failed* are answers that were no article, *unread*
    those that may yet be read (``extract_failed``, ``suspect``)."""

    keep: Keep = "versions"
    failed_count: int = 3
    failed_age: timedelta | None = None
    unread_count: int | None = None
    unread_age: timedelta | None = None


DEFAULT: Final = Retention()
