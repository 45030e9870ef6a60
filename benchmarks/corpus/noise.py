"""What changes from visit to visit without anyone having edited anything."""

import random

from benchmarks.corpus.draw import dice

NOISES: tuple[str, ...] = (
    "teasers",  # other teasers in the strip, and another number of them
    "self_teaser",  # the strip shows the article's own teaser
    "prose",  # the box of running prose shows another text
    "see_also",  # the list under the text rotates
    "counters",  # views, visitors on the site, shares
    "clock",  # "2 hours ago", the time of day, the year in the footer
    "rates",  # exchange rates and weather
    "tokens",  # session tokens in scripts, nonce attributes
    "ids",  # bx_651765591_XXXX and suffixes of class names
    "space",  # indents, line ends, runs of spaces
    "attributes",  # order and quotation marks of attributes
    "tag_case",  # <P> for <p>
    "comments",
    "nfd",
    "soft_hyphens",
    "zero_width",
    "nbsp",
    "entities",
    "wrappers",  # <span> around words of the text, other classes on its paragraphs
    "link_params",  # utm_* and the like behind the addresses of links
)


class Noise:
    """The noise of one visit to one page. A kind that is off is drawn from the site alone: it never changes."""

    def __init__(self, kinds: frozenset[str], site: str, visit: str) -> None:
        if unknown := kinds - set(NOISES):
            raise ValueError(f"unknown noise: {sorted(unknown)}; known are {', '.join(NOISES)}")
        self.kinds = kinds
        self._site = site
        self._visit = visit

    def on(self, kind: str) -> bool:
        """True where this kind is wanted."""
        return kind in self.kinds

    def dice(self, kind: str) -> random.Random:
        """The generator of one kind, new at each call. "writer" stands for all kinds of writing, which only throw when on."""
        visit = self._visit if kind == "writer" or kind in self.kinds else ""
        return dice(self._site, kind, visit)
