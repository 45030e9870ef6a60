"""changes"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from watch import output
from watch.context import LARGEST, called, moment

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
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines, an event a line.")] = False,
) -> None:
    """List what changed.

    \b
    Example:
      csto-watch changes --since 7d --min-significance substantive
    """
    after = moment(since, "--since")
    from watch.store import reading  # noqa: PLC0415

    with reading(called(context).db_url) as engine:
        found = list(_judged(engine, after, run, [str(k) for k in kind or ()], technical=technical))
        kept = [item for item in found if item.verdict.significance.label in _from(min_significance)]
        _print(kept, as_json=as_json)


def _from(level: Level) -> list[str]:
    levels = [each.value for each in Level]
    return levels[levels.index(level.value) :]


def _judged(
    engine: Engine, since: datetime | None, run: int | None, kinds: list[str], *, technical: bool
) -> Iterator[Judged]:
    from reports.comparison import comparison_of, judged  # noqa: PLC0415
    from storage import queries  # noqa: PLC0415
    from storage.records import EventKind  # noqa: PLC0415
    from watch.store import finder  # noqa: PLC0415

    find = finder(engine)
    wanted = [EventKind(name) for name in kinds]
    for event in queries.changes(engine, since=since, run_id=run, kinds=wanted, technical=technical):
        yield judged(event, comparison_of(event, find))


def _print(found: list[Judged], *, as_json: bool) -> None:
    from reports.entries import fold  # noqa: PLC0415
    from reports.render.sheets import changes_sheet  # noqa: PLC0415
    from reports.shapes import event_object  # noqa: PLC0415
    from watch.sheets import print_sheet  # noqa: PLC0415

    if as_json:
        output.write_objects(event_object(item.event, item.verdict) for item in found)
    elif found:
        print_sheet(lambda clock: changes_sheet(fold(found), clock))
    else:
        output.note("No changes.")
