"""Events as a person is told of them: what belongs together is one entry. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from reports.significance import Significance, Verdict
from storage.records import Event


@dataclass(frozen=True, slots=True)
class Judged:
    """An event with the verdict on it."""

    event: Event
    verdict: Verdict


class Fold(StrEnum):
    SINGLE = "single"
    BASELINE = "baseline"
    GROUP = "group"
    FLAPPING = "flapping"


@dataclass(slots=True)
class Entry:
    """``judged``: in the order in which they came; never empty. A single entry may stand for an article at several addresses."""

    fold: Fold
    judged: list[Judged] = field(default_factory=list)

    @property
    def first(self) -> Event:
        return self.judged[0].event

    @property
    def last(self) -> Judged:
        return self.judged[-1]

    @property
    def flips(self) -> int:
        """How often a flapping page changed."""
        return sum(max(judged.event.flips, 1) for judged in self.judged)

    @property
    def significance(self) -> Significance:
        return max(judged.verdict.significance for judged in self.judged)


def fold(judged: Iterable[Judged]) -> list[Entry]:
    """A site's first crawl is one entry, pages that changed alike are one, a page that flips to and fro is one, and an article
    that stands at two addresses is one. Each entry stands where its first event stood."""
    entries: dict[tuple[object, ...], Entry] = {}
    for item in judged:
        kind, key = fold_key(item.event)
        entries.setdefault(key, Entry(kind)).judged.append(item)
    return list(entries.values())


def fold_key(event: Event) -> tuple[Fold, tuple[object, ...]]:
    """What an event's entry is known by."""
    if event.baseline:
        return Fold.BASELINE, (Fold.BASELINE, event.site, event.run_id)
    if event.group:
        return Fold.GROUP, (Fold.GROUP, event.group)
    if event.flapping:
        return Fold.FLAPPING, (Fold.FLAPPING, event.url)
    if event.also_at:
        twins = tuple(sorted({event.url, *event.also_at}))
        return Fold.SINGLE, (Fold.SINGLE, event.kind, event.run_id, twins, event.fields)
    return Fold.SINGLE, (Fold.SINGLE, event.id)
