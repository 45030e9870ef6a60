"""An article's blocks as markup: the ways editors and templates write paragraphs."""

import random
from dataclasses import dataclass

from benchmarks.corpus.draw import chance, dice
from benchmarks.corpus.markup import El, Node, Part, h
from benchmarks.corpus.page import Page
from benchmarks.corpus.truth import ORIGIN, Block, Link, Media, link_places

STYLES: tuple[str, ...] = ("p", "div", "br", "spans", "li", "dl", "rows", "mixed")
_PARAMS = (
    "utm_source=tg",
    "utm_medium=post&utm_campaign=n{n}",
    "PHPSESSID={n}",
    "bxrand={n}",
    "clear_cache=Y",
    "sessid={n}",
)


@dataclass(slots=True)
class Piece:
    """A run of the body that is written as one element: a block, an image or consecutive items or rows."""

    kind: str
    parts: list[list[Part]]


def body(page: Page, style: str, glued: Part = None) -> list[Node]:
    """The article's markup. `glued` is set in front of the first text, with a space only where that begins with a digit."""
    if page.inset is not None:
        return page.inset
    pieces = _pieces(page)
    if glued is not None:
        space = " " if page.truth.blocks[0].text[:1].isdigit() else ""
        pieces[0].parts[0] = [glued, space, *pieces[0].parts[0]]
    if style == "br":
        return _lines(page, pieces)
    return [_WRITERS[style](page, piece, number) for number, piece in enumerate(pieces)]


def split_body(page: Page, style: str, glued: Part = None) -> tuple[list[Node], list[Node]]:
    """The markup in two regions, cut between blocks; the second is empty where there is only one block."""
    nodes = body(page, style, glued)
    cuts = [n for n, node in enumerate(nodes) if style != "br" or _is_break(node)]
    cut = cuts[(len(cuts) + 1) // 2] if len(cuts) > 1 else len(nodes)
    return nodes[:cut], nodes[cut:]


def _is_break(node: Node) -> bool:
    return isinstance(node, El) and node.tag == "br"


def can_glue(page: Page) -> bool:
    """True where the article begins with a paragraph: a date is glued to nothing else."""
    return page.truth.blocks[0].kind == "paragraph"


def _pieces(page: Page) -> list[Piece]:
    truth = page.truth
    spots = _media_spots(page)
    by_block: dict[int, list[tuple[int, Link]]] = {}
    for number, offset, link in link_places(truth.blocks, truth.links):
        by_block.setdefault(number, []).append((offset, link))
    pieces: list[Piece] = []
    for number, block in enumerate(truth.blocks):
        parts = _inline(page, block, number, by_block.get(number, []))
        inside, after = spots.get(number, ([], []))
        parts = [*[part for image in inside for part in (image, " ")], *parts]
        grouped = block.kind in ("list_item", "table_row") and pieces and pieces[-1].kind == block.kind
        if grouped:
            pieces[-1].parts.append(parts)
        else:
            pieces.append(Piece(block.kind, [parts]))
        pieces += [Piece("media", [[image]]) for image in after]
    return pieces


def _media_spots(page: Page) -> dict[int, tuple[list[El], list[El]]]:
    """Block number -> images written inside it, at its start, and images behind it in an element of their own."""
    truth = page.truth
    spots: dict[int, tuple[list[El], list[El]]] = {}
    for number, media in enumerate(truth.media):
        at = (number * len(truth.blocks)) // len(truth.media)
        inside, after = spots.setdefault(at, ([], []))
        block = truth.blocks[at]
        is_free = block.kind == "paragraph" and at > 0 and not after
        own = not is_free or page.dice("image", truth.slug, number).random() < 0.6
        (after if own else inside).append(_image(page, media))
    return spots


def _image(page: Page, media: Media) -> El:
    attrs = {"src": page.href(media.src)} | ({"alt": media.alt} if media.alt else {})
    return El("img", attrs | {"width": "640", "height": "427"})


def _inline(page: Page, block: Block, number: int, links: list[tuple[int, Link]]) -> list[Part]:
    """The block's text with its links; the text of a row stays whole, it is cut into cells later."""
    if block.kind == "table_row":
        return [block.text]
    parts: list[Part] = []
    at = 0
    rng = dice(page.noise.dice("wrappers").random(), number)
    for offset, link in links:
        parts += _wrapped(page, block.text[at:offset], rng, number)
        parts.append(h("a", link.text, href=_noisy_href(page, link.href)))
        at = offset + len(link.text)
    rest = block.text[at:]
    if "@" in rest and page.dice("mailto").random() < 0.6:
        return [*parts, *_mailed(rest)]
    return parts + _wrapped(page, rest, rng, number)


def _mailed(text: str) -> list[Part]:
    """The text with its e-mail address as a mailto link."""
    word = next(word for word in text.split() if "@" in word)
    before, _, after = text.partition(word)
    return [before, h("a", word, href=f"mailto:{word}"), after]


def _noisy_href(page: Page, href: str) -> str:
    written = page.href(href)
    if not page.noise.on("link_params") or not href.startswith(ORIGIN) or "/upload/" in href:
        return written
    rng = page.noise.dice("link_params")
    return f"{written}?{rng.choice(_PARAMS).format(n=rng.getrandbits(30))}"


def _wrapped(page: Page, text: str, rng: random.Random, number: int) -> list[Part]:
    """The text, at times with a <span> around some of its words or inside one of them."""
    if not page.noise.on("wrappers") or len(text) < 12:
        return [text]
    at = rng.randrange(len(text) - 4)
    end = at + rng.randint(2, len(text) - at)
    if chance(rng, 0.6):
        return [text]
    return [text[:at], h("span", text[at:end], style=f"font-size:{rng.randint(12, 16)}px"), text[end:]]


def _attrs(page: Page, number: int) -> dict[str, str]:
    """Attributes of a body element: none, or under noise a class or a style that nobody sees."""
    rng = page.noise.dice("wrappers")
    if not page.noise.on("wrappers") or (rng.getrandbits(8) + number) % 3:
        return {}
    return rng.choice(({"class": "MsoNormal"}, {"style": "text-align: justify;"}, {"class": f"p{rng.randint(1, 9)}"}))


def _write_p(page: Page, piece: Piece, number: int) -> El:
    return _structured(page, piece, number) or h("p", *piece.parts[0], **_named(_attrs(page, number)))


def _write_div(page: Page, piece: Piece, number: int) -> El:
    if piece.kind == "heading":
        return h("div", h("b", *piece.parts[0]))
    if piece.kind == "quote":
        return h("div", h("i", *piece.parts[0]))
    return _structured(page, piece, number) or h("div", *piece.parts[0], **_named(_attrs(page, number)))


def _write_spans(page: Page, piece: Piece, number: int) -> El:
    return _structured(page, piece, number) or h("div", h("span", *piece.parts[0], **_named(_attrs(page, number))))


def _write_li(page: Page, piece: Piece, number: int) -> El:
    return h("li", _structured(page, piece, number) or piece.parts[0], **_named(_attrs(page, number)))


def _write_dl(page: Page, piece: Piece, number: int) -> El:
    if piece.kind == "heading":
        return h("dt", *piece.parts[0])
    return h("dd", _structured(page, piece, number) or piece.parts[0], **_named(_attrs(page, number)))


def _write_rows(page: Page, piece: Piece, number: int) -> El:
    return h("tr", h("td", _structured(page, piece, number) or piece.parts[0], **_named(_attrs(page, number))))


def _write_mixed(page: Page, piece: Piece, number: int) -> El:
    writer = page.dice("mixed", number).choice((_write_p, _write_p, _write_div, _write_spans))
    return writer(page, piece, number)


_WRITERS = {
    "p": _write_p,
    "div": _write_div,
    "spans": _write_spans,
    "li": _write_li,
    "dl": _write_dl,
    "rows": _write_rows,
    "mixed": _write_mixed,
}


def _named(attrs: dict[str, str]) -> dict[str, str]:
    return {f"{name}_" if name == "class" else name: value for name, value in attrs.items()}


def _structured(page: Page, piece: Piece, number: int) -> El | None:
    """Elements that every way but `br` shares; None for a paragraph."""
    if piece.kind == "heading":
        return h("h3", *piece.parts[0])
    if piece.kind == "quote":
        return h("blockquote", h("p", *piece.parts[0]) if page.dice("quote p").random() < 0.5 else piece.parts[0])
    if piece.kind == "list_item":
        return h("ul", [h("li", *parts) for parts in piece.parts])
    if piece.kind == "table_row":
        return table(piece)
    if piece.kind == "media":
        tag = page.dice("own image").choice(("p", "div", "figure"))
        return h(tag, *piece.parts[0])
    return None


def table(piece: Piece) -> El:
    """Rows of cells."""
    rows = [_cells(parts) for parts in piece.parts]
    return h("table", h("tbody", [h("tr", [h("td", cell) for cell in row]) for row in rows]), border="1")


def _cells(parts: list[Part]) -> list[str]:
    text = "".join(part for part in parts if isinstance(part, str))
    return text.split(" | ")


def _lines(page: Page, pieces: list[Piece]) -> list[Node]:
    """Lines parted by <br>: items begin with "- ", heads are bold, quotes slanted; tables stay tables."""
    nodes: list[Node] = []
    for piece in pieces:
        for parts in [[table(piece)]] if piece.kind == "table_row" else piece.parts:
            line = {"heading": [h("b", *parts)], "quote": [h("i", *parts)], "list_item": ["- ", *parts]}.get(
                piece.kind, parts
            )
            nodes += list(h("x", *line).children)
            nodes += [h("br"), h("br")] if page.style.double_breaks and piece.kind != "list_item" else [h("br")]
    while nodes and _is_break(nodes[-1]):
        nodes.pop()
    return nodes
