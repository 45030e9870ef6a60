"""Broken pages through the whole reader: no crash, no hang, and the same hash each time.

``python -m benchmarks.fuzz_reading --cpu-seconds N [--save DIR]`` prints one JSON object and exits 1 for any fault. Pages of the
corpus and the replica are mutated by seed and read with what was learned of their site. A *crash* is an exception, a *hang* more
than two seconds of CPU time for one page, *unstable* a page that is read otherwise when it is read again, or whose article has
another hash when it comes back from its stored form. Found pages are written under ``--save`` with what became of them. The
controls are readers with a planted crash, a planted hang and a planted change of mind.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any, Final

from benchmarks.corpus import FAMILIES, NOISES, make_site
from benchmarks.mutations import mutated
from benchmarks.pure_crawl import SITE, crawl, probe_of
from benchmarks.shares import WORKERS, workers
from crawler.pages.listing import list_links
from crawler.pages.model import Model
from crawler.pages.reading import Answer, Fingerprint, Reading, explain, fingerprint, read
from replica.site import ReplicaSite
from storage.articles import decode_article, encode_article
from storage.hashing import content_sha256
from storage.records import Outcome

MARKUPS: Final = ("bitrix", "semantic", "table", "divs")
HANG: Final = 2.0
"""Seconds of CPU time, so that a busy machine makes no hang; the pages that are read do nothing but compute."""
CPU_SECONDS: Final = 3600.0
PAGES: Final = 4
ALSO_EACH: Final = 8
WORST: Final = 8
CONTENT_TYPES: Final = (
    *("text/html; charset=utf-8",) * 3,
    *(
        "text/html",
        "text/html; charset=windows-1251",
        "text/html; charset=utf-16",
        "text/html; charset=bogus",
        "text/plain",
    ),
)

Reader = Callable[[Answer, Model | None], Reading]


class Hang(Exception):
    """Raised in the reader when its time is over."""


@dataclass(frozen=True, slots=True)
class Source:
    """A page as it was before it was broken."""

    name: str
    url: str
    body: bytes
    content_type: str
    probe: Fingerprint | None
    model: Model | None


@dataclass(frozen=True, slots=True)
class Task:
    seed: int
    cpu_seconds: float
    save: Path | None
    reader: str = "ours"
    most_faults: int = 20


@dataclass(slots=True)
class Tally:
    pages: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    mutations: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[str, str]] = field(default_factory=list)
    """``crash``, ``hang`` or ``unstable``, and which page."""
    worst: list[tuple[float, str]] = field(default_factory=list)

    def took(self, seconds: float, name: str) -> None:
        self.worst = sorted([*self.worst, (round(seconds, 3), name)], reverse=True)[:WORST]

    def add(self, other: Tally) -> None:
        self.pages += other.pages
        self.outcomes += other.outcomes
        self.mutations += other.mutations
        self.faults += other.faults
        self.worst = sorted([*self.worst, *other.worst], reverse=True)[:WORST]


def sources(seed: int, families: Sequence[str] = FAMILIES) -> list[Source]:
    """A few pages of every markup, with what a crawl of them learns."""
    found = []
    for family in families:
        site, noise = make_site(family, seed, PAGES), frozenset(NOISES)
        model, probe = crawl(site, site.articles, 1)[1].model, probe_of(site, 1, noise)
        for number, truth in enumerate(site.articles):
            body = site.render(truth, fetch=1, noise=noise)
            found.append(Source(f"{family}-{number}", site.url(truth), body, site.content_type, probe, model))
    for markup in MARKUPS:
        replica = ReplicaSite(PAGES, markup, seed)
        for number, address in enumerate(replica.addresses[:PAGES]):
            sent = replica.respond(address)
            found.append(Source(f"{markup}-{number}", replica.url(address), sent.body, sent.content_type, None, None))
    return found


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raises Hang in the code within once it has computed for so long."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def fuzz(task: Task) -> Tally:
    tally, reader = Tally(), READERS[task.reader]
    pages = sources(task.seed % 97, FAMILIES if task.reader == "ours" else FAMILIES[:2])
    began = time.process_time()
    for number in count():
        if time.process_time() - began > task.cpu_seconds or len(tally.faults) >= task.most_faults:
            return tally
        rng = random.Random(f"{task.seed} {number}")
        source = rng.choice(pages)
        body, names = mutated(rng, source.body)
        content_type = rng.choice((source.content_type, source.content_type, *CONTENT_TYPES))
        answer = Answer(source.url, 200, body, content_type, probe=source.probe)
        name = f"seed {task.seed}, page {number}: {source.name}, {', '.join(names)}"
        tally.pages += 1
        tally.mutations.update(names)
        fault = _fault(reader, answer, source.model, name, tally, is_thorough=number % ALSO_EACH == 0)
        if fault is not None:
            tally.faults.append((fault[0], name))
            _save(task, number, answer, f"{name}\n{content_type}\n{fault[0]}: {fault[1]}")
    raise AssertionError


def _fault(
    reader: Reader, answer: Answer, model: Model | None, name: str, tally: Tally, *, is_thorough: bool
) -> tuple[str, str] | None:
    """What went wrong, and more of it; None where nothing did."""
    started = time.process_time()
    try:
        with deadline(HANG):
            reading = reader(answer, model)
        seconds = time.process_time() - started
        tally.took(seconds, name)
        tally.outcomes[str(reading.outcome)] += 1
        if seconds > HANG:  # within one call of C code nobody can be interrupted
            return "hang", f"{seconds:.1f} s"
        with deadline(4 * HANG):
            unstable = _unstable(reader, answer, model, reading, is_thorough=is_thorough)
    except Hang:
        return "hang", traceback.format_exc(limit=-12)
    except Exception:  # noqa: BLE001 - any exception at all is what is looked for
        return "crash", traceback.format_exc(limit=-12)
    return ("unstable", unstable) if unstable else None


def _unstable(reader: Reader, answer: Answer, model: Model | None, reading: Reading, *, is_thorough: bool) -> str:
    """In what the page isn't the same when it is read again, explained or stored; "" if it is."""
    if reader(answer, model) != reading:
        return "read otherwise the second time"
    if is_thorough:
        fingerprint(answer.body, answer.content_type)
        list_links(answer.body, answer.url, answer.content_type)
        if explain(answer, site=SITE, model=model).reading != reading:
            return "explained otherwise"
    article = reading.article
    # An article may go along with a suspect answer, for another crawl to agree.
    if reading.outcome is not Outcome.SUSPECT and (article is not None) is not (reading.outcome is Outcome.OK):
        return f"{reading.outcome} and its article don't agree"
    if article is None:
        return ""
    if not article.title or not article.blocks:
        return "an article without title or text"
    stored = decode_article(encode_article(article))
    return "" if content_sha256(stored) == content_sha256(article) else "another hash when it comes back from the store"


def _ours(answer: Answer, model: Model | None) -> Reading:
    return read(answer, site=SITE, model=model)


def _crashing(answer: Answer, model: Model | None) -> Reading:
    if b"\x00" in answer.body:
        raise ValueError("planted")
    return _ours(answer, model)


def _hanging(answer: Answer, model: Model | None) -> Reading:
    while b"\xff\xfe" in answer.body:
        pass
    return _ours(answer, model)


_readings = count()


def _fickle(answer: Answer, model: Model | None) -> Reading:
    reading = _ours(answer, model)
    return replace(reading, reason=f"{next(_readings)}") if b"&shy;" in answer.body else reading


READERS: Final[dict[str, Reader]] = {"ours": _ours, "crash": _crashing, "hang": _hanging, "unstable": _fickle}


def _save(task: Task, number: int, answer: Answer, told: str) -> None:
    if task.save is None or task.reader != "ours":
        return
    task.save.mkdir(parents=True, exist_ok=True)
    (task.save / f"{task.seed}-{number}.html").write_bytes(answer.body)
    (task.save / f"{task.seed}-{number}.txt").write_text(f"{answer.url}\n{told}\n", encoding="utf-8", errors="replace")


def figures(cpu_seconds: float, seed: int = 1, save: Path | None = None) -> dict[str, Any]:
    share = cpu_seconds / WORKERS
    tasks = [Task(1000 * seed + worker, share, save) for worker in range(WORKERS)]
    planted = [Task(1000 * seed + 500, 30, None, kind, 1) for kind in READERS if kind != "ours"]
    with workers() as pool:
        tallies, controls = list(pool.map(fuzz, tasks)), list(pool.map(fuzz, planted))
    whole = Tally()
    for tally in tallies:
        whole.add(tally)
    return {
        "seed": seed,
        "cpu_seconds": cpu_seconds,
        "pages": whole.pages,
        **{name: sum(kind == name for kind, _ in whole.faults) for name in ("crash", "hang", "unstable")},
        "faults": [f"{kind}: {name}" for kind, name in whole.faults],
        "outcomes": dict(whole.outcomes.most_common()),
        "mutations": dict(sorted(whole.mutations.items())),
        "worst_seconds": [list(one) for one in whole.worst],
        "control": {
            task.reader: [kind for kind, _ in tally.faults] for task, tally in zip(planted, controls, strict=True)
        },
    }


def is_good(row: dict[str, Any]) -> bool:
    """No fault in at least some pages, and each planted one is found for what it is."""
    is_found = all(found == [kind] for kind, found in row["control"].items())
    return not row["faults"] and row["pages"] > 100 and is_found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cpu-seconds", type=float, default=CPU_SECONDS)
    parser.add_argument("--part", action="store_true", help="a twentieth of the time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", type=Path, help="where pages with a fault are written")
    options = parser.parse_args()
    row = figures(options.cpu_seconds / (20 if options.part else 1), options.seed, options.save)
    print(json.dumps(row, indent=1, ensure_ascii=False))
    sys.exit(0 if is_good(row) else 1)


if __name__ == "__main__":
    main()
