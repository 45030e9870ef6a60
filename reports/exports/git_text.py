"""What a repository shows of the site: the file of a page, and the message of a commit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from reports.exports.git_ledger import short_key
from reports.instants import rfc3339, rfc3339_or_none
from reports.render.document import (
    file_lines,
    language_line,
    link_line,
    media_line,
    published_line,
    title_line,
)
from reports.render.text import visible
from reports.sentences import ends
from reports.significance import Verdict, told
from storage.happenings import TECHNICAL, Happening
from storage.records import Article, EventKind, Version

_SUBJECT: Final = 72
README: Final = """# The history of a site

Written by `csto-watch export --format git`: a file for each page that stands, below folders for its site and sections, and a
commit for each version and event in the order of time. The author's date is when it was first seen.

    git log -p -- FOLDER/FILE.txt       what changed on a page, and when
    git blame FOLDER/FILE.txt           since when each sentence stands
    git log --follow -- FILE            also before the page moved
    git log --diff-filter=D --stat      pages that were deleted
    git log --grep '^Significance: substantive'

A page is one sentence a line, with an empty line between paragraphs; its links, pictures and files stand at the end. A file goes
when its page is deleted and comes back when it is restored. That a page left the site's lists, or is in them again, is a commit
without a change. The lines at the end of each message are for programs: with them the next export knows what is here already.
Commit nothing here yourself; work in a clone.
"""


def file_text(article: Article) -> str:
    """The article a sentence a line. No text of a page can forge a line of it."""
    return "\n".join(_lines(article)) + "\n"


def _lines(article: Article) -> Iterator[str]:
    yield title_line(article.title)
    yield published_line(article.published)
    yield language_line(article.language)
    for block in article.blocks:
        yield ""
        yield from map(visible, _sentences(block.text))
    behind = [*map(link_line, article.links), *map(media_line, article.media), *file_lines(article)]
    if behind:
        yield from ("", "---")
        yield from behind


def _sentences(text: str) -> Iterator[str]:
    pieces = text.split(" ")
    for start, end in pairwise([0, *ends(pieces)]):
        yield " ".join(pieces[start:end])


def message(happening: Happening, version: Version | None, verdict: Verdict | None, *, kind: str, late: bool) -> str:
    """``kind``: what the commit is for, where it isn't what happened. ``late``: it stands behind what was seen later."""
    title = (version.article.title if version else None) or happening.url
    level = f" ({verdict.significance.label})" if verdict and kind == EventKind.EDITED else ""
    subject = f"{kind}: {_cut(visible(title))}{level}"
    body = [visible(happening.url), *_moved(happening), _when(happening), *_why(verdict, kind)]
    if late:
        body.append("Recorded after what stands before it in this history: it was put in later, with its own date.")
    return "\n".join([subject, "", *body, "", *_trailers(happening, version, verdict, kind)]) + "\n"


def _cut(title: str) -> str:
    return title if len(title) <= _SUBJECT else f"{title[: _SUBJECT - 1].rstrip()}…"


def _moved(happening: Happening) -> list[str]:
    if happening.kind != EventKind.MOVED:
        return []
    return [
        f"Now at {visible(happening.moved_to)}" if happening.moved_to else "Its new address has a history of its own."
    ]


def _when(happening: Happening) -> str:
    seen = f"First seen {rfc3339(happening.seen_at)}" if happening.seen_at else "First seen at an unknown time"
    before = f"; the state before was last seen {rfc3339(happening.not_before)}" if happening.not_before else ""
    return f"{seen}{before}."


def _why(verdict: Verdict | None, kind: str) -> list[str]:
    if verdict is None or kind != EventKind.EDITED:
        return ["Only a newer reader saw it differently: no edit."] if kind == TECHNICAL else []
    return [f"{verdict.significance.label.capitalize()}: {', '.join(map(told, verdict.reasons))}."]


def _trailers(happening: Happening, version: Version | None, verdict: Verdict | None, kind: str) -> Iterator[str]:
    yield f"Event: {kind}"
    if happening.event_id is not None:
        yield f"Event-Id: {happening.event_id}"
    if verdict is not None:
        yield f"Significance: {verdict.significance.label}"
        yield f"Reasons: {', '.join(verdict.reasons)}"
    yield f"Url: {visible(happening.url)}"
    yield f"Seen-At: {rfc3339_or_none(happening.seen_at) or 'unknown'}"
    if happening.not_before is not None:
        yield f"Not-Before: {rfc3339(happening.not_before)}"
    if version is not None and happening.is_version:
        yield f"Version: {version.number}"
        yield f"Version-Id: {version.id}"
        yield f"Article: {short_key(happening.article_key or b'')}"
        yield f"Content-SHA256: {version.content_sha256}"
        yield f"Reader-Version: {visible(version.reader_version)}"


def second_of(moment: datetime | None) -> int:
    """As git counts it. It knows no time before 1970; what has none stands there."""
    return max(0, int(moment.astimezone(UTC).timestamp())) if moment else 0
