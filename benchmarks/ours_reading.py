"""Our own row of ``make bench-reading``."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.extracts import Extract, Page
from crawler.pages.reading import Answer, read
from crawler.sites import SITES
from storage.hashing import canonical_block, content_sha256


class Ours:
    """The project's reader, as a crawl calls it."""

    def __init__(self) -> None:
        self._site = SITES["csto-en"]

    def learn(self, pages: Sequence[tuple[str, bytes]]) -> None:
        """Nothing yet: each page is read by itself."""

    def extract(self, page: Page) -> Extract:
        article = read(Answer(page.url, 200, page.body, page.content_type), site=self._site).article
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
