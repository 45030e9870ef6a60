"""Text made fit for XML 1.0, whatever a page put into it. Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from reports.render.text import visible

# What isn't Char of XML 1.0, 2.2: NUL and most of C0, lone surrogates, U+FFFE and U+FFFF. One of them makes lxml raise, and
# any reader drop the whole file.
_NO_CHAR: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What no IRI may hold (RFC 3987, 2.2); a browser takes them in an address all the same.
_NO_IRI: Final = re.compile(r'["<>\\^`{|}]')


def xml_chars(text: str) -> str:
    """``text`` with U+FFFD for every character that XML 1.0 can't hold."""
    return _NO_CHAR.sub("\ufffd", text)


def xml_line(text: str) -> str:
    """One line, with control and format characters written out."""
    return xml_chars(visible(text))


def iri(url: str) -> str | None:
    """A web address as an IRI; None for what is none, or what a strict reader of addresses would choke on."""
    if not url.startswith(("https://", "http://")) or xml_line(url) != url or any(map(str.isspace, url)):
        return None
    try:
        if not urlsplit(url).hostname:
            return None
    except ValueError:
        return None
    return _NO_IRI.sub(lambda found: f"%{ord(found.group()):02X}", url)
