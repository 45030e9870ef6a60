"""The site: what it answers, and the edits that can be made while it runs. Every edit says what a tracker should tell of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from replica import edits
from replica.addresses import NEWS, lookup_key
from replica.answers import Responder
from replica.content import NEWEST, standing_pages, write_article, write_articles
from replica.faults import EVERYWHERE, Answer, Faults, make_fault
from replica.model import HOSTS, Article, Language, Truth, changed_fields, truth
from replica.render import Look, Renderer
from replica.stand_ins import STAND_INS
from replica.state import Entry, Redirect, Shelf, split_target

Validators = Literal["off", "honest", "frozen"]


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit and what a tracker should report of it.

    ``kind`` is None where no event may come of it (a page in an article's place, a redesign); ``outcomes`` are then what the
    capture may be called. ``before`` and ``after`` are the truths around the edit.
    """

    kind: str | None
    address: str
    url: str
    fields: tuple[str, ...] = ()
    before: Truth | None = None
    after: Truth | None = None
    moved_to: str | None = None
    outcomes: tuple[str, ...] = ("ok",)
    note: str = ""


class ReplicaSite:
    """A site of ``articles`` articles. Every method may be called from any thread while a server serves it.

    ``kilobytes``: how heavy pages are made with menus (0: as light as they come). ``noise``: whether every answer differs in
    teasers, counter, tokens, white space and order of attributes. ``validators``: ``off``, ``honest`` (ETag and Last-Modified
    follow the article, 304) or ``frozen`` (an ETag that never changes). ``soft_404``: unknown addresses answer 200.
    """

    def __init__(  # noqa: PLR0913 - each argument has a default, and the last ones go by name
        self,
        articles: int = 60,
        markup: str = "bitrix",
        seed: int = 1,
        language: Language = "en",
        *,
        noise: bool = True,
        kilobytes: int = 0,
        page_size: int = 20,
        variants: int = 4,
        validators: Validators = "off",
        soft_404: bool = False,
        crawl_delay: float | None = None,
        gzip: bool = False,
    ) -> None:
        self.seed, self.language, self.host = seed, language, HOSTS[language]
        self.markup, self.page_size, self.validators, self.soft_404, self.gzip = (
            markup,
            page_size,
            validators,
            soft_404,
            gzip,
        )
        self.robots_status = 200
        delay = "" if crawl_delay is None else f"Crawl-delay: {crawl_delay:g}\n"
        self.robots_text = f"User-agent: *\n{delay}Disallow: /search/\nDisallow: /bitrix/\n"
        self._look = Look(markup, language, seed, kilobytes, noise, variants)
        self.expected: list[Edit] = []
        self._lock = threading.RLock()
        self._faults = Faults()
        self._added = articles
        self._touched: set[str] = set()
        self._shelf = Shelf(write_articles(articles, language, seed), standing_pages(language, seed))
        self._responder = Responder(self, self._shelf, Renderer(self._look))

    # Looking

    @property
    def addresses(self) -> list[str]:
        """The addresses of all articles, in the order of the lists; standing pages last. Deleted ones are among them."""
        with self._lock:
            return [entry.article.address for entry in self._shelf]

    @property
    def listed(self) -> list[str]:
        """The addresses that the lists show now."""
        with self._lock:
            return [entry.article.address for entry in self._shelf.shown()]

    def article(self, address: str) -> Article:
        with self._lock:
            return self._shelf[address].article

    def truth(self, address: str) -> Truth:
        """What a reader must find at ``address``."""
        return truth(self.article(address))

    @property
    def truths(self) -> Mapping[str, Truth]:
        """Address to truth, of every article that answers 200 with itself."""
        with self._lock:
            entries = [entry for entry in self._shelf if entry.status == 200 and entry.stand_in is None]
            return {entry.article.address: truth(entry.article) for entry in entries}

    def url(self, address: str) -> str:
        """The site's own address of a path."""
        return f"https://{self.host}{address}"

    def pick(self, *needs: edits.Need) -> str:
        """The address of an article that was neither picked nor edited yet, has all of ``needs`` and answers."""
        with self._lock:
            for entry in self._shelf.shown():
                address = entry.article.address
                if address not in self._touched and not entry.stand_in and edits.has_all(entry.article, needs):
                    self._touched.add(address)
                    return address
        raise LookupError(f"no untouched article has {', '.join(needs) or 'what is asked'}: make the site larger")

    # Editing an article

    def edit(self, address: str, change: Callable[[Article], Article], note: str = "") -> Edit:
        """Puts ``change(article)`` in the article's place: the edit under all the others. Its address and number stay."""
        with self._lock:
            entry = self._shelf[address]
            before = entry.article
            after = change(before)
            entry.article = replace(after, address=before.address, section=before.section, number=before.number)
            self._changed(entry)
            fields = changed_fields(before, entry.article)
            old, new = truth(before), truth(entry.article)
            return self._note(Edit("edited" if fields else None, before.address, old.url, fields, old, new, note=note))

    def set_article(self, address: str, article: Article) -> Edit:
        return self.edit(address, lambda _: article, "set_article")

    def retitle(self, address: str, title: str | None = None) -> Edit:
        return self.edit(address, lambda old: replace(old, title=title or edits.other_title(old)), "retitle")

    def set_date(self, address: str, published: date | None) -> Edit:
        return self.edit(address, lambda old: replace(old, published=published), "set_date")

    def replace_word(self, address: str, old: str | None = None, new: str | None = None) -> Edit:
        """The first ``old`` of the body becomes ``new``; without words one word is replaced by another."""
        return self.edit(address, lambda article: edits.replace_word(article, old, new), "replace_word")

    def change_digit(self, address: str) -> Edit:
        return self.edit(address, edits.change_digit, "change_digit")

    def remove_paragraph(self, address: str, index: int | None = None) -> Edit:
        """``index`` counts the article's parts; without it the last plain paragraph of several goes."""
        return self.edit(address, lambda article: edits.remove_paragraph(article, index), "remove_paragraph")

    def insert_paragraph(self, address: str, text: str | None = None, index: int = 1) -> Edit:
        return self.edit(address, lambda article: edits.insert_paragraph(article, text, index), "insert_paragraph")

    def set_link_target(self, address: str, href: str | None = None) -> Edit:
        """The first link of the body leads elsewhere; its text stays."""
        return self.edit(address, lambda article: edits.set_link_target(article, href), "set_link_target")

    def swap_image(self, address: str, src: str | None = None) -> Edit:
        """The lead image, or else the first of the body, gets another source; its text stays."""
        return self.edit(address, lambda article: edits.swap_image(article, src), "swap_image")

    def swap_file(self, address: str, path: str | None = None) -> Edit:
        """A file that the article shows or links (its first) has other bytes, at the same address: no page shows it."""
        with self._lock:
            article = self._shelf[address].article
            self._responder.swap_file(edits.file_to_swap(article, path))
            self._touched.add(article.address)
            same = truth(article)
            return self._note(Edit("edited", article.address, same.url, ("media",), same, same, note="swap_file"))

    def redirect_file(self, path: str, target: str, status: int = 302) -> None:
        """A file's address leads to ``target``, on this site or elsewhere."""
        with self._lock:
            self._shelf.redirects[lookup_key(path)] = Redirect(status, target)

    # Editing the site

    def add_article(self, article: Article | None = None, section: str = NEWS) -> Edit:
        """A new article at the top of its list; written by the generator where none is given."""
        with self._lock:
            if article is None:
                number = self._added
                taken = {entry.article.address: entry for entry in self._shelf}
                article = write_article(self.language, self.seed, number, section, taken)
                article = replace(article, published=NEWEST + timedelta(days=number % 28 + 1))
            self._added += 1
            entry = Entry(article)
            self._shelf.put(entry, first=True)
            self._changed(entry)
            return self._note(Edit("new", article.address, self.url(article.address), after=truth(article)))

    def delete(self, address: str, status: int = 404) -> Edit:
        """``address`` answers ``status`` from now on, and no list names it."""
        with self._lock:
            entry = self._shelf[address]
            entry.status = status
            self._changed(entry)
            before = truth(entry.article)
            return self._note(Edit("deleted", entry.article.address, before.url, before=before, outcomes=("gone",)))

    def restore(self, address: str) -> Edit:
        """The article answers again as it last was: after ``delete``, ``unlist`` or ``replace_by``."""
        with self._lock:
            entry = self._shelf[address]
            was_unlisted = not entry.listed and bool(entry.article.section)
            kind = "restored" if entry.status != 200 else "relisted" if was_unlisted else None
            entry.status, entry.stand_in = 200, None
            entry.listed = bool(entry.article.section)
            self._changed(entry)
            return self._note(
                Edit(kind, entry.article.address, self.url(entry.article.address), after=truth(entry.article))
            )

    def move(self, address: str, new_address: str | None = None, status: int | None = 301) -> Edit:
        """The article answers at ``new_address``; the old one redirects, or answers 404 where ``status`` is None."""
        with self._lock:
            entry = self._shelf[address]
            before = entry.article
            after = replace(before, address=new_address or edits.other_address(before.address))
            self._shelf.rename(entry, after)
            entry.article = after
            if status is not None:
                self._shelf.redirects[lookup_key(before.address)] = Redirect(status, after.address)
            self._changed(entry)
            kind = "moved" if status in {301, 308} else None
            note = "possible_move" if status is None else "move"
            outcomes = ("moved",) if status else ("gone",)
            old, new = truth(before), truth(after)
            return self._note(Edit(kind, before.address, old.url, (), old, new, new.url, outcomes, note))

    def redirect(self, address: str, target: str, status: int = 302) -> Edit:
        """``address`` redirects to ``target``, on this site or elsewhere; lists go on naming it."""
        with self._lock:
            entry = self._shelf[address]
            self._shelf.redirects[lookup_key(address)] = Redirect(status, target)
            self._changed(entry)
            return self._note(Edit(None, address, self.url(address), outcomes=("gone", "out_of_scope", "http_error")))

    def unlist(self, address: str) -> Edit:
        """The article still answers; lists, strips and the home page no longer name it."""
        return self._list(address, "unlisted", is_listed=False)

    def relist(self, address: str) -> Edit:
        return self._list(address, "relisted", is_listed=True)

    def _list(self, address: str, kind: str, *, is_listed: bool) -> Edit:
        with self._lock:
            entry = self._shelf[address]
            entry.listed = is_listed
            self._changed(entry)
            return self._note(Edit(kind, entry.article.address, self.url(entry.article.address)))

    def replace_by(self, address: str, kind: str) -> Edit:
        """Serves one of ``STAND_INS`` in the article's place until ``restore``."""
        if kind not in STAND_INS:
            raise ValueError(f"no stand-in {kind!r}: choose one of {', '.join(STAND_INS)}")
        with self._lock:
            entry = self._shelf[address]
            entry.stand_in = kind
            self._changed(entry)
            outcomes = STAND_INS[kind].outcomes
            return self._note(
                Edit(None, entry.article.address, self.url(entry.article.address), outcomes=outcomes, note=kind)
            )

    def redesign(self, markup: str) -> Edit:
        """The whole site in another markup: no article changes."""
        with self._lock:
            self.markup = markup
            self._look = replace(self._look, markup=markup)
            self._responder.renderer = Renderer(self._look)
            for entry in self._shelf:
                entry.templates.clear()
            self._shelf.touched()
            return self._note(Edit(None, "/", self.url("/"), note="redesign"))

    def _changed(self, entry: Entry) -> None:
        entry.templates.clear()
        entry.revision += 1
        entry.changed_at = time.time()
        self._touched.add(entry.article.address)
        self._shelf.touched()

    def _note(self, edit: Edit) -> Edit:
        self.expected.append(edit)
        return edit

    # Serving

    def fault(
        self,
        address: str,
        kind: str | int,
        times: int | None = 1,
        *,
        retry_after: str | int | None = None,
        delay: float = 0.0,
    ) -> None:
        """The next ``times`` answers for ``address`` (``*``: any) go wrong; see ``replica.faults``."""
        with self._lock:
            key = address if address == EVERYWHERE else lookup_key(address)
            self._faults.plan(key, make_fault(kind, times, retry_after, delay))

    def clear_faults(self) -> None:
        with self._lock:
            self._faults.clear()

    def respond(self, target: str, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer to one GET. ``target`` is the path with its query, ``headers`` have lower-case names."""
        with self._lock:
            path, query = split_target(target)
            key = lookup_key(path if not query else target)
            return self._responder.respond(path, query, headers or {}, self._faults.take(key))
