"""The frame of every export: it appears when it is whole, and then the manifest that stands beside it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from reports.instants import rfc3339_or_none
from reports.whole import Counted, Folder, whole_file, whole_folder
from storage.records import Version

FORMAT_VERSION: Final = 1
Told = Callable[[int, int], None]
"""How much is exported, of how much."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Origin:
    """What an export was taken of. ``content_root`` is that of the whole store at that moment, whatever part of it went out."""

    scope: str | None = None
    as_of: datetime | None = None
    content_root: str | None = None
    schema: str | None = None
    captured_root: str | None = None
    """Of captures alone: what a WARC file can carry."""


@dataclass
class Tally:
    """Counts what goes through, and tells it. ``counts``: what else an export has to say of itself, by name."""

    told: Told | None = None
    total: int = 0
    rows: int = 0
    states: Counter[str] = field(default_factory=Counter)
    reader_versions: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    def through(self, values: Iterable[_T]) -> Iterator[_T]:
        for value in values:
            self.count()
            yield value

    def count(self) -> None:
        self.rows += 1
        if self.told is not None:
            self.told(self.rows, self.total)

    def versions(self, versions: Iterable[Version]) -> Iterator[Version]:
        for version in self.through(versions):
            self.reader_versions[version.reader_version] += 1
            yield version


def manifest_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.manifest.json")


@contextmanager
def exported(path: Path, form: str, origin: Origin, tally: Tally) -> Iterator[Counted]:
    """The export at ``path``, then its manifest: each appears when it is whole. The older manifest goes first, so that no kill
    leaves one that speaks of other bytes than those beside it."""
    with whole_file(path) as out:
        yield out
        manifest_path(path).unlink(missing_ok=True)
    write_manifest(path, form, origin, tally, {"bytes": out.bytes, "sha256": out.sha256})


@contextmanager
def exported_folder(path: Path, form: str, origin: Origin, tally: Tally) -> Iterator[Folder]:
    """The same for a folder of files: each stands in the manifest with its SHA-256. FolderTaken where other files are there."""
    with whole_folder(path) as folder:
        yield folder
        manifest_path(path).unlink(missing_ok=True)
    files = [{"file": name, "bytes": size, "sha256": sha256} for name, (size, sha256) in sorted(folder.written.items())]
    write_manifest(path, form, origin, tally, {"bytes": sum(size for size, _ in folder.written.values())}, files)


def write_manifest(  # noqa: PLR0913, PLR0917 - what a manifest says
    path: Path,
    form: str,
    origin: Origin,
    tally: Tally,
    written: dict[str, Any],
    files: list[dict[str, Any]] | None = None,
) -> None:
    """Counts and hashes of the export at ``path``, in a file beside it. The same store gives the same bytes."""
    manifest = {
        "file": path.name,
        "format": form,
        "format_version": FORMAT_VERSION,
        "scope": origin.scope,
        "as_of": rfc3339_or_none(origin.as_of),
        "rows": tally.rows,
        **written,
        "counts": dict(sorted(tally.counts.items())),
        "states": dict(sorted(tally.states.items())),
        "reader_versions": dict(sorted(tally.reader_versions.items())),
        "content_root": origin.content_root,
        "schema": origin.schema,
        **({"captured_root": origin.captured_root} if origin.captured_root else {}),
    }
    with whole_file(manifest_path(path)) as out:
        out.write(json.dumps(manifest | ({"files": files} if files else {}), indent=2, ensure_ascii=False) + "\n")
