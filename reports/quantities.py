"""The numbers and dates of a text, each with a value that doesn't depend on how it is written. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from reports import lexicon
from reports.marks import DATE, NUMBER, Mark
from storage.stems import stem

_MINUS: Final = r"(?:(?<=[^\d][\s(])|^)[-−–](?=\d)"
_PIECE: Final = re.compile(
    rf"""(?P<ymd>\b\d{{4}}-\d\d?-\d\d?\b) | (?P<dmy>\b\d\d?\.\d\d?\.(?:\d{{4}}|\d\d)\b(?!\.\d))
    | (?P<slashed>\b\d{{1,4}}/\d\d?/\d{{1,4}}\b) | (?P<time>\b\d\d?:\d\d(?::\d\d)?\b
      |(?:(?<=\bв\s)|(?<=\bat\s))[0-2]\d\.[0-5]\d\b(?!\.?\d))
    | (?P<figure>(?:{_MINUS})?(?:\d{{1,3}}(?:[ \u00a0,]\d{{3}})+(?!\d)|\d+)(?:[.,]\d+)?)
      (?P<ordinal>(?:st|nd|rd|th|-?(?:й|я|е|го|му|м|х|ю|ый|ой|ая|ое|ые|ого|ми))\b)?
    | (?P<word>[^\W\d_]+(?:['’\-‑][^\W\d_]+)*)""",
    re.VERBOSE,
)
# "1,234" is a thousand and some in English, and one and some in Russian.
_CYRILLIC: Final = re.compile("[а-яё]")
_SPACED: Final = re.compile(r" (?=\d{3}(?:\D|$))")
_SPACED_OR_COMMA: Final = re.compile(r"[ ,](?=\d{3}(?:\D|$))")
_SIGN: Final = re.compile(r"\s?(?:%|per\s?cent\b|процент(?:а|ов|ы|ам|ами|ах)?\b)|\s?‰")
_MONEY_BEFORE: Final = re.compile(r"[$€£₽]\s?$")
_MONEY_AFTER: Final = re.compile(r"\s?[$€£₽]")
_TIMES: Final = re.compile(
    r"\s(?:(?P<k>тыс\b\.?|тысяч[аиуе]?\b|thousand\b)|(?P<m>млн\b\.?|миллион(?:а|ов|у|ом)?\b|million\b|mln\b)"
    r"|(?P<b>млрд\b\.?|миллиард(?:а|ов|у|ом)?\b|billion\b|bn\b))"
)
_AMOUNT: Final = re.compile(r"-?\d+(?:\.\d+)?")
_POWERS: Final = {"k": 3, "m": 6, "b": 9}
_COUNTED: Final = re.compile(
    r"\s(?:человек|военн|единиц|лодок|маш|тонн|килом|км|метр|км|руб|долл|школ|студент|участник|people|men|troops|servicem|units|km|met|tons?)"
)
_BETWEEN_DATES: Final = re.compile(r"(?:,?\s(?:of\s)?|,|\sгод[ау]?\s)")
_RANGE: Final = re.compile(r"\s?(?:[-–—,]|to|and|until|по|и|до)\s?(?:the\s)?|\s(?:to|and|until|по|и|до)\s")
_ROMAN: Final = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_COMPOUND: Final = re.compile(
    "(дву|двух|трех|четырех|пяти|шести|семи|восьми|девяти|десяти)(?:дневн|сторон|лет|месячн|часов|этап|этаж|крат|недел|тур|раунд)"
)
_COMPOUNDS: Final = {
    "дву": "2",
    "двух": "2",
    "трех": "3",
    "четырех": "4",
    "пяти": "5",
    "шести": "6",
    "семи": "7",
    "восьми": "8",
    "девяти": "9",
    "десяти": "10",
}
"""What "двухдневный" and "трёхсторонний" count."""
_LONGEST: Final = 20
"""A longer row of digits is a name of something: a decimal would round it."""
_YEARS: Final = (Decimal(1900), Decimal(2099))


def quantities(text: str) -> list[Mark]:
    """Marks of ``number`` and ``date``, in order, apart from each other."""
    return _joined(text, _with_days(text, _counted(text, list(_pieces(text)))))


def _pieces(text: str) -> Iterator[Mark]:
    """``value`` of a number is the number alone; of a part of a date a letter and the number: "D12", "M5", "Y2020"."""
    thousands = _SPACED if _CYRILLIC.search(text) else _SPACED_OR_COMMA
    for found in _PIECE.finditer(text):
        kind, said = str(found.lastgroup), found[0]
        if kind == "word":
            yield from _spoken(found.start(), said, text)
        elif kind in {"figure", "ordinal"}:
            yield _figure(found, text, thousands)
        elif kind == "time":
            yield Mark(found.start(), found.end(), DATE, f"T{said.lstrip('0').replace('.', ':')}")
        else:
            yield Mark(found.start(), found.end(), DATE, _numeric_date(kind, said))


def _numeric_date(kind: str, said: str) -> str:
    """ "5/6/2020" is one day here and another there: it stays as it is written."""
    if kind == "slashed":
        return said
    parts = re.split(r"[-.]", said)
    year, month, day = parts if kind == "ymd" else parts[::-1]
    century = "20" if len(year) == 2 else ""
    return f"D{int(day)} M{int(month)} Y{century}{year}"


def _figure(found: re.Match[str], text: str, thousands: re.Pattern[str]) -> Mark:
    digits = found["figure"].replace("−", "-").replace("–", "-").replace("\u00a0", " ")
    if len(digits) > _LONGEST:
        return Mark(found.start(), found.end(), NUMBER, digits)
    value = Decimal(thousands.sub("", digits).replace(",", ".").replace(" ", ""))
    is_year = len(digits) == 4 and _YEARS[0] <= value <= _YEARS[1] and not _COUNTED.match(text, found.end())
    if is_year:
        return Mark(found.start(), found.end(), DATE, f"Y{digits}")
    return Mark(found.start(), found.end(), NUMBER, _plain(value) + "." * bool(found["ordinal"]))


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _spoken(start: int, word: str, text: str) -> Iterator[Mark]:
    folded, end = word.casefold().replace("ё", "е"), start + len(word)
    if (month := lexicon.MONTHS.get(folded)) and is_month(word, start, text):
        yield Mark(start, end, DATE, f"M{month}")
    elif (day := lexicon.DAYS.get(folded)) is not None:
        yield Mark(start, end, DATE, f"W{day}")
    elif (number := _number_of(folded)) is not None:
        yield Mark(start, end, NUMBER, number)
    elif lexicon.ROMAN.fullmatch(word):
        yield Mark(start, end, NUMBER, f"{_roman(word)}.")


def is_month(word: str, start: int, text: str) -> bool:
    """ "may" is a month only with a capital, and "May" at the head of a sentence only before a figure."""
    if word.casefold() not in {"may", "march", "mar"}:
        return word[:1].isupper() or not word.isascii()
    return word[:1].isupper() and (bool(text[:start].strip(' "“«')) or text[start + len(word) :].lstrip()[:1].isdigit())


def _number_of(folded: str) -> str | None:
    """ "3" for "three", "3." for "third", "25" for "twenty-five", "2 day" for "two-day", "2 дневн" for "двухдневный"."""
    if folded in lexicon.NUMBER_WORDS:
        is_ordinal = lexicon.ORDINAL.fullmatch(folded) is not None
        return lexicon.NUMBER_WORDS[folded] + "." * is_ordinal
    first, _, rest = folded.partition("-")
    value = lexicon.NUMBER_WORDS.get(first, "")
    if rest and value.isdigit():
        unit = lexicon.NUMBER_WORDS.get(rest, "")
        return (
            str(int(value) + int(unit)) if unit.isdigit() and not lexicon.ORDINAL.fullmatch(rest) else f"{value} {rest}"
        )
    counted = _COMPOUND.match(folded)
    return f"{_COMPOUNDS[counted[1]]} {stem(folded[counted.end(1) :])}" if counted else None


def _roman(word: str) -> int:
    values = [_ROMAN[letter] for letter in word]
    return sum(-v if v < max(values[place:]) else v for place, v in enumerate(values))


def _counted(text: str, marks: Sequence[Mark]) -> Iterator[Mark]:
    """Numbers with what belongs to them: "5 million", "twenty five", "10 percent", "$5"."""
    left = list(marks)
    while left:
        mark = left.pop(0)
        if mark.kind == NUMBER and _AMOUNT.fullmatch(mark.value):
            while left and (more := _times(text, mark, left[0])) is not None:
                mark, left = more, left[1:]
            mark = _with_times(text, mark)
            left = [other for other in left if other.start >= mark.end]
            mark = _with_sign(text, mark)
        yield mark


def _times(text: str, mark: Mark, following: Mark) -> Mark | None:
    """ "twenty five" is 25, "two hundred" 200."""
    is_near = following.kind == NUMBER and text[mark.end : following.start].strip() == "" and mark.end < following.start
    if (
        not is_near
        or not following.value.isdigit()
        or not text[mark.start].isalpha()
        or not text[following.start].isalpha()
    ):
        return None
    a, b = Decimal(mark.value), Decimal(following.value)
    if b in {100, 1000, 10**6, 10**9}:
        return replace(mark, end=following.end, value=_plain(a * b))
    return replace(mark, end=following.end, value=_plain(a + b)) if a > b and a % 10 == 0 else None


def _with_times(text: str, mark: Mark) -> Mark:
    times = _TIMES.match(text, mark.end)
    if times is None:
        return mark
    value = Decimal(mark.value) * 10 ** _POWERS[str(times.lastgroup)]
    return replace(mark, end=times.end(), value=_plain(value))


def _with_sign(text: str, mark: Mark) -> Mark:
    if sign := _SIGN.match(text, mark.end):
        return replace(mark, end=sign.end(), value=mark.value + "%")
    if before := _MONEY_BEFORE.search(text, max(mark.start - 2, 0), mark.start):
        return replace(mark, start=before.start(), value=mark.value + before[0].strip())
    if after := _MONEY_AFTER.match(text, mark.end):
        return replace(mark, end=after.end(), value=mark.value + after[0].strip())
    return mark


def _with_days(text: str, marks: Iterator[Mark]) -> list[Mark]:
    """A number from 1 to 31 beside a month is a day, and so is one that is tied to a day: "3 to 9 August"."""
    found = list(marks)
    for place in range(len(found) - 2, -1, -1):
        mark, following = found[place], found[place + 1]
        between = text[mark.end : following.start]
        is_before_month = following.value[0] == "M" and between.strip() in {"", "of"}
        is_before_day = following.value[0] == "D" and _RANGE.fullmatch(between) and _is_tied(found, place + 1)
        if _is_day(mark) and (is_before_month or is_before_day):
            found[place] = replace(mark, kind=DATE, value=f"D{mark.value.removesuffix('.')}")
    for place in range(1, len(found)):
        before, mark = found[place - 1], found[place]
        between = text[before.end : mark.start]
        is_after = before.value[0] == "M" and between.strip() == "" and text[before.start : before.end].isascii()
        is_tied = (
            before.value[0] == "D" and _RANGE.fullmatch(between) and place > 1 and found[place - 2].value[0] == "M"
        )
        if _is_day(mark) and (is_after or is_tied):
            found[place] = replace(mark, kind=DATE, value=f"D{mark.value.removesuffix('.')}")
    return found


def _is_day(mark: Mark) -> bool:
    number = mark.value.removesuffix(".")
    return mark.kind == NUMBER and number.isdigit() and 1 <= int(number) <= 31


def _is_tied(found: Sequence[Mark], place: int) -> bool:
    return any(mark.value[0] == "M" for mark in found[place : place + 3])


def _joined(text: str, marks: Sequence[Mark]) -> list[Mark]:
    """ "12 May 2020", "May 12, 2020" and "12.05.2020" are one value."""
    joined: list[Mark] = []
    for mark in marks:
        before = joined[-1] if joined else None
        if before and mark.kind == before.kind == DATE and _belong(before, mark, text):
            parts = sorted([*before.value.split(), *mark.value.split()])
            joined[-1] = replace(before, end=mark.end, value=" ".join(parts))
        else:
            joined.append(mark)
    return joined


def _belong(before: Mark, mark: Mark, text: str) -> bool:
    letters = {part[0] for part in (*before.value.split(), *mark.value.split())}
    is_apart = len(letters) == len(before.value.split()) + len(mark.value.split())
    return is_apart and letters <= set("DMY") and bool(_BETWEEN_DATES.fullmatch(text, before.end, mark.start))
