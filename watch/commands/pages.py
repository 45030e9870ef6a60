"""pages and history"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from watch import output
from watch.context import called


class State(StrEnum):
    LISTED = "listed"
    UNLISTED = "unlisted"
    SUSPECT = "suspect"
    GONE = "gone"
    MOVED = "moved"
    PENDING = "pending"


def pages(
    context: typer.Context,
    state: Annotated[State | None, typer.Option(help="Only pages in this state.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines, a page a line.")] = False,
) -> None:
    """List the pages that are known.

    \b
    Example:
      csto-watch pages --state gone
    """
    from reports.render.sheets import pages_sheet  # noqa: PLC0415
    from reports.shapes import page_object  # noqa: PLC0415
    from storage.page_lists import each_page  # noqa: PLC0415
    from storage.records import PageState  # noqa: PLC0415
    from watch.sheets import print_sheet  # noqa: PLC0415
    from watch.store import reading  # noqa: PLC0415

    with reading(called(context).db_url) as engine:
        found = each_page(engine, PageState(state.value) if state else None)
        if as_json:
            output.write_objects(map(page_object, found))
            return
        listed = list(found)
    if listed:
        print_sheet(lambda clock: pages_sheet(listed, clock))
    else:
        output.note("No pages.")


def history(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The page's address, in any form.")],
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines, a version a line.")] = False,
) -> None:
    """List the versions of one page.

    \b
    Example:
      csto-watch history https://en.odkb-csto.org/structure/
    """
    from reports.render.sheets import history_sheet  # noqa: PLC0415
    from reports.shapes import history_object  # noqa: PLC0415
    from storage import queries  # noqa: PLC0415
    from watch.sheets import print_sheet  # noqa: PLC0415
    from watch.store import known_page, reading  # noqa: PLC0415

    with reading(called(context).db_url) as engine:
        page = known_page(engine, url)
        versions = list(queries.history(engine, page.url))
    if as_json:
        output.write_objects(history_object(version, page.state.value) for version in versions)
    elif versions:
        print_sheet(lambda clock: history_sheet(versions, clock))
    else:
        output.note(f"No version yet; the page is {page.state.value}.")
