"""Nested ``div`` with classes that mean nothing, teasers in the very column of the article: "layout B", the likeliest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from replica.markups.base import FILLER, HEAD_TITLE, MAIN, SIDEBAR, STRIP, YEAR, Markup, Teaser, escaped
from replica.model import Article
from replica.noise import BX, COMMENT, COUNT, GAP, NONCE, NOW, TOKEN


class Divs(Markup):
    name: ClassVar[str] = "divs"

    def frame(self) -> str:
        phrases, items = self.phrases, "".join(f"<div>{link}</div>" for link in self.menu_links())
        return f"""<!DOCTYPE html>
<html lang="{self.language}">
<head>
<meta charset="utf-8">
<title>{HEAD_TITLE}</title>
<script nonce="{NONCE}">var s={{bitrix_sessid:"{TOKEN}",t:"{NOW}"}};</script>
</head>
<body>{COMMENT}
<div class="a1"><div><a href="/">{phrases.site}</a></div><div>{NOW}</div><div>{self.language_link()}</div>
<form action="/search/"><input name="q" placeholder="{phrases.search}">
<input type="hidden" name="sessid" value="{TOKEN}"></form></div>
<div class="a2">{items}</div>
<div class="a3"><a href="/">{phrases.home}</a> / <a href="/news/">{phrases.menu[0][1]}</a></div>
<div{self.attributes(class_="b1", id=BX)}>
<div class="b2">
{STRIP}{MAIN}
</div>
<div class="b3">{SIDEBAR}<div>{FILLER}</div></div>
</div>
<div class="a9"><div>© {YEAR} {phrases.site}. {phrases.rights} {self.service_links()}</div></div>
</body>
</html>"""

    def article(self, article: Article) -> str:
        title, date, place = escaped(article.title), self.date_of(article), article.date_place
        if article.parts[0].kind != "paragraph":
            place = "line"
        glued = f"<span>{date}</span>" if place == "glued" and date else ""
        heading = f'<div class="c1">{title}</div>'
        if date and place == "title":
            heading += f'<div class="c1">{title} <span>{date}</span></div>'
        elif date and not glued:
            heading += f"<div>{date}</div>"
        lead = f"<div>{self.image(article.lead)}</div>" if article.lead else ""
        lines = GAP.join(
            f"<div><a{self.attributes(href=href)}>{text}</a></div>" for text, href in self.back_links(article)
        )
        return f"""{heading}{lead}
<div{self.attributes(class_="c4", id=BX)}>{COMMENT}{self.body(article.parts, article.style, glued)}</div>
{lines}<div>{self.phrases.views}: {COUNT}</div>"""

    def teaser(self, teaser: Teaser) -> str:
        image = f'<div><img src="{teaser.image}" alt=""></div>' if teaser.image else ""
        date = f"<div>{teaser.date}</div>" if teaser.date else ""
        title = f"<div><a{self.attributes(href=teaser.href)}>{escaped(teaser.title)}</a></div>" if teaser.title else ""
        texts = "".join(f"<div>{escaped(text)}</div>" for text in teaser.paragraphs)
        if teaser.paragraphs and not title:
            texts = f"<a{self.attributes(href=teaser.href)}>{texts}</a>"
        return f"<div>{image}{date}{title}{texts}</div>"

    def listing(self, title: str, lines: Sequence[str], pager: str) -> str:
        return f'<div class="c1">{escaped(title)}</div>{GAP.join(lines)}{pager}'

    def message(self, title: str, text: str, form: str = "") -> str:
        return f"<div>{escaped(title)}</div><div>{escaped(text)}</div>{form}"

    def filler(self, href: str, text: str) -> str:
        return f'<div><a href="{href}"><span>{text}</span></a></div>'
