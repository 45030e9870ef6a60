"""Noise makes no edit, and an edit is told under noise, in its own fields and on its own page alone.

``python -m benchmarks.noise [--part]`` prints one JSON object and exits 1 where anything is told wrongly. Each of twelve markups
has a site that is crawled again and again with all noise at once, each crawl with what the ones before it learned. Then articles
are edited, half of them in each crawl; teasers on other pages show the edited text. The controls are a hash of the bytes and
reading each page by itself, without anything learned.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import pairwise
from typing import Any, Final

from benchmarks.corpus import EDITS, FAMILIES, Site, Truth, edit, make_site
from benchmarks.corpus.site import NO_NOISE
from benchmarks.pure_crawl import NOISE, SITE, article_of, crawl, differences, probe_of
from benchmarks.shares import wilson, workers
from crawler.pages.model import Model
from crawler.pages.reading import Answer, Reading, read
from storage.hashing import content_sha256
from storage.records import Article
from storage.timeline import differing_fields

WRITTEN: Final = FAMILIES[:12]
PAGES: Final = 25
CRAWLS: Final = 51
"""The first, and fifty to compare with it: 15,000 comparisons."""
EDITS_EACH: Final = 9
"""Planted edits of each kind in each of the twelve markups."""
MOST_ROUNDS: Final = 40
CONTROL_CRAWLS: Final = 3
SHOWN: Final = 30

Planted = dict[str, tuple[str, frozenset[str]]]
"""By address: the kind of edit and the fields that it changes."""


@dataclass(frozen=True)
class Heard(Site):
    """A site that notes the digest of every page that it sends, by slug."""

    sent: dict[str, list[bytes]] = field(default_factory=dict, compare=False)

    def render(self, truth: Truth, *, fetch: int = 0, noise: frozenset[str] = NO_NOISE) -> bytes:
        body = super().render(truth, fetch=fetch, noise=noise)
        self.sent.setdefault(truth.slug, []).append(sha256(body).digest())
        return body


@dataclass(frozen=True, slots=True)
class Task:
    family: str
    seed: int
    crawls: int
    edits_each: int
    control_crawls: int


@dataclass(slots=True)
class Tally:
    """What one markup came to."""

    captures: int = 0
    not_ok: list[str] = field(default_factory=list)
    compared: int = 0
    false: list[str] = field(default_factory=list)
    inexact: int = 0
    responses: int = 0
    distinct: int = 0
    called_edited_by_bytes: int = 0
    planted: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    unedited: int = 0
    false_beside: list[str] = field(default_factory=list)
    alone: Counter[str] = field(default_factory=Counter)


class Visitor:
    """One site, crawl after crawl, as the store would carry it: the model, and the texts of each article."""

    def __init__(self, task: Task) -> None:
        made = make_site(task.family, task.seed, PAGES)
        self.site = Heard(made.family, made.seed, made.articles, made.markup)
        self.model: Model | None = None
        self.articles: dict[str, Article] = {}
        self.visit = 0

    def crawl(self, site: Site, tally: Tally) -> dict[str, Article]:
        self.visit += 1
        known = {url: frozenset(block.text for block in article.blocks) for url, article in self.articles.items()}
        readings, conclusion = crawl(site, site.articles, self.visit, self.model, known.get)
        self.model = conclusion.model
        tally.captures += len(readings)
        tally.not_ok += [
            f"{site.family} visit {self.visit}: {_refused(url, r)}" for url, r in readings.items() if not _is_ok(r)
        ]
        self.articles = {
            url: article for url, reading in readings.items() if (article := article_of(reading)) is not None
        }
        return self.articles


def _is_ok(reading: Reading) -> bool:
    return article_of(reading) is not None


def _refused(url: str, reading: Reading) -> str:
    return f"{url} {reading.outcome}: {reading.reason}"


def measure(task: Task) -> Tally:
    tally, visitor = Tally(), Visitor(task)
    first = visitor.crawl(visitor.site, tally)
    tally.inexact = sum(bool(differences(first.get(visitor.site.url(t)), t)) for t in visitor.site.articles)
    for _ in range(task.crawls - 1):
        again = visitor.crawl(visitor.site, tally)
        tally.compared += len(first.keys() & again.keys())
        tally.false += [_told(visitor, url, first[url], again[url]) for url in _differing(first, again)]
    _count_bytes(visitor.site, tally)
    _plant(task, visitor, first, tally)
    _read_alone(task, visitor.site, tally)
    return tally


def _differing(one: Mapping[str, Article], other: Mapping[str, Article]) -> list[str]:
    return [url for url in one.keys() & other.keys() if content_sha256(one[url]) != content_sha256(other[url])]


def _told(visitor: Visitor, url: str, one: Article, other: Article) -> str:
    fields = ",".join(differing_fields(one, other))
    return f"{visitor.site.family} {visitor.site.seed} visit {visitor.visit} {url} {fields}"


def _count_bytes(site: Heard, tally: Tally) -> None:
    """The site's pages only: what probe pages say isn't an article."""
    for truth in site.articles:
        digests = site.sent.get(truth.slug, [])
        tally.responses += len(digests)
        tally.distinct += len(set(digests))
        tally.called_edited_by_bytes += sum(one != other for one, other in pairwise(digests))


def _plant(task: Task, visitor: Visitor, first: Mapping[str, Article], tally: Tally) -> None:
    """Every other article edited, then the others, always from the first text: each crawl edits some and undoes some."""
    for number in range(MOST_ROUNDS):
        truths, planted = _edited(visitor.site, number, task.edits_each, tally.planted)
        if not planted:
            break
        seen = visitor.crawl(replace(visitor.site, articles=truths), tally)
        tally.unedited += len(first.keys() - planted.keys())
        changed = [url for url in _differing(first, seen) if url not in planted]
        tally.false_beside += [_told(visitor, url, first[url], seen[url]) for url in changed]
        for url, (kind, fields) in planted.items():
            _judge(tally, f"{task.family} {task.seed} {kind} {url}", kind, fields, first.get(url), seen.get(url))


def _edited(site: Site, number: int, enough: int, planted: Counter[str]) -> tuple[tuple[Truth, ...], Planted]:
    """The articles of one round; the kind that was planted least comes first wherever an article allows it."""
    truths, done = list(site.articles), Planted()
    for place in range(number % 2, len(truths), 2):
        for kind in sorted(EDITS, key=lambda kind: planted[kind]):
            if planted[kind] >= enough:
                continue
            found = edit(kind, truths[place], 1000 * site.seed + number)
            if found is not None:
                done[site.url(truths[place])] = (kind, found[1])
                truths[place] = found[0]
                planted[kind] += 1
                break
    return tuple(truths), done


def _judge(
    tally: Tally, name: str, kind: str, fields: frozenset[str], before: Article | None, after: Article | None
) -> None:
    if before is None or after is None:
        tally.wrong.append(f"{name}: not read")
        return
    told = frozenset(differing_fields(before, after))
    tally.seen[kind] += content_sha256(before) != content_sha256(after)
    tally.right[kind] += told == fields
    if told != fields:
        tally.wrong.append(f"{name}: {','.join(sorted(told)) or 'nothing'} instead of {','.join(sorted(fields))}")


def _read_alone(task: Task, site: Site, tally: Tally) -> None:
    """The control: each page by itself, nothing learned."""
    before: dict[str, str] = {}
    for visit in range(1, task.control_crawls + 1):
        probe = probe_of(site, visit, NOISE)
        for truth in site.articles:
            body = site.render(truth, fetch=visit, noise=NOISE)
            article = article_of(read(Answer(site.url(truth), 200, body, site.content_type, probe=probe), site=SITE))
            digest = content_sha256(article) if article else ""
            tally.alone["pages"] += 1
            tally.alone["inexact"] += bool(differences(article, truth))
            tally.alone["false_edits"] += before.get(truth.slug, digest) != digest
            before[truth.slug] = digest


def figures(part: bool, seed: int = 1) -> dict[str, Any]:
    share = (3, 1, 2) if part else (CRAWLS, EDITS_EACH, CONTROL_CRAWLS)
    tasks = [Task(family, 100 * seed + 10, *share) for family in WRITTEN]
    with workers() as pool:
        tallies = dict(zip(WRITTEN, pool.map(measure, tasks), strict=True))
    return {"seed": seed, "pages": PAGES * len(WRITTEN), "crawls": share[0], **_told_of(list(tallies.values()))}


def _told_of(tallies: list[Tally]) -> dict[str, Any]:
    false = [line for tally in tallies for line in tally.false]
    planted, seen, right, alone = (
        _sum(getattr(t, name) for t in tallies) for name in ("planted", "seen", "right", "alone")
    )
    total = {name: sum(getattr(t, name) for t in tallies) for name in ("captures", "compared", "inexact", "unedited")}
    sent = {
        name: sum(getattr(t, name) for t in tallies) for name in ("responses", "distinct", "called_edited_by_bytes")
    }
    return {
        **total,
        "not_ok": [line for tally in tallies for line in tally.not_ok][:SHOWN],
        "sent": sent,
        "false_edits": len(false),
        "false_share_95": wilson(len(false), total["compared"]),
        "first_false": false[:SHOWN],
        "planted": {kind: [planted[kind], seen[kind], right[kind]] for kind in EDITS},
        "planted_in_all": [planted.total(), seen.total(), right.total()],
        "first_wrong": [line for tally in tallies for line in tally.wrong][:SHOWN],
        "false_beside_edits": [line for tally in tallies for line in tally.false_beside][:SHOWN],
        "control": {"bytes": sent["called_edited_by_bytes"], "read_alone": dict(alone)},
    }


def _sum(counts: Iterable[Counter[str]]) -> Counter[str]:
    whole: Counter[str] = Counter()
    for count in counts:
        whole.update(count)
    return whole


def is_good(row: dict[str, Any]) -> bool:
    """``planted`` holds, for each kind: planted, seen, told in the right fields."""
    sent, alone = row["sent"], row["control"]["read_alone"]
    is_quiet = not (row["false_edits"] or row["not_ok"] or row["false_beside_edits"])
    least = 100 if row["crawls"] >= CRAWLS else 5
    is_told = all(planted == seen == right and planted >= least for planted, seen, right in row["planted"].values())
    is_fooled = (
        row["control"]["bytes"] == sent["responses"] - row["pages"] and alone["inexact"] + alone["false_edits"] > 0
    )
    return bool(is_quiet and is_told and is_fooled and sent["distinct"] == sent["responses"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", action="store_true", help="a twentieth")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    row = figures(options.part, options.seed)
    print(json.dumps(row, indent=1, ensure_ascii=False))
    sys.exit(0 if is_good(row) else 1)


if __name__ == "__main__":
    main()
