"""The tables of notices: which events each rule is to be told of, what they were put together to, and what became of it.

They hold references and no text of a page: what a notice says is written anew from the record each time that it is sent.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.declared import ID, Base, few


class NoticeRow(Base):
    """One message, put together for good before it is sent: of the same events it has the same ``uid`` in every try."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True)
    """What the receiver knows it by."""
    rule: Mapped[str]
    shape: Mapped[str]
    """``single``, ``summary`` or ``digest``."""
    made_at: Mapped[datetime]


class OutboxRow(Base):
    """One event for one rule, written in the transaction that wrote the event."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("rule", "event_key"),
        Index("ix_outbox_notice_id", "notice_id"),
        few("outbox_waiting", "id", "state = 'waiting'"),
    )

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    rule: Mapped[str]
    """By its name: what it asks for is looked up in the settings when notices are put together."""
    event_key: Mapped[bytes]
    """Which event it is, by what never changes of it (storage/outbox.py): SQLite may give an id again."""
    event_id: Mapped[int]
    """No foreign key: an event that its page's captures tell no longer goes, and this row says that there was one."""
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    recorded_at: Mapped[datetime]
    state: Mapped[str]
    """``waiting``, ``told`` (it is in a notice) or ``passed`` (the rule doesn't ask for it, or the event is gone)."""
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))


class DeliveryRow(Base):
    """A notice on its way to one address of its rule."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("notice_id", "target"), few("delivery_waiting", "id", "state = 'waiting'"))

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    target: Mapped[str]
    """The address by a name that gives nothing away: ``env:NAME``, or the service and its place in the rule."""
    state: Mapped[str]
    """``waiting``, ``sent`` or ``discarded``."""
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    """Why the last try failed, in this program's own words."""
