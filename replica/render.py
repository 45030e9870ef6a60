"""Pages to bytes: parts are rendered once, an answer joins them and fills a few slots."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Final

from replica.content import Writer
from replica.markups import MARKUPS, Markup, Teaser
from replica.markups.base import escaped
from replica.model import Language
from replica.noise import Noise, Template, compile_template, quiet_values, slot
from replica.phrases import PHRASES
from replica.state import Entry, Shelf

CP1251_META: Final = b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">'
_LETTERS: Final = ("A", "B", "C", "D", "E")
_SIDE_LINES: Final = 4
_NEWEST: Final = (10, 100)
"""Teasers are drawn from among so many of the newest articles: their bytes are kept, and a large site must stay small."""
# Bytes and elements of a page without filler, roughly: what is missing to the size asked for is filled up.
_FRAME_BYTES, _FRAME_ELEMENTS, _LINE_ELEMENTS, _ELEMENTS_PER_KB = 8_500, 110, 3, 19


TextMaker = Callable[[Markup], str]
ListMaker = Callable[[], tuple[str, list[Entry], list[tuple[str, str]]]]
"""Gives a list page's title, its entries and its links (text last) to other pages of the list."""


@dataclass(frozen=True, slots=True)
class Look:
    """``variants``: in how many orders of attributes a page is served. ``kilobytes``: how heavy menus make it."""

    markup: str
    language: Language
    seed: int
    kilobytes: int = 0
    noise: bool = True
    variants: int = 4


class Renderer:
    """Everything that depends on the site's look."""

    def __init__(self, look: Look) -> None:
        if look.markup not in MARKUPS:
            raise ValueError(f"no markup {look.markup!r}: choose one of {', '.join(MARKUPS)}")
        self.phrases = PHRASES[look.language]
        self.look = look
        make = MARKUPS[look.markup]
        self.markups: list[Markup] = [make(self.phrases, look.language, number) for number in range(self.variants)]
        self.encoding = self.markups[0].encoding
        self._shared: dict[tuple[str, int], Template] = {}
        self._lists: dict[tuple[str, int, int], tuple[int, Template]] = {}
        self._fillers = [self._filler(Random(look.seed + number), look.kilobytes) for number in range(4)]

    def page(self, shelf: Shelf, noise: Noise, title: str, main: Template, about: Entry | None = None) -> bytes:
        """A whole page. ``main`` must have been rendered with ``noise.variant``."""
        values = noise.values(about.views if about else noise.number) if self.look.noise else quiet_values()
        values["STRIP"] = self._strip(shelf, noise, values, about)
        values["SIDEBAR"] = self._sidebar(shelf, noise, values)
        values["FILLER"] = self._fillers[noise.number % len(self._fillers)]
        values["MAIN"] = main.fill(values)
        values["HEADTITLE"] = escaped(self.markups[0].head_title(title)).encode(self.encoding, "xmlcharrefreplace")
        values["META"] = CP1251_META if self.declares_in_page(about) else b""
        return self._frame(noise.variant).fill(values)

    @property
    def variants(self) -> int:
        return self.look.variants if self.look.noise else 1

    def noise(self, number: int) -> Noise:
        """The noise of answer ``number``; always the same where noise is switched off."""
        return Noise(self.look.seed, number if self.look.noise else 0, self.variants)

    def declares_in_page(self, entry: Entry | None) -> bool:
        """Whether a page in windows-1251 says so in a ``meta`` rather than in the header."""
        return entry is None or entry.article.number % 2 == 1

    def content_type(self, entry: Entry | None) -> str:
        if self.encoding == "utf-8":
            return "text/html; charset=UTF-8"
        return "text/html" if self.declares_in_page(entry) else "text/html; charset=windows-1251"

    def article(self, entry: Entry, variant: int) -> Template:
        return self._cached(entry, "article", variant, lambda markup: markup.article(entry.article))

    def listing(self, key: tuple[str, int], revision: int, variant: int, make: ListMaker) -> Template:
        """A list page, rendered again only after an edit of the site."""
        cached = self._lists.get((*key, variant))
        if cached is None or cached[0] != revision:
            title, entries, links = make()
            markup = self.markups[variant]
            lines = [markup.teaser(teaser_of(entry, "list")) for entry in entries]
            text = markup.listing(title, lines, markup.page_links(links) if links else "")
            cached = (revision, compile_template(text, self.encoding))
            self._lists[(*key, variant)] = cached
        return cached[1]

    def message(self, title: str, text: str, form: str, variant: int) -> Template:
        return compile_template(self.markups[variant].message(title, text, form), self.encoding)

    def _frame(self, variant: int) -> Template:
        if ("frame", variant) not in self._shared:
            self._shared["frame", variant] = compile_template(self.markups[variant].frame(), self.encoding)
        return self._shared["frame", variant]

    def _cached(self, entry: Entry, name: str, variant: int, make: TextMaker) -> Template:
        template = entry.templates.get((name, variant))
        if template is None:
            template = compile_template(make(self.markups[variant]), self.encoding)
            entry.templates[name, variant] = template
        return template

    def _strip(self, shelf: Shelf, noise: Noise, values: dict[str, bytes], about: Entry | None) -> bytes:
        shown = shelf.shown()
        if not shown:
            return b""
        chosen = (
            self._drawn(shown, noise.random, about) if self.look.noise else [e for e in shown[:4] if e is not about][:3]
        )
        if not chosen:
            return b""
        forms = [noise.random.choice(FORMS) if self.look.noise else FORMS[index] for index in range(len(chosen))]
        filled = {
            f"TEASER{letter}": self._teaser(entry, form, noise.variant).fill(values)
            for letter, entry, form in zip(_LETTERS, chosen, forms, strict=False)
        }
        return self._strip_of(len(chosen), noise.variant).fill(values | filled)

    def _drawn(self, shown: list[Entry], random: Random, about: Entry | None) -> list[Entry]:
        """0 to 5 entries, half of them of the newest ten; at times the very article that stands below."""
        count = random.randrange(6)
        drawn = [shown[int(random.random() * min(len(shown), random.choice(_NEWEST)))] for _ in range(count)]
        if about and about.is_shown() and drawn and random.random() < 0.15:
            drawn[random.randrange(count)] = about
        return list(dict.fromkeys(drawn))

    def _teaser(self, entry: Entry, form: str, variant: int) -> Template:
        return self._cached(entry, form, variant, lambda markup: markup.teaser(teaser_of(entry, form)))

    def _strip_of(self, count: int, variant: int) -> Template:
        name = f"strip{count}"
        if (name, variant) not in self._shared:
            marks = [slot(f"TEASER{letter}") for letter in _LETTERS[:count]]
            self._shared[name, variant] = compile_template(self.markups[variant].strip(marks), self.encoding)
        return self._shared[name, variant]

    def _sidebar(self, shelf: Shelf, noise: Noise, values: dict[str, bytes]) -> bytes:
        shown = shelf.shown()
        if not shown:
            return b""
        lines = noise.random.choices(shown[: _NEWEST[1]], k=_SIDE_LINES) if self.look.noise else shown[:_SIDE_LINES]
        return b"".join(self._side_line(entry, noise.variant).fill(values) for entry in lines)

    def _side_line(self, entry: Entry, variant: int) -> Template:
        article = entry.article
        return self._cached(entry, "side", variant, lambda markup: markup.side_line(article.address, article.title))

    def _filler(self, random: Random, kilobytes: int) -> bytes:
        """Lines that bring a page to about ``kilobytes`` kB and 19 elements per kB; three lines where no size is asked for."""
        writer, markup = Writer(self.look.language, random), self.markups[0]
        lines = max(3, (kilobytes * _ELEMENTS_PER_KB - _FRAME_ELEMENTS) // _LINE_ELEMENTS)
        length = max(90, (kilobytes * 1024 - _FRAME_BYTES) // lines)
        pieces = []
        for _ in range(lines):
            href = f"/photo/albums/{random.randint(1000, 99999)}/"
            line = markup.filler(href, slot("X"))
            room = (length - len(line)) // (1 if self.look.language == "en" or self.encoding == "cp1251" else 2)
            pieces.append(line.replace(slot("X"), (writer.sentence() + " " + writer.sentence())[: max(room, 8)]))
        return "".join(pieces).encode(self.encoding, "xmlcharrefreplace")


FORMS: Final = ("dated text", "text", "title", "dated title", "two", "whole", "full")
"""What a teaser shows: the first paragraph, a bare title, two paragraphs, a whole short article; with or without its date."""


def teaser_of(entry: Entry, form: str) -> Teaser:
    """``list`` is the line of a list page: date, title and first paragraph."""
    article = entry.article
    has_date = form in {"dated text", "dated title", "full", "list"} and article.published is not None
    texts = list(islice((part.text for part in article.parts if part.kind == "paragraph" and part.text), 5))
    count = {"title": 0, "dated title": 0, "two": 2, "whole": len(texts) if len(texts) <= 4 else 2}.get(form, 1)
    return Teaser(
        href=article.address,
        title=article.title if form in {"title", "dated title", "full", "list"} else None,
        date=f"{article.published:%d.%m.%Y}" if has_date else None,
        paragraphs=tuple(texts[:count]),
        image=article.lead.src if article.lead and form in {"full", "text"} else None,
    )
