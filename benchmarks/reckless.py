"""The negative controls of ``benchmarks.kills``: our program without one protection each. Every one of them must be found out."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, func, select, update

PAUSE: Final = 0.05
"""Seconds between two commits that should be one: long enough for a kill to find."""


def acknowledge_first() -> None:
    """A crawl tells what it captured before it commits it."""
    from crawler.session import Session
    from storage.models import CaptureRow
    from storage.records import Capture, RecordedCapture

    def keep(self: Session, batch: list[Capture]) -> None:
        with self.engine.connect() as connection:
            last = connection.execute(select(func.max(CaptureRow.__table__.c.id))).scalar() or 0
        for number, capture in enumerate(batch, last + 1):
            self.observer.captured(RecordedCapture(number, capture.url, capture.outcome))
        self.archive.record(self.run_id, batch)
        self.archive.settle_batch(self.run_id)

    Session.keep = keep  # type: ignore[method-assign]


def import_anew() -> None:
    """An import doesn't look for what an earlier one stored."""
    from storage import imported

    imported._known = lambda _connection, _keys: {}


def reread_anew() -> None:
    """A reread compares with the first reading alone, not with what an earlier reread made of it."""
    from storage import rereading
    from storage.models import CaptureRow, table_of

    def differing(connection: Connection, reread: Any) -> Any:
        capture = table_of(CaptureRow)
        return connection.execute(select(capture).where(capture.c.id == reread.capture_id)).one()

    rereading._differing = differing


def empty_first() -> None:
    """A compaction lets go of bodies in one transaction, and puts their pack in their places in the next."""
    from storage import bodies, compacting
    from storage.engine import writing
    from storage.models import BodyRow, table_of

    put, body = compacting._put, table_of(BodyRow)

    def in_two(engine: Engine, pack: Any, now: datetime) -> Any:
        digests = [row.sha256 for row in pack.rows]
        with writing(engine) as connection:
            connection.execute(update(body).where(body.c.sha256.in_(digests)).values(codec=bodies.IN_PACK, data=b""))
        time.sleep(PAUSE)
        return put(engine, pack, now)

    compacting._put = in_two


def migrate_step_by_step() -> None:
    """Each migration is a transaction of its own."""
    from alembic import command

    from storage import engine as engines
    from storage.schema import _loose, configuration, known_revisions

    def upgrade(engine: Engine) -> None:
        for revision in sorted(known_revisions()):
            with engine.connect() as connection, _loose(connection), connection.begin():
                command.upgrade(configuration(connection), revision)
            time.sleep(PAUSE)

    engines.upgrade = upgrade  # type: ignore[attr-defined]


def write_in_place() -> None:
    """An export is written under its own name from the first byte."""
    from reports.exports import manifests
    from reports.whole import Counted

    @contextmanager
    def in_place(path: Path) -> Iterator[Counted]:
        out = Counted(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644))
        yield out
        out.close()

    manifests.whole_file = in_place


CONTROLS: Final[dict[str, Callable[[], None]]] = {
    "crawl": acknowledge_first,
    "import": import_anew,
    "reread": reread_anew,
    "compact": empty_first,
    "migrate": migrate_step_by_step,
    "export": write_in_place,
}
