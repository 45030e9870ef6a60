from __future__ import annotations

from crawler.ledger import Ledger
from storage.records import Outcome


def test_an_address_is_asked_for_once() -> None:
    ledger = Ledger()
    assert ledger.ask("a")
    assert not ledger.ask("a")
    assert "a" in ledger
    assert len(ledger) == 1


def test_an_address_without_an_outcome_is_open_and_counts_as_unaccounted() -> None:
    ledger = Ledger()
    ledger.ask("a")
    ledger.ask("b")
    ledger.close("b", Outcome.OK)
    assert ledger.open_addresses() == ["a"]
    assert ledger.counts() == {Outcome.UNACCOUNTED: 1, Outcome.OK: 1}


def test_a_second_look_replaces_the_first_outcome() -> None:
    ledger = Ledger()
    ledger.ask("a")
    ledger.close("a", Outcome.GONE)
    ledger.close("a", Outcome.OK)
    assert ledger.counts() == {Outcome.OK: 1}


def test_a_page_that_is_gone_moved_or_denied_has_not_failed() -> None:
    ledger = Ledger()
    for number, outcome in enumerate(Outcome):
        ledger.ask(str(number))
        ledger.close(str(number), outcome)
    fine = {"ok", "not_modified", "gone", "moved", "soft_404", "out_of_scope", "robots_denied", "suspect", "forgotten"}
    assert ledger.failed() == len(Outcome) - len(fine)
