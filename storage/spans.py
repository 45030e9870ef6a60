"""A run's captures, found by their ids: those are given in order, so a run's stand close together.

While a run isn't settled, what is still to be decided of it has a small index of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from sqlalchemy import ColumnElement, Connection, Select, and_, func, insert, literal_column, or_, select, update

from storage.checksums import with_checksum
from storage.damage import Damage
from storage.models import UNSETTLED, CaptureRow, RunRow, SpanRow, table_of

_capture, _run, _span = table_of(CaptureRow), table_of(RunRow), table_of(SpanRow)
_HIGHEST: Final = (1 << 63) - 1


def begin(connection: Connection, run_id: int) -> None:
    """From here on the run may record."""
    highest = connection.scalar(select(func.max(_capture.c.id))) or 0
    row = {"run_id": run_id, "first_capture": highest + 1, "last_capture": None}
    connection.execute(insert(_span).values(with_checksum(_span, row)))


def end(connection: Connection, run_ids: Collection[int]) -> None:
    """These runs record no more."""
    spans = connection.execute(select(_span).where(_span.c.run_id.in_(run_ids))).all()
    for span in spans:
        last = connection.scalar(select(func.max(_capture.c.id)).where(of_runs([span.run_id])))
        row = {
            "run_id": span.run_id,
            "first_capture": span.first_capture,
            "last_capture": span.first_capture - 1 if last is None else last,
        }
        connection.execute(update(_span).where(_span.c.run_id == span.run_id).values(with_checksum(_span, row)))


def of_runs(run_ids: Collection[int] | Select[tuple[int]]) -> ColumnElement[bool]:
    """All captures of these runs; a query that gives their ids will do."""
    bounds = func.min(_span.c.first_capture), func.max(func.coalesce(_span.c.last_capture, _HIGHEST))
    first, last = (select(bound).where(_span.c.run_id.in_(run_ids)).scalar_subquery() for bound in bounds)
    return and_(_capture.c.run_id.in_(run_ids), _capture.c.id >= first, _capture.c.id <= last)


def unsettled(run_ids: Collection[int]) -> ColumnElement[bool]:
    """Those of them that wait, or are open."""
    return and_(_capture.c.run_id.in_(run_ids), literal_column(f"capture.{UNSETTLED}"))


def outside(connection: Connection) -> Iterator[Damage]:
    """Runs without a span, and captures that stand outside of their run's."""
    for run_id in connection.scalars(
        select(_run.c.id).outerjoin(_span, _span.c.run_id == _run.c.id).where(_span.c.run_id.is_(None))
    ):
        yield Damage("span", str(run_id), "is missing: where the run's captures stand isn't known")
    is_outside = or_(_capture.c.id < _span.c.first_capture, _capture.c.id > _span.c.last_capture)
    for id_, run_id in connection.execute(
        select(_capture.c.id, _capture.c.run_id).join(_span, _span.c.run_id == _capture.c.run_id).where(is_outside)
    ):
        yield Damage("capture", str(id_), f"stands outside of the captures of run {run_id}")
