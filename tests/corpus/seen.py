"""What a page shows, read with the standard library alone."""

import re
import unicodedata
from html.parser import HTMLParser

from benchmarks.corpus import Site, Truth

_INLINE = {"a", "b", "strong", "i", "em", "span", "font", "small", "time", "u", "img"}


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.hidden = 0
        self.elements = 0
        self.links: list[str] = []
        self.images: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements += 1
        self.hidden += tag in ("script", "style", "title")
        self.pieces.append("" if tag in _INLINE else "\f")
        values = dict(attrs)
        self.links += [values["href"] or ""] if tag == "a" else []
        self.images += [values["src"] or ""] if tag == "img" else []

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style", "title")
        self.pieces.append("" if tag in _INLINE else "\f")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.pieces.append(data)


def parsed(site: Site, html: bytes) -> _Text:
    parser = _Text()
    parser.feed(html.decode(site.content_type.partition("charset=")[2]))
    parser.close()
    return parser


def shown(site: Site, html: bytes) -> str:
    text = "".join(parsed(site, html).pieces)
    return folded(text)


def lines(site: Site, html: bytes) -> list[str]:
    """The page's text cut at every block element and <br>."""
    return [line for piece in "".join(parsed(site, html).pieces).split("\f") if (line := folded(piece))]


def is_one_run(truth: Truth, page: list[str], between: set[str]) -> bool:
    """True where the article's blocks, each a line or a row of cells, follow one another with only `between` among them."""
    wanted = [cell for block in truth.blocks for cell in block.text.split(" | ")]
    return any(_runs_from(page[at:], wanted, between) for at, line in enumerate(page) if line.endswith(wanted[0]))


def _runs_from(page: list[str], wanted: list[str], between: set[str]) -> bool:
    """The first line may carry the date in front, items of a list their marker."""
    run = [line for line in page if line not in between][: len(wanted)]
    if len(run) < len(wanted) or not run[0].endswith(wanted[0]):
        return False
    return all(line in (text, f"- {text}") for line, text in zip(run[1:], wanted[1:], strict=True))


def folded(text: str) -> str:
    text = re.sub("[\u00ad\u200b-\u200d\u2060\ufeff]", "", unicodedata.normalize("NFC", text))
    return " ".join(text.split())


def missing(truth: Truth, text: str) -> str:
    """The first block of the article that the text doesn't hold behind its title and the blocks before it; "" if none."""
    at = text.rfind(folded(truth.title))
    # The title may stand once more in the lists under the text: the blocks have to follow one of its places.
    places = [match.start() for match in re.finditer(re.escape(folded(truth.title)), text)]
    failures = [_missing_after(truth, text, place) for place in places]
    if not places:
        return f"title {truth.title} ({at})"
    return "" if "" in failures else failures[0]


def _missing_after(truth: Truth, text: str, at: int) -> str:
    for block in truth.blocks:
        wanted = block.text.replace(" | ", " ")
        found = text.find(wanted, at)
        if found < 0:
            return block.text
        at = found + len(wanted)
    return ""
