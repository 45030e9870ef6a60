"""stats"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watch import output
from watch.context import called, moment
from watch.errors import WrongArgumentError
from watch.paths import output_file, writing_to
from watch.sites import refuse_unknown_site

if TYPE_CHECKING:
    from reports.practice import Practice


def stats(  # noqa: PLR0913, PLR0917 - the options of the command line
    context: typer.Context,
    site: Annotated[str | None, typer.Option("--site", metavar="SITE", help="Of one site: csto-en or csto-ru.")] = None,
    section: Annotated[
        str | None, typer.Option("--section", metavar="PATH", help="Of one section, such as news/speech.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="WHEN", help="Of what was seen since this moment.")] = None,
    until: Annotated[str | None, typer.Option(metavar="WHEN", help="Of what was seen until this moment.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Also a picture of it: .svg or .png.")
    ] = None,
) -> None:
    """How the site corrects itself: how much, how soon, and where.

    \b
    Example:
      csto-watch stats --site csto-en --since 2026-01-01 --out practice.svg
    """
    refuse_unknown_site(site)
    after, before = moment(since, "--since"), moment(until, "--until", ends_day=True)
    if after is not None and before is not None and before < after:
        raise WrongArgumentError("--until is before --since")
    path = _picture(out)
    from reports.practice import Window  # noqa: PLC0415
    from reports.practice_shapes import practice_object  # noqa: PLC0415
    from watch.practising import practice_of  # noqa: PLC0415
    from watch.store import reading  # noqa: PLC0415

    with reading(called(context).db_url) as engine:
        found = practice_of(engine, Window(after, before), site, section)
    if path is not None:
        _draw(found, path)
    if as_json:
        output.write_object(practice_object(found, site=site, section=section))
    else:
        _print(found)
    if path is not None:
        output.note(f"picture written to {out}")


def _print(found: Practice) -> None:
    from reports.render.practice import practice_sheets  # noqa: PLC0415
    from watch.sheets import print_sheet  # noqa: PLC0415

    for place, sheet in enumerate(practice_sheets(found)):
        if place and not output.on_terminal():
            output.write_line()
        print_sheet(lambda _clock, sheet=sheet: sheet)  # type: ignore[misc]
    if found.left_out["begun_before"]:
        count = found.left_out["begun_before"]
        output.note(f"{count} items may have been there before they were first seen: no time to edit counts of them.")


def _picture(out: Path | None) -> Path | None:
    if out is None:
        return None
    if out.suffix.lower() not in {".svg", ".png"}:
        raise WrongArgumentError(f"--out: {out} is no picture: name a file that ends in .svg or .png")
    if out.suffix.lower() == ".png":
        from reports.render.png import ready  # noqa: PLC0415

        if not ready():
            raise WrongArgumentError(
                "--out: a PNG needs the extra: pip install 'csto-watch[pictures]'; .svg needs nothing"
            )
    return output_file(out, "--out")


def _draw(found: Practice, path: Path) -> None:
    from reports.render.practice_svg import practice_svg  # noqa: PLC0415
    from reports.whole import whole_file  # noqa: PLC0415

    drawn = practice_svg(found)
    if path.suffix.lower() == ".png":
        from reports.render.png import png_of  # noqa: PLC0415

        drawn = png_of(drawn)
    with writing_to(path, "--out"), whole_file(path) as file:
        file.write_bytes(drawn)
