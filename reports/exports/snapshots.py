"""What the exports of versions are made of, one object each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from reports.exports.manifests import FORMAT_VERSION, Tally
from reports.instants import rfc3339_or_none
from reports.shapes import version_object
from storage.records import PageState, Version


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A version, and the state of its page at the moment of the export."""

    version: Version
    state: PageState


def counted(snapshots: Iterable[Snapshot], tally: Tally) -> Iterator[Snapshot]:
    for snapshot in tally.through(snapshots):
        tally.states[snapshot.state.value] += 1
        tally.reader_versions[snapshot.version.reader_version] += 1
        yield snapshot


def snapshot_object(snapshot: Snapshot) -> dict[str, Any]:
    """``show --json`` and what an import needs: the moment of the capture, and which fields it can't know."""
    version = snapshot.version
    return {
        "format": FORMAT_VERSION,
        **version_object(version, snapshot.state.value),
        "captured_at": rfc3339_or_none(version.first_seen_at),
        "unknown": sorted(version.article.unknown),
    }
