"""What kind of change it is, and why: cosmetic, minor or substantive, from the rules below. Pure, offline, no model.

A rule may call a change harmless only when it can show so; what no rule explains is substantive ("wording").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from reports.diff import ArticleDiff, BlockOp, BlockStep, Item, ItemOp, ItemStep
from reports.wording import edits_of, reasons_of
from reports.words import Op, Span
from storage.records import EventKind, Link, Media


class Significance(IntEnum):
    COSMETIC = 1
    MINOR = 2
    SUBSTANTIVE = 3

    @property
    def label(self) -> str:
        return self.name.lower()


RULES: Final = {
    # reason: how much it weighs
    "typography": Significance.COSMETIC,  # quotes, dashes, dots, white space
    "punctuation": Significance.MINOR,  # a comma can turn a sentence, so it isn't cosmetic
    "case": Significance.MINOR,
    "grammar": Significance.MINOR,  # "a" for "the"
    "spelling": Significance.MINOR,  # a few letters of one word
    "homoglyph": Significance.MINOR,  # the same to the eye, other letters: Cyrillic for Latin
    "moved_block": Significance.MINOR,
    "link_text": Significance.MINOR,
    "caption": Significance.MINOR,
    "number": Significance.SUBSTANTIVE,
    "date": Significance.SUBSTANTIVE,
    "name": Significance.SUBSTANTIVE,
    "negation": Significance.SUBSTANTIVE,
    "wording": Significance.SUBSTANTIVE,
    "headline": Significance.SUBSTANTIVE,
    "added": Significance.SUBSTANTIVE,
    "removed": Significance.SUBSTANTIVE,
    "links": Significance.SUBSTANTIVE,
    "media": Significance.SUBSTANTIVE,
    "language": Significance.SUBSTANTIVE,
}
_ORDER: Final = {reason: place for place, reason in enumerate(RULES)}


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
    return Verdict(RULES[ordered[0]] if ordered else Significance.COSMETIC, ordered)


def _sorted(reasons: set[str]) -> tuple[str, ...]:
    return tuple(sorted(reasons, key=lambda reason: (-RULES[reason], _ORDER[reason])))


def _reasons(diff: ArticleDiff) -> Iterator[str]:
    if diff.title is not None:
        yield from _title_reasons(diff.title.spans)
    if diff.published is not None:
        yield "date"
    if diff.language is not None:
        yield "language"
    for step in diff.blocks:
        yield from _block_reasons(step)
    yield from _link_reasons(diff.links)
    yield from _media_reasons(diff.media)


def _title_reasons(spans: tuple[Span, ...]) -> Iterator[str]:
    reasons = set(_text_reasons(spans))
    yield from reasons
    if reasons != {"typography"}:
        yield "headline"


def _text_reasons(spans: tuple[Span, ...]) -> Iterator[str]:
    for edit in edits_of(spans):
        yield from reasons_of(edit)


def _block_reasons(step: BlockStep) -> Iterator[str]:
    if step.op is BlockOp.ADDED:
        yield "added"
    elif step.op is BlockOp.REMOVED:
        yield "removed"
    elif step.op is BlockOp.MOVED_TO:
        yield "moved_block"
    if any(span.op is not Op.EQUAL for span in step.spans):
        yield from _text_reasons(step.spans)


def _target_changed(step: ItemStep[Item], old: str | None, new: str | None) -> bool:
    return step.op in {ItemOp.ADDED, ItemOp.REMOVED} or old != new


def _link_reasons(steps: Iterable[ItemStep[Link]]) -> Iterator[str]:
    for step in steps:
        if step.op is ItemOp.SAME:
            continue
        old, new = (link.href if link else None for link in (step.old, step.new))
        yield "links" if _target_changed(step, old, new) else "link_text"


def _media_reasons(steps: Iterable[ItemStep[Media]]) -> Iterator[str]:
    for step in steps:
        if step.op is ItemOp.SAME:
            continue
        old, new = (media.src if media else None for media in (step.old, step.new))
        yield "media" if _target_changed(step, old, new) else "caption"
