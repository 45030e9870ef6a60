"""What makes a sentence say no, or say it with more or less force: negations and modals, English and Russian. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from reports import lexicon
from reports.marks import MODAL, NEGATION, Mark, words_of
from reports.quantities import is_month
from storage.stems import stem

FUTURE: Final = "future"
"""A mere future: its coming or going alone is no change of strength ("will be held", "were held")."""

# Each line is a degree of strength, and what says so. Words of one degree may stand for each other.
_DEGREES: Final = {
    "must": r"must|(?:has|have|had) to|(?:is|are|was|were) (?:obliged|required|bound) to|required to|obliged to|compelled to"
    r"|долж(?:ен|на|но|ны)|обязан[аоы]?|обязуется|обязуются|необходимо|нужно|надлежит|требуется|вынужден[аоы]?",
    "should": r"should|ought to|(?:is|are|was|were) (?:advised|recommended|urged) to|следует|рекомендуется|рекомендовано"
    r"|желательно|советуют|надо бы|стоит",
    "may": r"may|might|can|could|cannot|can't|couldn't|(?:is|are|was|were) (?:able|allowed|permitted|free) to|able to"
    r"|allowed to|possibly|perhaps|probably|likely|presumably|может|могут|можем|могу|можете|мог|могла|могли|могло|можно|нельзя"
    r"|сможет|смогут|сможем|вправе|возможно|вероятно|наверное|видимо|разрешается|разрешено|по-видимому|способн[аоы]|способен",
    "certain": r"certainly|definitely|surely|undoubtedly|inevitably|обязательно|непременно|несомненно|безусловно|неизбежно",
    "would": r"would|wouldn't|бы",
    "intend": r"(?:plan|plans|planned|intend|intends|intended|hope|hopes|hoped|expect|expects|expected|aim|aims|want|wants) to"
    r"|(?:is|are|was|were) (?:expected|planned|due|going|ready|supposed) to|наме(?:рен|рена|рено|рены)|намереваются|намеревается"
    r"|планирует|планируют|планируется|планировал[аи]?|рассчитывает|рассчитывают|надеется|надеются|собирается|собираются"
    r"|предполагает|предполагают|предполагается|готов[аы]?(?= [а-я]+ть)|хочет|хотят|хотел[аи]?",
    FUTURE: r"will|won't|shall|shan't|буд(?:ет|ут|ем|у)",
}
_MODALS: Final = re.compile(
    "|".join(rf"(?P<{name}>(?<![\w'’-])(?:{words})(?![\w'’-]))" for name, words in _DEGREES.items()), re.IGNORECASE
)
_NO_NEGATION: Final = re.compile(r"\b[Nn]ot only\b|\b[Нн]е только\b|\bNo\.?\s?\d")
_NEGATING_PAIRS: Final = (("full", "less"), ("ful", "less"))


def modals(text: str) -> Iterator[Mark]:
    """``value``: the degree."""
    for found in _MODALS.finditer(text.replace("’", "'")):
        word = found[0]
        if word.casefold() == "may" and is_month(word, found.start(), text):
            continue
        yield Mark(found.start(), found.end(), MODAL, str(found.lastgroup))


def negations(text: str) -> Iterator[Mark]:
    """One a word; "not only" says yes, and "No. 5" is a number."""
    silent = [found.span() for found in _NO_NEGATION.finditer(text)]
    for word in words_of(text):
        if is_negation(word.folded) and not any(start <= word.start < end for start, end in silent):
            yield Mark(word.start, word.end, NEGATION, "not")


def is_negation(folded: str) -> bool:
    return folded in lexicon.NEGATIONS or folded.endswith("n't")


def is_opposite(a: str, b: str) -> bool:
    """ "допустимо" and "недопустимым", "lawful" and "unlawful", "harmless" and "harmful"."""
    short, long = sorted((a.casefold().replace("ё", "е"), b.casefold().replace("ё", "е")), key=len)
    if len(short) < 4:
        return False
    for prefix in lexicon.NEGATING_PREFIXES:
        rest = long.removeprefix(prefix)
        if rest != long and (rest == short or (len(rest) > 4 and stem(rest) == stem(short))):
            return True
    return any({a.removesuffix(x), b.removesuffix(y)} == {a.removesuffix(x)} for x, y in _suffixes(a, b))


def _suffixes(a: str, b: str) -> Iterator[tuple[str, str]]:
    for x, y in _NEGATING_PAIRS:
        for first, second in ((x, y), (y, x)):
            if a.endswith(first) and b.endswith(second):
                yield first, second
