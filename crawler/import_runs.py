"""The run of an import: saved captures stored in batches, then settled as captures from the past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from crawler.exit_codes import ExitCode
from crawler.pages.reading import READER_VERSION
from crawler.version import program_version
from crawler.warcs import DamagedWarc
from storage.records import Capture, Outcome, RunMode, RunOutcome, RunReport

if TYPE_CHECKING:
    from storage.archive import Archive

BATCH: Final = 50
"""Captures in one transaction (RULES "Run")."""


@dataclass(frozen=True, slots=True)
class NotRead:
    """A capture that was stored, but in which no article was found."""

    where: str
    url: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """``captures`` counts by outcome, ``events`` by kind; these lie in the past and notify nobody. ``known``: how many of the
    captures an earlier import had stored."""

    run_id: int
    captures: Mapping[str, int]
    events: Mapping[str, int]
    not_read: tuple[NotRead, ...]
    exit_code: ExitCode
    known: int = 0
    forgotten: int = 0
    """Captures of pages that the store was told to forget: they were left out."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """Records of WARC files that no capture was made of, by the reason."""


@dataclass
class Count:
    outcomes: Counter[str] = field(default_factory=Counter)
    bytes: int = 0
    known: int = 0
    not_read: list[NotRead] = field(default_factory=list)
    forgotten: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


def store(archive: Archive, captures: Iterator[Capture], count: Count) -> ImportSummary:
    """``count`` is kept by who makes the captures. A damaged record ends the run: what came before it is stored and settled."""
    run_id = archive.begin_run(None, RunMode.IMPORT, reader_version=READER_VERSION, program_version=program_version())
    damage = _record(archive, run_id, captures, count)
    report = _damaged(count, damage) if damage else _report(count)
    settlement = archive.settle(run_id, report)
    if damage is not None:
        kept = count.outcomes.total() - count.forgotten
        raise DamagedWarc(damage.where, f"{damage.what}. The {kept} captures before it are kept.") from damage
    code = ExitCode(report.exit_code)
    outcomes, not_read, skipped = dict(count.outcomes), tuple(count.not_read), dict(count.skipped)
    return ImportSummary(run_id, outcomes, settlement.events, not_read, code, count.known, count.forgotten, skipped)


def _record(archive: Archive, run_id: int, captures: Iterator[Capture], count: Count) -> DamagedWarc | None:
    batch: list[Capture] = []
    damage = None
    try:
        for capture in captures:
            batch.append(capture)
            if len(batch) == BATCH:
                _write(archive, run_id, batch, count)
                batch = []
    except DamagedWarc as error:
        damage = error
    _write(archive, run_id, batch, count)
    return damage


def _write(archive: Archive, run_id: int, batch: list[Capture], count: Count) -> None:
    stored = archive.record(run_id, batch)
    count.known += sum(not each.is_new for each in stored)
    count.forgotten += len(batch) - len(stored)


def _report(count: Count) -> RunReport:
    """An import walks no list, so it is never complete: it calls no page gone and is nobody's first crawl."""
    failed, total = len(count.not_read), count.outcomes.total()
    is_partial = failed > 5 and failed * 10 > total
    return RunReport(
        outcome=RunOutcome.PARTIAL if is_partial else RunOutcome.COMPLETE,
        exit_code=ExitCode.PARTIAL if is_partial else ExitCode.COMPLETE,
        is_complete=False,
        walked_lists=False,
        looked_twice=False,
        requests=0,
        bytes=count.bytes,
        note=f"{failed} of {total} captures hold no article" if failed else "",
    )


def _damaged(count: Count, damage: DamagedWarc) -> RunReport:
    return RunReport(
        outcome=RunOutcome.FAILED,
        exit_code=ExitCode.USAGE,
        is_complete=False,
        walked_lists=False,
        looked_twice=False,
        requests=0,
        bytes=count.bytes,
        note=f"a damaged record ended it: {damage.what}",
    )
