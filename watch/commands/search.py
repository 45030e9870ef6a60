"""search"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from watch import output
from watch.context import called, moment
from watch.errors import WrongArgumentError

if TYPE_CHECKING:
    from storage.phrases import Query
    from storage.search import Finding


def search(  # noqa: PLR0913, PLR0917 - the options of the command line
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", help="Words, and phrases in double quotes.")],
    removed: Annotated[
        bool, typer.Option("--removed", help="Only what a page's current version no longer says.")
    ] = False,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Said since: 2026-07-26, 7d, 12h or RFC 3339.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="WHEN", help="Said until.")] = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="List at most N pages.")] = 50,
    read_all: Annotated[
        bool, typer.Option("--all", help="Read every text that has all of the words, however many there are.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines, a page a line.")] = False,
) -> None:
    """Find words in every version of every page.

    All of them must stand in one version. With --removed, --since and --until are about when it went.

    \b
    Example:
      csto-watch search '"joint exercise"' peacekeepers --removed
    """
    begin, end = moment(since, "--since"), moment(until, "--until", ends_day=True)
    from storage.search import MOST_READ, Reach  # noqa: PLC0415
    from storage.search import search as search_store  # noqa: PLC0415
    from watch.store import reading  # noqa: PLC0415

    query = _query(words)
    with reading(called(context).db_url) as engine:
        reach = Reach(None if read_all else MOST_READ)
        # What isn't listed any more is never read: its connection is to be given back all the same.
        with closing(search_store(engine, query, removed=removed, since=begin, until=end, reach=reach)) as found:
            _print(found, limit, as_json=as_json)
    if reach.is_cut:
        output.note(
            f"Stopped after {reach.read:,} texts with all of these words. There are older ones: --all reads them too."
        )


def _query(arguments: list[str]) -> Query:
    """A shell takes quotes away: an argument of several words was a phrase in quotes."""
    from storage.phrases import EmptyQuery, parse  # noqa: PLC0415

    if any("\ud800" <= letter <= "\udfff" for each in arguments for letter in each):
        raise WrongArgumentError("WORDS: they are no UTF-8 text")
    quoted = (f'"{each}"' if len(each.split()) > 1 and '"' not in each else each for each in arguments)
    try:
        return parse(" ".join(quoted))
    except EmptyQuery as error:
        raise WrongArgumentError(f"WORDS: {error}") from None


def _print(found: Iterator[Finding], limit: int, *, as_json: bool) -> None:
    from reports.render.sheets import findings_sheet  # noqa: PLC0415
    from reports.shapes import finding_object  # noqa: PLC0415
    from watch.sheets import print_sheet  # noqa: PLC0415

    first = list(islice(found, limit))
    if as_json:
        output.write_objects(map(finding_object, first))
    elif first:
        print_sheet(lambda clock: findings_sheet(first, clock))
    else:
        output.note("Nothing found.")
    if next(found, None) is not None:
        output.note(f"More pages say it: these are the first {limit} (--limit).")
