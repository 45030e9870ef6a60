"""export"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watch import output
from watch.context import called, moment
from watch.paths import output_file, writing_to

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from reports.exports.snapshots import Snapshot


class Format(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"


def export(
    context: typer.Context,
    form: Annotated[
        Format, typer.Option("--format", help="jsonl: exact, import reads it back; csv: for spreadsheets.")
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="PATH", help="The file to write; its manifest is put beside it.")
    ],
    as_of: Annotated[
        str | None, typer.Option(metavar="WHEN", help="The versions that stood then; else today's.")
    ] = None,
) -> None:
    """Write a snapshot of every page to a file.

    \b
    Example:
      csto-watch export --format jsonl --out pages.jsonl --as-of 2026-07-26
    """
    from reports.exports.csvfile import export_csv  # noqa: PLC0415
    from reports.exports.jsonl import export_jsonl  # noqa: PLC0415
    from watch.store import reading  # noqa: PLC0415

    path, then = output_file(out, "--out"), moment(as_of, "--as-of", ends_day=True)
    with reading(called(context).db_url) as engine, writing_to(path, "--out"):
        write = export_csv if form is Format.CSV else export_jsonl
        tally = write(_snapshots(engine, then), path, as_of=then)
    output.note(f"{tally.rows} versions written to {out}")


def _snapshots(engine: Engine, as_of: datetime | None) -> Iterator[Snapshot]:
    from reports.exports.snapshots import Snapshot  # noqa: PLC0415
    from storage import queries  # noqa: PLC0415

    for version, state in queries.snapshot(engine, as_of):
        yield Snapshot(version, state)
