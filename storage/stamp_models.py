"""The table of time stamps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.declared import ID, Base


class StampRow(Base):
    """What a time-stamp authority (RFC 3161) answered for one seal (storage/stamps.py)."""

    __tablename__ = "stamp"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    seal_number: Mapped[int] = mapped_column(index=True)
    """No foreign key: a stamp outlives a seal that somebody removed, and tells of it."""
    authority: Mapped[str]
    """Its address without user, password, query and fragment."""
    requested_at: Mapped[datetime]
    stamped_at: Mapped[datetime]
    """The authority's own time, out of the token."""
    token: Mapped[bytes]
    """The whole answer in DER, as ``openssl ts -verify -in`` wants it."""
    trusted: Mapped[bytes | None]
    """PEM: the certificates that its signature was checked against; None where none were configured."""
    leaf: Mapped[bytes]
    """SHA-256 over all of the above."""
