"""Whether an address spells a title: the site's slugs are titles in Latin letters, cut at a hundred."""

from __future__ import annotations

from typing import Final

from rapidfuzz.distance import Indel

from crawler.pages.text import skeleton

_LATIN: Final = str.maketrans(
    dict(zip("абвгдеёзийклмнопрстуфыэ", "abvgdeeziyklmnoprstufye", strict=True))
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "ъ": "", "ь": ""}
)
_LEAST: Final = 12
"""Letters of a slug from which it can say anything."""
_FIGURES: Final = "0123456789"
"""Slugs end in a number of their own at times: ``-12948``, ``-2``."""
_ALIKE: Final = 0.9
"""Systems differ in some letters (``kh`` or ``h`` for one and the same), and slugs drop a word."""


def spells(url: str, title: str) -> bool:
    slug = skeleton(url.partition("?")[0].rstrip("/").rpartition("/")[2]).rstrip(_FIGURES)
    spelled = skeleton(title)
    if not spelled.isascii():
        spelled = spelled.translate(_LATIN)
    spelled = spelled.rstrip(_FIGURES)[: max(len(slug), _LEAST)]
    if len(slug) < _LEAST or len(spelled) * 4 < len(slug) * 3:
        return False
    return spelled == slug or Indel.normalized_similarity(spelled, slug, score_cutoff=_ALIKE) >= _ALIKE
