"""A paragraph cut into its sentences. Pure.

A full stop ends one where white space and then no small letter follow, unless it belongs to an initial or to an abbreviation.
"""

from __future__ import annotations

import re
from typing import Final

_END: Final = re.compile(r"[.!?…]+[\"'”»’)\]“]*\s+(?=[^\W\d_]|[\d\"'“”«»„‘(\[—–-])")
_ABBREVIATED: Final = re.compile(
    r"(?:^|[\s(«\"“])(?:[^\W\d_]|mr|mrs|ms|dr|prof|gen|lt|col|maj|capt|st|no|nos|vs|etc|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
    r"|гг|ул|им|проф|ген|руб|тыс|млн|млрд|стр|см|др|пр|г-н|св)\.\s+$",
    re.IGNORECASE,
)


def sentences_of(text: str) -> list[str]:
    """In order, without the white space between them."""
    found: list[str] = []
    begun = 0
    for end in _END.finditer(text):
        if text[end.end()].islower() or _ABBREVIATED.search(text, max(begun - 1, end.start() - 8, 0), end.end()):
            continue
        found.append(text[begun : end.end()].rstrip())
        begun = end.end()
    return [sentence for sentence in (*found, text[begun:].strip()) if sentence]
