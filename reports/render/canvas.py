"""A picture as SVG: light ground, no script, no foreign font or file. Pure."""

from __future__ import annotations

from typing import Final

from lxml import etree

from reports.xmltext import xml_line

SVG: Final = "http://www.w3.org/2000/svg"
INK: Final = "#1b1f24"
SOFT: Final = "#57606a"
LINE: Final = "#d0d7de"
_LETTER: Final = 0.56
"""Width of a letter in units of its size, in the mean of common fonts."""


Point = tuple[float, float]


class Canvas:
    """Numbers are rounded to tenths, so that the same figures give the same bytes on any machine."""

    def __init__(self, width: int, height: int, title: str, description: str) -> None:
        self.root = etree.fromstring(
            f'<svg xmlns="{SVG}" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
            'font-family="system-ui, Helvetica, Arial, DejaVu Sans, sans-serif"/>'
        )
        self._add("title").text = xml_line(title)
        self._add("desc").text = xml_line(description)
        self.box(0, 0, width, height, "#ffffff")

    def box(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        self._add("rect", x=x, y=y, width=max(width, 0), height=max(height, 0), fill=fill)

    def line(self, start: Point, end: Point, stroke: str = LINE, width: float = 1) -> None:
        self._add("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], stroke=stroke, stroke_width=width)

    def path(self, points: list[Point], *, stroke: str = "none", fill: str = "none", opacity: float = 1) -> None:
        steps = " L".join(f"{_number(x)} {_number(y)}" for x, y in points)
        self._add("path", d=f"M{steps}", stroke=stroke, fill=fill, fill_opacity=opacity, stroke_width=2)

    def text(  # noqa: PLR0913 - how it looks, by name
        self,
        at: Point,
        text: str,
        *,
        size: int = 13,
        fill: str = INK,
        anchor: str = "start",
        room: float = 1e6,
    ) -> None:
        """``room``: how wide it may be; a longer one is cut."""
        most = max(int(room / (size * _LETTER)), 1)
        shown = xml_line(text)
        element = self._add("text", x=at[0], y=at[1], font_size=size, fill=fill, text_anchor=anchor)
        element.text = shown if len(shown) <= most else shown[: most - 1] + "…"

    def drawn(self) -> bytes:
        return etree.tostring(self.root, xml_declaration=True, encoding="utf-8") + b"\n"

    def _add(self, name: str, **attributes: float | str) -> etree._Element:
        values = {
            key.replace("_", "-"): value if isinstance(value, str) else _number(value)
            for key, value in attributes.items()
        }
        return etree.SubElement(self.root, f"{{{SVG}}}{name}", values)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
