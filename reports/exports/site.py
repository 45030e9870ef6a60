"""The whole history as HTML files for any web server, or none: no script, relative links, nothing asked of anybody."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from reports.comparison import compare_versions
from reports.exports.manifests import Origin, Tally, manifest_path, write_manifest
from reports.exports.names import page_name, slug
from reports.render.html import diff_view, environment
from reports.significance import told
from reports.whole import Folder, FolderTaken, whole_folder
from storage import outgoing
from storage.records import EventKind, Version
from storage.stories import Story, Told, stories

LATEST: Final = 200
"""Changes on the first page, and pages in a part of a list."""
_TOP: Final = frozenset({"index.html", "style.css", "pages", "sections"})
_MARK: Final = b'<meta name="generator" content="csto-watch">'
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_OF_VERSIONS: Final = (EventKind.NEW, EventKind.EDITED)


class SiteError(Exception):
    """The folder isn't one that an export made: it is left as it is."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened to a page. ``version``: the one to read; ``changes``: the file that compares it."""

    kind: str
    why: str
    seen_at: datetime | None
    not_before: datetime | None
    version: int | None = None
    changes: str | None = None
    title: str = ""
    href: str = ""

    @property
    def place(self) -> tuple[datetime, str, str]:
        return self.seen_at or _LONG_AGO, self.href, self.kind


@dataclass(frozen=True, slots=True)
class PageLine:
    title: str
    href: str
    state: str
    versions: int
    first_seen_at: datetime | None
    changed_at: datetime | None


@dataclass
class _Section:
    name: str
    file: str
    pages: int = 0
    parts: int = 0
    lines: list[PageLine] = field(default_factory=list)

    @property
    def href(self) -> str:
        return f"sections/{self.part(1)}"

    def part(self, number: int) -> str:
        return f"{self.file}-{number}.html"


def is_site(folder: Path) -> bool:
    """Whether an export made the folder, and nobody put anything beside what it made."""
    index = folder / "index.html"
    names = {each.name for each in folder.iterdir()}
    return names <= _TOP and index.is_file() and _MARK in index.read_bytes()[:2000]


def export_site(connection: Connection, folder: Path, origin: Origin, tally: Tally) -> Tally:
    """The folder appears when it is whole; one that an export made is replaced. Raises SiteError and OSError."""
    tally.total = outgoing.count_history(connection, origin.as_of)
    try:
        with whole_folder(folder, is_site) as made:
            site = _Site(made, tally)
            for story in stories(connection, origin.as_of):
                site.page(story)
            site.finish()
            manifest_path(folder).unlink(missing_ok=True)
    except FolderTaken as error:
        raise SiteError(f"{error}, nor a site that an export made; name a new folder") from None
    write_manifest(folder, "site", origin, tally, {"bytes": site.bytes, "sha256": site.digest.hexdigest()})
    return tally


@dataclass
class _Site:
    """``digest``: over the SHA-256 and the name of each file, a line each, in the order of writing."""

    made: Folder
    tally: Tally
    bytes: int = 0
    digest: Any = field(default_factory=sha256)
    sections: dict[str, _Section] = field(default_factory=dict)
    latest: list[tuple[Any, int, Line]] = field(default_factory=list)
    until: datetime | None = None
    _turn: Iterator[int] = field(default_factory=count)

    def page(self, story: Story) -> None:
        name = page_name(story.canonical)
        place, up = f"pages/{name}", "../" * (name.count("/") + 2)
        told_of = {each.version_id: each for each in story.told if each.kind in _OF_VERSIONS}
        lines: list[Line] = []
        first: Version | None = None
        before: Version | None = None
        number = 0
        for version in self.tally.versions(story.versions):
            lines.append(self._version(version, before, told_of.get(version.id), place, up))
            first, before, number = first or version, version, number + 1
        assert first is not None  # noqa: S101 - a story has a version
        assert before is not None  # noqa: S101
        lines = sorted(
            [*lines, *_others(story)], key=lambda line: (line.seen_at is not None, line.seen_at or _LONG_AGO)
        )
        title = before.article.title or story.url
        self._note(lines, title, f"{place}/index.html", before.last_seen_at)
        section = self._section(name)
        page = {
            "title": title,
            "url": story.url,
            "state": story.state.value,
            "moved_to": story.moved_to,
            "first_seen_at": first.first_seen_at,
            "last_seen_at": before.last_seen_at,
            "section": section.name,
            "section_href": section.href,
            "lines": lines[::-1],
        }
        self._write(f"{place}/index.html", "page", up=up, page=page)
        self.tally.states[story.state.value] += 1
        changed = lines[-1].seen_at
        self._list(
            section, PageLine(title, f"{place}/index.html", story.state.value, number, first.first_seen_at, changed)
        )

    def finish(self) -> None:
        for section in self.sections.values():
            self._part(section, is_last=True)
        latest = [line for _, _, line in sorted(self.latest, reverse=True)]
        in_order = [self.sections[name] for name in sorted(self.sections)]
        site = {"pages": self.tally.states.total(), "versions": self.tally.rows, "until": self.until}
        self._write("index.html", "index", up="", site=site | {"latest": latest, "sections": in_order})
        folder = files("reports.render") / "templates"
        self._put(
            "style.css",
            "".join((folder / name).read_text(encoding="utf-8") for name in ("style.css", "diff.css", "site.css")),
        )
        self.tally.counts["pages"] = self.tally.states.total()

    def _version(self, version: Version, before: Version | None, event: Told | None, place: str, up: str) -> Line:
        """Write the version, and how it differs from the one before."""
        changes, why, kind = None, "", EventKind.NEW.value
        if before is not None:
            comparison = compare_versions(before, version)
            changes = f"{before.number}-{version.number}.html"
            self._write(f"{place}/{changes}", "changes", up=up, view=diff_view(comparison))
            verdict = comparison.verdict
            why = f"{verdict.significance.label}: {', '.join(map(told, verdict.reasons))}" if verdict.reasons else ""
            kind = "technical" if version.technical else EventKind.EDITED.value
        title, language = version.article.title or version.url, _language(version.article.language)
        values = {"version": version, "changes": changes, "title": title, "language": language}
        self._write(f"{place}/{version.number}.html", "version", up=up, **values)
        return Line(kind, why, version.first_seen_at, event.not_before if event else None, version.number, changes)

    def _note(self, lines: list[Line], title: str, href: str, seen_until: datetime | None) -> None:
        """Remember the latest changes of all pages."""
        for line in lines[-LATEST:]:
            told_of = Line(line.kind, line.why, line.seen_at, line.not_before, title=title, href=href)
            entry = (told_of.place, -next(self._turn), told_of)
            heapq.heappush(self.latest, entry) if len(self.latest) < LATEST else heapq.heappushpop(self.latest, entry)
        self.until = max(filter(None, (self.until, seen_until, *(line.seen_at for line in lines))), default=None)

    def _section(self, name: str) -> _Section:
        folder = name.rpartition("/")[0]
        if folder not in self.sections:
            file = f"{slug(folder)[:60].rstrip('-')}-{sha256(folder.encode()).hexdigest()[:10]}"
            self.sections[folder] = _Section(folder, file)
        return self.sections[folder]

    def _list(self, section: _Section, line: PageLine) -> None:
        if len(section.lines) == LATEST:
            self._part(section, is_last=False)
        section.lines.append(line)
        section.pages += 1

    def _part(self, section: _Section, *, is_last: bool) -> None:
        section.parts += 1
        number = section.parts
        listed = {
            "name": section.name,
            "number": number,
            "lines": section.lines,
            "before": section.part(number - 1) if number > 1 else None,
            "behind": None if is_last else section.part(number + 1),
        }
        self._write(f"sections/{section.part(number)}", "list", up="../", list=listed)
        section.lines = []

    def _write(self, name: str, template: str, **values: Any) -> None:
        self._put(name, environment().get_template(f"site-{template}.html.j2").render(**values))

    def _put(self, name: str, text: str) -> None:
        with self.made.file(name) as out:
            out.write(text)
        size, digest = self.made.written.pop(name)
        self.bytes += size
        self.digest.update(f"{digest}  {name}\n".encode())


def _others(story: Story) -> list[Line]:
    others = [each for each in story.told if each.kind not in _OF_VERSIONS]
    return [Line(each.kind.value, "", each.seen_at, each.not_before) for each in others]


def _language(language: str | None) -> str | None:
    """As an attribute may have it; a page may say anything."""
    return (
        language if language and language.replace("-", "").isascii() and language.replace("-", "").isalnum() else None
    )
