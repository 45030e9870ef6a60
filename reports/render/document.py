"""A version as lines of plain text: what ``show`` prints and what a unified diff is made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from reports.render.text import visible
from storage.records import Article, Block, BlockKind, Link, Media

_MARKS = {BlockKind.LIST_ITEM: "• ", BlockKind.QUOTE: "> ", BlockKind.HEADING: "## "}


def title_line(title: str | None) -> str:
    return f"Title: {visible(title or '')}"


def published_line(published: date | str | None) -> str:
    return f"Published: {published or ''}"


def language_line(language: str | None) -> str:
    return f"Language: {visible(language or '')}"


def block_line(block: Block) -> str:
    """Without a mark of its kind: the kind is in no hash, so a diff must not show it."""
    return visible(block.text)


def marked_block(block: Block) -> str:
    return f"{_MARKS.get(block.kind, '')}{visible(block.text)}"


def link_line(link: Link) -> str:
    return f"Link: {visible(link.href)} {visible(link.text)}".rstrip()


def media_line(media: Media) -> str:
    return f"Media: {visible(media.src)} {visible(media.alt)}".rstrip()


def short_hash(sha256: str) -> str:
    return sha256[:12]


def file_line(href: str, sha256: str) -> str:
    """A file whose bytes are known."""
    return f"File: {visible(href)} sha256 {short_hash(sha256)}"


def file_lines(article: Article) -> list[str]:
    return [file_line(file.href, file.sha256) for file in article.files]


def document_lines(article: Article) -> Iterator[str]:
    """The article from top to bottom; a text of one page can't forge a line of it."""
    yield title_line(article.title)
    yield published_line(article.published)
    yield language_line(article.language)
    for block in article.blocks:
        yield ""
        yield marked_block(block)
    if article.links or article.media:
        yield ""
    yield from map(link_line, article.links)
    yield from map(media_line, article.media)
    yield from file_lines(article)
