"""feed"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watch import output
from watch.commands.changes import Kind, Level
from watch.context import called, moment
from watch.errors import WrongArgumentError
from watch.paths import output_file, writing_to
from watch.sites import refuse_unknown_site

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine

    from watch.feeding import Wanted

MOST = 1000


def feed(  # noqa: PLR0913, PLR0917 - the options of the command line
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The Atom file to write.")],
    site: Annotated[str | None, typer.Option("--site", metavar="SITE", help="Of one site: csto-en or csto-ru.")] = None,
    section: Annotated[
        str | None, typer.Option("--section", metavar="PATH", help="Of one section, such as news/speech.")
    ] = None,
    page: Annotated[str | None, typer.Option("--page", metavar="URL", help="Of one page.")] = None,
    kind: Annotated[list[Kind] | None, typer.Option(help="Of this kind. May be repeated.")] = None,
    min_significance: Annotated[Level, typer.Option(help="At least this weighty.")] = Level.COSMETIC,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Recorded since: 2026-07-26, 7d, 12h or RFC 3339.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, metavar="N", help="So many entries at most.")] = 100,
    self_url: Annotated[
        str | None, typer.Option("--self-url", metavar="URL", help="Where the feed will be found, for its readers.")
    ] = None,
) -> None:
    """Write what changed as an Atom feed. A file that would be the same again isn't touched.

    \b
    Example:
      csto-watch feed --out changes.xml --min-significance substantive
      csto-watch feed --site csto-ru --section news/speech --out speech.xml --self-url https://example.org/speech.xml
    """
    path, after = output_file(out, "--out"), moment(since, "--since")
    refuse_unknown_site(site)
    _refuse_no_address(self_url)
    from reports.feed import FeedInput, Minting, feed_bytes  # noqa: PLC0415
    from watch.feeding import feed_entries  # noqa: PLC0415
    from watch.store import reading  # noqa: PLC0415

    with reading(called(context).db_url) as engine:
        wanted = _wanted(engine, after, (site, section, page), (kind, min_significance), limit)
        entries = feed_entries(engine, wanted)
    home, scope = _home(site, section, wanted.url), _scope(wanted)
    said = called(context).configuration.feed
    minting = Minting(said.authority, said.authority_date)
    made = feed_bytes(FeedInput(entries, home, scope, self_url, said.author, minting))
    count = "1 entry" if len(entries) == 1 else f"{len(entries)} entries"
    with writing_to(path, "--out"):
        is_written = _write(path, made)
    output.note(f"{count} written to {out}" if is_written else f"{count}: {out} says so already")


def _refuse_no_address(self_url: str | None) -> None:
    from reports.xmltext import iri  # noqa: PLC0415

    if self_url is not None and iri(self_url) is None:
        raise WrongArgumentError("--self-url: that is no http or https address")


def _wanted(
    engine: Engine,
    since: datetime | None,
    where: tuple[str | None, str | None, str | None],
    which: tuple[list[Kind] | None, Level],
    limit: int,
) -> Wanted:
    from reports.significance import Significance  # noqa: PLC0415
    from storage.records import EventKind  # noqa: PLC0415
    from watch.feeding import Wanted  # noqa: PLC0415
    from watch.store import known_page  # noqa: PLC0415

    (site, section, page), (kinds, level) = where, which
    url = known_page(engine, page).url if page is not None else None
    least = Significance[level.name]
    return Wanted(since, [EventKind(kind.value) for kind in kinds or ()], site, section, url, least, limit)


def _scope(wanted: Wanted) -> dict[str, str]:
    """What the feed is limited to, whatever moment it begins at."""
    from reports.significance import Significance  # noqa: PLC0415

    named = {
        "site": wanted.site,
        "section": wanted.section and wanted.section.strip("/"),
        "page": wanted.url,
        "kind": "+".join(sorted({kind.value for kind in wanted.kinds})),
        "significance": "" if wanted.least is Significance.COSMETIC else wanted.least.label,
    }
    return {name: value for name, value in named.items() if value}


def _home(site: str | None, section: str | None, page: str | None) -> str:
    """What the feed is about, on the web."""
    from crawler.sites import SITES  # noqa: PLC0415

    if page is not None:
        return page
    origin = SITES[site or "csto-en"].origin
    return f"{origin}/{section.strip('/')}/" if section and section.strip("/") else f"{origin}/"


def _write(path: Path, made: bytes) -> bool:
    """Whether the file had to be written: a web server tells the readers of one that keeps its time that nothing is new."""
    from reports.whole import whole_file  # noqa: PLC0415

    if path.is_file() and not path.is_symlink() and path.read_bytes() == made:
        return False
    with whole_file(path) as file:
        file.write_bytes(made)
    return True
