"""The kept bytes read again with today's reader. What differs becomes a technical version, and never an edit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from crawler.exit_codes import ExitCode
from crawler.models import Models
from crawler.pages.reading import READER_VERSION, Answer, Reading, read, reader_mark
from crawler.pages.relearning import relearn
from crawler.pages.text_capture import MEDIA_TYPE, read_text
from crawler.sites import SITES
from crawler.version import program_version
from storage.archive import Archive
from storage.engine import open_store, shown, sqlite_file
from storage.errors import StoreMissing
from storage.learned import waiting_edits
from storage.lock import store_lock
from storage.records import Article, KeptBody, Outcome, Reread, Revision, RunMode, RunOutcome, RunReport
from storage.rereading import count_kept, kept_bodies
from storage.retention import DEFAULT, Retention

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from crawler.pages.model import Model
    from crawler.sites import Site

BATCH: Final = 50
_LEARNED_FROM: Final = 24
"""Edits that wait, of one run, from which a known template learns."""


@dataclass(frozen=True, slots=True)
class RereadSummary:
    """``unreadable``: bytes that made a version once and in which today's reader finds no article; the version stays."""

    run_id: int
    read: int
    differing: int
    unreadable: int
    exit_code: ExitCode

    def __str__(self) -> str:
        told = f"{self.read} captures read again with reader {READER_VERSION}: {self.differing} differ"
        return f"{told}, {self.unreadable} can't be read any more and stay as they are" if self.unreadable else told


def reread(
    db_url: str, advance: Callable[[int, int], None] | None = None, *, retention: Retention = DEFAULT
) -> RereadSummary:
    """``advance(done, of)`` is told after each batch. Raises StoreHeld and StorageError."""
    file = sqlite_file(db_url)
    if file is not None and not file.exists():
        raise StoreMissing(shown(db_url))  # a writer would make an empty one
    with store_lock(db_url):
        engine = open_store(db_url, write=True)
        try:
            return reread_store(engine, advance, retention=retention)
        finally:
            engine.dispose()


def reread_store(
    engine: Engine,
    advance: Callable[[int, int], None] | None = None,
    *,
    reader_version: str = READER_VERSION,
    retention: Retention = DEFAULT,
) -> RereadSummary:
    """The same on an open store that nobody else writes. ``reader_version``: for which this is done, with its mark."""
    archive, models = Archive(engine, retention=retention), Models(engine)
    run_id = archive.begin_run(None, RunMode.REREAD, reader_version=reader_version, program_version=program_version())
    total, done, differing, unreadable = count_kept(engine), 0, 0, 0
    for batch in _batches(kept_bodies(engine)):
        readings = [(kept, read_again(kept, models.of(kept.site))) for kept in batch]
        believed = [(kept.capture_id, models.mark(kept.site), _believed(kept, r)) for kept, r in readings]
        rereads = [Reread(capture_id, article, mark) for capture_id, mark, article in believed if article is not None]
        differing += archive.record_reread(run_id, rereads)
        unreadable += sum(kept.outcome is Outcome.OK and r.article is None for kept, r in readings)
        done += len(batch)
        if advance is not None:
            advance(done, max(total, done))
    archive.settle(run_id, _report(unreadable))
    return RereadSummary(run_id, done, differing, unreadable, ExitCode.COMPLETE)


def _believed(kept: KeptBody, reading: Reading) -> Article | None:
    """Bytes that were believed once are: today's reader may doubt them for what other pages of the site show."""
    return reading.article if Outcome.OK in {kept.outcome, reading.outcome} else None


def reread_before(archive: Archive, run_id: int, model: Model | None) -> None:
    """What a run's waiting edits showed before, read by the rules that they are read by now: what differs then is no edit."""
    rereads = [
        Reread(old.capture_id, reading.article, reading.reader)
        for old, new in waiting_edits(archive.engine, run_id)
        if old.reader_version != new.reader_version and (reading := read_again(old, model)).article is not None
    ]
    if not rereads:
        return
    reread_id = archive.begin_run(
        None, RunMode.REREAD, reader_version=reader_mark(model), program_version=program_version()
    )
    archive.record_reread(reread_id, rereads)
    archive.settle(reread_id, _report(0))


def learn_from_edits(archive: Archive, run_id: int, site: Site, model: Model) -> Model | None:
    """Where many pages were edited in one run: what the template learns from them, with its mark on the run's edits."""
    pairs = waiting_edits(archive.engine, run_id, limit=_LEARNED_FROM)
    learned = relearn(model, site, [(_answer_of(old), _answer_of(new)) for old, new in pairs]) if pairs else None
    if learned is None:
        return None
    readings = ((new, read_again(new, learned)) for _, new in waiting_edits(archive.engine, run_id))
    revisions = [
        Revision(new.url, 0, reading.outcome, reading.reason, reading.article, reading.reader, new.capture_id)
        for new, reading in readings
        if reading.article is not None
    ]
    archive.revise(run_id, revisions)
    return learned


def read_again(kept: KeptBody, model: Model | None = None) -> Reading:
    """What today's reader makes of the bytes, asked as it was asked then; the probe page of that crawl isn't at hand."""
    if kept.media_type == MEDIA_TYPE:
        return read_text(kept.body)
    return read(_answer_of(kept), site=SITES.get(kept.site or ""), model=model)


def _answer_of(kept: KeptBody) -> Answer:
    return Answer(
        url=kept.shown_url,
        status=kept.http_status or 200,
        body=kept.body,
        content_type=kept.headers.get("content-type") or kept.headers.get("Content-Type"),
        base_origin=kept.base_url,
    )


def _batches(bodies: Iterator[KeptBody]) -> Iterator[list[KeptBody]]:
    while batch := list(islice(bodies, BATCH)):
        yield batch


def _report(unreadable: int) -> RunReport:
    return RunReport(
        outcome=RunOutcome.COMPLETE,
        exit_code=int(ExitCode.COMPLETE),
        is_complete=True,
        walked_lists=False,
        looked_twice=False,
        requests=0,
        bytes=0,
        note=f"{unreadable} kept bodies hold no article for today's reader" if unreadable else "",
    )
