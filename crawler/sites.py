"""What is known of a site, as data: its hosts, where its lists are, and which of its addresses are articles.

Read off 131 addresses that were captured between 2019 and 2026. A further site is a further ``Site`` here, and its host in
``crawler.pages.urls.SITE_HOSTS``. The organs' hosts (``jscsto.odkb-csto.org`` and the like) belong to no site yet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal

from crawler.pages import urls

PageKind = Literal["article", "list", "other"]

_LISTS: Final = (
    *("/news/", "/news/news_odkb/", "/news/speech/", "/news/smi/"),
    *("/documents/statements/", "/documents/documents/"),
    *("/international_org/", "/international_org/un/", "/international_org/sco/"),
    *("/presscenter/", "/75-letie-pobedy/novosti/", "/25years/news/"),
    *("/session/", "/training/", "/authorized_organs/"),
)

_STANDING: Final = ("/structure/", "/institute", "/authorized_organs/secretariat/")
"""Pages that are an article themselves, as the site links them."""

_ARTICLES: Final = (
    r"/news/(?:news_odkb|speech|smi)/[^/]+",
    r"/documents/(?:statements|documents)/[^/]+",
    r"/(?:presscenter|75-letie-pobedy/novosti|25years/news)/[^/]+",
    r"/(?:international_org|training|authorized_organs)/[^/]+/[^/]+",
    r"/session/\d{4}/session\d{4}[^/]*",
)

_FOLDERS: Final = (
    r"/news(?:/(?:news_odkb|speech|smi))?",
    r"/documents(?:/(?:statements|documents))?",
    r"/presscenter|/75-letie-pobedy(?:/novosti)?|/25years(?:/news)?",
    r"/(?:international_org|training|authorized_organs)(?:/[^/]+)?",
    r"/session(?:/\d{4})?",
)
"""What lies above an article's address: never an article, mostly a list."""

_LIST_PARAMETER: Final = re.compile(r"PAGEN_\d+|SIZEN_\d+|SHOWALL_\d+|c-tab|gen-tab", re.IGNORECASE)
_LOGIN_PATH: Final = re.compile(r"/(?:auth|login|logout|personal)(?:/.*|\.php)?", re.IGNORECASE)
_SERVICE_PATH: Final = re.compile(r"/(?:bitrix|search|rss|ajax|cgi-bin)(?:/.*|\.php)?", re.IGNORECASE)
_NO_SLUG: Final = re.compile(
    r"(?:auth|login|logout|search|rss|print|filter|subscribe|.*\.(?:php|xml|rss|js|css|jpe?g|png|gif|pdf|docx?|xlsx?|zip))",
    re.IGNORECASE,
)
_LOGIN_PARAMETERS: Final = frozenset({"login", "logout", "auth", "register", "forgot_password", "change_password"})
_VIEW_PARAMETERS: Final = frozenset({"print", "clear_cache_session", "bitrix_include_areas", "show_page_exec_time"})


class UnknownSite(LookupError):
    """No site has this name. The message lists those that there are."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no site is called {name!r}; there are {', '.join(SITES)}")


@dataclass(frozen=True, eq=False)
class Site:
    """One site. Paths of ``lists`` and ``standing`` are as the site links them; patterns match a whole path without its
    final slash. Addresses may be given in any spelling: each method makes them canonical first.
    """

    name: str
    host: str
    language: str
    """Language of most articles; each article's own is read off its text."""
    aliases: tuple[str, ...] = ()
    """Hosts that are this same site."""
    lists: tuple[str, ...] = _LISTS
    standing: tuple[str, ...] = _STANDING
    article_patterns: tuple[str, ...] = _ARTICLES
    folder_patterns: tuple[str, ...] = _FOLDERS
    fetch_scheme: str = "https"
    timezone: str = "Europe/Moscow"
    date_formats: tuple[str, ...] = ("%d.%m.%Y",)
    """How the site prints the day of an article, in the words of ``strptime``."""

    @property
    def origin(self) -> str:
        return f"{self.fetch_scheme}://{self.host}"

    def list_urls(self) -> tuple[str, ...]:
        """Where a crawl begins: every list section."""
        return tuple(f"{self.origin}{path}" for path in self.lists)

    def owns(self, url: str) -> bool:
        """Whether ``url`` is on this site's host or an alias of it."""
        return urls.host_of(_canonical(url)) in (self.host, *self.aliases)

    def in_scope(self, url: str) -> bool:
        """Whether a crawl may ask for it: on the site, and no login, search, print view or page of the machinery."""
        return self.owns(url) and not _is_never_asked_for(_canonical(url))

    def is_article(self, url: str) -> bool:
        return self.page_kind(url) == "article"

    def is_standing(self, url: str) -> bool:
        """A page that stands by itself in the site's menus, in no list."""
        path = urls.path_of(_canonical(url)).rstrip("/")
        return any(path == standing.rstrip("/") for standing in self.standing)

    def is_list(self, url: str) -> bool:
        """The home page, a list section or any folder above an article; tabs and further pages of these too."""
        return self.page_kind(url) == "list"

    def page_kind(self, url: str) -> PageKind:
        return _page_kind(self, url)

    def is_dead_end(self, url: str, old_url: str | None = None) -> bool:
        """Whether a redirect from ``old_url`` to ``url`` says that the page is gone, not where it went.

        So it is when it leads to the home page, to a list, to a folder above the old address, or to a login.
        """
        target = _canonical(url)
        if not _is_of_a_site(target):
            return False
        path = urls.path_of(target)
        if path == "/" or _is_login(target):
            return True
        if self.page_kind(f"https://{self.host}{_tail(target)}") == "list":
            return True
        return old_url is not None and urls.path_of(_canonical(old_url)).startswith(f"{path}/")


SITES: Final[Mapping[str, Site]] = MappingProxyType(
    {
        site.name: site
        for site in (
            Site(name="csto-en", host="en.odkb-csto.org", language="en", aliases=("www.en.odkb-csto.org",)),
            Site(name="csto-ru", host="odkb-csto.org", language="ru", aliases=("www.odkb-csto.org",)),
        )
    }
)


def site_named(name: str) -> Site:
    """Raises UnknownSite."""
    try:
        return SITES[name]
    except KeyError:
        raise UnknownSite(name) from None


def site_of(url: str) -> Site | None:
    """The site that ``url`` belongs to, in any spelling; None for every other host and for what is no address."""
    return next((site for site in SITES.values() if site.owns(url)), None)


def _canonical(url: str) -> str:
    """ "" for what is no address: it belongs to no site."""
    try:
        return urls.canonical(url)
    except urls.BadAddress:
        return ""


def _tail(url: str) -> str:
    """Path and query."""
    return f"/{url.split('/', 3)[3]}"


def _is_of_a_site(url: str) -> bool:
    return urls.host_of(url) in urls.SITE_HOSTS


def _is_login(url: str) -> bool:
    names = {name.lower() for name, _ in urls.query_of(url)}
    return _LOGIN_PATH.fullmatch(urls.path_of(url)) is not None or not names.isdisjoint(_LOGIN_PARAMETERS)


def _is_never_asked_for(url: str) -> bool:
    names = {name.lower() for name, _ in urls.query_of(url)}
    is_service = _SERVICE_PATH.fullmatch(urls.path_of(url)) is not None
    return _is_login(url) or is_service or not names.isdisjoint(_VIEW_PARAMETERS)


@lru_cache(maxsize=2048)
def _page_kind(site: Site, url: str) -> PageKind:
    address = _canonical(url)
    if not site.in_scope(address):
        return "other"
    path, parameters = urls.path_of(address), urls.query_of(address)
    if parameters:
        return _kind_with_query(site, path, parameters)
    if _is_article_path(site, path):
        return "article"
    return "list" if _is_folder(site, path) else "other"


def _kind_with_query(site: Site, path: str, parameters: tuple[tuple[str, str], ...]) -> PageKind:
    """On a list, ``ELEMENT_ID`` names an article and ``PAGEN_1`` a further page; elsewhere a query makes it another view."""
    if not _is_folder(site, path):
        return "other"
    if [name for name, _ in parameters] == ["ELEMENT_ID"]:
        return "article" if parameters[0][1].isdigit() and path != "/" else "other"
    return "list" if all(_LIST_PARAMETER.fullmatch(name) for name, _ in parameters) else "other"


def _is_article_path(site: Site, path: str) -> bool:
    if path in _standing_paths(site):
        return True
    is_named = _any_of(site.article_patterns).fullmatch(path) is not None
    return is_named and _NO_SLUG.fullmatch(path.rpartition("/")[2]) is None


def _is_folder(site: Site, path: str) -> bool:
    is_list = path == "/" or path in {listed.rstrip("/") for listed in site.lists}
    return is_list or _any_of(site.folder_patterns).fullmatch(path) is not None


def _standing_paths(site: Site) -> frozenset[str]:
    return frozenset(path.rstrip("/") for path in site.standing)


@lru_cache(maxsize=64)
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
