"""report"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watch import output
from watch.commands.changes import Level
from watch.context import called, moment
from watch.errors import WrongArgumentError
from watch.paths import output_file, writing_to

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from reports.report import ReportInput, Scope, Source


def report(  # noqa: PLR0913, PLR0917 - the options of the command line
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The HTML file to write.")],
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Recorded since: 2026-07-26, 7d, 12h or RFC 3339.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Recorded until then; a date takes in its day.")
    ] = None,
    site: Annotated[str | None, typer.Option(metavar="SITE", help="Of this site only.")] = None,
    section: Annotated[str | None, typer.Option(metavar="PATH", help="Of one section, such as news/speech.")] = None,
    min_significance: Annotated[Level, typer.Option(help="At least this weighty.")] = Level.COSMETIC,
    technical: Annotated[bool, typer.Option("--technical", help="Also what only a newer reader changed.")] = False,
    root: Annotated[bool, typer.Option("--root/--no-root", help="Whether it tells the store's content root.")] = True,
) -> None:
    """Write what changed as one HTML file.

    \b
    Example:
      csto-watch report --since 7d --out report.html
    """
    from reports.report import Scope, report_pieces  # noqa: PLC0415
    from reports.significance import Significance  # noqa: PLC0415
    from reports.whole import whole_file  # noqa: PLC0415
    from watch.store import reading  # noqa: PLC0415

    path, after, before = output_file(out, "--out"), moment(since, "--since"), moment(until, "--until", ends_day=True)
    if after is not None and before is not None and before < after:
        raise WrongArgumentError(f"--until {until} is before --since {since}")
    level = Significance[min_significance.name]
    scope = Scope(after, before, site, section, level)
    with reading(called(context).db_url) as engine:
        _refuse_unknown_site(engine, site)
        given = _given(engine, scope, technical=technical, root=root)
        # Innermost: a file that can't be written is an error of the argument's, and none of the store's.
        with writing_to(path, "--out"), whole_file(path) as file:
            for piece in report_pieces(given):
                file.write(piece)
    output.note(f"report written to {out}")


def _refuse_unknown_site(engine: Engine, site: str | None) -> None:
    from storage.observation import sites  # noqa: PLC0415

    if site is not None and site not in (known := sites(engine)):
        named = f"it knows {', '.join(known)}" if known else "it knows none yet: csto-watch crawl"
        raise WrongArgumentError(f"--site: the store knows no site {site}; {named}")


def _given(engine: Engine, scope: Scope, *, technical: bool, root: bool) -> ReportInput:
    from reports.report import ReportInput  # noqa: PLC0415
    from storage import observation, queries  # noqa: PLC0415
    from watch.judging import judged_events  # noqa: PLC0415

    return ReportInput(
        scope=scope,
        changes=judged_events(engine, since=scope.since, until=scope.until, technical=technical),
        pages=observation.looks(engine, scope.since, scope.until, scope.site),
        runs=queries.runs(engine),
        held=queries.held(engine),
        source=_source(engine, scope, root=root),
    )


def _source(engine: Engine, scope: Scope, *, root: bool) -> Source:
    from crawler.version import program_version  # noqa: PLC0415
    from reports.report import Source  # noqa: PLC0415
    from storage import observation  # noqa: PLC0415
    from storage.engine import reading  # noqa: PLC0415
    from storage.models import SCHEMA_REVISION  # noqa: PLC0415
    from storage.roots import content_root  # noqa: PLC0415

    with reading(engine) as connection:
        digest = content_root(connection).hex() if root else None
    makers = observation.makers(engine, scope.since, scope.until)
    return Source(program_version(), SCHEMA_REVISION, makers, observation.last_seal(engine), digest)
