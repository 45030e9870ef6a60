"""Stores for reports: one of the replica's site, to be looked at, and one with as many edits as are asked for, to be measured.

Both are made through the archive's own door, with a clock of their own: the same seed gives the same history.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from benchmarks.edit_pairs import Pair, make_pairs
from crawler.pages.reading import READER_VERSION, Answer, read
from crawler.pages.urls import canonical
from crawler.sites import SITES
from replica.content import NEWEST
from replica.site import ReplicaSite
from storage.archive import Archive
from storage.engine import open_store
from storage.pieces import chunks
from storage.records import Article, Block, BlockKind, Capture, Outcome, RunMode, RunOutcome, RunReport

SITE: Final = "csto-en"
START: Final = datetime.combine(NEWEST + timedelta(days=1), time(3), UTC)
DAYS: Final = 21
BLIND: Final = frozenset({9, 10, 11})
"""Days on which nobody looks: they are a gap."""
_PROGRAM: Final = "1"
_BATCH: Final = 50
_SECTIONS: Final = ("/news/news_odkb", "/news/speech", "/news/smi", "/documents/statements", "/presscenter")


class _Crawler:
    """Crawls whatever it is given, once a day, by a clock that it sets."""

    def __init__(self, db_url: str) -> None:
        self._now = START
        self._engine = open_store(db_url, write=True)
        self._archive = Archive(self._engine, clock=lambda: self._now)

    def crawl(self, day: int, captures: Sequence[Capture], listed: Sequence[str]) -> None:
        self._now = START + timedelta(days=day)
        archive = self._archive
        run_id = archive.begin_run(SITE, RunMode.FULL, reader_version=READER_VERSION, program_version=_PROGRAM)
        archive.note_listed(run_id, [(canonical(url), url) for url in listed])
        for some in chunks(captures, _BATCH):
            self._now += timedelta(seconds=len(some))
            archive.record(run_id, [replace(capture, captured_at=self._now) for capture in some])
        self._now += timedelta(seconds=1)
        size = sum(len(capture.body or b"") for capture in captures)
        archive.settle(run_id, RunReport(RunOutcome.COMPLETE, 0, True, True, True, len(captures), size))

    def close(self) -> None:
        self._engine.dispose()


# --- the replica, for three weeks -------------------------------------------------------------------------------------
def make_watched(db_url: str, *, articles: int = 60, days: int = DAYS, seed: int = 2026) -> None:
    """A small site that is edited on most days."""
    site = ReplicaSite(articles=articles, seed=seed, noise=False)
    crawler, plan = _Crawler(db_url), _edits(site)
    known: dict[str, Capture] = {}
    for day in range(days):
        if day:
            for _ in range(day * 7 % 4):
                known.pop(next(plan, ""), None)
        if day in BLIND:
            continue
        for address in site.addresses:
            if address not in known:
                known[address] = _capture(site, address)
        crawler.crawl(day, [known[address] for address in site.addresses], [site.url(each) for each in site.listed])
    crawler.close()


def _edits(site: ReplicaSite) -> Iterator[str]:
    """Edits of every kind, one after another; the address of each page that was edited."""
    texts = ("paragraphs", "digit", "paragraphs", "link")
    for number in range(6):
        address = site.pick(*texts[number % len(texts) :][:1])
        title = site.article(address).title
        yield site.replace_word(address).address if number % 2 else site.retitle(address, f"{title}.").address
        yield site.change_digit(site.pick("digit")).address
        address = site.pick()
        yield site.retitle(address, site.article(address).title.replace("ee", "e", 1).replace("ti", "tti", 1)).address
        yield site.add_article().address
        yield site.insert_paragraph(site.pick("paragraphs")).address
        yield site.remove_paragraph(site.pick("paragraphs")).address
        if number == 1:
            yield site.delete(site.pick(), 410).address
            yield site.unlist(site.pick("paragraphs")).address
            yield site.set_date(site.pick("date"), date(2024, 8, 5)).address


def _capture(site: ReplicaSite, address: str) -> Capture:
    """What a crawl would make of the page, without the way there."""
    answer, url = site.respond(address), site.url(address)
    found = read(Answer(url, answer.status, answer.body, answer.content_type), site=SITES[SITE])
    return Capture(
        canonical(url),
        found.outcome,
        START,
        reason=found.reason,
        shown_url=url,
        http_status=answer.status,
        media_type=found.media_type,
        encoding=found.encoding,
        body=answer.body,
        article=found.article,
        reader_version=READER_VERSION,
    )


# --- many edits -------------------------------------------------------------------------------------------------------
def make_edited(db_url: str, edits: int, seed: int) -> None:
    """As many pages, each edited once in one of ten crawls; texts and edits are those of benchmarks/edit_pairs.py."""
    pairs = list(make_pairs(seed, edits))
    pages = [_url(number) for number in range(len(pairs))]
    crawler = _Crawler(db_url)
    first = [_made(number, pair, is_new=False) for number, pair in enumerate(pairs)]
    crawler.crawl(0, first, pages)
    days = max(len(pairs) // 10, 1)
    for day, numbers in enumerate(chunks(range(len(pairs)), days), 1):
        crawler.crawl(day, [_made(number, pairs[number], is_new=True) for number in numbers], pages)
    crawler.close()


def _url(number: int) -> str:
    return f"https://en.odkb-csto.org{_SECTIONS[number % len(_SECTIONS)]}/item-{number:05d}/"


def _made(number: int, pair: Pair, *, is_new: bool) -> Capture:
    blocks = (pair.new if is_new else pair.old).blocks
    article = Article(
        title=f"A meeting, number {number}",
        published=NEWEST - timedelta(days=number % 40),
        language=pair.language,
        blocks=tuple(Block(BlockKind.PARAGRAPH, text) for text in blocks),
    )
    url = _url(number)
    body = f"{number} {is_new}".encode()
    return Capture(
        canonical(url),
        Outcome.OK,
        START,
        shown_url=url,
        http_status=200,
        body=body,
        article=article,
        reader_version=READER_VERSION,
    )
