"""All shapes of answers that are not the article they stand in the place of."""

from benchmarks.corpus.answers import Answer, Shape
from benchmarks.corpus.hostile_bare import BYTES, WALLS
from benchmarks.corpus.hostile_frame import IN_FRAME

HOSTILE: tuple[Shape, ...] = (*IN_FRAME, *WALLS, *BYTES)

__all__ = ["HOSTILE", "Answer", "Shape"]
