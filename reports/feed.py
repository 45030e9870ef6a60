"""The Atom feed of what changed (RFC 4287). Same entries, same bytes: its only times are those of the record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from lxml import etree

from reports.comparison import Comparison
from reports.entries import Entry, Fold
from reports.instants import rfc3339
from reports.render.html import DiffView, diff_view, environment, utc
from reports.sections import section_of
from reports.significance import told
from reports.xmltext import iri, xml_chars, xml_line
from storage.configuration import FeedSettings
from storage.records import Event

ATOM: Final = "http://www.w3.org/2005/Atom"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_IN_TAGS: Final = "/:@!$&'()*+,;=-._~"
"""What RFC 4151 lets stand in a tag as it is, beside letters and digits."""
_NOTHING_YET: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""``updated`` of a feed without entries, which must have one: it may hold no clock."""
_FEED: Final = FeedSettings()
_CONTEXT: Final = 1
_OTHERS: Final = 100
_RELATED: Final = 20
LONGEST: Final = 256 * 1024
"""Letters of HTML in one entry: a longer diff is left out, since some readers drop a feed of more than some megabytes."""


@dataclass(frozen=True, slots=True)
class Minting:
    """Under whose name ids are made: a host or a mail address, and a day on which it was held (RFC 4151)."""

    authority: str = _FEED.authority
    date: str = _FEED.authority_date

    def tag(self, *parts: str) -> str:
        made = "/".join(quote(part, safe=_IN_TAGS, errors="replace") for part in ("csto-watch", *parts))
        return f"tag:{self.authority},{self.date}:{made}"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """``comparison``: of the last event, where that is an edit whose two versions are kept."""

    entry: Entry
    comparison: Comparison | None = None

    @property
    def updated(self) -> datetime:
        return max(judged.event.recorded_at for judged in self.entry.judged)


@dataclass(frozen=True, slots=True)
class FeedInput:
    """``scope``: what the feed is limited to, by name ("section": "news"); it is part of the feed's id."""

    entries: Sequence[FeedEntry]
    home: str
    scope: Mapping[str, str]
    self_url: str | None = None
    author: str = _FEED.author
    minting: Minting = Minting()


@dataclass(frozen=True, slots=True)
class _Other:
    title: str | None
    url: str


@dataclass(frozen=True, slots=True)
class _Content:
    what: str
    url: str
    moved_to: str | None
    others: list[_Other]
    more: int
    view: DiffView | None


def feed_bytes(given: FeedInput) -> bytes:
    """The whole feed, newest entry first."""
    newest_first = sorted(given.entries, key=lambda each: (each.updated, each.entry.last.event.id), reverse=True)
    feed = etree.fromstring(f'<feed xmlns="{ATOM}" xml:lang="en"/>')
    limits = "".join(f", {name} {value}" for name, value in given.scope.items())
    _text(feed, "id", given.minting.tag("feed", *(f"{name}={value}" for name, value in sorted(given.scope.items()))))
    _text(feed, "title", f"csto-watch: what changed{limits}")
    _text(feed, "updated", rfc3339(newest_first[0].updated if newest_first else _NOTHING_YET))
    _text(etree.SubElement(feed, _name("author")), "name", given.author)
    _text(feed, "generator", "csto-watch")
    _link(feed, "alternate", given.home)
    if given.self_url is not None:
        _link(feed, "self", given.self_url, media_type="application/atom+xml")
    for each in newest_first:
        _entry(feed, each, given.minting)
    etree.indent(feed, space=" ")
    return etree.tostring(feed, xml_declaration=True, encoding="utf-8") + b"\n"


# --- one entry -------------------------------------------------------------------------------------------------------
def _entry(feed: etree._Element, told_entry: FeedEntry, minting: Minting) -> None:
    entry, event = told_entry.entry, told_entry.entry.last.event
    made = etree.SubElement(feed, _name("entry"))
    _text(made, "id", entry_id(entry, minting))
    lang = _language(entry)
    _text(made, "title", _title(entry), lang=lang)
    _text(made, "updated", rfc3339(told_entry.updated))
    if event.seen_at is not None:
        _text(made, "published", rfc3339(event.seen_at))
    _link(made, "alternate", event.url)
    related = [event.moved_to or "", *event.also_at, *(other.url for other in _others(entry))]
    for url in list(dict.fromkeys(url for url in related if url != event.url))[:_RELATED]:
        _link(made, "related", url)
    for scheme, term, label in _categories(entry):
        attributes = {"term": xml_line(term), "scheme": minting.tag(scheme), "label": xml_line(label)}
        etree.SubElement(made, _name("category"), attributes)
    _text(made, "summary", _what(entry))
    _text(made, "content", _html(told_entry), kind="html", lang=lang)


def entry_id(entry: Entry, minting: Minting) -> str:
    """Of the page and the event, whose id, address and time of recording never change; never of the host of the feed."""
    event = entry.first
    if entry.fold is Fold.GROUP:
        return minting.tag("group", event.group or "")
    if entry.fold is Fold.RUN:
        return minting.tag("run", str(event.run_id), event.kind.value)
    if entry.fold is Fold.FLAPPING:
        return minting.tag("flapping", _bare(event.url))
    recorded = f"{event.recorded_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return minting.tag("event", str(event.id), recorded, event.kind.value, _bare(event.url))


def _bare(url: str) -> str:
    return url.removeprefix("https://").removeprefix("http://")


def _title(entry: Entry) -> str:
    event = entry.last.event
    name, kind = event.title or event.url, event.kind.value.capitalize()
    if entry.fold is Fold.GROUP:
        return f"{kind} alike, {len(entry.judged)} pages: {name}"
    if entry.fold is Fold.RUN:
        return f"{kind}: {_pages(entry)} pages in one crawl"
    return f"Flapping: {name}" if entry.fold is Fold.FLAPPING else f"{kind}: {name}"


def _pages(entry: Entry) -> int:
    return len({judged.event.url for judged in entry.judged})


def _what(entry: Entry) -> str:
    """What happened, in a line."""
    event, verdict = entry.last.event, entry.last.verdict
    why = ", ".join(told(reason) for reason in verdict.reasons if reason != event.kind.value)
    weight = f"{event.kind.value}, {entry.significance.label}"
    if entry.fold is Fold.GROUP:
        weight = f"{len(entry.judged)} pages changed alike, {entry.significance.label}"
    if entry.fold is Fold.RUN:
        return f"{_pages(entry)} pages were edited in one crawl: too many to be told one by one. {_when(event)}"
    if entry.fold is Fold.FLAPPING:
        weight = f"flapping between contents, {entry.flips} times, {entry.significance.label}"
    first = " The page stands here from the beginning of the record." if event.baseline else ""
    return f"{weight}{': ' if why else ''}{why}. {_when(event)}{first}"


def _when(event: Event) -> str:
    before = f"; the state before was last seen {utc(event.not_before)}" if event.not_before else ""
    return f"First seen {utc(event.seen_at)}{before}."


def _others(entry: Entry) -> list[_Other]:
    """The other pages that the entry is about, by address."""
    event = entry.last.event
    titles = dict.fromkeys(event.also_at) | {judged.event.url: judged.event.title for judged in entry.judged}
    keeps_own = entry.fold is Fold.RUN
    return [_Other(titles[url], url) for url in sorted(titles) if keeps_own or url != event.url]


def _html(told_entry: FeedEntry) -> str:
    entry, comparison = told_entry.entry, told_entry.comparison
    event, others = entry.last.event, _others(entry)
    view = diff_view(comparison, context=_CONTEXT) if comparison and entry.fold is not Fold.RUN else None
    content = _Content(_what(entry), event.url, event.moved_to, others[:_OTHERS], len(others[_OTHERS:]), view)
    template = environment().get_template("entry.html.j2")
    html = template.render(entry=content)
    if len(html) > LONGEST:
        what = f"{content.what} The difference is too long for a feed: csto-watch diff shows it."
        html = template.render(entry=_Content(what, event.url, event.moved_to, [], 0, None))
    return html


def _categories(entry: Entry) -> Iterator[tuple[str, str, str]]:
    """Scheme, term and label of each."""
    event = entry.last.event
    yield "kind", event.kind.value, event.kind.value
    yield "significance", entry.significance.label, entry.significance.label
    reasons = dict.fromkeys(reason for judged in entry.judged for reason in judged.verdict.reasons)
    yield from (("reason", reason, told(reason)) for reason in reasons if reason != event.kind.value)
    sections = dict.fromkeys(section_of(judged.event.url) for judged in entry.judged)
    yield from (("section", section, section) for section in sections if section)


def _language(entry: Entry) -> str | None:
    found = entry.last.event.language or ""
    return found if _LANGUAGE.fullmatch(found) and entry.fold is not Fold.RUN else None


# --- elements --------------------------------------------------------------------------------------------------------
def _name(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _text(parent: etree._Element, name: str, text: str, *, kind: str | None = None, lang: str | None = None) -> None:
    made = etree.SubElement(parent, _name(name), {} if kind is None else {"type": kind})
    if lang is not None:
        made.set(_LANG, lang)
    made.text = xml_chars(text) if kind == "html" else xml_line(text)


def _link(parent: etree._Element, rel: str, url: str, *, media_type: str | None = None) -> None:
    """Nothing for what is no web address: never javascript: or data:."""
    href = iri(url)
    if href is not None:
        etree.SubElement(
            parent, _name("link"), {"rel": rel, "href": href} | ({"type": media_type} if media_type else {})
        )
