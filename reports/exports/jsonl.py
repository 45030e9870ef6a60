"""JSON Lines: everything that is known of a version, a line each; `import` reads it back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from reports.exports.snapshots import Snapshot, Tally, exported, snapshot_object
from reports.render.text import json_line


def export_jsonl(snapshots: Iterable[Snapshot], path: Path, *, as_of: datetime | None = None) -> Tally:
    """Memory doesn't grow with the rows. The file and its manifest appear when they are whole."""
    tally = Tally()
    with exported(path, "jsonl", as_of, tally) as out:
        for snapshot in tally.counting(snapshots):
            out.write(json_line(snapshot_object(snapshot)) + "\n")
    return tally
