"""The same articles in four dresses."""

from __future__ import annotations

from typing import Final

from replica.markups.base import Markup, Teaser
from replica.markups.bitrix import Bitrix
from replica.markups.divs import Divs
from replica.markups.semantic import Semantic
from replica.markups.table import Table

MARKUPS: Final[dict[str, type[Markup]]] = {"bitrix": Bitrix, "semantic": Semantic, "table": Table, "divs": Divs}

__all__ = ["MARKUPS", "Markup", "Teaser"]
