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

    call = called(context)
    summary = reread_store(call.db_url, retention=call.configuration.retention)
    output.note(str(summary))
    raise typer.Exit(int(summary.exit_code))
