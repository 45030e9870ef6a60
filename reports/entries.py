"""Events as a person is told of them: what belongs together is one entry. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from reports.significance import Significance, Verdict
from storage.records import Event, EventKind


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
    RUN = "run"
    """Edits of one run, too many to be told one by one (``crowded``)."""


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


def crowded(entries: Iterable[Entry], most: int) -> list[Entry]:
    """The same, with a run's lone edits as one entry where they are more than ``most``, in the place of the first."""
    told = list(entries)
    counts = Counter(entry.first.run_id for entry in told if _is_lone_edit(entry))
    made: dict[tuple[object, ...], Entry] = {}
    for place, entry in enumerate(told):
        if _is_lone_edit(entry) and counts[entry.first.run_id] > most:
            made.setdefault((Fold.RUN, entry.first.run_id), Entry(Fold.RUN)).judged.extend(entry.judged)
        else:
            made[place,] = entry
    return list(made.values())


def _is_lone_edit(entry: Entry) -> bool:
    return entry.fold is Fold.SINGLE and entry.first.kind is EventKind.EDITED


def fold_key(event: Event) -> tuple[Fold, tuple[object, ...]]:
    """How an event is told, and what it shares with those that are told in one entry with it."""
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
