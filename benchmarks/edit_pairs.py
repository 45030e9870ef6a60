"""Pairs of texts with the words that an editor changed between them, known exactly because the edit was planted.

A text is paragraphs of sentences of words; an edit is made on these and marks each word that it takes out, puts in or moves.
Everything depends on a seed alone, and nothing here knows how the project compares two texts.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import chain
from typing import Final

from benchmarks.corpus.draw import dice
from benchmarks.corpus.grammar import Speaker

LANGUAGES: Final = ("en", "ru")
_CORE: Final = re.compile(r"[^\W\d_]{4,}")
_NUMBER: Final = re.compile(r"\d+")
_HARD: Final = {
    "en": (
        "According to Dr. {initial}. {surname}, {claim}.",
        "Mr. {surname} and Mrs. {surname2} met in {city} at 10:{day} a.m. on {month} {day}.",
        "The sum is approx. 1,{big} roubles, i.e. {pct}.5 per cent of the budget (see No. {n}).",
        "On {day}.05.{year}, Gen. {initial}. {initial}. {surname} left {city} for St. Petersburg.",
        "“Is it time to speak of {topic}?” asked {first} {surname}.",
        "The U.S. and E.U. observers (sec. {m}, para. {n}) said that {claim}.",
        "He stressed: “There is no doubt! The {event} in {city} will go on.”",
    ),
    "ru": (
        "По словам {initial}. {initial}. {surname}, {claim}.",
        "В {year} г. в г. {city} прошло {adjective} {event} (см. п. {m}).",
        "Расходы составили {n},5 млн. руб., т. е. {pct} % бюджета.",
        "{day}.05.{year} г. стороны подписали протокол № {n} на ул. Садовой, д. {m}.",
        "«Не пора ли говорить {topic}?» – спросил {first} {surname}.",
        "Академия им. генерала {initial}. {surname} приняла {n} тыс. слушателей из {country} и др. стран.",
        "Он заявил: «Сомнений нет! Работа в г. {city} будет продолжена».",
    ),
}
"""Sentences whose dots and marks inside end nothing."""
_INITIALS: Final = {"en": "ABDEGIKLMNOPRSTV", "ru": "АБВГДЕИКЛМНОПРСТ"}
_OTHERS: Final = {
    "en": ("considerable", "lasting", "reliable", "notable", "timely", "mutual", "balanced", "renewed", "practical"),
    "ru": (
        "значительно",
        "надежно",
        "своевременно",
        "взаимно",
        "заметно",
        "бережно",
        "наглядно",
        "спокойно",
        "заранее",
    ),
}


class Mark(StrEnum):
    KEPT = "kept"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Word:
    """What stands between two spaces, with the signs that are glued to it."""

    text: str
    mark: Mark = Mark.KEPT


Sentence = list[Word]
Paragraph = list[Sentence]
Text = list[Paragraph]


@dataclass(frozen=True, slots=True)
class Side:
    """``blocks``: the paragraphs. ``changed`` and ``moved``: places of words, counted from 0 through the whole text.

    A word that moved counts as changed too: at its old place it went, at its new one it came.
    """

    blocks: tuple[str, ...]
    changed: frozenset[int]
    moved: frozenset[int]


@dataclass(frozen=True, slots=True)
class Pair:
    """``sentences``: those of each old paragraph."""

    kind: str
    language: str
    old: Side
    new: Side
    sentences: tuple[tuple[str, ...], ...]

    @property
    def is_move(self) -> bool:
        return bool(self.old.moved)


@dataclass(slots=True)
class _Draft:
    """Both texts while they are edited; ``free``: numbers of the paragraphs that no edit has touched, the same on both sides
    until the first paragraph comes or goes: edits that do so come last."""

    rng: random.Random
    speaker: Speaker
    old: Text
    new: Text
    free: list[int] = field(default_factory=list)

    def paragraph(self, fits: Callable[[Paragraph], bool]) -> int:
        """One that fits and that nothing touched yet. Raises IndexError where there is none."""
        at = self.rng.choice([number for number in self.free if fits(self.old[number])])
        self.free.remove(at)
        return at

    def sentence(self) -> Sentence:
        return _words(_said(self.speaker))


def _said(speaker: Speaker) -> str:
    if speaker.rng.random() < 0.25:
        pattern = speaker.rng.choice(_HARD[speaker.language])
        while "{initial}" in pattern:
            pattern = pattern.replace("{initial}", speaker.rng.choice(_INITIALS[speaker.language]), 1)
        return " ".join(speaker.fill(pattern).split())
    return speaker.say("sentence")


def _words(text: str) -> Sentence:
    return [Word(word) for word in text.split()]


def _plain(sentence: Sentence) -> str:
    return " ".join(word.text for word in sentence)


def _length(paragraph: Paragraph) -> int:
    return sum(map(len, paragraph))


def _marked(sentence: Sentence, mark: Mark) -> Sentence:
    return [replace(word, mark=mark) for word in sentence]


def _changed(paragraph: Paragraph, mark: Mark = Mark.CHANGED) -> Paragraph:
    return [_marked(sentence, mark) for sentence in paragraph]


def _text(rng: random.Random, speaker: Speaker) -> Text:
    """Six to ten paragraphs; no sentence stands twice, so that it is certain which one moved."""
    said: set[str] = set()
    text: Text = []
    for _ in range(rng.randint(6, 10)):
        paragraph: Paragraph = []
        for _ in range(rng.choice((1, 2, 3, 3, 4, 4, 5, 6))):
            sentence = _said(speaker)
            if sentence not in said:
                said.add(sentence)
                paragraph.append(_words(sentence))
        if paragraph:
            text.append(paragraph)
    return text


def _put(draft: _Draft, at: tuple[int, int, int], text: str) -> None:
    """Another word in the place of one: both are marked."""
    paragraph, sentence, word = at
    old = draft.old[paragraph][sentence]
    old[word] = replace(old[word], mark=Mark.CHANGED)
    draft.new[paragraph][sentence][word] = Word(text, Mark.CHANGED)


def _replace(draft: _Draft, pattern: re.Pattern[str], others: Callable[[str], Sequence[str]], count: int = 1) -> None:
    """``count`` words of one sentence that the pattern finds, each with its signs kept."""

    def spots(paragraph: Paragraph) -> list[tuple[int, list[int]]]:
        found = (
            (number, [place for place, word in enumerate(sentence) if pattern.search(word.text)])
            for number, sentence in enumerate(paragraph)
        )
        return [(number, places) for number, places in found if len(places) >= count]

    at = draft.paragraph(lambda paragraph: bool(spots(paragraph)))
    number, places = draft.rng.choice(spots(draft.old[at]))
    sentence = draft.old[at][number]
    said = {match for word in sentence for match in re.findall(r"\w+", word.text)}
    for place in sorted(draft.rng.sample(places, count)):
        match = pattern.search(sentence[place].text)
        assert match is not None
        new = draft.rng.choice([other for other in others(match[0]) if other not in said])
        said.add(new)
        _put(draft, (at, number, place), match.string[: match.start()] + new + match.string[match.end() :])


def _word(draft: _Draft) -> None:
    _replace(draft, _CORE, lambda _: _OTHERS[draft.speaker.language])


def _several_words(draft: _Draft) -> None:
    _replace(draft, _CORE, lambda _: _OTHERS[draft.speaker.language], draft.rng.randint(2, 4))


def _number(draft: _Draft) -> None:
    _replace(draft, _NUMBER, lambda old: [str(int(old) + by) for by in range(1, 9)])


def _name(draft: _Draft) -> None:
    names = draft.speaker.words.SURNAMES
    _replace(draft, re.compile(rf"\b(?:{'|'.join(names)})\b"), lambda _: names)


def _date(draft: _Draft) -> None:
    months = draft.speaker.words.RULES["month"]
    _replace(draft, re.compile(rf"\b(?:{'|'.join(months)})\b"), lambda _: months)


def _clause(draft: _Draft) -> None:
    """Words in a row in the middle of a sentence, replaced by those of another sentence."""
    at = draft.paragraph(lambda paragraph: max(map(len, paragraph)) >= 12)
    number = draft.rng.choice([n for n, sentence in enumerate(draft.old[at]) if len(sentence) >= 12])
    old, start = draft.old[at][number], draft.rng.randint(2, 4)
    count = draft.rng.randint(3, 5)
    gone = old[start : start + count]
    come = _unlike(draft, gone)[:count]
    taken = {_bare(word.text) for word in old}
    come = [word for word in come if _bare(word.text) not in taken]
    if len(come) < 2:
        raise IndexError("no clause to put in")
    draft.old[at][number] = [*old[:start], *_marked(gone, Mark.CHANGED), *old[start + count :]]
    draft.new[at][number] = [*old[:start], *_marked(come, Mark.CHANGED), *old[start + count :]]


def _bare(word: str) -> str:
    return re.sub(r"\W", "", word).casefold()


def _common(one: Sentence, two: Sentence) -> float:
    """Share of their words that both have, whatever the order."""
    first, second = (Counter(_bare(word.text) for word in sentence) for sentence in (one, two))
    return 2 * (first & second).total() / max(1, len(one) + len(two))


def _unlike(draft: _Draft, old: Sentence, most: float = 0.25) -> Sentence:
    """A sentence with hardly a word of the old one: what an editor would call written anew."""
    return next(new for _ in range(500) if _common(old, new := draft.sentence()) <= most)


def _sentence_added(draft: _Draft) -> None:
    at = draft.paragraph(lambda paragraph: len(paragraph) >= 2)
    known = set(map(_plain, chain.from_iterable(draft.old)))
    new = next(new for _ in range(500) if _plain(new := draft.sentence()) not in known)
    draft.new[at].insert(draft.rng.randint(0, len(draft.new[at])), _marked(new, Mark.CHANGED))


def _sentence_removed(draft: _Draft) -> None:
    at = draft.paragraph(lambda paragraph: len(paragraph) >= 2)
    number = draft.rng.randrange(len(draft.old[at]))
    draft.old[at][number] = _marked(draft.old[at][number], Mark.CHANGED)
    del draft.new[at][number]


def _sentence_rewritten(draft: _Draft) -> None:
    at = draft.paragraph(lambda paragraph: len(paragraph) >= 2)
    number = draft.rng.randrange(len(draft.old[at]))
    new = _unlike(draft, draft.old[at][number])
    draft.old[at][number] = _marked(draft.old[at][number], Mark.CHANGED)
    draft.new[at][number] = _marked(new, Mark.CHANGED)


def _jumps(sizes: Sequence[int]) -> list[tuple[int, int]]:
    """(from, to) where what moves is clearly shorter than what it passes: else one could as well say that the other moved."""
    found = []
    for start in range(len(sizes)):
        for end in range(len(sizes)):
            passed = sum(sizes[min(start, end) : max(start, end) + 1]) - sizes[start]
            if start != end and passed >= sizes[start] + 3:
                found.append((start, end))
    return found


def _sentence_moved(draft: _Draft) -> None:
    at = draft.paragraph(lambda paragraph: bool(_jumps([*map(len, paragraph)])))
    start, end = draft.rng.choice(_jumps([*map(len, draft.old[at])]))
    draft.old[at][start] = _marked(draft.old[at][start], Mark.MOVED)
    del draft.new[at][start]
    draft.new[at].insert(end, list(draft.old[at][start]))


def _sentence_moved_away(draft: _Draft) -> None:
    """Into another paragraph."""
    at = draft.paragraph(lambda paragraph: len(paragraph) >= 3)
    other = draft.paragraph(lambda paragraph: len(paragraph) >= 2)
    number = draft.rng.randrange(len(draft.old[at]))
    draft.old[at][number] = _marked(draft.old[at][number], Mark.MOVED)
    del draft.new[at][number]
    draft.new[other].insert(draft.rng.randint(0, len(draft.new[other])), list(draft.old[at][number]))


def _paragraph_added(draft: _Draft) -> None:
    paragraph = [_marked(draft.sentence(), Mark.CHANGED) for _ in range(draft.rng.randint(1, 4))]
    draft.new.insert(draft.rng.randint(0, len(draft.new)), paragraph)


def _paragraph_removed(draft: _Draft) -> None:
    at = draft.paragraph(lambda _: True)
    draft.old[at] = _changed(draft.old[at])
    del draft.new[at]


def _paragraph_moved(draft: _Draft, *, edited: bool = False) -> None:
    start, end = draft.rng.choice(_jumps([*map(_length, draft.old)]))
    draft.free = [start]
    if edited:
        _word(draft)
    for text in (draft.old, draft.new):
        text[start] = [
            [word if word.mark is Mark.CHANGED else replace(word, mark=Mark.MOVED) for word in sentence]
            for sentence in text[start]
        ]
    draft.new.insert(end, draft.new.pop(start))


def _paragraph_split(draft: _Draft) -> None:
    at = draft.paragraph(lambda paragraph: len(paragraph) >= 2)
    cut = draft.rng.randint(1, len(draft.new[at]) - 1)
    draft.new[at : at + 1] = [draft.new[at][:cut], draft.new[at][cut:]]


def _paragraph_joined(draft: _Draft) -> None:
    at = draft.rng.choice([number for number in draft.free if number + 1 in draft.free])
    draft.new[at : at + 2] = [draft.new[at] + draft.new[at + 1]]


def _edited_first(change: Callable[[_Draft], None]) -> Callable[[_Draft], None]:
    """One word changed in a paragraph that is then split, joined or moved: only those it touched may be."""

    def both(draft: _Draft) -> None:
        before = set(draft.free)
        _word(draft)
        (touched,) = before - set(draft.free)
        draft.free = [number for number in (touched, touched + 1) if number < len(draft.old)]
        change(draft)

    return both


def _paragraph_rewritten(draft: _Draft) -> None:
    at = draft.paragraph(lambda paragraph: len(paragraph) >= 2)
    new = [_unlike(draft, sentence) for sentence in draft.old[at]]
    if _common([*chain(*draft.old[at])], [*chain(*new)]) > 0.35:
        raise IndexError("too much of the paragraph stays")
    draft.old[at] = _changed(draft.old[at])
    draft.new[at] = _changed(new)


def _several(draft: _Draft) -> None:
    """Three edits of different kinds in different paragraphs, and at times a paragraph more."""
    plain = (_word, _number, _name, _several_words, _sentence_added, _sentence_removed, _sentence_moved)
    for change in draft.rng.sample(plain, 3):
        change(draft)
    if draft.rng.random() < 0.5:
        _paragraph_added(draft)


def _several_and_less(draft: _Draft) -> None:
    """Edits of two kinds and a paragraph removed."""
    for change in draft.rng.sample((_several_words, _sentence_added, _sentence_rewritten, _sentence_moved), 2):
        change(draft)
    _paragraph_removed(draft)


KINDS: Final[dict[str, Callable[[_Draft], None]]] = {
    "word": _word,
    "words": _several_words,
    "number": _number,
    "name": _name,
    "date": _date,
    "clause": _clause,
    "sentence added": _sentence_added,
    "sentence removed": _sentence_removed,
    "sentence moved": _sentence_moved,
    "sentence moved away": _sentence_moved_away,
    "sentence rewritten": _sentence_rewritten,
    "paragraph added": _paragraph_added,
    "paragraph removed": _paragraph_removed,
    "paragraph moved": _paragraph_moved,
    "paragraph moved and edited": lambda draft: _paragraph_moved(draft, edited=True),
    "paragraph split": _edited_first(_paragraph_split),
    "paragraphs joined": _edited_first(_paragraph_joined),
    "paragraph rewritten": _paragraph_rewritten,
    "several": _several,
    "several, a paragraph less": _several_and_less,
}


def make_pair(kind: str, language: str, seed: int, number: int) -> Pair:
    """The pair of that number; texts that offer nothing to edit so are drawn again."""
    for attempt in range(200):
        rng = dice("pair", kind, language, seed, number, attempt)
        speaker = Speaker(rng, language)
        old = _text(rng, speaker)
        draft = _Draft(rng, speaker, old, [[list(s) for s in p] for p in old], list(range(len(old))))
        try:
            KINDS[kind](draft)
        except (IndexError, StopIteration):
            continue
        sentences = tuple(tuple(map(_plain, paragraph)) for paragraph in draft.old)
        return Pair(kind, language, _side(draft.old), _side(draft.new), sentences)
    raise RuntimeError(f"no text to plant {kind!r} in, seed {seed}, number {number}")


def _side(text: Text) -> Side:
    words = [word for paragraph in text for sentence in paragraph for word in sentence]
    return Side(
        tuple(" ".join(map(_plain, paragraph)) for paragraph in text),
        frozenset(place for place, word in enumerate(words) if word.mark is not Mark.KEPT),
        frozenset(place for place, word in enumerate(words) if word.mark is Mark.MOVED),
    )


def make_pairs(seed: int, count: int) -> Iterator[Pair]:
    """``count`` pairs, every kind and both languages in turn."""
    turns = [(kind, language) for kind in KINDS for language in LANGUAGES]
    for number in range(count):
        kind, language = turns[number % len(turns)]
        yield make_pair(kind, language, seed, number // len(turns))
