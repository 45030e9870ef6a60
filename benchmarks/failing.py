"""A page that isn't read as its label says, written as a case of its own: the page, what is right, and what came about."""

from __future__ import annotations

import json
from difflib import unified_diff
from pathlib import Path
from typing import Any

from benchmarks.corpus import Site, Truth
from benchmarks.pure_crawl import NOISE, SITE, differences
from crawler.pages.reading import Answer, Reading, read
from storage.records import Article


def write_case(folder: Path, site: Site, truth: Truth, visit: int, reading: Reading, off: tuple[str, ...]) -> Path:
    """``<family>-<slug>/`` with input.html, expected.json (as tests/pages/test_saved_pages.py wants it) and cause.txt."""
    case = folder / f"{site.family}-{truth.slug}"[:120]
    case.mkdir(parents=True, exist_ok=True)
    body = site.render(truth, fetch=visit, noise=NOISE)
    (case / "input.html").write_bytes(body)
    (case / "expected.json").write_text(_json(_expected(site, truth)), encoding="utf-8")
    alone = read(Answer(site.url(truth), 200, body, site.content_type), site=SITE)
    cause = [
        f"family {site.family}, seed {site.seed}, {len(site.articles)} pages, slug {truth.slug}, visit {visit}",
        f"fields that are wrong in a crawl: {', '.join(off)} ({reading.outcome}: {reading.reason})",
        f"fields that are wrong when the page is read alone: {', '.join(differences(alone.article, truth)) or 'none'}",
        *unified_diff(_lines_of_truth(truth), _lines(reading.article), "expected", "read", lineterm=""),
    ]
    (case / "cause.txt").write_text("\n".join(cause) + "\n", encoding="utf-8")
    return case


def _expected(site: Site, truth: Truth) -> dict[str, Any]:
    return {
        "url": site.url(truth),
        "content_type": site.content_type,
        "outcome": "ok",
        "title": truth.title,
        "published": truth.published.isoformat() if truth.published else None,
        "language": truth.language,
        "blocks": [{"kind": block.kind, "text": block.text} for block in truth.blocks],
        "links": [{"href": link.href, "text": link.text} for link in truth.links],
        "media": [{"src": item.src, "alt": item.alt} for item in truth.media],
    }


def _lines_of_truth(truth: Truth) -> list[str]:
    head = [f"title: {truth.title}", f"published: {truth.published}", f"language: {truth.language}"]
    tail = [f"link: {link.href} {link.text}" for link in truth.links]
    return [*head, *(b.text for b in truth.blocks), *tail, *(f"media: {m.src} {m.alt}" for m in truth.media)]


def _lines(article: Article | None) -> list[str]:
    if article is None:
        return ["nothing was read"]
    head = [f"title: {article.title}", f"published: {article.published}", f"language: {article.language}"]
    tail = [f"link: {link.href} {link.text}" for link in article.links]
    return [*head, *(b.text for b in article.blocks), *tail, *(f"media: {m.src} {m.alt}" for m in article.media)]


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
