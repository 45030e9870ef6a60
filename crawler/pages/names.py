"""What the head of a page calls it, and whether a line says so."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from crawler.pages.dates import leading_date, parse_date, trailing_date
from crawler.pages.document import Element
from crawler.pages.text import skeleton

_SEPARATOR: Final = re.compile(r"\s+(?:[-–—|:·•/\\»]+\s+|[|»]\s*|(?<=[.!?]\s))|[|»]\s*")
"""Names are folded: one space at a time."""
_CUT: Final = 200
"""Letters from which a name in the head may be a title cut short (the site cuts at 255); a shorter one says so with dots."""
HEAD: Final = 4
"""Letters by which the beginnings of two lines are told apart."""
_AROUND_DAY: Final = " \t()[]|,–—-"
_WORD: Final = re.compile(r"[^\W_]{2,}")


@dataclass(frozen=True, slots=True)
class Title:
    """``text`` without a date around it. ``agrees``: letters it shares with a name in the head (0: none, a lone ``h1``)."""

    element: Element
    text: str
    agrees: int


def split_date(text: str) -> tuple[date, str] | None:
    """The day printed behind a title or before it, and the title: in figures, or written out."""
    if text[-1:].isdigit() or text[-2:-1].isdigit():
        words = text.rsplit(" ", 6)
        for count in (5, 4, 3, 2, 1):  # "26 July 2024 14:05", "26.07.2024"
            if count < len(words) and _may_begin_day(words[-count:]) and (day := parse_date(" ".join(words[-count:]))):
                return day, " ".join(words[:-count])
        if found := trailing_date(text):
            return found
    return leading_date(text) if text[:1].isdigit() else None


def _may_begin_day(words: Sequence[str]) -> bool:
    """A day begins with a figure, or with a month's name and a figure behind it."""
    return any(word[:1].isdigit() for word in words[:2])


def day_beside(text: str, title: str) -> date | None:
    """The day in an element of its own beside the title, with nothing between them: ``<b>Title</b><span>22 August 2021``."""
    if len(text) > len(title) and text.startswith(title):
        return parse_date(text[len(title) :].strip(_AROUND_DAY))
    if len(text) > len(title) and text.endswith(title):
        return parse_date(text[: -len(title)].strip(_AROUND_DAY))
    return None


class _Forms:
    """The letters of names and of their parts. ``letters``: how much each form agrees; ``cut``: names that were cut short."""

    def __init__(self, titles: Sequence[str]) -> None:
        self.letters: dict[str, int] = {}
        self.cut: list[str] = []
        for title in titles:
            self._learn(title)
        self.longest = 2 * max(map(len, titles), default=0) + 80
        self.heads = {form[:HEAD] for form in (*self.letters, *self.cut)}
        self.has_short = any(len(head) < HEAD for head in self.heads)

    def _learn(self, title: str) -> None:
        forms = [skeleton(part) for part in _parts(title)]
        whole = "".join(forms)
        if len(title) >= _CUT or title.rstrip().endswith(("…", "...")):
            self.cut.append(skeleton(title.rstrip(".… ")))
        forms = forms[:8]
        for start in range(len(forms)):
            for stop in range(start + 1, len(forms) + 1):
                form = "".join(forms[start:stop])
                is_enough = start == 0 or len(form) * 5 >= len(whole) * 2
                if form and is_enough:
                    self.letters[form] = max(self.letters.get(form, 0), len(form) * 2 + (start == 0))
        if whole:
            self.letters[whole] = len(whole) * 2 + 1


class Names:
    """What the head calls the page, whole and in its parts: "Title - Site", "Site | Title", or the title cut short."""

    def __init__(self, titles: Sequence[str], site_name: str = "") -> None:
        not_titles = _skeletons(site_name) if site_name else ()
        self.titles = [_without(title, not_titles) for title in titles] if not_titles else list(titles)
        self._parts: list[str] | None = None
        self._words: list[list[str]] | None = None
        self._known: _Forms | None = None

    @property
    def parts(self) -> list[str]:
        """Pieces between separators, the longest of each name first: the title is likelier than the site's name."""
        if self._parts is None:
            self._parts = list(dict.fromkeys(part for title in self.titles for part in _parts_by_length(title)))
        return self._parts

    @property
    def whole(self) -> list[str]:
        return [*self.titles, *self.parts]

    @property
    def least(self) -> int:
        """How much the title agrees at least: it says the longest part, if the head names it first."""
        return max((2 * len(skeleton(part)) for part in self.parts[:1]), default=0)

    @property
    def _forms(self) -> _Forms:
        if self._known is None:
            self._known = _Forms(self.titles)
        return self._known

    def first_title(self, element: Element, text: str) -> Title | None:
        """``text`` as a title where it is the first name, whole or up to a separator: nothing agrees better."""
        if not self.titles:
            return None
        if text != self.titles[0] and (text != self.parts[0] or not self.titles[0].startswith(text)):
            return None
        return Title(element, text, 2 * len(skeleton(text)) + 1)

    def may_stand_in(self, text: str) -> bool:
        """Whether the three longest words of one of the parts are in ``text``, written as they are in the head."""
        return any(all(word in text for word in longest) for longest in self._longest_words())

    def _longest_words(self) -> list[list[str]]:
        if self._words is None:
            self._words = [longest_words(part) for part in self.parts]
        return self._words

    def may_begin(self, text: str) -> bool:
        """Whether ``text``, or what stands behind a day in front of it, can begin as one of the names does.

        It spares nearly every line of a page the look for a day and the comparison: measured, a third of the reading of a page.
        """
        head = skeleton(text[: HEAD * 8])[:HEAD]
        forms = self._forms
        return len(head) < HEAD or head[0].isdigit() or forms.has_short or head in forms.heads

    def title(self, element: Element, text: str) -> Title:
        """``text`` as a title: whole where that agrees (a title may end in a day), else without the day around it."""
        agrees = self.agrees(text)
        cut = None if agrees else split_date(text) or self._beside_day(text)
        bare = cut[1] if cut else text
        agrees = agrees or self._forms.letters.get(skeleton(bare), 0) or self._as_cut(skeleton(bare))
        return Title(element, bare, agrees)

    def agrees(self, text: str) -> int:
        """How many letters the whole of it shares with a name; nothing for what is longer than any of them."""
        forms = self._forms
        return forms.letters.get(skeleton(text), 0) if len(text) <= forms.longest else 0

    def _beside_day(self, text: str) -> tuple[date, str] | None:
        found = ((day_beside(text, name), name) for name in self.whole)
        return next(((day, name) for day, name in found if day is not None), None) or self._before_day(text)

    def _before_day(self, text: str) -> tuple[date, str] | None:
        """The day glued behind a title that separators part in the head: ``Meeting «Borders»22 August 2021``."""
        if not text[-1:].isdigit() or not self.may_begin(text):
            return None
        for form in sorted(self._forms.letters, key=len, reverse=True):
            end = _end_of(text, form)
            day = parse_date(text[end:]) if end else None
            if day is not None:
                return day, text[:end].rstrip(_AROUND_DAY)
        return None

    def _as_cut(self, form: str) -> int:
        """For a title longer than its name in the head, which was cut at so many letters."""
        return max((len(cut) * 2 + 1 for cut in self._forms.cut if form.startswith(cut)), default=0)


def _end_of(text: str, form: str) -> int:
    """Where ``text`` has said all letters of ``form`` and closed its quotation marks; 0 where it says something else."""
    said = 0
    for place, letter in enumerate(text):
        if said >= len(form) and letter.isalnum():
            return place
        said += len(skeleton(letter))
        if said > len(form) or not form.startswith(skeleton(letter), said - len(skeleton(letter))):
            return 0
    return 0


def longest_words(part: str) -> list[str]:
    """The three longest: hardly another text has them all."""
    return sorted(_WORD.findall(part), key=len, reverse=True)[:3]


@lru_cache(maxsize=256)
def _parts(title: str) -> list[str]:
    """The pieces of a name between separators. Nobody changes the list."""
    return [part for part in _SEPARATOR.split(title) if part]


@lru_cache(maxsize=64)
def _skeletons(site_name: str) -> frozenset[str]:
    return frozenset(skeleton(part) for part in _parts(site_name))


def _without(title: str, not_titles: Collection[str]) -> str:
    """The name without the site's own behind or before it; a page that is called as the site is keeps it."""
    parts = _parts(title)
    first, last = 0, len(parts)
    while last - first > 1 and skeleton(parts[last - 1]) in not_titles:
        last -= 1
    while last - first > 1 and skeleton(parts[first]) in not_titles:
        first += 1
    if last - first == len(parts):
        return title
    start = title.index(parts[first])
    return title[start : title.rindex(parts[last - 1]) + len(parts[last - 1])]


def _parts_by_length(title: str) -> list[str]:
    return sorted(_parts(title), key=len, reverse=True)[:4]
