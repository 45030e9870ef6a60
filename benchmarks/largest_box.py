"""The negative control of exactness: the article is taken for the element that holds the most text directly or in paragraphs."""

from __future__ import annotations

import lxml.html
from lxml import etree

from benchmarks.extracts import canonical_block
from benchmarks.peers import day_of
from crawler.pages.decode import decode
from storage.records import Article, Block, BlockKind

_TEXTS = frozenset({"p", "li", "dd", "tr", "h2", "h3", "blockquote"})


def read_largest_box(body: bytes, content_type: str) -> Article | None:
    """Title from ``<h1>`` or ``<title>``, date from ``<time>``, blocks from the box; no links, no images."""
    decoded = decode(body, content_type)
    if decoded is None:
        return None
    root = lxml.html.document_fromstring(decoded.text)
    etree.strip_elements(root, "script", "style", etree.Comment, with_tail=False)
    boxes = [element for element in root.iter() if isinstance(element.tag, str)]
    box = max(boxes, key=lambda element: sum(map(len, _texts(element))))
    title = root.findtext(".//h1") or root.findtext(".//title")
    time = root.find(".//time")
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in _texts(box))
    return Article(title, day_of(time.get("datetime")) if time is not None else None, "en", blocks, (), ())


def _texts(element: lxml.html.HtmlElement) -> list[str]:
    own = [element.text or "", *(child.tail or "" for child in element)]
    inner = [child.text_content() for child in element if child.tag in _TEXTS]
    return [text for text in map(canonical_block, (*own, *inner)) if text]
