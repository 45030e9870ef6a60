"""The tables of bytes: bodies, and what many of them stand behind."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.declared import ID, NO_BYTES, Base


class DictionaryRow(Base):
    """What the pages of a site have in common: it stands before a body when that is packed and unpacked."""

    __tablename__ = "dictionary"
    __table_args__ = (Index("ix_dictionary_site", "site"),)

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    site: Mapped[str | None]
    made_at: Mapped[datetime]
    sha256: Mapped[bytes]
    """Of its content, as all of a size."""
    size: Mapped[int]
    cost: Mapped[int]
    """What a thousand bytes of the site's pages cost with it when it was made. Where they come to cost more another is made."""
    codec: Mapped[str]
    data: Mapped[bytes]
    checksum: Mapped[bytes] = mapped_column(server_default=NO_BYTES)
    """Of the other values (storage/checksums.py)."""


class PackRow(Base):
    """Many bodies in one frame, made by ``compact``. Goes with the last of its bodies."""

    __tablename__ = "pack"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    made_at: Mapped[datetime]
    size: Mapped[int]
    codec: Mapped[str]
    dictionary_id: Mapped[int | None] = mapped_column(ForeignKey("dictionary.id"))
    data: Mapped[bytes]
    checksum: Mapped[bytes] = mapped_column(server_default=NO_BYTES)


class BodyRow(Base):
    """Bytes, once each."""

    __tablename__ = "body"
    __table_args__ = (
        Index(
            "ix_body_base_sha256",
            "base_sha256",
            sqlite_where=text("base_sha256 IS NOT NULL"),
            postgresql_where=text("base_sha256 IS NOT NULL"),
        ),
        Index(
            "ix_body_pack_id",
            "pack_id",
            sqlite_where=text("pack_id IS NOT NULL"),
            postgresql_where=text("pack_id IS NOT NULL"),
        ),
    )

    sha256: Mapped[bytes] = mapped_column(primary_key=True)
    size: Mapped[int]
    codec: Mapped[str]
    data: Mapped[bytes]
    """Empty where it stands in a pack."""
    dictionary_id: Mapped[int | None] = mapped_column(ForeignKey("dictionary.id"))
    base_sha256: Mapped[bytes | None]
    """The body that stands before it when it is unpacked, behind the dictionary. A base has none itself. No foreign key:
    rows may be copied in any order; ``verify`` follows it."""
    pack_id: Mapped[int | None] = mapped_column(ForeignKey("pack.id"))
    place: Mapped[int | None]
    """Where it begins in what its pack unpacks to."""
