"""report"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watch import output
from watch.context import called, moment
from watch.paths import output_file, writing_to

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from reports.report import ReportInput

_RUNS_LISTED = 200


def report(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The HTML file to write.")],
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Recorded since: 2026-07-26, 7d, 12h or RFC 3339.")
    ] = None,
) -> None:
    """Write what changed as one HTML file.

    \b
    Example:
      csto-watch report --since 7d --out report.html
    """
    from reports.report import report_page  # noqa: PLC0415
    from reports.whole import whole_file  # noqa: PLC0415
    from watch.store import reading  # noqa: PLC0415

    path, after = output_file(out, "--out"), moment(since, "--since")
    with reading(called(context).db_url) as engine:
        given = _given(engine, after)
    page = report_page(given)
    with writing_to(path, "--out"), whole_file(path) as file:
        file.write(page)
    output.note(f"{len(given.changes)} changes written to {out}")


def _given(engine: Engine, since: datetime | None) -> ReportInput:
    from reports.report import ReportInput  # noqa: PLC0415
    from storage import queries  # noqa: PLC0415
    from watch.judging import judged_events  # noqa: PLC0415

    found = list(judged_events(engine, since=since))
    return ReportInput(
        since=since,
        changes=[judged for judged, _ in found],
        comparisons={judged.event.id: comparison for judged, comparison in found if comparison is not None},
        pages=list(queries.pages(engine)),
        runs=list(queries.runs(engine, limit=_RUNS_LISTED)),
        held=list(queries.held(engine)),
    )
