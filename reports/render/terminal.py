"""A diff and a version for a terminal, with colour by word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from rich.text import Text

from reports.comparison import Comparison
from reports.diff import ArticleDiff, BlockOp, BlockStep, FileChange, Item, ItemOp, ItemStep
from reports.flags import flags_of
from reports.instants import for_people
from reports.language import untranslated_mark
from reports.render import document
from reports.render.text import visible
from reports.retold import language_note
from reports.significance import told
from reports.words import Op, Span
from storage.records import Link, Media, PageState, Version

_GONE: Final = "red strike"
_COME: Final = "bold green"
_MOVED: Final = "cyan"
_STYLES: Final = {
    Op.EQUAL: "",
    Op.DELETE: _GONE,
    Op.INSERT: _COME,
    Op.MOVED_FROM: _MOVED,
    Op.MOVED_TO: _MOVED,
    Op.SPLIT: _GONE,
    Op.JOIN: _COME,
}
_MARKS: Final = {
    Op.EQUAL: ("", ""),
    Op.DELETE: ("[-", "-]"),
    Op.INSERT: ("{+", "+}"),
    Op.MOVED_FROM: ("[<", "<]"),
    Op.MOVED_TO: ("{>", ">}"),
    Op.SPLIT: ("[¶", "]"),
    Op.JOIN: ("{¶", "}"),
}
_LEADS: Final = {BlockOp.CHANGED: "  ~ ", BlockOp.SPLIT: "  / split: ", BlockOp.JOINED: "  \\ joined: "}
_CONTEXT: Final = 1


def diff_lines(comparison: Comparison) -> Iterator[Text]:
    """Lines of styled text. Without colour the marks [-gone-] and {+come+} still say what changed."""
    yield from _heading(comparison)
    diff = comparison.diff
    if not diff.fields:
        yield Text("No difference.")
        return
    if diff.title:
        yield Text("Title      ", "bold") + words(diff.title.spans)
    for name, change in (("Published", diff.published), ("Language", diff.language)):
        if change:
            yield Text(f"{name:<11}", "bold") + _exchange(change.old or "none", change.new or "none")
    if note := language_note(diff):
        yield Text(visible(note), "yellow")
    yield from _body(diff)
    yield from _links(diff.links)
    yield from _media(diff.media)
    yield from _files(diff.files)


def _heading(comparison: Comparison) -> Iterator[Text]:
    old, new = comparison.old, comparison.new
    yield Text(visible(comparison.url), "bold")
    for version in (old, new):
        yield Text(f"version {version.number}, first seen {for_people(version.first_seen_at)}", "dim")
    verdict = comparison.verdict
    if verdict.reasons:
        yield Text(f"{verdict.significance.label}: {', '.join(map(told, verdict.reasons))}", "bold")
    yield Text()


def words(spans: Iterable[Span]) -> Text:
    text = Text()
    for span in spans:
        opening, closing = _MARKS[span.op]
        text.append(f"{opening}{visible(span.text)}{closing}", _STYLES[span.op])
    return text


def _exchange(old: str, new: str) -> Text:
    return words((Span(Op.DELETE, old), Span(Op.INSERT, new)))


def _body(diff: ArticleDiff) -> Iterator[Text]:
    """Changed blocks with one unchanged block around them."""
    if "body" not in diff.fields:
        return
    near = _near_a_change(diff.blocks)
    skipped = False
    for index, step in enumerate(diff.blocks):
        if index not in near:
            skipped = True
            continue
        yield Text("    ..." if skipped else "", "dim")
        skipped = False
        yield _block(step) + _mark(step.new.text if step.new else "", diff.languages[1])
    yield Text()


def _near_a_change(steps: Sequence[BlockStep]) -> set[int]:
    near: set[int] = set()
    for index, step in enumerate(steps):
        if step.op is not BlockOp.SAME:
            near.update(range(index - _CONTEXT, index + _CONTEXT + 1))
    return near


def _block(step: BlockStep) -> Text:
    old = document.block_line(step.old) if step.old else ""
    new = document.block_line(step.new) if step.new else ""
    match step.op:
        case BlockOp.SAME:
            return Text(f"    {old}", "dim")
        case BlockOp.CHANGED | BlockOp.SPLIT | BlockOp.JOINED:
            return Text(_LEADS[step.op], "yellow") + words(step.spans)
        case BlockOp.REMOVED:
            return Text(f"  - {old}", "red")
        case BlockOp.ADDED:
            return Text(f"  + {new}", "green")
        case BlockOp.MOVED_FROM:
            return Text(f"  < moved away: {old}", "cyan")
        case BlockOp.MOVED_TO:
            return Text("  > moved here: ", "cyan") + (words(step.spans) if step.spans else Text(new, "cyan"))


def _mark(text: str, language: str | None) -> Text:
    mark = untranslated_mark(text, language)
    return Text(f"  [{mark}]" if mark else "", "magenta")


def _links(steps: Sequence[ItemStep[Link]]) -> Iterator[Text]:
    yield from _items("Links", steps, lambda link: f"{link.text} <{link.href}>")


def _media(steps: Sequence[ItemStep[Media]]) -> Iterator[Text]:
    yield from _items("Media", steps, lambda media: f"{media.alt} <{media.src}>".strip())


def _files(changes: Sequence[FileChange]) -> Iterator[Text]:
    """Which file has other bytes, by its address and the beginnings of both hashes."""
    if changes:
        yield Text("Files", "bold")
    for change in changes:
        hashes = _exchange(document.short_hash(change.old), document.short_hash(change.new))
        yield Text(f"  ~ {visible(change.href)} ", "yellow") + hashes


def _items(heading: str, steps: Sequence[ItemStep[Item]], shown: Callable[[Item], str]) -> Iterator[Text]:
    if all(step.op is ItemOp.SAME for step in steps):
        return
    yield Text(heading, "bold")
    for step in steps:
        old, new = ("" if item is None else shown(item) for item in (step.old, step.new))
        if step.op is ItemOp.CHANGED:
            yield Text("  ~ ", "yellow") + _exchange(old, new)
        elif step.op is ItemOp.REMOVED:
            yield Text(f"  - {visible(old)}", "red")
        elif step.op is ItemOp.ADDED:
            yield Text(f"  + {visible(new)}", "green")


def version_lines(version: Version, state: PageState) -> Iterator[Text]:
    article = version.article
    yield Text(visible(article.title or "(no title)"), "bold")
    yield Text(visible(version.url), "cyan")
    facts = [f"version {version.number}", state.value, f"published {article.published or 'unknown'}"]
    yield Text(", ".join([*facts, visible(article.language or "language unknown")]), "dim")
    seen = f"first seen {for_people(version.first_seen_at)}, last seen {for_people(version.last_seen_at)}"
    yield Text(f"{seen}, {version.captures} captures", "dim")
    if flags := flags_of(article, version.first_seen_at):
        yield Text(", ".join(map(told, flags)), "magenta")
    for block in article.blocks:
        yield Text()
        yield Text(document.marked_block(block)) + _mark(block.text, article.language)
    if article.links or article.media:
        yield Text()
    for line in (*map(document.link_line, article.links), *map(document.media_line, article.media)):
        yield Text(line, "dim")
    for line in document.file_lines(article):
        yield Text(line, "dim")
