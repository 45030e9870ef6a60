"""The ledger: every address that was asked for in a run ends in exactly one outcome, else the run is partial."""

from __future__ import annotations

from collections import Counter
from typing import Final

from storage.records import Outcome

FAILURES: Final = frozenset(
    {
        Outcome.NET_ERROR,
        Outcome.HTTP_ERROR,
        Outcome.PARTIAL,
        Outcome.UNDECODABLE,
        Outcome.WRONG_TYPE,
        Outcome.TOO_LARGE,
        Outcome.EMPTY,
        Outcome.BLOCKED,
        Outcome.MAINTENANCE,
        Outcome.EXTRACT_FAILED,
        Outcome.UNACCOUNTED,
    }
)


class Ledger:
    def __init__(self) -> None:
        self._outcomes: dict[str, Outcome | None] = {}

    def __contains__(self, url: str) -> bool:
        return url in self._outcomes

    def __len__(self) -> int:
        return len(self._outcomes)

    def ask(self, url: str) -> bool:
        """Enter an address; False when it has been asked for already."""
        if url in self._outcomes:
            return False
        self._outcomes[url] = None
        return True

    def close(self, url: str, outcome: Outcome) -> None:
        """The address's outcome; that of a second look replaces the first."""
        self._outcomes[url] = outcome

    def outcome(self, url: str) -> Outcome | None:
        return self._outcomes.get(url)

    def open_addresses(self) -> list[str]:
        return [url for url, outcome in self._outcomes.items() if outcome is None]

    def counts(self) -> Counter[Outcome]:
        return Counter(outcome or Outcome.UNACCOUNTED for outcome in self._outcomes.values())

    def failed(self) -> int:
        return sum(count for outcome, count in self.counts().items() if outcome in FAILURES)
