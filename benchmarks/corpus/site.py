"""A site: articles in one markup."""

from dataclasses import dataclass, replace

from benchmarks.corpus.content import make_articles
from benchmarks.corpus.draw import number
from benchmarks.corpus.families import HAND_WRITTEN, Family
from benchmarks.corpus.markup import El, Node, Writer
from benchmarks.corpus.noise import Noise
from benchmarks.corpus.page import Page
from benchmarks.corpus.random_template import draw_family
from benchmarks.corpus.truth import ORIGIN, Block, Truth, address

_HAND_WRITTEN = {family.name: family for family in HAND_WRITTEN}
RANDOM: tuple[str, ...] = ("random-a", "random-b", "random-c", "random-d")
FAMILIES: tuple[str, ...] = (*_HAND_WRITTEN, *RANDOM)
NO_NOISE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Site:
    """One site in one markup. Equal arguments give equal bytes; noise differs by (fetch, slug)."""

    family: str
    seed: int
    articles: tuple[Truth, ...]
    markup: Family

    @property
    def content_type(self) -> str:
        """The header that the site sends with its pages."""
        return f"text/html; charset={self.markup.charset}"

    def url(self, truth: Truth) -> str:
        """The page's address."""
        return address(truth)

    def render(self, truth: Truth, *, fetch: int = 0, noise: frozenset[str] = NO_NOISE) -> bytes:
        """The page's bytes at one visit. Teasers of an edited article show the edit on its own page only.

        `dataclasses.replace(site, articles=...)` shows it on all pages.
        """
        articles = tuple(truth if known.slug == truth.slug else known for known in self.articles)
        return replace(self, articles=articles)._rendered(truth, fetch, noise)

    def frame(self, truth: Truth, inset: list[Node], fetch: int = 0) -> bytes:
        """The site's frame with the truth's title, and something that is no article in the place of the text."""
        return self._rendered(truth, fetch, NO_NOISE, inset)

    def _rendered(self, truth: Truth, fetch: int, noise: frozenset[str], inset: list[Node] | None = None) -> bytes:
        drawn = Noise(noise, f"{self.family}/{self.seed}", f"{fetch}/{truth.slug}")
        style = self.markup.style(self.seed)
        page = Page(self.articles, truth, style, drawn, f"{self.family}/{self.seed}", inset)
        text = Writer(drawn).page(self._with_charset(page))
        return text.encode(self.markup.charset, errors="xmlcharrefreplace")

    def probe(self, *, fetch: int = 0, noise: frozenset[str] = NO_NOISE) -> bytes:
        """The page that answers unknown addresses, with status 404, in the full frame."""
        return self.render(self.not_found("no-such-page"), fetch=fetch, noise=noise)

    def not_found(self, slug: str) -> Truth:
        """What the 404 page says; it is no article."""
        words = ("The page was not found", "The requested element was not found. Check the address or use the search.")
        return Truth(slug, "news/news_odkb", words[0], None, "en", (Block("paragraph", words[1]),))

    def _with_charset(self, page: Page) -> El:
        root = self.markup.layout(page)
        head = root.children[0]
        if isinstance(head, El):
            head.children.insert(0, El("meta", {"charset": self.markup.charset}))
        return root


def make_site(family: str, seed: int, pages: int, *, articles_seed: int | None = None) -> Site:
    """A site with `pages` articles; one `articles_seed` gives the same articles in every family."""
    markup = _HAND_WRITTEN.get(family) or draw_family(number(family, seed), may_lack_dates=articles_seed is None)
    if family not in FAMILIES:
        raise ValueError(f"unknown family {family!r}; known are {', '.join(FAMILIES)}")
    articles = make_articles(number("articles", family, seed) if articles_seed is None else articles_seed, pages)
    return _site(family, seed, articles, markup)


def random_site(seed: int, pages: int = 8) -> Site:
    """A site whose whole template is drawn from the seed."""
    return _site(
        "random", seed, make_articles(number("random articles", seed), pages), draw_family(number("random", seed))
    )


def _site(family: str, seed: int, articles: tuple[Truth, ...], markup: Family) -> Site:
    """The site; where its template prints no dates, its articles have none."""
    if markup.style(seed).date_place == "absent":
        articles = tuple(replace(truth, published=None) for truth in articles)
    return Site(family, seed, articles, markup)


__all__ = ["FAMILIES", "ORIGIN", "Site", "make_site", "random_site"]
