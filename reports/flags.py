"""What is odd about a text or a date, and is kept just so: look-alike letters, broken letters, a date in the future. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from storage.hashing import canonical_text
from storage.records import Article

HOMOGLYPH: Final = "homoglyph"
MOJIBAKE: Final = "mojibake"
FUTURE_DATE: Final = "future_date"
FLAGS: Final = (HOMOGLYPH, MOJIBAKE, FUTURE_DATE)

FUTURE: Final = timedelta(hours=48)
"""A page that is dated so much later than it was seen has a wrong date; less may be another time zone."""

# Letters of two scripts side by side in one word: "СRRF" with a Cyrillic first letter.
_LATIN: Final = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_CYRILLIC: Final = "\u0400-\u0482\u048a-\u052f"
_MIXED: Final = re.compile(f"[{_LATIN}][{_CYRILLIC}]|[{_CYRILLIC}][{_LATIN}]")

# UTF-8 that was read in another encoding. Cyrillic becomes a row of two letters by turns, "РџСЂРё" or "ÐŸÑ€Ð¸", and a quote or
# a dash "вЂ™" or "â€™". One such pair proves nothing ("СССР»", "Рівне"); three in a row do. The reader of pages
# has dropped what became a control character, and made white space of what became a non-breaking space.
_AS_1251: Final = (
    "\u0402\u0403\u201a\u0453\u201e\u2026\u2020\u2021\u20ac\u2030\u0409\u2039\u040a\u040c\u040b\u040f\u0452\u2018\u2019\u201c\u201d"
    "\u2022\u2013\u2014\u2122\u0459\u203a\u045a\u045c\u045b\u045f\u040e\u045e\u0408\u00a4\u0490\u00a6\u00a7\u0401\u00a9\u0404"
    "\u00ab\u00ac\u00ae\u0407\u00b0\u00b1\u0406\u0456\u0491\u00b5\u00b6\u00b7\u0451\u2116\u0454\u00bb\u0458\u0405\u0455\u0457"
)
_AS_1252: Final = (
    "\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc"
    "\u2122\u0161\u203a\u0153\u017e\u0178\u00a1-\u00bf\u0080-\u009f"
)
_BROKEN: Final = re.compile(
    f"(?!(?:[РС]І){{3}})(?:[РС][{_AS_1251}]){{3}}|(?:[ФХЦ][{_AS_1251}]){{3}}|(?:Р[ Ў][РСВТ][{_AS_1251}]){{2}}|вЂ[{_AS_1251}]?"
    f"|(?:[ÐÑ][{_AS_1252}]?){{4}}|(?:[\u00d0-\u00d8][{_AS_1252}]){{3}}|(?:[ÃÂ][{_AS_1252}]?){{4}}"
    "|â€|Ã[\u00a1-\u00ba\u00bc-\u00bf]|Â[«°©®§¶±·]"
)
# Where a broken piece may begin. The whole pattern tries each of its branches at each letter of a text; this one is a
# set of letters, which the engine runs over: a report of 1,000 edits spent a fifth of its time on the former.
_MAY_BE_BROKEN: Final = re.compile("[РСФХЦ\u00c2\u00c3\u00d0-\u00d8\u00e2](?![а-я])")
_QUOTE: Final = "вЂ"
_READ_AS: Final = ("cp1251", "cp1252", "latin-1")
_TIMES: Final = 2
"""How often over a text may have been read wrongly."""


def flags_of(article: Article, seen_at: datetime | None) -> tuple[str, ...]:
    """The flags of an article as it was first seen at a moment, in the order of ``FLAGS``."""
    texts = "\n".join([article.title or "", *(block.text for block in article.blocks)])
    is_broken = is_mojibake(texts)
    raised = {
        # "donвЂ™t" mixes letters too, and is broken.
        HOMOGLYPH: not texts.isascii() and _MIXED.search(_BROKEN.sub(" ", texts) if is_broken else texts) is not None,
        MOJIBAKE: is_broken,
        FUTURE_DATE: is_future(article, seen_at),
    }
    return tuple(flag for flag in FLAGS if raised[flag])


def is_future(article: Article, seen_at: datetime | None) -> bool:
    if article.published is None or seen_at is None or "published" in article.unknown:
        return False
    return datetime.combine(article.published, time(), UTC) - seen_at > FUTURE


def is_mojibake(text: str) -> bool:
    if text.isascii():
        return False
    return _QUOTE in text or any(_BROKEN.match(text, at.start()) for at in _MAY_BE_BROKEN.finditer(text))


def is_broken_form(broken: str, text: str) -> bool:
    """Whether ``broken`` is what becomes of ``text`` when its UTF-8 is read in another encoding, once or twice."""
    return broken != text and not broken.isascii() and broken_key(broken) in broken_forms(text)


def broken_key(text: str) -> str:
    """A broken text in the form of ``broken_forms``: without what couldn't be read at all."""
    return canonical_text(text).replace("\ufffd", "")


@lru_cache(maxsize=256)
def broken_forms(text: str) -> frozenset[str]:
    """In canonical form, as texts are kept: what became a control character is gone."""
    forms: set[str] = set()
    for encoding in () if text.isascii() else _READ_AS:
        broken = text
        for _ in range(_TIMES):
            broken = broken.encode("utf-8", "ignore").decode(encoding, "ignore")
            forms.add(canonical_text(broken))
    return frozenset(forms)
