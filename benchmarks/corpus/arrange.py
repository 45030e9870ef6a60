"""Title, date and body in the order of the site."""

from collections.abc import Callable

from benchmarks.corpus.body import can_glue
from benchmarks.corpus.markup import El, Node, Part, h
from benchmarks.corpus.page import Page

DATE_PLACES: tuple[str, ...] = (
    "before_title",
    "behind_title",
    "between",
    "glued_title",
    "glued_text",
    "second_title",
    "end",
)
Stamp = Callable[[Page], El]
Body = Callable[[Part], list[Node]]


def arrange(page: Page, title: El, stamp: Stamp, body: Body) -> list[Part]:
    """Title, date and text; an article without a date has none anywhere, a date is glued to paragraphs only."""
    place = page.style.date_place
    text = page.date_text(page.truth.published)
    if place == "absent" or not text:
        return [title, list(body(None))]
    match place:
        case "before_title":
            return [stamp(page), title, list(body(None))]
        case "behind_title":
            return [h("div", title, stamp(page)), list(body(None))]
        case "glued_title":
            return [_with_date(title, page, stamp), list(body(None))]
        case "glued_text" if can_glue(page):
            return [title, list(body(text))]
        case "second_title":
            return [title, h("div", h("b", page.truth.title), " ", stamp(page)), list(body(None))]
        case "end":
            return [title, list(body(None)), stamp(page)]
        case _:
            return [title, stamp(page), list(body(None))]


def _with_date(title: El, page: Page, stamp: Stamp) -> El:
    """The title with the date at its end, parted by a space only where the title ends in a digit."""
    space = [" "] if page.truth.title[-1:].isdigit() else []
    day = page.date_text(page.truth.published) if page.style.has_bare_glue else stamp(page)
    return El(title.tag, title.attrs, [*title.children, *space, day])


def span_stamp(name: str = "") -> Stamp:
    """The date in a <span>."""
    return lambda page: _stamp("span", name, page)


def block_stamp(tag: str = "div", name: str = "") -> Stamp:
    """The date in a block of its own."""
    return lambda page: _stamp(tag, name, page)


def time_stamp(name: str = "") -> Stamp:
    """The date in <time datetime>."""
    return lambda page: _timed(name, page)


def _stamp(tag: str, name: str, page: Page) -> El:
    return h(f"{tag}.{name}" if name else tag, page.date_text(page.truth.published))


def _timed(name: str, page: Page) -> El:
    element = _stamp("time", name, page)
    element.attrs["datetime"] = page.truth.published.isoformat() if page.truth.published else ""
    return element
