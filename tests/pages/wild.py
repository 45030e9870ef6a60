"""Pages in templates drawn by lot, with what a faithful reader finds in them. Imports nothing of the reader."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape
from random import Random

HOST = "https://en.odkb-csto.org"
_SUBJECTS = (
    "The joint staff",
    "A working group",
    "The council",
    "A delegation",
    "The secretariat",
    "The duty officer",
    "The commission",
)
_VERBS = ("discussed", "reviewed", "approved", "put off", "summed up", "looked into", "sent back")
_OBJECTS = (
    "the plan of the spring exercise",
    "a draft on border posts",
    "the report on rescue work",
    "a list of open questions",
)
_PLACES = ("in Arvel", "at the Borsk range", "by video link", "in the town of Candry", "on the lake shore")
_RUBRICS = ("News", "Speeches", "Documents")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass
class Wild:
    """One page. ``choices`` says what was drawn, for the message of a test that fails."""

    url: str
    html: str = ""
    title: str = ""
    published: date | None = None
    blocks: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    media: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, object] = field(default_factory=dict)


class Template:
    """One site's template, drawn from a seed; ``page(n)`` is its n-th page, always of the same template."""

    def __init__(self, seed: int) -> None:
        lot = Random(seed)
        self.seed = seed
        self.names = ["".join(lot.choices(_LETTERS, k=lot.randint(2, 7))) for _ in range(60)]
        self.choices: dict[str, object] = {
            "title": lot.choice(("h1", "h2", "h3", "b", "div", "p>strong", "span")),
            "title_place": lot.choice(("column", "column", "column", "box", "box", "page head")),
            "date": lot.choice(("line", "line", "before", "behind", "glued", "none", "time", "in box")),
            "format": lot.choice(("%d.%m.%Y", "%d.%m.%Y", "named", "%Y-%m-%d", "%m/%d/%Y 14:05:41")),
            "rubric": lot.random() < 0.3,
            "lead_image": lot.choice((None, None, "above", "below")),
            "strip": lot.choice((None, "column", "column", "column box", "page", "below")),
            "strip_style": lot.choice(("card", "flat", "linked", "title only")),
            "side": lot.choice((None, "before", "after", "after")),
            "side_style": lot.choice(("links", "cards", "dated")),
            "body": lot.choice(("p", "p", "br", "div", "deep", "bare", "section")),
            "body_box": lot.random() < 0.7,
            "split": lot.random() < 0.15,
            "depth": lot.randint(0, 5),
            "frame": lot.choice(("div", "div", "table", "semantic")),
            "crumbs": lot.choice((None, "short", "with title")),
            "head_title": lot.choice(("plain", "suffix -", "suffix |", "prefix", "site og")),
            "back": lot.choice(("links", "links", "none", "script", "one")),
            "share": lot.random() < 0.4,
            "counter": lot.choice((None, "Views: {}", "{} views", "Hits {}")),
            "more": lot.choice((None, None, "list", "cards", "neighbours")),
            "tags": lot.random() < 0.15,
            "print": lot.random() < 0.2,
            "footer": lot.choice(("short", "long")),
            "canonical": lot.random() < 0.3,
        }

    def name(self, index: int) -> str:
        return self.names[index % len(self.names)]

    def page(self, number: int) -> Wild:
        return _Page(self, Random(self.seed * 1009 + number)).made()


class _Page:
    def __init__(self, template: Template, lot: Random) -> None:
        self.template, self.lot, self.has = template, lot, template.choices
        self.page = Wild(f"{HOST}/news/news_odkb/{self.slug()}/", choices=template.choices)
        self.page.title = self.heading()
        self.site = "Example Treaty Organization"
        self.day = date(2024, 7, 26) - timedelta(days=lot.randint(0, 900))

    # --- words
    def sentence(self) -> str:
        pick = self.lot.choice
        return f"{pick(_SUBJECTS)} {pick(_VERBS)} {pick(_OBJECTS)} {pick(_PLACES)} (item {self.lot.randint(1, 9999)})."

    def heading(self) -> str:
        pick = self.lot.choice
        return f"{pick(_SUBJECTS)} {pick(_VERBS)} {pick(_OBJECTS)} {pick(_PLACES)}, no. {self.lot.randint(1, 9999)}"

    def slug(self) -> str:
        return "_".join("".join(self.lot.choices(_LETTERS, k=7)) for _ in range(4))

    def paragraph(self) -> str:
        return " ".join(self.sentence() for _ in range(self.lot.choice((1, 1, 2, 3))))

    def date_text(self, day: date | None = None) -> str:
        day = day or self.day
        if self.has["format"] == "named":
            return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
        return day.strftime(str(self.has["format"]))

    def box(self, inner: str, tag: str = "div", index: int = 0) -> str:
        return f'<{tag} class="{self.template.name(index)}">{inner}</{tag}>'

    # --- the article
    def made(self) -> Wild:
        column = self.column()
        frame = {"div": self.div_frame, "table": self.table_frame, "semantic": self.semantic_frame}[
            str(self.has["frame"])
        ]
        self.page.html = self.head() + frame(column) + "</body></html>"
        return self.page

    def head(self) -> str:
        title, site = escape(self.page.title, quote=False), self.site
        shown = {
            "plain": title,
            "suffix -": f"{title} - {site}",
            "suffix |": f"{title} | {site}",
            "prefix": f"{site} | {title}",
            "site og": site,
        }[str(self.has["head_title"])]
        og = f'<meta property="og:title" content="{title}">' if self.has["head_title"] == "site og" else ""
        canonical = f'<link rel="canonical" href="{self.page.url}">' if self.has["canonical"] else ""
        return f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{shown}</title>{og}{canonical}</head><body>'

    def title_html(self) -> str:
        tag, title = str(self.has["title"]), escape(self.page.title, quote=False)
        day = f" <span>{self.date_text()}</span>" if self.has["date"] == "behind" else ""
        if tag == "p>strong":
            return f"<p><strong>{title}</strong>{day}</p>"
        if tag in ("b", "span"):
            return f"<div><{tag}>{title}</{tag}>{day}</div>"
        return f"<{tag}>{title}{day}</{tag}>"

    def head_box(self) -> str:
        """Title, date, rubric: in a box of their own, or bare."""
        place, title = self.has["date"], self.title_html()
        day = (
            f"<time datetime='{self.day.isoformat()}'>{self.date_text()}</time>"
            if place == "time"
            else self.date_text()
        )
        line = f"<div>{day}</div>" if place in ("line", "time", "before", "in box") else ""
        rubric = (
            f"<div>{self.lot.choice(_RUBRICS)}</div>"
            if self.has["rubric"] and self.has["title_place"] != "column"
            else ""
        )
        return rubric + (line + title if place == "before" else title + line)

    def body_html(self) -> str:
        if self.has["date"] != "none":
            self.page.published = self.day
        texts = [self.paragraph() for _ in range(self.lot.choice((1, 1, 2, 3, 4, 7, 12)))]
        pieces = [self.piece(text, index) for index, text in enumerate(texts)]
        if self.has["date"] == "glued":
            pieces[0] = f"<span>{self.date_text()}</span>{pieces[0]}"
        if self.lot.random() < 0.4:
            press = [
                "* * *",
                "Duty officer of the press service",
                f"+7 (000) 000-00-{self.lot.randint(10, 99)}",
                "E-mail: press@example.org",
            ]
            pieces += press
            self.page.blocks += press
        return self.laid_out(pieces)

    def piece(self, text: str, index: int) -> str:
        """One block's inner HTML; notes its text, links and images."""
        match self.lot.randrange(8):
            case 0:
                href, word = f"/news/news_odkb/{self.slug()}/", "in an earlier report"
                self.page.links.append((HOST + href, word))
                self.page.blocks.append(f"{text} So it was said {word}.")
                return f'{text} So it was said <a href="{href}">{word}</a>.'
            case 1 if index:
                src = f"/upload/{self.slug()}.jpg"
                self.page.media.append((HOST + src, "A view"))
                self.page.blocks.append(text)
                return f'<img src="{src}" alt="A view">{text}'
            case 2:
                self.page.blocks.append(text)
                first, _, rest = text.partition(" ")
                return f"<b>{first}</b> {rest}"
        self.page.blocks.append(text)
        return text

    def laid_out(self, pieces: list[str]) -> str:
        style = str(self.has["body"])
        half = len(pieces) // 2
        if self.has["split"] and half:
            banner = (
                f'<div><a href="https://example.com/"><img src="/b{self.lot.randint(1, 9)}.png" alt="banner"></a></div>'
            )
            parts = [
                self.box(self.flow(pieces[:half], style), index=9),
                self.box(self.flow(pieces[half:], style), index=9),
            ]
            return parts[0] + banner + parts[1]
        flow = self.flow(pieces, style)
        return self.box(flow, index=8) if self.has["body_box"] else flow

    def flow(self, pieces: list[str], style: str) -> str:
        if style == "br":
            return "<br><br>".join(pieces) + "<br><br>"
        if style == "bare":
            return pieces[0] + "".join(f"<div>{piece}</div>" for piece in pieces[1:])
        if style == "deep":
            return "".join(f"<div><div>{piece}</div></div>" for piece in pieces)
        if style == "section":
            return "".join(f"<section><p>{piece}</p></section>" for piece in pieces)
        return "\n".join(f"<{style}>{piece}</{style}>" for piece in pieces)

    # --- around it
    def teaser(self, style: str) -> str:
        href, title = f"/news/news_odkb/{self.slug()}/", self.heading()
        day = self.day - timedelta(days=self.lot.randint(1, 50))
        dated = f"<div>{self.date_text(day)}</div>" if self.lot.random() < 0.5 else ""
        text = self.paragraph()
        if style == "card":
            return f'<div>{dated}<div><a href="{href}">{title}</a></div><div>{text}</div></div>'
        if style == "flat":
            return f'{dated}<div><a href="{href}">{title}</a></div><div>{text}</div>'
        if style == "linked":
            return f'<a href="{href}"><div>{dated}<div>{text}</div></div></a>'
        return f'{dated}<div><a href="{href}">{title}</a></div>'

    def strip(self) -> str:
        return "".join(self.teaser(str(self.has["strip_style"])) for _ in range(self.lot.randint(0, 5)))

    def foot(self) -> str:
        """What stands below the body in the article's own column."""
        lines = []
        if self.has["tags"]:
            lines.append('<div>Tags: <a href="/tags/training/">training</a>, <a href="/tags/border/">border</a></div>')
        if self.has["share"]:
            lines.append(
                '<div><a href="https://vk.com/share.php?url=x">VK</a> <a href="https://t.me/share/url?url=x">Telegram</a></div>'
            )
        if self.has["print"]:
            lines.append('<div><a href="?print=Y">Print version</a></div>')
        back = [
            '<div><a href="javascript:history.back()">Go back</a></div>',
            '<div><a href="/news/news_odkb/">Back to the section</a></div>',
            '<div><a href="/news/">Back to the all news</a></div>',
        ]
        lines += {"links": back, "none": [], "script": back[:1], "one": back[2:]}[str(self.has["back"])]
        if self.has["counter"]:
            lines.append(f"<div>{str(self.has['counter']).format(self.lot.randint(1, 5000))}</div>")
        return "".join(lines) + self.more()

    def more(self) -> str:
        kind = self.has["more"]
        if kind == "list":
            items = "".join(f'<li><a href="/news/news_odkb/{self.slug()}/">{self.heading()}</a></li>' for _ in range(3))
            return self.box(f"<div>Related news</div><ul>{items}</ul>", index=11)
        if kind == "cards":
            return self.box("".join(self.teaser("card") for _ in range(3)), index=12)
        if kind == "neighbours":
            links = "".join(f'<a href="/news/news_odkb/{self.slug()}/">{self.heading()}</a>' for _ in range(2))
            return self.box(links, index=13)
        return ""

    def column(self) -> str:
        head = self.head_box()
        if self.has["title_place"] == "box":
            head = self.box(head, index=5)
        body = self.body_html()
        lead = f'<img src="/upload/lead{self.lot.randint(1, 99)}.jpg" alt="Lead">' if self.has["lead_image"] else ""
        if lead:
            self.page.media.insert(0, (HOST + lead.split('"')[1], "Lead"))
        above, below = (
            (f"<div>{lead}</div>", "")
            if self.has["lead_image"] == "above"
            else ("", f"<div>{lead}</div>" if lead else "")
        )
        if self.has["title_place"] == "page head":
            self.page_head, above, below, head = head, "", above + below, ""
        else:
            self.page_head = ""
        article = above + head + below + body
        strip = self.strip() if self.has["strip"] else ""
        if self.has["strip"] == "column box":
            strip = self.box(strip, index=14)
        top = strip if self.has["strip"] in ("column", "column box") and not self.page_head else ""
        bottom = self.box(strip, index=15) if self.has["strip"] == "below" else ""
        column = top + article + self.foot() + bottom
        for level in range(int(str(self.has["depth"]))):
            column = self.box(column, index=20 + level)
        return column

    def side(self) -> str:
        style = self.has["side_style"]
        if style == "links":
            return "".join(f'<div><a href="/news/speech/{self.slug()}/">{self.heading()}</a></div>' for _ in range(4))
        if style == "cards":
            return "".join(self.teaser("card") for _ in range(3))
        return "".join(
            f'<div><span>{self.date_text()}</span> <a href="/news/smi/{self.slug()}/">{self.heading()}</a></div>'
            for _ in range(4)
        )

    def around(self, column: str, tag: str) -> str:
        side = f'<{tag} class="{self.template.name(30)}">{self.side()}</{tag}>' if self.has["side"] else ""
        main = f'<{tag} class="{self.template.name(31)}">{column}</{tag}>'
        return side + main if self.has["side"] == "before" else main + side

    def top(self) -> str:
        crumbs = {
            None: "",
            "short": '<a href="/">Main</a> / <a href="/news/">News</a>',
            "with title": '<a href="/">Main</a> / <a href="/news/">News</a> / '
            + f"<span>{escape(self.page.title, quote=False)}</span>",
        }
        strip = self.strip() if self.has["strip"] == "page" and not self.page_head else ""
        return f"<div>{crumbs[self.has['crumbs']]}</div>{self.box(strip, index=40) if strip else ''}{self.page_head}"  # type: ignore[index]

    def bottom(self) -> str:
        text = f"© {self.site}. All rights reserved."
        if self.has["footer"] == "long":
            text += (
                " When materials of the site are used, a link to it is required. Postal address: 1 Lake Road, Arvel."
            )
        return text

    def div_frame(self, column: str) -> str:
        menu = "".join(f'<div><a href="/{name}/">{name}</a></div>' for name in ("news", "documents", "structure"))
        return (
            f'<div><a href="/">{self.site}</a></div><div>{menu}</div>{self.top()}<div>{self.around(column, "div")}</div>'
            f"<div><div>{self.bottom()}</div></div>"
        )

    def table_frame(self, column: str) -> str:
        menu = "".join(f'<a href="/{name}/">{name}</a> ' for name in ("news", "documents", "structure"))
        return (
            f'<table><tr><td colspan="2"><a href="/">{self.site}</a></td></tr><tr><td colspan="2">{menu}</td></tr>'
            f'<tr><td colspan="2">{self.top()}</td></tr><tr>{self.around(column, "td")}</tr>'
            f'<tr><td colspan="2">{self.bottom()}</td></tr></table>'
        )

    def semantic_frame(self, column: str) -> str:
        menu = "".join(f'<li><a href="/{name}/">{name}</a></li>' for name in ("news", "documents", "structure"))
        return (
            f'<header><a href="/">{self.site}</a><nav><ul>{menu}</ul></nav></header>{self.top()}'
            f"<main>{self.around(column, 'div')}</main><footer>{self.bottom()}</footer>"
        )
