"""The tables of seals."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.declared import ID, Base, unsealed


class SealRow(Base):
    """One hash over all that was added since the seal before it, and over that seal (storage/seals.py)."""

    __tablename__ = "seal"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    """The run at whose end it was made; None where a person's answer made it."""
    sealed_at: Mapped[datetime]
    runs: Mapped[int]
    models: Mapped[int]
    captures: Mapped[int]
    versions: Mapped[int]
    events: Mapped[int]
    removals: Mapped[int]
    root: Mapped[bytes]
    previous: Mapped[bytes | None]
    hash: Mapped[bytes]
    listed: Mapped[bytes]
    """Which rows it holds (storage/seal_lists.py)."""


class RemovalRow(Base):
    """What is left of a sealed row that was taken back, and that a page was joined with another."""

    __tablename__ = "removal"
    __table_args__ = (Index("ix_removal_kind_row_id", "kind", "row_id"), unsealed("removal"))

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    kind: Mapped[str]
    row_id: Mapped[int]
    leaf: Mapped[bytes | None]
    into_id: Mapped[int | None]
    reason: Mapped[str]
    removed_at: Mapped[datetime]
    seal: Mapped[int | None]


class ClosingRow(Base):
    """What the rows of a table that may still change were when the last run ended (storage/closings.py); gone once one writes."""

    __tablename__ = "closing"

    name: Mapped[str] = mapped_column(primary_key=True)
    """The table's."""
    taken_at: Mapped[datetime]
    listed: Mapped[bytes]
    checksum: Mapped[bytes]
