"""Made-up sites of news pages with exact labels: what each page says, what an edit changes, what is no article at all.

Everything depends on seeds alone. Nothing here knows how the project reads a page.
"""

from benchmarks.corpus.draw import half
from benchmarks.corpus.edits import EDITS, edit
from benchmarks.corpus.hostile import HOSTILE, Answer, Shape
from benchmarks.corpus.noise import NOISES
from benchmarks.corpus.odd import ODD, OddArticle
from benchmarks.corpus.site import FAMILIES, Site, make_site, random_site
from benchmarks.corpus.truth import ORIGIN, Block, Link, Media, Truth

__all__ = [
    "EDITS",
    "FAMILIES",
    "HOSTILE",
    "NOISES",
    "ODD",
    "ORIGIN",
    "Answer",
    "Block",
    "Link",
    "Media",
    "OddArticle",
    "Shape",
    "Site",
    "Truth",
    "edit",
    "half",
    "make_site",
    "random_site",
]
