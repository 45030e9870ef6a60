"""Hand-written markups of one and the same site."""

from benchmarks.corpus.families.classic import BITRIX, BOOTSTRAP, SEMANTIC
from benchmarks.corpus.families.family import Family
from benchmarks.corpus.families.modern import HASHED, SPLIT, UTILITY, WORDPRESS
from benchmarks.corpus.families.old import BOLD_TITLE, BREAKS, DEFINITIONS, NAMELESS, TABLES

HAND_WRITTEN: tuple[Family, ...] = (
    BITRIX,
    BOOTSTRAP,
    SEMANTIC,
    TABLES,
    NAMELESS,
    BREAKS,
    DEFINITIONS,
    SPLIT,
    BOLD_TITLE,
    UTILITY,
    WORDPRESS,
    HASHED,
)

__all__ = ["HAND_WRITTEN", "Family"]
