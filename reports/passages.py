"""The changed paragraphs of a diff, sentence by sentence: which stayed, were edited, came, went or moved. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import chain

from reports.align import LIKE, Alignment
from reports.diff import ArticleDiff, BlockOp, BlockStep
from reports.marks import words_of
from reports.sentences import sentences_of
from reports.wording import typographic


@dataclass(slots=True)
class Passages:
    """``edited``: pairs of sentences. ``has_breaks``: paragraphs were joined or parted, and nothing else happened there."""

    edited: list[tuple[str, str]] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    moved: int = 0
    has_breaks: bool = False


@dataclass(slots=True)
class _Region:
    """What was between two blocks that stayed."""

    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)


def passages(diff: ArticleDiff, without: Collection[int]) -> Passages:
    """``without``: places of steps in ``diff.blocks`` that are told already."""
    found = Passages()
    for region in _regions(diff, without, found):
        _compare(region, found)
    _match_moved(found)
    return found


def _regions(diff: ArticleDiff, without: Collection[int], found: Passages) -> Iterator[_Region]:
    region = _Region()
    before: BlockStep | None = None
    for place, step in enumerate(diff.blocks):
        if step.op is BlockOp.SAME:
            yield region
            region = _Region()
        elif step.op is BlockOp.MOVED_TO and step.old is not None and step.new is not None:
            found.moved += 1
            yield _Region([step.old.text], [step.new.text])
        elif step.op is not BlockOp.MOVED_FROM and place not in without:
            # A split block stands in each of its parts' steps, and so does one that was joined of several.
            is_seam = step.op in {BlockOp.SPLIT, BlockOp.JOINED} and before is not None
            seen = (before.old_index, before.new_index) if is_seam and before is not None else (None, None)
            region.old += [step.old.text] if step.old is not None and step.old_index != seen[0] else []
            region.new += [step.new.text] if step.new is not None and step.new_index != seen[1] else []
        before = step
    yield region


def _compare(region: _Region, found: Passages) -> None:
    if region.old == region.new:
        return
    if _differs_in_bounds(region):
        # As many paragraphs as before: a sentence went over to its neighbour.
        found.moved += len(region.old) == len(region.new)
        found.has_breaks |= len(region.old) != len(region.new)
        return
    if region.old and region.new and _words(region.old) == _words(region.new):
        # A capital or a sign that changed may be where a sentence ended, or be no end of one any more.
        found.edited.append((" ".join(region.old), " ".join(region.new)))
        return
    old, new = ([s for text in side for s in sentences_of(text)] for side in (region.old, region.new))
    aligned = Alignment([text.casefold() for text in old], [text.casefold() for text in new])
    pairs = [(i, j) for i, j in aligned.pairs if _is_one(aligned, old, new, i, j)]
    found.moved += len(aligned.moves)
    found.edited += [(old[i], new[j]) for i, j in (*pairs, *aligned.moves) if old[i] != new[j]]
    kept_old, kept_new = {i for i, _ in (*pairs, *aligned.moves)}, {j for _, j in (*pairs, *aligned.moves)}
    found.removed += [text for i, text in enumerate(old) if i not in kept_old]
    found.added += [text for j, text in enumerate(new) if j not in kept_new]


def _differs_in_bounds(region: _Region) -> bool:
    if len(region.old) == len(region.new) == 1:
        return False
    old, new = ([typographic(text) for text in side] for side in (region.old, region.new))
    return old != new and list(chain.from_iterable(old)) == list(chain.from_iterable(new))


def _words(texts: list[str]) -> list[str]:
    return [word.folded for text in texts for word in words_of(text)]


def _is_one(aligned: Alignment, old: list[str], new: list[str], i: int, j: int) -> bool:
    """A sentence that was edited, and not two that share a word or two; where they stand alone, a little less will do."""
    return len(old) == len(new) or aligned.likeness(i, j, LIKE) >= LIKE


def _match_moved(found: Passages) -> None:
    """A sentence that went from one paragraph and came in another."""
    for text in list(found.removed):
        if text in found.added:
            found.removed.remove(text)
            found.added.remove(text)
            found.moved += 1
