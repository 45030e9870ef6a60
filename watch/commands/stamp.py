"""stamp"""

from __future__ import annotations

from typing import Annotated

import typer

from reports.instants import rfc3339
from reports.render.text import visible
from watch import output
from watch.commands.crawl import stamp_object
from watch.context import called
from watch.errors import WrongSettingError


def stamp(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Have the newest seal time-stamped now.

    A crawl does so by itself at its end. The authority is CSTO_WATCH_TSA_URL, its CA's certificate CSTO_WATCH_TSA_CA; or
    the section [time_stamps] of the settings file names them.

    \b
    Example:
      csto-watch stamp
    """
    from crawler.stamping import URL_VARIABLE, stamp_newest, time_stamping_of  # noqa: PLC0415
    from watch.store import rewriting  # noqa: PLC0415

    call = called(context)
    authority = time_stamping_of(call.configuration)
    if authority is None:
        places = f"{URL_VARIABLE}, or url in the section [time_stamps] of csto-watch.toml,"
        raise WrongSettingError(f"no time-stamp authority is named: set {places} to its address")
    with rewriting(call.db_url) as engine:
        done = stamp_newest(engine, authority)
    if as_json:
        output.write_object({"stamp": None if done is None else stamp_object(done)})
    elif done is None:
        output.write_line("Nothing to stamp: there is no seal before the first run has ended.")
    else:
        what = "was stamped" if done.is_new else "had been stamped already"
        by = f"{rfc3339(done.stamped_at)} by {visible(done.authority)}"
        output.write_line(f"Seal {done.seal_number} {what}: {by}")
