"""A layout of tables in windows-1251: paragraphs parted by two ``<br>``, no ``p`` anywhere, teasers in the article's own cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from replica.markups.base import FILLER, HEAD_TITLE, MAIN, SIDEBAR, STRIP, YEAR, Markup, Teaser, escaped
from replica.model import Article
from replica.noise import AGO, BX, COMMENT, COUNT, GAP, NOW, TOKEN, slot

META = slot("META")


class Table(Markup):
    name: ClassVar[str] = "table"
    encoding: ClassVar[str] = "cp1251"

    def head_title(self, title: str) -> str:
        return f"{title} - {self.phrases.site}"

    def frame(self) -> str:
        phrases = self.phrases
        items = "".join(
            f"<tr><td{self.attributes(bgcolor='#dde', height='18')}>{link}</td></tr>" for link in self.menu_links()
        )
        return f"""<html>
<head>
{META}<title>{HEAD_TITLE}</title>
<script language="JavaScript">var sid='{TOKEN}';var t='{NOW}';</script>
</head>
<body bgcolor="#ffffff">{COMMENT}
<table{self.attributes(width="980", border="0", cellpadding="0")}>
<tr><td colspan="3"><font size="5">{phrases.site}</font> <font size="1">{NOW}</font> {self.language_link()}
<form action="/search/"><input name="q"><input type="submit" value="{phrases.search}"></form></td></tr>
<tr><td colspan="3"><a href="/">{phrases.home}</a> &gt; <a href="/news/">{phrases.menu[0][1]}</a></td></tr>
<tr valign="top"><td width="180"><table>{items}</table></td>
<td{self.attributes(width="600", id=BX)}>
{STRIP}{MAIN}
</td>
<td width="200">{SIDEBAR}<table>{FILLER}</table></td></tr>
<tr><td colspan="3"><font size="1">&copy; {YEAR} {phrases.site}. {phrases.rights} {self.service_links()}</font></td></tr>
</table>
</body></html>"""

    def strip(self, teasers: Sequence[str]) -> str:
        return f"<br>{GAP}<br>".join(teasers) + "<br><br>" if teasers else ""

    def article(self, article: Article) -> str:
        title, date, place = escaped(article.title), self.date_of(article), article.date_place
        if article.parts[0].kind != "paragraph":
            place = "line"
        glued = f'<font color="#666666">{date}</font>' if place == "glued" and date else ""
        heading = f'<font size="4"><b>{title}</b></font><br><br>'
        if date and place == "title":
            heading += f"<b>{title}</b> <i>{date}</i><br><br>"
        elif date and not glued:
            heading += f"<i>{date}</i><br><br>"
        lead = self.image(article.lead, align="left", hspace="8") if article.lead else ""
        lines = "<br>".join(f"<a{self.attributes(href=href)}>{text}</a>" for text, href in self.back_links(article))
        return f"""{heading}{COMMENT}{lead}
{self.body(article.parts, "br", glued)}
{lines}<br><font size="1">{self.phrases.views}: {COUNT}</font>"""

    def teaser(self, teaser: Teaser) -> str:
        date = f"<i>{teaser.date}</i><br>" if teaser.date else ""
        title = f"<a{self.attributes(href=teaser.href)}><b>{escaped(teaser.title)}</b></a><br>" if teaser.title else ""
        texts = "<br><br>".join(escaped(text) for text in teaser.paragraphs)
        more = "" if title else f' <a href="{teaser.href}">&gt;&gt;</a>'
        return f"{date}{title}{texts}{more}"

    def side_line(self, href: str, title: str) -> str:
        return f"<a{self.attributes(href=href)}>{escaped(title)}</a> ({AGO} {self.phrases.hours_ago})<br>"

    def listing(self, title: str, lines: Sequence[str], pager: str) -> str:
        rows = GAP.join(f"<tr><td>{line}</td></tr>" for line in lines)
        return f'<font size="4"><b>{escaped(title)}</b></font><table>{rows}</table>{pager}'

    def message(self, title: str, text: str, form: str = "") -> str:
        return f'<font color="red"><b>{escaped(title)}</b></font><br><br>{escaped(text)}<br>{form}'

    def filler(self, href: str, text: str) -> str:
        return f'<tr><td><a href="{href}">{text}</a></td></tr>'
