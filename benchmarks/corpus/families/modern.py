"""Markups of build tools and blog engines: utility classes, hashed class names, WordPress, a text in two regions."""

from benchmarks.corpus.arrange import arrange, block_stamp, time_stamp
from benchmarks.corpus.body import body, split_body
from benchmarks.corpus.families.family import Family
from benchmarks.corpus.markup import El, Node, Part, h
from benchmarks.corpus.page import Page, class_words
from benchmarks.corpus.parts import Kit

_UTILITIES = (
    "flex",
    "mt-4",
    "px-2",
    "text-sm",
    "grid",
    "gap-3",
    "leading-6",
    "text-gray-700",
    "w-full",
    "max-w-prose",
    "py-6",
)


def _split(page: Page) -> El:
    """The text is cut in two by a banner, each half in a box of its own."""
    kit = Kit(page, lambda part: f"t-{class_words(part)}", strip_kind="linked")
    title = h("h1.t-head", page.truth.title)

    def halves(glued: Part) -> list[Node]:
        first, second = split_body(page, "p", glued)
        return [h("div.t-part", first), kit.banner(), *([h("div.t-part", second)] if second else [])]

    text = h("div.t-article", arrange(page, title, block_stamp("div", "t-date"), halves))
    column = h("div.t-main", kit.crumbs(), text, kit.shares(), kit.back(), kit.see_also(), h("div.t-news", kit.strip()))
    side = h("div.t-side", kit.about(), kit.prose(), kit.latest(), kit.rates(), kit.archive())
    return h("html", page.head(), h("body", kit.top(), kit.menu(), h("div.t-grid", column, side), kit.footer()))


def _utility(page: Page) -> El:
    """Classes say how a box looks, never what it is."""

    def classes(part: str) -> str:
        return " ".join(page.dice("utility", len(part) % 4).sample(_UTILITIES, 4))

    kit = Kit(page, classes, list_tag="div", item_tag="div", head_tag="h3", strip_kind="whole_link")
    title = h("h1.text-3xl.font-bold", page.truth.title)
    text = arrange(page, title, time_stamp("text-sm"), lambda glued: [h("div.space-y-4", body(page, "spans", glued))])
    strip = h("div.grid.grid-cols-3", kit.strip())
    column = h(
        "div.w-full.px-2", strip, h("div.max-w-prose.mt-4", text), kit.shares(), kit.back(), kit.see_also(), kit.prose()
    )
    side = h("div.w-full.px-2", kit.latest(), kit.rates(), kit.about(), kit.archive())
    middle = h("div.flex.mt-4", side, column)
    parts = [h("div.flex", kit.top()), kit.menu(), kit.crumbs(), middle, kit.banner(), kit.footer()]
    return h("html", page.head(), h("body.antialiased", h("div", parts, id="__next")), lang=page.truth.language)


def _wordpress(page: Page) -> El:
    """entry-header, entry-content, widgets."""
    kit = Kit(
        page, lambda part: f"widget widget_{part.replace('-', '_')}", box_tag="aside", head_tag="h2", strip_kind="cards"
    )
    title = h("h1.entry-title", page.truth.title)
    number = page.dice("post", page.truth.slug).randint(100, 99999)
    entry = h(
        f"article.post-{number}.post.type-post",
        arrange(
            page,
            title,
            block_stamp("div", "entry-meta"),
            lambda glued: [h("div.entry-content", body(page, "p", glued))],
        ),
        h("footer.entry-footer", kit.views(), kit.shares()),
        id=f"post-{number}",
    )
    content = h(
        "div.content-area", h("main.site-main", h("div.featured", kit.strip()), entry, kit.back(), kit.see_also())
    )
    side = h("div.widget-area", kit.latest(), kit.prose(), kit.about(), kit.archive(), kit.rates())
    header = h("header.site-header", kit.top(), kit.menu())
    whole = h("div.site", header, kit.crumbs(), h("div.site-content", content, side), kit.banner(), kit.footer())
    return h("html", page.head(), h("body.single-post", whole), lang="en-US")


def _hashed(page: Page) -> El:
    """Class names carry the hash of a build; under noise each visit meets another build."""
    kit = Kit(page, page.suffixed, box_tag="section", head_tag="h2", text_tag="p", strip_kind="linked")
    title = h("h1", page.truth.title, class_=page.suffixed("Title"))

    def text(glued: Part) -> list[Node]:
        return [h("div", body(page, "mixed", glued), class_=page.suffixed("Body"))]

    article = h("div", arrange(page, title, time_stamp(page.suffixed("Date")), text), class_=page.suffixed("Article"))
    column = h("div", kit.crumbs(), kit.strip(), article, kit.prose(), kit.back(), class_=page.suffixed("Column"))
    side = h("div", kit.latest(), kit.see_also(), kit.about(), kit.archive(), class_=page.suffixed("Side"))
    middle = h("div", column, side, class_=page.suffixed("Middle"))
    parts = [kit.top(), kit.menu(), middle, kit.rates(), kit.shares(), kit.banner(), kit.footer()]
    return h("html", page.head(), h("body", h("div", parts, id="root")))


SPLIT = Family("split", _split)
UTILITY = Family("utility", _utility)
WORDPRESS = Family("wordpress", _wordpress)
HASHED = Family("hashed", _hashed)
