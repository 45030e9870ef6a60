"""Our own row of ``make bench-reading``."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.extracts import Again, Extract, Page
from benchmarks.pure_crawl import article_of
from crawler.pages.learning import Learner
from crawler.pages.model import Model
from crawler.pages.reading import Answer, judge_known, read_whole
from crawler.sites import SITES
from storage.hashing import canonical_block, content_sha256


class Ours:
    """The project's reader, as a crawl calls it: with what was learned of the site, and with the texts that the store has."""

    def __init__(self) -> None:
        self._site = SITES["csto-en"]
        self._model: Model | None = None
        self._known: dict[str, frozenset[str]] = {}

    def learn(self, pages: Sequence[tuple[str, bytes]], again: Again) -> None:
        """What a first crawl of these pages learns and keeps, with a second look at a few of them."""
        learner = Learner(self._site)
        readings = {}
        for url, body in pages:
            readings[url] = learner.read(Answer(url, 200, body))
            for other in learner.second_looks():
                learner.read_again(Answer(other, 200, again(other)))
        for other in learner.second_looks(at_the_end=True):
            learner.read_again(Answer(other, 200, again(other)))
        conclusion = learner.conclude()
        self._model = conclusion.model
        for url, reading in (readings | conclusion.revised).items():
            article = article_of(reading)
            if article is not None:
                self._known[url] = frozenset(block.text for block in article.blocks)

    def extract(self, page: Page) -> Extract:
        done = read_whole(Answer(page.url, 200, page.body, page.content_type), self._site, self._model)
        article = article_of(judge_known(done, lambda: self._known.get(page.url)).reading)
        if article is None:
            return Extract()
        return Extract(
            article.title,
            article.published,
            tuple(filter(None, (canonical_block(block.text) for block in article.blocks))),
            content_sha256(article),
            tuple((link.href, link.text) for link in article.links),
            tuple((item.src, item.alt) for item in article.media),
        )
