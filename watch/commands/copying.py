"""copy-to"""

from __future__ import annotations

from typing import Annotated

import typer

from watch import output
from watch.context import called, store_url
from watch.progress import counting


def copy_to(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="An empty place for a store, as --db.", show_default=False)],
) -> None:
    """Copy the whole store to another database.

    From SQLite to PostgreSQL, back, or to another file: every row with its id, in one transaction.

    \b
    Example:
      csto-watch copy-to postgresql://user@host/name
    """
    from storage.engine import shown  # noqa: PLC0415
    from storage.moving import copy_store  # noqa: PLC0415

    target = store_url(url, "URL")
    with counting("copying") as told:
        copied = copy_store(called(context).db_url, target, told=told)
    output.note(f"{shown(target)}: {sum(copied.values())} rows of {len(copied)} tables, read back and equal")
