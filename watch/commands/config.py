"""config check"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from reports.render.text import visible
from watch import output
from watch.context import called

if TYPE_CHECKING:
    from storage.configuration import Configuration

app = typer.Typer(no_args_is_help=False, rich_markup_mode=None)


@app.callback()
def config() -> None:
    """Say whether the settings are right, and what is in force.

    \b
    Example:
      csto-watch config check
    """


@app.command("check")
def check(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Read the settings file and print what is in force.

    A file with a fault costs one line, which names the file and the key, and exit code 4.

    \b
    Example:
      csto-watch config check
    """
    from watch.notices import posts_for  # noqa: PLC0415

    found = called(context).configuration
    posts_for(found, found.notices)
    if as_json:
        output.write_object({"file": str(found.file) if found.file else None, "is_right": True} | _sections(found))
    else:
        _print(found)


def _sections(found: Configuration) -> dict[str, dict[str, Any]]:
    from storage.configuration import sections  # noqa: PLC0415

    return sections(found)


def _print(found: Configuration) -> None:
    from reports.render.table import Sheet  # noqa: PLC0415
    from watch.sheets import print_sheet  # noqa: PLC0415

    sheet = Sheet(("KEY", "VALUE", "FROM"), lead=1)
    for name, section in _sections(found).items():
        for key, value in section.items():
            whose = "file" if f"{name}.{key}" in found.given else "default"
            sheet.add(f"{name}.{key}", "-" if value is None else str(value), whose)
    output.note(f"{visible(str(found.file))} is right." if found.file else "There is no settings file: all is default.")
    print_sheet(lambda _clock: sheet)
