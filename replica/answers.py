"""From a path to an answer: articles, lists, the home page, robots.txt, and what stands in their place."""

from __future__ import annotations

import gzip
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from email.utils import formatdate
from typing import TYPE_CHECKING, Final

from replica.addresses import NEWS, SECTIONS
from replica.edits import FILES
from replica.faults import Answer, Fault, spoil
from replica.noise import Noise
from replica.render import Renderer
from replica.stand_ins import CAPTCHA_PAGE, LOGIN_FORM, MAINTENANCE_PAGE, PDF_BYTES, PNG_BYTES
from replica.state import Entry, Shelf, key_of

if TYPE_CHECKING:
    from replica.site import ReplicaSite

HOME_TABS: Final = (NEWS, "/news/speech/", "/news/smi/")
_ON_HOME: Final = 8
_STARTED_AT: Final = 1_720_000_000.0


class Responder:
    """Not safe by itself: the site calls it under its lock."""

    def __init__(self, site: ReplicaSite, shelf: Shelf, renderer: Renderer) -> None:
        self.site, self.shelf, self.renderer = site, shelf, renderer
        self.count = 0
        self._swapped: Counter[str] = Counter()
        """How often the bytes at a path were swapped."""

    def swap_file(self, path: str) -> None:
        self._swapped[path] += 1

    def respond(self, path: str, query: dict[str, str], headers: Mapping[str, str], fault: Fault | None) -> Answer:
        self.count += 1
        if fault and fault.kind == "status":
            return self._failure(fault)
        answer = self._answer(path, query, headers)
        if fault:
            return spoil(answer, fault)
        if self.site.gzip and "gzip" in headers.get("accept-encoding", "") and answer.body:
            answer.body = gzip.compress(answer.body, 1, mtime=0)
            answer.headers.append(("Content-Encoding", "gzip"))
        return answer

    def _failure(self, fault: Fault) -> Answer:
        body = f"<html><body><h1>{fault.status}</h1></body></html>".encode()
        headers = [("Retry-After", fault.retry_after)] if fault.retry_after is not None else []
        return Answer(fault.status, body, headers=headers, delay=fault.delay)

    def _answer(self, path: str, query: dict[str, str], headers: Mapping[str, str]) -> Answer:
        if path == "/robots.txt":
            return Answer(self.site.robots_status, self.site.robots_text.encode(), "text/plain; charset=utf-8")
        address = key_of(path, query)
        redirect = self.shelf.redirect(address)
        if redirect:
            return Answer(redirect.status, headers=[("Location", redirect.target)])
        if path.startswith(FILES):
            return self._file(path)
        noise = self.renderer.noise(self.count)
        if address in self.shelf:
            return self._article(self.shelf[address], noise, headers)
        return self._other(path, noise, query)

    def _other(self, path: str, noise: Noise, query: dict[str, str]) -> Answer:
        if path == "/":
            return self._home(noise, query)
        folder = path.rstrip("/") + "/"
        shown = self.shelf.shown(folder)
        if shown and "ELEMENT_ID" not in query:
            return self._list(folder, shown, noise, query)
        return self._not_found(noise)

    def _file(self, path: str) -> Answer:
        """The bytes of an image or document: others for every path and after each swap, so that a swapped one is seen."""
        mark = hashlib.sha256(f"{path}{'*' * self._swapped[path]}".encode()).digest()
        if path.endswith(".docx"):
            return Answer(
                200, b"PK\x03\x04" + mark, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            )
        return Answer(200, PNG_BYTES + mark, "image/png")

    def _article(self, entry: Entry, noise: Noise, headers: Mapping[str, str]) -> Answer:
        if entry.status != 200:
            return self._not_found(noise, entry.status)
        if entry.stand_in:
            return self._stand_in(entry, entry.stand_in, noise)
        validators = self._validators(entry)
        if validators and headers.get("if-none-match") == validators[0][1]:
            return Answer(304, headers=validators)
        return self._whole(entry, noise, validators)

    def _whole(self, entry: Entry, noise: Noise, validators: list[tuple[str, str]]) -> Answer:
        entry.views += 1
        main = self.renderer.article(entry, noise.variant)
        body = self.renderer.page(self.shelf, noise, entry.article.title, main, entry)
        return Answer(200, body, self.renderer.content_type(entry), validators)

    def _validators(self, entry: Entry) -> list[tuple[str, str]]:
        """They follow the article and the markup, never the noise."""
        if self.site.validators == "off":
            return []
        revision = 0 if self.site.validators == "frozen" else entry.revision
        state = f"{entry.article.number}-{revision}-{self.site.markup}"
        etag = hashlib.sha256(state.encode()).hexdigest()[:16]
        changed_at = _STARTED_AT if self.site.validators == "frozen" else entry.changed_at or _STARTED_AT
        return [("ETag", f'"{etag}"'), ("Last-Modified", formatdate(changed_at, usegmt=True))]

    def _list(self, folder: str, shown: list[Entry], noise: Noise, query: dict[str, str]) -> Answer:
        size, asked = self.site.page_size, query.get("PAGEN_1", "1")
        last = -(-len(shown) // size) if folder in SECTIONS else 1
        # Past the end 1C-Bitrix serves the last page again.
        page = min(max(int(asked), 1), last) if asked.isdigit() else 1
        entries = shown[(page - 1) * size : page * size]

        def make() -> tuple[str, list[Entry], list[tuple[str, str]]]:
            links = [
                (str(number), f"{folder}?PAGEN_1={number}")
                for number in range(1, last + 1)
                if last > 1 and number != page
            ]
            if page < last:
                links.append((self.renderer.phrases.next_page, f"{folder}?PAGEN_1={page + 1}"))
            below = [name for name in SECTIONS if name != folder and name.startswith(folder)]
            links += [(name.strip("/").rpartition("/")[2], name) for name in below]
            return folder.strip("/").rpartition("/")[2], entries, links

        main = self.renderer.listing((folder, page), self.shelf.revision, noise.variant, make)
        return Answer(200, self.renderer.page(self.shelf, noise, folder, main), self.renderer.content_type(None))

    def _home(self, noise: Noise, query: dict[str, str]) -> Answer:
        tab = query.get("c-tab", "1")
        section = HOME_TABS[int(tab) - 1] if tab in {"1", "2", "3"} else HOME_TABS[0]
        phrases = self.renderer.phrases

        def make() -> tuple[str, list[Entry], list[tuple[str, str]]]:
            links = [(name, f"/?c-tab={number}") for number, name in enumerate(phrases.tabs, 1)]
            links += [(name, name) for name in SECTIONS if self.shelf.shown(name)]
            return phrases.home, self.shelf.shown(section)[:_ON_HOME], links

        main = self.renderer.listing((f"/{section}", 0), self.shelf.revision, noise.variant, make)
        return Answer(200, self.renderer.page(self.shelf, noise, phrases.home, main), self.renderer.content_type(None))

    def _not_found(self, noise: Noise, status: int = 404) -> Answer:
        return self._message(
            noise, self.renderer.phrases.not_found, 200 if self.site.soft_404 and status == 404 else status
        )

    def _message(self, noise: Noise, words: tuple[str, str], status: int = 200, form: str = "") -> Answer:
        main = self.renderer.message(*words, form, noise.variant)
        body = self.renderer.page(self.shelf, noise, words[0], main)
        return Answer(status, body, self.renderer.content_type(None))

    def _stand_in(self, entry: Entry, kind: str, noise: Noise) -> Answer:
        phrases = self.renderer.phrases
        makers: dict[str, Callable[[], Answer]] = {
            "soft_404": lambda: self._message(noise, phrases.not_found),
            "maintenance": lambda: self._bare(MAINTENANCE_PAGE, phrases.maintenance),
            "login": lambda: self._message(noise, phrases.login, form=LOGIN_FORM),
            "captcha": lambda: self._bare(CAPTCHA_PAGE, phrases.captcha),
            "empty": lambda: Answer(200),
            "home": lambda: self._home(noise, {}),
            "redirect_home": lambda: Answer(302, headers=[("Location", "/")]),
            "teasers": lambda: self._message(noise, ("", "")),
            "cut": lambda: self._half(entry, noise),
            "pdf": lambda: Answer(200, PDF_BYTES),
        }
        return makers[kind]()

    def _bare(self, page: str, words: tuple[str, str]) -> Answer:
        """A page outside the site's frame."""
        return Answer(200, page.format(title=words[0], text=words[1], token=f"{self.count:032x}").encode())

    def _half(self, entry: Entry, noise: Noise) -> Answer:
        """The first half of the page's bytes in whole framing."""
        whole = self._whole(entry, noise, [])
        whole.body = whole.body[: len(whole.body) // 2]
        return whole
