"""csto-watch: which commands there are, and how their failures become one line and an exit code."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from crawler.exit_codes import ExitCode
from crawler.version import program_version
from watch import output
from watch.commands import COMMANDS, config, review
from watch.context import called_with
from watch.errors import OutputClosedError, exit_code_of, line_of

app = typer.Typer(
    name="csto-watch",
    help="Keeps every version of the news pages of the CSTO, and says what was edited, removed or added.",
    epilog="Example: csto-watch changes --since 7d",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        output.write_line(f"csto-watch {program_version()}")
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    db: Annotated[
        str | None,
        typer.Option(
            "--db", metavar="URL", help="The store, as an SQLAlchemy URL. Else CSTO_WATCH_DB, else the default file."
        ),
    ] = None,
    settings: Annotated[
        str | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="The settings. Else CSTO_WATCH_CONFIG, else csto-watch.toml in this folder.",
        ),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the program's version and end.", is_eager=True, callback=_print_version),
    ] = False,
) -> None:
    context.obj = called_with(db, debug=debug, config=settings)


for _name, _function in COMMANDS.items():
    app.command(_name)(_function)
app.add_typer(review.app, name="review")
app.add_typer(config.app, name="config")


def run(arguments: Sequence[str]) -> int:
    """The exit code. Data is on stdout, one line of what went wrong on stderr, and no exception leaves but with --debug."""
    try:
        code = typer.main.get_command(app).main(list(arguments), prog_name="csto-watch", standalone_mode=False)
        output.flush()
    except OutputClosedError:
        return ExitCode.COMPLETE
    except (KeyboardInterrupt, typer.Abort):
        output.note("csto-watch: interrupted")
        return ExitCode.INTERRUPTED
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else ExitCode.UNEXPECTED
    except Exception as error:  # noqa: BLE001 - the one place where everything ends as a line and a code
        return _told(error, debug="--debug" in arguments)
    return code if isinstance(code, int) else ExitCode.COMPLETE


def _told(error: Exception, *, debug: bool) -> int:
    if debug and exit_code_of(error) == ExitCode.UNEXPECTED:
        traceback.print_exception(error, file=sys.stderr)
    output.note(f"csto-watch: {line_of(error)}")
    return exit_code_of(error)


def main() -> None:
    output.prepare_streams()
    sys.exit(run(sys.argv[1:]))
