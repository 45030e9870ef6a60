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


def is_sharing(address: str) -> bool:
    """Whether the address is a service's for passing a page on."""
    return _SHARING.search(address) is not None


class Links:
    """The links of the page at ``url`` (the site's own address); ``base_origin`` is where its bytes were fetched."""

    def __init__(self, url: str, site: Site | None = None, base_origin: str | None = None) -> None:
        self.url = url
        self.site = site
        self.own = _identity(url)
        self.host, _, self._path = self.own.partition("://")[2].partition("/")
        self._origin = _origin_of(base_origin) if base_origin else None

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
        if found.startswith(self.own) and found[len(self.own) :] in ("", "/"):  # without a look at what kind it is of
            return Leads.HERE
        kind, target, path = _kind(found, self.host, self.site)
        if target == self.own:
            return Leads.HERE
        if kind in (Leads.ARTICLE, Leads.SITE) and path and "?" not in path and self._path.startswith(f"{path}/"):
            return Leads.UP
        return kind


@lru_cache(maxsize=16)
def _origin_of(text: str) -> Origin:
    return Origin.parse(text)


def _identity(url: str) -> str:
    """A page read from a file has no address, or one that was made up: its links are read all the same."""
    try:
        return canonical(url)
    except BadAddress:
        return url


@lru_cache(maxsize=2048)
def _kind(found: str, own_host: str, site: Site | None) -> tuple[Leads, str, str]:
    """What an address is wherever it is linked, its canonical form, and its path."""
    is_own = found.startswith(f"https://{own_host}/") and "//" not in found[8:]
    if not is_own and is_sharing(found):
        return Leads.SHARE, found, ""
    path = found.partition("?")[0]
    if "." in path.rpartition("/")[2] and _FILE.search(path):
        return Leads.FILE, found, ""
    target = canonical(found)
    host, _, path = target.partition("://")[2].partition("/")
    if host != own_host and not (site is not None and site.in_scope(target)):
        return Leads.OUT, target, path
    return (_on_site(target, path, site) if path else Leads.UP), target, path


def _on_site(target: str, path: str, site: Site | None) -> Leads:
    if site is None:
        return Leads.ARTICLE if _is_deep(path) else Leads.SITE
    return {"article": Leads.ARTICLE, "list": Leads.UP}.get(site.page_kind(target), Leads.SITE)


def _is_deep(path: str) -> bool:
    """A site that nothing is known of: an article lies in a folder and has a long name, or a number."""
    folder, _, name = path.partition("?")[0].rstrip("/").rpartition("/")
    return bool(folder) and (len(name) >= _LONG_NAME or any(letter.isdigit() for letter in name))
