"""Hand-written markups of one and the same site."""

from benchmarks.corpus.families.classic import BITRIX, BOOTSTRAP, SEMANTIC
from benchmarks.corpus.families.family import Family

HAND_WRITTEN: tuple[Family, ...] = (BITRIX, BOOTSTRAP, SEMANTIC)

__all__ = ["HAND_WRITTEN", "Family"]
