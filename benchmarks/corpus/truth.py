"""What a page says, exactly: the labels every generated page comes with."""

import unicodedata
from dataclasses import dataclass
from datetime import date

ORIGIN = "https://en.odkb-csto.org"
SECTIONS = ("news/news_odkb", "news/speech", "documents/statements")
FIELDS = ("title", "published", "body", "links", "media", "language")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of an article; kind is paragraph, heading, list_item, quote or table_row.

    The text is NFC with single spaces; list markers are not part of it, cells of a row are joined by " | ".
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link of an article: its absolute https address and the words that carry it, unique in the article."""

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class Media:
    """An image of an article: its absolute https address and its alternative text, "" where there is none."""

    src: str
    alt: str


@dataclass(frozen=True, slots=True)
class Truth:
    """One article. `section` is the path in front of the slug, such as news/news_odkb; `language` is en or ru."""

    slug: str
    section: str
    title: str
    published: date | None
    language: str
    blocks: tuple[Block, ...]
    links: tuple[Link, ...] = ()
    media: tuple[Media, ...] = ()


def canonical(text: str) -> str:
    """NFC with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def address(truth: Truth) -> str:
    """The page's absolute address."""
    return f"{ORIGIN}/{truth.section}/{truth.slug}/"


def link_places(blocks: tuple[Block, ...], links: tuple[Link, ...]) -> list[tuple[int, int, Link]]:
    """(block number, offset in its text, link) of every link whose words stand in a block, in reading order."""
    places = []
    for link in links:
        for number, block in enumerate(blocks):
            if (offset := block.text.find(link.text)) >= 0:
                places.append((number, offset, link))
                break
    return sorted(places, key=lambda place: place[:2])


def links_in_order(blocks: tuple[Block, ...], links: tuple[Link, ...]) -> tuple[Link, ...]:
    """The links that the blocks still carry, in reading order."""
    return tuple(link for _, _, link in link_places(blocks, links))
