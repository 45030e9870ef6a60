"""HTML5 that says what it means: ``main``, ``article``, ``header``, ``time``, ``h1``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from replica.markups.base import FILLER, HEAD_TITLE, MAIN, SIDEBAR, STRIP, YEAR, Markup, Teaser, escaped
from replica.model import Article
from replica.noise import BX, COMMENT, COUNT, GAP, NONCE, NOW, TOKEN


class Semantic(Markup):
    name: ClassVar[str] = "semantic"

    def head_title(self, title: str) -> str:
        return f"{title} — {self.phrases.site}"

    def frame(self) -> str:
        phrases, items = self.phrases, "".join(f"<li>{link}</li>" for link in self.menu_links())
        return f"""<!doctype html>
<html lang="{self.language}">
<head>
<meta charset="utf-8">
<title>{HEAD_TITLE}</title>
<meta{self.attributes(name="csrf-token", content=TOKEN)}>
<meta{self.attributes(property="og:site_name", content=phrases.site)}>
<script nonce="{NONCE}">window.page={{"id":"{BX}","now":"{NOW}"}}</script>
</head>
<body>{COMMENT}
<header><a href="/">{phrases.site}</a><time>{NOW}</time>{self.language_link()}
<form role="search" action="/search/"><input name="q" placeholder="{phrases.search}"></form>
<nav><ul>{items}</ul></nav></header>
<nav aria-label="breadcrumb"><ol><li><a href="/">{phrases.home}</a></li>
<li><a href="/news/">{phrases.menu[0][1]}</a></li></ol></nav>
{STRIP}
<main{self.attributes(id="main", data_id=BX)}>
{MAIN}
</main>
<aside>{SIDEBAR}<ul>{FILLER}</ul></aside>
<footer><p>© {YEAR} {phrases.site}. {phrases.rights} {self.service_links()}</p></footer>
</body>
</html>"""

    def strip(self, teasers: Sequence[str]) -> str:
        return f'<section aria-label="{self.phrases.latest}">{GAP.join(teasers)}</section>' if teasers else ""

    def article(self, article: Article) -> str:
        date = self.date_of(article)
        stamp = f'<time datetime="{article.published}">{date}</time>' if date else ""
        lead = f"<figure>{self.image(article.lead)}</figure>" if article.lead else ""
        lines = "".join(
            f"<li><a{self.attributes(href=href)}>{text}</a></li>" for text, href in self.back_links(article)
        )
        return f"""<article{self.attributes(id=BX, class_="story")}>{COMMENT}
<header><h1>{escaped(article.title)}</h1>{stamp}</header>
{lead}
{self.body(article.parts, "p")}
</article>
<nav><ul>{lines}</ul></nav><p><small>{self.phrases.views}: {COUNT}</small></p>"""

    def teaser(self, teaser: Teaser) -> str:
        image = f'<img src="{teaser.image}" alt="" loading="lazy">' if teaser.image else ""
        date = f"<time>{teaser.date}</time>" if teaser.date else ""
        title = f"<h2><a{self.attributes(href=teaser.href)}>{escaped(teaser.title)}</a></h2>" if teaser.title else ""
        texts = "".join(f"<p>{escaped(text)}</p>" for text in teaser.paragraphs)
        more = "" if title else f'<a href="{teaser.href}">…</a>'
        return f"<article{self.attributes(class_='teaser', id=BX)}>{image}{date}{title}{texts}{more}</article>"

    def listing(self, title: str, lines: Sequence[str], pager: str) -> str:
        return f"<h1>{escaped(title)}</h1><section>{GAP.join(lines)}</section>{pager}"

    def message(self, title: str, text: str, form: str = "") -> str:
        return f"<h1>{escaped(title)}</h1><p>{escaped(text)}</p>{form}"

    def filler(self, href: str, text: str) -> str:
        return f'<li><a href="{href}"><span>{text}</span></a></li>'
