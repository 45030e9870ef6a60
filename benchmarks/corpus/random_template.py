"""Markups that nobody designed: every decision of a template is drawn from its seed."""

import random
from dataclasses import dataclass

from benchmarks.corpus.arrange import DATE_PLACES, Stamp, arrange, block_stamp, span_stamp, time_stamp
from benchmarks.corpus.body import STYLES, body, split_body
from benchmarks.corpus.draw import chance, dice, words
from benchmarks.corpus.families.family import Family
from benchmarks.corpus.markup import El, Node, Part, h
from benchmarks.corpus.page import Page
from benchmarks.corpus.parts import STRIPS, Kit

_WORDS = words(
    "main inner zone blok left col area unit wrap cell item list text data view page part line base form holder"
)
_SHELLS = ("div", "div", "div", "section", "table", "main", "center")
_FREE_BODIES = frozenset({"p", "div", "spans", "mixed"})
_CONTAINERS = {"li": ("ul", "ol"), "dl": ("dl",), "rows": ("tbody",)}
_LISTS = (("ul", "li"), ("ul", "li"), ("div", "div"), ("ol", "li"), ("nav", "p"), ("dl", "dd"))


@dataclass(frozen=True, slots=True)
class Design:
    """The decisions of one template; the same on all its pages."""

    seed: int
    box_tag: str
    listing: tuple[str, str]
    head_tag: str
    text_tag: str
    strip_kind: str
    strip_place: str
    title_tag: str
    stamp: Stamp
    body_style: str
    container: str
    names: str
    is_split: bool
    side: str
    above: tuple[str, ...]
    below: tuple[str, ...]
    beside: tuple[str, ...]

    def layout(self, page: Page) -> El:
        """The whole page."""
        kit = Kit(
            page,
            lambda part: self._name(page, part),
            self.box_tag,
            *self.listing,
            self.head_tag,
            self.text_tag,
            self.strip_kind,
        )
        column = [*self._parts(kit, self.above), *self._strip(kit, "above"), *self._article(page, kit)]
        column += [*self._parts(kit, self.below), *self._strip(kit, "below")]
        beside = [*self._parts(kit, self.beside), *self._strip(kit, "beside")]
        middle = self._columns(kit, column, beside)
        top: list[Part] = [kit.top(), kit.menu()]
        if page.dice("menu first").random() < 0.5:
            top.reverse()
        content: list[Part] = [*top, middle, kit.footer()]
        shell = self._shell(kit, "page", content)
        return h("html", page.head(), h("body", shell), **({"lang": "en"} if self.seed % 3 == 0 else {}))

    def _name(self, page: Page, part: str) -> str:
        rng = dice(self.seed, "name", part)
        match self.names:
            case "words":
                return "-".join(rng.sample(_WORDS, 2))
            case "hashes":
                return f"{rng.choice('abcdexyz')}{rng.getrandbits(28):x}"
            case "suffixed":
                return page.suffixed(rng.choice(_WORDS))
            case "shared":
                return rng.choice(_WORDS[:5])
            case "sparse":
                return rng.choice(_WORDS) if chance(rng, 0.2) else ""
            case _:
                return ""

    def _parts(self, kit: Kit, names: tuple[str, ...]) -> list[Part]:
        return [_PARTS[name](kit) for name in names]

    def _strip(self, kit: Kit, place: str) -> list[Part]:
        """The strip where the template has it; only above the title it may stand without a box of its own."""
        if self.strip_place == "loose" and place == "above":
            return list(kit.strip())
        if self.strip_place != place or not (teasers := kit.strip()):
            return []
        head = [] if place == "above" else [h(self.head_tag, "News of the day")]
        return [kit.box("strip", *head, teasers)]

    def _article(self, page: Page, kit: Kit) -> list[Part]:
        title = self._title(page, kit)
        parts = arrange(page, title, self.stamp, lambda glued: self._body(page, kit, glued))
        rng = dice(self.seed, "article")
        views: list[Part] = [kit.views()] if chance(rng, 0.4) else []
        whole = [*parts, *views]
        return [self._shell(kit, "article", whole)] if chance(rng, 0.7) else whole

    def _title(self, page: Page, kit: Kit) -> El:
        if self.title_tag in ("b", "span", "strong", "font"):
            return kit.box(
                "title", h(self.title_tag, page.truth.title), tag=dice(self.seed, "title box").choice(("div", "p"))
            )
        return kit.box("title", page.truth.title, tag=self.title_tag)

    def _body(self, page: Page, kit: Kit, glued: Part) -> list[Node]:
        if not self.is_split:
            return self._contained(kit, body(page, self.body_style, glued))
        first, second = split_body(page, self.body_style, glued)
        return [*self._contained(kit, first), kit.banner(), *self._contained(kit, second)]

    def _contained(self, kit: Kit, nodes: list[Node]) -> list[Node]:
        if not nodes or not self.container:
            return nodes
        box = kit.box("text", *nodes, tag=self.container)
        return [h("table", box)] if self.container == "tbody" else [box]

    def _columns(self, kit: Kit, column: list[Part], beside: list[Part]) -> El:
        cells = [column, beside] if self.side == "right" else [beside, column]
        if dice(self.seed, "columns").random() < 0.2:
            return h("table", h("tr", [h("td", cell) for cell in cells]), width="100%")
        boxes = [self._shell(kit, name, cell) for name, cell in zip(("one", "two"), cells, strict=True)]
        return kit.box("middle", *boxes, tag="div")

    def _shell(self, kit: Kit, name: str, parts: list[Part]) -> El:
        """The parts inside one to four boxes."""
        rng = dice(self.seed, "shell", name)
        inner = kit.box(f"{name}-0", parts, tag="div")
        for level in range(rng.randint(0, 3)):
            tag = rng.choice(_SHELLS)
            inner = (
                h("table", h("tr", h("td", inner)))
                if tag == "table"
                else kit.box(f"{name}-{level + 1}", inner, tag=tag)
            )
        return inner


_PARTS = {
    "crumbs": Kit.crumbs,
    "shares": Kit.shares,
    "back": Kit.back,
    "see_also": Kit.see_also,
    "latest": Kit.latest,
    "about": Kit.about,
    "prose": Kit.prose,
    "rates": Kit.rates,
    "archive": Kit.archive,
    "banner": Kit.banner,
}


def draw_family(seed: int, *, may_lack_dates: bool = True) -> Family:
    """A template as a family of one site; `may_lack_dates` allows a template that prints no date at all."""
    rng = dice("random template", seed)
    place = rng.choice((*DATE_PLACES, *DATE_PLACES, "absent"))
    if place == "absent" and not may_lack_dates:
        place = dice("random place", seed).choice(DATE_PLACES)
    formats = ("dots",) if place == "glued_text" else ("dots", "dots", "en", "en_us", "ru", "iso", "us_time")
    form = rng.choice(formats)
    return Family(f"random-{seed:x}", draw_design(rng, seed).layout, date_places=(place,), date_formats=(form,))


def draw_design(rng: random.Random, seed: int) -> Design:
    """All decisions, in a fixed order."""
    style = rng.choice(STYLES)
    above, below, beside = _places(rng)
    free = ("", "div", "div", "section") if style in _FREE_BODIES else ("div", "section", "span-box")
    container = rng.choice(_CONTAINERS.get(style, free))
    return Design(
        seed=seed,
        box_tag=rng.choice(("div", "div", "section", "aside")),
        listing=rng.choice(_LISTS),
        head_tag=rng.choice(("h2", "h3", "h4", "b", "div")),
        text_tag=rng.choice(("p", "p", "div")),
        strip_kind=rng.choice(STRIPS),
        strip_place=rng.choice(("loose", "above", "above", "beside", "below", "none")),
        title_tag=rng.choice(("h1", "h1", "h2", "h3", "div", "b", "span", "strong", "font")),
        stamp=_draw_stamp(rng),
        body_style=style,
        container="div" if container == "span-box" else container,
        names=rng.choice(("none", "words", "hashes", "suffixed", "shared", "sparse")),
        is_split=chance(rng, 0.2),
        side=rng.choice(("left", "right")),
        above=above,
        below=below,
        beside=beside,
    )


def _draw_stamp(rng: random.Random) -> Stamp:
    spans = (span_stamp(), span_stamp("date"), time_stamp())
    return rng.choice((*spans, block_stamp("div"), block_stamp("p"), block_stamp("small")))


def _places(rng: random.Random) -> tuple[tuple[str, ...], ...]:
    """Which parts stand above the title, under the text and beside the column."""
    above, below, beside = ["crumbs"], ["shares"], ["latest", "archive"]
    for part in ("back", "see_also"):
        if chance(rng, 0.8):
            below.append(part)
    for part in ("about", "prose", "rates", "banner"):
        if chance(rng, 0.75):
            rng.choice((above, below, beside, beside)).append(part)
    for row in (above, below, beside):
        rng.shuffle(row)
    return tuple(above), tuple(below), tuple(beside)
