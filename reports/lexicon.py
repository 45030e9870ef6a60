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


def _numbered(text: str) -> dict[str, int]:
    """Each line is a number's words, from 1 on."""
    return {word: place for place, line in enumerate(text.strip().splitlines(), 1) for word in line.split()}


MONTHS: Final = _numbered("""
    january jan январь января январе январю январем
    february feb февраль февраля феврале февралю февралем
    march mar март марта марте марту мартом
    april apr апрель апреля апреле апрелю апрелем
    may май мая мае маю маем
    june jun июнь июня июне июню июнем
    july jul июль июля июле июлю июлем
    august aug август августа августе августу августом
    september sep sept сентябрь сентября сентябре сентябрю сентябрем
    october oct октябрь октября октябре октябрю октябрем
    november nov ноябрь ноября ноябре ноябрю ноябрем
    december dec декабрь декабря декабре декабрю декабрем
""")
DAYS: Final = _numbered("""
    monday понедельник понедельника понедельнику понедельником
    tuesday вторник вторника вторнику вторником
    wednesday среда среду среды средой
    thursday четверг четверга четвергу четвергом
    friday пятница пятницу пятницы пятницей
    saturday суббота субботу субботы субботой
    sunday воскресенье воскресенья воскресенью
    today сегодня
    tomorrow завтра
    yesterday вчера
    spring весна весной весны весну
    summer лето летом лета
    autumn осень осенью осени
    winter зима зимой зимы зиму
    послезавтра
    позавчера
""")
"""Days of the week, days as seen from today, seasons."""
NEGATIONS: Final = _words("""
    not no never nor neither none nobody nothing nowhere without cannot не ни нет без никогда никто никого никому никем ничто
    ничего ничему ничем нельзя никакой никаких никакая никакое никакие никакого никакую никаким нигде никуда невозможно
    отсутствует отсутствуют отсутствовал отсутствовала отсутствовали
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


def _valued(text: str) -> dict[str, str]:
    """Each line is a number, and its words."""
    lines = (line.split() for line in text.strip().splitlines())
    return {word: value for value, *words in lines for word in words}


NUMBER_WORDS: Final = _valued("""
    1 one first один одна одно одного одной одному одним одну первый первая первое первые первого первой первому первым первую
    2 two second два две двух двум двумя второй вторая второе вторые второго второму вторым вторую вторых двое
    3 three third три трех трем тремя третий третья третье третьи третьего третьей третьему третьим третью третьих трое
    4 four fourth четыре четырех четырем четырьмя четвертый четвертая четвертое четвертого четвертой четвертому четвертым четверо
    5 five fifth пять пяти пятью пятый пятая пятое пятого пятой пятому пятым пятеро
    6 six sixth шесть шести шестью шестой шестая шестое шестого шестому шестым
    7 seven seventh семь семи семью седьмой седьмая седьмое седьмого седьмому седьмым
    8 eight eighth восемь восьми восемью восьмой восьмая восьмое восьмого восьмому восьмым
    9 nine ninth девять девяти девятью девятый девятая девятое девятого девятой девятому девятым
    10 ten tenth десять десяти десятью десятый десятая десятое десятого десятой десятому десятым
    11 eleven eleventh одиннадцать одиннадцати одиннадцатый одиннадцатая одиннадцатое одиннадцатого
    12 twelve twelfth двенадцать двенадцати двенадцатый двенадцатая двенадцатое двенадцатого
    13 thirteen thirteenth тринадцать тринадцати тринадцатый тринадцатая тринадцатого
    14 fourteen fourteenth четырнадцать четырнадцати четырнадцатый четырнадцатая четырнадцатого
    15 fifteen fifteenth пятнадцать пятнадцати пятнадцатый пятнадцатая пятнадцатого
    16 sixteen sixteenth шестнадцать шестнадцати шестнадцатый шестнадцатая шестнадцатого
    17 seventeen seventeenth семнадцать семнадцати семнадцатый семнадцатая семнадцатого
    18 eighteen eighteenth восемнадцать восемнадцати восемнадцатый восемнадцатая восемнадцатого
    19 nineteen nineteenth девятнадцать девятнадцати девятнадцатый девятнадцатая девятнадцатого
    20 twenty twentieth двадцать двадцати двадцатый двадцатая двадцатое двадцатого двадцатой
    30 thirty thirtieth тридцать тридцати тридцатый тридцатая тридцатого
    40 forty fortieth сорок сорока сороковой сороковая
    50 fifty fiftieth пятьдесят пятидесяти пятидесятый
    60 sixty sixtieth шестьдесят шестидесяти шестидесятый
    70 seventy семьдесят семидесяти семидесятый
    80 eighty восемьдесят восьмидесяти восьмидесятый
    90 ninety девяносто девяностый
    100 hundred hundredth сто ста сотый
    200 двести двухсот
    300 триста трехсот
    400 четыреста четырехсот
    500 пятьсот пятисот
    1000 thousand тысяча тысячи тысяч тысячу тысячами
    1000000 million миллион миллиона миллионов
    1000000000 billion миллиард миллиарда миллиардов
    half half половина половины половину половиной полтора
    quarter quarter четверть четверти
    part треть трети
    dozens dozens десятки десятков десятками
    dozen dozen дюжина дюжины дюжину
    hundreds hundreds сотни сотен сотнями
    thousands thousands
    double double вдвое
    triple triple втрое
    quadruple quadruple вчетверо
    doubled doubled
    doubles doubles
    tripled tripled
    удвоил удвоил удвоился
    удвоила удвоила удвоилась
    удвоили удвоили удвоились
    удвоилось удвоилось
    утроил утроил утроился
    утроили утроили утроились
    twice twice дважды
    thrice thrice трижды
""")
ORDINAL: Final = re.compile(
    "first|second|third|[a-z]+th|(?!одн|двое|трое|вдвое|втрое|полов)[а-я]+(?:[ыои]й|[аь]я|[оь]е|ьих?|ые|[оье]го|[оье]му|[ыь]?им|ым|[ую]ю|[тр]ью(?<=третью)|ых|ье[йм])"
)
"""Of the words for numbers those that say which one, and not how many."""
CASE_ENDINGS: Final = _words("""
    а я у ю е и ы о й ь ов ев ой ей ом ем ым им ых их ые ыми ими ою ею ого его ому ему ий ый ая ую ское
    ской ским ии ия ию ией ием ие ам ям ами ями ах ях
""") | {""}
"""Of Russian nouns, adjectives and surnames."""
ARTICLES: Final = frozenset(("a", "an", "the"))

ROMAN: Final = re.compile(r"[IVXLC]{2,7}|[VX]")
SIGNS: Final = frozenset("+-−±%‰$€₽£°№=<>&@#")
"""What isn't punctuation beside a figure."""
