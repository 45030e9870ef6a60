"""backup"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from watch import output
from watch.context import called
from watch.paths import output_file, writing_to
from watch.progress import counting


def backup(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The file to write.", show_default=False)],
    force: Annotated[bool, typer.Option("--force", help="Replace a file of that name.")] = False,
    whole: Annotated[bool, typer.Option("--verify", help="Hash everything in the copy again, as verify does.")] = False,
) -> None:
    """Write a safe copy of the store, also while a crawl runs.

    The file stands under its name once it is whole, checked and on the disk; never before.

    \b
    Example:
      csto-watch backup backups/monday.db
    """
    from storage.backup import back_up  # noqa: PLC0415

    target = output_file(path, "PATH")
    with writing_to(target, "PATH"), counting("copying") as told:
        size = back_up(called(context).db_url, target.resolve(), replace=force, whole=whole, told=told)
    output.note(f"{path}: a whole copy of {size / 1e6:.1f} MB")
