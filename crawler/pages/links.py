"""Where the links of one page lead, seen from that page."""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from crawler.pages.urls import BadAddress, Origin, canonical, resolve, unbase

if TYPE_CHECKING:
    from crawler.sites import Site

_FILE: Final = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|odt|ods|rtf|txt|csv|zip|rar|7z|jpe?g|png|gif|webp|svg|bmp|tiff?|mp[34]|avi|mov|wmv|webm|ogg)$",
    re.IGNORECASE,
)
_SHARING: Final = re.compile(
    r"//(?:[\w-]+\.)*(?:vk\.com/share|vkontakte\.ru/share|facebook\.com/(?:sharer|share|dialog)|twitter\.com/(?:intent|share|home)"
    r"|x\.com/(?:intent|share)|t\.me/share|telegram\.me/share|connect\.ok\.ru|ok\.ru/dk|linkedin\.com/share|api\.whatsapp\.com"
    r"|wa\.me/\?|viber\.com|livejournal\.com/update|reddit\.com/submit|pinterest\.\w+/pin/create|connect\.mail\.ru/share)",
    re.IGNORECASE,
)
_LONG_NAME: Final = 12


class Leads(Enum):
    """What a link is, seen from the page it stands on."""

    NOWHERE = auto()
    """A script, a fragment, or nothing that can be understood."""
    CONTACT = auto()
    """A mail address or a telephone."""
    UP = auto()
    """The home page, a list, or a folder that this page lies in."""
    HERE = auto()
    ARTICLE = auto()
    """Another article of the same site."""
    SITE = auto()
    FILE = auto()
    SHARE = auto()
    OUT = auto()


class Links:
    """The links of the page at ``url`` (the site's own address); ``base_origin`` is where its bytes were fetched."""

    def __init__(self, url: str, site: Site | None = None, base_origin: str | None = None) -> None:
        self.url = url
        self.site = site
        self.own = canonical(url)
        self.host = self.own.partition("://")[2].partition("/")[0]
        self._origin = Origin.parse(base_origin) if base_origin else None

    def target(self, href: str) -> str | None:
        """The site's own absolute address that ``href`` means; None for what leads to no page or file."""
        found = resolve(self.url, href)
        if found is not None and self._origin is not None:
            return unbase(found, self._origin, self.host)
        return found

    def leads(self, href: str) -> Leads:
        found = self.target(href)
        if found is None:
            return Leads.CONTACT if href.strip()[:7].lower().startswith(("mailto:", "tel:")) else Leads.NOWHERE
        return _leads(self.own, found, self.site)


@lru_cache(maxsize=8192)
def _leads(own: str, found: str, site: Site | None) -> Leads:
    if _SHARING.search(found):
        return Leads.SHARE
    address, _, query = found.partition("?")
    if _FILE.search(address):
        return Leads.FILE
    try:
        target = canonical(found)
    except BadAddress:
        return Leads.NOWHERE
    if target == own:
        return Leads.HERE
    host, _, path = target.partition("://")[2].partition("/")
    own_host, _, own_path = own.partition("://")[2].partition("/")
    if host != own_host and not (site is not None and site.in_scope(target)):
        return Leads.OUT
    if not path or (not query and own_path.startswith(path.rstrip("/") + "/")):
        return Leads.UP
    if site is not None:
        kind = site.page_kind(target)
        return {"article": Leads.ARTICLE, "list": Leads.UP}.get(kind, Leads.SITE)
    return Leads.ARTICLE if _is_deep(path) else Leads.SITE


def _is_deep(path: str) -> bool:
    """A site that nothing is known of: an article lies in a folder and has a long name, or a number."""
    folder, _, name = path.partition("?")[0].rstrip("/").rpartition("/")
    return bool(folder) and (len(name) >= _LONG_NAME or any(letter.isdigit() for letter in name))
