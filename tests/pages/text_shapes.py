"""Made-up text captures in every shape that the site's have, by seed: what is put in is known, so what is read can be checked.

Nothing is taken from a real page: nouns and verbs below are put together at random, in English or Russian.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

_WHO = {
    "en": [
        "The harbour council",
        "A team of bakers",
        "The choir",
        "Our gardeners",
        "The bridge committee",
        "Young sailors",
    ],
    "ru": ["Совет гавани", "Бригада пекарей", "Хор", "Наши садовники", "Мостовой комитет", "Юные матросы"],
}
_DID = {
    "en": ["opened", "painted", "mended", "counted", "sold", "measured", "moved", "described"],
    "ru": ["открыли", "покрасили", "починили", "сосчитали", "продали", "измерили", "перенесли", "описали"],
}
_WHAT = {
    "en": [
        "the old lighthouse",
        "twelve wooden boats",
        "the market hall",
        "a map of the island",
        "the winter stock of flour",
    ],
    "ru": ["старый маяк", "двенадцать лодок", "рыночный зал", "карту острова", "зимний запас муки"],
}
_HOW = {
    "en": [
        "before the storm",
        "with help from two schools",
        "in spite of the rain",
        "for the third time this year",
        "by hand",
    ],
    "ru": ["до начала шторма", "с помощью двух школ", "несмотря на дождь", "в третий раз за год", "вручную"],
}
_PLACE = {"en": ["Tallmere", "Ostwick", "Greybay", "Linholm"], "ru": ["Таллмер", "Оствик", "Грейбей", "Линхольм"]}
_LETTER = {"en": ["Dear neighbours!", "Dear friends,"], "ru": ["Дорогие соседи!", "Дорогие друзья,"]}
_THANKS = {"en": "Thank you all.", "ru": "Спасибо всем."}
_MONTH = {"en": "June", "ru": "июня"}
_PRESS = {"en": ["* * *", "Harbour press office", "+ 0-000-000-00-00", "E-mail: press@example.org"]}
_PRESS["ru"] = ["* * *", "Пресс-служба гавани", "+ 0-000-000-00-00", "E-mail: press@example.org"]
_NAVIGATION = ["Go back", "Back to the section", "Back to the all news"]


@dataclass
class Shape:
    """One made-up capture, and what it holds. ``traits`` names what is unusual in it."""

    text: str
    title: str
    published: date | None
    blocks: list[str]
    media: list[str]
    traits: set[str] = field(default_factory=set)


def make_shape(seed: int, *, hard: bool = False) -> Shape:
    """``hard`` adds what is rare on the site and may have two readings: bare titles among the teasers, headings in the body."""
    return _Maker(random.Random(seed), hard).shape()


class _Maker:
    def __init__(self, dice: random.Random, hard: bool) -> None:
        self.dice = dice
        self.hard = hard
        self.language = "ru" if dice.random() < 0.25 else "en"
        self.dense = dice.random() < 0.3
        self.traits: set[str] = {"dense" if self.dense else "spaced"}
        self.lines: list[tuple[str, int]] = []  # text, empty lines below it where the layout has them

    def shape(self) -> Shape:
        body, media = self.body()
        title = self.title()
        opening = next(text for text in body if text not in media)
        self.strip(title, opening)
        published = self.head(title)
        shown = list(body)
        if published is not None and "glued" in self.traits:
            space = self.dice.choice(["", "", "   "])
            shown[0] = f"{published:%d.%m.%Y}{space}{shown[0]}"
        self.put_body(shown)
        blocks = [" ".join(text.split()) for text in body if text not in media]
        names = [name for text in media for name in media[text]]
        return Shape(self.text(), title, published, blocks, names, self.traits)

    def sentence(self) -> str:
        pick, words = self.dice.choice, self.language
        return f"{pick(_WHO[words])} {pick(_DID[words])} {pick(_WHAT[words])} {pick(_HOW[words])}"

    def paragraph(self, low: int = 1, high: int = 4) -> str:
        return " ".join(
            f"{self.sentence()} ({self.dice.randint(100, 999)})." for _ in range(self.dice.randint(low, high))
        )

    def title(self) -> str:
        pick, words = self.dice.choice, self.language
        base = f"{pick(_WHO[words])} {pick(_DID[words])} {pick(_WHAT[words])}"
        tails = ["", "", f", {pick(_PLACE[words])}", " (2023)", " “Unity”", f" {pick(_HOW[words])}"]
        if self.hard:
            tails += ["!", "?", f", 14 {_MONTH[words]} 2019, {pick(_PLACE[words])}"]
        return base + pick(tails)

    def strip(self, title: str, opening: str) -> None:
        count = self.dice.choice([0, 0, 1, 2, 3, 3, 4, 5, 5])
        dated = not self.dense and self.dice.random() < 0.3
        if dated and count:
            self.traits.add("dated strip")
        day = date(2024, 1, 1) + timedelta(days=self.dice.randint(0, 800))
        own = self.dice.randrange(count) if count and self.dice.random() < 0.12 else -1
        for at in range(count):
            paragraphs = [opening] if at == own else self.teaser(title)
            if at == own:
                self.traits.add("own teaser")
            if dated:
                day -= timedelta(days=self.dice.randint(0, 5))
                self.lines.append((f"{day:%d.%m.%Y}", 1))
            self.lines += [(text, 1) for text in paragraphs[:-1]]
            self.lines.append((paragraphs[-1], 2 if self.dice.random() < 0.8 else 1))

    def teaser(self, title: str) -> list[str]:
        chance = self.dice.random()
        if self.hard and chance < 0.15:
            self.traits.add("bare title")
            return [self.title() if self.dice.random() < 0.8 else title]
        if chance < 0.22:
            self.traits.add("letter teaser")
            return [self.dice.choice(_LETTER[self.language]), self.paragraph(1, 2)]
        if chance < 0.26:
            self.traits.add("whole article")
            return [self.paragraph() for _ in range(self.dice.randint(3, 6))]
        return [self.paragraph(1, 2) for _ in range(self.dice.choice([1, 1, 1, 2]))]

    def head(self, title: str) -> date | None:
        place = self.dice.choice(["own", "behind", "glued", "none", "none"])
        self.traits.add(place)
        published = None if place == "none" else date(2018, 1, 1) + timedelta(days=self.dice.randint(0, 2900))
        if place == "own":
            self.lines += [(title, 1), (f"{published:%d.%m.%Y}", self.dice.choice([1, 2]))]
        elif place == "behind":
            self.lines += [(title, 1), (f"{title} {published:%d.%m.%Y}", 1)]
        elif self.dice.random() < 0.1:
            self.traits.add("twice, no date")
            self.lines += [(title, 1), (title, 1)]
        else:
            self.lines.append((title, 2 if self.dice.random() < 0.9 else 1))
        return published

    def body(self) -> tuple[list[str], dict[str, list[str]]]:
        texts = [self.paragraph(1, 4) for _ in range(self.dice.randint(2, 12))]
        chance = self.dice.random
        if chance() < 0.1:
            texts[0:0] = [self.dice.choice(_LETTER[self.language])]
            texts.append(_THANKS[self.language])
        if chance() < 0.06:
            self.traits.add("dateline")
            texts.insert(
                0, f"{self.dice.choice(_PLACE[self.language])}, {self.dice.randint(1, 28)} {_MONTH[self.language]} 2020"
            )
        if chance() < 0.1:
            at = self.dice.randint(1, len(texts))
            texts[at:at] = [f"- {self.sentence().lower()};" for _ in range(3)]
        if chance() < 0.1:
            at = self.dice.randint(1, len(texts))
            texts[at:at] = [f"— {self.sentence()}?", f"— {self.paragraph()}"]
        if self.hard and chance() < 0.2:
            self.traits.add("heading")
            texts.insert(self.dice.randint(1, len(texts) - 1), self.sentence())
        if chance() < 0.1:
            at = self.dice.randrange(len(texts))
            texts[at] = f"IMG-2019-WA{self.dice.randint(1000, 9999)}.jpg{texts[at]}"
        media: dict[str, list[str]] = {}
        if chance() < 0.15:
            names = [f"DSC_{self.dice.randint(1000, 9999)}.JPG" for _ in range(self.dice.randint(1, 3))]
            media["\u00a0".join(names)] = names
            texts.insert(self.dice.randint(1, len(texts)), "\u00a0".join(names))
        if chance() < 0.3:
            texts += _PRESS[self.language]
        return texts, media

    def put_body(self, texts: list[str]) -> None:
        indent = self.dice.choice(["", "", "", "", "   ", "\u00a0 \u00a0"])
        for text in texts:
            self.lines.append((indent + text, 2 if self.dice.random() < 0.06 else 1))

    def text(self) -> str:
        navigation = [line for line in _NAVIGATION if self.dice.random() < 0.9]
        lines = [*self.lines, *((line, 1) for line in navigation)]
        start = self.dice.choice(["", "", "", "\n"])
        ends = [("\n" if self.dense else "\n" * (gap + 1)) for _, gap in lines[:-1]] + [""]
        return start + "".join(text + end for (text, _), end in zip(lines, ends, strict=True))
