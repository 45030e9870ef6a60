"""Articles by the number, the same for the same seed: every odd thing that SITE.md tells of stands in the first sixty."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from random import Random
from types import MappingProxyType
from typing import Final

from replica import words
from replica.addresses import NEWS, SECTIONS, STANDING, address_for, odd_address, transliterate
from replica.model import HOSTS, Anchor, Article, DatePlace, Image, Language, Part, Run, Style, Text
from replica.words import Pair

NEWEST: Final = date(2024, 7, 26)
_STYLES: Final[tuple[Style, ...]] = ("p", "p", "div", "br")
_DATE_PLACES: Final[tuple[DatePlace, ...]] = ("line", "line", "title", "glued", "line")
# Three lines in most pages; some lack one.
_BACK_LINES: Final = ((0, 1, 2), (0, 1, 2), (0, 1, 2), (1, 2), (0, 2), (0, 1))


def _hyphenated(text: str) -> str:
    middle = len(text) // 2
    return f"{text[:middle]}\u00ad{text[middle:]}" if text[middle - 1 : middle + 1].isalpha() else text


_SPOILERS: Final[tuple[Callable[[str], str], ...]] = (
    lambda text: text.replace(" ", "\u00a0", 1),
    lambda text: text.replace(" ", "  ", 2),
    _hyphenated,
    lambda text: text.replace("“", '"').replace("”", "“") + "\u00a0",
    lambda text: f" {text} ",
    # A letter of the other alphabet that looks the same: typing that nobody sees.
    lambda text: text.translate({ord("C"): "С", ord("М"): "M"}),
    lambda text: text.replace("”", "& raquo;").replace("»", "& raquo;"),
)


class Writer:
    """Writes in one language. ``random`` decides everything."""

    def __init__(self, language: Language, random: Random) -> None:
        self.language: Language = language
        self.random = random
        self._side = 0 if language == "en" else 1

    def pick(self, pairs: Sequence[Pair]) -> str:
        return self.random.choice(pairs)[self._side]

    def sentence(self) -> str:
        subject, act = self.pick(words.SUBJECTS), self.pick(words.ACTS)
        return f"{subject} {act} {self.pick(words.PLACES)} {self.pick(words.TIMES)}."

    def record(self) -> str:
        return f"({words.RECORD[self._side]} {self.random.randint(100, 99999)})"

    def paragraph(self) -> str:
        """One to four sentences. The number keeps two paragraphs of a large site from being alike."""
        sentences = [self.sentence()[:-1] + f" {self.record()}."]
        for _ in range(self.random.choice((0, 0, 1, 1, 2, 3))):
            sentences.append(self.sentence() if self.random.random() < 0.6 else self.pick(words.FOLLOW_UPS) + ".")
        return " ".join(sentences)

    def typeset(self, text: str) -> str:
        """``text`` as editors and word processors leave it: most of them spoil something, a few nothing."""
        spoil = self.random.choice((*_SPOILERS, None, None))
        return spoil(text) if spoil else text

    def titles(self) -> Pair:
        """A title and its Russian twin, of which the slug is made on both hosts."""
        halves = [self.random.choice(pairs) for pairs in (words.SUBJECTS, words.ACTS, words.PLACES)]
        return " ".join(half[0] for half in halves), " ".join(half[1] for half in halves)

    def link(self, targets: Sequence[str]) -> Anchor:
        target = self.random.choice(targets) if targets else "/structure/"
        match self.random.randrange(4):
            case 0:
                target = f"https://{HOSTS[self.language]}{target}"
            case 1:
                target = f"https://example.org/notes/{self.random.randint(1, 999)}.html"
        return Anchor(target, self.pick(words.LINK_TEXTS))

    def image(self) -> Image:
        name = f"{self.random.getrandbits(128):032x}"
        return Image(f"/upload/iblock/{name[:3]}/{name[3:15]}.jpg", self.pick(words.ALTS))

    def document(self) -> Part:
        name = f"{self.random.getrandbits(128):032x}"
        anchor = Anchor(f"/upload/iblock/{name[:3]}/{name}.docx", f"{words.DOWNLOAD[self._side]} {name}.docx")
        return Part("paragraph", (anchor,))

    def press_block(self) -> list[Part]:
        lines: list[Run] = [
            Text("* * *"),
            Text(self.pick(words.SPOKESMEN)),
            Text(
                f"+7 (000) {self.random.randint(100, 999)}-{self.random.randint(10, 99)}-{self.random.randint(10, 99)}"
            ),
        ]
        parts = [Part("paragraph", (line,)) for line in lines]
        mail = (Text("E-mail: "), Anchor("mailto:press@example.org", "press@example.org"))
        return [*parts, Part("paragraph", mail)]


def plain(text: str) -> Part:
    """A paragraph of one run."""
    return Part("paragraph", (Text(text),))


def _with_inline(writer: Writer, text: str, targets: Sequence[str]) -> Part:
    """A paragraph that holds a link, an image or a bold word, or nothing but its text."""
    head, _, tail = text.partition(". ")
    match writer.random.randrange(9):
        case 0 | 1 if tail:
            return Part("paragraph", (Text(f"{head} ("), writer.link(targets), Text(f"). {tail}")))
        case 2:
            return Part("paragraph", (writer.image(), Text(text)))
        case 3:
            first, _, rest = text.partition(" ")
            return Part("paragraph", (Text(first, "b"), Text(f" {rest}")))
    return plain(writer.typeset(text))


def _extras(writer: Writer) -> list[list[Part]]:
    """Groups of parts that stay together: a heading, a list, a quote, a table, images, interview turns."""
    side = 0 if writer.language == "en" else 1
    chance = writer.random.random
    groups: list[list[Part]] = []
    if chance() < 0.25:
        groups.append([Part("heading", (Text(writer.pick(words.HEADINGS)),)), plain(writer.paragraph())])
    if chance() < 0.2:
        groups.append([Part("list_item", (Text(writer.sentence()[:-1] + ";"),)) for _ in range(3)])
    if chance() < 0.15:
        groups.append([Part("quote", (Text(f"“{writer.sentence()}”" if side == 0 else f"«{writer.sentence()}»"),))])
    if chance() < 0.12:
        names = [pair[side] for pair in words.CELLS]
        rows = [names[:2]] + [[name, str(writer.random.randint(10, 400))] for name in names[2:]]
        groups.append([Part("table_row", tuple(Text(cell) for cell in row)) for row in rows])
    if chance() < 0.2:
        groups.append([Part("paragraph", (writer.image(), writer.image()))])
    if chance() < 0.08:
        groups.append([plain(f"— {writer.sentence()}"), plain(f"— {writer.paragraph()}")])
    return groups


def body(writer: Writer, number: int, targets: Sequence[str]) -> tuple[Part, ...]:
    """The parts of article ``number``: 1 to 15 paragraphs and whatever stands between them."""
    count = (1, 15)[number % 2] if number < 2 else writer.random.choice((1, 2, 2, 3, 3, 4, 5, 6, 8, 11, 15))
    parts = [_with_inline(writer, writer.paragraph(), targets) for _ in range(count)]
    parts[0] = plain(writer.typeset(writer.paragraph()))
    if number % 13 == 6:
        parts[0] = plain(f"DSC_{1000 + number}.JPG{writer.paragraph()}")
    if writer.language == "en" and number % 17 == 5:
        # Left untranslated; enough English stands around it to tell the article's language.
        parts += [plain(writer.paragraph()) for _ in range(3)]
        parts.insert(1, plain(Writer("ru", writer.random).sentence()))
    for group in _extras(writer):
        place = writer.random.randint(1, len(parts))
        while 0 < place < len(parts) and parts[place].kind == parts[place - 1].kind != "paragraph":
            place += 1
        parts[place:place] = group
    if number % 9 == 4:
        parts.insert(0, plain(writer.pick(words.SALUTATIONS)))
    return tuple(parts)


def _ending(writer: Writer, section: str, number: int) -> tuple[Part, ...]:
    document = [writer.document()] if section.startswith("/documents/") else []
    press = writer.press_block() if number % 3 != 1 and not document else []
    return (*document, *press)


def write_article(
    language: Language, seed: int, number: int, section: str, taken: Mapping[str, object] = MappingProxyType({})
) -> Article:
    """Article ``number`` of a site. ``taken`` are the addresses in use: the new one is free, and links to the last of them."""
    writer = Writer(language, Random(seed * 1_000_003 + number))
    titles = writer.titles()
    title = titles[0 if language == "en" else 1]
    published = NEWEST - timedelta(days=number // 2)
    address = address_for(section, transliterate(titles[1]), published.year, number, taken)
    if section.startswith(("/news/", "/documents/")):
        address = odd_address(address, number)
    parts = body(writer, number, list(islice(reversed(list(taken)), 30)))
    return Article(
        address=address,
        section=section,
        title=writer.typeset(title) if number % 4 == 0 else title,
        published=None if number % 11 == 8 else published,
        language=language,
        parts=parts + _ending(writer, section, number),
        lead=writer.image() if number % 3 == 0 else None,
        style=_STYLES[number % 4],
        date_place=_DATE_PLACES[number % 5],
        back_lines=_BACK_LINES[number % 6],
        number=number,
    )


def _sections_of(count: int) -> list[str]:
    """Each section once, then by share, so that a site of few articles still has every section it can."""
    cycle = [name for name, share in SECTIONS.items() for _ in range(share)]
    Random(7).shuffle(cycle)
    return (list(SECTIONS) + cycle * (count // len(cycle) + 1))[:count]


def standing_pages(language: Language, seed: int) -> list[Article]:
    """The pages of the menu: no date, no press block."""
    pages = []
    for index, address in enumerate(STANDING):
        writer = Writer(language, Random(seed * 1_000_003 - index - 1))
        parts = tuple(plain(writer.paragraph()) for _ in range(4))
        title = writer.titles()[0 if language == "en" else 1]
        pages.append(Article(address, "", title, None, language, parts, number=-index - 1))
    return pages


def write_articles(count: int, language: Language, seed: int) -> list[Article]:
    """``count`` articles, the newest first, and no two at one address."""
    taken: dict[str, object] = {}
    articles: list[Article] = []
    for number, section in enumerate(_sections_of(count)):
        article = write_article(language, seed, number, section, taken)
        taken[article.address] = article
        articles.append(article)
    return _with_pairs(articles, taken)


def _with_pairs(articles: list[Article], taken: Mapping[str, object]) -> list[Article]:
    """Two articles whose addresses differ by a final ``-``, and three that carry one title."""
    in_news = [
        index for index, article in enumerate(articles) if article.section == NEWS and "?" not in article.address
    ]
    if len(in_news) < 8:
        return articles
    first, second = articles[in_news[1]], articles[in_news[2]]
    twin = first.address.rstrip("/") + "-/"
    if twin not in taken:
        articles[in_news[2]] = replace(second, address=twin)
    for index in in_news[5:7]:
        articles[index] = replace(articles[index], title=articles[in_news[4]].title)
    return articles
