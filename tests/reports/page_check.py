"""A page looked through as a browser's parser sees it: what in it is live?"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from lxml import html

from reports.render.text import is_unsafe

_DRAWN = {"svg", "title", "desc", "rect", "line", "path", "text"}
"""What our own pictures are made of; ``svg`` is one of ours only with the class "plot", and with nothing else in it."""


@dataclass
class Found:
    scripts: int = 0
    handlers: int = 0
    foreign: int = 0
    images: int = 0
    links: int = 0
    ins: int = 0
    deleted: int = 0
    plots: int = 0
    unsafe: str = ""


@dataclass
class _Parser(HTMLParser):
    found: Found = field(default_factory=Found)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = self.found
        is_plot = tag == "svg" and dict(attrs).get("class") == "plot"
        found.plots += is_plot
        found.scripts += tag in {"script", "svg", "object", "embed", "iframe", "form", "base", "math"} and not is_plot
        found.images += tag in {"img", "video", "audio", "source", "link"}
        found.ins += tag == "ins"
        found.deleted += tag == "del"
        for name, value in attrs:
            found.handlers += name.startswith("on") or name == "style"
            if name in {"src", "srcset", "action", "formaction", "data"}:
                found.foreign += 1
            if name == "href":
                found.links += 1
                found.foreign += not (value or "").startswith(("https://", "http://", "#"))

    def handle_data(self, data: str) -> None:
        self.found.unsafe += "".join(c for c in data if is_unsafe(c) and c not in "\n\t")


def look_through(page: str) -> Found:
    """By two parsers, the standard library's and libxml2's, since browsers and parsers disagree on broken markup."""
    parser = _Parser()
    parser.feed(page)
    parser.close()
    other = html.document_fromstring(page)
    live = other.xpath("//script | //svg[not(@class='plot')] | //iframe | //object | //img | //form | //base")
    drawn = other.xpath("//svg[@class='plot']//*")
    parser.found.scripts += len(live) + sum(element.tag not in _DRAWN for element in drawn)
    parser.found.handlers += sum(name.startswith("on") for element in other.iter("*") for name in element.attrib)
    return parser.found
