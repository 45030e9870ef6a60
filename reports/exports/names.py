"""Names of files and folders for addresses of pages: letters, figures and hyphens whatever the address says."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256
from typing import Final
from urllib.parse import unquote, urlsplit

LONGEST: Final = 80
DEEPEST: Final = 4
"""Folders below that of the host."""
_HASH: Final = 10
# A device under Windows, whatever ending follows it.
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])")


def slug(text: str) -> str:
    """``[a-z0-9-]{1,80}``, never with a hyphen first; accents are dropped, other letters become hyphens."""
    plain = unicodedata.normalize("NFKD", text).lower()
    # Without what marks an accent, so that its letter isn't torn from the next one.
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].rstrip("-")
    return f"{found}-1" if _DEVICE.fullmatch(found) else found or "page"


def page_name(url: str) -> str:
    """A page's name below its site and sections, without an ending: ``host/section/slug-hash``.

    The hash is of the whole address: two addresses that look alike have two names.
    """
    host, path = _host_and_path(url)
    parts = [part for part in unquote(path, errors="replace").split("/") if part]
    *folders, last = parts or ["home"]
    digest = sha256(url.encode("utf-8", "replace")).hexdigest()[:_HASH]
    return "/".join([*map(slug, (host, *folders[:DEEPEST])), f"{slug(last)}-{digest}"])


def _host_and_path(url: str) -> tuple[str, str]:
    try:
        split = urlsplit(url)
    except ValueError:  # "http://[half"
        return "other", url
    return (split.netloc, split.path) if split.scheme in {"http", "https"} else ("other", url)
