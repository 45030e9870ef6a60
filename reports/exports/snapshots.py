"""What an export is made of, and the manifest that stands beside it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from reports.instants import rfc3339_or_none
from reports.shapes import version_object
from reports.whole import Counted, whole_file
from storage.records import PageState, Version

FORMAT_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The version of a page that stood at the moment of the export. ``state`` is the page's state today."""

    version: Version
    state: PageState


@dataclass
class Tally:
    """Counts what goes through."""

    rows: int = 0
    states: Counter[str] = field(default_factory=Counter)
    reader_versions: Counter[str] = field(default_factory=Counter)

    def counting(self, snapshots: Iterable[Snapshot]) -> Iterator[Snapshot]:
        for snapshot in snapshots:
            self.rows += 1
            self.states[snapshot.state.value] += 1
            self.reader_versions[snapshot.version.reader_version] += 1
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


def manifest_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.manifest.json")


@contextmanager
def exported(path: Path, form: str, as_of: datetime | None, tally: Tally) -> Iterator[Counted]:
    """The export at ``path``, then its manifest: each appears when it is whole. The older manifest goes first, so that no kill
    leaves one that speaks of other bytes than those beside it."""
    with whole_file(path) as out:
        yield out
        manifest_path(path).unlink(missing_ok=True)
    _write_manifest(path, form, as_of, tally, out)


def _write_manifest(path: Path, form: str, as_of: datetime | None, tally: Tally, written: Counted) -> None:
    """Counts and hashes of the export at ``path``, in a file beside it. The same store gives the same bytes."""
    manifest = {
        "file": path.name,
        "format": form,
        "format_version": FORMAT_VERSION,
        "as_of": rfc3339_or_none(as_of),
        "rows": tally.rows,
        "bytes": written.bytes,
        "sha256": written.sha256,
        "states": dict(sorted(tally.states.items())),
        "reader_versions": dict(sorted(tally.reader_versions.items())),
    }
    with whole_file(manifest_path(path)) as out:
        out.write(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
