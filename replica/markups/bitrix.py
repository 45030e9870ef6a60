"""The default ``news.detail`` template of 1C-Bitrix, in a Bootstrap frame with cards for teasers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from replica.markups.base import FILLER, HEAD_TITLE, MAIN, SIDEBAR, STRIP, YEAR, Markup, Teaser, escaped
from replica.model import Article
from replica.noise import BX, COMMENT, COUNT, GAP, NONCE, NOW, TOKEN


class Bitrix(Markup):
    name: ClassVar[str] = "bitrix"

    def head_title(self, title: str) -> str:
        return title

    def frame(self) -> str:
        phrases, items = self.phrases, "".join(f'<li class="nav-item">{link}</li>' for link in self.menu_links())
        return f"""<!DOCTYPE html>
<html xml:lang="{self.language}" lang="{self.language}">
<head>
<meta{self.attributes(http_equiv="Content-Type", content="text/html; charset=UTF-8")} />
<title>{HEAD_TITLE}</title>
<link{self.attributes(href="/bitrix/cache/css/s1/main/template.css", rel="stylesheet", type="text/css")} />
<script nonce="{NONCE}">BX.message({{'bitrix_sessid':'{TOKEN}','SERVER_TIME':'{NOW}'}});</script>
</head>
<body>{COMMENT}
<div id="panel"></div>
<header class="container"><div class="row">
<a class="navbar-brand" href="/">{phrases.site}</a><span class="clock">{NOW}</span>{self.language_link()}
<form{self.attributes(action="/search/index.php", method="get")}><input type="hidden" name="sessid" value="{TOKEN}" />
<input type="text" name="q" placeholder="{phrases.search}" /></form>
</div><ul class="navbar-nav">{items}</ul></header>
<div class="container"><div class="bx-breadcrumb"><a href="/">{phrases.home}</a> / <a href="/news/">{phrases.menu[0][1]}</a></div>
<div class="row"><div{self.attributes(class_="col-md-9", id="content")}>
{STRIP}{MAIN}
</div><aside class="col-md-3">{SIDEBAR}<ul class="bx-filler">{FILLER}</ul></aside></div></div>
<footer class="container"><p>&copy; {YEAR} {phrases.site}. {phrases.rights} {self.service_links()}</p></footer>
<script>(window.Ya=window.Ya||[]).push("{BX}");</script>
</body></html>"""

    def strip(self, teasers: Sequence[str]) -> str:
        return f'<div class="row bx-cards" id="{BX}">{GAP.join(teasers)}</div>' if teasers else ""

    def article(self, article: Article) -> str:
        title, date = escaped(article.title), self.date_of(article)
        stamp = f'<span class="news-date-time">{date}</span>' if date else ""
        lead = self.image(article.lead, class_="detail_picture", border="0") if article.lead else ""
        behind = article.date_place == "title"
        heading = f"<h3>{title}</h3>" if not behind else f"<h3>{title} {stamp}</h3>"
        above = f'<h1 id="pagetitle">{title}</h1>' if behind else ""
        style = "br" if article.style == "br" else "p"
        lines = "".join(
            f"<p><a{self.attributes(href=href)}>{text}</a></p>{GAP}" for text, href in self.back_links(article)
        )
        return f"""{above}<div{self.attributes(class_="news-detail", id=BX)}>{COMMENT}
{lead}{"" if behind else stamp}{heading}
{self.body(article.parts, style)}
<div style="clear:both"></div></div>
{lines}<div class="counter">{self.phrases.views}: {COUNT}</div>"""

    def teaser(self, teaser: Teaser) -> str:
        image = f'<img class="card-img-top" src="{teaser.image}" alt="">' if teaser.image else ""
        date = f'<span class="news-date-time">{teaser.date}</span> ' if teaser.date else ""
        title = (
            f"<a{self.attributes(href=teaser.href)}><b>{escaped(teaser.title)}</b></a><br />" if teaser.title else ""
        )
        texts = "".join(f"<p>{escaped(text)}</p>" for text in teaser.paragraphs)
        more = f'<a class="stretched-link" href="{teaser.href}"></a>'
        return f"<div{self.attributes(class_='card news-item', id=BX)}>{image}{date}{title}{texts}{more}</div>"

    def listing(self, title: str, lines: Sequence[str], pager: str) -> str:
        return f'<h1 id="pagetitle">{escaped(title)}</h1><div class="news-list">{GAP.join(lines)}{pager}</div>'

    def message(self, title: str, text: str, form: str = "") -> str:
        return f'<p><font class="errortext">{escaped(title)}</font></p><p>{escaped(text)}</p>{form}'

    def filler(self, href: str, text: str) -> str:
        return f'<li class="bx-nav-2-lvl"><a href="{href}"><span>{text}</span></a></li>'
