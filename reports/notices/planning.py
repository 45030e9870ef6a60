"""What a rule's events are put together to: a notice each, one summary of a run with many, or one digest. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from reports.entries import Entry, Judged, fold
from storage.notice_rules import Rule, When
from storage.outbox import Draft, Waiting

MANY: Final = 20
"""More entries than this in one run are told in one summary: a redesign mustn't ring five thousand times."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``drafts`` beside what each tells; ``passed``: rows that are told to nobody."""

    drafts: tuple[Draft, ...]
    entries: tuple[tuple[Entry, ...], ...]
    passed: tuple[Waiting, ...]


def plan(rule: Rule, rows: Sequence[Waiting], judged: Mapping[int, Judged], is_asked: Callable[[Judged], bool]) -> Plan:
    """``judged``: by the id of the event in whose line it is told. A row whose event isn't there is passed."""
    by_event: dict[int, list[Waiting]] = defaultdict(list)
    passed = []
    for row in rows:
        found = judged.get(row.told_by) if row.told_by is not None else None
        if found is None or not is_asked(found):
            passed.append(row)
        else:
            by_event[found.event.id].append(row)
    told = fold(judged[id_] for id_ in by_event)
    drafts, entries = [], []
    for shape, some in _shaped(rule, told):
        taken = tuple(row for entry in some for item in entry.judged for row in by_event[item.event.id])
        drafts.append(Draft(rule.name, shape, taken, rule.targets))
        entries.append(tuple(some))
    return Plan(tuple(drafts), tuple(entries), tuple(passed))


def _shaped(rule: Rule, told: Sequence[Entry]) -> Iterable[tuple[str, Sequence[Entry]]]:
    if rule.when is not When.AT_ONCE:
        yield from [("digest", told)] if told else []
        return
    by_run: dict[int | None, list[Entry]] = defaultdict(list)
    for entry in told:
        by_run[entry.first.run_id].append(entry)
    for some in by_run.values():
        yield from [("summary", some)] if len(some) > MANY else (("single", [entry]) for entry in some)
