"""compact"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from watch import output
from watch.context import called


def compact(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Rewrite old bodies into packs that take less room.

    Crawls may go on meanwhile. Stopped or killed it loses nothing; call it again and it goes on. What it frees is filled by
    later crawls: the file itself doesn't get smaller.

    \b
    Example:
      csto-watch compact
    """
    from storage import compacting  # noqa: PLC0415
    from watch.store import rewriting  # noqa: PLC0415

    with rewriting(called(context).db_url) as engine, _progress(compacting.count_unpacked(engine)) as told:
        done = compacting.compact(engine, told=told)
    if as_json:
        names = ("bodies", "packs", "before", "after", "unreadable", "rewritten")
        output.write_object({name: getattr(done, name) for name in names})
    elif done.bodies:
        output.write_line(
            f"{done.bodies} bodies went into {done.packs} packs: {done.before / 1e6:.2f} MB became {done.after / 1e6:.2f} MB."
        )
    elif not done.rewritten:
        output.write_line("Nothing to pack.")
    if done.rewritten and not as_json:
        output.write_line(f"{done.rewritten} packs were made anew without the bodies that had gone out of them.")
    if done.unreadable:
        output.note(
            f"csto-watch: {done.unreadable} bodies can't be read and stay as they are: csto-watch verify names them"
        )


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, silence in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _bodies: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=output.stderr_console()) as progress:
        task = progress.add_task("packing", total=total)
        yield lambda bodies: progress.advance(task, bodies)
