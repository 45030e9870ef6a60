"""A diff as rows of two sides: what stands left, what right, what happened, and which sentences face each other. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from reports.diff import ArticleDiff, BlockOp, BlockStep, Item, ItemOp, ItemStep
from reports.language import untranslated_mark
from reports.render.document import short_hash
from reports.sentences import ends
from reports.words import COME, GONE, Op, Span, joined, new_text, old_text, whole
from storage.records import Link

_SEAMS: Final = {BlockOp.SPLIT, BlockOp.JOINED}
_EXCHANGES: Final = ([{Op.DELETE}, {Op.INSERT}], [{Op.INSERT}, {Op.DELETE}])


@dataclass(frozen=True, slots=True)
class Facing:
    """Sentences that face each other. ``left``: what the old text has and, for one column, what came; ``right``: what the new
    text has. One of them is empty where the sentence stands on one side alone."""

    left: tuple[Span, ...] = ()
    right: tuple[Span, ...] = ()

    @property
    def is_one_sided(self) -> bool:
        return not (self.left and self.right)


@dataclass(frozen=True, slots=True)
class Row:
    """``kind``: ``same``, ``gap``, ``changed``, ``removed``, ``added``, ``went`` or ``came`` (moved). ``label``: what happened,
    in words; "" where nothing did. ``flags``: what else is to be said of it. ``is_field``: of the title, a date, a link ..."""

    kind: str
    label: str = ""
    facing: tuple[Facing, ...] = ()
    flags: tuple[str, ...] = ()
    is_field: bool = False


def rows_of(diff: ArticleDiff, *, context: int | None = None, with_blocks: bool = True) -> Iterator[Row]:
    """``context``: how many unchanged blocks to show around a change; None shows all."""
    yield from _fields(diff)
    if with_blocks:
        yield from _blocks(diff, context)


def _fields(diff: ArticleDiff) -> Iterator[Row]:
    if diff.title:
        yield _field("changed", "Title", diff.title.spans)
    for name, change in (("Published", diff.published), ("Language", diff.language)):
        if change:
            yield _field("changed", name, whole(change.old or "", change.new or ""))
    yield from _items("Link", diff.links)
    yield from _items("Media", diff.media)
    for file in diff.files:
        old, new = (f"{file.href} sha256 {short_hash(sha256)}" for sha256 in (file.old, file.new))
        yield _field("changed", "File changed", whole(old, new))


def _field(kind: str, label: str, spans: Sequence[Span]) -> Row:
    return Row(kind, label, facing(spans), is_field=True)


def _items(name: str, steps: Sequence[ItemStep[Item]]) -> Iterator[Row]:
    for step in steps:
        if step.op is not ItemOp.SAME:
            yield _field(step.op.value, f"{name} {step.op.value}", whole(_shown(step.old), _shown(step.new)))


def _shown(item: Item | None) -> str:
    if item is None:
        return ""
    address, text = (item.href, item.text) if isinstance(item, Link) else (item.src, item.alt)
    return f"{text} <{address}>" if text else address


def _blocks(diff: ArticleDiff, context: int | None) -> Iterator[Row]:
    steps = diff.blocks
    shown = range(len(steps)) if context is None else _near_a_change(steps, context)
    went = {(step.old_index, step.new_index): step.spans for step in steps if step.op is BlockOp.MOVED_TO}
    left_out = 0
    for at, step in enumerate(steps):
        if at not in shown:
            left_out += 1
            continue
        if left_out:
            yield _gap(left_out)
            left_out = 0
        if step.op in _SEAMS:
            group = _seamed(steps, at)
            if group.start == at:
                yield _seam_row([steps[place] for place in group], diff.languages[1])
        else:
            yield _row(step, went.get((step.old_index, step.new_index), ()), diff.languages[1])
    if left_out and shown:
        yield _gap(left_out)


def _near_a_change(steps: Sequence[BlockStep], context: int) -> set[int]:
    changed = [at for at, step in enumerate(steps) if step.op is not BlockOp.SAME]
    return {near for at in changed for near in range(at - context, at + context + 1)}


def _gap(count: int) -> Row:
    return Row("gap", "1 unchanged paragraph" if count == 1 else f"{count} unchanged paragraphs")


def _row(step: BlockStep, moved: tuple[Span, ...], language: str | None) -> Row:
    old, new = step.old.text if step.old else "", step.new.text if step.new else ""
    flags = _flags([step], language)
    match step.op:
        case BlockOp.SAME:
            return Row("same", "", (_both(new),), flags)
        case BlockOp.REMOVED:
            return Row("removed", "Removed", facing(whole(old, "")))
        case BlockOp.ADDED:
            return Row("added", "Added", facing(whole("", new)), flags)
        case BlockOp.MOVED_FROM:
            spans = moved or (Span(Op.EQUAL, old),)
            return Row("went", f"Moved away, to paragraph {_place(step.new_index)}", (Facing(left=_side(spans, COME)),))
        case BlockOp.MOVED_TO:
            spans = step.spans or (Span(Op.EQUAL, new),)
            label = f"Moved here, from paragraph {_place(step.old_index)}{', and edited' if step.spans else ''}"
            return Row("came", label, (Facing(right=_side(spans, GONE)),), flags)
        case _:
            is_rewritten = not any(span.op is Op.EQUAL and span.text.strip() for span in step.spans)
            has_moves = any(span.move for span in step.spans)
            label = "Rewritten" if is_rewritten and not has_moves else "Changed"
            return Row("changed", label, facing(step.spans), flags)


def _place(index: int | None) -> int:
    return -1 if index is None else index + 1


def _flags(steps: Iterable[BlockStep], language: str | None) -> tuple[str, ...]:
    found = (
        untranslated_mark(step.new.text, language) for step in steps if step.new and step.op is not BlockOp.MOVED_FROM
    )
    return tuple(dict.fromkeys(mark for mark in found if mark))


def _seamed(steps: Sequence[BlockStep], at: int) -> range:
    """The steps of one block that was split, or joined of several."""
    start, end, key = at, at + 1, _seam_key(steps[at])
    while start and _seam_key(steps[start - 1]) == key:
        start -= 1
    while end < len(steps) and _seam_key(steps[end]) == key:
        end += 1
    return range(start, end)


def _seam_key(step: BlockStep) -> tuple[BlockOp, int | None]:
    return step.op, step.old_index if step.op is BlockOp.SPLIT else step.new_index


def _seam_row(steps: Sequence[BlockStep], language: str | None) -> Row:
    count = len(steps)
    label = f"Split into {count} paragraphs" if steps[0].op is BlockOp.SPLIT else f"{count} paragraphs joined to one"
    return Row("changed", label, tuple(part for step in steps for part in facing(step.spans)), _flags(steps, language))


def _both(text: str) -> Facing:
    same = (Span(Op.EQUAL, text),)
    return Facing(same, same)


def _side(spans: Iterable[Span], without: frozenset[Op]) -> tuple[Span, ...]:
    return tuple(span for span in spans if span.op not in without)


def facing(spans: Sequence[Span]) -> tuple[Facing, ...]:
    """The spans cut where a sentence ends on both sides; sentences in a row that stayed are one piece."""
    pieces: list[list[Span]] = []
    for piece in _sentences(spans):
        if pieces and _belong_together(pieces[-1], piece):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return tuple(map(_facing, pieces))


def _belong_together(before: Iterable[Span], piece: Iterable[Span]) -> bool:
    """Two that stayed, or a sentence that went and the one in its place."""
    ops = [{span.op for span in spans} for spans in (before, piece)]
    return ops == [{Op.EQUAL}, {Op.EQUAL}] or ops in _EXCHANGES


def _facing(piece: list[Span]) -> Facing:
    spans = joined(piece)
    old, new = _side(spans, COME), _side(spans, GONE)
    return Facing(spans if old else (), new)


def _sentences(spans: Sequence[Span]) -> Iterator[list[Span]]:
    old_ends, new_ends = _ends(old_text(spans)), _ends(new_text(spans))
    at_old = at_new = 0
    piece: list[Span] = []
    for span in spans:
        of_old, of_new = span.op not in COME, span.op not in GONE
        start = 0
        for cut in _cuts(span, at_old, at_new, old_ends, new_ends):
            piece.append(Span(span.op, span.text[start:cut], span.move))
            yield piece
            piece, start = [], cut
        if start < len(span.text):
            piece.append(Span(span.op, span.text[start:], span.move))
        at_old, at_new = at_old + of_old * len(span.text), at_new + of_new * len(span.text)
    if piece:
        yield piece


def _cuts(span: Span, at_old: int, at_new: int, old_ends: set[int], new_ends: set[int]) -> list[int]:
    """Places within the span, or at its end, at which a sentence has ended on both sides."""
    size = len(span.text)
    if span.op in COME:
        return [size] if at_old in old_ends and at_new + size in new_ends else []
    if span.op in GONE:
        return [size] if at_old + size in old_ends and at_new in new_ends else []
    return sorted({end - at_old for end in old_ends if end - at_old + at_new in new_ends and 0 < end - at_old <= size})


def _ends(text: str) -> set[int]:
    """Places of the text at which a sentence begins, and its two ends."""
    chunks = text.split(" ")
    offsets = [0, *accumulate(len(chunk) + 1 for chunk in chunks)]
    return {0, *(min(offsets[end], len(text)) for end in ends(chunks))}
