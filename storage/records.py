"""What storage is given and gives back: frozen records, no SQL and no HTML.

The words are the house's: a *capture* is one fetch, whatever came of it; a *version* is one distinct content of a page; an
*event* is what a reader of the record is told. Every ``*_at`` is an aware UTC instant, every ``*_on`` and ``published`` a date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Outcome(StrEnum):
    """What a capture turned out to be. Only ``OK`` may make a version."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    NET_ERROR = "net_error"
    HTTP_ERROR = "http_error"
    PARTIAL = "partial"
    UNDECODABLE = "undecodable"
    WRONG_TYPE = "wrong_type"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    BLOCKED = "blocked"
    MAINTENANCE = "maintenance"
    SOFT_404 = "soft_404"
    GONE = "gone"
    MOVED = "moved"
    OUT_OF_SCOPE = "out_of_scope"
    ROBOTS_DENIED = "robots_denied"
    EXTRACT_FAILED = "extract_failed"
    SUSPECT = "suspect"
    UNACCOUNTED = "unaccounted"
    FORGOTTEN = "forgotten"
    """Whatever it was: its page was forgotten."""


class PageState(StrEnum):
    LISTED = "listed"
    UNLISTED = "unlisted"
    SUSPECT = "suspect"
    GONE = "gone"
    MOVED = "moved"
    PENDING = "pending"
    FORGOTTEN = "forgotten"


class EventKind(StrEnum):
    NEW = "new"
    EDITED = "edited"
    DELETED = "deleted"
    RESTORED = "restored"
    MOVED = "moved"
    UNLISTED = "unlisted"
    RELISTED = "relisted"
    FORGOTTEN = "forgotten"


class RunMode(StrEnum):
    FULL = "full"
    NEW = "new"
    DUE = "due"
    URL = "url"
    IMPORT = "import"
    REREAD = "reread"


class RunOutcome(StrEnum):
    COMPLETE = "complete"
    PARTIAL = "partial"
    INTERRUPTED = "interrupted"
    TIMEOUT = "timeout"
    BLOCKED = "blocked"
    ALARM = "alarm"
    FAILED = "failed"


class BlockKind(StrEnum):
    """The shape of a block. It is shown, and it is in no hash (RULES: block kind and list markers are in neither)."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    TABLE_ROW = "table_row"


FIELDS: Final = ("title", "published", "body", "links", "media", "language")
"""The fields that an ``edited`` event may name, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Block:
    kind: BlockKind
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """``href`` is absolute and canonical."""

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class Media:
    """``src`` is absolute and canonical; from a text capture it is a bare file name."""

    src: str
    alt: str


@dataclass(frozen=True, slots=True)
class FileHash:
    """The bytes of a picture or of a linked document: ``href`` as it stands in ``media`` or ``links``, 64 hex digits."""

    href: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Article:
    """What a reader made of one page.

    ``unknown`` names the fields (of ``FIELDS``) that this capture can't know: a text capture never knows link targets and
    media sources, and knows date or title only where they are printed. An unknown field is compared with nothing.

    ``files``: the hashes that are known (``crawl --media``), by address; one that isn't there is compared with nothing.
    """

    title: str | None
    published: date | None
    language: str | None
    blocks: tuple[Block, ...]
    links: tuple[Link, ...] = ()
    media: tuple[Media, ...] = ()
    unknown: frozenset[str] = frozenset()
    files: tuple[FileHash, ...] = ()


_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Capture:
    """One fetch, as it is handed to ``Archive.record``.

    ``url`` is the page's canonical address, ``shown_url`` the address as the site links it. ``captured_at`` is None only for an
    import whose time isn't known: it stands before all dated ones of its page. ``body`` is the answer with transfer and
    content encoding taken off, whole. ``moved_to`` is the canonical target of a 301 or 308. ``reason`` is one short lower-case
    phrase for people ("redirect to the home page", "timeout").
    """

    url: str
    outcome: Outcome
    captured_at: datetime | None
    reason: str = ""
    shown_url: str | None = None
    final_url: str | None = None
    http_status: int | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: _NO_HEADERS)
    media_type: str | None = None
    encoding: str | None = None
    body: bytes | None = None
    is_cut: bool = False
    """``body`` is no more than the beginning of the answer."""
    article: Article | None = None
    moved_to: str | None = None
    reader_version: str = ""
    source: str = "crawl"
    """``crawl``, ``import`` or ``reread``."""
    is_open: bool = False
    """How it is read is decided at the run's end: until then nothing is settled by it."""
    site: str | None = None
    """The site that the address belongs to, where it isn't the run's (an import of several sites)."""


@dataclass(frozen=True, slots=True)
class RecordedCapture:
    """What ``record`` acknowledges: after it is returned, no crash loses it. ``is_new``: no earlier import had stored it."""

    id: int
    url: str
    outcome: Outcome
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class KeptBody:
    """Bytes that are kept of a capture, with what it takes to read them again."""

    capture_id: int
    url: str
    shown_url: str
    site: str | None
    captured_at: datetime | None
    outcome: Outcome
    http_status: int | None
    final_url: str | None
    media_type: str | None
    encoding: str | None
    headers: Mapping[str, str]
    reader_version: str
    body: bytes
    base_url: str | None = None
    """The mirror that the bytes came from: links to it are the site's own."""


@dataclass(frozen=True, slots=True)
class Reread:
    """What today's reader makes of a capture's kept bytes."""

    capture_id: int
    article: Article
    reader_version: str


@dataclass(frozen=True, slots=True)
class Revision:
    """What a capture is, now that the run's end has decided: the open one of the page (``look``: 0 for its first of the run),
    or the one with ``capture_id``, as long as it isn't settled."""

    url: str
    look: int
    outcome: Outcome
    reason: str
    article: Article | None
    reader_version: str
    capture_id: int | None = None


@dataclass(frozen=True, slots=True)
class SiteModel:
    """What was learned of a site's templates, as crawler/pages/model.py encodes it. ``mark`` names its rules."""

    site: str
    version: int
    era: int
    pages: int
    data: bytes
    run_id: int | None = None
    made_at: datetime | None = None
    reader_version: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """One distinct content of one page. ``number`` follows recording and never changes; order in time comes from the captures."""

    id: int
    url: str
    number: int
    article: Article
    text_sha256: str
    content_sha256: str
    reader_version: str
    technical: bool
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    captures: int


@dataclass(frozen=True, slots=True)
class Event:
    """A line of ``changes``. ``seen_at`` is the first capture that shows it, ``not_before`` the last one that doesn't."""

    id: int
    kind: EventKind
    url: str
    title: str | None
    site: str | None
    language: str | None
    run_id: int | None
    seen_at: datetime | None
    not_before: datetime | None
    recorded_at: datetime
    from_version: int | None
    to_version: int | None
    fields: tuple[str, ...]
    technical: bool
    baseline: bool
    group: str | None
    flapping: bool
    moved_to: str | None
    also_at: tuple[str, ...] = ()
    past: bool = False
    """From an import or a reread: it stands in the record and notifies nobody."""
    flips: int = 0
    """How many changes of a flapping page this line stands for; else 0."""


@dataclass(frozen=True, slots=True)
class Page:
    """A line of ``pages``. ``url`` is shown as the site links it."""

    url: str
    state: PageState
    site: str | None
    title: str | None
    language: str | None
    versions: int
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    checked_at: datetime | None
    next_check_at: datetime | None
    moved_to: str | None = None
    also_at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl, import or reread: first recorded, then settled."""

    id: int
    site: str | None
    mode: RunMode
    base_url: str | None
    started_at: datetime
    finished_at: datetime | None
    outcome: RunOutcome | None
    exit_code: int | None
    requests: int
    bytes: int
    captures: Mapping[str, int]
    """Count by outcome."""
    events: Mapping[str, int]
    """Count by kind."""
    note: str = ""
    is_complete: bool = True
    """False where it ended well but left pages alone (``--limit``)."""
    fields: Mapping[str, float] = field(default_factory=dict)
    """The articles read, the share of them with each field, and the median length of their texts."""


@dataclass(frozen=True, slots=True)
class HeldPage:
    """Something that waits for a second crawl or for a person (``review``)."""

    id: int
    kind: str
    """``disappearance`` (many pages gone at once), ``shrinkage``, ``field_lost``, ``same_text`` or ``possible_move``."""
    url: str
    reason: str
    held_at: datetime
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class KnownPage:
    """What a spider needs of a page that it is to look at again."""

    id: int
    url: str
    shown_url: str
    state: PageState
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunReport:
    """What the crawler says of its run when it hands it over to be settled for good.

    ``is_complete``: every list was walked to its end and every address has its outcome; only then may a page be called gone
    (404), unlisted or moved without a redirect. ``walked_lists``: whether this run walked the lists at all to their end (a
    ``new`` or ``--url`` run doesn't, and so calls nothing unlisted). ``looked_twice``: 404s of this run were confirmed by a
    second look at its end.
    """

    outcome: RunOutcome
    exit_code: int
    is_complete: bool
    walked_lists: bool
    looked_twice: bool
    requests: int
    bytes: int
    note: str = ""
    template_changed: bool = False


@dataclass(frozen=True, slots=True)
class Settlement:
    """What settling a run came to. ``held``: pages that were held back; ``mass_disappearance``: those that were gone at once."""

    events: Mapping[str, int]
    held: int = 0
    mass_disappearance: int = 0
    alarm: str = ""
    """Which watched fields fell, from what to what: the run is an alarm."""
    fields: Mapping[str, float] = field(default_factory=dict)
    """The articles read, the share of them with each field, and the median length of their texts."""
    alike: tuple[int, ...] = ()
    """For each group of pages that changed alike, how many they are."""
