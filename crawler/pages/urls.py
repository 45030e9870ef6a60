"""The canonical address: what makes a page one page, and what a link points at.

A page's identity is ``canonical(url)``; what people are shown is ``tidy(url)``, the same but with the final slash as
the site wrote it. A link or an image goes through ``resolve(base, href)``. What they give, they give again:
``canonical(canonical(u)) == canonical(u)``. Percent-encoding follows RFC 3986 section 6.2.2, broken input (back
slashes, tabs, spaces) the WHATWG URL standard.
"""

from __future__ import annotations

import html
import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import idna

CAPTURE_PREFIX: Final = "urn:capture:"
"""The address of an imported file that came without one; it passes unchanged."""

SITE_HOSTS: Final = frozenset({"en.odkb-csto.org", "odkb-csto.org"})
"""Hosts of ``crawler.sites``: a link to one of them is folded to https without ``www.``, a link elsewhere isn't."""

NOISE: Final = frozenset(
    {
        *("bxajaxid", "phpsessid", "sessid", "bxrand", "back_url", "clear_cache"),
        *("gclid", "gclsrc", "gbraid", "wbraid", "dclid", "fbclid", "yclid", "ysclid", "ymclid", "msclkid", "ttclid"),
        *("twclid", "igshid", "li_fat_id", "rb_clickid", "_openstat"),
    }
)
"""Query parameters, in lower case, that never change what a page says. ``utm_*`` joins them."""

MAX_LENGTH: Final = 8192
"""Letters of the longest address that is kept; Apache and nginx refuse longer request lines by default."""

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ODD_IN_PATH: Final = re.compile(r"%([0-9A-Fa-f]{2})|[^A-Za-z0-9._~!$&'()*+,;=:@/-]")
_ODD_IN_QUERY: Final = re.compile(r"%([0-9A-Fa-f]{2})|[^A-Za-z0-9._~!$&'()*+,;=:@/?-]")
_C0_AND_SPACE: Final = "".join(map(chr, range(0x21)))
_TABS_AND_BREAKS: Final = str.maketrans("", "", "\t\n\r")
_NO_C0: Final = str.maketrans("", "", _C0_AND_SPACE)
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_PLAIN_BEGINNINGS: Final = ("/", "http://", "https://", "?", "#")
"""Of an address whose scheme is none, or http: nothing can hide another one before these."""
_WEB: Final = re.compile(r"(https?)://+([^/?]*)([^?]*)(?:\?(.*))?", re.IGNORECASE | re.DOTALL)
_SEGMENT: Final = r"[A-Za-z0-9_-][A-Za-z0-9._~-]*"
_NORMAL: Final = re.compile(rf"https://([a-z0-9.-]+)/(?:{_SEGMENT}/)*(?:{_SEGMENT})?")
"""What most addresses of a page look like: nothing to decode, to fold or to leave out."""
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_ASCII_HOST: Final = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}")


class BadAddress(ValueError):
    """Text that is no web address. The message is one sentence that names the text and what is wrong with it."""

    def __init__(self, url: str, what: str) -> None:
        shown = url if len(url) <= 120 else f"{url[:117]}..."
        super().__init__(f"not a web address: {shown!r} {what}")


@lru_cache(maxsize=2048)
def canonical(url: str) -> str:
    """The page's identity: one form for all the ways in which its address is written, without a final slash.

    >>> canonical("http://www.odkb-csto.org:80/news//x/./index.php?utm_source=a&b=2&a=1#top")
    'https://odkb-csto.org/news/x?a=1&b=2'
    """
    shown = tidy(url)
    if shown.startswith(CAPTURE_PREFIX):
        return shown
    path, mark, query = shown.partition("?")
    if path.endswith("/") and path.count("/") > 3:
        return f"{path[:-1]}{mark}{query}"
    return shown


@lru_cache(maxsize=2048)
def tidy(url: str) -> str:
    """The page's address as it is shown: canonical, but with or without a final slash as it was given."""
    if url.startswith(CAPTURE_PREFIX):
        return url
    return _normal(url, fold_host=None)


def resolve(base: str, href: str) -> str | None:
    """The absolute address that ``href`` means on the page ``base`` (itself absolute); None when it leads to no page.

    None: nothing at all, nothing but a fragment, any scheme but http and https (``javascript:``, ``data:``,
    ``mailto:``, ``tel:``), and what can't be parsed. The final slash stays as it is written. https without ``www.`` is
    forced only for ``SITE_HOSTS`` and the host of ``base``: elsewhere these may be different pages, so both stay.
    """
    return _resolve(_root_of(base) if href.startswith(("/", "http://", "https://")) else base, href)


@lru_cache(maxsize=2048)
def _resolve(base: str, href: str) -> str | None:
    """``base`` is but the host's root where ``href`` doesn't ask for more: so the strip of links of every page is kept."""
    plain = f"{base}{href[1:]}" if href.startswith("/") else href
    if _is_normal(plain):
        return plain
    ref = _clean(href)
    if not ref or _has_foreign_scheme(href):
        return None
    is_page = base.startswith(("http://", "https://"))
    try:
        return _normal(_join(base, ref), fold_host=_host_of(base) if is_page else "")
    except BadAddress:
        return None


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of a mirror (``--base-url``): where bytes are fetched, never what is stored."""

    scheme: str
    authority: str
    """Host, and port where it isn't the scheme's own."""

    @classmethod
    def parse(cls, text: str) -> Origin:
        """Raises BadAddress when ``text`` has more than scheme, host and port."""
        scheme, host, port, path, query = _split(_clean(text), text)
        if path not in ("", "/") or query is not None:
            raise BadAddress(text, "has more than a scheme, a host and a port")
        return cls(scheme, _authority(host, port, scheme))

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"


def rebase(url: str, origin: Origin) -> str:
    """Where the bytes of the stored address ``url`` are fetched from: the same path and query on ``origin``."""
    return f"{origin}{_after_authority(url)}"


def unbase(url: str, base_origin: Origin, site_host: str) -> str:
    """The site's own address of a ``url`` on ``base_origin`` (http or https alike); any other ``url`` as it is."""
    if base_origin.authority not in url.lower():
        return url  # nearly every link of a page: this is asked of each
    try:
        scheme, host, port, _path, _query = _split(_clean(url), url)
    except BadAddress:
        return url
    if _authority(host, port, scheme) != base_origin.authority:
        return url
    return tidy(f"https://{site_host}{_after_authority(url)}")


def host_of(url: str) -> str:
    """Host of a tidy or canonical address, with its port if it has one; "" for ``urn:capture:``."""
    return _host_of(url) if "://" in url else ""


def path_of(url: str) -> str:
    """Path of a tidy or canonical address, from its first slash to the query."""
    return _after_authority(url).partition("?")[0] if "://" in url else ""


def query_of(url: str) -> tuple[tuple[str, str], ...]:
    """Name and value of each parameter of a tidy or canonical address, still percent-encoded, in order."""
    query = url.partition("?")[2]
    pairs = (piece.partition("=") for piece in query.split("&") if piece)
    return tuple((name, value) for name, _, value in pairs)


def _normal(url: str, *, fold_host: str | None) -> str:
    """The normal form; ``fold_host`` None: any host is folded to https without www, else only it and ``SITE_HOSTS``."""
    if _is_normal(url):
        return url
    scheme, host, port, path, query = _split(_clean(url), url)
    bare = _without_www(host)
    if fold_host is None or bare in SITE_HOSTS or (bare == fold_host and _is_default(port)):
        scheme, host = "https", bare
        port = None if _is_default(port) else port
    kept = _query(query) if query else ""
    result = f"{scheme}://{_authority(host, port, scheme)}{_path(path)}{'?' if kept else ''}{kept}"
    if len(result) > MAX_LENGTH:
        raise BadAddress(url, f"is longer than {MAX_LENGTH} letters")
    return result


def _is_normal(url: str) -> bool:
    """Whether all that follows would leave it as it is, whatever host is folded: told in a tenth of the time."""
    found = _NORMAL.fullmatch(url)
    if found is None or len(url) > MAX_LENGTH:
        return False
    host: str = found[1]
    return not host.startswith("www.") and _host(host) == host and not url.rstrip("/").endswith("/index.php")


def _is_default(port: int | None) -> bool:
    """Both default ports: http and https are one page, so http on 443 and https on 80 are it too."""
    return port is None or port in (80, 443)


def _clean(url: str) -> str:
    """What a browser does first: no space around, no tab or line break inside, no back slash in the path.

    The fragment goes too, and a space before it: ``/x/ #top`` comes from a careless paste, not from a page called ``%20``.
    """
    if "\n" in url or "\t" in url or "\r" in url:  # hardly ever, and translating looks at each letter: 4 us an address
        url = url.translate(_TABS_AND_BREAKS)
    text = url.partition("#")[0].strip(_C0_AND_SPACE)
    head, mark, query = text.partition("?")
    return head.replace("\\", "/") + mark + query


def _split(text: str, given: str) -> tuple[str, str, int | None, str, str | None]:
    """Scheme, host, port, raw path and raw query of a cleaned address."""
    found = _WEB.fullmatch(text)
    if found is None:
        raise BadAddress(given, "does not begin with http:// or https://")
    scheme, authority, path, query = found.groups()
    if "@" in authority:
        raise BadAddress(given, "holds a user name or a password")
    host, port = _host_and_port(authority, given)
    return scheme.lower(), host, port, path, query


def _host_and_port(authority: str, given: str) -> tuple[str, int | None]:
    name, colon, digits = authority.rpartition(":")
    if not colon or authority.endswith("]"):
        name, digits = authority, ""
    if digits and not (digits.isascii() and digits.isdigit() and len(digits) <= 9 and 0 < int(digits) < 65536):
        raise BadAddress(given, "has no valid port")
    host = _host(name)
    if host is None:
        raise BadAddress(given, "has no valid host")
    return host, int(digits) if digits else None


@lru_cache(maxsize=1024)
def _host(name: str) -> str | None:
    """The host in ASCII lower case without a final dot; None when it is none."""
    if name.startswith("["):
        return _ipv6(name)
    host = name.lower()
    if not host.isascii():
        try:
            host = idna.encode(host.rstrip("."), uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    host = host.removesuffix(".")
    return host if len(host) <= 253 and _ASCII_HOST.fullmatch(host) else None


def _ipv6(name: str) -> str | None:
    try:
        address = ipaddress.IPv6Address(name[1:].removesuffix("]"))
    except ValueError:
        return None
    return f"[{address.compressed}]" if name.endswith("]") and not address.scope_id else None


def _without_www(host: str) -> str:
    """``www.org`` keeps its name: without it no host would be left, only ``org``."""
    while host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    return host


def _authority(host: str, port: int | None, scheme: str) -> str:
    return host if port is None or port == _DEFAULT_PORTS[scheme] else f"{host}:{port}"


def _path(path: str) -> str:
    """Without empty and dot segments and a final ``index.php``; with or without a slash at the end as given."""
    segments = _encoded(path, _ODD_IN_PATH).split("/")
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    is_folder = segments[-1] in ("", ".", "..")
    while kept and kept[-1] == "index.php":
        del kept[-1]
        is_folder = True
    return f"/{'/'.join(kept)}/" if kept and is_folder else f"/{'/'.join(kept)}"


def _query(query: str) -> str:
    """Parameters without the noise, sorted by name; those of one name keep their order, since it may mean something."""
    pieces = [piece for piece in _encoded(query, _ODD_IN_QUERY).split("&") if piece and not _is_noise(piece)]
    return "&".join(sorted(pieces, key=lambda piece: piece.partition("=")[0]))


def _is_noise(piece: str) -> bool:
    name = piece.partition("=")[0].lower()
    return name in NOISE or name.startswith("utm_")


def _encoded(text: str, odd: re.Pattern[str]) -> str:
    """One spelling of each letter; a ``%`` that begins no escape becomes ``%25``, so that a second pass finds none."""
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return odd.sub(_encoded_letter, text)


def _encoded_letter(found: re.Match[str]) -> str:
    escape = found[1]
    if escape is None:
        return "".join(f"%{byte:02X}" for byte in found[0].encode())
    letter = chr(int(escape, 16))
    return letter if letter in _UNRESERVED else f"%{escape.upper()}"


def _has_foreign_scheme(href: str) -> bool:
    """Also where control characters or a second escape (``java&#115;cript:``) hide the scheme."""
    if href.startswith(_PLAIN_BEGINNINGS):
        return False
    text = html.unescape(href) if "&" in href else href
    found = _SCHEME.match(text.translate(_NO_C0))
    return found is not None and found[1].lower() not in _DEFAULT_PORTS


def _join(base: str, ref: str) -> str:
    """RFC 3986 section 5.2, dot segments left in."""
    found = _SCHEME.match(ref)
    if found is not None:
        rest = ref[found.end() :]
        if rest.startswith("//"):
            return ref
        ref = rest  # "http:/x" and "http:x" mean the page's own host: WHATWG URL, special scheme
    scheme, colon, _ = base.partition("://")
    if not colon:
        raise BadAddress(ref, "is relative, and its page has no web address")
    if ref.startswith("//"):
        return f"{scheme}:{ref}"
    root = f"{scheme}://{_host_of(base)}"
    path = _after_authority(base).partition("?")[0]
    if ref.startswith("/"):
        return f"{root}{ref}"
    if ref.startswith("?") or not ref:
        return f"{root}{path}{ref}"
    return f"{root}{path[: path.rfind('/') + 1]}{ref}"


@lru_cache(maxsize=64)
def _root_of(base: str) -> str:
    scheme, colon, _ = base.partition("://")
    return f"{scheme}://{_host_of(base)}/" if colon else base


def _host_of(url: str) -> str:
    start = url.index("://") + 3
    end = len(url)
    for mark in "/?":
        at = url.find(mark, start)
        end = at if 0 <= at < end else end
    return url[start:end]


def _after_authority(url: str) -> str:
    """Path and query, the path with at least its first slash."""
    start = url.index("://") + 3
    rest = url[start + len(_host_of(url)) :]
    return rest if rest.startswith("/") else f"/{rest}"
