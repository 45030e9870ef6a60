"""Bytes to text, strictly: a byte that the declared encoding doesn't know is never replaced, and nothing is guessed silently."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from w3lib.encoding import http_content_type_encoding, resolve_encoding

_BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META: Final = re.compile(rb"<meta\s[^>]*?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]+)", re.IGNORECASE)
_META_WINDOW: Final = 4096
"""Bytes searched for a charset in a meta element. WHATWG looks at 1,024; Bitrix heads are at times longer."""

_MAGIC: Final = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "zip or office document"),
    (b"\xd0\xcf\x11\xe0", "office document"),
    (b"\x89PNG", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"GIF8", "GIF image"),
    (b"\x1f\x8b", "gzip archive"),
    (b"Rar!", "rar archive"),
    (b"{\\rtf", "RTF document"),
)
_FEED: Final = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(rss|feed|urlset|sitemapindex|svg)\b", re.I | re.S
)
_HTML_TYPES: Final = frozenset({"", "text/html", "application/xhtml+xml"})
_CYRILLIC_LOWER: Final = re.compile("[\u0430-\u044f\u0451]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """``encoding`` is Python's name of the encoding that read every byte. ``data``: the text in UTF-8."""

    text: str
    encoding: str
    data: bytes


def media_type_of(content_type: str | None) -> str | None:
    """``Text/HTML; charset=x`` -> ``text/html``; None when there is no header."""
    if content_type is None:
        return None
    return content_type.partition(";")[0].strip().lower() or None


def wrong_type(body: bytes, media_type: str | None) -> str | None:
    """What the answer is instead of HTML, in plain words, or None. Looks at the bytes first, then at the header (FAULTS T11)."""
    head = body[:1024].lstrip()
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP image"
    if (media_type or "") not in _HTML_TYPES:
        return f"{media_type} by its header"
    if head[:1] in (b"{", b"["):
        return "JSON"
    if head[:9].lower() != b"<!doctype" and _FEED.match(head.decode("latin-1")):
        return "XML, no HTML"
    return None


def decode(body: bytes, content_type: str | None = None) -> Decoded | None:
    """``body`` as text with its encoding, or None when no declared encoding reads every byte of it.

    Order: byte order mark; HTTP charset; meta charset; and only where neither is given, UTF-8, then windows-1251 if the result
    is plainly Cyrillic. NUL is dropped (FAULTS T9), a byte order mark is no text (H23).
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _strictly(body[len(mark) :], encoding)
    header = _header_label(content_type)
    found = _as_labelled(body, header) if header else None
    if found is not None:
        return found
    meta = _meta_label(body)
    found = (_as_labelled(body, meta) if meta else None) or _strictly(body, "utf-8")
    if found is None and not (header or meta):
        return _if_cyrillic(_strictly(body, "cp1251"))
    return found


@lru_cache(maxsize=64)
def _header_label(content_type: str | None) -> str | None:
    label: str | None = http_content_type_encoding(content_type)
    return label


def _meta_label(body: bytes) -> str | None:
    found = _META.search(body, 0, _META_WINDOW)
    return resolve_encoding(found[1].decode("ascii")) if found else None


def _as_labelled(body: bytes, encoding: str) -> Decoded | None:
    """A one-byte encoding reads nearly anything, so its label proves nothing: bytes that are UTF-8 are UTF-8 (FAULTS H22)."""
    if encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        encoding = "utf-8"  # WHATWG: a label inside ASCII-readable bytes can't mean UTF-16
    if encoding != "utf-8" and not body.isascii():
        decoded = _strictly(body, "utf-8")
        if decoded is not None:
            return decoded
    return _strictly(body, encoding)


def _strictly(body: bytes, encoding: str) -> Decoded | None:
    try:
        text = body.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
    # In the bytes, where no sign of UTF-8 or of a one-byte encoding has a NUL in it: in the text the search takes 0.05 ms.
    if text.startswith("\ufeff") or b"\x00" in body:
        text = text.removeprefix("\ufeff").replace("\x00", "")
    elif encoding == "utf-8":
        return Decoded(text, encoding, body)
    return Decoded(text, encoding, text.encode())


def _if_cyrillic(decoded: Decoded | None) -> Decoded | None:
    """Running Russian is mostly lower case; other bytes read as windows-1251 give capitals, signs and letters of its edges."""
    if decoded is None:
        return None
    foreign = sum(1 for letter in decoded.text if letter > "\x7f" and letter not in "\u00a0«»—–„“”№…")
    return decoded if len(_CYRILLIC_LOWER.findall(decoded.text)) > 0.8 * foreign else None
