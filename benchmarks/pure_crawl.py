"""One crawl of a generated site without network and store: probe pages, every page, a second look at some, the conclusion."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from benchmarks.corpus import NOISES, Site, Truth
from crawler.pages.learning import Conclusion, Learner
from crawler.pages.model import Model
from crawler.pages.reading import Answer, Fingerprint, Reading, fingerprint
from crawler.sites import SITES
from storage.records import Article, Outcome

SITE = SITES["csto-en"]
NOISE = frozenset(NOISES)
LATER = 1_000_000
"""Added to the number of a visit for the second look of the same crawl."""


def crawl(
    site: Site,
    pages: Iterable[Truth],
    visit: int,
    model: Model | None = None,
    known: Callable[[str], frozenset[str] | None] | None = None,
    noise: frozenset[str] = NOISE,
) -> tuple[dict[str, Reading], Conclusion]:
    """What each page was read as, by its address, and what was learned."""
    learner = Learner(SITE, model, known)
    probe = probe_of(site, visit, noise)
    said: dict[str, Truth] = {site.url(truth): truth for truth in pages}

    def answer(url: str, fetch: int) -> Answer:
        return Answer(url, 200, site.render(said[url], fetch=fetch, noise=noise), site.content_type, probe=probe)

    readings: dict[str, Reading] = {}
    for url in said:
        readings[url] = learner.read(answer(url, visit))
        for other in learner.second_looks():
            learner.read_again(answer(other, visit + LATER))
    for url in learner.second_looks(at_the_end=True):
        learner.read_again(answer(url, visit + LATER))
    conclusion = learner.conclude()
    return readings | conclusion.revised, conclusion


def probe_of(site: Site, visit: int, noise: frozenset[str]) -> Fingerprint:
    seen = [fingerprint(site.probe(fetch=visit * 7 + n, noise=noise), site.content_type) for n in range(3)]
    return seen[0].common(seen[1]).common(seen[2])


def article_of(reading: Reading) -> Article | None:
    """What can make a version: the article of a suspect answer waits for another crawl."""
    return reading.article if reading.outcome is Outcome.OK else None


def differences(article: Article | None, truth: Truth) -> tuple[str, ...]:
    """The fields in which what was read differs from the label."""
    if article is None:
        return ("unread",)
    pairs = {
        "title": (article.title, truth.title),
        "published": (article.published, truth.published),
        "language": (article.language, truth.language),
        "body": ([block.text for block in article.blocks], [block.text for block in truth.blocks]),
        "links": ([(link.href, link.text) for link in article.links], [(link.href, link.text) for link in truth.links]),
        "media": ([(item.src, item.alt) for item in article.media], [(item.src, item.alt) for item in truth.media]),
    }
    return tuple(name for name, (read, wanted) in pairs.items() if read != wanted)


def edited(site: Site, old: Truth, new: Truth) -> Truth:
    """The edited article under the address that it has."""
    return replace(new, slug=old.slug, section=old.section) if site.url(old) != site.url(new) else new
