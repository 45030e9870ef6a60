"""What is sealed of a row, and the tree over it, as docs/seals.md specifies them for any other program. Pure.

A row's *leaf* is one line of JSON, an array whose first item names its form, and stands in the tree as its SHA-256. Only what
never changes is in it: where a version stands in time, and until when it was seen, follows from the captures. A *node* is a short
text that quotes the hashes of up to 16 leaves or nodes, so that a path can be checked with ``sha256sum`` and the eye.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from storage.records import EventKind

FAN_OUT: Final = 16
_NODE: Final = "csto-node-1"
_SEAL: Final = "csto-seal-1"
_DERIVED: Final = frozenset({EventKind.NEW.value, EventKind.EDITED.value})
"""Kinds whose bounds follow from the page's captures, and become truer with captures from the past."""

KINDS: Final = ("run", "model", "capture", "version", "event", "removal")
"""The kinds of rows that are sealed, in the order in which they stand in the tree."""

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def run_leaf(row: Any) -> str:
    """A run that has ended: how it was called, how it ended, what it counted."""
    return line(
        "csto-run-1",
        *(row.id, row.site, row.mode, row.base_url, row.reader_version, row.program_version),
        *(row.started_at, row.finished_at, row.outcome, row.exit_code, bool(row.is_complete), bool(row.walked_lists)),
        *(row.requests, row.bytes, row.captures, row.events, row.held, row.disappeared, row.note, row.fields),
        bool(row.template_changed),
    )


def model_leaf(row: Any) -> str:
    """What was learned of a site. The stored bytes go in as they are: they are never packed anew."""
    return line(
        "csto-model-1",
        *(row.id, row.site, row.version, row.era, row.run_id, row.made_at, row.reader_version, row.pages, row.codec),
        sha256(row.data),
    )


def capture_leaf(row: Any, page_id: int | None = None) -> str:
    """One fetch. ``row`` has ``key`` and ``content_sha256`` of the article that it shows. ``page_id``: where it was first."""
    return line(
        "csto-capture-1",
        *(row.id, row.page_id if page_id is None else page_id, row.run_id, row.captured_at, row.outcome),
        *(row.http_status, row.body_sha256, row.key, row.content_sha256, row.reader_version, row.reread_of),
        *(row.moved_to, row.at_url, row.reason),
    )


def answer_leaf(row: Any) -> str:
    """What came with the bytes that opened a version."""
    return line(
        "csto-answer-1",
        *(
            row.capture_id,
            row.body_sha256,
            bool(row.is_whole),
            row.final_url,
            row.media_type,
            row.encoding,
            row.headers,
        ),
    )


def version_leaf(row: Any, opener: bytes, answer: bytes | None, before: bytes | None) -> str:
    """``opener``: the leaf of the capture that opened it; ``before``: the leaf of the page's version before it by number."""
    return line(
        "csto-version-1",
        *(row.id, row.page_id, row.number, row.opened_by, opener, answer, row.reader_version, row.rereads, before),
    )


def event_leaf(row: Any) -> str:
    """What was told, when, and of which version; the bounds only where they don't follow from captures."""
    is_derived = row.kind in _DERIVED
    bounds = (None, None, None) if is_derived else (row.seen_at, row.not_before, row.from_version_id)
    to_version = None if row.kind == EventKind.NEW.value else row.to_version_id
    return line(
        "csto-event-1",
        *(
            row.id,
            row.page_id,
            row.run_id,
            row.kind,
            row.url,
            row.recorded_at,
            bool(row.is_baseline),
            bool(row.is_past),
        ),
        *(row.moved_to, to_version, *bounds),
    )


def removal_leaf(row: Any) -> str:
    """What stands for a row that was taken back, or for a page that was joined with another."""
    return line("csto-removal-1", row.id, row.kind, row.row_id, row.leaf, row.into_id, row.reason, row.removed_at)


def hash_of(text: str) -> bytes:
    """The SHA-256 of a leaf's or a node's text in UTF-8."""
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def node_text(children: Sequence[bytes]) -> str:
    """Lines: the form's name, then the hashes in hexadecimal figures, in order."""
    return "\n".join([_NODE, *(child.hex() for child in children), ""])


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The hash at the top; of no leaves, that of a node without children."""
    level = list(leaves)
    while True:
        level = [hash_of(node_text(level[at : at + FAN_OUT])) for at in range(0, max(1, len(level)), FAN_OUT)]
        if len(level) == 1:
            return level[0]


def path_of(leaves: Sequence[bytes], place: int) -> list[str]:
    """The nodes from the leaf at ``place`` up to the root: each text quotes the hash of the one before it."""
    level, texts = leaves, []
    while True:
        start = place // FAN_OUT * FAN_OUT
        texts.append(node_text(level[start : start + FAN_OUT]))
        level = [hash_of(node_text(level[at : at + FAN_OUT])) for at in range(0, max(1, len(level)), FAN_OUT)]
        if len(level) == 1:
            return texts
        place //= FAN_OUT


@dataclass(frozen=True, slots=True)
class SealText:
    """What a seal says. ``counts``: rows by kind, in the order of ``KINDS``. ``previous``: the hash of the seal before it."""

    number: int
    sealed_at: datetime
    counts: tuple[int, ...]
    root: bytes
    previous: bytes | None

    @property
    def text(self) -> str:
        rows = " ".join(f"{kind}={count}" for kind, count in zip(KINDS, self.counts, strict=True))
        lines = (
            *(_SEAL, f"number {self.number}", f"sealed_at {instant(self.sealed_at)}", f"rows {rows}"),
            *(f"root {self.root.hex()}", f"previous {self.previous.hex() if self.previous else '-'}"),
        )
        return "\n".join([*lines, ""])

    @property
    def hash(self) -> bytes:
        return hash_of(self.text)


def instant(value: datetime) -> str:
    """``2026-11-26T20:00:00.000000Z``: always six figures behind the second."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def line(*values: Any) -> str:
    """A line of JSON: bytes in hexadecimal figures, instants as ``instant`` writes them."""
    return _encode([_plain(value) for value in values])


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime):
        return instant(value)
    return value.hexdigest() if hasattr(value, "hexdigest") else value
