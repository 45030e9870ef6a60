"""Small pages for the tests of this room: a frame with a menu, and answers of the site with them."""

from __future__ import annotations

from typing import Any

from crawler.pages.reading import Answer, Reading, read
from crawler.sites import SITES

URL = "https://en.odkb-csto.org/news/news_odkb/the_long_slug_of_an_article/"
TITLE = "The ministers met in Arvel"
MENU = '<div><a href="/">Main</a> <a href="/news/">News</a> <a href="/documents/">Papers</a> <a href="/structure/">Hall</a></div>'
HEADING = f"<h1>{TITLE}</h1>"
DATE = "<p>26.07.2024</p>"
FIRST = "The ministers talked for two hours about the plan of the year."
SECOND = "They agreed to meet again in the autumn on the lake shore."
FOOT = '<div><a href="/news/news_odkb/">Back to the section</a></div>'
OTHER = "/news/news_odkb/quite_another_long_article/"


def html(body: str, title: str = f"{TITLE} - Example Site", head: str = "") -> str:
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body>{MENU}{body}</body></html>"
    )


def reading(body: str, title: str = f"{TITLE} - Example Site", head: str = "", **answer: Any) -> Reading:
    return read_page(html(body, title, head), **answer)


def read_page(page: str | bytes, **answer: Any) -> Reading:
    body = page.encode() if isinstance(page, str) else page
    given: dict[str, Any] = {"url": URL, "status": 200, "content_type": "text/html; charset=utf-8"} | answer
    return read(Answer(body=body, **given), site=SITES["csto-en"])


def texts(found: Reading) -> list[str]:
    assert found.article is not None, f"{found.outcome}: {found.reason}"
    return [block.text for block in found.article.blocks]
