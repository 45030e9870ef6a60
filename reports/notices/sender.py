"""The outbox worked off: what waits is put together, and what is due is sent. Nothing is sent inside a transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from reports.entries import Judged, fold
from reports.notices.matching import asks_for
from reports.notices.planning import Plan, plan
from reports.notices.posting import NotSent
from reports.notices.timing import digest_end, is_quiet, next_try
from reports.notices.wording import Message, Notice, worded
from storage import outbox, queries
from storage.engine import reading
from storage.notice_rules import Rule, When
from storage.outbox import Due, Waiting
from storage.transactions import written
from storage.words import texts_of

if TYPE_CHECKING:
    from sqlalchemy import Engine

Judge = Callable[..., Iterable[Judged]]
"""The events of a run (``run_id``) or since a moment (``since``), each with its verdict."""


class Sends(Protocol):
    @property
    def longest(self) -> int | None: ...
    def send(self, message: Message) -> None:
        """Raises NotSent."""


@dataclass(slots=True)
class Report:
    """``failed``: for each address that was asked in vain, the rule, the address's name and why."""

    sent: int = 0
    failed: list[tuple[str, str, str]] = field(default_factory=list)
    left: int = 0
    """Not tried, behind one that failed at the same address."""
    unknown: set[str] = field(default_factory=set)
    """Rules that have something to tell and that the settings know no more."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What would be sent, and to whom."""

    rule: str
    targets: tuple[str, ...]
    message: Message


class Sender:
    """One pass over the outbox. The caller holds the sender's lock."""

    def __init__(self, engine: Engine, rules: Sequence[Rule], judge: Judge, clock: Callable[[], datetime]) -> None:
        self._engine, self._judge, self._clock = engine, judge, clock
        self._rules = {rule.name: rule for rule in rules}
        self._judged: dict[int, dict[int, Judged]] = {}

    # --- put together -------------------------------------------------------------------------------------------------
    def put_together(self) -> int:
        """Make notices of what waits and may be told now; how many."""
        made = 0
        for rule in self._rules.values():
            found = self.planned(rule)
            if found.drafts or found.passed:
                made += self._make(found)
        return made

    def _make(self, found: Plan) -> int:
        now = self._clock()
        return written(self._engine, lambda connection: outbox.make(connection, found.drafts, found.passed, now))

    def planned(self, rule: Rule) -> Plan:
        before = None if rule.when is When.AT_ONCE else digest_end(rule, self._clock())
        with reading(self._engine) as connection:
            rows = outbox.waiting(connection, [rule.name], before)
        judged = self._verdicts(rows)
        texts = self._texts(judged) if rule.words else {}
        return plan(rule, rows, judged, lambda item: asks_for(rule, item, texts.get(item.event.id, ())))

    def _verdicts(self, rows: Sequence[Waiting]) -> dict[int, Judged]:
        wanted = {row.told_by for row in rows if row.told_by is not None}
        found: dict[int, Judged] = {}
        for run_id in sorted({row.run_id for row in rows if row.run_id is not None}):
            found |= self._of_run(run_id)
        if any(row.run_id is None for row in rows):
            since = min(row.recorded_at for row in rows if row.run_id is None)
            found |= {item.event.id: item for item in self._judge(self._engine, since=since)}
        return {id_: found[id_] for id_ in found if id_ in wanted}

    def _of_run(self, run_id: int) -> dict[int, Judged]:
        if run_id not in self._judged:
            self._judged[run_id] = {item.event.id: item for item in self._judge(self._engine, run_id=run_id)}
        return self._judged[run_id]

    def _texts(self, judged: Mapping[int, Judged]) -> dict[int, list[str]]:
        """What the pages say now, and what they said before."""
        texts: dict[int, list[str]] = {id_: [item.event.title or ""] for id_, item in judged.items()}
        for before in (False, True):
            for event_id, version in queries.versions_shown(self._engine, list(judged), before=before):
                texts[event_id] += texts_of(version.article)
        return texts

    # --- send ---------------------------------------------------------------------------------------------------------
    def send(self, posts: Mapping[str, Mapping[str, Sends]], *, eager: bool = False) -> Report:
        """Try all that is due, each mark in a transaction of its own; ``eager``: also what waits for its next try.

        An address that fails isn't asked again in this pass: what else is for it stays due.
        """
        report, silent = Report(), set[tuple[str, str]]()
        with reading(self._engine) as connection:
            report.unknown = outbox.rules_waiting(connection) - set(self._rules)
        for due in self._due(eager=eager):
            post = posts.get(due.rule, {}).get(due.target)
            if post is None or (due.rule, due.target) in silent:
                report.left += 1
                continue
            try:
                if self._try(due, post):
                    report.sent += 1
            except NotSent as error:
                silent.add((due.rule, due.target))
                report.failed.append((due.rule, due.target, str(error)))
        return report

    def _due(self, *, eager: bool) -> list[Due]:
        """Those that were tried least come first: one that a service always refuses stands in nobody's way."""
        now = self._clock()
        awake = [rule.name for rule in self._rules.values() if not is_quiet(rule, now)]
        with reading(self._engine) as connection:
            found = outbox.due(connection, awake, None if eager else now)
        return sorted(found, key=lambda due: (due.tries, due.delivery_id))

    def _try(self, due: Due, post: Sends) -> bool:
        """Whether it was sent; False where there is nothing left to tell. Raises NotSent, once that is marked."""
        message = self.message(due, post.longest)
        if message is None:
            written(self._engine, lambda connection: outbox.mark_void(connection, due.delivery_id))
            return False
        try:
            post.send(message)
        except NotSent as error:
            self._mark_failed(due, str(error))
            raise
        written(self._engine, lambda connection: outbox.mark_sent(connection, due.delivery_id, self._clock()))
        return True

    def _mark_failed(self, due: Due, why: str) -> None:
        now = self._clock()
        then = next_try(now, due.tries + 1)
        written(self._engine, lambda connection: outbox.mark_failed(connection, due.delivery_id, now, why, then))

    def message(self, due: Due, longest: int | None = None) -> Message | None:
        """A notice in words, out of the record as it is now; None where all its pages were forgotten."""
        with reading(self._engine) as connection:
            rows = outbox.events_in(connection, due.notice_id)
        judged = self._verdicts(rows)
        told = [judged[id_] for id_ in dict.fromkeys(row.told_by for row in rows) if id_ in judged]
        if not told:
            return None
        return worded(self._notice(due.uid, self._rules[due.rule], due.shape, told, rows), longest)

    def _notice(self, uid: str, rule: Rule, shape: str, told: Iterable[Judged], rows: Iterable[Waiting]) -> Notice:
        uids = {row.event_id: row.uid for row in rows if row.event_id is not None}
        return Notice(uid, rule.name, shape, fold(told), uids, rule.zone)

    # --- shown --------------------------------------------------------------------------------------------------------
    def shown(self) -> Iterator[Shown]:
        """What ``put_together`` and ``send`` would send; nothing is written."""
        with reading(self._engine) as connection:
            due = outbox.due(connection, list(self._rules), None)
        by_notice: dict[int, list[Due]] = {}
        for each in due:
            by_notice.setdefault(each.notice_id, []).append(each)
        for some in by_notice.values():
            message = self.message(some[0])
            if message is not None:
                yield Shown(some[0].rule, tuple(each.target for each in some), message)
        for rule in self._rules.values():
            found = self.planned(rule)
            for draft, entries in zip(found.drafts, found.entries, strict=True):
                told = [item for entry in entries for item in entry.judged]
                notice = self._notice(draft.uid, rule, draft.shape, told, draft.rows)
                yield Shown(rule.name, draft.targets, worded(notice))
