"""In which language a block is: English, Russian, another, or too short to tell. Pure, offline, without a model.

By script first, then by letters that only one language has, by function words, and by endings. It is asked when a version is
shown or two are compared, never while a crawl runs. A name, a number or a date has no language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final

from reports.function_words import ENGLISH, OTHER_CYRILLIC, OTHER_LATIN, RUSSIAN


class Language(StrEnum):
    """``ENGLISH`` and ``RUSSIAN`` are the values that ``Article.language`` has."""

    ENGLISH = "en"
    RUSSIAN = "ru"
    OTHER = "other"


NAMES: Final = {Language.ENGLISH: "English", Language.RUSSIAN: "Russian", Language.OTHER: "another language"}

FEW_LETTERS: Final = 8
"""A block of fewer letters says nothing."""
CLEAR_SHARE: Final = 0.6
"""A script that has this share of the letters is the block's; below it the words decide."""
PLAIN_WORDS: Final = 3
"""So many words in small letters, and no sign of another language, are enough by their script alone."""

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ADDRESS: Final = re.compile(r"\S+@\S+|(?:https?://|www\.)\S+")
_LATIN: Final = re.compile("[A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0259\u1e00-\u1eff]+")
_CYRILLIC: Final = re.compile("[\u0400-\u052f]+")
# Letters that Russian has no use for: Belarusian, Ukrainian, Kazakh, Kyrgyz, Tajik, Tatar, Serbian, Macedonian.
_NOT_RUSSIAN: Final = re.compile("[ўіїєґәғқңөұүһҳҷӣӯҗђјљњћџѓќѕӂӷӊҫҙҡ]")
_NOT_ENGLISH: Final = re.compile("[^a-z'’]")
_RUSSIAN_ENDING: Final = re.compile(
    r".{2,}(?:ого|его|ому|ему|ыми|ими|ый|ые|ых|ым|ая|яя|ое|ее|ую|ции|ция|цией|цию|ение|ения|ении|ений|ание|ания|ании|ство|ства|стве"
    r"|ость|ости|ться|тся|лся|лась|лись|лось|ить|ать|ять|еть|ует|уют|ются|ется|ился|овал|овали|или|али|ами|ями|щий|щие|щих)"
)
# Kazakh and Kyrgyz have sentences without a letter of their own; no Russian word ends so.
_TURKIC_ENDING: Final = re.compile(
    r".{2,}(?:нын|дын|тын|лды|шты|луу|дуу|штуу|рлер|рлар|тыкты|тарды|ларды|дагы|тагы|чылык|дык|тык)"
)
_ENGLISH_ENDING: Final = re.compile(
    r".{3,}(?:ing|ings|ed|ly|ness|ship|ships|ful|less|ight|tion|tions|ity|ance|ence|ment|ments)"
)


@lru_cache(maxsize=4096)
def language_of(text: str) -> Language | None:
    """None where there are too few letters, or nothing but names and numbers."""
    text = _ADDRESS.sub(" ", text)
    latin, cyrillic = _scripts(text)
    letters = sum(map(str.isalpha, text))
    foreign = letters - latin - cyrillic
    if foreign > max(latin, cyrillic) and foreign >= FEW_LETTERS // 2:
        return Language.OTHER
    if letters < FEW_LETTERS:
        return None
    words = _WORD.findall(text)
    if latin >= CLEAR_SHARE * letters:
        return _of_latin(words)
    if cyrillic >= CLEAR_SHARE * letters:
        return _of_cyrillic(words)
    return _of_both(words)


def is_untranslated(text: str, page: str | None) -> Language | None:
    """The block's language where it isn't the page's; None where the two agree, or either isn't known."""
    found = language_of(text) if page in {Language.ENGLISH, Language.RUSSIAN} else None
    return found if found is not None and found != page else None


def name_of(language: str | None) -> str:
    """A language's name; of one that isn't told here, its tag."""
    return NAMES[Language(language)] if language in set(Language) else language or "no known language"


def untranslated_mark(text: str, page: str | None) -> str:
    """ "untranslated: Russian", or nothing."""
    found = is_untranslated(text, page)
    return f"untranslated: {NAMES[found]}" if found else ""


def leaning_of(text: str) -> Language | None:
    """The language of a text known to be of one of the page's two: its script speaks where its words don't."""
    found = language_of(text)
    if found is not None:
        return found
    latin, cyrillic = _scripts(text)
    if latin == cyrillic:
        return None
    return Language.ENGLISH if latin > cyrillic else Language.RUSSIAN


def _scripts(text: str) -> tuple[int, int]:
    """How many letters are Latin, and how many Cyrillic."""
    latin, cyrillic = (sum(map(len, script.findall(text))) for script in (_LATIN, _CYRILLIC))
    return latin, cyrillic


def _of_latin(words: Sequence[str]) -> Language | None:
    small = _small([word for word in words if _LATIN.match(word)])
    plain = [word.replace("’", "'") for word in small]
    english = sum(word in ENGLISH for word in plain)
    other = sum(word in OTHER_LATIN for word in plain) + sum(bool(_NOT_ENGLISH.search(word)) for word in small)
    endings = sum(bool(_ENGLISH_ENDING.fullmatch(word)) for word in plain)
    return _decided(Language.ENGLISH, english, other, endings, small)


def _of_cyrillic(words: Sequence[str]) -> Language | None:
    cyrillic = [word for word in words if _CYRILLIC.match(word)]
    small = _small(cyrillic)
    russian = sum(word in RUSSIAN for word in small)
    other = sum(word in OTHER_CYRILLIC for word in small)
    other += sum(bool(_NOT_RUSSIAN.search(word) or _TURKIC_ENDING.fullmatch(word)) for word in small)
    endings = sum(bool(_RUSSIAN_ENDING.fullmatch(word)) for word in small)
    return _decided(Language.RUSSIAN, russian, other, endings, small)


def _of_both(words: Sequence[str]) -> Language | None:
    """Two scripts in one block: the sentence is of the language that has the function words."""
    small = _small(words)
    english, russian = sum(word in ENGLISH for word in small), sum(word in RUSSIAN for word in small)
    if english == russian:
        return None
    return Language.ENGLISH if english > russian else Language.RUSSIAN


def _decided(mine: Language, words: int, other: int, endings: int, small: Sequence[str]) -> Language | None:
    if other > words:
        return Language.OTHER if other > words + endings or other > 1 else mine
    if words and (len(small) > 1 or endings):
        return mine
    if not other and len(small) >= (2 if endings else PLAIN_WORDS):
        return mine
    return None


def _small(words: Sequence[str]) -> list[str]:
    """The words that aren't names: in small letters, or in capitals where all of the block is."""
    small = [word for word in words if word.islower()]
    if small or not all(map(str.isupper, words)):
        return small + [first.lower() for first in words[:1] if first.istitle() and small]
    return [word.lower() for word in words if len(word) > 1] if len(words) > PLAIN_WORDS else []
