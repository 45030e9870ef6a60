"""export"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from watch import output
from watch.context import called, moment
from watch.errors import WrongArgumentError
from watch.paths import output_file, output_folder, writing_to
from watch.progress import counting

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from reports.exports.manifests import Origin, Tally
    from reports.exports.snapshots import Snapshot


class Format(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    WARC = "warc"
    GIT = "git"
    SITE = "site"


_FOLDERS: Final = frozenset({Format.GIT, Format.SITE})


class Scope(StrEnum):
    STANDING = "standing"
    HISTORY = "history"
    STORE = "store"
    CAPTURES = "captures"


_FORMATS: Final = (
    "jsonl: exact, import reads it back; csv: for spreadsheets; parquet: typed, for DuckDB and pandas; warc: what the site"
    " answered, for pywb and other archives, and import reads it back; git: a commit for each version, into a folder; site: the"
    " history as HTML files, into a folder."
)
_ROWS: Final = {Scope.STORE: "rows of the whole store", Scope.CAPTURES: "captures"}
_SCOPES: Final = (
    "standing: the version of each page that stood then; history: all until then; store: every row, for import; captures:"
    " every fetch until then (warc)."
)


def export(  # noqa: PLR0913, PLR0917 - the options of the command line
    context: typer.Context,
    form: Annotated[Format, typer.Option("--format", help=_FORMATS)],
    out: Annotated[Path, typer.Option("--out", metavar="PATH", help="What to write; its manifest is put beside it.")],
    scope: Annotated[Scope | None, typer.Option("--scope", help=_SCOPES)] = None,
    as_of: Annotated[str | None, typer.Option(metavar="WHEN", help="As of this moment; else as of now.")] = None,
    root: Annotated[
        bool, typer.Option("--root/--no-root", help="Whether the manifest tells the store's content root.")
    ] = True,
) -> None:
    """Write what the store knows in a format that others read.

    \b
    Example:
      csto-watch export --format jsonl --out pages.jsonl --as-of 2026-07-26
      csto-watch export --format parquet --scope history --out versions.parquet
      csto-watch export --format jsonl --scope store --out store.jsonl
      csto-watch export --format warc --out captures.warc.gz
      csto-watch export --format git --out history
      csto-watch export --format site --out public
    """
    then = moment(as_of, "--as-of", ends_day=True)
    chosen = _scope_of(form, scope, then)
    path = output_folder(out, "--out") if form in _FOLDERS else output_file(out, "--out")
    with _taken(called(context).db_url, path) as connection, counting("exporting") as told:
        from reports.exports.manifests import Tally  # noqa: PLC0415

        tally = Tally(told)
        _WRITERS[form](
            connection, path, _origin(connection, chosen, then, with_root=root or chosen is Scope.STORE), tally
        )
    what = _ROWS.get(chosen, "versions")
    output.note(f"{tally.rows} {what} written to {out}")


def _scope_of(form: Format, scope: Scope | None, then: datetime | None) -> Scope:
    if form in _FOLDERS and scope not in {None, Scope.HISTORY}:
        raise WrongArgumentError(f"--format {form} is of the whole history: leave --scope out")
    if scope is Scope.STORE and form is not Format.JSONL:
        raise WrongArgumentError(f"--scope store is for --format jsonl, not {form}")
    if scope is Scope.STORE and then is not None:
        raise WrongArgumentError("--as-of: a whole store is as it is now; take --scope history")
    if (form is Format.WARC) != (scope is Scope.CAPTURES) and (scope is not None):
        raise WrongArgumentError(
            f"--scope captures is for --format warc and the other way round, not {scope} for {form}"
        )
    if form is Format.WARC:
        return Scope.CAPTURES
    return scope or (Scope.HISTORY if form in _FOLDERS else Scope.STANDING)


@contextmanager
def _taken(db_url: str, path: Path) -> Iterator[Connection]:
    """One moment of the store."""
    from storage.engine import reading as transaction  # noqa: PLC0415
    from watch.store import reading  # noqa: PLC0415

    # Innermost: a file that can't be written is an error of the argument's, and none of the store's.
    with reading(db_url) as engine, transaction(engine) as connection, writing_to(path, "--out"):
        yield connection


def _origin(connection: Connection, scope: Scope, then: datetime | None, *, with_root: bool) -> Origin:
    from reports.exports.manifests import Origin  # noqa: PLC0415
    from storage.models import SCHEMA_REVISION  # noqa: PLC0415
    from storage.roots import content_root  # noqa: PLC0415

    root = content_root(connection).hex() if with_root else None
    return Origin(
        scope.value, then, root, SCHEMA_REVISION, _captured_root(connection, scope, then, with_root=with_root)
    )


def _captured_root(connection: Connection, scope: Scope, then: datetime | None, *, with_root: bool) -> str | None:
    """Of a store as it is now: what its versions were seen for at another moment isn't told."""
    if scope is not Scope.CAPTURES or then is not None or not with_root:
        return None
    from storage.captured import captured_root  # noqa: PLC0415

    return captured_root(connection).hex()


# --- what is written --------------------------------------------------------------------------------------------------
def _jsonl(connection: Connection, path: Path, origin: Origin, tally: Tally) -> None:
    from reports.exports.jsonl import export_jsonl  # noqa: PLC0415

    if origin.scope == Scope.STORE:
        _store(connection, path, origin, tally)
        return
    export_jsonl(_snapshots(connection, origin, tally), path, origin, tally)


def _store(connection: Connection, path: Path, origin: Origin, tally: Tally) -> None:
    from reports.exports.store import export_store  # noqa: PLC0415
    from storage.dumping import dump  # noqa: PLC0415
    from storage.roots import counts  # noqa: PLC0415

    tally.total = sum(counts(connection).values())
    export_store(dump(connection, origin.content_root or ""), path, origin, tally)


def _csv(connection: Connection, path: Path, origin: Origin, tally: Tally) -> None:
    from reports.exports.csvfile import export_csv  # noqa: PLC0415

    export_csv(_snapshots(connection, origin, tally), path, origin, tally)


def _parquet(connection: Connection, path: Path, origin: Origin, tally: Tally) -> None:
    from reports.exports.parquet import export_parquet  # noqa: PLC0415

    export_parquet(_snapshots(connection, origin, tally), path, origin, tally)


def _warc(connection: Connection, path: Path, origin: Origin, tally: Tally) -> None:
    from reports.exports.warc import export_warc  # noqa: PLC0415
    from storage.fetches import Fetches  # noqa: PLC0415

    fetches = Fetches(connection, origin.as_of)
    tally.total = fetches.count()
    export_warc(fetches, path, origin, tally)


def _git(connection: Connection, path: Path, origin: Origin, tally: Tally) -> None:
    from reports.exports.git import export_git  # noqa: PLC0415

    done = export_git(connection, path, origin, tally)
    output.note(f"{done.added} new commits of {done.commits}")


def _site(connection: Connection, path: Path, origin: Origin, tally: Tally) -> None:
    from reports.exports.site import export_site  # noqa: PLC0415

    export_site(connection, path, origin, tally)


_WRITERS: Final[dict[Format, Callable[[Connection, Path, Origin, Tally], None]]] = {
    Format.JSONL: _jsonl,
    Format.CSV: _csv,
    Format.PARQUET: _parquet,
    Format.WARC: _warc,
    Format.GIT: _git,
    Format.SITE: _site,
}


def _snapshots(connection: Connection, origin: Origin, tally: Tally) -> Iterator[Snapshot]:
    from reports.exports.snapshots import Snapshot  # noqa: PLC0415
    from storage import outgoing  # noqa: PLC0415

    is_all = origin.scope == Scope.HISTORY
    tally.total = (outgoing.count_history if is_all else outgoing.count_standing)(connection, origin.as_of)
    for version, state in (outgoing.history if is_all else outgoing.standing)(connection, origin.as_of):
        yield Snapshot(version, state)
