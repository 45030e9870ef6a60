"""The table of where runs' captures stand."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.declared import ID, Base


class SpanRow(Base):
    """Between which ids a run's captures stand: an index of captures by run would cost 11 bytes a visit (storage/spans.py)."""

    __tablename__ = "span"

    run_id: Mapped[int] = mapped_column(ID, ForeignKey("run.id"), primary_key=True, autoincrement=False)
    first_capture: Mapped[int]
    """The lowest that it could have been given when the run began."""
    last_capture: Mapped[int | None]
    """The highest when it was settled; None before."""
    checksum: Mapped[bytes]
