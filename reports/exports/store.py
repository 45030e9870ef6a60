"""JSON Lines of a whole store: every row, so that `import` makes the same store of them (storage/dumping.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from reports.exports.manifests import Origin, Tally, exported
from reports.render.text import json_line


def export_store(records: Iterable[Mapping[str, Any]], path: Path, origin: Origin, tally: Tally) -> Tally:
    """``records``: of ``dump``. ``counts`` of the manifest: the rows of each table."""
    with exported(path, "jsonl", origin, tally) as out:
        for record in records:
            out.write(json_line(record) + "\n")
            if record["record"] not in {"store", "end"}:
                tally.counts[record["record"]] += 1
                tally.count()
    return tally
