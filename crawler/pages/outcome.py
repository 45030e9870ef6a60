"""The positive gate: is this answer an article at all, and if not, what is it? (FAULTS 0.3)

``ok`` is never the absence of a complaint. It takes a title that is seen on the page and agrees with what the page calls itself,
text below it, at least one more sign of an article, an address that doesn't contradict, and a whole and clean stream. Only
when that isn't so is a name looked for: blocked, maintenance, soft 404. An unknown shape is ``extract_failed``, never ``ok``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from crawler.pages.blocks import Line, lines_of
from crawler.pages.boilerplate import PROSE, TOOLS, has_day, is_back_line, is_mostly_link, small_talk
from crawler.pages.document import Document, Element
from crawler.pages.found import Found
from crawler.pages.links import Leads, Links
from crawler.pages.slugs import spells
from crawler.pages.text import fold, skeleton
from storage.records import Outcome

_THING: Final = (
    "element|page|section|file|article|document|news|item|content"
    "|элемент|страница|раздел|файл|документ|новость|материал|статья"
)
_NOT_FOUND: Final = re.compile(
    rf"\W*(?:(?:error|ошибка)\W*)?(?:404\W*)?(?:the |this |requested |запрашиваемая |запрошенная )*(?:{_THING})?\s*"
    r"(?:(?:was|is|has|were|could|can) ?(?:not|n't)(?: be)?(?: been)? found|not found|does(?: not|n't) exist|no longer exists"
    r"|(?:is )?(?:un|not )available|не найден[ао]?|не существует|недоступ\w+|отсутствует|удал[её]н[ао]?)\W*(?:404)?\W*"
    r"|\W*(?:error |ошибка )?(?:404|410)\W*(?:error|ошибка)?\W*",
    re.IGNORECASE,
)
_MAINTENANCE: Final = re.compile(
    r"(?:under|scheduled|planned|undergoing|site|system|technical|for) maintenance|maintenance (?:mode|work)"
    r"|(?:technical|engineering) (?:works?|break)|temporarily (?:unavailable|closed|down|out)|service unavailable"
    r"|(?:be|come) back (?:soon|later|shortly)|техническ\w+ (?:работ|обслуживан|перерыв)\w*|профилактическ\w+ работ\w*"
    r"|временно (?:не ?доступ|закрыт|не работает|приостанов)\w*|сервис недоступен",
    re.IGNORECASE,
)
_CHALLENGE: Final = re.compile(
    r"ddos-?guard|__ddg|cf-(?:browser|chl|challenge|turnstile)|cdn-cgi/challenge|g-recaptcha|h-captcha|smartcaptcha|captcha"
    r"|checking your browser|just a moment|verify(?:ing)? (?:that )?you are (?:a )?human|not a robot|не робот"
    r"|проверк\w+ (?:вашего )?браузера|access (?:to this \w+ )?(?:is |was |has been )?denied|unusual traffic"
    r"|доступ (?:к \w+ )?(?:запрещ|огранич|заблокир)\w+|(?:enable|включите) (?:java ?script|cookies?)"
    r"|request (?:was )?blocked|incapsula|qrator|stormwall",
    re.IGNORECASE,
)
_LOGIN_ADDRESS: Final = re.compile(r"/(?:auth|login|personal)\b|[?&](?:login|register|auth)=")
_MACHINES: Final = ("script", "form", "iframe", "img", "input", "div")
_SHORT: Final = 700
"""Letters up to which a message of the site itself may run; an article about such a message says more, or has a date."""
_SIGNIFICANT_PROSE: Final = 600
LIKE_PROBE: Final = "like the page that this site shows for an address that doesn't exist"
_REPLACEMENT: Final = "\ufffd"


@dataclass(frozen=True, slots=True)
class Judgement:
    outcome: Outcome
    reason: str


_BY_STATUS: Final = {
    404: Judgement(Outcome.GONE, "status 404"),
    410: Judgement(Outcome.GONE, "status 410"),
    204: Judgement(Outcome.EMPTY, "status 204: no content"),
    304: Judgement(Outcome.NOT_MODIFIED, "status 304"),
}


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The main text of this crawl's probe page: what the site says where there is no article."""

    title: str
    lines: frozenset[str]

    def common(self, other: Fingerprint) -> Fingerprint:
        """What two probe pages say alike: teasers that are drawn anew are not the message."""
        title = self.title if self.title == other.title else ""
        return Fingerprint(title, self.lines & other.lines)

    def without(self, lines: frozenset[str]) -> Fingerprint:
        """The message alone: what stands on the site's lists too is the strip, and may be some article's opening."""
        return Fingerprint(self.title, self.lines - lines)


def of_status(status: int, body: bytes) -> Judgement | None:
    """What the status alone decides; None for 200, which decides nothing."""
    if status == 200:
        return None
    named = _BY_STATUS.get(status)
    if named is not None:
        return named
    if 300 <= status < 400:
        return Judgement(Outcome.MOVED, f"status {status}: a redirect that was not followed")
    if status in (401, 403, 429, 503) and _CHALLENGE.search(body[:65536].decode("utf-8", "replace")):
        return Judgement(Outcome.BLOCKED, f"status {status} with a challenge in place of the page")
    if status == 503:
        return Judgement(Outcome.MAINTENANCE, "status 503: the site says that it can't serve now")
    return Judgement(Outcome.HTTP_ERROR, f"status {status}")


def of_redirect(url: str, final_url: str | None, links: Links) -> Judgement | None:
    """What it means that the answer came from another address than the one that was asked for."""
    if final_url is None:
        return None
    leads = links.leads(final_url)
    if leads is Leads.HERE:
        return None
    if _LOGIN_ADDRESS.search(final_url):
        return Judgement(Outcome.SOFT_404, "redirect to a log-in")
    if leads is Leads.UP:
        return Judgement(Outcome.SOFT_404, "redirect to the home page or a list")
    if leads in (Leads.OUT, Leads.NOWHERE, Leads.SHARE):
        return Judgement(Outcome.OUT_OF_SCOPE, "redirect to another site")
    return Judgement(Outcome.MOVED, "redirect to another page")


def of_article(found: Found, document: Document, links: Links, probe: Fingerprint | None) -> Judgement:
    """The gate for a page in which a title with text below it was found."""
    against = (
        _of_named_address(document, links)
        or _of_probe(found, probe)
        or _of_damage(found)
        or _of_list(found, links)
        or _of_message(found, document)
    )
    if against is not None:
        return against
    sign = _sign(found, document, links)
    if sign is None:
        return of_no_article(document, None, found)
    return Judgement(Outcome.OK, f"a title with text below it, and {sign}")


def of_no_article(document: Document, probe: Fingerprint | None, found: Found | None = None) -> Judgement:
    """The best name for a page that is no article."""
    text = _visible(document)
    if not text:
        return _of_no_text(document)
    if _is_challenge(document, text, document.body):
        return Judgement(Outcome.BLOCKED, "a challenge, a captcha or a log-in in place of the page")
    if _is_like_probe(document, text, probe):
        return Judgement(Outcome.SOFT_404, LIKE_PROBE)
    if _says_not_found(document):
        return Judgement(Outcome.SOFT_404, "the page says that it was not found")
    if len(text) < 4000 and _MAINTENANCE.search(text):
        return Judgement(Outcome.MAINTENANCE, "the page says that the site is being worked on")
    why = (
        "no title with text of its own below it"
        if found is None
        else "a title with text, and no other sign of an article"
    )
    return Judgement(Outcome.EXTRACT_FAILED, why)


def _of_no_text(document: Document) -> Judgement:
    if next(document.root.iter("script", "noscript"), None) is not None:
        return Judgement(Outcome.BLOCKED, "nothing but scripts")
    return Judgement(Outcome.EMPTY, "no text")


def _of_named_address(document: Document, links: Links) -> Judgement | None:
    """The canonical link, or og:url, names another page: the answer isn't the page that was asked for (FAULTS 0.3)."""
    for named in (document.canonical, document.og_url):
        if not named:
            continue
        leads = links.leads(named)
        target = links.target(named)
        if leads is Leads.UP and target is not None:
            return Judgement(Outcome.SOFT_404, "the page says that it is the home page or a list")
        if leads is Leads.ARTICLE and target is not None and _last(target) != _last(links.own):
            return Judgement(Outcome.SUSPECT, "the page says that it is another article")
    return None


def _last(url: str) -> str:
    """The slug: one article stands in two sections under one slug."""
    return url.rstrip("/").rpartition("/")[2]


def _of_probe(found: Found, probe: Fingerprint | None) -> Judgement | None:
    if probe is None or not probe.lines:
        return None
    known = sum(text in probe.lines for text in found.texts)
    if known and known * 2 >= len(found.texts) and (found.published is None or known == len(found.texts)):
        return Judgement(Outcome.SOFT_404, LIKE_PROBE)
    return None


def _names_itself(document: Document, links: Links) -> bool:
    return any(named and links.leads(named) is Leads.HERE for named in (document.canonical, document.og_url))


def _of_damage(found: Found) -> Judgement | None:
    lost = sum(text.count(_REPLACEMENT) for text in found.texts)
    if lost >= 3:
        return Judgement(Outcome.UNDECODABLE, f"{lost} letters were lost before the page was sent (U+FFFD)")
    return None


def _of_list(found: Found, links: Links) -> Judgement | None:
    """Dated links to other pages of the site make up much of it, or links are all there is: a list, or the home page.

    An article may end in links to what was adopted: it has a sentence of its own before them, and no days beside them. The
    name is a cautious one, since a soft 404 counts as a deletion.
    """
    lines = [line for line in (found.lines[index] for index in found.kept) if line.text]
    naming = [line for line in lines if is_mostly_link(line) and _leads_on(line, links)]
    dated = [line for line in naming if has_day(line.text)]
    is_all = len(naming) > 2 and not any(line.own >= PROSE for line in lines)
    if is_all or (len(dated) > 2 and len(dated) * 5 >= len(lines) * 2):
        return Judgement(Outcome.EXTRACT_FAILED, "a list of other pages")
    return None


def _leads_on(line: Line, links: Links) -> bool:
    return any(links.leads(anchor.href) in (Leads.ARTICLE, Leads.SITE, Leads.UP) for anchor in line.anchors)


def _of_message(found: Found, document: Document) -> Judgement | None:
    """A short message of the site that has a title too; a date or an article's length speaks against it."""
    if found.texts and all(map(_NOT_FOUND.fullmatch, found.texts)):
        # Some templates keep name and day of an article whose text is no more.
        return Judgement(Outcome.SOFT_404, "the page says that it was not found")
    letters = sum(len(text) for text in found.texts)
    if found.published is not None or letters > _SHORT:
        return None
    if _NOT_FOUND.fullmatch(found.title.text) or any(map(_NOT_FOUND.fullmatch, found.texts[:2])):
        return Judgement(Outcome.SOFT_404, "the page says that it was not found")
    if _is_challenge(document, " ".join([found.title.text, *found.texts]), found.region):
        return Judgement(Outcome.BLOCKED, "a challenge, a captcha or a log-in in place of the page")
    if _MAINTENANCE.search(found.title.text):
        return Judgement(Outcome.MAINTENANCE, "the page says that the site is being worked on")
    return None


def _sign(found: Found, document: Document, links: Links) -> str | None:
    """What else says that this is an article, in plain words. One sign is enough for a title that agrees, else two."""
    signs = list(islice(_signs(found, document, links), 1 if found.title.agrees else 2))
    return " and ".join(signs) if len(signs) == (1 if found.title.agrees else 2) else None


def _signs(found: Found, document: Document, links: Links) -> Iterator[str]:
    if found.published is not None:
        yield "a date of its own"
    if _names_itself(document, links):
        yield "its own address in the head"
    if spells(links.own, found.title.text):
        yield "an address that spells its title"
    if (document.og_type or "").lower() == "article" or _is_marked(found):
        yield "marked as an article"
    if document.og_title and skeleton(document.og_title) == skeleton(found.title.text):
        yield "its title in the head as the site shares it"
    if found.has_back_lines or _is_followed(found, lambda line: is_back_line(line, links)):
        yield "navigation lines below it"
    is_counted = any(verdict.why in TOOLS for verdict in found.verdicts.values())
    if is_counted or _is_followed(found, lambda line: small_talk(line, links) in TOOLS):
        yield "a counter or a share bar below it"
    letters = [len(text) for text in found.texts if len(text) >= PROSE]
    if len(letters) > 1 and sum(letters) >= _SIGNIFICANT_PROSE and _has_frame(document, links):
        yield "paragraphs in the site's frame"


def _is_followed(found: Found, is_sign: Callable[[Line], bool]) -> bool:
    """Whether such a line stands right behind the region or the box around it."""
    around = found.region.getparent()
    for box in (found.region, around):
        for sibling in box.itersiblings() if box is not None and box.tag != "body" else ():
            if any(is_sign(replace(line, site_tag=None)) for line in lines_of(sibling, everything=True)[:12]):
                return True
    return False


def _is_marked(found: Found) -> bool:
    element = found.title.element
    if element.tag == "article" or next(element.iterancestors("article"), None) is not None:
        return True
    return any("Article" in (box.get("itemtype") or "") for box in (found.region, *found.region.iterancestors()))


def _has_frame(document: Document, links: Links) -> bool:
    """Whether the page leads up into its own site at least three times: a menu, crumbs, a logo."""
    up = 0
    for anchor in document.body.iter("a"):
        href = anchor.get("href")
        if href and links.leads(href) in (Leads.UP, Leads.SITE):
            up += 1
            if up == 3:
                return True
    return False


def _visible(document: Document) -> str:
    return " ".join(line.text for line in lines_of(document.body, everything=True) if line.text)


def _is_challenge(document: Document, text: str, where: Element) -> bool:
    """``where``: a log-in counts only here; a site may have one in the head of every page."""
    if any((field.get("type") or "").lower() == "password" for field in where.iter("input")):
        return True
    if document.refresh is not None and len(text) < _SHORT:
        return True
    if _CHALLENGE.search(" ".join((*document.titles, text[:3000]))):
        return True
    return len(text) < _SHORT and any(
        _CHALLENGE.search(_machinery(element)) for element in document.root.iter(*_MACHINES)
    )


def _machinery(element: Element) -> str:
    return f"{element.text or ''} {' '.join(map(str, element.attrib.values()))}"


def _is_like_probe(document: Document, text: str, probe: Fingerprint | None) -> bool:
    if probe is None:
        return False
    if probe.title and document.titles and document.titles[-1] == probe.title:
        return True
    return bool(probe.lines) and sum(line in text for line in probe.lines) * 5 >= len(probe.lines) * 4


def _says_not_found(document: Document) -> bool:
    if any(_NOT_FOUND.fullmatch(part) for title in document.titles for part in re.split(r"\s+[-–—|]\s+|:\s+", title)):
        return True
    for element in document.body.iter("h1", "h2", "h3", "p", "div", "font", "b", "td", "span"):
        if element.text and len(element.text) < 120 and _NOT_FOUND.fullmatch(fold(element.text)):
            return True
    return False
