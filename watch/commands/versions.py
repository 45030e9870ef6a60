"""show and diff"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from watch import output
from watch.context import LARGEST, called, moment
from watch.errors import WrongArgumentError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from reports.comparison import Comparison
    from storage.records import Page, PageState, Version


def show(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The page's address, in any form.")],
    version: Annotated[
        int | None, typer.Option(min=1, max=LARGEST, metavar="N", help="This version; else the latest.")
    ] = None,
    at: Annotated[str | None, typer.Option(metavar="WHEN", help="The version that stood then.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show one version of a page.

    \b
    Example:
      csto-watch show https://en.odkb-csto.org/structure/ --at 2026-07-26
    """
    from reports.shapes import shown_object  # noqa: PLC0415
    from storage import queries  # noqa: PLC0415
    from watch.store import known_page, reading  # noqa: PLC0415

    if version is not None and at is not None:
        raise WrongArgumentError("--version and --at each name one version: give one of them")
    then = moment(at, "--at", ends_day=True)
    with reading(called(context).db_url) as engine:
        page = known_page(engine, url)
        found = queries.version(engine, page.url, number=version, at=then)
    if found is None:
        raise WrongArgumentError(f"{page.url} has no {_named(version, at)}")
    if as_json:
        output.write_object(shown_object(found, page))
    else:
        _print_version(found, page.state)


def _named(number: int | None, at: str | None) -> str:
    if number is not None:
        return f"version {number}"
    return f"version at {at}" if at else "version yet"


def _print_version(version: Version, state: PageState) -> None:
    from reports.render.document import document_lines  # noqa: PLC0415
    from reports.render.terminal import version_lines  # noqa: PLC0415

    if not output.on_terminal():
        for line in document_lines(version.article):
            output.write_line(line)
        return
    with output.printing() as console:
        for text in version_lines(version, state):
            console.print(text)


class Format(StrEnum):
    TERMINAL = "terminal"
    UNIFIED = "unified"
    HTML = "html"
    JSON = "json"


class Layout(StrEnum):
    SIDE = "side"
    INLINE = "inline"


def diff(  # noqa: PLR0913, PLR0917 - an argument for each option
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The page's address, in any form.")],
    from_: Annotated[
        int | None,
        typer.Argument(min=1, max=LARGEST, metavar="[FROM]", help="A version's number; else the last but one."),
    ] = None,
    to: Annotated[
        int | None, typer.Argument(min=1, max=LARGEST, metavar="[TO]", help="A version's number; else the latest.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TERMINAL,
    layout: Annotated[
        Layout | None,
        typer.Option(help="How the HTML page opens on a wide screen: in two columns or in one; else in two."),
    ] = None,
) -> None:
    """Compare two versions of a page, word by word.

    \b
    Example:
      csto-watch diff https://en.odkb-csto.org/structure/ 1 3 --format unified
      csto-watch diff https://en.odkb-csto.org/structure/ --format html > structure.html
    """
    from reports.comparison import compare_versions  # noqa: PLC0415
    from watch.store import known_page, reading  # noqa: PLC0415

    if layout is not None and form is not Format.HTML:
        raise WrongArgumentError(f"--layout is about the HTML page: give --format html with it, not {form.value}")
    with reading(called(context).db_url) as engine:
        old, new = _two(engine, known_page(engine, url), from_, to)
    _print_diff(compare_versions(old, new), form, in_one_column=layout is Layout.INLINE)


def _two(engine: Engine, page: Page, from_: int | None, to: int | None) -> tuple[Version, Version]:
    """FROM alone is compared with the latest."""
    from storage import queries  # noqa: PLC0415

    if from_ is None:
        last = queries.last_two(engine, page.url)
        if last is None:
            raise WrongArgumentError(f"{page.url} has only {page.versions} version: nothing to compare")
        return last
    return _one(engine, page, from_), _one(engine, page, to)


def _one(engine: Engine, page: Page, number: int | None) -> Version:
    from storage import queries  # noqa: PLC0415

    version = queries.version(engine, page.url, number=number)
    if version is None:
        raise WrongArgumentError(f"{page.url} has no version {number}; it has {page.versions}")
    return version


def _print_diff(comparison: Comparison, form: Format, *, in_one_column: bool) -> None:
    from reports.render.html import diff_page  # noqa: PLC0415
    from reports.render.jsondiff import comparison_object  # noqa: PLC0415
    from reports.render.terminal import diff_lines  # noqa: PLC0415
    from reports.render.unified import unified  # noqa: PLC0415

    match form:
        case Format.JSON:
            output.write_object(comparison_object(comparison))
        case Format.HTML:
            output.write(diff_page(comparison, in_one_column=in_one_column))
        case Format.UNIFIED:
            for line in unified(comparison):
                output.write_line(line)
        case Format.TERMINAL:
            with output.printing() as console:
                for text in diff_lines(comparison):
                    console.print(text, soft_wrap=not output.on_terminal())
