"""verify"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.exit_codes import ExitCode
from reports.render.text import visible
from watch import output
from watch.context import called
from watch.stamps import kept_stamp_object, stamp_line

if TYPE_CHECKING:
    from storage.findings import Findings


def verify(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, also where damage was found.")] = False,
) -> None:
    """Hash everything again: is the store whole?

    Damage is listed on stderr; then the exit code is 17. Two stores with one content_root say the same.

    \b
    Example:
      csto-watch verify
    """
    from storage.findings import examine  # noqa: PLC0415
    from watch.store import reading  # noqa: PLC0415

    with reading(called(context).db_url) as engine:
        found = examine(engine)
    if as_json:
        output.write_object(_object(found))
    else:
        _print(found)
    if not found.is_whole:
        output.note(f"csto-watch: {len(found.damage)} places are damaged: restore a backup, keep this file")
        raise typer.Exit(ExitCode.STORAGE_UNUSABLE)


def _object(found: Findings) -> dict[str, Any]:
    damage = [{"what": each.what, "where": each.where, "message": each.message} for each in found.damage]
    root = found.content_root.hex() if found.content_root else None
    seal = {"number": found.seal[0], "sha256": found.seal[1].hex()} if found.seal else None
    return {
        "is_whole": found.is_whole,
        "damage": damage,
        "counts": dict(found.counts),
        "content_root": root,
        "seal": seal,
        "stamp": found.stamp and kept_stamp_object(found.stamp),
        "forgotten": list(found.forgotten),
    }


def _print(found: Findings) -> None:
    for each in found.damage:
        output.note(f"damaged: {visible(str(each))}")
    if found.is_whole and found.content_root:
        output.write_line("The store is whole.")
        output.write_line(f"content_root  {found.content_root.hex()}")
        if found.seal:
            output.write_line(f"seal {found.seal[0]}  {found.seal[1].hex()}")
        for left in found.forgotten:
            output.write_line(f"forgotten  {left}")
        if found.stamp:
            output.write_line(f"seal {found.stamp.seal_number} was stamped {stamp_line(found.stamp)}")
