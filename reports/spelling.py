"""Which change of a word can be shown to be harmless: its spelling, its case, its declension, its transliteration. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from rapidfuzz.distance import OSA

from reports import lexicon
from reports import name_lexicon as known
from reports.marks import PERSON
from reports.words import is_word, tokens
from storage.stems import stem

_AGREEING: Final = (
    frozenset({"was", "were"}),
    frozenset({"is", "are"}),
    frozenset({"has", "have"}),
    frozenset({"do", "does"}),
    frozenset({"о", "об", "обо"}),
    frozenset({"с", "со"}),
    frozenset({"в", "во"}),
    frozenset({"к", "ко"}),
    frozenset({"из", "изо"}),
    frozenset({"от", "ото"}),
)
"""One word in two forms, by what stands beside it."""
_CONTRACTED: Final = (
    (re.compile(r"\bcan't\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\bshan't\b"), "shall not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"\b(it|that|there|here|he|she|what)'s\b"), r"\1 is"),
)
_GENDERED: Final = frozenset(map(frozenset, (("", "а"), ("й", "я"), ("ий", "ая"), ("ый", "ая"), ("ий", "ия"))))
"""A man's name and a woman's: "Иванов", "Иванова"; or the genitive of his. The word alone can't tell."""
_SURNAME_BASE: Final = re.compile(r"[а-я]{2,}(?:[ое]в|[иы]н|[сц]к)(?=[а-я]{0,3}$)")
_FLEETING: Final = re.compile("[еоё](?=[лкцнр]$)")
_ROMANISED: Final = (
    (re.compile("yo|jo"), "e"),
    (re.compile("x"), "ks"),
    (re.compile("ander"), "andr"),
    (re.compile("shch|sch"), "sh"),
    (re.compile("tch|tsch"), "ch"),
    (re.compile("kh"), "h"),
    (re.compile("dzh|dj|zh"), "ž"),
    (re.compile("ts|tz"), "c"),
    (re.compile("[yji]+(?=e)"), ""),
    (re.compile("[yji]+"), "i"),
    (re.compile("w|ff"), "v"),
    (re.compile(r"(.)\1"), r"\1"),
    (re.compile("['’]"), ""),
)
"""What different ways of writing a Russian name in Latin letters have in common."""
_LONG: Final = 6
"""A word at the head of a sentence may be a short name: "Brown", "Browne"."""


def pair_reasons(old: str, new: str, before: str) -> set[str]:
    """Why each word of an edit became the one in its place; empty where one of them is another word.

    ``before``: the sentence up to the edit.
    """
    if old.casefold() == new.casefold():
        return {"case"}
    olds, news = ([token for token in tokens(text) if is_word(token)] for text in (old, new))
    if not olds or not news or olds == news:
        return set()
    signs = [[t for t in tokens(text) if not is_word(t) and not t.isspace() and t != "-"] for text in (old, new)]
    if signs[0] == signs[1] and _joined(olds) == _joined(news):
        return {"spelling"}
    if len(olds) != len(news):
        return set()
    is_start = not re.search(r"[^\W_]", before)
    changed = [(place, a, b) for place, (a, b) in enumerate(zip(olds, news, strict=True)) if a != b]
    found = [_pair_reason(a, b, is_start=is_start and not place) for place, a, b in changed]
    is_one_declined = found.count("grammar") > 0
    gendered = [i for i, reason in enumerate(found) if reason == "gender"]
    for i in gendered:
        found[i] = "grammar" if is_one_declined or _is_country(changed[i][1]) else PERSON
    if None in found:
        return set()
    return {reason for reason in found if reason}


def _joined(words: Sequence[str]) -> str:
    return "".join(words).replace("-", "").replace("‑", "")


def _pair_reason(a: str, b: str, *, is_start: bool) -> str | None:
    if a.casefold() == b.casefold():
        return "case"
    if _without_yo(a) == _without_yo(b) or _is_known_but_for_a_letter(a, b):
        return "spelling"
    if (a[0].isupper() and b[0].isupper() and not is_start) or _is_country(a):
        return _name_reason(a, b)
    if _is_misspelt(a, b, is_start=is_start):
        return "spelling"
    if _is_title(a) and stem(a.casefold()) == stem(b.casefold()):
        return "grammar"
    return _name_reason(a, b) if a[0].isupper() and b[0].isupper() else None


def _without_yo(word: str) -> str:
    return word.replace("ё", "е").replace("Ё", "Е")


def _is_known_but_for_a_letter(a: str, b: str) -> bool:
    """ "Secretary Genral" is nobody's name: one of the two is a title, or a word for an organisation."""
    return _is_known(a) != _is_known(b) and min(len(a), len(b)) >= _LONG and OSA.distance(a, b) == 1


def _name_reason(a: str, b: str) -> str | None:
    if a.isascii() and b.isascii():
        return "spelling" if len(a) > 3 and _romanised(a) == _romanised(b) else None
    return _declined(a.casefold().replace("ё", "е"), b.casefold().replace("ё", "е"))


def _romanised(name: str) -> str:
    name = name.casefold()
    for pattern, other in _ROMANISED:
        name = pattern.sub(other, name)
    return name


def _declined(a: str, b: str) -> str | None:
    """ "grammar" for two cases of a name, "gender" where it may be a man's and a woman's."""
    for x, y in ((a, b), (_FLEETING.sub("", a), b), (a, _FLEETING.sub("", b))):
        length = next((i for i, (c, d) in enumerate(zip_longest(x, y)) if c != d), len(x))
        for cut in range(length, max(2, length - 3), -1):
            if x[cut:] in lexicon.CASE_ENDINGS and y[cut:] in lexicon.CASE_ENDINGS:
                return "gender" if frozenset({x[cut:], y[cut:]}) in _GENDERED else "grammar"
    return None


def undeclined(folded: str) -> str:
    """What the cases of a Russian name have in common, a man's and a woman's alike; any other word as it is."""
    if folded.isascii():
        return folded
    if (surname := _SURNAME_BASE.match(folded)) is not None:
        return surname[0]
    endings = (
        folded[-length:]
        for length in (3, 2, 1)
        if len(folded) - length >= 3 and folded[-length:] in lexicon.CASE_ENDINGS
    )
    return folded.removesuffix(next(endings, ""))


def _is_country(word: str) -> bool:
    return known.country_of(word.casefold().replace("ё", "е")) is not None


def _is_title(word: str) -> bool:
    folded = word.casefold()
    cuts = range(max(len(folded) - 3, 2), len(folded) + 1)
    return folded not in known.NO_TITLES and any(
        folded[:cut] in known.TITLES_RU and folded[cut:] in lexicon.CASE_ENDINGS for cut in cuts
    )


def _is_known(word: str) -> bool:
    folded = word.casefold()
    return folded in known.TITLES or folded in known.TITLE_PARTS or folded in known.BODIES or _is_title(word)


def _is_misspelt(a: str, b: str, *, is_start: bool) -> bool:
    """A few letters apart, in a word that is nobody's name, and not merely another form of the word."""
    if a[0].casefold() != b[0].casefold() or stem(a.casefold()) == stem(b.casefold()):
        return False
    shorter = min(len(a), len(b))
    if a[0].isupper() and not (is_start and shorter >= _LONG and known.SURNAME.fullmatch(a.casefold()) is None):
        return False
    return shorter >= 4 and a[0].isalpha() and OSA.distance(a, b) <= (2 if shorter >= 8 else 1)


def light_reason(old: str, new: str) -> str | None:
    """For an edit that touches nothing of weight."""
    olds, news = ([token for token in tokens(text) if is_word(token)] for text in (old, new))
    if olds == news:
        return "punctuation"
    a, b = (_plain(words) for words in (olds, news))
    if a == b:
        return "grammar"
    # In the same order: "5 tents and 7 boats" for "7 boats and 5 tents" has the same words, and isn't the same.
    if [word for word in a if word not in lexicon.ARTICLES] == [word for word in b if word not in lexicon.ARTICLES]:
        return "grammar"
    apart = (Counter(a) - Counter(b)) + (Counter(b) - Counter(a))
    if len(apart) == 2 and any(set(apart) <= pair for pair in _AGREEING):
        return "grammar"
    return None


def _plain(words: Sequence[str]) -> list[str]:
    """Without contractions: "don't" is "do not"."""
    text = " ".join(words).casefold().replace("’", "'")
    for pattern, whole in _CONTRACTED:
        text = pattern.sub(whole, text)
    return text.split()
