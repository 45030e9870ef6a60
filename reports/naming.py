"""The names of a sentence: of people and their titles, of countries and organisations, and others. Pure.

A capital tells a name, where no beginning of a sentence explains it; what it is the name of is told by words that are known
(``name_lexicon``), by the words beside it and by the endings of surnames. What none of them tells is just a ``name``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from reports import function_words, lexicon
from reports import name_lexicon as known
from reports.marks import NAME, ORGANISATION, PERSON, Mark, Word, coverage, words_of
from reports.quoting import name_quotes
from reports.spelling import undeclined
from storage.stems import stem

_FUNCTION: Final = function_words.ENGLISH | function_words.RUSSIAN
_FIRST_NAMES: Final = known.FIRST_NAMES | {stem(name) for name in known.FIRST_NAMES if not name.isascii()}
_NOT_LOWER: Final = frozenset(
    [
        "general",
        "major",
        "private",
        "chief",
        "king",
        "judge",
        "marshal",
        "prince",
        "queen",
        "secretary",
        "expert",
        "doctor",
    ]
)
"""Words that are titles with a capital only; with "chief" and "secretary" it depends on what stands beside."""
_TITLES_ALONE: Final = frozenset({"chief", "secretary", "expert", "judge", "doctor", "king", "queen", "prince"})
_BEFORE_START: Final = re.compile(r"(?:[:.!?…]\s*|^[\s–—-]*)[«\"“„‘(]?$|[«“„]$")
_NEAR: Final = 8
"""So many characters before a word tell whether a sentence begins with it: a table's row may be very long."""


class Names:
    """The marks of one sentence, found from the surest down; no character is in two of them."""

    def __init__(self, text: str, taken: Sequence[Mark] = ()) -> None:
        self.text = text
        self.marks: list[Mark] = []
        self._person_ends: set[int] = set()
        self._words = words_of(text)
        covered = coverage(text, taken)
        self._free = [not any(covered[word.start : word.end]) for word in self._words]
        self._is_loud = len(self._words) > 1 and not any(map(str.islower, text))
        for found in (self._quoted, self._russian_bodies, self._titles, self._bodies, self._countries, self._runs):
            found()

    def _take(self, first: int, last: int, kind: str, value: str) -> None:
        self.marks.append(Mark(self._words[first].start, self._words[last].end, kind, value))
        if kind == PERSON:
            self._person_ends.add(self._words[last].end)
        self._free[first : last + 1] = [False] * (last + 1 - first)

    def _gap(self, place: int) -> str:
        """The text between the word before and this one."""
        return self.text[self._words[place - 1].end : self._words[place].start]

    def _is_beside(self, place: int) -> bool:
        """Whether the word before stands there, free, with nothing but white space between."""
        return 0 < place < len(self._words) and self._gap(place).isspace()

    def _is_capital(self, place: int) -> bool:
        return self._words[place].text[0].isupper()

    def _is_start(self, place: int) -> bool:
        start = self._words[place].start
        # "\0" is no beginning of a text.
        before = self.text[:start] if start <= _NEAR else "\0" + self.text[start - _NEAR : start]
        return _BEFORE_START.search(before) is not None

    def _quoted(self) -> None:
        for start, end in name_quotes(self.text):
            inside = [
                place for place, word in enumerate(self._words) if start <= word.start < end and self._free[place]
            ]
            if inside:
                self._take(inside[0], inside[-1], NAME, " ".join(self._words[place].folded for place in inside))

    def _titles(self) -> None:
        place = 0
        while place < len(self._words):
            last = self._title_end(place) if self._free[place] else None
            if last is not None:
                self._take(place, last, PERSON, " ".join(stem(word.folded) for word in self._words[place : last + 1]))
            place = place + 1 if last is None else last + 1

    def _title_end(self, first: int) -> int | None:
        """The last word of the title that begins here; None where none does."""
        place, head = first, None
        while place < len(self._words) and (place == first or self._is_beside(place)) and self._free[place]:
            if self._is_title(place):
                head = place
            elif not _is_title_part(self._words[place].folded):
                break
            place += 1
        if head is None or (head == first and self._words[first].folded in _NOT_LOWER and not self._is_titled(first)):
            return None
        return self._with_objects(max(head, self._last_part(head)))

    def _is_title(self, place: int) -> bool:
        folded = self._words[place].folded
        return folded in known.TITLES or _has_stem(folded, known.TITLES_RU)

    def _is_titled(self, place: int) -> bool:
        folded = self._words[place].folded
        return (folded in _TITLES_ALONE or self._is_capital(place)) and not self._is_body(place + 1)

    def _is_body(self, place: int) -> bool:
        return place < len(self._words) and self._words[place].folded in known.BODIES

    def _last_part(self, head: int) -> int:
        """ "Secretary General": a part may follow."""
        after = head + 1
        follows = self._is_beside(after) and self._words[after].folded in {"general", "plenipotentiary"}
        return after if follows else head

    def _with_objects(self, last: int) -> int:
        """ "министр иностранных дел", "Minister of Foreign Affairs"."""
        place = last + 1
        while self._is_beside(place) and self._words[place].folded in known.TITLE_OBJECTS_RU:
            place += 1
        is_of = self._is_beside(place) and self._words[place].folded in {"of", "for"} and self._is_beside(place + 1)
        if (
            place == last + 1
            and is_of
            and self._words[last].folded in {"minister", "secretary"}
            and self._is_capital(place + 1)
        ):
            place += 1
            while self._is_beside(place) and (self._is_capital(place) or self._words[place].folded == "and"):
                place += 1
        return place - 1

    def _bodies(self) -> None:
        for place, word in enumerate(self._words):
            if self._free[place] and word.folded in known.BODIES:
                self._body(place)

    def _russian_bodies(self) -> None:
        """Before the titles: "Совет министров обороны" is none."""
        for place, word in enumerate(self._words):
            if self._free[place] and _has_stem(word.folded, known.BODIES_RU):
                self._russian_body(place)

    def _body(self, place: int) -> None:
        first = last = place
        if self._is_capital(place) and not self._is_loud:
            first, last = self._reach(place, -1), self._reach(place, 1)
            first += self._is_start(first) and self._words[first].folded in _FUNCTION
        elif self._words[place].folded not in known.PLAIN_BODIES:
            return
        # "Council" at the head of a sentence is what "council" is within it.
        if first == last and self._words[place].folded not in known.PLAIN_BODIES:
            return
        self._take(first, last, ORGANISATION, " ".join(word.folded for word in self._words[first : last + 1]))

    def _reach(self, place: int, step: int) -> int:
        """How far a row of capitals goes, small linking words between them."""
        reached = at = place
        while self._is_tied(at, step):
            at += step
            if self._is_capital(at):
                reached = at
        return reached

    def _is_tied(self, at: int, step: int) -> bool:
        other = at + step
        if not 0 <= other < len(self._words) or not self._free[other] or not self._is_beside(max(at, other)):
            return False
        return self._is_capital(other) or (self._words[other].folded in known.LINKING and self._is_capital(at))

    def _russian_body(self, place: int) -> None:
        first = last = place
        while first > 0 and self._is_beside(first) and self._free[first - 1] and self._is_name_capital(first - 1):
            first -= 1
        is_named = first < place or (self._is_capital(place) and not self._is_start(place))
        if not is_named and not _has_stem(self._words[place].folded, known.PLAIN_BODIES_RU):
            return
        while self._continues(last + 1):
            last += 1
        self._take(first, last, ORGANISATION, " ".join(stem(word.folded) for word in self._words[first : last + 1]))

    def _is_name_capital(self, place: int) -> bool:
        is_name = self._words[place].folded not in _FUNCTION and not self._is_title(place)
        return is_name and self._is_capital(place) and not self._is_loud

    def _continues(self, place: int) -> bool:
        if not self._is_beside(place) or not self._free[place]:
            return False
        folded = self._words[place].folded
        is_linked = folded in {"и", "по"} and self._is_beside(place + 1)
        return folded in known.OBJECTS_RU or (is_linked and self._words[place + 1].folded in known.OBJECTS_RU)

    def _countries(self) -> None:
        for place, word in enumerate(self._words):
            if not self._free[place]:
                continue
            country = _country(word)
            is_acronym = sum(map(str.isalpha, word.text)) > 1 and word.text.isupper() and not self._is_loud
            if country is not None:
                self._take(place, place, ORGANISATION, f"country {country}")
            elif is_acronym and not lexicon.ROMAN.fullmatch(word.text):
                self._take(place, place, ORGANISATION, word.folded)

    def _runs(self) -> None:
        place = 0
        while place < len(self._words) and not self._is_loud:
            last = place
            if not self._begins_run(place):
                place += 1
                continue
            while self._follows_in_run(last + 1):
                last += 1
            kind = PERSON if self._is_person(place, last) else NAME
            self._take(place, last, kind, " ".join(undeclined(word.folded) for word in self._words[place : last + 1]))
            place = last + 1

    def _begins_run(self, place: int) -> bool:
        word = self._words[place]
        if not self._free[place] or not self._is_capital(place) or word.text == "I" or word.folded in known.HONORIFICS:
            return False
        if not self._is_start(place):
            return True
        is_followed = self._follows_in_run(place + 1) and word.folded not in _FUNCTION
        return (
            is_followed
            or _is_first_name(word)
            or (len(word.text) == 1 and self.text[word.end : word.end + 1] == ".")
            or (
                len(word.text) > 5 and known.SURNAME.fullmatch(word.folded) is not None and word.folded not in _FUNCTION
            )
        )

    def _follows_in_run(self, place: int) -> bool:
        if not 0 < place < len(self._words) or not self._free[place] or not self._is_capital(place):
            return False
        gap, before = self._gap(place), self._words[place - 1].text
        return gap.isspace() or (len(before) == 1 and gap.strip() == ".")

    def _is_person(self, first: int, last: int) -> bool:
        words = self._words[first : last + 1]
        before = self._words[first - 1].folded if first and not re.search("[.!?;]", self._gap(first)[1:]) else ""
        after = self._words[last + 1].folded if last + 1 < len(self._words) else ""
        if any(_is_first_name(word) or len(word.text) == 1 for word in words):
            return True
        if before in known.HONORIFICS or self._follows_title(first):
            return True
        if before in known.PLACE_BEFORE or any(word.folded in known.PLACES for word in words):
            return False
        return bool({before, after} & known.SPEECH) or known.SURNAME.fullmatch(words[-1].folded) is not None

    def _follows_title(self, first: int) -> bool:
        return first > 0 and self._words[first - 1].end in self._person_ends and self._gap(first).isspace()


def names(text: str, taken: Sequence[Mark] = ()) -> Iterator[Mark]:
    """``taken``: what is told already, and no name: numbers, months."""
    yield from Names(text, taken).marks


def _is_title_part(folded: str) -> bool:
    return folded in known.TITLE_PARTS or _has_stem(folded, known.TITLE_PARTS_RU)


@lru_cache(maxsize=4096)
def _has_stem(folded: str, stems: frozenset[str]) -> bool:
    """Whether a Russian word is one of these with an ending of a noun or an adjective: "думы" and not "думал"."""
    if folded.isascii() or folded in known.NO_TITLES:
        return False
    cuts = range(max(len(folded) - 3, 2), len(folded) + 1)
    return any(folded[:cut] in stems and folded[cut:] in lexicon.CASE_ENDINGS for cut in cuts)


@lru_cache(maxsize=4096)
def _country_of(folded: str) -> str | None:
    return known.country_of(folded)


def _country(word: Word) -> str | None:
    # "turkey" is a bird; a Russian adjective of a country has no capital.
    is_small_english = word.text.isascii() and not word.text[0].isupper()
    return None if is_small_english else _country_of(word.folded)


def _is_first_name(word: Word) -> bool:
    return word.folded in _FIRST_NAMES or (not word.text.isascii() and stem(word.folded) in _FIRST_NAMES)
