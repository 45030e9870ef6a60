"""Pages that led elsewhere wait until it is known what stands there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from storage.records import Capture, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.ledger import Ledger


class Moves:
    """The moves of one run, by the address that was asked for."""

    def __init__(self) -> None:
        self._held: dict[str, Capture] = {}

    def hold(self, url: str, capture: Capture) -> None:
        self._held[url] = capture

    def resolved(self, ledger: Ledger) -> Iterator[Capture]:
        """Each as what it is once its target has answered; the ledger is told."""
        for url, capture in self._held.items():
            found = self._resolve(capture, ledger)
            ledger.close(url, found.outcome)
            yield found

    def _resolve(self, capture: Capture, ledger: Ledger) -> Capture:
        target, steps = capture.moved_to or "", 0
        while target in self._held and steps <= len(self._held):
            target, steps = self._held[target].moved_to or "", steps + 1
        if target in self._held or target == capture.url:
            return replace(capture, outcome=Outcome.HTTP_ERROR, reason="a redirect loop", moved_to=None)
        what = ledger.outcome(target)
        if what in (Outcome.OK, Outcome.NOT_MODIFIED):
            return replace(capture, moved_to=target)
        if what in (Outcome.GONE, Outcome.SOFT_404):
            return replace(capture, outcome=Outcome.GONE, reason="moved to an address that is gone", moved_to=None)
        return replace(
            capture, outcome=Outcome.HTTP_ERROR, reason="moved to an address that gave no article", moved_to=None
        )
