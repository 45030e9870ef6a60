from __future__ import annotations

import pytest

from crawler.exit_codes import ExitCode
from crawler.verdict import Stop, Tally, judge
from storage.records import Outcome, RunOutcome

FINE = {Outcome.OK: 60}


def tally(outcomes: dict[Outcome, int] | None = None, **changes: object) -> Tally:
    return Tally(**{"outcomes": outcomes or FINE, "lists_walked": 3, "listed": 60, **changes})  # type: ignore[arg-type]


def test_a_run_with_every_list_walked_and_every_address_answered_is_complete() -> None:
    verdict = judge(tally())
    assert (verdict.outcome, verdict.exit_code, verdict.is_complete) == (RunOutcome.COMPLETE, ExitCode.COMPLETE, True)


@pytest.mark.parametrize(
    ("failed", "total", "is_partial"),
    [(5, 5, False), (6, 60, False), (6, 59, True), (7, 60, True), (100, 1000, False), (101, 1000, True)],
)
def test_a_run_is_partial_when_more_than_five_and_more_than_a_tenth_failed(
    failed: int, total: int, is_partial: bool
) -> None:
    verdict = judge(tally({Outcome.OK: total - failed, Outcome.NET_ERROR: failed}))
    assert (verdict.exit_code == ExitCode.PARTIAL) is is_partial
    assert verdict.is_complete is not is_partial


def test_one_address_without_an_outcome_makes_the_run_partial() -> None:
    verdict = judge(tally({Outcome.OK: 1000, Outcome.UNACCOUNTED: 1}))
    assert verdict.exit_code == ExitCode.PARTIAL
    assert not verdict.is_complete


def test_a_list_that_failed_makes_the_run_partial_and_names_the_list() -> None:
    verdict = judge(tally(lists_failed=("/news/smi/",)))
    assert verdict.exit_code == ExitCode.PARTIAL
    assert "/news/smi/" in verdict.note


def test_no_list_at_all_makes_the_run_partial_unless_none_was_to_be_walked() -> None:
    assert judge(tally(lists_walked=0, listed=0)).exit_code == ExitCode.PARTIAL
    assert judge(tally(lists_walked=0, listed=0, expects_lists=False)).exit_code == ExitCode.COMPLETE


def test_pages_of_which_none_can_be_read_are_a_structure_alarm() -> None:
    assert judge(tally({Outcome.EXTRACT_FAILED: 1})).exit_code == ExitCode.STRUCTURE_ALARM
    assert judge(tally({Outcome.EXTRACT_FAILED: 5, Outcome.OK: 5})).exit_code == ExitCode.STRUCTURE_ALARM
    assert judge(tally({Outcome.EXTRACT_FAILED: 4, Outcome.OK: 4})).outcome is RunOutcome.COMPLETE


def test_lists_that_name_nothing_are_a_structure_alarm() -> None:
    assert judge(tally(listed=0)).exit_code == ExitCode.STRUCTURE_ALARM
    assert judge(tally(lists_emptied=("/news/",))).exit_code == ExitCode.STRUCTURE_ALARM


@pytest.mark.parametrize(
    ("cause", "code"),
    [("blocked", 18), ("timeout", 15), ("shutdown", 11), ("network", 12), ("storage", 17), ("error", 1)],
)
def test_a_run_that_was_stopped_says_why_and_is_never_complete(cause: str, code: int) -> None:
    verdict = judge(tally(stop=Stop(cause, "because")))
    assert (int(verdict.exit_code), verdict.note, verdict.is_complete) == (code, "because", False)


def test_an_error_in_the_program_makes_the_run_partial() -> None:
    assert judge(tally(errors=("ValueError: odd",))).exit_code == ExitCode.PARTIAL


def test_a_limit_that_left_pages_ends_well_but_calls_no_page_gone() -> None:
    verdict = judge(tally(left_by_limit=3))
    assert (verdict.exit_code, verdict.is_complete) == (ExitCode.COMPLETE, False)
    assert "3" in verdict.note
