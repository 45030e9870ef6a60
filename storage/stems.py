"""What is left of a word without the ending that grammar puts there: English and Russian, by two short lists. Pure.

Two words are forms of one when their stems are equal. It is a search's help, no grammar: a form whose root changes ("is" and
"was", "конец" and "конца") is another word, and now and then two words share a stem ("ученый" and "учение").
"""

from __future__ import annotations

import re
from typing import Final

_CYRILLIC: Final = re.compile("[а-я]+")
_LATIN: Final = re.compile("[a-z]+")


def _longest_first(endings: str) -> tuple[str, ...]:
    return tuple(sorted(endings.split(), key=len, reverse=True))


# Of nouns, adjectives and participles: those of verbs ("ет", "ит", "ал") are how many a noun ends ("совет", "визит", "материал").
_RUSSIAN: Final = _longest_first("""
    а я о е ы и у ю ь й ом ем ей ой ам ям ов ев ах ях ами ями ие ия ию ии ий ием ией иям иях иями
    ый ая яя ое ее ые ого его ому ему ым им ых их юю ую ыми ими
""")
_REFLEXIVE: Final = ("ся", "сь")
_ENGLISH: Final = _longest_first("s es e ed ing ings")
_SHORTEST: Final = 3
_SHORTEST_ENGLISH: Final = 4
"""A stem has at least so many letters ("оон" is no form of "оно", "hope" none of "hop"); without a plural's "s" three will do."""
_NO_PLURALS: Final = frozenset({"news"})


def stem(word: str) -> str:
    """The stem of a folded word; of one that isn't all Russian or all English letters, the word itself."""
    if _CYRILLIC.fullmatch(word):
        return _russian(word)
    return _english(word) if _LATIN.fullmatch(word) else word


def beginning(of_stem: str) -> str:
    """What every word with this stem begins with: "country" stands for "countries" too."""
    return of_stem.removesuffix("y") if len(of_stem) > _SHORTEST else of_stem


def _english(word: str) -> str:
    if word.endswith("ss") or word in _NO_PLURALS:
        return word
    if word.endswith(("ies", "ied")) and len(word) > _SHORTEST + 2:
        return word[:-3] + "y"
    shorter = _without(word, _ENGLISH, _SHORTEST_ENGLISH)
    return shorter if shorter != word else _without(word, ("s",), _SHORTEST)


def _russian(word: str) -> str:
    """Ending by ending: "приема" and "прием", whose own end looks like one, come to the same."""
    if word.endswith(_REFLEXIVE) and len(word) > _SHORTEST + 3:
        word = word[:-2]
    while (shorter := _without(word, _RUSSIAN, _SHORTEST)) != word:
        word = shorter
    return word


def _without(word: str, endings: tuple[str, ...], shortest: int) -> str:
    return next((word[: -len(end)] for end in endings if word.endswith(end) and len(word) - len(end) >= shortest), word)
