"""Changes that weigh, planted into generated articles: is each number, date and negation called substantive?

One word of one article is changed a time: a digit, a number's word, a month, a day of the week, a "not" that comes or goes.
Nothing here asks the rules what a number or a negation is.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from benchmarks.corpus import Truth, make_site
from storage.records import Article, Block, BlockKind

KINDS: Final = ("number", "date", "negation")
_MONTHS: Final = (
    "January February March April May June July August September October November December",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
)
_DAYS: Final = ("Monday Tuesday Wednesday Thursday Friday", "понедельник вторник среду четверг пятницу")
_COUNTS: Final = ("two three four five six seven eight nine ten", "два три четыре пять шесть семь восемь девять десять")
# Neither a year nor a day beside its month.
_DIGIT: Final = re.compile(
    r"(?<![\w./–-])(?<![a-z] to )(?<!по )(?<! - )\d+(?![\w/–-])(?! to \d)"
    rf"(?! (?:{'|'.join(f'{a}|{b}' for a, b in zip(*(months.split() for months in _MONTHS), strict=True))}|год|г\.|по|и))"
)
_AUXILIARY: Final = re.compile(r"\b(?:is|are|was|were|will|has|have|should|must|can|would)(?= [a-z])(?! not)")
_RUSSIAN_VERB: Final = re.compile(
    r"(?<=[а-я] )(?<!не )(?:был|была|было|были|будет|будут|может|могут|состоялось|прошли"
    r"|[а-я]{3,}(?:лись|лось|лась|али|ила|или|ился))\b"
)


@dataclass(frozen=True, slots=True)
class Planted:
    """``kind``: what was changed, of ``KINDS``. A day or a year in figures is a date."""

    kind: str
    old: Article
    new: Article


def planted(count: int, seed: int) -> Iterator[Planted]:
    """``count`` of each kind, from articles of made-up sites in both languages; about half of them the other way round."""
    wanted = dict.fromkeys(KINDS, count)
    site = 0
    while any(wanted.values()):
        site += 1
        drawing = random.Random(f"{seed} {site}")
        for truth in make_site("bitrix", 1000 * seed + site, 40).articles:
            for kind in [kind for kind, left in wanted.items() if left]:
                found = _plant(drawing, kind, truth)
                if found is not None:
                    wanted[kind] -= 1
                    yield found if drawing.random() < 0.5 else Planted(kind, found.new, found.old)


def _plant(drawing: random.Random, kind: str, truth: Truth) -> Planted | None:
    texts = [truth.title, *(block.text for block in truth.blocks)]
    places = [(at, change) for at, text in enumerate(texts) for change in _changes(drawing, kind, text)]
    if not places:
        return None
    at, text = drawing.choice(places)
    changed = [*texts[:at], text, *texts[at + 1 :]]
    return Planted(kind, _article(truth, texts), _article(truth, changed))


def _changes(drawing: random.Random, kind: str, text: str) -> Iterator[str]:
    """Texts that differ from this one by one word."""
    if kind == "negation":
        for found in (*_AUXILIARY.finditer(text), *_RUSSIAN_VERB.finditer(text)):
            is_english = found[0].isascii()
            yield text[: found.end()] + " not" + text[found.end() :] if is_english else _before(text, found, "не ")
        return
    rows = (*_MONTHS, *_DAYS) if kind == "date" else _COUNTS
    for words in map(str.split, rows):
        for found in re.finditer(rf"\b(?:{'|'.join(words)})\b", text):
            yield _instead(text, found, drawing.choice([word for word in words if word != found[0]]))
    if kind == "number":
        for found in _DIGIT.finditer(text):
            if len(found[0]) == 4 or _is_day(text, found):
                continue
            place = drawing.randrange(len(found[0]))
            digit = drawing.choice([d for d in "123456789" if d != found[0][place]])
            yield _instead(text, found, found[0][:place] + digit + found[0][place + 1 :])


def _is_day(text: str, found: re.Match[str]) -> bool:
    before = text[: found.start()].split()
    return bool(before) and before[-1] in _MONTHS[0].split()


def _before(text: str, found: re.Match[str], word: str) -> str:
    return text[: found.start()] + word + text[found.start() :]


def _instead(text: str, found: re.Match[str], word: str) -> str:
    return text[: found.start()] + word + text[found.end() :]


def _article(truth: Truth, texts: list[str]) -> Article:
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in texts[1:])
    return Article(title=texts[0], published=truth.published, language=truth.language, blocks=blocks)
