"""How a run ended, and the exit code that says so: pure, from what the run counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from crawler.exit_codes import ExitCode
from crawler.ledger import FAILURES
from storage.records import Outcome, RunOutcome

MANY_FAILED: Final = 5
SHARE_FAILED: Final = 0.10
MANY_LISTED: Final = 3
FEW_LEFT: Final = 5
"""Lists that name less than a fifth of what they named are not believed."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a run was ended before its work was done."""

    cause: str
    """``blocked``, ``timeout``, ``shutdown``, ``network``, ``storage``, ``error``."""
    reason: str


@dataclass(frozen=True, slots=True)
class Tally:
    """What the run counted. ``lists_failed`` names list pages that couldn't be walked to their end."""

    outcomes: dict[Outcome, int]
    lists_failed: tuple[str, ...] = ()
    lists_emptied: tuple[str, ...] = ()
    lists_walked: int = 0
    listed: int = 0
    """Pages that the lists name in this run, and those that they named as far as the store knew before it."""
    listed_before: int = 0
    is_full_walk: bool = True
    expects_lists: bool = True
    stop: Stop | None = None
    errors: tuple[str, ...] = ()
    left_by_limit: int = 0
    files_unaccounted: int = 0
    """Files that were asked for and never answered. No other failure of a file makes a run partial."""


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: RunOutcome
    exit_code: ExitCode
    is_complete: bool
    note: str = field(default="")


_STOPS: Final = {
    "blocked": (RunOutcome.BLOCKED, ExitCode.BLOCKED),
    "timeout": (RunOutcome.TIMEOUT, ExitCode.TIME_LIMIT),
    "shutdown": (RunOutcome.INTERRUPTED, ExitCode.INTERRUPTED),
    "network": (RunOutcome.PARTIAL, ExitCode.PARTIAL),
    "storage": (RunOutcome.FAILED, ExitCode.STORAGE_UNUSABLE),
    "error": (RunOutcome.FAILED, ExitCode.UNEXPECTED),
}


def judge(tally: Tally) -> Verdict:
    """The verdict on a run, before it is settled (a mass disappearance is found only there)."""
    if tally.stop is not None:
        outcome, code = _STOPS[tally.stop.cause]
        return Verdict(outcome, code, is_complete=False, note=tally.stop.reason)
    if alarm := _structure_alarm(tally):
        return Verdict(RunOutcome.ALARM, ExitCode.STRUCTURE_ALARM, is_complete=False, note=alarm)
    if why := _why_partial(tally):
        return Verdict(RunOutcome.PARTIAL, ExitCode.PARTIAL, is_complete=False, note=why)
    if tally.left_by_limit:
        note = f"--limit left {tally.left_by_limit} pages for another run"
        return Verdict(RunOutcome.COMPLETE, ExitCode.COMPLETE, is_complete=False, note=note)
    return Verdict(RunOutcome.COMPLETE, ExitCode.COMPLETE, is_complete=True)


def _structure_alarm(tally: Tally) -> str:
    unread = tally.outcomes.get(Outcome.EXTRACT_FAILED, 0)
    read = tally.outcomes.get(Outcome.OK, 0)
    if unread and (read == 0 or (unread >= 5 and unread >= read)):
        return f"no article could be read on {unread} pages: has the site been redesigned?"
    if tally.lists_emptied:
        return f"the list {tally.lists_emptied[0]} is empty, though it wasn't before"
    if tally.expects_lists and tally.lists_walked and not tally.listed and not tally.lists_failed:
        return "no list page names a single article"
    if tally.is_full_walk and tally.listed_before >= MANY_LISTED and tally.listed * FEW_LEFT < tally.listed_before:
        return f"the lists name {tally.listed} articles, and named {tally.listed_before} before"
    return ""


def _why_partial(tally: Tally) -> str:
    total = sum(tally.outcomes.values())
    failed = sum(count for outcome, count in tally.outcomes.items() if outcome in FAILURES)
    if unaccounted := tally.outcomes.get(Outcome.UNACCOUNTED, 0) + tally.files_unaccounted:
        return f"{unaccounted} addresses were asked for and never answered"
    if tally.errors:
        return f"an error in the program: {tally.errors[0]}"
    if tally.lists_failed:
        return f"the list {tally.lists_failed[0]} couldn't be walked to its end"
    if tally.expects_lists and not tally.lists_walked:
        return "no list page answered"
    if failed > MANY_FAILED and failed > SHARE_FAILED * total:
        return f"{failed} of {total} addresses failed"
    return ""
