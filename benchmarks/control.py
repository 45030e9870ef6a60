"""The negative control of the noise figures: a hash of the page's bytes, or of all its text, calls every page edited."""

from __future__ import annotations

import hashlib
from typing import Any

from bs4 import BeautifulSoup

from replica.site import ReplicaSite


def raw_hash(seed: int, articles: int = 20) -> dict[str, Any]:
    site = ReplicaSite(articles, "divs", seed)
    addresses = list(site.truths)
    first = {address: site.respond(address).body for address in addresses}
    again = {address: site.respond(address).body for address in addresses}
    return {
        "pages": len(addresses),
        "called_edited_by_bytes": sum(_digest(first[a]) != _digest(again[a]) for a in addresses),
        "called_edited_by_text": sum(_digest(_text(first[a])) != _digest(_text(again[a])) for a in addresses),
    }


def is_fooled(row: dict[str, Any]) -> bool:
    return bool(row["called_edited_by_bytes"] == row["pages"] and row["called_edited_by_text"] > 0.9 * row["pages"])


def _text(body: bytes) -> bytes:
    return BeautifulSoup(body, "lxml").get_text(" ", strip=True).encode()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
