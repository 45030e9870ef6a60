"""Pairs of articles with what an editor would call the edit: its level and its reasons, set by hand and never by the program.

``pairs-en.jsonl`` and ``pairs-ru.jsonl``: a pair a line. Every sentence in them is made up. An edit of a sentence was written as
two sentences with their label, and both were put at a drawn place of one of twelve articles in each language; ``several`` puts
two such edits into one article. ``new`` names only what differs from ``old``.

``sentences-later.jsonl``: sentences alone, in the manner of a news page, written when the rules had been measured once. They were
looked at since, and are no figure.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from storage.records import Article, Block, BlockKind, Link, Media

HERE: Final = Path(__file__).parent
SPLIT_SEED: Final = 20261127
"""Of the two halves: one to build with, and one whose verdicts nobody looks at while building."""


@dataclass(frozen=True, slots=True)
class Pair:
    """``kind``: what the pair was written for. ``level``: of ``cosmetic``, ``minor``, ``substantive``."""

    id: str
    kind: str
    language: str
    level: str
    reasons: frozenset[str]
    old: Article
    new: Article


def pairs() -> tuple[Pair, ...]:
    return tuple(_pair(json.loads(line)) for path in sorted(HERE.glob("pairs-*.jsonl")) for line in _lines(path))


@dataclass(frozen=True, slots=True)
class Sentences:
    id: str
    language: str
    reasons: frozenset[str]
    old: str
    new: str


def later() -> list[Sentences]:
    rows = map(json.loads, _lines(HERE / "sentences-later.jsonl"))
    return [Sentences(**{**row, "reasons": frozenset(row["reasons"])}) for row in rows]


def halves(seed: int = SPLIT_SEED) -> tuple[list[Pair], list[Pair]]:
    """(to build with, held out): within each language and kind by lot, the odd one to the half held out."""
    drawing = random.Random(seed)
    building: list[Pair] = []
    held_out: list[Pair] = []
    for _, alike in groupby(sorted(pairs(), key=_stratum), _stratum):
        drawn = sorted(alike, key=lambda pair: pair.id)
        drawing.shuffle(drawn)
        building += drawn[: len(drawn) // 2]
        held_out += drawn[len(drawn) // 2 :]
    return building, held_out


def _stratum(pair: Pair) -> tuple[str, str]:
    return pair.language, pair.kind


def _lines(path: Path) -> Iterator[str]:
    yield from path.read_text(encoding="utf-8").splitlines()


def _pair(row: Mapping[str, Any]) -> Pair:
    old = row["old"]
    return Pair(
        row["id"],
        row["kind"],
        row["language"],
        row["level"],
        frozenset(row["reasons"]),
        _article(old),
        _article({**old, **row["new"]}),
    )


def _article(row: Mapping[str, Any]) -> Article:
    return Article(
        title=row["title"],
        published=date.fromisoformat(row["published"]) if row["published"] else None,
        language=row["language"],
        blocks=tuple(Block(BlockKind.PARAGRAPH, text) for text in row["blocks"]),
        links=tuple(Link(*link) for link in row["links"]),
        media=tuple(Media(*item) for item in row["media"]),
    )
