"""Lists of changes, pages, versions, runs and held pages as sheets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from rich.text import Text

from reports.entries import Entry, Fold
from reports.instants import for_people, rfc3339
from reports.render.table import Cell, Sheet
from reports.render.text import visible
from reports.significance import Significance, told
from storage.records import HeldPage, Page, Run, Version
from storage.search import Finding, Passage

_ALIKE_SHOWN: Final = 3
"""Of pages that changed alike so many are named."""

Clock = Callable[[datetime | None], str]
"""How a moment is written."""

KIND_STYLE: Final = {
    "new": "green",
    "edited": "yellow",
    "deleted": "bold red",
    "restored": "green",
    "moved": "cyan",
    "unlisted": "magenta",
    "relisted": "green",
    "forgotten": "dim",
}
WEIGHT_STYLE: Final = {
    Significance.SUBSTANTIVE: "bold",
    Significance.MINOR: "",
    Significance.COSMETIC: "dim",
}


def machine_time(moment: datetime | None) -> str:
    return rfc3339(moment) if moment else ""


def changes_sheet(entries: Iterable[Entry], clock: Clock, *, all_pages: bool = False) -> Sheet:
    """``all_pages``: of pages that changed alike name all, not only the first few."""
    sheet = Sheet(("SEEN", "KIND", "SIGNIFICANCE", "WHY", "PAGE"), lead=3)
    for entry in entries:
        sheet.add(*_entry_row(entry, clock, all_pages=all_pages))
    return sheet


def _entry_row(entry: Entry, clock: Clock, *, all_pages: bool) -> tuple[Cell, ...]:
    event, verdict = entry.last.event, entry.last.verdict
    kind = (event.kind.value, KIND_STYLE[event.kind.value])
    weight = (entry.significance.label, WEIGHT_STYLE[entry.significance])
    why = ", ".join(told(reason) for reason in verdict.reasons if reason != event.kind.value)
    if entry.fold is Fold.BASELINE:
        count = len(entry.judged)
        return (
            clock(event.seen_at),
            kind,
            "",
            "first crawl",
            f"{count} pages of {event.site or 'an import'}: the beginning of the record",
        )
    if entry.fold is Fold.GROUP:
        return (
            clock(event.seen_at),
            kind,
            weight,
            why,
            f"{len(entry.judged)} pages changed alike: {_some(entry, all_pages=all_pages)}",
        )
    if entry.fold is Fold.FLAPPING:
        why = f"flapping, {entry.flips} times"
    if event.technical:
        why = f"technical, {why}"
    where = page_name(event.title, event.url)
    where += f" -> {visible(event.moved_to)}" if event.moved_to else ""
    also = sorted({*event.also_at, *(judged.event.url for judged in entry.judged)} - {event.url})
    where += f" (also at {', '.join(map(visible, also))})" if also else ""
    return clock(event.seen_at), kind, weight, why, where


def _some(entry: Entry, *, all_pages: bool) -> str:
    urls = sorted({judged.event.url for judged in entry.judged})
    shown = urls if all_pages else urls[:_ALIKE_SHOWN]
    more = f" and {len(urls) - len(shown)} more (-v)" if len(urls) > len(shown) else ""
    return ", ".join(map(visible, shown)) + more


def page_name(title: str | None, url: str) -> str:
    """Title and address, each made safe on its own."""
    return f"{visible(title)} <{visible(url)}>" if title else visible(url)


def pages_sheet(pages: Iterable[Page], clock: Clock) -> Sheet:
    sheet = Sheet(("STATE", "VERSIONS", "LAST SEEN", "PAGE"), lead=3)
    for page in pages:
        sheet.add(page.state.value, str(page.versions), clock(page.last_seen_at), page_name(page.title, page.url))
    return sheet


def history_sheet(versions: Iterable[Version], clock: Clock) -> Sheet:
    sheet = Sheet(("VERSION", "FIRST SEEN", "LAST SEEN", "CAPTURES", "SHA-256", "TITLE"), lead=5)
    for version in versions:
        mark = " (technical)" if version.technical else ""
        sheet.add(
            str(version.number),
            clock(version.first_seen_at),
            clock(version.last_seen_at),
            str(version.captures),
            version.content_sha256[:12],
            f"{version.article.title or ''}{mark}",
        )
    return sheet


def runs_sheet(runs: Iterable[Run], clock: Clock) -> Sheet:
    sheet = Sheet(("RUN", "SITE", "MODE", "STARTED", "OUTCOME", "REQUESTS", "CHANGES", "NOTE"), lead=6)
    for run in runs:
        outcome = run.outcome.value if run.outcome else "unfinished"
        style = "green" if outcome == "complete" else "yellow"
        changes = ", ".join(f"{count} {kind}" for kind, count in run.events.items() if count)
        sheet.add(
            str(run.id),
            run.site or "",
            run.mode.value,
            clock(run.started_at),
            (outcome, style),
            str(run.requests),
            changes,
            run.note,
        )
    return sheet


def fields_sheet(runs: Iterable[Run]) -> Sheet:
    """How many of the articles that runs read had each field."""
    sheet = Sheet(("RUN", "ARTICLES", "TITLE", "DATE", "BODY", "LINKS", "MEDIA", "MEDIAN LENGTH"), lead=7)
    for run in runs:
        if run.fields.get("articles"):
            shares = (f"{run.fields[name]:.0%}" for name in ("title", "published", "body", "links", "media"))
            sheet.add(str(run.id), f"{run.fields['articles']:.0f}", *shares, f"{run.fields['median_length']:.0f}")
    return sheet


def held_sheet(held: Iterable[HeldPage], clock: Clock) -> Sheet:
    sheet = Sheet(("ID", "KIND", "HELD", "REASON", "PAGE"), lead=3)
    for item in held:
        target = f" -> {visible(item.moved_to)}" if item.moved_to else ""
        sheet.add(str(item.id), item.kind, clock(item.held_at), item.reason, f"{visible(item.url)}{target}")
    return sheet


def findings_sheet(findings: Iterable[Finding], clock: Clock) -> Sheet:
    """What search found, a page a row."""
    sheet = Sheet(("FIRST SEEN", "LAST SEEN", "VERSIONS", "NOW", "PAGE", "PASSAGE"), lead=2)
    for found in findings:
        sheet.add(
            clock(found.first_seen_at),
            clock(found.last_seen_at),
            ranges(found.versions),
            _now(found, clock),
            page_name(found.title, found.url),
            _passage(found.passage),
        )
    return sheet


def ranges(numbers: Iterable[int]) -> str:
    """1, 2, 3 and 7 as "1-3, 7"; in the order in which they are given."""
    rows: list[list[int]] = []
    for number in numbers:
        if rows and number == rows[-1][-1] + 1:
            rows[-1] = [rows[-1][0], number]
        else:
            rows.append([number])
    return ", ".join("-".join(map(str, row)) for row in rows)


def _now(found: Finding, clock: Clock) -> Cell:
    """What became of it."""
    if found.removal:
        went = found.removal
        since = f"after {clock(went.not_before)}, " if went.not_before else ""
        return (f"removed in version {went.version}: {since}by {clock(went.seen_at)}", "red")
    return "read so no longer" if found.superseded else found.state.value


def _passage(passage: Passage) -> Text:
    text, at = Text(), 0
    for start, end in passage.spans:
        text.append(visible(passage.text[at:start]))
        text.append(visible(passage.text[start:end]), "bold yellow")
        at = end
    return text.append(visible(passage.text[at:]))


def terminal_time(moment: datetime | None) -> str:
    return for_people(moment)
