"""evidence"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watch import output
from watch.context import LARGEST, called
from watch.errors import WrongArgumentError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from storage.proofs import Proof
    from storage.records import Version


def evidence(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The page's address, in any form.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to make.")],
    version: Annotated[
        int | None, typer.Option(min=1, max=LARGEST, metavar="N", help="This version; else the latest.")
    ] = None,
) -> None:
    """Write a folder that proves a version to others.

    They need `sha256sum` and `grep`, not this program: docs/seals.md.

    \b
    Example:
      csto-watch evidence https://en.odkb-csto.org/structure/ --version 2 --out structure-2
    """
    from reports.exports.evidence import write_evidence  # noqa: PLC0415
    from storage.times import utc_now  # noqa: PLC0415
    from watch.paths import writing_to  # noqa: PLC0415
    from watch.store import reading  # noqa: PLC0415

    with reading(called(context).db_url) as engine, writing_to(out, "--out"):
        found, proof = _proven(engine, url, version)
        names = write_evidence(proof, found, out, utc_now())
    newest, _ = proof.seals[-1]
    output.note(f"{len(names)} files written to {out}: `sh {out / 'check.sh'}` checks them up to seal {newest}")


def _proven(engine: Engine, url: str, number: int | None) -> tuple[Version, Proof]:
    from storage import queries  # noqa: PLC0415
    from storage.engine import reading as transaction  # noqa: PLC0415
    from storage.proofs import NotProven, prove  # noqa: PLC0415
    from watch.store import known_page  # noqa: PLC0415

    page = known_page(engine, url)
    found = queries.version(engine, page.url, number=number)
    if found is None:
        raise WrongArgumentError(f"{page.url} has no version {number}" if number else f"{page.url} has no version yet")
    try:
        with transaction(engine) as connection:
            proof = prove(connection, found.id)
    except NotProven as error:
        raise WrongArgumentError(f"version {found.number} of {page.url} can't be proven: {error}") from None
    return found, proof
