"""Data to stdout, people's notes to stderr."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any, Final

from rich.console import Console

from reports.render.text import json_line
from watch.errors import OutputClosedError

_SPOOLED_IN_MEMORY: Final = 8 * 1024 * 1024


def prepare_streams() -> None:
    """A terminal in a narrow encoding gets an escape for what it can't show, not a traceback in the middle of a list."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def stdout_console() -> Console:
    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False)


def stderr_console() -> Console:
    return Console(file=sys.stderr, highlight=False, markup=False, emoji=False)


def on_terminal() -> bool:
    """Whether a person reads stdout. In a pipe everything is plain, tab-separated and whole."""
    return sys.stdout.isatty()


def note(text: str) -> None:
    """A line for people. Nobody listening is no error: the work goes on."""
    try:
        print(text, file=sys.stderr, flush=True)
    except BrokenPipeError:
        _give_up(sys.stderr)


def write(text: str) -> None:
    with _reader_may_leave():
        sys.stdout.write(text)


def write_line(text: str = "") -> None:
    write(f"{text}\n")


def write_object(value: Mapping[str, Any]) -> None:
    write_line(_json(value))


def write_objects(values: Iterable[Mapping[str, Any]]) -> None:
    """JSON Lines. Nothing is printed before all of them are made: a store that fails in the middle leaves stdout empty."""
    with tempfile.SpooledTemporaryFile(_SPOOLED_IN_MEMORY, mode="w+", encoding="utf-8", newline="\n") as held:
        for value in values:
            held.write(_json(value) + "\n")
        held.seek(0)
        with _reader_may_leave():
            for line in held:
                sys.stdout.write(line)


def flush() -> None:
    with _reader_may_leave():
        sys.stdout.flush()


def _json(value: Mapping[str, Any]) -> str:
    is_utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    return json_line(value, ascii_only=not is_utf8)


@contextmanager
def _reader_may_leave() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        _give_up(sys.stdout)
        raise OutputClosedError from None


def _give_up(stream: IO[str]) -> None:
    # Python flushes once more at exit and would complain there: what is left goes nowhere.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


@contextmanager
def printing() -> Iterator[Console]:
    """A console on stdout for terminal tables."""
    with _reader_may_leave():
        yield stdout_console()
