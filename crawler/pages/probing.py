"""What a site says where there is no page: the probe page of one crawl, and what is like it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from crawler.pages.blocks import lines_of
from crawler.pages.document import Document
from crawler.pages.found import Found
from crawler.pages.text import skeleton

LIKE_PROBE: Final = "like the page that this site shows for an address that doesn't exist"
_SEPARATOR: Final = re.compile(r"\s+[-–—|:·•/\\»]+\s+|\s*[|»]\s*")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The main text of this crawl's probe page: what the site says where there is no article."""

    title: str
    lines: frozenset[str]
    is_message: bool = field(default=False, compare=False)
    """What stands on pages that exist was taken off; before that, the frame is in it, and the name alone tells."""

    def common(self, other: Fingerprint) -> Fingerprint:
        """What two probe pages say alike: teasers that are drawn anew are not the message."""
        title = self.title if self.title == other.title else ""
        return Fingerprint(title, self.lines & other.lines, self.is_message or other.is_message)

    def without(self, lines: frozenset[str]) -> Fingerprint:
        """The message alone: what stands on the site's lists and articles too is its frame, or some article's opening.

        So is the name, where pages that exist are called the same.
        """
        title = "" if self.title in lines else self.title
        return Fingerprint(title, self.lines - lines, self.is_message or bool(lines))


def is_text_of_probe(found: Found, probe: Fingerprint | None) -> bool:
    """Whether what was taken for an article is what the probe page says: all of it, or half where no date speaks for it."""
    if probe is None or not probe.lines or not probe.is_message:
        return False
    known = sum(text in probe.lines for text in found.texts)
    return bool(known) and known * 2 >= len(found.texts) and (found.published is None or known == len(found.texts))


def is_like_probe(document: Document, probe: Fingerprint | None) -> bool:
    """By the name in the head; or by nearly all that the probe page says, where its message is known apart from the frame."""
    if probe is None:
        return False
    if probe.title and document.titles[-1:] == (probe.title,):
        return True
    if not probe.lines or not probe.is_message:
        return False
    said = {line.text for line in lines_of(document.body, everything=True)}
    return len(probe.lines & said) * 5 >= len(probe.lines) * 4


def is_sites_name(title: str, probe: Fingerprint | None) -> bool:
    """Whether the title is a part of the name that a page has which doesn't exist: the site's own."""
    if probe is None or not probe.title:
        return False
    return skeleton(title) in _parts_of(probe.title)


@lru_cache(maxsize=16)
def _parts_of(name: str) -> frozenset[str]:
    return frozenset(skeleton(part) for part in _SEPARATOR.split(name))
