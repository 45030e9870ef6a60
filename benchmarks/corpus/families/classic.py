"""The markups most news sites of this kind have: Bitrix's own, Bootstrap cards, semantic HTML."""

from benchmarks.corpus.arrange import arrange, block_stamp, span_stamp, time_stamp
from benchmarks.corpus.body import body
from benchmarks.corpus.families.family import Family
from benchmarks.corpus.markup import El, h
from benchmarks.corpus.page import Page, class_words
from benchmarks.corpus.parts import Kit


def _bitrix(page: Page) -> El:
    """news.detail of Bitrix, with the strip of teasers above it in the same column."""
    kit = Kit(page, lambda part: f"bx-{part}", strip_kind="plain", item_tag="li")
    title = h("h3", page.truth.title)
    detail = h(
        "div.news-detail",
        arrange(page, title, span_stamp("news-date-time"), lambda glued: body(page, "p", glued)),
        h("div", style="clear:both"),
        kit.views(),
        id=page.bx_id("detail"),
    )
    column = h(
        "div.workarea", kit.crumbs(), h("div.news-list", kit.strip()), detail, kit.shares(), kit.back(), kit.see_also()
    )
    side = h("div.sidebar", kit.latest(), kit.about(), kit.prose(), kit.rates(), kit.archive(), kit.banner())
    wrapper = h("div.wrap", kit.top(), kit.menu(), h("div.content", side, column), kit.footer(), id="wrap")
    return h("html", page.head(), h("body", h("div", id="panel"), wrapper))


def _bootstrap(page: Page) -> El:
    """Rows and columns; the strip is a deck of cards above the title."""
    kit = Kit(page, lambda part: f"card-{class_words(part)}", head_tag="h5", strip_kind="cards")
    title = h("h1.page-title", page.truth.title)
    main = h(
        "div.col-lg-8",
        h("div.row", [h("div.col-4", card) for card in kit.strip()]),
        arrange(
            page, title, block_stamp("div", "text-muted"), lambda glued: [h("div.detail-text", body(page, "p", glued))]
        ),
        kit.shares(),
        kit.back(),
    )
    side = h("div.col-lg-4", kit.prose(), kit.latest(), kit.about(), kit.archive(), kit.rates())
    middle = h("div.container", kit.crumbs(), h("div.row", main, side), kit.see_also(), kit.banner())
    return h(
        "html", page.head(), h("body", h("header", kit.top(), kit.menu()), middle, h("footer", kit.footer())), lang="en"
    )


def _semantic(page: Page) -> El:
    """header, nav, main, article, aside, time."""
    kit = Kit(page, class_words, box_tag="section", head_tag="h2", strip_kind="linked")
    title = h("h1", page.truth.title)
    article = h("article", arrange(page, title, time_stamp(), lambda glued: body(page, "p", glued)))
    main = h("main", h("nav", kit.crumbs()), kit.strip(), article, kit.shares(), kit.back(), kit.see_also())
    aside = h("aside", kit.latest(), kit.prose(), kit.about(), kit.archive(), kit.rates())
    parts = [h("header", kit.top(), h("nav", kit.menu())), main, aside, kit.banner(), h("footer", kit.footer())]
    return h("html", page.head(), h("body", parts), lang=page.truth.language)


BITRIX = Family("bitrix", _bitrix)
BOOTSTRAP = Family("bootstrap", _bootstrap)
SEMANTIC = Family("semantic", _semantic)
