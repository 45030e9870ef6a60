"""compact"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from watch import output
from watch.context import called

if TYPE_CHECKING:
    from storage.compacting import Compacted
    from storage.visits import Listed


def compact(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Put old bodies into packs and unchanged visits into lists.

    Crawls may go on meanwhile. Stopped or killed it loses nothing; call it again and it goes on. What it frees is filled by
    later crawls: the file itself doesn't get smaller.

    \b
    Example:
      csto-watch compact
    """
    from storage import compacting, visits  # noqa: PLC0415
    from watch.store import rewriting  # noqa: PLC0415

    with rewriting(called(context).db_url) as engine:
        with _progress("packing bodies", compacting.count_unpacked(engine)) as told:
            done = compacting.compact(engine, told=told)
        with _progress("listing visits", visits.count_pages(engine)) as told:
            listed = visits.list_visits(engine, told)
    if as_json:
        names = ("bodies", "packs", "before", "after", "unreadable", "rewritten")
        also = {"visits": listed.visits, "visit_lists": listed.lists, "visit_bytes": listed.size}
        output.write_object({name: getattr(done, name) for name in names} | also)
    else:
        for line in _lines(done, listed) or ["Nothing to pack."]:
            output.write_line(line)
    if done.unreadable:
        output.note(
            f"csto-watch: {done.unreadable} bodies can't be read and stay as they are: csto-watch verify names them"
        )


def _lines(done: Compacted, listed: Listed) -> list[str]:
    lines = []
    if done.bodies:
        sizes = f"{done.before / 1e6:.2f} MB became {done.after / 1e6:.2f} MB"
        lines.append(f"{done.bodies} bodies went into {done.packs} packs: {sizes}.")
    if done.rewritten:
        lines.append(f"{done.rewritten} packs were made anew without the bodies that had gone out of them.")
    if listed.visits:
        each = f"{listed.size / listed.visits:.1f} bytes each"
        lines.append(f"{listed.visits} unchanged visits went into {listed.lists} lists: {each}.")
    return lines


@contextmanager
def _progress(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, silence in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=output.stderr_console()) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done: progress.advance(task, done)
