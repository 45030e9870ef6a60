"""Times in which nobody looked. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from storage.records import Run, RunMode, RunOutcome

if TYPE_CHECKING:
    from storage.run_times import RunTimes

    Looked = Run | RunTimes

INTERVAL: Final = timedelta(hours=24)
"""How often a site is looked at while there is no plan."""
LATE: Final = 1.5
"""Two complete runs further apart than this many intervals leave a gap: one run was missed."""
OVERDUE: Final = 3
"""``status`` raises the alarm after this many."""
_LOOKING: Final = frozenset({RunMode.FULL, RunMode.DUE})


@dataclass(frozen=True, slots=True)
class Gap:
    """From the end of a complete run to the end of the next; ``ended_at`` is None for one that is still open."""

    site: str | None
    began_at: datetime
    ended_at: datetime | None


def complete_runs(runs: Iterable[Looked]) -> list[Looked]:
    """Runs that looked at a whole site, oldest first. ``new`` and ``--url`` runs leave the known pages alone and don't count."""
    looked = [
        run
        for run in runs
        if run.outcome is RunOutcome.COMPLETE
        and run.is_complete
        and run.mode in _LOOKING
        and run.finished_at is not None
    ]
    return sorted(looked, key=lambda run: (run.finished_at or run.started_at, run.id))


def gaps(runs: Iterable[Looked], *, until: datetime | None = None, interval: timedelta = INTERVAL) -> list[Gap]:
    """Per site, oldest first. With ``until`` also the gap that is open then."""
    ends: dict[str | None, list[datetime]] = {}
    for run in complete_runs(runs):
        if run.finished_at is not None:
            ends.setdefault(run.site, []).append(run.finished_at)
    found = []
    for site, moments in ends.items():
        found += [Gap(site, a, b) for a, b in pairwise(moments) if b - a > LATE * interval]
        if until is not None and until - moments[-1] > LATE * interval:
            found.append(Gap(site, moments[-1], None))
    return sorted(found, key=lambda gap: (gap.began_at, gap.site or ""))


def overdue_sites(runs: Iterable[Looked], *, now: datetime, interval: timedelta = INTERVAL) -> list[str]:
    """Sites that were crawled at some time and have had no complete run for three intervals.

    A site whose runs all failed counts from its first one. A store that was never crawled is not overdue: nobody promised.
    """
    since: dict[str, datetime] = {}
    for run in sorted((run for run in runs if run.site and run.mode in _LOOKING), key=lambda run: run.started_at):
        assert run.site is not None  # noqa: S101 - filtered above
        since.setdefault(run.site, run.started_at)
        if run.outcome is RunOutcome.COMPLETE and run.finished_at is not None:
            since[run.site] = max(since[run.site], run.finished_at)
    return sorted(site for site, moment in since.items() if now - moment > OVERDUE * interval)
