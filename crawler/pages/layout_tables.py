"""Tables that place things on a page, told from tables that show data."""

from __future__ import annotations

from typing import Final

from crawler.pages.document import Element, text_of
from crawler.pages.text import words

_FEW_WORDS: Final = 60
_LAYOUT: Final = words("table p ul ol h1 h2 h3 h4 h5 h6 form blockquote section article")


def is_layout(table: Element) -> bool:
    """A table that places things rather than shows data: one column, one row, or cells that hold blocks of their own."""
    rows = 0
    for row in table.iter("tr"):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        rows += len(cells) > 1
        for cell in cells:
            if _holds_blocks(cell):
                return True
    return rows < 1 or (rows < 2 and not _is_row_of_words(table))


def _is_row_of_words(table: Element) -> bool:
    """One row alone is data where each of its cells has a few words and no link: the rest of a table that was cut in two."""
    cells = list(table.iter("td", "th"))
    return len(cells) > 1 and all(
        cell.find(".//a") is None and 0 < len(text_of(cell).strip()) <= _FEW_WORDS for cell in cells
    )


def _holds_blocks(cell: Element) -> bool:
    paragraphs = breaks = 0
    for inner in cell.iter():
        tag = inner.tag
        if tag in _LAYOUT:
            paragraphs += 1
            if tag != "p" or paragraphs > 1:
                return True
        elif tag == "br":
            breaks += 1
            if breaks > 3:
                return True
    return False
