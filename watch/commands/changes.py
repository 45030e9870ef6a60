"""changes"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from watch import output
from watch.context import LARGEST, called, moment
from watch.errors import WrongArgumentError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from reports.entries import Judged


class Kind(StrEnum):
    NEW = "new"
    EDITED = "edited"
    DELETED = "deleted"
    RESTORED = "restored"
    MOVED = "moved"
    UNLISTED = "unlisted"
    RELISTED = "relisted"


class Level(StrEnum):
    COSMETIC = "cosmetic"
    MINOR = "minor"
    SUBSTANTIVE = "substantive"


def changes(  # noqa: PLR0913, PLR0917 - the options of the command line
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Recorded since: 2026-07-26, 7d, 12h or RFC 3339.")
    ] = None,
    run: Annotated[int | None, typer.Option(min=1, max=LARGEST, metavar="ID", help="Of one run.")] = None,
    kind: Annotated[list[Kind] | None, typer.Option(help="Of this kind. May be repeated.")] = None,
    min_significance: Annotated[Level, typer.Option(help="At least this weighty.")] = Level.COSMETIC,
    technical: Annotated[bool, typer.Option("--technical", help="Also what only a newer reader changed.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Name all pages that changed alike.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines, an event a line.")] = False,
) -> None:
    """List what changed.

    \b
    Example:
      csto-watch changes --since 7d --min-significance substantive
    """
    after = moment(since, "--since")
    from reports.shapes import event_object  # noqa: PLC0415
    from storage.records import EventKind  # noqa: PLC0415
    from watch.judging import judged_events  # noqa: PLC0415
    from watch.store import reading  # noqa: PLC0415

    with reading(called(context).db_url) as engine:
        _refuse_unknown_run(engine, run)
        kinds = [EventKind(name.value) for name in kind or ()]
        found = judged_events(engine, since=after, run_id=run, kinds=kinds, technical=technical)
        levels = _from(min_significance)
        kept = (item for item, _ in found if item.verdict.significance.label in levels)
        if as_json:
            output.write_objects(event_object(item.event, item.verdict) for item in kept)
        else:
            _print(list(kept), all_pages=verbose)


def _from(level: Level) -> list[str]:
    levels = [each.value for each in Level]
    return levels[levels.index(level.value) :]


def _refuse_unknown_run(engine: Engine, run_id: int | None) -> None:
    from storage import queries  # noqa: PLC0415

    if run_id is not None and queries.run(engine, run_id) is None:
        raise WrongArgumentError(f"--run: the store holds no run {run_id}; `csto-watch status` lists the last ones")


def _print(found: list[Judged], *, all_pages: bool) -> None:
    from reports.entries import fold  # noqa: PLC0415
    from reports.render.sheets import changes_sheet  # noqa: PLC0415
    from watch.sheets import print_sheet  # noqa: PLC0415

    if found:
        print_sheet(lambda clock: changes_sheet(fold(found), clock, all_pages=all_pages))
    else:
        output.note("No changes.")
