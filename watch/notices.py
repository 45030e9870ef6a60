"""Notices, wired: the rules of the settings, the outbox of the store, and whoever carries a message."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from reports.instants import rfc3339, rfc3339_or_none
from reports.render.text import visible

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from reports.entries import Judged
    from reports.notices.posting import Post
    from reports.notices.sender import Report, Sender
    from storage.configuration import Configuration
    from storage.notice_rules import Rule
    from storage.outbox import Backlog

Posts = dict[str, dict[str, "Post"]]
AGAIN: Final = "csto-watch notify sends again"


def posts_for(found: Configuration, rules: Sequence[Rule]) -> Posts:
    """Every address of these rules, ready to be used. Raises ConfigurationFault for one that can't be."""
    if not rules:
        return {}
    from reports.notices.posting import posts_of  # noqa: PLC0415 - few commands send anything

    return {rule.name: posts_of(rule, os.environ, found.file) for rule in rules}


def sender_of(engine: Engine, rules: Sequence[Rule]) -> Sender:
    from reports.notices.sender import Sender  # noqa: PLC0415 - as above

    return Sender(engine, rules, _judge, lambda: datetime.now(UTC))


def _judge(engine: Engine, **which: Any) -> Iterator[Judged]:
    from watch.judging import judged_events  # noqa: PLC0415

    return (item for item, _ in judged_events(engine, **which))


def send_due(db_url: str, rules: Sequence[Rule], posts: Posts, *, eager: bool = False) -> Report:
    """Put together and send what is due. Raises SendersHeld where another process does so."""
    from storage.lock import senders_lock  # noqa: PLC0415
    from watch.store import rewriting  # noqa: PLC0415

    with rewriting(db_url) as engine, senders_lock(db_url):
        sender = sender_of(engine, rules)
        sender.put_together()
        return sender.send(posts, eager=eager)


def send_after(db_url: str, rules: Sequence[Rule], posts: Posts) -> tuple[Report | None, str]:
    """After a crawl: what was sent, and why nothing was. Never raises: what the run did stands, and the outbox keeps the rest."""
    from storage.errors import StorageError  # noqa: PLC0415

    if not rules:
        return None, ""
    try:
        return send_due(db_url, rules, posts), ""
    except StorageError as error:
        return None, f"no notices were sent: {error} {AGAIN}"
    except Exception as error:  # noqa: BLE001 - whatever it is, the run is over and well; its text may hold an address
        return None, f"no notices were sent: unexpected {type(error).__name__}; {AGAIN}"


def failures(report: Report) -> Iterator[str]:
    """A line for each address that was asked in vain, and for rules that are no more."""
    for rule, target, why in report.failed:
        yield f"the notices of {rule} to {target} wait: {visible(why)}; {AGAIN}"
    for rule in sorted(report.unknown):
        name = visible(rule)
        yield f"notices wait for the rule {name}, which the settings don't have: write it again, or notify {name} --discard"


def backlog_object(found: Backlog) -> dict[str, Any]:
    """What ``status --json`` tells of the outbox."""
    last = {"of": found.failed, "why": found.failure, "at": rfc3339(found.failed_at)} if found.failed_at else None
    return {
        "events": found.events,
        "notices": found.notices,
        "since": rfc3339_or_none(found.since),
        "last_failure": last,
    }


def backlog_lines(found: dict[str, Any]) -> Iterator[str]:
    if found["events"] or found["notices"]:
        yield f"{found['notices']} wait to be sent, {found['events']} events to be put together, since {found['since']}"
    if last := found["last_failure"]:
        yield f"{visible(last['of'])} failed at {last['at']}: {visible(last['why'])}"
