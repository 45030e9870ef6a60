"""Whether an edit left anything of the article: a text that was written over as a whole, an announcement by the report. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from reports.diff import ArticleDiff, BlockOp, BlockStep
from reports.marks import words_of
from reports.sentences import sentences_of
from reports.words import Op
from storage.stems import stem

REWRITTEN: Final = "rewritten"
ANNOUNCEMENT: Final = "announcement_overwritten"

KEPT: Final = 0.35
"""A text that keeps a smaller share of its content words than this was written anew."""
KEPT_OF_ANNOUNCEMENT: Final = 0.65
MOST: Final = 0.8
"""Where more than this share of the characters stands in both texts, no word need be counted. Most edits are of a sentence."""
LEAST_WORDS: Final = 12
"""Of an article, either side: of two shorter ones nobody can say what was kept."""
LEAST_OF_ANNOUNCEMENT: Final = 6
_LEAD: Final = 2
"""So many sentences, and the title, tell whether a text looks forward or back."""
_CONTENT: Final = 4

_FORWARD: Final = re.compile(
    r"\b(?:will|is to|are to|to be|(?:is|are) (?:due|going|expected|scheduled|planned|set) to|plans? to|planned for"
    r"|scheduled|upcoming|forthcoming|announcement|tomorrow|next (?:week|month)|coming (?:days|week))\b"
    r"|\b(?:анонс\w*|состо(?:ит|ят)ся|пройд[её]т|пройдут|откро(?:ет|ют)ся|начн[её]тся|планиру\w+|намечен\w*|запланирован\w*|предстоящ\w+"
    r"|ожида(?:ет|ют)ся|предполага(?:ет|ют)ся|буд(?:ет|ут)|завтра|готовится|готовятся|будущей|следующей|прим(?:ет|ут)|обсуд[яи]т"
    r"|рассмотр[яи]т|посет[яи]т|выступ[яи]т|сыгра(?:ет|ют)|провед(?:ет|ёт|ут)|встрет[яи]тся|собер(?:ет|ёт|ут)ся|подпиш(?:ет|ут)"
    r"|соверш[аи]т|вруч[аи]т|прибуд(?:ет|ут)|приглаша(?:ет|ют)ся|приглашаем)\b",
    re.IGNORECASE | re.MULTILINE,
)
_TITLE_TO: Final = re.compile(r"^[A-Z][\w' -]+? to (?!the\b|an?\b)[a-z]+\b")
"""A headline's future: "Experts to discuss flood warning"."""
_BACK: Final = re.compile(
    r"\b(?:was|were|has|have|had|took|met|held|gave|heard|spoke|told|said|saw|came|went|began|won|led|put|brought|sent|made|\w{2,}ed)\b"
    r"|\b\w{2,}(?:л|ла|ло|ли|лся|лась|лось|лись)\b|\bсостоя(?:лся|лась|лось)\b|\b(?:принят|подписан|вручен|открыт)[аоы]?\b",
    re.IGNORECASE,
)


def overwritten(diff: ArticleDiff, without: Collection[int]) -> str | None:
    """``ANNOUNCEMENT``, ``REWRITTEN``, or None. ``without``: places of steps that are told already."""
    steps = [step for place, step in enumerate(diff.blocks) if place not in without]
    # A moved block stands at both its places.
    old = [step.old.text for step in steps if step.old is not None and step.op is not BlockOp.MOVED_TO]
    new = [step.new.text for step in steps if step.new is not None and step.op is not BlockOp.MOVED_FROM]
    if _common(steps) > MOST * max(sum(map(len, old)), sum(map(len, new))):
        return None
    counted = [Counter(_content(texts)) for texts in (old, new)]
    least = min(counted[0].total(), counted[1].total())
    kept = (counted[0] & counted[1]).total() / max(least, 1)
    if kept < KEPT_OF_ANNOUNCEMENT and least >= LEAST_OF_ANNOUNCEMENT and _looks_back_now(diff, old, new):
        return ANNOUNCEMENT
    return REWRITTEN if kept < KEPT and least >= LEAST_WORDS else None


def _common(steps: Sequence[BlockStep]) -> int:
    """How many characters stand in both texts, by the diff."""
    same = sum(len(step.old.text) for step in steps if step.op is BlockOp.SAME and step.old is not None)
    return same + sum(len(span.text) for step in steps for span in step.spans if span.op is Op.EQUAL)


def _content(texts: Sequence[str]) -> list[str]:
    """Stems of the longer words: "the" and "of" stand in every text."""
    return [stem(word.folded) for text in texts for word in words_of(text) if len(word.text) >= _CONTENT]


def _looks_back_now(diff: ArticleDiff, old: Sequence[str], new: Sequence[str]) -> bool:
    titles = ("", "") if diff.title is None else (diff.title.old or "", diff.title.new or "")
    before, now = _lead(titles[0], old), _lead(titles[1], new)
    is_forward = _FORWARD.search(before) is not None or _TITLE_TO.match(titles[0]) is not None
    return is_forward and not _FORWARD.search(now) and len(_BACK.findall(now)) > 0


def _lead(title: str, texts: Sequence[str]) -> str:
    sentences = [sentence for text in texts[:_LEAD] for sentence in sentences_of(text)]
    return "\n".join([title, *sentences[:_LEAD]])
