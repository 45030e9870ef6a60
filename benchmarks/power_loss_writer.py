"""The process whose disk ``benchmarks.power_loss`` takes apart: batches of captures, each acknowledged behind its commit.

``python -m benchmarks.power_loss_writer FOLDER SEED CAPTURES CHECKPOINT_PAGES [off]``. Acknowledgements are lines in
``FOLDER/acknowledged``: the log of the shim has them in one order with what was written and synced.
"""

from __future__ import annotations

import os
import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from storage.archive import Archive
from storage.engine import open_store
from storage.records import Article, Block, BlockKind, Capture, Outcome, RunMode, RunOutcome, RunReport

PAGES = 40


def main(folder: Path, seed: int, captures: int, checkpoint_pages: int, *, is_reckless: bool) -> None:
    chance, now = random.Random(seed), datetime(2026, 1, 1, tzinfo=UTC)
    engine = open_store(f"sqlite:///{folder / 'store.db'}", write=True)
    engine.dispose()  # connections that come have these settings too

    @event.listens_for(engine, "connect")
    def hurry(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA wal_autocheckpoint={checkpoint_pages}")
        if is_reckless:
            connection.execute("PRAGMA synchronous=OFF")

    archive = Archive(engine, clock=lambda: now)
    told = os.open(folder / "acknowledged", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    number = 0
    while number < captures:
        run = archive.begin_run("csto-en", RunMode.FULL, reader_version="1", program_version="0")
        for _ in range(4):
            batch = [_capture(chance, number + place, now) for place in range(chance.randrange(1, 9))]
            number += len(batch)
            for recorded, capture in zip(archive.record(run, batch), batch, strict=True):
                os.write(told, f"{recorded.id} {recorded.outcome.value} {capture.url}\n".encode())
            archive.settle_batch(run)
            now += timedelta(minutes=1)
        archive.settle(run, RunReport(RunOutcome.PARTIAL, 12, False, False, False, requests=4, bytes=0))
        if chance.random() < 0.2:
            engine.dispose()  # the last connection puts the log away and removes it
    engine.dispose()


def _capture(chance: random.Random, number: int, now: datetime) -> Capture:
    url = f"https://example.org/news/{number % PAGES}"
    text = f"Paragraph {chance.random()} of capture {number}."
    article = Article(f"Title {number % PAGES}", None, "en", (Block(BlockKind.PARAGRAPH, text),))
    body = chance.randbytes(chance.randrange(500, 12_000))
    return Capture(url, Outcome.OK, now, http_status=200, body=body, article=article, reader_version="1")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:5]), is_reckless=sys.argv[5:] == ["off"])
