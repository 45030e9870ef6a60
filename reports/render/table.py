"""Rows for a terminal, or for a pipe: there plain, separated by tabs, and whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rich import box
from rich.table import Table
from rich.text import Text

from reports.render.text import visible

Cell = str | tuple[str, str] | Text
"""A text, or a text with its style on a terminal; or one of several styles, made safe already."""


@dataclass
class Sheet:
    """``lead`` columns keep their width on a terminal; the others share what is left, and fold rather than lose a letter."""

    columns: Sequence[str]
    lead: int = 1
    rows: list[Sequence[Cell]] = field(default_factory=list)

    def add(self, *cells: Cell) -> None:
        self.rows.append(cells)


def as_table(sheet: Sheet) -> Table:
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for index, name in enumerate(sheet.columns):
        table.add_column(name, overflow="fold", no_wrap=index < sheet.lead)
    for row in sheet.rows:
        table.add_row(*map(_styled, row))
    return table


def as_tabs(sheet: Sheet) -> Iterator[str]:
    """A header, then a line each. A tab or a line end within a cell is written out, so that no cell can forge a row."""
    yield "\t".join(sheet.columns)
    for row in sheet.rows:
        yield "\t".join(visible(_plain(cell)) for cell in row)


def _plain(cell: Cell) -> str:
    if isinstance(cell, Text):
        return cell.plain
    return cell if isinstance(cell, str) else cell[0]


def _styled(cell: Cell) -> Text:
    if isinstance(cell, Text):
        return cell
    style = "" if isinstance(cell, str) else cell[1]
    # Our own line ends part a cell's title from its address; a page's were folded to spaces when it was read.
    return Text(visible(_plain(cell), lines=True), style=style)
