"""What the four markups share: escaping, attributes in changing order, and the body an editor wrote."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import ClassVar, Final

from replica.model import Anchor, Article, Image, Part, Run, Text
from replica.noise import AGO, GAP, slot
from replica.phrases import Phrases

HEAD_TITLE, STRIP, MAIN, SIDEBAR, FILLER = (slot(name) for name in ("HEADTITLE", "STRIP", "MAIN", "SIDEBAR", "FILLER"))
YEAR: Final = 2026
_WRAPPERS: Final = {"list_item": ("<ul>", "</ul>"), "table_row": ('<table border="1">', "</table>")}


@dataclass(frozen=True, slots=True)
class Teaser:
    """A line of the strip or of a list. ``title`` and ``date`` are absent in some; ``paragraphs`` may be empty."""

    href: str
    title: str | None
    date: str | None
    paragraphs: tuple[str, ...]
    image: str | None = None


def escaped(text: str) -> str:
    """Some no-break spaces and quotes as entities, others as they are: both occur in one page."""
    return escape(text, quote=False).replace("\u00a0", "&nbsp;").replace("«", "&laquo;")


class Markup(ABC):
    """One template of the whole site. ``variant`` changes the order of attributes, and nothing a reader may see."""

    name: ClassVar[str]
    encoding: ClassVar[str] = "utf-8"

    def __init__(self, phrases: Phrases, language: str, variant: int = 0) -> None:
        self.phrases = phrases
        self.language = language
        self.variant = variant

    @abstractmethod
    def frame(self) -> str:
        """A whole page with the slots ``HEADTITLE``, ``STRIP``, ``MAIN``, ``SIDEBAR`` and ``FILLER``."""

    @abstractmethod
    def article(self, article: Article) -> str:
        """The article with its navigation lines and counter: what goes into ``MAIN``."""

    @abstractmethod
    def teaser(self, teaser: Teaser) -> str:
        """One teaser of the strip, or one line of a list."""

    @abstractmethod
    def listing(self, title: str, lines: Sequence[str], pager: str) -> str:
        """A list page's ``MAIN``. ``pager`` is what ``pager`` made, or empty."""

    @abstractmethod
    def message(self, title: str, text: str, form: str = "") -> str:
        """A page that isn't an article: not found, maintenance, log-in."""

    @abstractmethod
    def filler(self, href: str, text: str) -> str:
        """One line of the menus that make a page as heavy as real ones: three elements."""

    def strip(self, teasers: Sequence[str]) -> str:
        """The teasers above an article; nothing where there are none."""
        return GAP.join(teasers)

    def side_line(self, href: str, title: str) -> str:
        """A line of the sidebar: the title of other news and how long ago it came."""
        return f"<div><a{self.attributes(href=href)}>{escaped(title)}</a> <span>{AGO} {self.phrases.hours_ago}</span></div>"

    def page_links(self, links: Sequence[tuple[str, str]]) -> str:
        """Links between the pages of a list, or between tabs."""
        return "<div>" + " ".join(f"<a{self.attributes(href=href)}>{text}</a>" for text, href in links) + "</div>"

    def head_title(self, title: str) -> str:
        return f"{title} | {self.phrases.site}"

    def attributes(self, **values: str) -> str:
        """``class_`` means ``class``. The order and the quotes change with the variant."""
        pairs = [(name.rstrip("_").replace("_", "-"), value) for name, value in values.items()]
        if self.variant % 2:
            pairs.reverse()
        quote = "'" if self.variant % 4 >= 2 else '"'
        return "".join(f" {name}={quote}{escape(value)}{quote}" for name, value in pairs)

    def image(self, image: Image, **more: str) -> str:
        return f"<img{self.attributes(src=image.src, alt=image.alt, **more)}>"

    def run(self, run: Run) -> str:
        match run:
            case Image():
                return self.image(run)
            case Anchor(href, text):
                more = {"target": "_blank"} if "://" in href else {}
                return f"<a{self.attributes(href=href, **more)}>{escaped(text)}</a>"
            case Text(text, tag):
                return f"<{tag}>{escaped(text)}</{tag}>" if tag else escaped(text)

    def inner(self, part: Part) -> str:
        """A part without its block element."""
        if part.kind == "table_row":
            return "".join(f"<td>{self.run(run)}</td>" for run in part.runs)
        return "".join(self.run(run) for run in part.runs)

    def body(self, parts: Sequence[Part], style: str, before: str = "") -> str:
        """The parts in order. ``before`` is glued to the first one (a date)."""
        pieces: list[str] = []
        for kind, group in groupby(parts, key=lambda part: part.kind):
            inners = [self.inner(part) for part in group]
            if not pieces:
                inners[0] = before + inners[0]
            pieces.append(self._group(kind, inners, style, is_first=not pieces))
        return GAP.join(pieces)

    def _group(self, kind: str, inners: list[str], style: str, *, is_first: bool) -> str:
        match kind:
            case "heading":
                return GAP.join(f"<h4>{inner}</h4>" for inner in inners)
            case "quote":
                return GAP.join(f"<blockquote>{inner}</blockquote>" for inner in inners)
            case "list_item" | "table_row":
                tag = "li" if kind == "list_item" else "tr"
                opening, closing = _WRAPPERS[kind]
                return opening + "".join(f"{GAP}<{tag}>{inner}</{tag}>" for inner in inners) + GAP + closing
        return self._paragraphs(inners, style, is_first=is_first)

    def _paragraphs(self, inners: list[str], style: str, *, is_first: bool) -> str:
        """``div``: the first paragraph bare and the others in divs of their own, as editors' programs leave it."""
        if style == "br":
            return f"<br>{GAP}<br>".join(inners) + "<br><br>"
        if style == "div":
            bare = inners[:1] if is_first else []
            return GAP.join([*bare, *(f"<div>{inner}</div>" for inner in inners[len(bare) :])])
        return GAP.join(f"<p>{inner}</p>" for inner in inners)

    def back_links(self, article: Article) -> list[tuple[str, str]]:
        """Text and address of the navigation lines that this page has."""
        addresses = ("javascript:history.back()", article.section or "/", "/news/")
        return [(self.phrases.back[index], addresses[index]) for index in article.back_lines]

    def date_of(self, article: Article) -> str:
        return f"{article.published:%d.%m.%Y}" if article.published else ""

    def menu_links(self) -> list[str]:
        return [f"<a{self.attributes(href=href, title=name)}>{name}</a>" for href, name in self.phrases.menu]

    def service_links(self) -> str:
        """Where no crawler should go: log-in, print view, cleared cache, search, an organ with a host of its own."""
        links = (
            ("/auth/?login=yes", self.phrases.login[0]),
            ("?print=Y", "print"),
            ("/?clear_cache=Y", "cache"),
            ("/search/?tags=2024", self.phrases.search),
            ("https://jscsto.odkb-csto.org/en/", self.phrases.partners),
        )
        return " ".join(f"<a{self.attributes(href=href)}>{text}</a>" for href, text in links)

    def language_link(self) -> str:
        name, href = self.phrases.other_language
        return f"<a{self.attributes(href=href, class_='lang')}>{name}</a>"
