"""Text as it is compared and stored: one form for all the ways in which a page can write the same words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

# Soft hyphen, zero-width characters, byte order mark, C0 and C1. Tab to carriage return are white space, not controls.
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff\x00-\x08\x0e-\x1f\x7f-\x9f]")
_COMMON: Final = (("\u00a0", " "), *((sign, "") for sign in "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
"""What editors' programs leave in a text: ten times quicker one by one than by a pattern."""
_SIGNS: Final = (*map(str.encode, "\u00ad\u200b\u200c\u200d\u2060\ufeff\u2009\u202f"), b"\xcc", b"\xcd")
"""What makes the same words other bytes: invisible characters, thin spaces, and the first byte of loose accents."""
_NBSP: Final = "\u00a0".encode()
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_BETWEEN: Final = re.compile(r"[\W_]+")
"""All but what ``str.isalnum`` is true of."""
_BETWEEN_IN_ASCII: Final = {code: None for code in range(0x80) if not chr(code).isalnum()}
_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
_LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f]")


def fold(text: str) -> str:
    """``text`` in NFC, invisible characters removed, each run of white space one space, none at the ends.

    Lone surrogates become U+FFFD. ``fold(fold(x)) == fold(x)``. Bidi controls, case, quotes and homoglyphs stay.
    """
    # Asked as seldom as can be: it looks up each letter, 2 ns of it, and was most of this function's time.
    is_clean = text.isprintable()
    if not is_clean:  # the breaks and indents of the page's source, nearly always
        text = text.replace("\n", " ").replace("\t", " ").replace("\r", " ")
        is_clean = text.isprintable()
    if not is_clean:
        for sign, instead in _COMMON:
            text = text.replace(sign, instead)
        is_clean = text.isprintable()
    if is_clean and (text.isascii() or unicodedata.is_normalized("NFC", text)):
        while "  " in text:  # a third of the time that parting and joining takes
            text = text.replace("  ", " ")
        return text.strip(" ")
    if text.isascii():
        return " ".join(_CONTROL.sub("", text).split())
    text = _SURROGATE.sub("\ufffd", _INVISIBLE.sub("", text))
    return " ".join(unicodedata.normalize("NFC", text).split())


def says(data: bytes, phrase: str) -> bool:
    """Whether ``phrase``, folded, stands in a text in UTF-8, however it is written there: where ``phrase in fold(text)`` is true.

    And quicker: a box of 25,000 letters is folded in 0.5 ms, and looked through here in 0.03 ms. An accent behind the phrase's
    last letter isn't looked at.
    """
    if phrase.encode() in data:
        return True
    if any(sign in data for sign in _SIGNS):
        return phrase in fold(data.decode())
    data = data.replace(_NBSP, b" ")
    parts = phrase.encode().split()
    at = max(range(len(parts)), key=lambda place: len(parts[place]), default=0)
    longest, following, reach = parts[at], b"".join(parts[at + 1 : at + 2]), 4 * len(phrase.encode())
    start = data.find(longest)
    while start >= 0:
        end = start + len(longest)
        if data[end : end + reach].lstrip().startswith(following):
            around = data[max(0, start - reach) : end + reach].split()
            if b" ".join(parts) in b" ".join(around):
                return True
        start = data.find(longest, end)
    return False


def words(text: str) -> frozenset[str]:
    """The words of a constant written in one line: names of elements, mostly."""
    return frozenset(text.split())


@lru_cache(maxsize=256)
def skeleton(text: str) -> str:
    """Letters and digits alone, in one case: for telling that two spellings of a title are one, never for storing."""
    if text.isascii():
        return text.casefold().translate(_BETWEEN_IN_ASCII)
    return _BETWEEN.sub("", text.casefold())


def language_of(texts: Iterable[str], declared: str | None = None) -> str | None:
    """``"ru"`` or ``"en"`` by the share of Cyrillic letters; ``declared`` (the html element's lang) decides a tie."""
    text = " ".join(texts)
    if text.isascii() and "e" in text:
        return "en"
    cyrillic = sum(map(text.count, "аеио"))
    if not cyrillic and "e" in text:  # what is told by all letters is told by this: no need to count the others
        return "en"
    latin = sum(map(text.count, "aeio"))
    if min(cyrillic, latin) * 4 >= max(cyrillic, latin):  # the vowels alone don't tell
        cyrillic, latin = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
    if abs(cyrillic - latin) * 10 > cyrillic + latin:
        return "ru" if cyrillic > latin else "en"
    prefix = (declared or "").strip().lower()[:2]
    if prefix in ("ru", "en"):
        return prefix
    return ("ru" if cyrillic > latin else "en") if cyrillic + latin else None
