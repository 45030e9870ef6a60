"""Our own row of ``make bench-reading``."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.extracts import Extract, Page
from benchmarks.pure_crawl import article_of
from crawler.pages.learning import Learner
from crawler.pages.model import Model
from crawler.pages.reading import Answer, read
from crawler.sites import SITES
from storage.hashing import canonical_block, content_sha256


class Ours:
    """The project's reader, as a crawl calls it."""

    def __init__(self) -> None:
        self._site = SITES["csto-en"]
        self._model: Model | None = None

    def learn(self, pages: Sequence[tuple[str, bytes]]) -> None:
        """What a first crawl of these pages learns, but for its second looks: there is one fetch of each."""
        learner = Learner(self._site)
        for url, body in pages:
            learner.read(Answer(url, 200, body))
        self._model = learner.conclude().model

    def extract(self, page: Page) -> Extract:
        answer = Answer(page.url, 200, page.body, page.content_type)
        article = article_of(read(answer, site=self._site, model=self._model))
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
