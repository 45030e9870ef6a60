"""What happened between two forms of a sentence, and what that may mean. Pure.

What weighs is looked for in the sentence as a whole (``Mark``): a number that only stands elsewhere, or is written otherwise, is
no other number. An edit that touches nothing of weight may be shown to be harmless; what isn't shown is "wording".
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from reports import lexicon
from reports.flags import is_broken_form
from reports.marks import DATE, MODAL, NAME, NEGATION, NUMBER, ORGANISATION, PERSON, Mark, Marks, coverage, words_of
from reports.name_lexicon import TITLE_PARTS
from reports.naming import names
from reports.quantities import quantities
from reports.quoting import MARKS as QUOTE_MARKS
from reports.quoting import speech
from reports.spelling import light_reason, pair_reasons
from reports.strength import FUTURE, is_opposite, modals, negations
from reports.words import Op, compare, is_word, tokens
from storage.stems import stem

QUOTATION: Final = "quotation"
WORDING: Final = "wording"
_ACCOMPANYING: Final = frozenset({"grammar", "punctuation", "case"})
"""What goes with a change of weight in the same sentence ("was" to "were" with it) isn't told beside it."""
_NUMERO: Final = re.compile(r"(?:№|\bNo\.?|\bN)\s?(?=\d)")
# The full stop of "г." at the end is the sentence's too.
_YEAR_WORD: Final = re.compile(r"(?<=\d)\s(?:года?\b|г\.(?!\s*$)|г(?=\.\s*$))")


@dataclass(frozen=True, slots=True)
class Edit:
    """One place of a sentence: what went, what came, and where each stood."""

    old: str
    new: str
    old_start: int
    new_start: int

    def touches_old(self, start: int, end: int) -> bool:
        return bool(self.old) and start < self.old_start + len(self.old) and self.old_start < end

    def touches_new(self, start: int, end: int) -> bool:
        return bool(self.new) and start < self.new_start + len(self.new) and self.new_start < end


def edits_between(old: str, new: str) -> list[Edit]:
    """Each place where something was deleted, inserted, or both."""
    edits: list[Edit] = []
    gone = come = ""
    at_old = at_new = 0
    for span in compare(old, new):
        if span.op is Op.EQUAL:
            if gone or come:
                edits.append(Edit(gone, come, at_old - len(gone), at_new - len(come)))
            gone = come = ""
        gone += span.text if span.op is Op.DELETE else ""
        come += span.text if span.op is Op.INSERT else ""
        at_old += len(span.text) if span.op is not Op.INSERT else 0
        at_new += len(span.text) if span.op is not Op.DELETE else 0
    return [*edits, Edit(gone, come, at_old - len(gone), at_new - len(come))] if gone or come else edits


def reasons_between(old: str, new: str) -> set[str]:
    """Names of the rules that explain how one sentence became the other; empty for equal ones."""
    if old == new:
        return set()
    if typographic(old) == typographic(new):
        return {"case" if old.casefold() == new.casefold() else "typography"}
    edits = edits_between(old, new)
    reasons = {_same_to_a_reader(edit) for edit in edits} - {None}
    open_edits = [edit for edit in edits if _same_to_a_reader(edit) is None]
    found = Sentences(old, new, open_edits).reasons() if open_edits else set()
    is_weighty = bool(found - _ACCOMPANYING - {"spelling", "typography"})
    return {reason for reason in reasons if reason} | (found - _ACCOMPANYING if is_weighty else found)


def typographic(text: str) -> list[str]:
    """The words and signs of a text, without how they are set, and its numbers and dates without how they are written."""
    text = _YEAR_WORD.sub("", _NUMERO.sub("№ ", unicodedata.normalize("NFC", text)))
    found: list[str] = []
    at = 0
    for mark in quantities(text):
        found += [*_set(text[at : mark.start]), f"\0{mark.value}"]
        at = mark.end
    return [*found, *_set(text[at:])]


def _set(text: str) -> list[str]:
    text = lexicon.TYPED_DASH.sub("-", text.translate(lexicon.TYPOGRAPHY))
    return [token for token in tokens(text) if not token.isspace()]


def _same_to_a_reader(edit: Edit) -> str | None:
    old, new = typographic(edit.old), typographic(edit.new)
    if old == new:
        return "typography"
    if is_broken_form(edit.old, edit.new):
        return "encoding"
    if is_broken_form(edit.new, edit.old):
        return "mojibake"
    alike = [typographic(text.translate(lexicon.LOOKALIKES)) for text in (edit.old, edit.new)]
    return "homoglyph" if alike[0] == alike[1] else None


@lru_cache(maxsize=1024)
def marks_of(text: str) -> tuple[Mark, ...]:
    """All that carries weight in a sentence."""
    counted = quantities(text)
    # "first" is a part of a title in "the first deputy".
    named = list(names(text, [mark for mark in counted if text[mark.start : mark.end].casefold() not in TITLE_PARTS]))
    covered = coverage(text, named)
    numbers = [mark for mark in counted if not covered[mark.start]]
    return (*numbers, *negations(text), *modals(text), *named)


class Sentences:
    """Two forms of a sentence, and the edits between them that no reader would overlook."""

    def __init__(self, old: str, new: str, edits: Sequence[Edit]) -> None:
        self.old, self.new, self.edits = old, new, edits
        self._old_marks, self._new_marks = Marks(marks_of(old)), Marks(marks_of(new))
        self._gone = Counter(mark.key for mark in self._old_marks.all)
        self._come = Counter(mark.key for mark in self._new_marks.all)
        self._gone, self._come = self._gone - self._come, self._come - self._gone
        self._sides = (old, self._old_marks.all), (new, self._new_marks.all)
        self._numbers = sum(count for (kind, _), count in (self._gone + self._come).items() if kind == NUMBER)
        strengths = {value for kind, value in (*self._gone, *self._come) if kind == MODAL}
        self._is_strength_changed = bool(strengths - {FUTURE})
        self._speech = speech(old), speech(new)

    def reasons(self) -> set[str]:
        found: set[str] = set()
        for edit in self.edits:
            found |= set(self._of(edit))
        return (found - {WORDING}) | {NUMBER} if self._is_reordered() else found

    def _of(self, edit: Edit) -> Iterator[str]:
        paired = self._paired(edit)
        if paired:
            yield from paired
            return
        weighty = set(self._weighty(edit))
        # What stands in the place of a person or of an organisation is one, though nobody here knows it.
        weighty -= {NAME} if weighty & {PERSON, ORGANISATION} else set()
        if weighty:
            yield from weighty
            if self._is_quoted(edit):
                yield QUOTATION
        elif self._is_unquoted(edit):
            yield QUOTATION
        else:
            harmless = light_reason(edit.old, edit.new) or self._form(edit)
            yield harmless or (QUOTATION if self._is_quoted(edit) else WORDING)

    def _paired(self, edit: Edit) -> set[str]:
        """Spelling, case, declension: word for word. A word of weight that became another of its kind is neither."""
        kinds = [{mark.kind for mark in side} for side in self._touched(edit)]
        if edit.old.casefold() == edit.new.casefold():
            # "may" that became "May" may be a month now.
            return set() if {MODAL, DATE} <= kinds[0] ^ kinds[1] else {"case"}
        is_weighty = bool(kinds[0] & kinds[1] & {NUMBER, DATE, NEGATION, MODAL})
        return set() if is_weighty else pair_reasons(edit.old, edit.new, self.old[: edit.old_start])

    def _touched(self, edit: Edit) -> tuple[list[Mark], list[Mark]]:
        return (
            self._old_marks.within(edit.old_start, edit.old_start + len(edit.old)),
            self._new_marks.within(edit.new_start, edit.new_start + len(edit.new)),
        )

    def _weighty(self, edit: Edit) -> Iterator[str]:
        old, new = self._touched(edit)
        changed = [m for m in old if self._gone[m.key]] + [m for m in new if self._come[m.key]]
        gone, come = _difference(edit.old, edit.new), _difference(edit.new, edit.old)
        is_turned = any(is_opposite(a, b) for a in gone for b in come)
        yield from [NEGATION] * is_turned
        # "возможно" for "невозможно" is no other strength.
        yield from (mark.kind for mark in changed if self._counts(mark) and not (is_turned and mark.kind == MODAL))
        if _signs(edit):
            yield NUMBER

    def _counts(self, mark: Mark) -> bool:
        """A bare future, and a "first" or "one" without another number in its place, are no more than words."""
        if mark.kind == MODAL:
            return self._is_strength_changed
        return mark.value not in {"1", "1."} or mark.kind != NUMBER or self._numbers > 1 or not self._is_spoken(mark)

    def _is_spoken(self, mark: Mark) -> bool:
        """Whether a number is written in letters."""
        return all(text[mark.start : mark.end].isalpha() for text, marks in self._sides if mark in marks)

    def _is_quoted(self, edit: Edit) -> bool:
        old, new = self._speech
        return any(edit.touches_old(*region) for region in old) or any(edit.touches_new(*region) for region in new)

    def _is_unquoted(self, edit: Edit) -> bool:
        """Quotation marks alone that came or went, around somebody's words."""
        rest = [text.translate({ord(mark): None for mark in QUOTE_MARKS}).strip() for text in (edit.old, edit.new)]
        return rest[0] == rest[1] and len(self._speech[0]) != len(self._speech[1])

    def _form(self, edit: Edit) -> str | None:
        """The same number or date in another form, beside an edit elsewhere in the sentence."""
        old, new = self._touched(edit)
        values = [sorted(mark.key for mark in side if mark.kind in {NUMBER, DATE}) for side in (old, new)]
        is_form = values[0] == values[1] != []
        left = [
            _outside(text, start, marks)
            for text, start, marks in ((edit.old, edit.old_start, old), (edit.new, edit.new_start, new))
        ]
        return "typography" if is_form and left[0] == left[1] else None

    def _is_reordered(self) -> bool:
        """ "from 5 to 7" that became "from 7 to 5"; what each is counted in may stand elsewhere with it."""
        old, new = (
            [(mark.value, _unit(text, mark)) for mark in marks if mark.kind == NUMBER] for text, marks in self._sides
        )
        values = [value for value, _ in old], [value for value, _ in new]
        return values[0] != values[1] and Counter(values[0]) == Counter(values[1]) and Counter(old) != Counter(new)


def _unit(text: str, mark: Mark) -> str:
    following = words_of(text[mark.end : mark.end + 40])
    return stem(following[0].folded) if following else ""


def _outside(text: str, start: int, marks: Sequence[Mark]) -> list[str]:
    """The words of an edit that belong to none of the marks."""
    words = words_of(text)
    return [w.folded for w in words if not any(m.start < start + w.end and start + w.start < m.end for m in marks)]


def _difference(text: str, other: str) -> list[str]:
    """Words that ``text`` has more often than ``other``."""
    words, others = ([token for token in tokens(each) if is_word(token)] for each in (text, other))
    return list((Counter(words) - Counter(others)).elements())


def _signs(edit: Edit) -> bool:
    """A minus or a per cent sign that came or went beside a figure."""
    counted = [Counter(c for c in text if c in lexicon.SIGNS) for text in (edit.old, edit.new)]
    is_dash = {*counted[0], *counted[1]} <= set("-−")
    has_digit = any(map(str.isdigit, edit.old + edit.new))
    return counted[0] != counted[1] and has_digit and not is_dash
