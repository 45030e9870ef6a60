"""Which headers of an answer are kept, whoever brought it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

KEPT_HEADERS: Final = (
    "Content-Type",
    "Content-Language",
    "Date",
    "ETag",
    "Last-Modified",
    "Location",
    "Retry-After",
    "Server",
    "Vary",
)
_LONGEST: Final = 500


def kept_headers(header: Callable[[str], str | None]) -> dict[str, str]:
    """By their names in lower case, as ``header`` gives them by name."""
    found = ((name, header(name)) for name in KEPT_HEADERS)
    return {name.lower(): value[:_LONGEST] for name, value in found if value}
