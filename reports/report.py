"""The HTML report: what changed since a moment, by weight, and what wasn't observed. Same input, same bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from reports.comparison import Comparison
from reports.entries import Entry, Fold, Judged, fold
from reports.gaps import Gap, complete_runs, gaps
from reports.render.html import DiffView, diff_view, environment
from reports.significance import Significance, told
from storage.records import EventKind, HeldPage, Page, PageState, Run

_HEAVIEST_FIRST: Final = tuple(sorted(Significance, reverse=True))
_MISSING: Final = (PageState.GONE, PageState.UNLISTED)
_CONTEXT: Final = 1
_ALIKE_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class ReportInput:
    """``comparisons``: by event id, for edits of which both versions are kept. ``runs``: those to list, newest first."""

    since: datetime | None
    changes: Sequence[Judged]
    comparisons: Mapping[int, Comparison]
    pages: Sequence[Page]
    runs: Sequence[Run]
    held: Sequence[HeldPage] = ()


@dataclass(frozen=True, slots=True)
class EntryView:
    title: str | None
    url: str
    kind: str
    why: str
    seen_at: datetime | None
    not_before: datetime | None
    moved_to: str | None
    also_at: list[str]
    others: list[str]
    view: DiffView | None


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    entries: list[EntryView]


@dataclass(frozen=True, slots=True)
class CountRow:
    kind: str
    by_level: list[int]
    total: int


@dataclass(frozen=True, slots=True)
class ReportView:
    since: datetime | None
    last_complete: datetime | None
    levels: list[str]
    counts: list[CountRow]
    baselines: list[str]
    sections: list[Section]
    missing: list[Page]
    held: Sequence[HeldPage]
    known: int
    gaps: list[Gap]
    runs: Sequence[Run]


def report_page(given: ReportInput) -> str:
    return environment().get_template("report.html.j2").render(report=report_view(given))


def report_view(given: ReportInput) -> ReportView:
    entries = fold(given.changes)
    told = [entry for entry in entries if entry.fold is not Fold.BASELINE]
    complete = complete_runs(given.runs)
    return ReportView(
        since=given.since,
        last_complete=complete[-1].finished_at if complete else None,
        levels=[level.label for level in _HEAVIEST_FIRST],
        counts=_counts(item for item in given.changes if not item.event.baseline),
        baselines=[_baseline(entry) for entry in entries if entry.fold is Fold.BASELINE],
        sections=[section for level in _HEAVIEST_FIRST if (section := _section(level, told, given)).entries],
        missing=[page for state in _MISSING for page in given.pages if page.state is state],
        held=given.held,
        known=len(given.pages),
        gaps=gaps(given.runs),
        runs=given.runs,
    )


def _counts(changes: Iterable[Judged]) -> list[CountRow]:
    counted = Counter((item.event.kind, item.verdict.significance) for item in changes)
    rows = []
    for kind in EventKind:
        by_level = [counted[kind, level] for level in _HEAVIEST_FIRST]
        if any(by_level):
            rows.append(CountRow(kind.value, by_level, sum(by_level)))
    return rows


def _baseline(entry: Entry) -> str:
    return f"First crawl of {entry.first.site or 'an import'}: {len(entry.judged)} pages, the beginning of the record."


def _section(level: Significance, entries: Iterable[Entry], given: ReportInput) -> Section:
    return Section(level.label, [_entry(entry, given) for entry in entries if entry.significance is level])


def _entry(entry: Entry, given: ReportInput) -> EntryView:
    event, verdict = entry.last.event, entry.last.verdict
    comparison = given.comparisons.get(event.id)
    urls = {item.event.url for item in entry.judged} - {event.url}
    why = ", ".join(told(reason) for reason in verdict.reasons if reason != event.kind.value)
    if entry.fold is Fold.GROUP:
        why = f"{len(entry.judged)} pages changed alike: {why}"
    if entry.fold is Fold.FLAPPING:
        why = f"flapping between contents, {entry.flips} times: {why}"
    return EntryView(
        title=event.title,
        url=event.url,
        kind=event.kind.value,
        why=f"technical, {why}" if event.technical else why,
        seen_at=event.seen_at,
        not_before=event.not_before,
        moved_to=event.moved_to,
        also_at=sorted({*event.also_at, *urls}) if entry.fold is Fold.SINGLE else [],
        others=sorted(urls)[:_ALIKE_SHOWN] if entry.fold is Fold.GROUP else [],
        view=diff_view(comparison, context=_CONTEXT) if comparison else None,
    )
