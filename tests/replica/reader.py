"""Reads the replica's pages by what its templates call things: proof that the truth stands in the page, and no more than it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urljoin

import lxml.html

from replica.faults import Answer
from replica.model import Truth, fold

_DATE = re.compile(r"\d{2}\.\d{2}\.\d{4}")
_BLOCKS = {"p": "paragraph", "div": "paragraph", "h4": "heading", "li": "list_item", "blockquote": "quote"}
_INLINE = {"a", "b", "span", "font", "i"}


@dataclass
class Found:
    blocks: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    media: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""

    def flush(self, kind: str) -> None:
        for piece in re.split(r"\x00\s*\x00", self.text):
            if fold(piece):
                self.blocks.append((kind, fold(piece)))
        self.text = ""

    def walk(self, node: lxml.html.HtmlElement, kind: str = "paragraph") -> None:
        self.text += node.text or ""
        for child in node:
            self.visit(child, kind)

    def visit(self, child: lxml.html.HtmlElement, kind: str = "paragraph") -> None:
        if not isinstance(child.tag, str):
            pass
        elif child.tag == "br":
            self.text += "\x00"
        elif child.tag == "img":
            self.media.append((child.get("src"), fold(child.get("alt"))))
        elif child.tag in _INLINE:
            if child.tag == "a" and not child.get("href").startswith("mailto:"):
                self.links.append((child.get("href"), fold(child.text_content())))
            self.walk(child, kind)
        elif child.tag == "tr":
            self.blocks.append(("table_row", " | ".join(fold(cell.text_content()) for cell in child)))
        else:
            self.flush(kind)
            self.walk(child, _BLOCKS.get(child.tag, kind))
            self.flush(_BLOCKS.get(child.tag, kind))
        self.text += child.tail or ""


def read(answer: Answer, markup: str, truth: Truth) -> Truth:
    """The truth as it is found in a page. ``truth`` gives only the address and the language."""
    text = answer.body.decode("cp1251" if markup == "table" else "utf-8")
    document = lxml.html.document_fromstring(text)
    title, published, nodes = {"bitrix": _bitrix, "semantic": _semantic, "table": _table, "divs": _divs}[markup](
        document
    )
    found = Found()
    for node in nodes:
        if isinstance(node, str):
            found.text += node
        else:
            found.visit(node)
    found.flush("paragraph")
    if published is None and found.blocks and (glued := _DATE.match(found.blocks[0][1])):
        published = glued[0]
        found.blocks[0] = (found.blocks[0][0], found.blocks[0][1][10:].strip())
    return Truth(
        url=truth.url,
        title=fold(title),
        published=_date(published),
        language=truth.language,
        blocks=tuple(found.blocks),
        links=tuple((urljoin(truth.url, href), text) for href, text in found.links),
        media=tuple((urljoin(truth.url, src), alt) for src, alt in found.media),
    )


def _date(text: str | None) -> date | None:
    return datetime.strptime(text, "%d.%m.%Y").date() if text else None  # noqa: DTZ007 - a day has no zone


def _only(nodes: list[lxml.html.HtmlElement]) -> lxml.html.HtmlElement:
    assert len(nodes) == 1
    return nodes[0]


def _taken_text(node: lxml.html.HtmlElement, path: str) -> str | None:
    """The text of the one element at ``path``, which is taken out of the tree with its text; None where there is none."""
    found = node.xpath(path)
    if not found:
        return None
    text = str(found[0].text_content())
    found[0].drop_tag() if found[0].tail and not found[0].text else found[0].drop_tree()
    return text


Reading = tuple[str, str | None, Iterable[object]]


def _bitrix(document: lxml.html.HtmlElement) -> Reading:
    region = _only(document.xpath("//div[@class='news-detail']"))
    published = _taken_text(region, ".//span[@class='news-date-time']")
    title = _taken_text(region, "./h3") or ""
    return title, published, [region]


def _semantic(document: lxml.html.HtmlElement) -> Reading:
    region = _only(document.xpath("//main//article[@class='story']"))
    published = _taken_text(region, "./header/time")
    title = _taken_text(region, "./header/h1") or ""
    return title, published, [region]


def _divs(document: lxml.html.HtmlElement) -> Reading:
    heads = document.xpath("//div[@class='c1']")
    between = heads[-1].xpath("following-sibling::div[following-sibling::div[@class='c4']]")
    stamp = _taken_text(heads[1], "./span") if len(heads) > 1 else None
    dates = [div for div in between if _DATE.fullmatch(div.text_content().strip())]
    lead = [div for div in between if div.xpath("./img")]
    body = _only(document.xpath("//div[@class='c4']"))
    return heads[0].text_content(), stamp or (dates[0].text_content() if dates else None), [*lead, body]


def _table(document: lxml.html.HtmlElement) -> Reading:
    head = _only(document.xpath("//td[@width='600']/font[@size='4']"))
    nodes: list[object] = [head.tail or ""]
    published = None
    for node in head.itersiblings():
        if node.tag == "a" and (node.get("href").startswith("javascript:") or _is_back_line(node)):
            break
        if node.tag == "i" and _DATE.fullmatch(node.text or ""):
            published = node.text
            nodes = [node.tail or ""]
        else:
            nodes.append(node)
    return head.text_content(), published, nodes


def _is_back_line(node: lxml.html.HtmlElement) -> bool:
    return fold(node.text_content()) in {
        "Back to the section",
        "Back to the all news",
        "Вернуться в раздел",
        "Ко всем новостям",
    }
