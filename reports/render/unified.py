"""A diff as a unified diff of lines: a block is a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from reports.comparison import Comparison
from reports.diff import BlockOp, BlockStep, Item, ItemOp, ItemStep, TextChange, ValueChange, canonical_article
from reports.instants import rfc3339_or_none
from reports.render import document
from reports.render.text import visible
from storage.records import Article

CONTEXT: Final = 3
Line = tuple[str, str]
"""Mark (" ", "-" or "+") and text."""

_MARK: Final = {
    BlockOp.REMOVED: "-",
    BlockOp.MOVED_FROM: "-",
    BlockOp.ADDED: "+",
    BlockOp.MOVED_TO: "+",
}


def unified(comparison: Comparison, *, context: int = CONTEXT) -> Iterator[str]:
    """Lines without line ends; none where the two are one content."""
    lines = list(all_lines(comparison))
    if all(mark == " " for mark, _ in lines):
        return
    for sign, version in (("---", comparison.old), ("+++", comparison.new)):
        seen = rfc3339_or_none(version.first_seen_at) or ""
        yield f"{sign} {visible(version.url)} version {version.number}\t{seen}".rstrip()
    yield from _hunks(lines, context)


def all_lines(comparison: Comparison) -> Iterator[Line]:
    """Both versions in full, each line marked."""
    old, diff = canonical_article(comparison.old.article), comparison.diff
    yield from _field(old.title, diff.title, document.title_line)
    published = old.published.isoformat() if old.published else None
    yield from _field(published, diff.published, document.published_line)
    yield from _field(old.language, diff.language, document.language_line)
    yield " ", ""
    before = None
    for step in diff.blocks:
        yield from _seamed(step, before) if step.op in {BlockOp.SPLIT, BlockOp.JOINED} else _block(step)
        before = step
    yield from _items_or_old(old, comparison)


def _field(
    old: str | None, change: TextChange | ValueChange | None, line: Callable[[str | None], str]
) -> Iterator[Line]:
    if change is None:
        yield " ", line(old)
        return
    yield "-", line(change.old)
    yield "+", line(change.new)


def _seamed(step: BlockStep, before: BlockStep | None) -> Iterator[Line]:
    """A block that was split goes once, one joined of several comes once."""
    if step.old is not None and (before is None or before.old_index != step.old_index):
        yield "-", document.block_line(step.old)
    if step.new is not None and (before is None or before.new_index != step.new_index):
        yield "+", document.block_line(step.new)


def _block(step: BlockStep) -> Iterator[Line]:
    if step.op is BlockOp.CHANGED:
        assert step.old is not None and step.new is not None  # noqa: S101, PT018 - what CHANGED means
        yield "-", document.block_line(step.old)
        yield "+", document.block_line(step.new)
        return
    block = step.new if step.op in {BlockOp.ADDED, BlockOp.MOVED_TO} else step.old
    if block is not None:
        yield _MARK.get(step.op, " "), document.block_line(block)


def _items_or_old(old: Article, comparison: Comparison) -> Iterator[Line]:
    """Links, media and files; where one of the two can't know them, the old ones stand."""
    yield from _items(comparison.diff.links, document.link_line) or [(" ", document.link_line(x)) for x in old.links]
    yield from _items(comparison.diff.media, document.media_line) or [(" ", document.media_line(x)) for x in old.media]
    changed = {file.href: file for file in comparison.diff.files}
    for known in old.files:
        change = changed.get(known.href)
        yield " " if change is None else "-", document.file_line(known.href, known.sha256)
        if change is not None:
            yield "+", document.file_line(change.href, change.new)


def _items(steps: Sequence[ItemStep[Item]], line: Callable[[Item], str]) -> list[Line]:
    lines: list[Line] = []
    for step in steps:
        if step.op is ItemOp.SAME and step.old is not None:
            lines.append((" ", line(step.old)))
            continue
        lines += [("-", line(step.old))] if step.old is not None else []
        lines += [("+", line(step.new))] if step.new is not None else []
    return lines


def _hunks(lines: Sequence[Line], context: int) -> Iterator[str]:
    changed = [index for index, (mark, _) in enumerate(lines) if mark != " "]
    start = 0
    while start < len(changed):
        end = start
        while end + 1 < len(changed) and changed[end + 1] - changed[end] <= 2 * context:
            end += 1
        low, high = max(0, changed[start] - context), min(len(lines), changed[end] + context + 1)
        yield _header(lines, low, high)
        yield from (f"{mark}{text}" for mark, text in lines[low:high])
        start = end + 1


def _header(lines: Sequence[Line], low: int, high: int) -> str:
    spans = []
    for skipped in ("+", "-"):
        before = sum(mark != skipped for mark, _ in lines[:low])
        length = sum(mark != skipped for mark, _ in lines[low:high])
        # As diff(1) has it: an empty range is named by the line before it.
        spans.append(f"{before + (1 if length else 0)},{length}")
    return f"@@ -{spans[0]} +{spans[1]} @@"
