"""Records of WARC files as captures from the past: pages of the sites, and all that this program itself wrote.

A revisit is resolved to the record that it names, which must have come before it. What no capture is made of is counted by the
reason.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.answers import kept_headers
from crawler.import_runs import Count, NotRead
from crawler.ledger import FAILURES
from crawler.pages.decode import media_type_of
from crawler.pages.reading import READER_VERSION, Answer, Reading, read
from crawler.pages.text_capture import MEDIA_TYPE, read_text
from crawler.pages.urls import CAPTURE_PREFIX, BadAddress, canonical, resolve, tidy
from crawler.sites import site_of
from crawler.warcs import (
    DamagedWarc,
    Message,
    Place,
    Record,
    Unusable,
    address_of,
    date_of,
    head_of,
    message_of,
    payload_of,
    record_at,
    records,
)
from storage.articles import decode_article
from storage.records import Article, Capture, Outcome

if TYPE_CHECKING:
    from crawler.models import Models
    from crawler.sites import Site

ARTICLE_PREFIX: Final = "urn:csto-watch:article:"
_OWN: Final = "CSTO-Watch-"
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PERMANENT: Final = frozenset({301, 308})
_NOT_MODIFIED: Final = "server-not-modified"
_UNKNOWN_TYPE: Final = "application/octet-stream"
_CLOCKS_DIFFER: Final = timedelta(minutes=10)
_ARTICLES_AT_HAND: Final = 64


@dataclass(frozen=True, slots=True)
class _Page:
    """What a record is of. ``own``: the outcome that this program wrote with it."""

    url: str
    shown: str
    site: Site | None
    at: datetime
    own: Outcome | None


class WarcCaptures:
    """``count`` is kept while the captures are asked for."""

    def __init__(self, paths: Sequence[Path], models: Models, count: Count) -> None:
        self._paths, self._models, self._count = paths, models, count
        self._known: dict[bytes, Place] = {}
        self._articles: OrderedDict[str, Article] = OrderedDict()

    def __iter__(self) -> Iterator[Capture]:
        for path in self._paths:
            for record in records(path):
                try:
                    capture = self._taken(record)
                except Unusable as why:
                    self._count.skipped[str(why)] += 1
                    continue
                if capture is not None:
                    self._noted(record, capture)
                    yield capture

    def _taken(self, record: Record) -> Capture | None:
        if record.kind == "conversion" and record.url.startswith(ARTICLE_PREFIX):
            self._note_article(record)
            return None
        is_ours = bool(record.said(f"{_OWN}Outcome"))
        if record.kind not in {"response", "revisit", "resource"} and not (record.kind == "metadata" and is_ours):
            return None
        page = _page_of(record)
        if record.kind == "metadata":
            return self._own_capture(record, page, None)
        if record.kind == "revisit":
            return self._revisit(record, page)
        message = message_of(record) if record.kind == "response" else _resource(record)
        return self._capture(record, page, message)

    # --- what is known of earlier records ---------------------------------------------------------------------------
    def _noted(self, record: Record, capture: Capture) -> None:
        """So that a later revisit finds it. Only records with bytes can be referred to."""
        if record.kind in {"response", "resource"} and capture.outcome is not Outcome.NOT_MODIFIED:
            for key in (
                ("id", record.said("WARC-Record-ID")),
                ("at", record.url, record.said("WARC-Date")),
                ("payload", record.said("WARC-Payload-Digest")),
            ):
                if key[-1]:
                    self._known.setdefault(_key(*key), record.place)
            if capture.article is not None:
                self._known[_key("page", capture.url)] = record.place

    def _referred(self, record: Record, page: _Page) -> Record | None:
        asked = (address_of(record.said("WARC-Refers-To-Target-URI")), record.said("WARC-Refers-To-Date"))
        digest = record.said("WARC-Payload-Digest")
        keys = [("id", record.said("WARC-Refers-To")), ("at", *asked), ("payload", digest)]
        if record.said("WARC-Profile").endswith(_NOT_MODIFIED):
            keys.append(("page", page.url))
        for key in keys:
            place = self._known.get(_key(*key)) if all(key) else None
            if place is not None:
                found = record_at(place)
                named = found.said("WARC-Payload-Digest")
                if digest and named and digest.partition(":")[0] == named.partition(":")[0] and digest != named:
                    continue
                return found
        return None

    def _note_article(self, record: Record) -> None:
        key = record.url.removeprefix(ARTICLE_PREFIX)
        if sha256(payload_of(record)).hexdigest() != key:
            raise DamagedWarc(str(record.place), "the article was altered: it hasn't the SHA-256 in its name")
        self._known[_key("article", key)] = record.place

    def _article(self, key: str) -> Article | None:
        if key in self._articles:
            self._articles.move_to_end(key)
            return self._articles[key]
        place = self._known.get(_key("article", key))
        if place is None:
            return None
        try:
            article = decode_article(payload_of(record_at(place)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DamagedWarc(str(place), f"no article of this program: {error!r}") from None
        while len(self._articles) >= _ARTICLES_AT_HAND:
            self._articles.popitem(last=False)
        self._articles[key] = article
        return article

    # --- captures ---------------------------------------------------------------------------------------------------
    def _revisit(self, record: Record, page: _Page) -> Capture:
        found = self._referred(record, page)
        if found is None:
            raise Unusable("a revisit of a record that isn't here, or wasn't taken")
        first = message_of(found) if found.kind == "response" else _resource(found)
        if record.said("WARC-Profile").endswith(_NOT_MODIFIED):
            return self._unchanged(record, page, first)
        head = head_of(record)
        if head is not None:
            return self._capture(record, page, replace(first, status=head.status, headers=_merged(head, first)))
        return self._capture(record, page, first)

    def _unchanged(self, record: Record, page: _Page, first: Message | None) -> Capture:
        """A 304: it shows what the page showed before."""
        if page.own is not None:
            return self._own_capture(record, page, None)
        reading = self._read(page, first) if first is not None else None
        article = reading.article if reading is not None and reading.outcome is Outcome.OK else None
        self._count.outcomes[Outcome.NOT_MODIFIED.value] += 1
        return Capture(
            url=page.url,
            outcome=Outcome.NOT_MODIFIED,
            captured_at=page.at,
            reason="status 304",
            shown_url=page.shown,
            http_status=304,
            article=article,
            reader_version=reading.reader if reading is not None else READER_VERSION,
            source="import",
            site=page.site.name if page.site else None,
        )

    def _capture(self, record: Record, page: _Page, message: Message) -> Capture:
        if page.own is not None:
            return self._own_capture(record, page, message)
        if message.status == 304:
            place = self._known.get(_key("page", page.url))
            return self._unchanged(record, page, message_of(record_at(place)) if place else None)
        if message.status in _REDIRECTS:
            return self._counted(record, _redirected(page, message))
        reading = self._read(page, message, is_cut=bool(record.said("WARC-Truncated")))
        if reading.outcome is Outcome.WRONG_TYPE:
            raise Unusable("no HTML")
        filled = _from(page, message, record)
        return self._counted(
            record,
            replace(
                filled,
                outcome=reading.outcome,
                reason=reading.reason,
                media_type=reading.media_type,
                encoding=reading.encoding,
                article=reading.article,
                reader_version=reading.reader,
            ),
        )

    def _read(self, page: _Page, message: Message, *, is_cut: bool = False) -> Reading:
        content_type = message.headers.get("content-type")
        if not message.status and media_type_of(content_type) == MEDIA_TYPE:
            return read_text(message.body)
        answer = Answer(page.shown, message.status or 200, message.body, content_type, truncated=is_cut)
        return read(answer, site=page.site, model=self._models.of(page.site.name) if page.site else None)

    def _own_capture(self, record: Record, page: _Page, message: Message | None) -> Capture:
        """As the store had it that wrote the file."""
        article = self._article(record.said(f"{_OWN}Article"))
        if article is None and page.own is Outcome.OK:
            if message is None:
                raise Unusable("an article that isn't in the file")
            return self._capture(record, replace(page, own=None), message)
        status = record.said(f"{_OWN}Status")
        filled = _from(page, message or Message(0), record)
        capture = replace(
            filled,
            outcome=page.own or Outcome.UNACCOUNTED,
            reason=record.said(f"{_OWN}Reason"),
            http_status=int(status) if status.isdecimal() else filled.http_status,
            article=article,
            moved_to=_canonical_or_none(record.said(f"{_OWN}Moved-To")),
            reader_version=record.said(f"{_OWN}Reader"),
        )
        self._count.outcomes[capture.outcome.value] += 1
        self._count.bytes += len(capture.body or b"")
        return capture

    def _counted(self, record: Record, capture: Capture) -> Capture:
        self._count.outcomes[capture.outcome.value] += 1
        self._count.bytes += len(capture.body or b"")
        if capture.outcome in FAILURES:
            shown = capture.shown_url or capture.url
            self._count.not_read.append(NotRead(str(record.place), shown, capture.outcome, capture.reason))
        return capture


def _page_of(record: Record) -> _Page:
    """Unusable for what isn't a page of one of the sites; what this program wrote is taken, whatever its page."""
    try:
        url, shown = canonical(record.url), tidy(record.url)
    except BadAddress:
        raise Unusable("of an address that is none of the web") from None
    said = record.said(f"{_OWN}Outcome")
    own = Outcome(said) if said in {each.value for each in Outcome} else None
    site = site_of(url)
    if own is None:
        if site is None or url.startswith(CAPTURE_PREFIX):
            raise Unusable("of another host")
        if site.is_list(url):
            raise Unusable("a list page")
        if not site.in_scope(url):
            raise Unusable("a log-in, a search or another page that isn't watched")
    at = date_of(record)
    if at > datetime.now(UTC) + _CLOCKS_DIFFER:
        raise Unusable("from the future")
    return _Page(url, shown, site, at, own)


def _resource(record: Record) -> Message:
    body, kind = payload_of(record), record.said("Content-Type")
    return Message(0, {} if kind in {"", _UNKNOWN_TYPE} else {"content-type": kind}, body, body)


def _merged(head: Message, first: Message) -> dict[str, str]:
    """A revisit's own headers; what says how the bytes are to be read comes from the record that has them."""
    named = {name: first.headers[name] for name in ("content-type",) if name in first.headers}
    return named | dict(head.headers)


def _from(page: _Page, message: Message, record: Record | None = None) -> Capture:
    """What the message alone tells."""
    return Capture(
        url=page.url,
        outcome=Outcome.UNACCOUNTED,
        captured_at=page.at,
        shown_url=page.shown,
        http_status=message.status or None,
        headers=kept_headers(lambda name: message.headers.get(name.lower())),
        media_type=media_type_of(message.headers.get("content-type")),
        body=message.body or None,
        is_cut=record is not None and bool(record.said("WARC-Truncated")),
        source="import",
        site=page.site.name if page.site else None,
    )


def _redirected(page: _Page, message: Message) -> Capture:
    """As a crawl judges it, but that nothing is asked for once more."""
    found = replace(_from(page, message), body=None, reader_version=READER_VERSION)
    target, site = _target(page.shown, message.headers.get("location", "")), page.site
    if target is None or site is None:
        return replace(found, outcome=Outcome.HTTP_ERROR, reason="a redirect that leads nowhere")
    if canonical(target) == page.url:
        raise Unusable("a redirect to another spelling of the same address")
    if site.owns(target) and site.is_dead_end(target, page.url):
        return replace(found, outcome=Outcome.GONE, reason="a redirect to the home page, a list or a login")
    if not site.in_scope(target):
        return replace(found, outcome=Outcome.OUT_OF_SCOPE, reason="a redirect that leaves the site or https")
    if message.status in _PERMANENT:
        moved = canonical(target)
        return replace(found, outcome=Outcome.MOVED, reason="a permanent redirect", final_url=target, moved_to=moved)
    return replace(found, outcome=Outcome.HTTP_ERROR, reason="a passing redirect to another page", final_url=target)


def _target(base: str, location: str) -> str | None:
    try:
        return resolve(base, location) if location else None
    except BadAddress:
        return None


def _canonical_or_none(url: str) -> str | None:
    try:
        return canonical(url) if url else None
    except BadAddress:
        return None


def _key(*parts: str) -> bytes:
    """So short that an index of a million records stays small."""
    return blake2b("\x00".join(parts).encode("utf-8", "surrogateescape"), digest_size=12).digest()
