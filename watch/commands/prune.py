"""prune"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from crawler.exit_codes import ExitCode
from reports.render.text import visible
from watch import output
from watch.context import Called, called
from watch.errors import WrongArgumentError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from storage.forgetting import Forgettable
    from storage.pruning import Pruned

_WHY: Final = {
    "superseded": "a later answer of the page shows the same",
    "failed_count": "failures beyond the newest of their page",
    "failed_age": "failures that are old",
    "unread_count": "unread answers beyond the newest of their page",
    "unread_age": "unread answers that are old",
}


def prune(  # noqa: PLR0913, PLR0917 - the options of the command line
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    forget: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="Forget this page for good, and drop nothing else. May be repeated."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Forget without asking.")] = False,
    shrink: Annotated[
        bool, typer.Option("--shrink", help="Write the file anew without its free space; that needs as much again.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Let go of the bytes that the settings don't keep.

    What opened a version is never dropped, nor a page's latest answer. No crawl may run meanwhile (exit code 75). Killed, it
    goes on when it is called again. --forget deletes all that a page said, and asks first: docs/retention.md.

    \b
    Example:
      csto-watch prune --dry-run
    """
    if forget:
        _forget(called(context), forget, dry_run=dry_run, yes=yes, as_json=as_json)
        return
    if yes:
        raise WrongArgumentError("--yes is for --forget URL: nothing else is asked")
    if dry_run and shrink:
        raise WrongArgumentError("--dry-run changes nothing, and --shrink does: give one of them")
    _prune(called(context), dry_run=dry_run, shrink=shrink, as_json=as_json)


def _prune(call: Called, *, dry_run: bool, shrink: bool, as_json: bool) -> None:
    from storage import pruning  # noqa: PLC0415
    from storage.erasing import erase_freed, free_bytes  # noqa: PLC0415
    from storage.times import utc_now  # noqa: PLC0415
    from watch.store import holding, reading  # noqa: PLC0415

    retention = call.configuration.retention
    with reading(call.db_url) as engine:
        pages = pruning.count_pages(engine)  # a store that isn't there is none, and none is made
        if dry_run:
            with _progress(pages) as told:
                found = pruning.survey(engine, retention, utc_now(), told=told)
            _tell(found, free_bytes(engine), is_done=False, as_json=as_json)
            return
    with holding(call.db_url) as engine:
        with _progress(pages) as told:
            done = pruning.prune(engine, retention, utc_now(), told=told)
        if shrink:
            erase_freed(engine)
        _tell(done, free_bytes(engine), is_done=True, as_json=as_json)


def _tell(found: Pruned, free: int | None, *, is_done: bool, as_json: bool) -> None:
    if as_json:
        output.write_object(_object(found, free, is_done=is_done))
        return
    from reports.render.table import Sheet  # noqa: PLC0415
    from watch.sheets import print_sheet  # noqa: PLC0415

    if not found.captures:
        output.write_line("Nothing to let go.")
        return
    sheet = Sheet(("WHY", "CAPTURES", "BYTES", "WHAT"), lead=3)
    for why, count in sorted(found.captures.items()):
        sheet.add(why.value, str(count), str(found.bytes[why]), _WHY[why.value])
    print_sheet(lambda _clock: sheet)
    go = "left" if is_done else "would leave"
    output.note(f"{found.dropped.bodies} bodies {go} the store, which took {found.dropped.stored} bytes in it.")
    if free is not None and is_done:
        output.note(f"{free} bytes of its file are free, for what comes; --shrink gives them back.")


def _object(found: Pruned, free: int | None, *, is_done: bool) -> dict[str, Any]:
    reasons = {
        why.value: {"captures": count, "bytes": found.bytes[why]} for why, count in sorted(found.captures.items())
    }
    totals = {"captures": found.captures.total(), "bytes": found.bytes.total()}
    freed = {"bodies": found.dropped.bodies, "stored_bytes": found.dropped.stored, "free_bytes": free}
    return {"dry_run": not is_done, "reasons": reasons} | totals | freed


def _forget(call: Called, urls: Sequence[str], *, dry_run: bool, yes: bool, as_json: bool) -> None:
    from storage.forgetting import forget  # noqa: PLC0415
    from watch.store import holding, reading  # noqa: PLC0415

    with reading(call.db_url) as engine:
        found = _found(engine, urls)
    if not dry_run:
        _confirm(found, yes=yes)
        with holding(call.db_url) as engine:
            found = _found(engine, urls)
            forget(engine, list({page.page_id for page in found.values()}))
    if as_json:
        output.write_object({"dry_run": dry_run, "forgotten": [_page_object(url, page) for url, page in found.items()]})
        return
    for url, page in found.items():
        words = "would be forgotten" if dry_run else "is forgotten"
        output.write_line(f"{visible(url)} {words}: {_counts(page)}")
    if not dry_run:
        output.note("Copies made before, and the server's own log, still hold it: see docs/retention.md.")


def _found(engine: Engine, urls: Sequence[str]) -> dict[str, Forgettable]:
    from storage.engine import reading as transaction  # noqa: PLC0415
    from storage.forgetting import look  # noqa: PLC0415
    from storage.queries import find_page  # noqa: PLC0415
    from watch.store import known_page  # noqa: PLC0415

    found: dict[str, Forgettable] = {}
    for url in urls:
        page = known_page(engine, url, even_forgotten=True)
        with transaction(engine) as connection:
            page_id = find_page(connection, page.url)
            assert page_id is not None  # noqa: S101 - the page was found just now
            found[url] = look(connection, page_id)
    return found


def _confirm(found: dict[str, Forgettable], *, yes: bool) -> None:
    """Nothing brings a forgotten page back: a person says so, or a script does in so many words."""
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise WrongArgumentError("--forget deletes for good: say --yes where nobody can be asked")
    for page in found.values():
        for address in page.urls:
            output.note(visible(address))
        output.note(f"  {_counts(page)}")
    if not typer.confirm("Delete all that is kept of it, for good?", err=True):
        output.note("Nothing was deleted.")
        raise typer.Exit(ExitCode.INTERRUPTED)


def _counts(page: Forgettable) -> str:
    if page.is_forgotten:
        return "it was forgotten before"
    return f"{page.versions} versions, {page.captures} captures, {page.events} events"


def _page_object(url: str, page: Forgettable) -> dict[str, Any]:
    counts = {"versions": page.versions, "captures": page.captures, "events": page.events}
    return {"url": url, "addresses": list(page.urls), "was_forgotten": page.is_forgotten} | counts


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, silence in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _pages: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), MofNCompleteColumn())
    with Progress(*columns, console=output.stderr_console()) as progress:
        task = progress.add_task("looking at pages", total=total)
        yield lambda pages: progress.advance(task, pages)
