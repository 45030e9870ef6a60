"""The words and characters that the rules of significance know, English and Russian."""

from __future__ import annotations

import re
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TYPOGRAPHY: Final = str.maketrans(
    {**dict.fromkeys("“”„‟«»″'‘’‚‛′`´ʼ", '"'), **dict.fromkeys("‐‑‒–—―−", "-"), "…": "...", "\u00a0": " "}
)
"""Quotes, dashes and dots as a typist and a typesetter have them."""

TYPED_DASH: Final = re.compile("-{2,3}")
LOOKALIKES: Final = str.maketrans(
    "АВЕКМНОРСТУХІӀЅЈаекорсухіӏѕјһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
    "ABEKMHOPCTYXIISJaekopcyxilsjhdqwABEZHIKMNOPTYXo",
)
"""Cyrillic and Greek letters that look like Latin ones. Real pages have "ХI" and "СRRF" with a Cyrillic first letter."""

MONTHS: Final = _words("""
    january february march april may june july august september october november december jan feb mar apr jun jul
    aug sep sept oct nov dec января февраля марта апреля мая июня июля августа сентября октября ноября декабря
    январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь январе феврале марте апреле мае
    июне июле августе сентябре октябре ноябре декабре
""")
WEEKDAYS: Final = _words("""
    monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday понедельник вторник среда
    среду четверг пятница пятницу суббота субботу воскресенье сегодня завтра вчера
""")
NEGATIONS: Final = _words("""
    not no never nor neither none nobody nothing nowhere without cannot не ни нет без никогда никто никого ничто
    ничего нельзя никакой никаких никакая никакое никакие нигде невозможно
""")
NEGATING_PREFIXES: Final = (
    "не",
    "без",
    "бес",
    "un",
    "non-",
    "non",
    "in",
    "im",
    "ir",
    "il",
    "dis",
    "анти",
    "anti-",
    "anti",
)
NUMBER_WORDS: Final = _words("""
    one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand
    million billion first second third fourth fifth один одна одно два две три четыре пять шесть семь восемь девять
    десять двадцать тридцать сорок пятьдесят сто тысяча тысячи тысяч миллион миллиона миллионов миллиард миллиарда
    миллиардов первый первая второй вторая третий третья
""")
MODALS: Final = _words("""
    will shall would should must may might can could must need ought должен должна должно должны может могут мог
    могли будет будут
""")
ARTICLES: Final = frozenset(("a", "an", "the"))

FIGURE: Final = re.compile(r"\d+(?:[.,:/\-–]\d+)*")
DATE_SHAPE: Final = re.compile(r"\d{1,4}[./\-–]\d{1,2}[./\-–]\d{1,4}|(?:19[4-9]|20[0-4])\d")
"""21.05.2020, 2020-05-21, 5/21/2020, or a year of this organisation's lifetime."""
ROMAN: Final = re.compile(r"[IVXLC]{2,7}|[VX]")
THOUSANDS: Final = re.compile(r"(?<=\d)[ ,](?=\d{3}\b)")
SENTENCE_END: Final = re.compile(r"[.!?…:][\"'”»)\]]*\s*$")
SIGNS: Final = frozenset("+-−±%‰$€₽£°№=<>&@#")
"""What isn't punctuation beside a figure."""
