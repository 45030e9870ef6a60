"""import"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from reports.render.text import visible
from watch import output
from watch.context import called, moment
from watch.errors import SILENT, WrongArgumentError

if TYPE_CHECKING:
    from crawler.importing import ImportSummary
    from storage.archive import Archive
    from watch.context import Called


def import_(  # noqa: PLR0913, PLR0917 - the options of the command line
    context: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help=".html, .txt, our own .jsonl, or .warc and .warc.gz.")
    ] = None,
    url: Annotated[str | None, typer.Option(metavar="URL", help="The page that the one FILE is a capture of.")] = None,
    captured_at: Annotated[
        str | None, typer.Option(metavar="WHEN", help="When it was captured; else it stands before all others.")
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(metavar="FILE.jsonl", help="A list of captures: url, captured_at, and file, text or html."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object.")] = False,
) -> None:
    """Put saved captures into the store.

    \b
    Example:
      csto-watch import page.html --url https://en.odkb-csto.org/structure/ --captured-at 2020-05-21
      csto-watch import captures.warc.gz
    """
    from crawler.importing import import_files  # noqa: PLC0415
    from storage.dumping import is_whole_store  # noqa: PLC0415

    if files and any(map(is_whole_store, files)):
        _restore(called(context), files, as_json=as_json)
        return
    then = moment(captured_at, "--captured-at")
    with ExitStack() as stack:
        archive = cast("Archive", _WhenNeeded(stack, called(context)))
        summary = import_files(archive, files or (), url=url, captured_at=then, manifest=manifest)
    if as_json and summary.exit_code not in SILENT:
        output.write_object(_object(summary))
    else:
        _tell(summary)
    raise typer.Exit(int(summary.exit_code))


def _restore(call: Called, files: list[Path], *, as_json: bool) -> None:
    """An export of a whole store is no capture: it makes the same store at an empty place."""
    from storage.dumping import records_of, restore  # noqa: PLC0415

    if len(files) != 1:
        raise WrongArgumentError("an export of a whole store (--scope store) is imported alone, into an empty place")
    made = restore(call.db_url, records_of(files[0]))
    if as_json:
        output.write_object({"rows": dict(made.rows), "content_root": made.content_root})
    else:
        output.note(f"{sum(made.rows.values())} rows restored; content_root {made.content_root}")


class _WhenNeeded:
    """The archive, opened at the first call: a file that can't be imported leaves no store behind."""

    def __init__(self, stack: ExitStack, call: Called) -> None:
        self._stack, self._db_url, self._retention = stack, call.db_url, call.configuration.retention
        self._archive: Archive | None = None

    def __getattr__(self, name: str) -> Any:
        if self._archive is None:
            from storage.archive import Archive  # noqa: PLC0415
            from watch.store import holding  # noqa: PLC0415

            engine = self._stack.enter_context(holding(self._db_url))
            self._archive = Archive(engine, retention=self._retention)
        return getattr(self._archive, name)


def _object(summary: ImportSummary) -> dict[str, Any]:
    return {
        "run_id": summary.run_id,
        "captures": dict(summary.captures),
        "known": summary.known,
        "events": dict(summary.events),
        "not_read": [
            {"source": it.where, "url": it.url, "outcome": it.outcome.value, "reason": it.reason}
            for it in summary.not_read
        ],
        "forgotten": summary.forgotten,
        "skipped": dict(summary.skipped),
        "exit_code": int(summary.exit_code),
    }


def _tell(summary: ImportSummary) -> None:
    counts = ", ".join(f"{count} {name}" for name, count in summary.captures.items())
    known = f"; {summary.known} of them were in the store already" if summary.known else ""
    output.note(f"Run {summary.run_id} (import): {counts}{known}")
    if summary.forgotten:
        output.note(f"  {summary.forgotten} of them are captures of forgotten pages, and were left out")
    for why, count in sorted(summary.skipped.items()):
        output.note(f"  {count} records left out: {visible(why)}")
    for it in summary.not_read:
        output.note(f"  {visible(it.where)}: {it.outcome.value}: {visible(it.reason)}")
