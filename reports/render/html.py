"""Diffs and reports as self-contained HTML: no script, no foreign request, every text escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from reports.comparison import Comparison
from reports.diff import ArticleDiff, BlockOp, BlockStep, FileChange, Item, ItemOp, ItemStep
from reports.language import untranslated_mark
from reports.render.document import short_hash
from reports.render.text import visible
from reports.retold import language_note
from reports.significance import told
from storage.records import Link, Version

_SITE: Final = tuple(f"site-{part}.html.j2" for part in ("frame", "index", "list", "page", "version", "changes"))
_TEMPLATES: Final = ("page.html.j2", "macros.html.j2", "diff.html.j2", "report.html.j2", *_SITE)
_CONTEXT: Final = 1


@cache
def environment() -> Environment:
    """Escaping is on for every template whatever its name (changedetection.io's ``.jinja`` files weren't escaped), and whatever
    is put in loses its control characters first."""
    folder = files("reports.render") / "templates"
    sources = {name: (folder / name).read_text(encoding="utf-8") for name in _TEMPLATES}
    made = Environment(
        loader=DictLoader(sources),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (folder / "style.css").read_text(encoding="utf-8").strip()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    made.globals |= {"style": Markup(style), "style_hash": f"sha256-{digest}"}  # noqa: S704 - our own file
    made.filters["utc"] = utc
    made.filters["untranslated"] = untranslated_mark
    made.tests["web_address"] = is_web_address
    return made


def _finalize(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def utc(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else "at an unknown time"


def is_web_address(url: str) -> bool:
    """Only such an address becomes a link: never javascript: or data:, nor one with a character that a browser drops."""
    return url.startswith(("https://", "http://")) and visible(url) == url and not any(c.isspace() for c in url)


@dataclass(frozen=True, slots=True)
class ItemView:
    op: ItemOp
    old_text: str
    new_text: str


@dataclass(frozen=True, slots=True)
class DiffView:
    """A comparison as the templates see it. ``pieces``: the blocks to show, None where unchanged ones are left out."""

    url: str
    title: str
    old: Version
    new: Version
    diff: ArticleDiff
    significance: str
    reasons: tuple[str, ...]
    pieces: list[BlockStep | None]
    links: list[ItemView]
    media: list[ItemView]
    files: list[ItemView]
    note: str = ""
    """On a page in another language, which of its paragraphs changed is no news: this is said instead."""

    @property
    def has_fields(self) -> bool:
        """Whether anything but the body changed."""
        return self.diff.fields not in {(), ("body",)}


def diff_view(comparison: Comparison, *, context: int | None = None) -> DiffView:
    """``context``: how many unchanged blocks to show around a change; None shows all."""
    diff, new, note = comparison.diff, comparison.new, language_note(comparison.diff)
    shown = [] if note and context is not None else list[BlockStep | None](diff.blocks)
    return DiffView(
        url=comparison.url,
        title=new.article.title or comparison.url,
        old=comparison.old,
        new=new,
        diff=diff,
        significance=comparison.verdict.significance.label,
        reasons=tuple(map(told, comparison.verdict.reasons)),
        pieces=shown if note or context is None else _pieces(diff.blocks, context),
        links=_items(diff.links),
        media=_items(diff.media),
        files=[_file(change) for change in diff.files],
        note=note,
    )


def _pieces(steps: Sequence[BlockStep], context: int) -> list[BlockStep | None]:
    changed = [index for index, step in enumerate(steps) if step.op is not BlockOp.SAME]
    near = {at for index in changed for at in range(index - context, index + context + 1)}
    pieces: list[BlockStep | None] = []
    for index, step in enumerate(steps):
        if index in near:
            pieces.append(step)
        elif changed and (not pieces or pieces[-1] is not None):
            pieces.append(None)
    return pieces


def _items(steps: Sequence[ItemStep[Item]]) -> list[ItemView]:
    return [ItemView(step.op, _item_text(step.old), _item_text(step.new)) for step in steps]


def _file(change: FileChange) -> ItemView:
    old, new = (f"{change.href} sha256 {short_hash(sha256)}" for sha256 in (change.old, change.new))
    return ItemView(ItemOp.CHANGED, old, new)


def _item_text(item: Item | None) -> str:
    if item is None:
        return ""
    address, text = (item.href, item.text) if isinstance(item, Link) else (item.src, item.alt)
    return f"{text} <{address}>" if text else address


def diff_page(comparison: Comparison) -> str:
    """One comparison as a page of its own."""
    return environment().get_template("diff.html.j2").render(view=diff_view(comparison))
