"""When a rule is told: its digest's hour, its quiet hours, and how long a failed try waits. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from storage.notice_rules import Rule, When

FIRST_PAUSE: Final = timedelta(minutes=1)
"""After the first failure; doubled after each further one."""
LONGEST_PAUSE: Final = timedelta(hours=6)
"""Nothing is ever given up: a service that is down for a month is asked four times a day."""
_WEEK: Final = 7


def digest_end(rule: Rule, now: datetime) -> datetime:
    """The last hour of the digest that has struck: what was recorded before it is told now."""
    local = now.astimezone(rule.zone)
    back = (local.weekday() - rule.weekday) % _WEEK if rule.when is When.WEEKLY else 0
    step = timedelta(days=_WEEK if rule.when is When.WEEKLY else 1)
    day = local.date() - timedelta(days=back)
    # By the date and not by 24 hours: the hour is the one on the wall, also over the change to summer time.
    end = _instant(rule, datetime.combine(day, rule.at))
    return end if end <= now else _instant(rule, datetime.combine(day - step, rule.at))


def _instant(rule: Rule, wall: datetime) -> datetime:
    """A naive time without a zone is the machine's own."""
    return wall.replace(tzinfo=rule.zone).astimezone(UTC)


def is_quiet(rule: Rule, now: datetime) -> bool:
    return rule.quiet is not None and rule.quiet.has(now.astimezone(rule.zone).time())


def next_try(now: datetime, tries: int) -> datetime:
    """``tries``: how many have failed, this one with them."""
    doubled: int = 2 ** min(tries - 1, 20)
    return now + min(FIRST_PAUSE * doubled, LONGEST_PAUSE)
