"""A diff as JSON: complete, so that ``reports.patch.apply_diff`` makes the new version from the old one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from reports.comparison import Comparison
from reports.diff import ArticleDiff, BlockOp, BlockStep, Item, ItemOp, ItemStep, TextChange, ValueChange
from reports.significance import told
from reports.words import Span
from storage.records import Link, Media


def diff_object(diff: ArticleDiff) -> dict[str, Any]:
    """``fields, title, published, language, blocks, links, media, files``; null where a field didn't change.

    ``blocks`` are in reading order, each with its place in the old and the new text; ``words`` are [op, text] pairs;
    those of a moved sentence have its number as a third, the same at both its places.
    """
    fields = diff.fields
    return {
        "fields": list(fields),
        "title": _text(diff.title),
        "published": _value(diff.published),
        "language": _value(diff.language),
        "blocks": [_block(step) for step in diff.blocks],
        "links": _items(diff.links, _link) if "links" in fields else None,
        "media": _items(diff.media, _media) if "media" in fields else None,
        "files": [{"href": file.href, "old": file.old, "new": file.new} for file in diff.files] or None,
    }


def _words(spans: Sequence[Span]) -> list[list[str | int]]:
    return [[span.op.value, span.text, *([span.move] if span.move else [])] for span in spans]


def _text(change: TextChange | None) -> dict[str, Any] | None:
    return None if change is None else {"old": change.old, "new": change.new, "words": _words(change.spans)}


def _value(change: ValueChange | None) -> dict[str, Any] | None:
    return None if change is None else {"old": change.old, "new": change.new}


def _block(step: BlockStep) -> dict[str, Any]:
    block = step.new if step.new is not None and step.op is not BlockOp.MOVED_FROM else step.old
    entry: dict[str, Any] = {
        "op": step.op.value,
        "old": step.old_index,
        "new": step.new_index,
        "kind": block.kind.value if block else None,
    }
    if step.spans:
        entry["words"] = _words(step.spans)
    elif block and step.op is not BlockOp.SAME:
        entry["text"] = block.text
    return entry


def _link(link: Link) -> dict[str, str]:
    return {"href": link.href, "text": link.text}


def _media(media: Media) -> dict[str, str]:
    return {"src": media.src, "alt": media.alt}


def _items(steps: Sequence[ItemStep[Item]], shape: Callable[[Item], dict[str, str]]) -> list[dict[str, Any]]:
    """Runs of what stayed are counted, the rest is told item by item."""
    entries: list[dict[str, Any]] = []
    for step in steps:
        if step.op is ItemOp.SAME:
            if entries and entries[-1]["op"] == "same":
                entries[-1]["count"] += 1
            else:
                entries.append({"op": "same", "count": 1})
            continue
        old, new = (None if item is None else shape(item) for item in (step.old, step.new))
        entries.append({"op": step.op.value, "old": old, "new": new})
    return entries


def comparison_object(comparison: Comparison) -> dict[str, Any]:
    """``diff --format json``: which two versions, the verdict, and the diff."""
    return {
        "url": comparison.url,
        "from_version": comparison.old.number,
        "to_version": comparison.new.number,
        "significance": comparison.verdict.significance.label,
        "reasons": list(comparison.verdict.reasons),
        "why": [told(reason) for reason in comparison.verdict.reasons],
        **diff_object(comparison.diff),
    }
