"""Which paragraphs of an edit are the old ones told anew: translated, repaired or broken in their encoding, or of a page that is
in another language as a whole. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from reports.diff import ArticleDiff, BlockOp, BlockStep
from reports.flags import MOJIBAKE, broken_forms, broken_key, is_broken_form
from reports.language import language_of, leaning_of, name_of

TRANSLATED: Final = "translated"
ENCODING: Final = "encoding"
LANGUAGE_CHANGED: Final = "language_changed"

SAID: Final = ""
"""In place of a reason: that the page's language changed says it all."""

Told = dict[int, str]
"""By the place of a step in ``ArticleDiff.blocks``: its reason, or ``SAID``."""


def changes_language(diff: ArticleDiff) -> bool:
    """Whether the page was in one language and is in another; a language that nobody knew before is no change of it."""
    return diff.language is not None and None not in diff.languages


def language_note(diff: ArticleDiff) -> str:
    """One sentence for people on a page that is in another language; nothing for any other."""
    if not changes_language(diff):
        return ""
    before, now = map(name_of, diff.languages)
    return f"The page is in {now} now. It was in {before}."


def retold(diff: ArticleDiff) -> Told:
    told: Told = {}
    for gap in _gaps(diff.blocks):
        told |= _encodings(diff.blocks, gap)
        left = [place for place in gap if place not in told]
        told |= _other_languages(diff, left) if changes_language(diff) else _translations(diff, left)
    for place, step in enumerate(diff.blocks):
        if step.op is BlockOp.CHANGED and step.old is not None and step.new is not None:
            reason = retold_as(diff, step.old.text, step.new.text)
            told |= {} if reason is None else {place: reason}
    return told


def retold_as(diff: ArticleDiff, old: str, new: str) -> str | None:
    """Why one text became the other; None where it was edited like any other."""
    page_before, page_now = diff.languages
    if (reason := _encoding(old, new)) is not None:
        return reason
    if changes_language(diff):
        return SAID if leaning_of(old) == page_before and leaning_of(new) == page_now else None
    is_foreign = page_now is not None and language_of(old) not in {None, page_now}
    return TRANSLATED if is_foreign and language_of(new) == page_now else None


def _encoding(old: str, new: str) -> str | None:
    if is_broken_form(old, new):
        return ENCODING
    return MOJIBAKE if is_broken_form(new, old) else None


def _gaps(steps: Sequence[BlockStep]) -> Iterator[list[int]]:
    """The places of what went and came between two blocks that stayed."""
    gap: list[int] = []
    for place, step in enumerate(steps):
        if step.op in {BlockOp.REMOVED, BlockOp.ADDED}:
            gap.append(place)
        elif step.op in {BlockOp.SAME, BlockOp.CHANGED}:
            yield gap
            gap = []
    yield gap


def _sides(steps: Sequence[BlockStep], gap: Sequence[int]) -> tuple[dict[int, str], dict[int, str]]:
    """The texts that went and those that came, by place."""
    gone = {place: old.text for place in gap if (old := steps[place].old) is not None}
    come = {place: new.text for place in gap if (new := steps[place].new) is not None}
    return gone, come


def _encodings(steps: Sequence[BlockStep], gap: Sequence[int]) -> Told:
    gone, come = _sides(steps, gap)
    if not gone or not come:
        return {}
    told: Told = {}
    for broken, whole, reason in ((gone, come, ENCODING), (come, gone, MOJIBAKE)):
        forms = {form: place for place, text in whole.items() for form in broken_forms(text)}
        for place, text in broken.items():
            other = forms.get(broken_key(text)) if not text.isascii() else None
            if other is not None and whole[other] != text:
                told |= {place: reason, other: reason}
    return told


def _other_languages(diff: ArticleDiff, gap: Sequence[int]) -> Told:
    """What went in the page's former language, and what came in the new one."""
    page_before, page_now = diff.languages
    gone, come = _sides(diff.blocks, gap)
    went = [place for place, text in gone.items() if leaning_of(text) in {page_before, None}]
    came = [place for place, text in come.items() if leaning_of(text) in {page_now, None}]
    return dict.fromkeys((*went, *came), SAID) if went and came else {}


def _translations(diff: ArticleDiff, gap: Sequence[int]) -> Told:
    """As many paragraphs as went in another language and came in the page's."""
    page_now = diff.languages[1]
    if page_now is None:
        return {}
    gone, come = _sides(diff.blocks, gap)
    went = [place for place, text in gone.items() if leaning_of(text) not in {None, page_now}]
    came = [place for place, text in come.items() if leaning_of(text) == page_now]
    pairs = list(zip(went, came, strict=False))
    return {place: TRANSLATED for pair in pairs for place in pair}
