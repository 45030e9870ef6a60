"""The parts of the frame, in the tags and class names that a template gives them."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.corpus import boxes
from benchmarks.corpus.dates import printed
from benchmarks.corpus.draw import dice
from benchmarks.corpus.markup import El, Node, Part, h, script
from benchmarks.corpus.page import SITE_NAME, Page, Teaser

Namer = Callable[[str], str]
STRIPS: tuple[str, ...] = ("linked", "plain", "cards", "whole_link")


def no_name(_: str) -> str:
    """Classes of a template that has none."""
    return ""


@dataclass(frozen=True, slots=True)
class Kit:
    """Builds frame parts; `name` turns a part's name into its class, "" for none."""

    page: Page
    name: Namer = no_name
    box_tag: str = "div"
    list_tag: str = "ul"
    item_tag: str = "li"
    head_tag: str = "h4"
    text_tag: str = "p"
    strip_kind: str = "linked"

    def box(self, part: str, *children: Part, tag: str = "", **attrs: str) -> El:
        """An element with the part's class."""
        name = self.name(part)
        return h(tag or self.box_tag, *children, **({"class_": name} if name else {}), **attrs)

    def text(self, part: str, text: str) -> El:
        """A line of frame text."""
        return self.box(part, text, tag=self.text_tag)

    def links(self, part: str, words: list[str]) -> El:
        """A list of links to standing pages."""
        return self.items(part, [[h("a", word, href=boxes.path_of(word))] for word in words])

    def items(self, part: str, rows: list[list[Part]]) -> El:
        """A list."""
        item = self.name(f"{part}-item")
        attrs = {"class_": item} if item else {}
        return self.box(part, [h(self.item_tag, *row, **attrs) for row in rows], tag=self.list_tag)

    def menu(self) -> El:
        """The menu of two levels, some eighty links."""
        rows: list[list[Part]] = [
            [h("a", head, href=boxes.path_of(head)), self.links("submenu", list(entries))]
            for head, entries in boxes.MENU.items()
        ]
        return self.box("menu", self.items("menu-list", rows))

    def top(self) -> El:
        """Logo, name, languages and search."""
        form = h(
            "form",
            h("input", type="text", name="q", placeholder="Search"),
            h("button", "Find", type="submit"),
            h("input", type="hidden", name="sessid", value=f"{self.page.noise.dice('tokens').getrandbits(64):016x}"),
            action="/search/",
        )
        logo = h("a", h("img", src="/local/templates/main/img/logo.svg", alt=SITE_NAME), href="/")
        languages = self.links("languages", ["Русский", "English"])
        return self.box("top", logo, self.box("slogan", SITE_NAME), languages, form)

    def crumbs(self) -> El:
        """Where the page stands; the title is not repeated."""
        return self.links("crumbs", ["Home", "Press centre", "News"])

    def strip(self) -> list[Node]:
        """The teasers of news, one element each; no wrapper."""
        return [node for teaser in self.page.strip() for node in self._teaser(teaser)]

    def _teaser(self, teaser: Teaser) -> list[Node]:
        day = self._teaser_date(teaser)
        lines: list[Part] = [self.text("teaser-text", line) for line in teaser.lines]
        match self.strip_kind:
            case "plain":
                return [*day, *(self.text("teaser-text", line) for line in teaser.lines or (teaser.title,))]
            case "cards":
                image = h("img", src=f"/upload/resize_cache/{dice(teaser.href).getrandbits(20):05x}.jpg", alt="")
                head = h("a", teaser.title, href=teaser.href)
                return [self.box("card", image, *day, self.box("card-title", head), lines)]
            case "whole_link":
                words = " ".join(teaser.lines) or teaser.title
                return [*day, self.box("teaser", h("a", words, href=teaser.href))]
            case _:
                return [self.box("teaser", *day, h("a", teaser.title, href=teaser.href), lines)]

    def _teaser_date(self, teaser: Teaser) -> list[El]:
        if not (self.page.style.strip_has_dates and teaser.published):
            return []
        return [self.text("teaser-date", printed(teaser.published, self.page.style.date_format))]

    def latest(self) -> El:
        """The newest articles as links, with how long ago."""
        rows: list[list[Part]] = [
            [h("a", teaser.title, href=teaser.href), " ", h("small", ago)] for ago, teaser in self.page.latest()
        ]
        return self._headed("latest", "Latest news", self.items("latest-list", rows))

    def see_also(self) -> El:
        """Other articles under the text."""
        rows: list[list[Part]] = [[h("a", teaser.title, href=teaser.href)] for teaser in self.page.see_also()]
        return self._headed("see-also", "See also", self.items("see-also-list", rows))

    def archive(self) -> El:
        """Eight years of months."""
        return self._headed("archive", "Archive", self.links("archive-list", boxes.archive_months()))

    def about(self) -> El:
        """Running prose that is the same on every page."""
        return self._headed("about", "About the Organization", *[self.text("about-text", text) for text in boxes.ABOUT])

    def prose(self) -> El:
        """Running prose that rotates; it has a head of its own and no link."""
        head, texts = self.page.prose()
        return self._headed("prose", head, *[self.text("prose-text", text) for text in texts])

    def rates(self) -> El:
        """Exchange rates and weather."""
        return self._headed(
            "rates", "Rates and weather", self.items("rates-list", [[rate] for rate in self.page.rates()])
        )

    def views(self) -> El:
        """How often the page was seen."""
        return self.box("views", f"Views: {self.page.views()}", id=self.page.bx_id("views"))

    def shares(self) -> El:
        """Buttons with counts, and the print link."""
        rows: list[list[Part]] = [
            [h("a", network, h("span", f" {n}"), href="#share")] for network, n in self.page.shares()
        ]
        return self.box("share", self.items("share-list", rows), h("a", "Print version", href="?print=Y"))

    def back(self) -> El | None:
        """The ways back; a site may lack some, or all."""
        words = list(self.page.style.back_links)
        return self.box("back", [h("p", h("a", word, href="/news/")) for word in words]) if words else None

    def banner(self) -> El:
        """The call to subscribe: a box with a link, the same on every page."""
        link = h("a", boxes.BANNER, href="https://t.me/example_channel")
        return self.box("banner", h("img", src="/local/templates/main/img/tg.png", alt=""), link)

    def footer(self) -> El:
        """Addresses, telephones, a site map, counters."""
        entries = [word for words in boxes.MENU.values() for word in words]
        online = self.page.noise.dice("counters").randint(3, 400)
        return self.box(
            "footer",
            self.links("footer-map", entries),
            self.box("address", "12 Varvarin Lane, Moscow, 101000"),
            self.box("phones", "Reception: +7 495 000 55 01, fax: +7 495 000 55 02"),
            self.box("mail", h("a", "office@odkb-csto.example", href="mailto:office@odkb-csto.example")),
            self.box("online", f"Visitors on the site: {online}"),
            self.box("copyright", f"© 2002–{self.page.year()} {SITE_NAME}"),
            script(f"(window.dataLayer=window.dataLayer||[]).push({{id:'{self.page.bx_id('counter')}'}});"),
        )

    def _headed(self, part: str, head: str, *children: Part) -> El:
        return self.box(part, h(self.head_tag, head), *children)
