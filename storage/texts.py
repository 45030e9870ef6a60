"""Texts that come from servers and files, as every database can hold them."""

from __future__ import annotations

import re
from typing import Final

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
"""PostgreSQL refuses NUL, SQLite's own functions end a text there; half a surrogate pair has no encoding."""


def storable(text: str) -> str:
    """``text`` without NUL, and with U+FFFD for each half of a surrogate pair."""
    if text.isascii() and "\0" not in text:
        return text
    return _UNSTORABLE.sub(lambda found: "" if found[0] == "\0" else "\ufffd", text)


def storable_or_none(text: str | None) -> str | None:
    return None if text is None else storable(text)
