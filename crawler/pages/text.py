"""Text as it is compared and stored: one form for all the ways in which a page can write the same words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

# Soft hyphen, zero-width characters, byte order mark, C0 and C1. Tab to carriage return are white space, not controls.
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_NOT_A_LETTER_OR_DIGIT: Final = re.compile(r"[\W_]+")
_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
_LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f]")


def fold(text: str) -> str:
    """``text`` in NFC, invisible characters removed, each run of white space one space, none at the ends.

    Lone surrogates become U+FFFD. ``fold(fold(x)) == fold(x)``. Bidi controls, case, quotes and homoglyphs stay.
    """
    if text.isprintable() and (text.isascii() or unicodedata.is_normalized("NFC", text)):
        return " ".join(text.split())
    if text.isascii():
        return " ".join(_CONTROL.sub("", text).split())
    text = _SURROGATE.sub("\ufffd", _INVISIBLE.sub("", text))
    return " ".join(unicodedata.normalize("NFC", text).split())


def words(text: str) -> frozenset[str]:
    """The words of a constant written in one line: names of elements, mostly."""
    return frozenset(text.split())


def skeleton(text: str) -> str:
    """Letters and digits alone, in one case: for telling that two spellings of a title are one, never for storing."""
    return _NOT_A_LETTER_OR_DIGIT.sub("", text.casefold())


def language_of(texts: Iterable[str], declared: str | None = None) -> str | None:
    """``"ru"`` or ``"en"`` by the share of Cyrillic letters; ``declared`` (the html element's lang) decides a tie."""
    text = " ".join(texts)
    cyrillic, latin = (sum(map(text.count, vowels)) for vowels in ("аеио", "aeio"))
    if min(cyrillic, latin) * 4 >= max(cyrillic, latin):  # the vowels alone don't tell
        cyrillic, latin = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
    if abs(cyrillic - latin) * 10 > cyrillic + latin:
        return "ru" if cyrillic > latin else "en"
    prefix = (declared or "").strip().lower()[:2]
    if prefix in ("ru", "en"):
        return prefix
    return ("ru" if cyrillic > latin else "en") if cyrillic + latin else None
