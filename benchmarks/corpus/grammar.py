"""Sentences drawn from the phrase rules of a language."""

import random
import re

from benchmarks.corpus import grammar_en, grammar_ru
from benchmarks.corpus.truth import canonical

_SLOT = re.compile(r"\{([a-z]+)(\d?)(_cap)?\}")
_LANGUAGES = {"en": grammar_en, "ru": grammar_ru}


class Speaker:
    """Says sentences of one language; what it says depends on the generator it is given."""

    def __init__(self, rng: random.Random, language: str) -> None:
        self.rng = rng
        self.language = language
        self.words = _LANGUAGES[language]

    def say(self, rule: str) -> str:
        """One expansion of a rule, canonical."""
        return canonical(self.fill(self.rng.choice(self.words.RULES[rule])))

    def fill(self, pattern: str) -> str:
        """The pattern with its slots drawn; {slot_cap} starts with a capital, {slot2} is another one than {slot}."""
        drawn: set[str] = set()
        return _SLOT.sub(lambda match: self._slot(match, drawn), pattern)

    def _slot(self, match: re.Match[str], drawn: set[str]) -> str:
        name = match[1]
        text = self._draw(name)
        for _ in range(9):
            if text not in drawn or not match[2]:
                break
            text = self._draw(name)
        drawn.add(text)
        return text[0].upper() + text[1:] if match[3] else text

    def _draw(self, name: str) -> str:
        return self._number(name) or self._proper(name) or self.say(name)

    def _number(self, name: str) -> str:
        ranges = {"n": (3, 28), "m": (2, 9), "day": (2, 28), "year": (2012, 2027), "pct": (11, 96)}
        if name == "big":
            return str(self.rng.randrange(120, 4800, 10))
        return str(self.rng.randint(*ranges[name])) if name in ranges else ""

    def _proper(self, name: str) -> str:
        lists = {"first": self.words.FIRST_NAMES, "surname": self.words.SURNAMES, "city": self.words.PLACES}
        return self.rng.choice(lists[name]) if name in lists else ""

    def paragraph(self) -> str:
        """One to five sentences; one in six is a single short one."""
        if self.rng.random() < 1 / 6:
            return self.say("short")
        count = self.rng.choices((1, 2, 3, 4, 5), (3, 4, 4, 2, 1))[0]
        return " ".join(self.say("sentence") for _ in range(count))
