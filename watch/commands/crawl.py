"""crawl"""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from reports.instants import rfc3339
from reports.render.text import visible
from watch import output
from watch.context import called
from watch.errors import SILENT
from watch.notices import failures, posts_for, send_after
from watch.sqlite import long_log_warning

if TYPE_CHECKING:
    from crawler.options import CrawlOptions
    from crawler.run import CrawlSummary
    from crawler.stamping import Stamped
    from reports.notices.sender import Report


_NOBODY = "csto-watch: the site isn't told who asks: set CSTO_WATCH_CONTACT to your mail address or web page"


class Mode(StrEnum):
    FULL = "full"
    NEW = "new"
    DUE = "due"


def crawl(  # noqa: PLR0913, PLR0917 - the options of the command line
    context: typer.Context,
    site: Annotated[str, typer.Argument(metavar="[SITE]", help="csto-en or csto-ru.", show_default=True)] = "csto-en",
    base_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Fetch from another scheme, host and port; stored addresses stay the site's own."
        ),
    ] = None,
    mode: Annotated[
        Mode, typer.Option(help="full: every page; new: only new ones; due: what wasn't checked for 20 h.")
    ] = Mode.DUE,
    url: Annotated[
        list[str] | None, typer.Option(metavar="URL", help="Check just this page now. May be repeated.")
    ] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", help="Fetch at most N article pages.")] = None,
    delay: Annotated[float, typer.Option(metavar="SECONDS", help="Time between two requests.")] = 2.0,
    media: Annotated[
        bool, typer.Option("--media", help="Fetch the images and documents of articles too, and hash their bytes.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="A line on stderr for each capture once it is safe.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object.")] = False,
) -> None:
    """Go to the site, fetch what is due, and record it.

    \b
    Example:
      csto-watch crawl csto-en --mode full
    """
    from crawler.options import CrawlOptions  # noqa: PLC0415
    from crawler.stamping import time_stamping_of  # noqa: PLC0415
    from crawler.version import contact  # noqa: PLC0415
    from storage.records import RunMode  # noqa: PLC0415

    call = called(context)
    rules = call.configuration.notices
    posts = posts_for(call.configuration, rules)
    options = CrawlOptions(
        db_url=call.db_url,
        retention=call.configuration.retention,
        site=site,
        mode=RunMode.URL if url else RunMode(mode.value),
        base_url=base_url,
        urls=tuple(url or ()),
        limit=limit,
        delay=delay,
        media=media,
        time_stamping=time_stamping_of(call.configuration),
        rules=tuple(rule.name for rule in rules),
    )
    _refuse_if_held(options)
    from crawler.run import crawl as run_crawl  # noqa: PLC0415
    from watch.progress import progress_for  # noqa: PLC0415

    warning = _NOBODY if contact() is None and not _is_on_this_machine(base_url) else None
    summary = run_crawl(options, progress_for(verbose=verbose, warning=warning))
    sent, unsent = send_after(options.db_url, rules, posts)
    if as_json and summary.exit_code not in SILENT:
        output.write_object(summary_object(summary) | {"notices": _sent_object(sent)})
    else:
        _tell(summary, sent)
    _warn_of_long_log(options.db_url)
    if summary.stamp_failure:
        output.note(f"csto-watch: {visible(summary.stamp_failure)}")
    for line in (*filter(None, [unsent]), *(failures(sent) if sent else ())):
        output.note(f"csto-watch: {line}")
    raise typer.Exit(int(summary.exit_code))


def _refuse_if_held(options: CrawlOptions) -> None:
    """A wrong order and a store that another crawl holds are told before Scrapy is imported, which takes longer than all else
    until then. The crawl takes the lock itself: one that comes in between is found there."""
    from storage.lock import store_lock  # noqa: PLC0415

    options.check()
    with store_lock(options.db_url):
        pass


def _warn_of_long_log(db_url: str) -> None:
    """The run has let go of the store, which puts the log away: what is left of it now, a reader keeps."""
    from storage.engine import log_bytes, sqlite_file  # noqa: PLC0415

    file = sqlite_file(db_url)
    warning = long_log_warning(log_bytes(file)) if file is not None else None
    if warning is not None:
        output.note(f"csto-watch: {warning}")


def _is_on_this_machine(base_url: str | None) -> bool:
    """A replica on loopback needs nobody's name."""
    return base_url is not None and urlsplit(base_url).hostname in {"127.0.0.1", "::1", "localhost"}


def summary_object(summary: CrawlSummary) -> dict[str, Any]:
    """``crawl --json``."""
    values = asdict(summary)
    values["started_at"], values["finished_at"] = rfc3339(summary.started_at), rfc3339(summary.finished_at)
    values["exit_code"] = int(summary.exit_code)
    values["stamp"] = None if summary.stamp is None else stamp_object(summary.stamp)
    return values


def stamp_object(stamp: Stamped) -> dict[str, Any]:
    """A time stamp as ``crawl --json`` and ``stamp --json`` print it."""
    values = {"seal": stamp.seal_number, "authority": stamp.authority, "stamped_at": rfc3339(stamp.stamped_at)}
    return values | {"is_new": stamp.is_new}


def _sent_object(sent: Report | None) -> dict[str, int] | None:
    """None where no rule is told of anything."""
    return None if sent is None else {"sent": sent.sent, "failed": len(sent.failed), "left": sent.left}


def _tell(summary: CrawlSummary, sent: Report | None = None) -> None:
    """The summary for people, on stderr."""
    took = (summary.finished_at - summary.started_at).total_seconds()
    head = f"Run {summary.run_id} of {summary.site} ({summary.mode.value}): {summary.outcome.value}"
    output.note(f"{head}, {summary.requests} requests, {summary.bytes / 1e6:.1f} MB, {took:.0f} s")
    output.note(f"  captures  {_counts(summary.captures) or 'none'}")
    if summary.files:
        output.note(f"  files     {_counts(summary.files)}")
    output.note(f"  changes   {_counts(summary.events) or 'none'}")
    for count in summary.alike:
        output.note(f"  alike     {count} pages changed by one common difference")
    if summary.held:
        output.note(f"  held      {summary.held}: csto-watch review")
    if summary.left_by_plan:
        output.note(f"  not due   {summary.left_by_plan} pages")
    if summary.stamp:
        output.note(f"  stamped   seal {summary.stamp.seal_number} at {rfc3339(summary.stamp.stamped_at)}")
    if sent and (sent.sent or sent.failed):
        output.note(f"  notices   {sent.sent} sent, {len(sent.failed)} failed")
    if summary.note:
        output.note(f"  {visible(summary.note)}")


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)
