"""The counts that a report draws: changes in time, by section, and how long after its date an article was edited. Pure.

A change has no instant, only two looks that it lies between; and an article has a day, no hour. So what is counted by day is
when it was *seen*, and how long after publication an article was edited is a least and a most.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

from reports.significance import Significance
from storage.records import Event, Run

HEAVIEST_FIRST: Final = tuple(sorted(Significance, reverse=True))
MOST_BARS: Final = 62
"""More days than these are drawn as weeks, then as months, then as years."""
MOST_SECTIONS: Final = 12
WITHIN: Final = (
    (1, "1 day"),
    (2, "2 days"),
    (7, "1 week"),
    (30, "30 days"),
    (90, "90 days"),
    (365, "1 year"),
    (1825, "5 years"),
)
"""The times after publication that are told, in days. "1 day": by the end of the day after."""
_DAY: Final = timedelta(days=1)

Counts = Counter[Significance]


@dataclass(frozen=True, slots=True)
class Bar:
    """``label`` names the span of time or the section. ``is_watched``: whether a run looked at that time at all."""

    label: str
    by_level: tuple[int, ...]
    is_watched: bool = True

    @property
    def total(self) -> int:
        return sum(self.by_level)


@dataclass(frozen=True, slots=True)
class InTime:
    """``unit``: day, week, month or year. One bar for each, without a hole."""

    unit: str
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Within:
    """Of the edits, how many certainly came so soon after the day of publication, and how many may have."""

    days: int
    label: str
    at_least: int
    at_most: int


@dataclass(frozen=True, slots=True)
class Delays:
    """``edits``: how many have both a day of publication and a moment at which they were seen. ``without``: how many haven't.
    ``before``: how many were seen before the day that the page prints; these are in no step."""

    edits: int
    without: int
    before: int
    steps: list[Within]
    curve: list[tuple[int, int, int]]
    """Days, at least, at most: for each number of days at which one of the two changes, up to the last step's."""


@dataclass(slots=True)
class Tally:
    """Takes the events of a report one by one; first crawls are left out of it by whoever asks."""

    by_day: defaultdict[date, Counts] = field(default_factory=lambda: defaultdict(Counter))
    by_section: defaultdict[str, Counts] = field(default_factory=lambda: defaultdict(Counter))
    delays: list[tuple[int, int]] = field(default_factory=list)
    """For each edit the least and the most whole days after the day of publication."""
    without_delay: int = 0

    def count(self, event: Event, level: Significance, section: str) -> None:
        self.by_day[(event.seen_at or event.recorded_at).astimezone(UTC).date()][level] += 1
        self.by_section[section][level] += 1

    def count_edit(self, event: Event, published: date | None) -> None:
        """``published``: the day that the article printed before it was edited."""
        if published is None or event.seen_at is None:
            self.without_delay += 1
            return
        most = (event.seen_at.astimezone(UTC).date() - published).days
        least = 0 if event.not_before is None else (event.not_before.astimezone(UTC).date() - published).days
        self.delays.append((max(min(least, most), 0), most))


def in_time(tally: Tally, runs: Iterable[Run], since: datetime | None, until: datetime | None) -> InTime:
    """From the interval's beginning, else the first day that is known of, to the last day of which anything is known."""
    watched = {day for run in runs for day in _days_of(run)}
    days = sorted({*tally.by_day, *watched})
    bounds = [moment.astimezone(UTC).date() for moment in (since, until) if moment is not None]
    days = [day for day in days if (since is None or day >= bounds[0]) and (until is None or day <= bounds[-1])]
    if not days:
        return InTime("day", [])
    first, last = (bounds[0] if since is not None else days[0]), days[-1]
    unit = next((unit for unit in _UNITS if len(_starts(first, last, unit)) <= MOST_BARS), "year")
    return InTime(unit, _bars(tally.by_day, watched, _starts(first, last, unit), unit))


def _days_of(run: Run) -> Iterable[date]:
    started, ended = (moment.astimezone(UTC).date() for moment in (run.started_at, run.finished_at or run.started_at))
    return (started + n * _DAY for n in range((ended - started).days + 1))


_UNITS: Final = ("day", "week", "month", "year")


def _start(day: date, unit: str) -> date:
    match unit:
        case "week":
            return day - day.weekday() * _DAY
        case "month":
            return day.replace(day=1)
        case "year":
            return day.replace(month=1, day=1)
        case _:
            return day


def _starts(first: date, last: date, unit: str) -> list[date]:
    """At most one more than are drawn: a store may know a capture of the year 1."""
    found = [_start(first, unit)]
    while (after := _next(found[-1], unit)) is not None and after <= last and len(found) <= MOST_BARS * 4:
        found.append(after)
    return found


def _next(day: date, unit: str) -> date | None:
    steps = {"day": 1, "week": 7, "month": 32, "year": 366}
    try:
        return _start(day + steps[unit] * _DAY, unit)
    except OverflowError:
        return None


def _bars(by_day: Mapping[date, Counts], watched: set[date], starts: Sequence[date], unit: str) -> list[Bar]:
    counted: defaultdict[date, Counts] = defaultdict(Counter)
    for day, counts in by_day.items():
        counted[_start(day, unit)].update(counts)
    looked = {_start(day, unit) for day in watched}
    return [Bar(_label(start, unit), levels(counted[start]), start in looked) for start in starts]


def _label(start: date, unit: str) -> str:
    match unit:
        case "month":
            return f"{start:%Y-%m}"
        case "year":
            return str(start.year)
        case _:
            return start.isoformat()


def levels(counts: Counts) -> tuple[int, ...]:
    """The counts by level, the heaviest first."""
    return tuple(counts[level] for level in HEAVIEST_FIRST)


def by_section(tally: Tally) -> list[Bar]:
    """The sections with most changes first; those behind the twelfth are one bar."""
    ordered = sorted(tally.by_section.items(), key=lambda item: (-item[1].total(), item[0]))
    shown, rest = ordered[:MOST_SECTIONS], ordered[MOST_SECTIONS:]
    bars = [Bar(section, levels(counts)) for section, counts in shown]
    if rest:
        bars.append(Bar(f"{len(rest)} others", levels(sum((counts for _, counts in rest), Counter()))))
    return bars


def delays(tally: Tally) -> Delays:
    known = [(least, most) for least, most in tally.delays if most >= 0]
    certain, possible = sorted(most for _, most in known), sorted(least for least, _ in known)
    last = WITHIN[-1][0]
    days = sorted({0, last, *(day for day in (*certain, *possible) if day < last)})
    return Delays(
        edits=len(tally.delays),
        without=tally.without_delay,
        before=len(tally.delays) - len(known),
        steps=[Within(day, label, bisect_right(certain, day), bisect_right(possible, day)) for day, label in WITHIN],
        curve=[(day, bisect_right(certain, day), bisect_right(possible, day)) for day in days],
    )
