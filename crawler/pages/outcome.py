"""The positive gate: is this answer an article at all, and if not, what is it? (FAULTS 0.3)

``ok`` is never the absence of a complaint. It takes a title that is seen on the page and agrees with what the page calls itself,
text below it, at least one more sign of an article, whatever its siblings all show, an address that doesn't contradict, and a
whole and clean stream. Only when that isn't so is a name looked for: blocked, maintenance. An unknown shape is
``extract_failed``, never ``ok``; and only likeness to this crawl's probe page makes a ``soft_404``, never words alone, since that
counts as a deletion.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from crawler.pages.boilerplate import PROSE
from crawler.pages.document import Document
from crawler.pages.found import Found
from crawler.pages.links import Leads, Links
from crawler.pages.messages import CHALLENGE, MAINTENANCE, NOT_FOUND, SHORT, is_challenge, says_not_found, visible
from crawler.pages.probing import LIKE_PROBE, Fingerprint, is_like_probe, is_sites_name, is_text_of_probe
from crawler.pages.signs import lacking, sign_of
from crawler.pages.stand_ins import is_all_known, is_form, is_list, is_mostly_known, is_read_wrongly
from storage.records import Outcome

__all__ = [
    "LIKE_PROBE",
    "Fingerprint",
    "Judgement",
    "of_article",
    "of_known",
    "of_no_article",
    "of_redirect",
    "of_status",
]

_LOGIN_ADDRESS: Final = re.compile(r"/(?:auth|login|personal)\b|[?&](?:login|register|auth)=")
_LACKS: Final = "without what the site's other articles show"
_AND: Final = ", and "
_REPLACEMENT: Final = "\ufffd"
_NOT_FOUND: Final = "the page says that it was not found"
_WORKED_ON: Final = "the page says that the site is being worked on"
_BLOCKED: Final = "a challenge, a captcha or a log-in in place of the page"


@dataclass(frozen=True, slots=True)
class Judgement:
    """``may_agree``: the article goes along although it isn't believed, so that a second crawl, or a person, may agree."""

    outcome: Outcome
    reason: str
    may_agree: bool = False


_BY_STATUS: Final = {
    404: Judgement(Outcome.GONE, "status 404"),
    410: Judgement(Outcome.GONE, "status 410"),
    204: Judgement(Outcome.EMPTY, "status 204: no content"),
    304: Judgement(Outcome.NOT_MODIFIED, "status 304"),
}


def of_status(status: int, body: bytes) -> Judgement | None:
    """What the status alone decides; None for 200, which decides nothing."""
    if status == 200:
        return None
    named = _BY_STATUS.get(status)
    if named is not None:
        return named
    if 300 <= status < 400:
        return Judgement(Outcome.MOVED, f"status {status}: a redirect that was not followed")
    if status in (401, 403, 429, 503) and CHALLENGE.search(body[:65536].decode("utf-8", "replace")):
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


def of_article(
    found: Found, document: Document, links: Links, probe: Fingerprint | None, wanted: frozenset[str] = frozenset()
) -> Judgement:
    """The gate for a page in which a title with text below it was found. ``wanted``: the signs that its siblings show."""
    against = (
        _of_named_address(document, links)
        or _of_probe(found, document, probe)
        or _of_damage(found, document)
        or (Judgement(Outcome.EXTRACT_FAILED, "a list of other pages") if is_list(found, links) else None)
        or _of_message(found, document, probe)
        or (Judgement(Outcome.EXTRACT_FAILED, "a form in the place of an article") if is_form(found) else None)
    )
    if against is not None:
        return against
    sign = sign_of(found, document, links)
    if sign is None:
        return of_no_article(document, None, found)
    missed = lacking(found, document, links, wanted)
    if missed:
        return Judgement(Outcome.SUSPECT, f"{_LACKS}: {_AND.join(missed)}", may_agree=True)
    return Judgement(Outcome.OK, f"a title with text below it, and {sign}")


def of_no_article(document: Document, probe: Fingerprint | None, found: Found | None = None) -> Judgement:
    """The best name for a page that is no article."""
    text = visible(document)
    if not text:
        return _of_no_text(document)
    if is_challenge(document, text, document.body):
        return Judgement(Outcome.BLOCKED, _BLOCKED)
    if is_like_probe(document, probe):
        return Judgement(Outcome.SOFT_404, LIKE_PROBE)
    if says_not_found(document):
        return Judgement(Outcome.EXTRACT_FAILED, _NOT_FOUND)
    if len(text) < 4000 and MAINTENANCE.search(text):
        return Judgement(Outcome.MAINTENANCE, _WORKED_ON)
    why = (
        "no title with text of its own below it"
        if found is None
        else "a title with text, and no other sign of an article"
    )
    return Judgement(Outcome.EXTRACT_FAILED, why)


def of_known(found: Found, judged: Judgement, known: Callable[[], frozenset[str] | None]) -> Judgement:
    """What the store has of the page decides what its siblings, or a page without a date, leave open."""
    lacks = judged.outcome is Outcome.SUSPECT and judged.reason.startswith(_LACKS)
    if not lacks and (judged.outcome is not Outcome.OK or found.published is not None):
        return judged
    texts = known()
    if not texts:
        return judged
    is_known = is_all_known if lacks and _AND in judged.reason else is_mostly_known
    if is_known(found.texts, texts):
        return Judgement(Outcome.OK, "a title with text below it, and text that is known of it") if lacks else judged
    return Judgement(Outcome.SUSPECT, "no date, and little of what is known of this page", may_agree=True)


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
        if leads is Leads.HERE:
            continue
        target = links.target(named)
        if leads is Leads.UP and target is not None:
            return Judgement(Outcome.SUSPECT, "the page says that it is the home page or a list")
        if leads is Leads.ARTICLE and target is not None and _last(target) != _last(links.own):
            return Judgement(Outcome.SUSPECT, "the page says that it is another article")
    return None


def _last(url: str) -> str:
    """The slug: one article stands in two sections under one slug."""
    return url.rstrip("/").rpartition("/")[2]


def _of_probe(found: Found, document: Document, probe: Fingerprint | None) -> Judgement | None:
    is_sites = is_sites_name(found.title.text, probe)
    if is_text_of_probe(found, probe) or (is_sites and is_like_probe(document, probe)):
        return Judgement(Outcome.SOFT_404, LIKE_PROBE)
    if is_sites:
        return Judgement(Outcome.EXTRACT_FAILED, "called as the site itself is")
    return None


def _of_damage(found: Found, document: Document) -> Judgement | None:
    lost = "".join(found.texts).count(_REPLACEMENT)
    if lost >= 3:
        return Judgement(Outcome.UNDECODABLE, f"{lost} letters were lost before the page was sent (U+FFFD)")
    if is_read_wrongly(found, document):
        return Judgement(
            Outcome.SUSPECT, "letters that were encoded twice, here and around the article", may_agree=True
        )
    return None


def _is_told(found: Found) -> bool:
    """Three paragraphs in the place where the site's articles are known to stand: no message runs so long."""
    return found.template is not None and sum(len(text) >= PROSE for text in found.texts) > 2


def _of_message(found: Found, document: Document, probe: Fingerprint | None) -> Judgement | None:
    """A short message of the site that has a title too; a date or an article's length speaks against it."""
    if found.texts and all(map(NOT_FOUND.fullmatch, found.texts)):
        # Some templates keep name and day of an article whose text is no more.
        return _not_found(document, probe)
    letters = sum(map(len, found.texts))
    if found.published is not None or letters > SHORT or _is_told(found):
        return None
    if NOT_FOUND.fullmatch(found.title.text) or any(map(NOT_FOUND.fullmatch, found.texts[:2])):
        return _not_found(document, probe)
    if is_challenge(document, " ".join([found.title.text, *found.texts]), found.region):
        return Judgement(Outcome.BLOCKED, _BLOCKED)
    if MAINTENANCE.search(found.title.text):
        return Judgement(Outcome.MAINTENANCE, _WORKED_ON)
    return None


def _not_found(document: Document, probe: Fingerprint | None) -> Judgement:
    """Words alone name it; that the probe page is called the same makes it count."""
    if is_like_probe(document, probe):
        return Judgement(Outcome.SOFT_404, LIKE_PROBE)
    return Judgement(Outcome.EXTRACT_FAILED, _NOT_FOUND)
