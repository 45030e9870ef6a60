"""The HTML report: what changed in an interval, by weight, what didn't, and what wasn't observed. Same input, same bytes.

Nothing in it is the moment at which it was made: it is as of the last run on record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from markupsafe import Markup

from reports.comparison import Comparison
from reports.coverage import Coverage, coverage
from reports.entries import Entry, Fold, Judged, fold, fold_key
from reports.gaps import Gap, complete_runs, gaps
from reports.render.html import DiffView, diff_view, environment
from reports.render.plots import Line, Plot, delay_plot, section_plot, time_plot
from reports.render.sides import Facing
from reports.sections import NO_SECTION, is_in_section, section_of
from reports.significance import Significance, told
from reports.tallies import HEAVIEST_FIRST, Bar, Delays, InTime, Tally, by_section, delays, in_time
from storage.observation import LastSeal, Looks, Makers
from storage.records import EventKind, HeldPage, PageState, Run

RUNS_LISTED: Final = 200
_MISSING: Final = (PageState.GONE, PageState.UNLISTED)
_WENT: Final = frozenset({EventKind.DELETED, EventKind.UNLISTED, EventKind.MOVED})
_CONTEXT: Final = 1
_ALIKE_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about. ``since`` and ``until``: moments of recording; ``level``: the lightest change that it tells."""

    since: datetime | None = None
    until: datetime | None = None
    site: str | None = None
    section: str | None = None
    level: Significance = Significance.COSMETIC

    def takes(self, url: str, site: str | None) -> bool:
        return self.site in {None, site} and (self.section is None or is_in_section(url, self.section))


@dataclass(frozen=True, slots=True)
class Source:
    """What a quotation names: the programs that looked and that wrote the report, and the store's own hashes."""

    program: str
    schema: str
    makers: Makers
    seal: LastSeal | None = None
    content_root: str | None = None


@dataclass(frozen=True, slots=True)
class ReportInput:
    """``changes`` (an edit with its comparison, where both versions are kept) and ``pages`` are gone through once, in order.

    ``runs``: all that are known, newest first.
    """

    scope: Scope
    changes: Iterable[tuple[Judged, Comparison | None]]
    pages: Iterable[Looks]
    runs: Sequence[Run]
    held: Sequence[HeldPage]
    source: Source


@dataclass(frozen=True, slots=True)
class VersionView:
    number: int
    content_sha256: str
    first_seen_at: datetime | None
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class EntryView:
    """``anchor`` is made of the event's id, and so the same in every report on this store."""

    anchor: str
    event_id: int | None
    title: str | None
    url: str
    kind: str
    why: str
    seen_at: datetime | None
    not_before: datetime | None
    moved_to: str | None
    also_at: list[str]
    others: list[str]
    more: int
    diff: Markup | None
    old: VersionView | None
    new: VersionView | None


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
class Missing:
    page: Looks
    anchor: str | None


@dataclass(frozen=True, slots=True)
class Pictures:
    """What is drawn, and the same numbers for a table."""

    in_time: InTime
    time_plot: Plot
    sections: list[Bar]
    section_plot: Plot
    delays: Delays
    delay_plot: Line


@dataclass(frozen=True, slots=True)
class ReportView:
    scope: Scope
    last_run: Run | None
    last_complete: datetime | None
    levels: list[str]
    counts: list[CountRow]
    lighter: int
    """So many changes are left out as too light."""
    pictures: Pictures
    baselines: list[str]
    sections: list[Section]
    missing: list[Missing]
    held: list[HeldPage]
    coverage: Coverage
    gaps: list[Gap]
    runs: Sequence[Run]
    runs_left_out: int
    source: Source


class Gathered:
    """The changes of a report, without their texts: of an edit nothing stays in memory but its diff as it will be shown."""

    def __init__(self) -> None:
        self.changes: list[Judged] = []
        self.tally = Tally()
        self.lighter = 0
        self._shown: dict[int, _Shown] = {}
        self._waiting: dict[tuple[object, ...], tuple[int, Comparison]] = {}

    def take(self, judged: Judged, comparison: Comparison | None) -> None:
        event = judged.event
        self.changes.append(judged)
        if event.baseline:
            return
        self.tally.count(event, judged.verdict.significance, section_of(event.url) or NO_SECTION)
        if event.kind is EventKind.EDITED and not event.technical:
            self.tally.count_edit(event, comparison.old.article.published if comparison else None)
        if comparison is not None:
            self._keep(judged, comparison)

    def _keep(self, judged: Judged, comparison: Comparison) -> None:
        """Of pages that changed alike, and of one that flips, only the last is shown: it isn't known yet which that is."""
        kind, key = fold_key(judged.event)
        if kind is Fold.SINGLE:
            self._shown[judged.event.id] = _shown(comparison)
        else:
            self._waiting[key] = (judged.event.id, comparison)

    def shown(self) -> dict[int, _Shown]:
        """By the event's id."""
        return self._shown | {event_id: _shown(comparison) for event_id, comparison in self._waiting.values()}


@dataclass(frozen=True, slots=True)
class _Shown:
    diff: Markup
    old: VersionView
    new: VersionView


def _view(comparison: Comparison) -> DiffView:
    """What stayed is told once, over both columns: a report of many changes would be a fifth longer."""
    view = diff_view(comparison, context=_CONTEXT)
    rows = [
        replace(row, facing=tuple(Facing(left=facing.left) for facing in row.facing)) if row.kind == "same" else row
        for row in view.rows
    ]
    return replace(view, rows=rows)


def _shown(comparison: Comparison) -> _Shown:
    draw = environment().get_template("macros.html.j2").module.diff  # type: ignore[attr-defined]
    old, new = (
        VersionView(version.number, version.content_sha256, version.first_seen_at, version.last_seen_at)
        for version in (comparison.old, comparison.new)
    )
    return _Shown(draw(_view(comparison)), old, new)


def report_pieces(given: ReportInput) -> Iterator[str]:
    """The page, piece by piece."""
    pieces = environment().get_template("report.html.j2").stream(report=report_view(given))
    pieces.enable_buffering(200)
    yield from pieces


def report_view(given: ReportInput) -> ReportView:
    scope, gathered = given.scope, _gathered(given)
    entries = fold(gathered.changes)
    told = [entry for entry in entries if entry.fold is not Fold.BASELINE]
    shown = gathered.shown()
    of_held = {item.url for item in given.held}
    pages = [page for page in given.pages if scope.takes(page.url, page.site)]
    held_here = {page.url for page in pages if page.url in of_held}
    runs = [run for run in given.runs if _is_before_the_end(run, scope)]
    within = [run for run in runs if scope.since is None or (run.finished_at or run.started_at) >= scope.since]
    complete = complete_runs(runs)
    return ReportView(
        scope=scope,
        last_run=runs[0] if runs else None,
        last_complete=complete[-1].finished_at if complete else None,
        levels=[level.label for level in HEAVIEST_FIRST],
        counts=_counts(item for item in gathered.changes if not item.event.baseline),
        lighter=gathered.lighter,
        pictures=_pictures(gathered.tally, within, scope),
        baselines=[_baseline(entry) for entry in entries if entry.fold is Fold.BASELINE],
        sections=[section for level in HEAVIEST_FIRST if (section := _section(level, told, shown)).entries],
        missing=_missing(pages, gathered.changes),
        held=[item for item in given.held if item.url in held_here],
        coverage=coverage(pages),
        gaps=[gap for gap in gaps(runs, until=scope.until) if _reaches_in(gap, scope)],
        runs=within[:RUNS_LISTED],
        runs_left_out=max(len(within) - RUNS_LISTED, 0),
        source=given.source,
    )


def _gathered(given: ReportInput) -> Gathered:
    gathered = Gathered()
    for judged, comparison in given.changes:
        if not given.scope.takes(judged.event.url, judged.event.site):
            continue
        if judged.verdict.significance < given.scope.level:
            gathered.lighter += not judged.event.baseline
        else:
            gathered.take(judged, comparison)
    return gathered


def _is_before_the_end(run: Run, scope: Scope) -> bool:
    return scope.site in {None, run.site} and (scope.until is None or run.started_at <= scope.until)


def _reaches_in(gap: Gap, scope: Scope) -> bool:
    return scope.since is None or gap.ended_at is None or gap.ended_at >= scope.since


def _pictures(tally: Tally, runs: Iterable[Run], scope: Scope) -> Pictures:
    time, sections, waited = in_time(tally, runs, scope.since, scope.until), by_section(tally), delays(tally)
    return Pictures(time, time_plot(time), sections, section_plot(sections), waited, delay_plot(waited))


def _counts(changes: Iterable[Judged]) -> list[CountRow]:
    counted = Counter((item.event.kind, item.verdict.significance) for item in changes)
    rows = []
    for kind in EventKind:
        by_level = [counted[kind, level] for level in HEAVIEST_FIRST]
        if any(by_level):
            rows.append(CountRow(kind.value, by_level, sum(by_level)))
    return rows


def _baseline(entry: Entry) -> str:
    return f"First crawl of {entry.first.site or 'an import'}: {len(entry.judged)} pages, the beginning of the record."


def _missing(pages: Iterable[Looks], changes: Iterable[Judged]) -> list[Missing]:
    """The pages that are gone or unlisted now, each with the change in this report that says so."""
    went = {item.event.url: _anchor(item.event.id) for item in changes if item.event.kind in _WENT}
    by_state = [[page for page in pages if page.state is state] for state in _MISSING]
    return [Missing(page, went.get(page.url)) for some in by_state for page in some]


def _section(level: Significance, entries: Iterable[Entry], shown: dict[int, _Shown]) -> Section:
    return Section(level.label, [_entry(entry, shown) for entry in entries if entry.significance is level])


def _anchor(event_id: int) -> str:
    """A line that only a newer reader made is no event and has its version's id, negated."""
    return f"change-{event_id}" if event_id > 0 else f"technical-{-event_id}"


def _entry(entry: Entry, shown: dict[int, _Shown]) -> EntryView:
    event = entry.last.event
    found = shown.get(event.id)
    urls = {item.event.url for item in entry.judged} - {event.url}
    is_group = entry.fold is Fold.GROUP
    return EntryView(
        anchor=_anchor(event.id),
        event_id=event.id if event.id > 0 else None,
        title=event.title,
        url=event.url,
        kind=event.kind.value,
        why=_why(entry),
        seen_at=event.seen_at,
        not_before=event.not_before,
        moved_to=event.moved_to,
        also_at=sorted({*event.also_at, *urls}) if entry.fold is Fold.SINGLE else [],
        others=sorted(urls)[:_ALIKE_SHOWN] if is_group else [],
        more=max(len(urls) - _ALIKE_SHOWN, 0) if is_group else 0,
        diff=found.diff if found else None,
        old=found.old if found else None,
        new=found.new if found else None,
    )


def _why(entry: Entry) -> str:
    event, verdict = entry.last.event, entry.last.verdict
    why = ", ".join(told(reason) for reason in verdict.reasons if reason != event.kind.value)
    if entry.fold is Fold.GROUP:
        why = f"{len(entry.judged)} pages changed alike: {why}"
    if entry.fold is Fold.FLAPPING:
        why = f"flapping between contents, {entry.flips} times: {why}"
    return f"technical, {why}" if event.technical else why
