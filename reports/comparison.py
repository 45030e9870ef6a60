"""Two versions of a page set side by side, and the verdict on an event that has two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reports.diff import ArticleDiff, compare_articles
from reports.entries import Judged
from reports.significance import Verdict, judge, judge_event
from storage.records import Event, EventKind, Version

Find = Callable[[str, int], Version | None]
"""A page's address and a version's number to the version."""


@dataclass(frozen=True, slots=True)
class Comparison:
    old: Version
    new: Version
    diff: ArticleDiff
    verdict: Verdict

    @property
    def url(self) -> str:
        return self.new.url


def compare_versions(old: Version, new: Version) -> Comparison:
    diff = compare_articles(old.article, new.article)
    return Comparison(old, new, diff, judge(diff))


def comparison_of(event: Event, find: Find) -> Comparison | None:
    """None where the event isn't about two versions, or one of them isn't kept."""
    if event.kind is not EventKind.EDITED or event.from_version is None or event.to_version is None:
        return None
    old, new = find(event.url, event.from_version), find(event.url, event.to_version)
    return compare_versions(old, new) if old and new else None


def judged(event: Event, comparison: Comparison | None) -> Judged:
    if comparison is None:
        return Judged(event, judge_event(event.kind, event.fields))
    return Judged(event, comparison.verdict)
