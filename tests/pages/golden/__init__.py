"""Pages with what the reader made of them, so that no change of a reading goes unnoticed.

``pages.jsonl.xz`` holds the pages as they were rendered once; ``read.jsonl`` the reader's version and what it read: each page by
itself and, where that differs, in a crawl of its site's pages. ``python -m tests.pages.golden --write`` reads them anew, with
``--render`` from newly rendered pages.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from benchmarks.corpus import FAMILIES, NOISES, Site, make_site, random_site
from crawler.pages.learning import Learner
from crawler.pages.reading import READER_VERSION, Answer, Reading, read
from crawler.sites import SITES
from replica.site import ReplicaSite
from storage.hashing import content_sha256, text_sha256
from storage.records import Article

HERE: Final = Path(__file__).parent
PAGES: Final = HERE / "pages.jsonl.xz"
READ: Final = HERE / "read.jsonl"
SITE: Final = SITES["csto-en"]
MARKUPS: Final = ("bitrix", "semantic", "table", "divs")
LIBRARIES: Final = ("lxml", "beautifulsoup4")
EACH: Final = 3
SEED: Final = 31


@dataclass(frozen=True, slots=True)
class Page:
    """``site``: pages of one site stand together. ``body``: the bytes, as Latin-1."""

    site: str
    url: str
    content_type: str
    body: str

    @property
    def answer(self) -> Answer:
        return Answer(self.url, 200, self.body.encode("latin-1"), self.content_type)


def rendered() -> Iterator[Page]:
    """Three pages of each markup, of some random templates and of the replica."""
    sites = [*(make_site(family, SEED, EACH) for family in FAMILIES), *(random_site(SEED + n, EACH) for n in range(4))]
    for site in sites:
        yield from _of_corpus(site)
    for markup in MARKUPS:
        replica = ReplicaSite(EACH, markup, SEED)
        for address in replica.addresses[:EACH]:
            answer = replica.respond(address)
            yield Page(f"replica {markup}", replica.url(address), answer.content_type, answer.body.decode("latin-1"))


def _of_corpus(site: Site) -> Iterator[Page]:
    for number, truth in enumerate(site.articles):
        body = site.render(truth, fetch=number, noise=frozenset(NOISES) if number else frozenset())
        yield Page(f"{site.family} {site.seed}", site.url(truth), site.content_type, body.decode("latin-1"))


def saved() -> list[Page]:
    with lzma.open(PAGES, "rt", encoding="utf-8") as lines:
        return [Page(**json.loads(line)) for line in lines]


def save(pages: Iterable[Page]) -> None:
    with lzma.open(PAGES, "wt", preset=9 | lzma.PRESET_EXTREME, encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(page), ensure_ascii=False) + "\n" for page in pages)


def about() -> dict[str, str]:
    """With what the readings came about."""
    return {"reader": READER_VERSION, **{name: version(name) for name in LIBRARIES}}


def readings(pages: Iterable[Page]) -> Iterator[dict[str, Any]]:
    """What each page is read as, in the pages' order."""
    for _, group in groupby(pages, key=lambda page: page.site):
        some = list(group)
        crawled = _crawled(some)
        for page in some:
            alone = read(page.answer, site=SITE)
            row: dict[str, Any] = {
                "site": page.site,
                "url": page.url,
                "outcome": str(alone.outcome),
                **_told(alone.article),
            }
            digest = _digest(crawled[page.url].article)
            yield row if digest == row.get("content_sha256") else {**row, "content_sha256_in_a_crawl": digest}


def _crawled(pages: list[Page]) -> dict[str, Reading]:
    learner = Learner(SITE)
    found = {page.url: learner.read(page.answer) for page in pages}
    return found | dict(learner.conclude().revised)


def _digest(article: Article | None) -> str | None:
    return content_sha256(article) if article else None


def _told(article: Article | None) -> dict[str, Any]:
    if article is None:
        return {}
    return {
        "title": article.title,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
        "blocks": [[str(block.kind), block.text] for block in article.blocks],
        "links": [[link.href, link.text] for link in article.links],
        "media": [[item.src, item.alt] for item in article.media],
        "text_sha256": text_sha256(article),
        "content_sha256": content_sha256(article),
    }


def expected() -> tuple[dict[str, str], list[dict[str, Any]]]:
    """With what the readings of ``read.jsonl`` came about, and the readings."""
    first, *rest = READ.read_text("utf-8").split("\n")
    return json.loads(first), [json.loads(line) for line in rest if line]


def write(rows: Iterable[dict[str, Any]]) -> None:
    READ.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in (about(), *rows)), encoding="utf-8")
