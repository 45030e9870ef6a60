"""JSON Lines: everything that is known of a version, a line each; `import` reads it back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reports.exports.manifests import Origin, Tally, exported
from reports.exports.snapshots import Snapshot, counted, snapshot_object
from reports.render.text import json_line


def export_jsonl(
    snapshots: Iterable[Snapshot], path: Path, origin: Origin | None = None, tally: Tally | None = None
) -> Tally:
    """Memory doesn't grow with the rows. The file and its manifest appear when they are whole."""
    tally = tally or Tally()
    with exported(path, "jsonl", origin or Origin(), tally) as out:
        for snapshot in counted(snapshots, tally):
            out.write(json_line(snapshot_object(snapshot)) + "\n")
    return tally
