"""The negative control of ``benchmarks.kills``: our program, but it acknowledges a batch before it commits it."""

from __future__ import annotations

from sqlalchemy import func, select

from crawler.session import Session
from storage.models import CaptureRow
from storage.records import Capture, RecordedCapture
from watch.cli import main


def keep_recklessly(self: Session, batch: list[Capture]) -> None:
    with self.engine.connect() as connection:
        last = connection.execute(select(func.max(CaptureRow.__table__.c.id))).scalar() or 0
    for number, capture in enumerate(batch, last + 1):
        self.observer.captured(RecordedCapture(number, capture.url, capture.outcome))
    self.archive.record(self.run_id, batch)
    self.archive.settle_batch(self.run_id)


if __name__ == "__main__":
    Session.keep = keep_recklessly  # type: ignore[method-assign]
    main()
