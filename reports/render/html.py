"""Diffs and reports as self-contained HTML: no script, no foreign request, every text escaped."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from reports.comparison import Comparison
from reports.diff import ArticleDiff
from reports.render.sides import Row, rows_of
from reports.render.text import visible
from reports.retold import language_note
from reports.significance import told
from storage.records import Version

_SITE: Final = tuple(f"site-{part}.html.j2" for part in ("frame", "index", "list", "page", "version", "changes"))
_TEMPLATES: Final = (
    *("page.html.j2", "macros.html.j2", "diff.html.j2"),
    *("entry.html.j2", "report.html.j2", "coverage.html.j2", "plots.html.j2"),
    *_SITE,
)
_STYLES: Final = ("style.css", "diff.css", "report.css")


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
    style = "\n".join((folder / name).read_text(encoding="utf-8").strip() for name in _STYLES)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    made.globals |= {"style": Markup(style), "style_hash": f"sha256-{digest}"}  # noqa: S704 - our own file
    made.filters["utc"] = utc
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
class DiffView:
    """A comparison as the templates see it."""

    url: str
    title: str
    old: Version
    new: Version
    diff: ArticleDiff
    significance: str
    reasons: tuple[str, ...]
    rows: list[Row]
    language: str | None
    """Of both texts, where it is the same."""
    note: str = ""
    """On a page in another language, which of its paragraphs changed is no news: this is said instead."""


def diff_view(comparison: Comparison, *, context: int | None = None) -> DiffView:
    """``context``: how many unchanged blocks to show around a change; None shows all."""
    diff, new, note = comparison.diff, comparison.new, language_note(comparison.diff)
    old_language, new_language = diff.languages
    return DiffView(
        url=comparison.url,
        title=new.article.title or comparison.url,
        old=comparison.old,
        new=new,
        diff=diff,
        significance=comparison.verdict.significance.label,
        reasons=tuple(map(told, comparison.verdict.reasons)),
        rows=list(rows_of(diff, context=context, with_blocks=not (note and context is not None))),
        language=new_language if old_language == new_language else None,
        note=note,
    )


def diff_page(comparison: Comparison, *, in_one_column: bool = False) -> str:
    """One comparison as a page of its own. ``in_one_column``: how it opens on a wide screen; the reader can change it there."""
    view = diff_view(comparison)
    return environment().get_template("diff.html.j2").render(view=view, in_one_column=in_one_column)
