"""Other programs that read pages, each as (html, address) -> Extract. They are imported when they are first wanted.

Each is set up as its documentation shows, with three favours: the text is decoded for it, the language is told to those that
ask for one, and title and date are in its signature wherever it gives them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from typing import Any

import lxml.html
from lxml import etree

from benchmarks.extracts import Again, Extract, Page, extract_of

Read = Callable[[str, str], Extract]

_BREAKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt", "fieldset"),
        *("figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li"),
        *("main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul"),
    )
)
_CELLS = frozenset(("td", "th"))
# The tags of trafilatura's own trees.
_TEI_BREAKS = frozenset(
    ("body", "code", "comments", "head", "item", "lb", "list", "main", "p", "quote", "row", "table")
)
_TEI_CELLS = frozenset(("cell",))
_LINE_END = re.compile(r"\s*\n\s*")
_CYRILLIC = re.compile("[\u0430-\u044f]")
_LATIN = re.compile("[a-z]")


@dataclass(frozen=True, slots=True)
class Peer:
    """One row of the table. ``package`` is its distribution; ``load`` imports it, so it raises ImportError where it isn't."""

    name: str
    package: str
    load: Callable[[], Read]


class PeerReader:
    """A peer as a Reader: it learns nothing."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def learn(self, pages: Sequence[tuple[str, bytes]], again: Again) -> None:
        """No peer learns."""

    def extract(self, page: Page) -> Extract:
        return self._read(page.html, page.url)


def is_russian(html: str) -> bool:
    """Which of two lists of stop words fits the page's paragraphs."""
    text = " ".join(re.findall(r"<[pP]\b[^>]*>([^<]+)", html)) or re.sub("<[^>]*>", " ", html)
    return len(_CYRILLIC.findall(text)) > len(_LATIN.findall(text))


def day_of(text: str | None) -> date | None:
    """The date that an ISO 8601 text begins with."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def blocks_of(html: str) -> list[str]:
    """The texts of a fragment of HTML, parted where a browser would part them."""
    root = lxml.html.document_fromstring(html)
    etree.strip_elements(root, "script", "style", "head", etree.Comment, with_tail=False)
    return parted(root, _BREAKS, _CELLS)


def parted(root: etree._Element, breaks: frozenset[str], cells: frozenset[str]) -> list[str]:
    """The texts between the borders of the elements named; the cells of a row are one text."""
    blocks = [""]
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag in breaks:
            blocks.append("")
        elif element.tag in cells and event == "start" and blocks[-1].strip():
            blocks[-1] += " | "
        blocks[-1] += (element.text if event == "start" else element.tail) or ""
    return blocks


def trafilatura(**options: Any) -> Read:
    """Its Python function that gives text and metadata at once. In its plain text a line end may be one of the page's source."""
    from trafilatura import bare_extraction

    def read(html: str, url: str) -> Extract:
        document = bare_extraction(html, url=url, with_metadata=True, **options)
        if document is None or isinstance(document, dict):
            return Extract()
        return extract_of(document.title, day_of(document.date), parted(document.body, _TEI_BREAKS, _TEI_CELLS))

    return read


def readability() -> Read:
    """The summary is HTML; its text is compared, since noise in attributes would make every visit an edit."""
    from readability import Document

    def read(html: str, _url: str) -> Extract:
        document = Document(html)
        return extract_of(document.short_title(), None, blocks_of(document.summary(html_partial=True)))

    return read


def justext() -> Read:
    from justext import get_stoplist, justext

    stop_words = {is_ru: get_stoplist("Russian" if is_ru else "English") for is_ru in (True, False)}

    def read(html: str, _url: str) -> Extract:
        paragraphs = justext(html, stop_words[is_russian(html)])
        return extract_of(None, None, [part.text for part in paragraphs if not part.is_boilerplate])

    return read


def newspaper() -> Read:
    from newspaper import Article

    def read(html: str, url: str) -> Extract:
        article = Article(url, language="ru" if is_russian(html) else "en", fetch_images=False)
        article.download(input_html=html)
        article.parse()
        published = article.publish_date
        return extract_of(article.title, published.date() if published else None, article.text.split("\n"))

    return read


def resiliparse() -> Read:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    def read(html: str, _url: str) -> Extract:
        tree = HTMLTree.parse(html)
        text = extract_plain_text(tree, main_content=True, list_bullets=False, alt_texts=False)
        return extract_of(tree.title, None, text.split("\n"))

    return read


def boilerpy() -> Read:
    from boilerpy3.extractors import ArticleExtractor

    extractor = ArticleExtractor()

    def read(html: str, _url: str) -> Extract:
        # It joins paragraphs by line ends and keeps those of the source: without the latter the former part the blocks.
        document = extractor.get_doc(_LINE_END.sub(" ", html))
        return extract_of(document.title, None, document.content.split("\n"))

    return read


def goose() -> Read:
    from goose3 import Goose

    options = {"enable_image_fetching": False, "use_meta_language": False}
    readers = {code: Goose({**options, "target_language": code}) for code in ("ru", "en")}

    def read(html: str, _url: str) -> Extract:
        article = readers["ru" if is_russian(html) else "en"].extract(raw_html=html)
        printed, moment = article.publish_date, article.publish_datetime_utc
        published = day_of(printed) or (moment.date() if moment else None)
        return extract_of(article.title, published, article.cleaned_text.split("\n"), printed)

    return read


def raw_hash() -> Read:
    def read(html: str, _url: str) -> Extract:
        return Extract(blocks=None, signature=sha256(html.encode("utf-8", "surrogatepass")).hexdigest())

    return read


def get_text() -> Read:
    from bs4 import BeautifulSoup

    def read(html: str, _url: str) -> Extract:
        return extract_of(None, None, BeautifulSoup(html, "lxml").get_text("\n").split("\n"))

    return read


PEERS: tuple[Peer, ...] = (
    Peer("trafilatura", "trafilatura", trafilatura),
    Peer("trafilatura, precision", "trafilatura", partial(trafilatura, favor_precision=True)),
    Peer("trafilatura, recall", "trafilatura", partial(trafilatura, favor_recall=True)),
    Peer("readability-lxml", "readability-lxml", readability),
    Peer("jusText", "justext", justext),
    Peer("newspaper4k", "newspaper4k", newspaper),
    Peer("resiliparse", "resiliparse", resiliparse),
    Peer("boilerpy3", "boilerpy3", boilerpy),
    Peer("goose3", "goose3", goose),
    Peer("BeautifulSoup get_text", "beautifulsoup4", get_text),
    Peer("SHA-256 of the page", "", raw_hash),
)

OLDER_THAN_THEIR_NEWEST = {
    "newspaper4k": "0.9.6 needs python-dateutil < 3, requirements-dev.lock has 4",
    "readability-lxml": "0.9 needs cssselect < 1.4, requirements.lock has 1.6",
}
"""Peers whose newest version can't stand beside the project's own pins, and why."""
