"""A sheet on a terminal or in a pipe."""

from __future__ import annotations

from collections.abc import Callable

from reports.render.sheets import Clock, machine_time, terminal_time
from reports.render.table import Sheet, as_table, as_tabs
from watch import output


def print_sheet(make: Callable[[Clock], Sheet]) -> None:
    """``make`` is told how to write a moment: local beside UTC for a person, RFC 3339 in a pipe."""
    if output.on_terminal():
        with output.printing() as console:
            console.print(as_table(make(terminal_time)))
        return
    for line in as_tabs(make(machine_time)):
        output.write_line(line)
