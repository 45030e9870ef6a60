"""status"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.exit_codes import ExitCode
from reports.gaps import gaps, overdue_sites
from reports.render.text import visible
from watch import output
from watch.context import called
from watch.notices import backlog_lines, backlog_object
from watch.sqlite import long_log_warning
from watch.stamps import kept_stamp_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Engine

    from storage.records import Run

_RUNS_SHOWN = 5
_RUNS_LOOKED_AT = 400


def status(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """How the last runs went, and what is known.

    Exit code 21: three days without a complete run. A store that was never crawled isn't overdue; it only says so.

    \b
    Example:
      csto-watch status
    """
    from watch.store import reading  # noqa: PLC0415

    now = datetime.now(UTC)
    db_url = called(context).db_url
    with reading(db_url) as engine:
        found, runs = facts(engine, db_url, now)
    if as_json:
        output.write_object(found)
    else:
        _print(found, runs)
    if found["overdue"]:
        output.note(f"csto-watch: no complete run of {', '.join(found['overdue'])} for three intervals of 24 h")
        raise typer.Exit(ExitCode.OVERDUE)


def facts(engine: Engine, db_url: str, now: datetime) -> tuple[dict[str, Any], Sequence[Run]]:
    """What ``status --json`` prints, and the runs that it shows."""
    from reports.instants import rfc3339, rfc3339_or_none  # noqa: PLC0415
    from reports.shapes import run_object  # noqa: PLC0415
    from storage import outbox, queries  # noqa: PLC0415
    from storage.engine import reading, shown  # noqa: PLC0415
    from storage.page_lists import states  # noqa: PLC0415
    from storage.run_times import run_times  # noqa: PLC0415
    from storage.stamps import newest_stamp  # noqa: PLC0415

    with reading(engine) as connection:
        stamp, notices = newest_stamp(connection), outbox.backlog(connection)
    runs, looked = queries.runs(engine, limit=_RUNS_SHOWN), run_times(engine, _RUNS_LOOKED_AT)
    known = {state.value: count for state, count in states(engine).items()}
    open_gaps = gaps(looked, until=now)
    found = {
        "store": shown(db_url),
        "bytes": _size(db_url),
        "sqlite": _sqlite(engine, db_url),
        "pages": dict(sorted(known.items())),
        "held": len(list(queries.held(engine))),
        "runs": [run_object(run) for run in runs],
        "gaps": [
            {"site": gap.site, "began_at": rfc3339(gap.began_at), "ended_at": rfc3339_or_none(gap.ended_at)}
            for gap in open_gaps
        ],
        "overdue": overdue_sites(looked, now=now),
        "stamp": stamp and kept_stamp_object(stamp),
        "notices": backlog_object(notices),
    }
    return found, runs


def _size(db_url: str) -> int | None:
    """Of the file and its log; None where the store is a server's."""
    from storage.engine import log_bytes, sqlite_file  # noqa: PLC0415

    file = sqlite_file(db_url)
    return None if file is None else file.stat().st_size + log_bytes(file)


def _sqlite(engine: Engine, db_url: str) -> dict[str, Any] | None:
    if engine.dialect.name != "sqlite":
        return None
    from storage.engine import log_bytes, sqlite_file  # noqa: PLC0415
    from storage.medium import network_file_system  # noqa: PLC0415
    from watch.sqlite import has_wal_reset_bug, sqlite_version  # noqa: PLC0415

    version, file = sqlite_version(), sqlite_file(db_url)
    return {
        "version": ".".join(map(str, version)),
        "wal_reset_bug": has_wal_reset_bug(version),
        "network_file_system": network_file_system(file) if file else None,
        "log_bytes": log_bytes(file) if file else 0,
    }


def _sqlite_warnings(facts: dict[str, Any]) -> Iterator[str]:
    if facts["wal_reset_bug"]:
        yield "this SQLite can damage a store in rare races (WAL-reset bug); install csto-watch[sqlite]"
    if facts["network_file_system"]:
        yield (
            f"the store lies on a network file system ({facts['network_file_system']}), whose locks may not hold: "
            "it is kept without a write-ahead log, and slower; a disk of this machine, or PostgreSQL, is safer"
        )
    if (warning := long_log_warning(facts["log_bytes"])) is not None:
        yield warning


def _print(facts: dict[str, Any], runs: Sequence[Run]) -> None:
    from reports.render.sheets import fields_sheet, runs_sheet  # noqa: PLC0415
    from watch.sheets import print_sheet  # noqa: PLC0415

    size = f", {facts['bytes'] / 1e6:.1f} MB" if facts["bytes"] is not None else ""
    output.write_line(f"Store   {facts['store']}{size}")
    if facts["sqlite"]:
        output.write_line(f"SQLite  {facts['sqlite']['version']}")
        for warning in _sqlite_warnings(facts["sqlite"]):
            output.note(f"csto-watch: {warning}")
    output.write_line(f"Pages   {', '.join(f'{n} {state}' for state, n in facts['pages'].items()) or 'none'}")
    if facts["held"]:
        output.write_line(f"Held    {facts['held']}: csto-watch review")
    if facts["stamp"]:
        stamp = facts["stamp"]
        output.write_line(f"Stamp   seal {stamp['seal']} at {stamp['stamped_at']} by {visible(stamp['authority'])}")
    for line in backlog_lines(facts["notices"]):
        output.write_line(f"Notices {line}")
    for gap in facts["gaps"]:
        output.write_line(f"Gap     {gap['site'] or 'import'}: {gap['began_at']} to {gap['ended_at'] or 'now'}")
    if runs:
        print_sheet(lambda clock: runs_sheet(runs, clock))
        if any(run.fields.get("articles") for run in runs):
            print_sheet(lambda _clock: fields_sheet(runs))
    else:
        output.write_line("Runs    none yet: csto-watch crawl")
