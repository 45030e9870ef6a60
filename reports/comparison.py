"""Two versions of a page set side by side, and the verdict on an event that has two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reports.diff import ArticleDiff, compare_articles
from reports.entries import Judged
from reports.flags import MOJIBAKE, flags_of
from reports.retold import ENCODING
from reports.significance import Verdict, flagged, judge, judge_event
from storage.records import Event, EventKind, Version


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
    return Comparison(old, new, diff, flagged(judge(diff), _flags_changed(old, new) if diff.fields else ()))


def _flags_changed(old: Version, new: Version) -> set[str]:
    """Flags that the new version has and the old one hadn't; broken letters that are gone were repaired."""
    before, now = (set(flags_of(version.article, version.first_seen_at)) for version in (old, new))
    return (now - before) | ({ENCODING} if MOJIBAKE in before - now else set())


def comparison_of(event: Event, old: Version | None, new: Version | None) -> Comparison | None:
    """``old``, ``new``: the versions that the event begins with and ends in. None where it isn't about two, or one isn't kept."""
    return compare_versions(old, new) if event.kind is EventKind.EDITED and old and new else None


def judged(event: Event, comparison: Comparison | None, flags: Iterable[str] = ()) -> Judged:
    """``flags``: of the version that an event without a comparison ends in."""
    if comparison is None:
        return Judged(event, flagged(judge_event(event.kind, event.fields), flags))
    return Judged(event, comparison.verdict)
