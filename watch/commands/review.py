"""review, review accept, review reject"""

from __future__ import annotations

from typing import Annotated

import typer

from watch import output
from watch.context import LARGEST, called

app = typer.Typer(no_args_is_help=False, rich_markup_mode=None)
Ids = Annotated[
    list[int],
    typer.Argument(min=1, max=LARGEST, metavar="ID...", help="Numbers from the list that `csto-watch review` prints."),
]


@app.callback(invoke_without_command=True)
def review(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines, a held page a line.")] = False,
) -> None:
    """List what waits for your answer, or give it.

    Held are sudden shrinkage, fields lost by many pages, one text at many addresses, the disappearance of many pages at
    once, and possible moves.

    \b
    Example:
      csto-watch review accept 3 4
    """
    if context.invoked_subcommand is not None:
        return
    from reports.render.sheets import held_sheet  # noqa: PLC0415
    from reports.shapes import held_object  # noqa: PLC0415
    from storage import queries  # noqa: PLC0415
    from watch.sheets import print_sheet  # noqa: PLC0415
    from watch.store import reading  # noqa: PLC0415

    with reading(called(context).db_url) as engine:
        held = list(queries.held(engine))
    if as_json:
        output.write_objects(map(held_object, held))
    elif held:
        print_sheet(lambda clock: held_sheet(held, clock))
        output.note("csto-watch review accept ID... applies it, reject ID... drops it.")
    else:
        output.note("Nothing is held.")


@app.command("accept")
def accept(context: typer.Context, ids: Ids) -> None:
    """Apply what was held: it becomes part of the record.

    \b
    Example:
      csto-watch review accept 3 4
    """
    _answer(context, ids, is_accepted=True)


@app.command("reject")
def reject(context: typer.Context, ids: Ids) -> None:
    """Drop what was held: the record stays as it was.

    \b
    Example:
      csto-watch review reject 3
    """
    _answer(context, ids, is_accepted=False)


def _answer(context: typer.Context, ids: list[int], *, is_accepted: bool) -> None:
    from storage.archive import Archive  # noqa: PLC0415
    from watch.store import holding, reading  # noqa: PLC0415

    call = called(context)
    with reading(call.db_url):
        pass  # nothing can be held in a store that isn't there, and none is made for an answer
    with holding(call.db_url) as engine:
        settings = call.configuration
        archive = Archive(engine, retention=settings.retention, rules=[rule.name for rule in settings.notices])
        settlement = archive.accept(ids) if is_accepted else archive.reject(ids)
    done = "Accepted" if is_accepted else "Rejected"
    events = ", ".join(f"{count} {kind}" for kind, count in settlement.events.items() if count) if settlement else ""
    output.note(f"{done} {len(ids)}{': ' + events if events else ''}.")
