"""Where the strip of teasers ends and the article begins in a text capture.

Each line that could be the title is a reading of the whole capture: what stands above it is strip, what stands below it is
article. A reading is the more likely the better each line fits its part, so each gets a sum of weights (natural logarithms of
odds, set from how often a form was seen in strips and in articles), and the highest sum wins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from crawler.pages.dates import leading_date, trailing_date
from crawler.pages.text_lines import Line, is_spaced

CLOSE_CALL: Final = 1.5
"""Two readings whose sums differ by less are told as equally likely ones."""

_NO_TITLE: Final = -5.0

_MAX_STRIP: Final = 150
"""Lines: five teasers, each a whole article, at their longest. Bounds the work on a text that isn't a capture at all."""


@dataclass(frozen=True, slots=True)
class Strip:
    """The likeliest reading: ``title`` is the index of the title's line, None where no line can be one.

    ``end`` is how many lines the strip has; without a title they may be all there is. ``reasons`` say why, the weightiest
    first; ``rival`` is the index of another line that is about as likely a title.
    """

    title: int | None
    end: int
    reasons: tuple[str, ...] = ()
    rival: int | None = None


def find_strip(lines: Sequence[Line]) -> Strip:
    """``lines`` without the navigation at their end."""
    reader = _Reader(lines)
    readings = sorted(((reader.score(at), -at) for at in reader.candidates()), reverse=True)
    untitled = reader.score_without_title()
    if not readings or readings[0][0] < untitled[0]:
        return Strip(None, untitled[1])
    best, title = readings[0][0], -readings[0][1]
    rival = -readings[1][1] if len(readings) > 1 and best - readings[1][0] < CLOSE_CALL else None
    return Strip(title, title, tuple(reader.reasons(title)), rival)


class _Reader:
    """The weights of one capture's lines, summed once from each end."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.spaced = is_spaced(lines)
        self.last_prose = max((at for at, line in enumerate(lines) if line.is_prose), default=-1)
        self.last_text = max((at for at, line in enumerate(lines) if _can_be_text(line)), default=-1)
        self.last_day = max((at for at, line in enumerate(lines) if line.day), default=-1)
        strip = [self._as_strip(at) for at in range(len(lines))]
        body = [self._as_body(at) for at in range(len(lines))]
        self.above = [0.0, *accumulate(strip)]
        self.below = [
            max(plain, indented)
            for plain, indented in zip(
                _sums_below(body, lines, indented=-3.0, flush=0.0),
                _sums_below(body, lines, indented=-0.3, flush=-1.0, prior=-1.5),
                strict=True,
            )
        ]

    def candidates(self) -> Iterator[int]:
        for at, line in enumerate(self.lines[:_MAX_STRIP]):
            if not (
                line.day or line.images or line.is_rule or line.is_contact or line.is_list_item or line.is_navigation
            ):
                yield at

    def score(self, at: int) -> float:
        return self.above[at] + sum(weight for weight, _ in self._marks(at)) + self.below[self.end_of_head(at)]

    def score_without_title(self) -> tuple[float, int]:
        """The score, and how many lines are strip: none unless empty lines or dates tell it well enough."""
        ends = [at for at in range(len(self.lines) + 1) if at == 0 or not self.lines[at - 1].day]
        score, end = max((self.above[at] + self.below[at], -at) for at in ends)
        if score - self.below[0] < CLOSE_CALL:
            return self.below[0] + _NO_TITLE, 0
        return score + _NO_TITLE, -end

    def reasons(self, at: int) -> list[str]:
        marks = sorted(self._marks(at), reverse=True)
        return [reason for weight, reason in marks if weight > 0 and reason]

    def end_of_head(self, at: int) -> int:
        """The index behind the title, its repetition and the date."""
        return end_of_head(self.lines, at)

    def _as_strip(self, at: int) -> float:
        line = self.lines[at]
        weight = self._gap(at, single=-0.9, double=-0.5) + (-2.3 if line.is_indented else 0.0)
        if line.is_rule or line.is_contact:
            weight -= 2.0
        elif line.is_list_item:
            weight -= 1.0
        elif looks_like_title(line):
            weight -= 0.7 if at and self.lines[at - 1].day else 2.0
        if at > 12:
            weight -= 0.3
        return weight

    def _as_body(self, at: int) -> float:
        line = self.lines[at]
        weight = self._gap(at, single=-0.1, double=-2.0)
        if line.day:
            weight -= 4.0
        elif at < self.last_prose and looks_like_title(line) and not line.is_dateline:
            weight -= 1.0
        return weight

    def _gap(self, at: int, *, single: float, double: float) -> float:
        """Two empty lines part teasers; in an article they are rare. Real captures break the rule at times: 0.7."""
        if not self.spaced or at == 0:
            return 0.0
        return 0.7 * (double if self.lines[at].gap > 1 else single)

    def _marks(self, at: int) -> Iterator[tuple[float, str]]:
        """What speaks for this line, or against it, as the title of what follows it."""
        yield from self._form(self.lines[at])
        yield from self._surroundings(at)
        yield from self._echoes(at)

    def _form(self, line: Line) -> Iterator[tuple[float, str]]:
        yield _END_WEIGHTS.get(line.end, 0.0), ""
        yield -1.5 * min(line.sentences, 3), ""
        if len(line.text) > 255:
            yield -6.0, ""
        if len(line.text) < 15:
            yield -0.7, ""
        if line.is_dateline:
            yield -4.0, ""
        first = next((letter for letter in line.text if letter.isalpha()), "")
        if first.islower():
            yield -2.0, ""

    def _surroundings(self, at: int) -> Iterator[tuple[float, str]]:
        end = self.end_of_head(at)
        head = self.lines[at:end]
        below = self.lines[end] if end < len(self.lines) else None
        if any(line.day for line in head):
            yield 3.0, "a date stands right below it"
        if any(trailing_date(line.text) for line in head if not line.day):
            yield 2.0, "a date stands behind it"
        if below and not below.day and leading_date(below.text):
            yield 3.0, "the text below it begins with a date"
        if at and self.lines[at - 1].day:
            # A teaser stands below each date of a strip; only an article without a strip may have its date on top.
            yield -1.0 if at == 1 and self.last_day == 0 else -8.0, ""
        if self.spaced and len(head) == 1 and below:
            yield (0.7, "two empty lines part it from the text") if below.gap > 1 else (-0.7, "")
        if self.last_prose < end:
            yield -3.0 if self.last_text >= end else -9.0, ""

    def _echoes(self, at: int) -> Iterator[tuple[float, str]]:
        end = self.end_of_head(at)
        above = self.lines[:at]
        if sum(not line.day for line in self.lines[at:end]) > 1:
            yield 8.0, "it stands twice"
        if any(line.text == self.lines[at].text for line in above):
            yield 4.0, "the strip holds it too"
        if end < len(self.lines) and any(_opens_alike(line, self.lines[end]) for line in above):
            yield 5.0, "the strip holds the beginning of the text below it"


_END_WEIGHTS: Final = {".": -7.0, "…": -3.0, "!": -3.5, "?": -2.5, ",": -6.0, ";": -6.0, ":": -5.0}


def _can_be_text(line: Line) -> bool:
    return not (line.day or line.images or line.is_rule or line.is_contact)


def _sums_below(
    weights: Sequence[float], lines: Sequence[Line], *, indented: float, flush: float, prior: float = 0.0
) -> list[float]:
    """For each index the sum of the weights from there on, in an article whose paragraphs are mostly indented or not."""
    each = (weight + (indented if line.is_indented else flush) for weight, line in zip(weights, lines, strict=True))
    sums = [0.0, *accumulate(reversed(list(each)))]
    return [prior + total for total in reversed(sums)]


def looks_like_title(line: Line) -> bool:
    """A line without the end of a sentence, that is no date, contact or item of a list either."""
    if line.day or line.images or line.is_rule or line.is_contact or line.is_list_item:
        return False
    return line.end not in _END_WEIGHTS and len(line.text) <= 255 and line.sentences == 0


def end_of_head(lines: Sequence[Line], at: int) -> int:
    """The index behind the title at ``at``, its repetition (with a date behind it, maybe) and a date on its own line."""
    title = lines[at].text
    has_date = False
    end = at + 1
    while end < min(len(lines), at + 3):
        line = lines[end]
        if line.day and not has_date:
            has_date = True
        elif line.text != title and not is_title_with_date(line.text, title):
            break
        end += 1
    return end


def is_title_with_date(text: str, title: str) -> bool:
    found = trailing_date(text) if text.startswith(title) else None
    return found is not None and found[1] == title


def _opens_alike(teaser: Line, opening: Line) -> bool:
    """The same paragraph, or a teaser cut short of it."""
    dated = leading_date(opening.text)
    text = dated[1] if dated else opening.text
    shown = teaser.text.rstrip("….")
    return len(shown) >= 40 and text.startswith(shown)
