"""What kind of change it is, and why: cosmetic, minor or substantive, by the table of reasons. Pure, offline, no model.

A rule may call a change harmless only when it can show so; what no rule explains is substantive ("wording").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import Indel

from reports.align import LIKE
from reports.diff import ArticleDiff, Item, ItemOp, ItemStep, TextChange
from reports.overwritten import overwritten
from reports.passages import passages
from reports.reasons import RULES, Significance
from reports.retold import changes_language, retold, retold_as
from reports.wording import QUOTATION, WORDING, reasons_between
from reports.words import is_word, tokens
from storage.records import EventKind, Link, Media

__all__ = ["RULES", "Significance", "Verdict", "flagged", "judge", "judge_event", "told"]

_FIRST: Final = ("language_changed",)
_SAME_TEXT: Final = frozenset(("typography", "homoglyph", "encoding", "mojibake"))
"""What leaves a text the same to a reader."""
_ORDER: Final = {reason: place for place, reason in enumerate(RULES)}
_DOCUMENT: Final = re.compile(
    r"\.(?:pdf|docx?|odt|rtf|xlsx?|ods|csv|pptx?|odp|zip|rar|7z|epub|djvu|mp3|mp4|avi|mov)(?:[?#]|$)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reasons``: the weightiest first."""

    significance: Significance
    reasons: tuple[str, ...]


def judge(diff: ArticleDiff) -> Verdict:
    """The verdict on an edit. Two equal articles are a cosmetic nothing, without a reason."""
    return _verdict(_reasons(diff))


def judge_event(kind: EventKind, fields: Iterable[str] = ()) -> Verdict:
    """The verdict on an event of which there aren't two texts to compare."""
    if kind is not EventKind.EDITED:
        return Verdict(Significance.SUBSTANTIVE, (kind.value,))
    named = {"title": "headline", "published": "date", "body": "wording"}
    return Verdict(Significance.SUBSTANTIVE, _sorted({named.get(name, name) for name in fields}))


def _verdict(reasons: Iterable[str]) -> Verdict:
    ordered = _sorted(set(reasons))
    return Verdict(RULES[ordered[0]].level if ordered else Significance.COSMETIC, ordered)


def flagged(verdict: Verdict, flags: Iterable[str]) -> Verdict:
    """The verdict with flags as further reasons, behind those that it has."""
    more = _sorted(set(flags) - set(verdict.reasons))
    weights = (RULES[flag].level for flag in more)
    return Verdict(max((verdict.significance, *weights)), (*verdict.reasons, *more))


def told(reason: str) -> str:
    """A reason in words; the kind of an event as it is."""
    return RULES[reason].told if reason in RULES else reason


def _sorted(reasons: set[str]) -> tuple[str, ...]:
    return tuple(sorted(reasons, key=lambda reason: (reason not in _FIRST, -RULES[reason].level, _ORDER[reason])))


def _reasons(diff: ArticleDiff) -> Iterator[str]:
    if diff.published is not None:
        yield "date"
    if diff.language is not None:
        yield "language_changed" if changes_language(diff) else "language"
    anew = retold(diff)
    yield from filter(None, anew.values())
    as_a_whole = overwritten(diff, anew)
    if as_a_whole is not None:
        yield as_a_whole
    else:
        yield from _body_reasons(diff, anew)
    if diff.title is not None:
        yield from _title_reasons(diff, diff.title, is_told=as_a_whole is not None)
    yield from _link_reasons(diff)
    yield from _media_reasons(diff)


def _body_reasons(diff: ArticleDiff, anew: Iterable[int]) -> Iterator[str]:
    found = passages(diff, frozenset(anew))
    for old, new in found.edited:
        yield from reasons_between(old, new)
    yield from ["added"] * bool(found.added) + ["removed"] * bool(found.removed) + ["moved_block"] * bool(found.moved)
    if found.has_breaks:
        yield "typography"


def _title_reasons(diff: ArticleDiff, title: TextChange, *, is_told: bool) -> Iterator[str]:
    """``is_told``: the text was written anew, and nobody looks for what is the same in its title."""
    old, new = title.old or "", title.new or ""
    anew = retold_as(diff, old, new)
    if anew is not None:
        yield from filter(None, [anew])
        return
    reasons = reasons_between(old, new)
    if reasons and max(RULES[reason].level for reason in reasons) < Significance.SUBSTANTIVE:
        yield from reasons
        return
    yield "headline"
    if not is_told and _likeness(old, new) >= LIKE:
        yield from reasons - {WORDING, QUOTATION}


def _likeness(old: str, new: str) -> float:
    """The share of words that two texts have in common, in order."""
    words = ([token for token in tokens(text) if is_word(token)] for text in (old, new))
    return float(Indel.normalized_similarity(*words))


def _target_changed(step: ItemStep[Item], old: str, new: str) -> bool:
    return step.op in {ItemOp.ADDED, ItemOp.REMOVED} or old != new


def _link_reasons(diff: ArticleDiff) -> Iterator[str]:
    for step in diff.links:
        if step.op is ItemOp.SAME:
            continue
        old, new = step.old or Link("", ""), step.new or Link("", "")
        if _target_changed(step, old.href, new.href):
            yield "media" if _DOCUMENT.search(new.href or old.href) else "links"
        else:
            yield from _label_reasons(diff, old.text, new.text, "link_text")


def _media_reasons(diff: ArticleDiff) -> Iterator[str]:
    if diff.files:
        yield "media"
    for step in diff.media:
        if step.op is ItemOp.SAME:
            continue
        old, new = step.old or Media("", ""), step.new or Media("", "")
        if _target_changed(step, old.src, new.src):
            yield "media"
        else:
            yield from _label_reasons(diff, old.alt, new.alt, "caption")


def _label_reasons(diff: ArticleDiff, old: str, new: str, reason: str) -> Iterable[str]:
    """A link's text stands in a paragraph too: what is typography there is no more than that here."""
    anew = retold_as(diff, old, new)
    if anew is not None:
        return filter(None, [anew])
    found = reasons_between(old, new)
    return found if found and found <= _SAME_TEXT else {reason}
