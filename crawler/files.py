"""The files that a run's articles show and link: which are asked for, what their bytes hash to, which captures wait for them.

A capture waits until each of its files has its outcome, so that it is recorded with the hashes that are known by then. Bytes are
hashed and let go.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from crawler.ledger import Ledger
from storage.files import with_files
from storage.records import Capture, Outcome

if TYPE_CHECKING:
    from crawler.sites import Site
    from storage.records import Article

_DOCUMENT: Final = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|rtf|odt|zip)$", re.IGNORECASE)
_ROW_OF_NET_ERRORS: Final = 5
"""So many files in a row that the network kept from us: the rest of them is left alone. Pages are asked for all the same."""

_SIGNATURES: Final = (
    *(b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\x00", b"MM\x00*", b"\x00\x00\x01\x00"),
    *(
        b"%PDF-",
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"{\\rtf",
        b"OggS",
        b"ID3",
        b"\x1aE\xdf\xa3",
    ),
)
_TEXT_TYPE: Final = re.compile(r"\s*(?:text/|application/(?:json|xml|xhtml|javascript|problem))", re.IGNORECASE)
_PAGE: Final = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|meta|title)[\s>]", re.IGNORECASE)
_HEAD: Final = 1024


def file_addresses(article: Article, site: Site) -> list[str]:
    """The images that the article shows and the documents that it links, those on the site's own hosts, each once."""
    shown = (media.src for media in article.media)
    linked = (link.href for link in article.links if _DOCUMENT.search(link.href.partition("?")[0]))
    return [url for url in dict.fromkeys((*shown, *linked)) if site.in_scope(url)]


def outcome_of_file(status: int, body: bytes, content_type: str | None = None) -> Outcome:
    """What an answer is where a file was asked for. A page in its place (a wall, a login, "not found") is no file."""
    if status in (404, 410):
        return Outcome.GONE
    if status != 200:
        return Outcome.HTTP_ERROR
    if not body:
        return Outcome.EMPTY
    return Outcome.OK if _is_file(body, content_type or "") else Outcome.WRONG_TYPE


def _is_file(body: bytes, content_type: str) -> bool:
    head = body[:_HEAD]
    if head.startswith(_SIGNATURES) or head[4:8] == b"ftyp":
        return True
    if _PAGE.search(head):
        return False
    return b"<svg" in head or _TEXT_TYPE.match(content_type) is None


@dataclass(eq=False, slots=True)
class _Waiting:
    capture: Capture
    open: set[str]


class Files:
    """One run's files, each address asked for once. ``ledger`` holds them apart from the pages: none makes a page fail."""

    def __init__(self, site: Site) -> None:
        self.ledger = Ledger()
        self.gave_up = False
        """Whether the network kept so many from us that no more are asked for."""
        self._site = site
        self._hashes: dict[str, str] = {}
        self._waiting: dict[_Waiting, None] = {}
        self._row = 0

    def add(self, capture: Capture) -> tuple[Capture | None, list[str]]:
        """The capture where it waits for nothing, with what is known of its files; and the files to be asked for now."""
        addresses = file_addresses(capture.article, self._site) if capture.article is not None else []
        asked = [url for url in addresses if self.ledger.ask(url)]
        if self.gave_up:
            for url in asked:
                self.ledger.close(url, Outcome.NET_ERROR)
            asked = []
        is_open = {url for url in addresses if self.ledger.outcome(url) is None}
        if not is_open:
            return self._complete(capture), asked
        self._waiting[_Waiting(capture, is_open)] = None
        return None, asked

    def close(self, url: str, outcome: Outcome, sha256: str | None = None) -> list[Capture]:
        """A file has its outcome, and its hash where that is ``ok``; the captures that waited for it last."""
        self.ledger.close(url, outcome)
        if sha256 is not None:
            self._hashes[url] = sha256
        self._row = self._row + 1 if outcome is Outcome.NET_ERROR else 0
        self.gave_up = self.gave_up or self._row >= _ROW_OF_NET_ERRORS
        for waiting in self._waiting:
            waiting.open.discard(url)
        ready = [waiting for waiting in self._waiting if not waiting.open]
        for waiting in ready:
            del self._waiting[waiting]
        return [self._complete(waiting.capture) for waiting in ready]

    def abandon(self) -> list[Capture]:
        """The run has ended: what was asked for and never answered is unaccounted, and nothing waits for it any longer."""
        for url in self.ledger.open_addresses():
            self.ledger.close(url, Outcome.UNACCOUNTED)
        left, self._waiting = list(self._waiting), {}
        return [self._complete(waiting.capture) for waiting in left]

    def _complete(self, capture: Capture) -> Capture:
        if capture.article is None:
            return capture
        known = {url: self._hashes[url] for url in file_addresses(capture.article, self._site) if url in self._hashes}
        return replace(capture, article=with_files(capture.article, known))
