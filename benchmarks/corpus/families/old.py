"""Markups of older hands: layout tables, lines parted by <br>, boxes without a class, bold titles, definition lists."""

from benchmarks.corpus.arrange import arrange, block_stamp, span_stamp
from benchmarks.corpus.body import body
from benchmarks.corpus.families.family import Family
from benchmarks.corpus.markup import El, Part, h
from benchmarks.corpus.page import Page
from benchmarks.corpus.parts import Kit, no_name


def _row(*cells: Part) -> El:
    return h("tr", [h("td", cell, valign="top") for cell in cells])


def _tables(page: Page) -> El:
    """Three columns of a layout table in windows-1251; the text is lines in one cell."""
    kit = Kit(page, no_name, list_tag="ul", head_tag="b", strip_kind="plain")
    title = h("div", h("font", h("b", page.truth.title), size="4"))
    detail = arrange(page, title, span_stamp(), lambda glued: [h("div", body(page, "br", glued), align="justify")])
    middle = [*kit.strip(), h("hr"), *detail, kit.views(), kit.back(), kit.see_also()]
    left: list[Part] = [kit.latest(), kit.prose(), kit.archive()]
    right: list[Part] = [kit.rates(), kit.about(), kit.banner(), kit.shares()]
    table = h("table", _row(left, middle, right), width="100%", border="0", cellspacing="4")
    frame = h(
        "table", _row(kit.top()), _row(kit.menu()), _row(kit.crumbs()), _row(table), _row(kit.footer()), width="1000"
    )
    return h("html", page.head(), h("body", frame, bgcolor="#ffffff"))


def _nameless(page: Page) -> El:
    """Nested divs without any class; the strip stands loose in the article's own column."""
    kit = Kit(page, no_name, list_tag="div", item_tag="div", head_tag="div", text_tag="div", strip_kind="linked")
    title = h("h2", page.truth.title)
    detail = arrange(page, title, block_stamp("div"), lambda glued: [h("div", body(page, "div", glued))])
    column = h(
        "div", kit.crumbs(), kit.strip(), h("div", detail), kit.shares(), kit.back(), kit.see_also(), kit.prose()
    )
    side = h("div", kit.latest(), kit.about(), kit.rates(), kit.archive())
    middle = h("div", h("div", h("div", column)), side)
    return h(
        "html", page.head(), h("body", h("div", kit.top(), kit.menu()), middle, kit.banner(), h("div", kit.footer()))
    )


def _breaks(page: Page) -> El:
    """All of the text in one div, its paragraphs parted by <br>; teasers are lines without links."""
    kit = Kit(page, lambda part: f"b_{part.replace('-', '_')}", strip_kind="plain", text_tag="div")
    title = h("h1.b_title", page.truth.title)
    text = arrange(page, title, span_stamp("b_date"), lambda glued: [h("div.b_text", body(page, "br", glued))])
    column = h("div.b_column", h("div.b_strip", kit.strip()), text, kit.views(), kit.shares(), kit.back())
    side = h("div.b_side", kit.prose(), kit.latest(), kit.see_also(), kit.archive(), kit.rates())
    page_box = h(
        "div.b_page", kit.top(), kit.menu(), kit.crumbs(), h("div.b_middle", column, side), kit.about(), kit.footer()
    )
    return h("html", page.head(), h("body", page_box, kit.banner()))


def _definitions(page: Page) -> El:
    """Everything is a list: the text is a definition list in an item of a list."""
    kit = Kit(page, lambda part: part, box_tag="div", list_tag="ol", head_tag="h6", strip_kind="linked")
    title = h("h3", page.truth.title)
    text = arrange(page, title, block_stamp("div", "when"), lambda glued: [h("dl", body(page, "dl", glued))])
    teasers = h("ul", [h("li", node) for node in kit.strip()])
    rows: list[Part] = [kit.crumbs(), teasers, text, kit.back(), kit.see_also(), kit.shares()]
    middle = h("ul.rows", [h("li.row", row) for row in rows])
    side = h("ul.side", [h("li", box) for box in (kit.latest(), kit.about(), kit.prose(), kit.rates(), kit.archive())])
    return h("html", page.head(), h("body", kit.top(), kit.menu(), middle, side, kit.banner(), kit.footer()))


def _bold_title(page: Page) -> El:
    """No heading at all: the title is a bold line in the text's own box; teasers above it are plain."""
    kit = Kit(page, lambda part: f"nw {part}" if len(part) % 2 else "nw", strip_kind="plain", head_tag="strong")
    tag = page.dice("title tag").choice(("b", "strong", "span"))
    title = h("p", h(tag, page.truth.title))
    text = arrange(page, title, span_stamp(), lambda glued: list(body(page, "p", glued)))
    column = h("div.nw", kit.crumbs(), h("div.nw", kit.strip()), h("div.nw", text), kit.back(), kit.prose())
    side = h("div.nw", kit.latest(), kit.see_also(), kit.about(), kit.rates(), kit.archive())
    return h(
        "html", page.head(), h("body", kit.top(), kit.menu(), side, column, kit.shares(), kit.banner(), kit.footer())
    )


TABLES = Family("tables-1251", _tables, charset="windows-1251")
NAMELESS = Family("nameless", _nameless)
BREAKS = Family("breaks", _breaks)
DEFINITIONS = Family("definitions", _definitions)
BOLD_TITLE = Family("bold-title", _bold_title, date_places=("glued_title", "glued_title", "glued_text", "behind_title"))
