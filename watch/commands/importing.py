"""import"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from watch import output
from watch.context import moment
from watch.errors import UsageMistake


def import_(
    context: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help=".html, .txt, or our own .jsonl.")
    ] = None,
    url: Annotated[str | None, typer.Option(metavar="URL", help="The page that the one FILE is a capture of.")] = None,
    captured_at: Annotated[
        str | None, typer.Option(metavar="WHEN", help="When it was captured; else before all others.")
    ] = None,
    manifest: Annotated[
        Path | None, typer.Option(metavar="FILE.jsonl", help="A list: url, captured_at, file or text or html.")
    ] = None,
) -> None:
    """Put saved captures into the store.

    \b
    Example:
      csto-watch import article.html --url https://en.odkb-csto.org/structure/ --captured-at 2020-05-21
    """
    then = moment(captured_at, "--captured-at")
    if bool(files) == bool(manifest):
        raise UsageMistake("give FILEs or --manifest, one of the two")
    if url is not None and len(files or ()) != 1:
        raise UsageMistake("--url names the page of one FILE")
    output.note(f"{then}")
