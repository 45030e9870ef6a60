"""What a site's own messages say, by their words: not found, being worked on, prove that you are human. Names, never proofs."""

from __future__ import annotations

import re
from typing import Final

from crawler.pages.blocks import lines_of
from crawler.pages.document import Document, Element
from crawler.pages.text import fold

_THING: Final = (
    "element|page|section|file|article|document|news|item|content"
    "|элемент|страница|раздел|файл|документ|новость|материал|статья"
)
NOT_FOUND: Final = re.compile(
    rf"\W*(?:(?:error|ошибка)\W*)?(?:404\W*)?(?:the |this |requested |запрашиваемая |запрошенная )*(?:{_THING})?\s*"
    r"(?:(?:was|is|has|were|could|can) ?(?:not|n't)(?: be)?(?: been)? found|not found|does(?: not|n't) exist|no longer exists"
    r"|(?:is )?(?:un|not )available|не найден[ао]?|не существует|недоступ\w+|отсутствует|удал[её]н[ао]?)\W*(?:404)?\W*"
    r"|\W*(?:error |ошибка )?(?:404|410)\W*(?:error|ошибка)?\W*",
    re.IGNORECASE,
)
MAINTENANCE: Final = re.compile(
    r"(?:under|scheduled|planned|undergoing|site|system|technical|for) maintenance|maintenance (?:mode|work)"
    r"|(?:technical|engineering) (?:works?|break)|temporarily (?:unavailable|closed|down|out)|service unavailable"
    r"|(?:be|come) back (?:soon|later|shortly)|техническ\w+ (?:работ|обслуживан|перерыв)\w*|профилактическ\w+ работ\w*"
    r"|временно (?:не ?доступ|закрыт|не работает|приостанов)\w*|сервис недоступен",
    re.IGNORECASE,
)
CHALLENGE: Final = re.compile(
    r"ddos-?guard|__ddg|cf-(?:browser|chl|challenge|turnstile)|cdn-cgi/challenge|g-recaptcha|h-captcha|smartcaptcha|captcha"
    r"|checking your browser|just a moment|verify(?:ing)? (?:that )?you are (?:a )?human|not a robot|не робот"
    r"|проверк\w+ (?:вашего )?браузера|access (?:to this \w+ )?(?:is |was |has been )?denied|unusual traffic"
    r"|доступ (?:к \w+ )?(?:запрещ|огранич|заблокир)\w+|(?:enable|включите) (?:java ?script|cookies?)"
    r"|request (?:was )?blocked|incapsula|qrator|stormwall",
    re.IGNORECASE,
)
_MACHINES: Final = ("script", "form", "iframe", "img", "input", "div")
SHORT: Final = 700
"""Letters up to which a message of the site itself may run; an article about such a message says more, or has a date."""


def visible(document: Document) -> str:
    return " ".join(line.text for line in lines_of(document.body, everything=True) if line.text)


def is_challenge(document: Document, text: str, where: Element) -> bool:
    """``where``: a log-in counts only here; a site may have one in the head of every page."""
    if any((field.get("type") or "").lower() == "password" for field in where.iter("input")):
        return True
    if document.refresh is not None and len(text) < SHORT:
        return True
    if CHALLENGE.search(" ".join((*document.titles, text[:3000]))):
        return True
    return len(text) < SHORT and any(
        CHALLENGE.search(_machinery(element)) for element in document.root.iter(*_MACHINES)
    )


def _machinery(element: Element) -> str:
    return f"{element.text or ''} {' '.join(map(str, element.attrib.values()))}"


def says_not_found(document: Document) -> bool:
    if any(NOT_FOUND.fullmatch(part) for title in document.titles for part in re.split(r"\s+[-–—|]\s+|:\s+", title)):
        return True
    for element in document.body.iter("h1", "h2", "h3", "p", "div", "font", "b", "td", "span"):
        if element.text and len(element.text) < 120 and NOT_FOUND.fullmatch(fold(element.text)):
            return True
    return False
