"""Addresses in the shapes of the real site: sections, transliterated slugs cut at 100 letters, and a few odd ones."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import unquote

from replica.words import TRANSLITERATION

NEWS: Final = "/news/news_odkb/"
SECTIONS: Final[dict[str, int]] = {
    NEWS: 40,
    "/news/speech/": 8,
    "/news/smi/": 8,
    "/documents/statements/": 6,
    "/documents/documents/": 6,
    "/international_org/un/": 5,
    "/international_org/sco/": 3,
    "/presscenter/": 5,
    "/session/": 4,
    "/training/": 3,
    "/authorized_organs/": 3,
    "/75-letie-pobedy/novosti/": 2,
    "/25years/news/": 2,
}
"""List sections and their shares of the articles."""

STANDING: Final = ("/institute", "/structure/", "/authorized_organs/secretariat/")
"""Pages without a date that stand in the menu, and in no list."""

_TRAININGS: Final = ("granitnyy_brod", "tikhoe_nebo")
_ORGANS: Final = ("sovet_ministrov", "shtab")


def transliterate(title: str) -> str:
    """The slug that 1C-Bitrix makes of a Russian title: lower case, ``-`` between words, at most 100 letters."""
    latin = "".join(TRANSLITERATION.get(letter, letter) for letter in title.lower())
    return re.sub(r"[^a-z0-9]+", "-", latin).strip("-")[:100]


def address_for(section: str, slug: str, year: int, number: int, taken: Collection[str]) -> str:
    """A free address for an article of ``section``."""
    if section == "/session/":
        folder, slug = f"/session/{year}/", f"session{year}{number % 12 + 1:02d}"
    elif section == "/training/":
        folder = f"/training/{_TRAININGS[number % 2]}/"
    elif section == "/authorized_organs/":
        folder = f"/authorized_organs/{_ORGANS[number % 2]}/"
    else:
        folder = section
    address = f"{folder}{slug}/"
    return address if address not in taken else f"{folder}{slug[:90]}-{10000 + number}/"


def odd_address(address: str, number: int) -> str:
    """Some of the shapes that old or careless addresses have; most are left as they are."""
    folder, slug = address.rstrip("/").rsplit("/", 1)
    match number % 20:
        case 3:
            return f"{folder}/{slug.replace('-', '_')}-{12000 + number}/"
        case 7:
            return f"{folder}/{slug.replace('-', '%20', 1)}-{number}/"
        case 11:
            return f"{folder}/{slug[:1].upper()}{slug[1:20]}-CSTO-{number}/"
        case 15:
            return f"{folder}/?ELEMENT_ID={5000 + number}"
    return address


def lookup_key(address: str) -> str:
    """One key for ``/x`` and ``/x/`` and for either spelling of an escaped letter."""
    path, _, query = address.partition("?")
    key = unquote(path).rstrip("/") or "/"
    return f"{key}?{query}" if query else key


def ancestors(address: str) -> list[str]:
    """The folders above an address, the nearest last; the home page isn't among them."""
    names = [name for name in address.partition("?")[0].split("/") if name]
    depth = len(names) if "?" in address else len(names) - 1
    return ["/" + "/".join(names[:count]) + "/" for count in range(1, depth + 1)]
