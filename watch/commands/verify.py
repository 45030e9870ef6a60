"""verify"""

from __future__ import annotations

import typer

from reports.render.text import visible
from watch import output
from watch.context import called


def verify(context: typer.Context) -> None:
    """Hash everything again: is the store whole?

    Damage is listed on stderr; then the exit code is 17.

    \b
    Example:
      csto-watch verify
    """
    from crawler.exit_codes import ExitCode  # noqa: PLC0415
    from storage.verify import verify as verify_store  # noqa: PLC0415
    from watch.store import reading  # noqa: PLC0415

    with reading(called(context).db_url) as engine:
        damage = list(verify_store(engine))
    for found in damage:
        output.note(f"damaged: {visible(str(found))}")
    if damage:
        output.note(f"csto-watch: {len(damage)} places are damaged: restore a backup, keep this file")
        raise typer.Exit(ExitCode.STORAGE_UNUSABLE)
    output.write_line("The store is whole.")
