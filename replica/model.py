"""An article as its author wrote it, and what a faithful reader must find of it in any markup."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal
from urllib.parse import urljoin

Language = Literal["en", "ru"]
Style = Literal["p", "br", "div"]
DatePlace = Literal["line", "title", "glued"]
Kind = Literal["paragraph", "heading", "list_item", "quote", "table_row"]

HOSTS: Final[dict[str, str]] = {"en": "en.odkb-csto.org", "ru": "odkb-csto.org"}
CELL_SEPARATOR: Final = " | "
FIELDS: Final = ("title", "published", "body", "links", "media", "language")

# Soft hyphen, zero-width characters and controls carry no text; tab, newline and their like are white space.
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")


def fold(text: str) -> str:
    """NFC, invisible characters out, each run of white space (no-break spaces too) one space, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).split())


@dataclass(frozen=True, slots=True)
class Text:
    """``tag`` is ``""`` or an inline element such as ``b``."""

    text: str
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """``href`` as it stands in the page: relative, absolute or ``mailto:``."""

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class Image:
    src: str
    alt: str


Run = Text | Anchor | Image


@dataclass(frozen=True, slots=True)
class Part:
    """One block of the body. In a ``table_row`` each run is one cell; a part of images only makes no block."""

    kind: Kind
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """The folded text a reader sees, images left out."""
        words = [run.text for run in self.runs if not isinstance(run, Image)]
        if self.kind == "table_row":
            return CELL_SEPARATOR.join(fold(word) for word in words)
        return fold("".join(words))


@dataclass(frozen=True, slots=True)
class Article:
    """``address`` is the path on the site, with ``?ELEMENT_ID=`` where that is the identity.

    ``style`` says how an editor's body is written where the markup leaves it open: ``p``, ``br`` (text parted by two ``<br>``)
    or ``div``. ``date_place``: ``line`` (on its own), ``title`` (behind a second title) or ``glued`` (to the first word).
    ``back_lines`` says which of the three navigation lines stand at the end.
    """

    address: str
    section: str
    title: str
    published: date | None
    language: Language
    parts: tuple[Part, ...]
    lead: Image | None = None
    style: Style = "p"
    date_place: DatePlace = "line"
    back_lines: tuple[int, ...] = (0, 1, 2)
    number: int = 0


@dataclass(frozen=True, slots=True)
class Truth:
    """What a reader must find, exactly. Links and media are absolute addresses of the site itself."""

    url: str
    title: str
    published: date | None
    language: Language
    blocks: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...] = field(default=())
    media: tuple[tuple[str, str], ...] = field(default=())

    @property
    def texts(self) -> list[str]:
        """The blocks' texts without their kinds."""
        return [text for _, text in self.blocks]


def truth(article: Article) -> Truth:
    """What a faithful reader makes of ``article``."""
    url = f"https://{HOSTS[article.language]}{article.address}"
    runs = [run for part in article.parts for run in part.runs]
    images = ([article.lead] if article.lead else []) + [run for run in runs if isinstance(run, Image)]
    return Truth(
        url=url,
        title=fold(article.title),
        published=article.published,
        language=article.language,
        blocks=tuple((part.kind, part.text) for part in article.parts if part.text),
        links=tuple(
            (urljoin(url, run.href), fold(run.text))
            for run in runs
            if isinstance(run, Anchor) and not run.href.startswith("mailto:")
        ),
        media=tuple((urljoin(url, image.src), fold(image.alt)) for image in images),
    )


def changed_fields(before: Article, after: Article) -> tuple[str, ...]:
    """The fields in which the truths of two states of one article differ, in the order of ``FIELDS``."""
    old, new = truth(before), truth(after)
    is_changed = {
        "title": old.title != new.title,
        "published": old.published != new.published,
        "body": old.texts != new.texts,
        "links": old.links != new.links,
        "media": old.media != new.media,
        "language": old.language != new.language,
    }
    return tuple(name for name in FIELDS if is_changed[name])


def with_part(article: Article, index: int, *parts: Part) -> Article:
    """``article`` with the part at ``index`` replaced by ``parts`` (none: removed)."""
    return replace(article, parts=article.parts[:index] + parts + article.parts[index + 1 :])
