"""reread"""

from __future__ import annotations

import typer

from watch import output
from watch.context import called


def reread(context: typer.Context) -> None:
    """Read the kept bytes again with today's reader.

    What differs becomes a technical version, never an edit.

    \b
    Example:
      csto-watch reread
      csto-watch changes --technical
    """
    from crawler.reread import reread as reread_store  # noqa: PLC0415
    from watch.store import holding  # noqa: PLC0415

    with holding(called(context).db_url) as engine:
        summary = reread_store(engine)
    output.note(f"{summary.read} kept pages read again, {summary.differing} differ: csto-watch changes --technical")
