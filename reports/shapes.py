"""Records as the JSON objects of the command line. Names may be added here, never renamed."""

from __future__ import annotations

from typing import Any

from reports.flags import flags_of
from reports.instants import rfc3339, rfc3339_or_none
from reports.language import language_of
from reports.significance import Verdict, told
from storage.records import Article, Event, HeldPage, Page, Run, Version
from storage.search import Finding


def event_object(event: Event, verdict: Verdict) -> dict[str, Any]:
    """A line of ``changes --json``."""
    return {
        "id": event.id,
        "kind": event.kind.value,
        "url": event.url,
        "title": event.title,
        "site": event.site,
        "language": event.language,
        "run_id": event.run_id,
        "seen_at": rfc3339_or_none(event.seen_at),
        "not_before": rfc3339_or_none(event.not_before),
        "from_version": event.from_version,
        "to_version": event.to_version,
        "fields": list(event.fields),
        "significance": verdict.significance.label,
        "reasons": list(verdict.reasons),
        "why": [told(reason) for reason in verdict.reasons],
        "technical": event.technical,
        "baseline": event.baseline,
        "group": event.group,
        "flapping": event.flapping,
        "flips": event.flips,
        "moved_to": event.moved_to,
        "recorded_at": rfc3339(event.recorded_at),
        "also_at": list(event.also_at),
    }


def page_object(page: Page) -> dict[str, Any]:
    """A line of ``pages --json``."""
    return {
        "url": page.url,
        "state": page.state.value,
        "title": page.title,
        "language": page.language,
        "versions": page.versions,
        "first_seen_at": rfc3339_or_none(page.first_seen_at),
        "last_seen_at": rfc3339_or_none(page.last_seen_at),
        "next_check_at": rfc3339_or_none(page.next_check_at),
        "site": page.site,
        "checked_at": rfc3339_or_none(page.checked_at),
        "moved_to": page.moved_to,
        "also_at": list(page.also_at),
    }


def version_object(version: Version, state: str) -> dict[str, Any]:
    """A version as it is exported. ``state`` is the page's."""
    files = [{"href": file.href, "sha256": file.sha256} for file in version.article.files]
    return {**history_object(version, state), **article_parts(version.article), "files": files}


def shown_object(version: Version, page: Page) -> dict[str, Any]:
    """``show --json``: beside what is exported, the language of each block, and where else the article stands today."""
    return {
        **version_object(version, page.state.value),
        "blocks": block_objects(version.article),
        "also_at": list(page.also_at),
    }


def history_object(version: Version, state: str) -> dict[str, Any]:
    """A line of ``history --json``: as ``show`` without blocks, links and media."""
    article = version.article
    return {
        "url": version.url,
        "version": version.number,
        "state": state,
        "title": article.title,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
        "content_sha256": version.content_sha256,
        "text_sha256": version.text_sha256,
        "reader_version": version.reader_version,
        "technical": version.technical,
        "first_seen_at": rfc3339_or_none(version.first_seen_at),
        "last_seen_at": rfc3339_or_none(version.last_seen_at),
        "captures": version.captures,
        "flags": list(flags_of(article, version.first_seen_at)),
    }


def article_parts(article: Article) -> dict[str, Any]:
    return {
        "blocks": [{"kind": block.kind.value, "text": block.text} for block in article.blocks],
        "links": [{"href": link.href, "text": link.text} for link in article.links],
        "media": [{"src": media.src, "alt": media.alt} for media in article.media],
    }


def block_objects(article: Article) -> list[dict[str, Any]]:
    """Blocks with their language: ``en``, ``ru``, ``other``, or null where there is too little to tell."""
    return [
        {"kind": block.kind.value, "text": block.text, "language": language_of(block.text)} for block in article.blocks
    ]


def run_object(run: Run) -> dict[str, Any]:
    """One run, in the fields of ``crawl --json``."""
    return {
        "run_id": run.id,
        "site": run.site,
        "mode": run.mode.value,
        "outcome": run.outcome.value if run.outcome else None,
        "started_at": rfc3339(run.started_at),
        "finished_at": rfc3339_or_none(run.finished_at),
        "requests": run.requests,
        "bytes": run.bytes,
        "captures": dict(run.captures),
        "events": dict(run.events),
        "exit_code": run.exit_code,
        "note": run.note,
        "fields": dict(run.fields),
    }


def held_object(held: HeldPage) -> dict[str, Any]:
    """A line of ``review --json``."""
    return {
        "id": held.id,
        "kind": held.kind,
        "url": held.url,
        "reason": held.reason,
        "held_at": rfc3339(held.held_at),
        "moved_to": held.moved_to,
    }


def finding_object(found: Finding) -> dict[str, Any]:
    """A line of ``search --json``."""
    went = found.removal
    return {
        "url": found.url,
        "title": found.title,
        "site": found.site,
        "state": found.state.value,
        "versions": list(found.versions),
        "first_version": found.versions[0],
        "last_version": found.versions[-1],
        "first_seen_at": rfc3339_or_none(found.first_seen_at),
        "last_seen_at": rfc3339_or_none(found.last_seen_at),
        "removed": went is not None,
        "removed_in_version": went.version if went else None,
        "removed_seen_at": rfc3339_or_none(went.seen_at) if went else None,
        "removed_not_before": rfc3339_or_none(went.not_before) if went else None,
        "superseded": found.superseded,
        "snippet": found.passage.text,
    }
