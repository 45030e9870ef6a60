"""What a count says of the share behind it: Wilson's interval, and two worker processes to count with."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from math import sqrt
from multiprocessing import get_context
from typing import Final

WORKERS: Final = 2
_Z: Final = 1.959963984540054
"""The normal distribution's 97.5 % point: two sides, 95 %."""


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), which stays honest where all or none are hits. Without a trial: 0 to 1."""
    if not of:
        return 0.0, 1.0
    share, spread = hits / of, _Z * _Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    low, high = (0.0 if not hits else middle - half), (1.0 if hits == of else middle + half)
    return round(low, 6), round(high, 6)


@contextmanager
def workers(count: int = WORKERS) -> Iterator[ProcessPoolExecutor]:
    """Processes that share nothing with this one: no thread or lock of another benchmark comes along."""
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        yield pool
