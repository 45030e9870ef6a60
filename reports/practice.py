"""How a site corrects itself: what share of its items is edited, how soon, how much, and whether it says so. Pure.

What each figure means is written in docs/stats.md.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import inf
from typing import Final

from reports.comparison import Comparison
from reports.diff import ArticleDiff, BlockOp, BlockStep
from reports.entries import Judged
from reports.notes import owns_up
from reports.sections import section_of
from reports.significance import Significance
from reports.survival import Curve, turnbull
from reports.words import Op, Span, is_word, tokens
from storage.courses import PageCourse
from storage.records import Event, EventKind

HOUR: Final = timedelta(hours=1)
MOMENTS: Final = {"1h": HOUR, "1d": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}
_DAY: Final = timedelta(days=1)
_CHANGED: Final = {BlockOp.CHANGED, BlockOp.SPLIT, BlockOp.JOINED, BlockOp.MOVED_TO}


@dataclass(frozen=True, slots=True)
class Window:
    """Edits and deletions seen from ``since`` to ``until``; what comes after that is as if it weren't known yet."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, moment: datetime | None) -> bool:
        if moment is None:
            return self.since is None and self.until is None
        return (self.since is None or moment >= self.since) and (self.until is None or moment <= self.until)


@dataclass(frozen=True, slots=True)
class Item:
    """A page with its edits judged. ``published``: the day that its first version prints. ``not_there_at``: when the lists were
    walked last before it was first seen, None for what was there from the beginning."""

    course: PageCourse
    edits: Sequence[tuple[Judged, Comparison | None]]
    published: date | None = None
    not_there_at: datetime | None = None

    @property
    def begins(self) -> Event | None:
        """The event that shows its beginning; None where it was there, or may have been, before anybody looked."""
        for event in self.course.events:
            if event.kind is EventKind.NEW:
                is_seen = not event.baseline and not event.past and event.seen_at and self.not_there_at
                return event if is_seen and self._is_dated_after() else None
        return None

    def _is_dated_after(self) -> bool:
        # A day of slack: the site's midnight isn't ours.
        known = self.published is None or self.not_there_at is None
        return known or self.published >= self.not_there_at.date() - _DAY  # type: ignore[operator, union-attr]


@dataclass(slots=True)
class Row:
    """``weighty``: edits at least minor of which both texts are kept; ``silent`` of these say nothing of themselves."""

    items: int = 0
    edited: int = 0
    edits: int = 0
    weighty: int = 0
    silent: int = 0
    deletions: int = 0
    added: int = 0
    removed: int = 0


@dataclass(slots=True)
class Times:
    """Bounds of the time to the first edit, in seconds; ``late`` is infinite where there was none yet."""

    early: array[float] = field(default_factory=lambda: array("d"))
    late: array[float] = field(default_factory=lambda: array("d"))

    def add(self, early: timedelta, late: timedelta | None) -> None:
        self.early.append(max(early.total_seconds(), 0.0))
        self.late.append(inf if late is None else max(late.total_seconds(), 0.0))

    def curve(self) -> Curve:
        moments = (moment.total_seconds() for moment in MOMENTS.values())
        return turnbull(zip(self.early, self.late, strict=True), moments)

    def edited(self) -> int:
        return sum(1 for late in self.late if late < inf)

    def followed(self, moment: timedelta) -> int:
        """How many were edited by then, or were still looked at."""
        return sum(
            1
            for early, late in zip(self.early, self.late, strict=True)
            if late <= moment.total_seconds() or early >= moment.total_seconds()
        )


@dataclass
class Practice:
    """Filled an item at a time; memory grows by a few numbers for each."""

    window: Window = field(default_factory=Window)
    total: Row = field(default_factory=Row)
    sections: dict[str, Row] = field(default_factory=dict)
    weights: dict[str, Row] = field(default_factory=dict)
    reasons: dict[str, Row] = field(default_factory=dict)
    months: dict[str, Row] = field(default_factory=dict)
    times: dict[Significance, Times] = field(default_factory=lambda: {level: Times() for level in Significance})
    left_out: Counter[str] = field(default_factory=Counter)
    """Edits that correct no item (``alike``, ``flapping``), and items without a known beginning (``begun_before``)."""

    def add(self, item: Item) -> None:
        if not self._is_known(item.course):
            return
        own = [self.total, self.sections.setdefault(section_of(item.course.url), Row())]
        for row in own:
            row.items += 1
        touched: dict[int, Row] = {}
        for judged, comparison in self._of_the_window(item):
            for row in (*own, *self._rows_of(judged)):
                _count_edit(row, judged, comparison)
                touched[id(row)] = row
        for row in touched.values():
            row.edited += 1
        self._count_deletions(item.course, own)
        self._time(item)

    def _is_known(self, course: PageCourse) -> bool:
        since, until = self.window.since, self.window.until
        is_early_enough = until is None or (course.first_seen_at is not None and course.first_seen_at <= until)
        return is_early_enough and (since is None or (course.last_seen_at is not None and course.last_seen_at >= since))

    def _of_the_window(self, item: Item) -> Iterable[tuple[Judged, Comparison | None]]:
        for judged, comparison in item.edits:
            if not self.window.holds(judged.event.seen_at):
                continue
            if judged.event.group or judged.event.flapping:
                self.left_out["alike" if judged.event.group else "flapping"] += 1
            else:
                yield judged, comparison

    def _rows_of(self, judged: Judged) -> Iterable[Row]:
        yield self.weights.setdefault(judged.verdict.significance.label, Row())
        yield from (self.reasons.setdefault(reason, Row()) for reason in judged.verdict.reasons)
        yield self.months.setdefault(_month(judged.event), Row())

    def _count_deletions(self, course: PageCourse, own: list[Row]) -> None:
        for event in course.events:
            if event.kind is EventKind.DELETED and self.window.holds(event.seen_at):
                for row in (*own, self.months.setdefault(_month(event), Row())):
                    row.deletions += 1

    def _time(self, item: Item) -> None:
        begins, until = item.begins, self.window.until
        if begins is None or begins.seen_at is None:
            self.left_out["begun_before"] += 1
            return
        start, last = begins.seen_at, item.course.last_seen_at or begins.seen_at
        if (self.window.since is not None and start < self.window.since) or (until is not None and start > until):
            return
        for level, times in self.times.items():
            early, late = _first_edit(item, level, last)
            if until is not None and (late is None or late > until):
                early, late = min(early, until), None
            times.add(early - start, late - start if late is not None else None)


def _first_edit(item: Item, level: Significance, last: datetime) -> tuple[datetime, datetime | None]:
    """When the page was last seen before its first edit, and first after it; when it was last seen, and None, without one."""
    for judged, _ in item.edits:
        event = judged.event
        if event.flapping and event.not_before is not None:
            return min(event.not_before, last), None
        if event.group or event.flapping or event.seen_at is None or judged.verdict.significance < level:
            continue
        return event.not_before or min(event.seen_at, last), event.seen_at
    return last, None


def _month(event: Event) -> str:
    return f"{event.seen_at:%Y-%m}" if event.seen_at else ""


def _count_edit(row: Row, judged: Judged, comparison: Comparison | None) -> None:
    row.edits += 1
    if comparison is None:
        return
    added, removed = words_changed(comparison.diff)
    row.added += added
    row.removed += removed
    if judged.verdict.significance > Significance.COSMETIC:
        row.weighty += 1
        row.silent += not owns_up(comparison.diff)


# --- words -----------------------------------------------------------------------------------------------------------
def words_changed(diff: ArticleDiff) -> tuple[int, int]:
    """How many words of title and text came, and how many went. What moved did neither."""
    pieces = [_of_block(step) for step in diff.blocks]
    if diff.title is not None:
        pieces.append(_of_spans(diff.title.spans))
    return sum(added for added, _ in pieces), sum(removed for _, removed in pieces)


def _of_block(step: BlockStep) -> tuple[int, int]:
    if step.op is BlockOp.ADDED and step.new is not None:
        return _words(step.new.text), 0
    if step.op is BlockOp.REMOVED and step.old is not None:
        return 0, _words(step.old.text)
    return _of_spans(step.spans) if step.op in _CHANGED else (0, 0)


def _of_spans(spans: Iterable[Span]) -> tuple[int, int]:
    came = gone = 0
    for span in spans:
        came += _words(span.text) if span.op is Op.INSERT else 0
        gone += _words(span.text) if span.op is Op.DELETE else 0
    return came, gone


def _words(text: str) -> int:
    return sum(map(is_word, tokens(text)))
