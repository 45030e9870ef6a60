"""What else than a title with text says that a page is an article, and what its siblings show that it lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Final

from crawler.pages.blocks import Line, lines_of
from crawler.pages.boilerplate import PROSE, TOOLS, is_back_line, is_back_words, small_talk
from crawler.pages.document import Document, Element, text_of
from crawler.pages.found import Found
from crawler.pages.links import Leads, Links
from crawler.pages.model import Model
from crawler.pages.slugs import spells
from crawler.pages.text import fold, skeleton

DATED: Final = "a date of its own"
OWN_ADDRESS: Final = "its own address in the head"
SPELLED: Final = "an address that spells its title"
MARKED: Final = "marked as an article"
SHARED_TITLE: Final = "its title in the head as the site shares it"
NAVIGATION: Final = "navigation lines below it"
TOOLBAR: Final = "a counter or a share bar below it"
PARAGRAPHS: Final = "paragraphs in the site's frame"
AGREEING: Final = "a title that agrees with the head"
OPEN: Final = "open to search engines"

_OF_THE_ENGINE: Final[tuple[str, ...]] = (OWN_ADDRESS, SPELLED, SHARED_TITLE, MARKED, OPEN)
"""What the site's engine writes on all articles or on none. A title may be edited: the page is known by its text then."""
_OF_THE_EDITOR: Final[tuple[str, ...]] = (DATED, AGREEING, NAVIGATION)
"""What may be forgotten: a long text in its place makes up for it."""
LEAST_PAGES: Final = 5
"""Pages of a template from which its signs are asked of every page."""
_SHARE: Final = 0.8
_LOOKED_AT: Final = 12
"""Lines of a box behind the article that may be navigation or a counter."""
_SIGNIFICANT_PROSE: Final = 600


def sign_of(found: Found, document: Document, links: Links) -> str | None:
    """What says that this is an article, in plain words. One sign is enough for a title that agrees, else two."""
    enough = 1 if found.title.agrees else 2
    signs = list(islice(_signs(found, document, links), enough))
    return " and ".join(signs) if len(signs) == enough else None


def all_signs(found: Found, document: Document, links: Links) -> frozenset[str]:
    """Every sign that a page shows: for learning what its template's pages have in common."""
    return frozenset(sign for sign, is_shown in _SHOWN.items() if is_shown(found, document, links))


def common_signs(shown: Sequence[frozenset[str]]) -> frozenset[str]:
    """The signs that nearly all pages of a template show."""
    count = Counter(sign for signs in shown for sign in signs)
    return frozenset(sign for sign, number in count.items() if number >= _SHARE * len(shown))


def lacking(found: Found, document: Document, links: Links, wanted: frozenset[str]) -> list[str]:
    """Those of the ``wanted`` signs, which its siblings show, that this page doesn't."""
    if not wanted:
        return []
    is_short = _letters(found) < _SIGNIFICANT_PROSE
    asked = [sign for sign in _OF_THE_ENGINE if sign in wanted and (is_short or found.template is not None)]
    asked += [sign for sign in _OF_THE_EDITOR if sign in wanted and is_short]
    return [sign for sign in asked if not _SHOWN[sign](found, document, links)]


def wanted_of(found: Found, model: Model | None) -> frozenset[str]:
    """What its template's pages show; of a page that stands in no known template, what those of all templates do."""
    if found.template is not None:
        return found.template.signs if found.template.pages >= LEAST_PAGES else frozenset()
    known = [template for template in model.templates if template.pages >= LEAST_PAGES] if model is not None else []
    return frozenset.intersection(*(template.signs for template in known)) if known else frozenset()


def _letters(found: Found) -> int:
    """Those of running text."""
    return sum(line.own for line in (found.lines[index] for index in found.kept) if line.own >= PROSE)


def _signs(found: Found, document: Document, links: Links) -> Iterator[str]:
    """Those that one page alone can show, the cheapest first."""
    return (sign for sign in _OF_ONE_PAGE if _SHOWN[sign](found, document, links))


def _names_itself(_found: Found, document: Document, links: Links) -> bool:
    return any(named and links.leads(named) is Leads.HERE for named in (document.canonical, document.og_url))


def _is_called_article(found: Found, document: Document, _links: Links) -> bool:
    return (document.og_type or "").lower() == "article" or _is_marked(found)


def _is_shared_by_title(found: Found, document: Document, _links: Links) -> bool:
    shared, title = document.og_title, found.title.text
    return bool(shared) and (shared == title or skeleton(shared or "") == skeleton(title))


def _has_navigation(found: Found, _document: Document, links: Links) -> bool:
    return (
        found.has_back_lines
        or any(map(_leads_back, _behind(found)))
        or _is_followed(found, lambda line: is_back_line(line, links))
    )


def _leads_back(box: Element) -> bool:
    """Whether one of its first links says so: told without walking all of it."""
    return any(is_back_words(fold(text_of(anchor))) for anchor in islice(box.iter("a"), _LOOKED_AT))


def _has_toolbar(found: Found, _document: Document, links: Links) -> bool:
    is_counted = any(verdict.why in TOOLS for verdict in found.verdicts.values())
    return is_counted or _is_followed(found, lambda line: small_talk(line, links) in TOOLS)


def _has_paragraphs(found: Found, document: Document, links: Links) -> bool:
    letters = [len(text) for text in found.texts if len(text) >= PROSE]
    return len(letters) > 1 and sum(letters) >= _SIGNIFICANT_PROSE and _has_frame(document, links)


def _is_followed(found: Found, is_sign: Callable[[Line], bool]) -> bool:
    """Whether such a line stands behind the article."""
    for box in _behind(found):
        for line in lines_of(box, everything=True, limit=_LOOKED_AT):
            line.site_tag = None
            if is_sign(line):
                return True
    return False


def _behind(found: Found) -> Iterator[Element]:
    """The boxes that were passed over, and those right behind the region or the box around it."""
    boxes = (box for box in (found.region, found.region.getparent()) if box is not None and box.tag != "body")
    return chain(found.passed, *(box.itersiblings() for box in boxes))


def _is_marked(found: Found) -> bool:
    element = found.title.element
    if element.tag == "article" or next(element.iterancestors("article"), None) is not None:
        return True
    return any("Article" in (box.get("itemtype") or "") for box in (found.region, *found.region.iterancestors()))


def _is_open(_found: Found, document: Document, _links: Links) -> bool:
    return "noindex" not in document.robots.lower()


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


_SHOWN: Final[Mapping[str, Callable[[Found, Document, Links], bool]]] = {
    DATED: lambda found, _document, _links: found.published is not None,
    OWN_ADDRESS: _names_itself,
    SPELLED: lambda found, _document, links: spells(links.own, found.title.text),
    MARKED: _is_called_article,
    SHARED_TITLE: _is_shared_by_title,
    NAVIGATION: _has_navigation,
    TOOLBAR: _has_toolbar,
    PARAGRAPHS: _has_paragraphs,
    AGREEING: lambda found, _document, _links: bool(found.title.agrees),
    OPEN: _is_open,
}
_OF_ONE_PAGE: Final = (DATED, OWN_ADDRESS, SPELLED, MARKED, SHARED_TITLE, NAVIGATION, TOOLBAR, PARAGRAPHS)
