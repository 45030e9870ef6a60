"""A picture as PNG, drawn from its SVG by resvg: the extra ``pictures``."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

_FINER: Final = 2
"""Dots for each unit of the picture: sharp on today's screens and in print."""


def ready() -> bool:
    return find_spec("resvg_py") is not None


def png_of(svg: bytes) -> bytes:
    import resvg_py  # noqa: PLC0415

    return bytes(resvg_py.svg_to_bytes(svg_string=svg.decode(), zoom=_FINER))
