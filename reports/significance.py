"""What kind of change it is, and why: cosmetic, minor or substantive, from the rules below. Pure, offline, no model.

A rule may call a change harmless only when it can show so; what no rule explains is substantive ("wording").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from reports.diff import ArticleDiff, BlockOp, BlockStep, Item, ItemOp, ItemStep, TextChange
from reports.retold import changes_language, retold, retold_as
from reports.wording import edits_of, reasons_of
from reports.words import Op, Span, compare
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
    "encoding": Significance.MINOR,  # the same text, whose letters were broken before
    "mojibake": Significance.MINOR,  # the same text, whose letters are broken now; or a new text that came broken
    "future_date": Significance.MINOR,  # beside the change of the date itself
    "moved_block": Significance.MINOR,
    "moved_sentence": Significance.MINOR,
    "split_block": Significance.MINOR,
    "joined_block": Significance.MINOR,
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
    "translated": Significance.SUBSTANTIVE,  # nobody here can show that the translation says the same
    "language": Significance.SUBSTANTIVE,
    "language_changed": Significance.SUBSTANTIVE,
}
_FOR_PEOPLE: Final = {
    "translated": "translation completed",
    "language_changed": "now in another language",
    "encoding": "encoding repaired",
    "mojibake": "broken letters",
    "future_date": "dated in the future",
    "homoglyph": "look-alike letters",
}
_FIRST: Final = ("language_changed",)
_SAME_TEXT: Final = frozenset(("typography", "homoglyph", "encoding", "mojibake"))
"""What leaves a text the same to a reader."""
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


def flagged(verdict: Verdict, flags: Iterable[str]) -> Verdict:
    """The verdict with flags as further reasons, behind those that it has."""
    more = _sorted(set(flags) - set(verdict.reasons))
    weights = (RULES[flag] for flag in more)
    return Verdict(max((verdict.significance, *weights)), (*verdict.reasons, *more))


def told(reason: str) -> str:
    """A reason in words, where its name says too little."""
    return _FOR_PEOPLE.get(reason, reason)


def _sorted(reasons: set[str]) -> tuple[str, ...]:
    return tuple(sorted(reasons, key=lambda reason: (reason not in _FIRST, -RULES[reason], _ORDER[reason])))


def _reasons(diff: ArticleDiff) -> Iterator[str]:
    if diff.title is not None:
        yield from _title_reasons(diff, diff.title)
    if diff.published is not None:
        yield "date"
    if diff.language is not None:
        yield "language_changed" if changes_language(diff) else "language"
    anew = retold(diff)
    yield from filter(None, anew.values())
    for place, step in enumerate(diff.blocks):
        if place not in anew:
            yield from _block_reasons(step)
    yield from _link_reasons(diff)
    yield from _media_reasons(diff)


def _title_reasons(diff: ArticleDiff, title: TextChange) -> Iterator[str]:
    anew = retold_as(diff, title.old or "", title.new or "")
    if anew is not None:
        yield from filter(None, [anew])
        return
    reasons = set(_text_reasons(title.spans))
    yield from reasons
    if not reasons <= _SAME_TEXT:
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
    elif step.op is BlockOp.SPLIT:
        yield "split_block"
    elif step.op is BlockOp.JOINED:
        yield "joined_block"
    if any(span.op is Op.MOVED_TO for span in step.spans):
        yield "moved_sentence"
    if any(span.op is not Op.EQUAL for span in step.spans):
        yield from _text_reasons(step.spans)


def _target_changed(step: ItemStep[Item], old: str, new: str) -> bool:
    return step.op in {ItemOp.ADDED, ItemOp.REMOVED} or old != new


def _link_reasons(diff: ArticleDiff) -> Iterator[str]:
    for step in diff.links:
        if step.op is ItemOp.SAME:
            continue
        old, new = step.old or Link("", ""), step.new or Link("", "")
        if _target_changed(step, old.href, new.href):
            yield "links"
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
    found = set(_text_reasons(compare(old, new)))
    return found if found and found <= _SAME_TEXT else {reason}
