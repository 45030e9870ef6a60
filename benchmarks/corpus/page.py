"""One page being rendered: what a layout may ask for."""

import random
import re
from dataclasses import dataclass
from datetime import date

from benchmarks.corpus import boxes
from benchmarks.corpus.dates import printed
from benchmarks.corpus.draw import chance, dice
from benchmarks.corpus.markup import El, Node, Raw, h, script
from benchmarks.corpus.noise import Noise
from benchmarks.corpus.truth import ORIGIN, Truth, address

SITE_NAME = "Collective Security Organization"
STYLESHEET = "".join(
    f".l{n}-{n * 37 % 91}{{margin:{n % 9}px {n % 7}px;color:#{n * 4099 % 16777215:06x}}}" for n in range(90)
)


@dataclass(frozen=True, slots=True)
class Style:
    """What a site settles once for all its pages."""

    date_place: str = "before_title"
    date_format: str = "dots"
    strip_has_dates: bool = True
    strip_size: int = 3
    title_suffix: str = f" - {SITE_NAME}"
    has_meta: bool = True
    absolute_links: bool = False
    double_breaks: bool = True
    back_links: tuple[str, ...] = boxes.BACK
    has_bare_glue: bool = False  # a date glued to the title has no element of its own


@dataclass(frozen=True, slots=True)
class Teaser:
    """A teaser of an article: its first paragraphs, at times all of it, at times nothing but the title."""

    title: str
    href: str
    published: date | None
    lines: tuple[str, ...]


class Page:
    """The article, the site around it and the visit's noise. On the 404 page `truth` is what that page says."""

    def __init__(
        self,
        articles: tuple[Truth, ...],
        truth: Truth,
        style: Style,
        noise: Noise,
        site: str,
        inset: list[Node] | None = None,
    ) -> None:
        self.articles = articles
        self.truth = truth
        self.style = style
        self.noise = noise
        self.site = site
        self.inset = inset  # stands in the place of the text; None where the article's own blocks do
        self.url = address(truth)
        self.nonce = f"{noise.dice('tokens').getrandbits(96):024x}"

    def href(self, absolute: str) -> str:
        """The address as this site writes it: with or without the origin."""
        return absolute if self.style.absolute_links else absolute.removeprefix(ORIGIN)

    def date_text(self, day: date | None) -> str:
        """The date in the site's format, "" for none."""
        return printed(day, self.style.date_format) if day else ""

    def bx_id(self, name: str) -> str:
        """An element id such as Bitrix makes."""
        return f"bx_{name}_651765591_{dice(self.noise.dice('ids').random(), name).getrandbits(16)}"

    def suffixed(self, name: str) -> str:
        """A class name with the hash that a build adds; the hash is new at each visit under noise."""
        return f"{name}__{dice(self.site, name, self.noise.dice('ids').random()).getrandbits(24):05x}"

    def strip(self) -> list[Teaser]:
        """The teasers above the title."""
        rng = self.noise.dice("teasers")
        count = rng.randint(0, 5) if self.noise.on("teasers") else self.style.strip_size
        pool = list(self.articles)
        chosen = rng.sample(pool, min(count, len(pool))) if self.noise.on("teasers") else pool[:count]
        is_free = self.truth in pool and self.truth not in chosen and self.noise.on("self_teaser")
        if is_free and chance(self.noise.dice("self_teaser"), 0.5):
            chosen.insert(0, self.truth)
        return [self.teaser(truth) for truth in chosen]

    def teaser(self, truth: Truth) -> Teaser:
        """The teaser of an article: the same wherever it is shown."""
        rng = dice(self.site, "teaser", truth.slug)
        texts = [block.text for block in truth.blocks if block.kind == "paragraph"]
        kind = rng.choices(("one", "two", "title", "whole"), (5, 3, 2, 1))[0]
        count = {"one": 1, "two": 2, "title": 0, "whole": len(texts) if len(texts) < 8 else 1}[kind]
        return Teaser(truth.title, self.href(address(truth)), truth.published, tuple(texts[:count]))

    def see_also(self) -> list[Teaser]:
        """Three to five other articles, without their text."""
        rng = self.noise.dice("see_also")
        chosen = rng.sample(self.articles, min(len(self.articles), rng.randint(4, 6)))
        return [self.teaser(truth) for truth in chosen if truth.slug != self.truth.slug]

    def latest(self) -> list[tuple[str, Teaser]]:
        """The newest articles with how long ago they were posted."""
        rng = self.noise.dice("clock")
        return [(f"{rng.randint(1, 23)} hours ago", self.teaser(truth)) for truth in self.articles[:5]]

    def prose(self) -> tuple[str, list[str]]:
        """The head of the rotating box, the same for the site, and the box's text."""
        head = dice(self.site, "prose head").choice(boxes.PROSE_HEADS)
        return head, boxes.prose(self.site, self.noise.dice("prose").randint(1, 400))

    def views(self) -> int:
        """How often the page was seen."""
        return self.noise.dice("counters").randint(40, 9000)

    def shares(self) -> list[tuple[str, int]]:
        """Networks with how often the page was shared there."""
        rng = self.noise.dice("counters")
        return [(name, rng.randint(0, 60)) for name in boxes.NETWORKS[:4]]

    def rates(self) -> list[str]:
        """Weather and exchange rates."""
        rng = self.noise.dice("rates")
        names = ("USD", "EUR", "KZT", "AMD", "BYN")
        return [f"{name} {rng.randint(20, 9900) / 100:.2f}" for name in names] + [f"Moscow {rng.randint(-25, 30)} °C"]

    def year(self) -> int:
        """The year in the footer."""
        return 2026 + (self.noise.dice("clock").randint(0, 9) if self.noise.on("clock") else 0)

    def head(self, *extra: El) -> El:
        """The head: title, meta where the site has them, styles, scripts."""
        truth = self.truth
        token = f"{self.noise.dice('tokens').getrandbits(128):032x}"
        metas = [
            h("link", rel="canonical", href=self.url),
            h("meta", property="og:title", content=truth.title),
            h("meta", property="og:url", content=self.url),
            h("meta", property="og:type", content="article"),
        ]
        return h(
            "head",
            h("title", truth.title + self.style.title_suffix),
            h("meta", name="viewport", content="width=device-width, initial-scale=1"),
            metas if self.style.has_meta else None,
            list(extra),
            h("link", rel="stylesheet", href="/bitrix/cache/css/template.css?1690"),
            h("style", Raw(STYLESHEET)),
            script(boxes.ticker_script(token, self.nonce), nonce=self.nonce),
        )

    def dice(self, *parts: object) -> random.Random:
        """A generator that depends on the site and the parts, never on the visit."""
        return dice(self.site, *parts)


def class_words(text: str) -> str:
    """Text as a class name."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
