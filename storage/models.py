"""The tables. docs/data-model.md draws them and says what each is for; RULES words are the house's words.

Portable between SQLite and PostgreSQL: no column type and no constraint that only one of them has.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import Final

from sqlalchemy import (
    ForeignKey,
    Index,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.body_models import BodyRow, DictionaryRow, PackRow
from storage.declared import ID, NO_BYTES, Base, few, table_of, unsealed
from storage.outbox_models import DeliveryRow, NoticeRow, OutboxRow
from storage.seal_models import ClosingRow, RemovalRow, SealRow
from storage.stamp_models import StampRow

__all__ = [
    "AddressRow",
    "AnswerRow",
    "Base",
    "BodyRow",
    "CaptureRow",
    "ClosingRow",
    "ContentRow",
    "DeliveryRow",
    "DictionaryRow",
    "EventRow",
    "HeldRow",
    "Listing",
    "ModelRow",
    "NoticeRow",
    "OutboxRow",
    "PackRow",
    "PageRow",
    "RemovalRow",
    "RunRow",
    "SealRow",
    "StampRow",
    "Standing",
    "VersionRow",
    "VisitsRow",
    "table_of",
]

SCHEMA_REVISION: Final = "0010"
"""The revision that this program reads and writes: the head of storage/migrations."""


class Standing(IntEnum):
    """Where a capture stands on its way into its page's history."""

    WAITING = 0
    """Recorded, not settled yet."""
    COUNTED = 1
    """A sighting of a version: part of the page's time line."""
    PASSED = 2
    """Settled; shows no version (an error, a 404, a move)."""
    HELD = 3
    """Waits for a second crawl that agrees, or for a person."""
    REJECTED = 4
    """Held once, and turned down."""
    OPEN = 5
    """Recorded; how it is read is decided at the run's end, once its template is known."""


class Listing(IntEnum):
    """Whether the site's lists link a page, as far as the last walk to their end could tell."""

    NEVER = 0
    LISTED = 1
    UNLISTED = 2


class RunRow(Base):
    """One crawl, import or reread."""

    __tablename__ = "run"
    __table_args__ = (few("run_unsettled", "id", "is_settled = 0", "NOT is_settled"), unsealed("run"))

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    site: Mapped[str | None]
    mode: Mapped[str]
    base_url: Mapped[str | None]
    reader_version: Mapped[str]
    program_version: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    exit_code: Mapped[int | None]
    is_complete: Mapped[bool] = mapped_column(default=False)
    walked_lists: Mapped[bool] = mapped_column(default=False)
    is_settled: Mapped[bool] = mapped_column(default=False)
    """Whether versions and events have been derived from all its captures."""
    requests: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int] = mapped_column(default=0)
    captures: Mapped[str] = mapped_column(default="{}")
    """JSON object: count by outcome."""
    events: Mapped[str] = mapped_column(default="{}")
    """JSON object: count by kind."""
    held: Mapped[int] = mapped_column(default=0)
    disappeared: Mapped[int] = mapped_column(default=0)
    """How many pages were gone at once, where that was too many to believe."""
    note: Mapped[str] = mapped_column(default="")
    fields: Mapped[str] = mapped_column(default="{}", server_default="{}")
    """JSON object: the share of articles read with each field, and the length of their texts (storage/watching.py)."""
    template_changed: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the site was found in another template than the one that was known."""
    seal: Mapped[int | None]
    """The number of the seal that holds it and its captures."""


class PageRow(Base):
    """One history. ``url`` is its canonical address now; former addresses stand in ``address``."""

    __tablename__ = "page"
    __table_args__ = (
        Index("ix_page_site_id", "site", "id"),
        Index("ix_page_same_as", "same_as"),
        Index("ix_page_state", "state"),
        few("page_never_listed", "noted_run_id", "listing = 0"),
        few("page_off_the_lists", "noted_run_id", "listing = 2"),
    )

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    url: Mapped[str] = mapped_column(unique=True)
    shown_url: Mapped[str] = mapped_column(index=True)
    site: Mapped[str | None]
    state: Mapped[str]
    listing: Mapped[int] = mapped_column(default=0)
    noted_run_id: Mapped[int | None]
    """The last run that found it in a list."""
    title: Mapped[str | None]
    language: Mapped[str | None]
    versions: Mapped[int] = mapped_column(default=0)
    """How many numbers have been given: the highest version number."""
    current_version_id: Mapped[int | None]
    latest_capture_id: Mapped[int | None]
    """The latest counted capture, whose bytes are kept."""
    first_seen_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    missing_since: Mapped[datetime | None]
    """The first of the 404s in a row that it answers now."""
    moved_to: Mapped[str | None]
    """Another page's address, where the two have histories of their own."""
    same_as: Mapped[int | None]
    """The lowest id among the pages that carry this article too."""


class AddressRow(Base):
    """A former address of a page that moved."""

    __tablename__ = "address"

    url: Mapped[str] = mapped_column(primary_key=True)
    shown_url: Mapped[str] = mapped_column(index=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), index=True)
    moved_to: Mapped[str]


class ContentRow(Base):
    """One Article as a reader gave it or as a version holds it, shared by all captures and versions that show it."""

    __tablename__ = "content"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    key: Mapped[bytes] = mapped_column(unique=True)
    """SHA-256 of the article's stored bytes before compression."""
    text_sha256: Mapped[bytes] = mapped_column(index=True)
    text_algorithm: Mapped[str]
    content_sha256: Mapped[bytes]
    content_algorithm: Mapped[str]
    text_length: Mapped[int]
    unknown: Mapped[int]
    """The fields that it can't know, one bit each in the order of ``FIELDS``."""
    present: Mapped[int] = mapped_column(default=0, server_default="0")
    """The fields that hold something, one bit each; and the digest of the texts of its blocks alone (storage/facets.py)."""
    body_sha256: Mapped[bytes | None]
    codec: Mapped[str]
    article: Mapped[bytes]


class CaptureRow(Base):
    """One fetch. What most captures don't need stands in ``answer``, so that an unchanged visit stays small."""

    __tablename__ = "capture"
    __table_args__ = (
        Index("ix_capture_page_id", "page_id"),
        Index("ix_capture_run_id_standing", "run_id", "standing"),
    )

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    captured_at: Mapped[datetime | None]
    outcome: Mapped[str]
    http_status: Mapped[int | None]
    standing: Mapped[int] = mapped_column(default=0)
    body_sha256: Mapped[bytes | None]
    """Of the whole answer, also when its bytes are no longer kept."""
    content_id: Mapped[int | None] = mapped_column(ForeignKey("content.id"))
    version_id: Mapped[int | None]
    reader_version: Mapped[str | None]
    reread_of: Mapped[int | None]
    moved_to: Mapped[str | None]
    at_url: Mapped[str | None]
    """The address asked for, where it was a former address of the page."""
    reason: Mapped[str | None]


class VisitsRow(Base):
    """Captures of a page that only say that it was unchanged, packed by ``compact`` (storage/visits.py)."""

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_page_id", "page_id"), Index("ix_visits_first_run", "first_run", "last_run"))

    id: Mapped[int] = mapped_column(ID, primary_key=True, autoincrement=False)
    """That of the first capture in it."""
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"))
    first_run: Mapped[int]
    last_run: Mapped[int]
    visits: Mapped[int]
    """How many."""
    data: Mapped[bytes]
    checksum: Mapped[bytes]


class AnswerRow(Base):
    """The bytes that are kept of a capture, and what is needed to read them again."""

    __tablename__ = "answer"

    capture_id: Mapped[int] = mapped_column(ForeignKey("capture.id"), primary_key=True)
    body_sha256: Mapped[bytes] = mapped_column(ForeignKey("body.sha256"), index=True)
    is_whole: Mapped[bool]
    final_url: Mapped[str | None]
    media_type: Mapped[str | None]
    encoding: Mapped[str | None]
    headers: Mapped[str]
    """JSON object."""
    checksum: Mapped[bytes] = mapped_column(server_default=NO_BYTES)


class VersionRow(Base):
    """One distinct content of a page. Its number never changes; ``position`` is its place in time, None once withdrawn."""

    __tablename__ = "version"
    __table_args__ = (
        UniqueConstraint("page_id", "number"),
        few("version_rereads", "rereads", "rereads IS NOT NULL"),
        unsealed("version"),
    )

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"))
    number: Mapped[int]
    position: Mapped[int | None]
    content_id: Mapped[int] = mapped_column(ForeignKey("content.id"), index=True)
    opened_by: Mapped[int] = mapped_column(ForeignKey("capture.id"), index=True)
    """The capture that holds its number in place, wherever in time later recordings put it."""
    is_kept: Mapped[bool]
    """Whether that capture's bytes are kept, for ever. An old capture that splits a version may open one whose bytes,
    no more than a repetition until then, were let go."""
    rereads: Mapped[int | None]
    """The version that today's reader reads differently: this one is technical."""
    reader_version: Mapped[str]
    first_seen_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    captures: Mapped[int]
    seal: Mapped[int | None]
    leaf: Mapped[bytes | None]
    """What was sealed of it (storage/leaves.py): a link of the page's chain, quoted by the next version's."""


TOLD_TOGETHER: Final = text("is_flapping OR change_group IS NOT NULL OR folded_into IS NOT NULL")
"""Of the events those that aren't told each in a line of its own."""


class EventRow(Base):
    """A line of ``changes``."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_page_id_kind", "page_id", "kind"),
        Index("ix_event_told_together", "id", sqlite_where=TOLD_TOGETHER, postgresql_where=TOLD_TOGETHER),
        few("event_folded_into", "folded_into", "folded_into IS NOT NULL"),
        few("event_from_version_id", "from_version_id", "from_version_id IS NOT NULL"),
        few("event_to_version_id", "to_version_id", "to_version_id IS NOT NULL"),
        few("event_flapping", "id", "is_flapping = 1", "is_flapping"),
        unsealed("event"),
    )

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"), index=True)
    kind: Mapped[str]
    url: Mapped[str]
    """The address at that time, as the site links it."""
    seen_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    recorded_at: Mapped[datetime] = mapped_column(index=True)
    from_version_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    to_version_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    fields: Mapped[int] = mapped_column(default=0)
    is_baseline: Mapped[bool] = mapped_column(default=False)
    is_past: Mapped[bool] = mapped_column(default=False)
    """From an import or a reread: it is in the record and notifies nobody."""
    is_flapping: Mapped[bool] = mapped_column(default=False)
    change_group: Mapped[str | None]
    folded_into: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    """The event in whose line this one is shown."""
    moved_to: Mapped[str | None]
    seal: Mapped[int | None]


class ModelRow(Base):
    """What was learned of a site's template. The highest version of a site is the one in use; an era is one template."""

    __tablename__ = "model"
    __table_args__ = (UniqueConstraint("site", "version"), unsealed("model"))

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    site: Mapped[str]
    version: Mapped[int]
    era: Mapped[int]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    """The run that it was learned from."""
    made_at: Mapped[datetime]
    reader_version: Mapped[str]
    pages: Mapped[int]
    """How many pages it was learned from."""
    codec: Mapped[str]
    data: Mapped[bytes]
    """JSON object (crawler/pages/model.py)."""
    seal: Mapped[int | None]


class HeldRow(Base):
    """What waits for a second crawl that agrees, or for a person."""

    __tablename__ = "held"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    kind: Mapped[str]
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), index=True)
    other_page_id: Mapped[int | None] = mapped_column(ForeignKey("page.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    capture_id: Mapped[int | None] = mapped_column(ForeignKey("capture.id"))
    reason: Mapped[str]
    held_at: Mapped[datetime]
