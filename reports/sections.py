"""The section of a site that a page stands in: the folder of its address. Pure.

``/news/news_odkb/a-slug/`` stands in ``/news/news_odkb/``. It is read off the address alone, so that it is the same for a page of
any site, and for one that the site has no list for.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

ELSEWHERE: Final = "(elsewhere)"
"""What is at no web address: a capture that was put in from a file."""


def section_of(url: str) -> str:
    """The folder, with a slash at both ends; "/" for what stands at the top."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ELSEWHERE
    if parts.scheme not in {"http", "https"}:
        return ELSEWHERE
    folders = [name for name in parts.path.split("/") if name][:-1]
    return "/" + "".join(f"{name}/" for name in folders)


def is_in_section(url: str, section: str) -> bool:
    """``section`` as people write it, with or without slashes at its ends. What stands deeper in it is in it too."""
    if ELSEWHERE in {section, section_of(url)}:
        return section == section_of(url)
    wanted = section.strip("/")
    return section_of(url).startswith(f"/{wanted}/" if wanted else "/")
