"""Planted changes on the replica: is every page read exactly, does noise make no event, is every planted change told rightly?

``python -m benchmarks.planted --articles 60 --crawls 10`` prints one JSON object a markup.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from crawler.options import CrawlOptions
from crawler.pages.urls import canonical
from crawler.run import CrawlSummary, crawl_without_reactor
from replica.model import Truth
from replica.server import ReplicaServer
from replica.site import ReplicaSite
from storage import queries
from storage.engine import open_store
from storage.models import CaptureRow
from storage.records import Article, Event, RunMode

MARKUPS = ("bitrix", "semantic", "table", "divs")


@dataclass(frozen=True)
class Expected:
    """An event that must come, and the only one for its page in that run."""

    name: str
    kind: str
    url: str
    fields: tuple[str, ...] = ()
    moved_to: str | None = None


def crawled(db_url: str, base_url: str, mode: RunMode = RunMode.FULL, site: str = "csto-en") -> CrawlSummary:
    options = CrawlOptions(db_url, site=site, mode=mode, base_url=base_url, delay=0, backoff=0, concurrency=4)
    return crawl_without_reactor(options)


def differences(found: Article | None, truth: Truth) -> list[str]:
    """Which fields aren't exactly the truth."""
    if found is None:
        return ["not there"]
    pairs: dict[str, tuple[Any, Any]] = {
        "title": (found.title, truth.title),
        "published": (found.published, truth.published),
        "language": (found.language, truth.language),
        "blocks": ([block.text for block in found.blocks], truth.texts),
        "links": (
            [(canonical(link.href), link.text) for link in found.links],
            [(canonical(href), text) for href, text in truth.links],
        ),
        "media": (
            [(canonical(image.src), image.alt) for image in found.media],
            [(canonical(src), alt) for src, alt in truth.media],
        ),
    }
    return [name for name, (ours, theirs) in pairs.items() if ours != theirs]


def exactness(db_url: str, truths: Iterable[Truth]) -> tuple[int, dict[str, list[str]]]:
    """How many pages are exactly the truth, and the others with their fields."""
    engine = open_store(db_url, write=False)
    wrong: dict[str, list[str]] = {}
    exact = 0
    for truth in truths:
        version = queries.version(engine, truth.url)
        off = differences(version.article if version else None, truth)
        if off:
            wrong[truth.url] = off
        exact += not off
    engine.dispose()
    return exact, wrong


def first_edits(site: ReplicaSite) -> list[Expected]:
    """Twelve of the fourteen; the pages of the other two are deleted and edited here, restored and edited back later."""
    plans: list[tuple[str, tuple[str, ...], Callable[[str], Any]]] = [
        ("title", (), site.retitle),
        ("date", ("date",), lambda at: site.set_date(at, site.article(at).published.replace(day=1, month=2))),  # type: ignore[union-attr]
        ("one word", ("paragraphs",), site.replace_word),
        ("one digit", ("digit",), site.change_digit),
        ("paragraph out", ("paragraphs",), site.remove_paragraph),
        ("paragraph in", ("paragraphs",), site.insert_paragraph),
        ("link target", ("link",), site.set_link_target),
        ("image", ("image",), site.swap_image),
        ("404", (), lambda at: site.delete(at, 404)),
        ("410", (), lambda at: site.delete(at, 410)),
        ("move", (), site.move),
        ("unlist", (), site.unlist),
        ("to be restored", (), lambda at: site.delete(at, 404)),
        ("A-B-A, there", ("paragraphs",), lambda at: site.replace_word(at, None, "nevertheless")),
    ]
    return [_planted(name, change(site.pick(*needs))) for name, needs, change in plans]  # type: ignore[arg-type]


def _planted(name: str, edit: Any) -> Expected:
    return Expected(
        name, edit.kind, canonical(edit.url), edit.fields, canonical(edit.moved_to) if edit.moved_to else None
    )


def second_edits(site: ReplicaSite, originals: dict[str, Any], first: list[Expected]) -> list[Expected]:
    restored = next(e for e in first if e.name == "to be restored")
    flipped = next(e for e in first if e.name == "A-B-A, there")
    by_url = {canonical(site.url(address)): address for address in site.addresses}
    back = site.set_article(by_url[flipped.url], originals[by_url[flipped.url]])
    return [_planted("restore", site.restore(by_url[restored.url])), _planted("A-B-A, and back", back)]


def events_of(db_url: str, run_id: int) -> list[Event]:
    engine = open_store(db_url, write=False)
    try:
        return list(queries.changes(engine, run_id=run_id))
    finally:
        engine.dispose()


def compared(expected: list[Expected], events: list[Event]) -> tuple[list[str], list[str]]:
    """Names of planted changes that weren't told rightly, and events that nothing planted."""
    left = list(events)
    missed = []
    for plan in expected:
        match = next((e for e in left if _is(e, plan)), None)
        if match is None:
            missed.append(plan.name)
        else:
            left.remove(match)
    return missed, [f"{e.kind.value} {e.url} {','.join(e.fields)}" for e in left]


def _is(event: Event, plan: Expected) -> bool:
    return (
        event.kind.value == plan.kind
        and canonical(event.url) == plan.url
        and tuple(event.fields) == plan.fields
        and (plan.moved_to is None or (event.moved_to is not None and canonical(event.moved_to) == plan.moved_to))
    )


def judged(markup: str, articles: int, crawls: int, seed: int, folder: Path) -> dict[str, Any]:
    db_url = f"sqlite:///{folder / (markup + '.db')}"
    site = ReplicaSite(articles, markup, seed)
    with ReplicaServer(site) as server:
        runs = [crawled(db_url, server.base_url) for _ in range(crawls)]
        truths = list(site.truths.values())
        exact, wrong = exactness(db_url, truths)
        captures = sum((Counter(run.captures) for run in runs), Counter())
        noise_events = sum(sum(run.events.values()) for run in runs[1:])
        distinct = distinct_bodies(db_url)
        originals = {address: site.article(address) for address in site.addresses}
        first = first_edits(site)
        run = crawled(db_url, server.base_url)
        missed, extra = compared(first, events_of(db_url, run.run_id))
        second = second_edits(site, originals, first)
        run = crawled(db_url, server.base_url)
        missed_later, extra_later = compared(second, events_of(db_url, run.run_id))
        after, wrong_after = exactness(db_url, site.truths.values())
        versions = aba_versions(db_url, first)
    missed += missed_later
    # "to be restored" and "A-B-A, there" prepare the last two kinds: fourteen kinds, sixteen events
    return {
        "markup": markup,
        "seed": seed,
        "pages": len(truths),
        "pages_after": len(site.truths),
        "exact": exact,
        "wrong": wrong,
        "crawls": crawls,
        "captures": dict(captures),
        "distinct_bodies": distinct,
        "events_under_noise": noise_events,
        "planted": len(first) + len(second),
        "missed": missed,
        "false": extra + extra_later,
        "aba_versions": versions,
        "exact_after": after,
        "wrong_after": wrong_after,
    }


def aba_versions(db_url: str, first: list[Expected]) -> int:
    engine = open_store(db_url, write=False)
    url = next(e for e in first if e.name == "A-B-A, there").url
    found = len(list(queries.history(engine, url)))
    engine.dispose()
    return found


def distinct_bodies(db_url: str) -> bool:
    """Whether no two captures of one page had equal bytes: the noise was real."""
    engine = open_store(db_url, write=False)
    try:
        with engine.connect() as connection:
            table = CaptureRow.__table__
            pairs = connection.execute(select(table.c.page_id, table.c.body_sha256)).all()
        return len(set(map(tuple, pairs))) == len(pairs)
    finally:
        engine.dispose()


def is_good(row: dict[str, Any]) -> bool:
    return bool(
        row["exact"] == row["pages"]
        and row["exact_after"] == row["pages_after"]
        and row["captures"].keys() == {"ok"}
        and row["distinct_bodies"]
        and row["events_under_noise"] == 0
        and not row["missed"]
        and not row["false"]
        and row["aba_versions"] == 3
    )


def figures(articles: int, crawls: int, seed: int, markups: tuple[str, ...] = MARKUPS) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        return [judged(markup, articles, crawls, seed, Path(folder)) for markup in markups]


def main() -> None:
    parser = argparse.ArgumentParser(description="Planted changes on the replica, told or missed.")
    parser.add_argument("--articles", type=int, default=60)
    parser.add_argument("--crawls", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--markup", choices=MARKUPS, action="append")
    options = parser.parse_args()
    rows = figures(options.articles, options.crawls, options.seed, tuple(options.markup or MARKUPS))
    for row in rows:
        print(json.dumps(row, ensure_ascii=False))
    sys.exit(0 if all(map(is_good, rows)) else 1)


if __name__ == "__main__":
    main()
