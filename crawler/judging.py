"""What an answer, or the lack of one, means for the page that was asked for: a capture, or one more hop to the same page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)

from crawler.answers import kept_headers
from crawler.middlewares.robots import RobotsDenied, RobotsUnreachable
from crawler.middlewares.scope import OutOfScope
from crawler.middlewares.whole_body import CUT, TooLarge
from crawler.pages.learning import Learner
from crawler.pages.reading import READER_VERSION, Answer
from crawler.pages.urls import BadAddress, canonical, rebase, resolve, tidy, unbase
from storage.records import Capture, Outcome

if TYPE_CHECKING:
    from scrapy.http import Response

    from crawler.pages.reading import Fingerprint
    from crawler.pages.urls import Origin
    from crawler.sites import Site

MAX_HOPS: Final = 5
PERMANENT: Final = frozenset({301, 308})
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_FAILURES: Final[tuple[tuple[type[BaseException], Outcome, str], ...]] = (
    (RobotsDenied, Outcome.ROBOTS_DENIED, "robots.txt disallows it"),
    (RobotsUnreachable, Outcome.ROBOTS_DENIED, "robots.txt can't be had"),
    (OutOfScope, Outcome.OUT_OF_SCOPE, "outside the site"),
    (TooLarge, Outcome.TOO_LARGE, "larger than the limit"),
    (ResponseDataLossError, Outcome.PARTIAL, "the body is cut"),
    (DownloadCancelledError, Outcome.TOO_LARGE, "larger than the limit"),
    (CannotResolveHostError, Outcome.NET_ERROR, "the host's name can't be resolved"),
    (DownloadConnectionRefusedError, Outcome.NET_ERROR, "connection refused"),
    (DownloadTimeoutError, Outcome.NET_ERROR, "timeout"),
    (DownloadFailedError, Outcome.NET_ERROR, "connection failed"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that was asked for: its identity, how the site links it, and how many hops it took so far."""

    url: str
    shown: str
    hops: int = 0
    second_look: bool = False
    """A page that answered 404, at the end of a full crawl."""
    to_learn: bool = False
    """A page that is fetched once more at once: what differs is the site's."""


@dataclass(frozen=True, slots=True)
class Hop:
    """The same page under another spelling of its address (http to https, www, slash): ``to`` as the redirect spells it."""

    to: str


class Judge:
    """Knows the site, and the mirror that its bytes come from."""

    def __init__(self, site: Site, origin: Origin | None, learner: Learner | None = None) -> None:
        self.site = site
        self.origin = origin
        self.learner = learner or Learner(site)
        self.probe: Fingerprint | None = None
        """What this crawl's probe pages say: the site's word for a page that doesn't exist."""

        self._whole_probe: Fingerprint | None = None

    def learn_probe(self, seen: Fingerprint) -> None:
        self.probe = self._whole_probe = seen if self.probe is None else self.probe.common(seen)

    def is_like_probe(self, seen: Fingerprint) -> bool:
        """Whether a list page says what a page that can't exist says, under the same name."""
        probe = self._whole_probe
        if probe is None or not probe.lines or seen.title != probe.title:
            return False
        return len(probe.lines & seen.lines) * 2 >= len(probe.lines)

    def learn_frame(self, seen: Fingerprint) -> None:
        """A list that stands: what it says isn't said of missing pages."""
        if self.probe is not None:
            self.probe = self.probe.without(seen.lines)

    def of_answer(self, asked: Asked, response: Response) -> Capture | Hop:
        at = datetime.now(UTC)
        if response.status in REDIRECTS:
            return self._of_redirect(asked, response, at)
        if CUT in response.flags:
            return self._of_cut(asked, response, at)
        content_type = _header(response, "Content-Type")
        answer = Answer(
            url=asked.shown,
            status=response.status,
            body=response.body,
            content_type=content_type,
            truncated="partial" in response.flags or "dataloss" in response.flags,
            probe=self.probe,
            base_origin=str(self.origin) if self.origin else None,
        )
        reading = self.learner.read_again(answer) if asked.to_learn else self.learner.read(answer)
        return Capture(
            url=asked.url,
            outcome=reading.outcome,
            captured_at=at,
            reason=reading.reason,
            shown_url=asked.shown,
            http_status=response.status,
            headers=_kept_headers(response),
            media_type=reading.media_type,
            encoding=reading.encoding,
            body=response.body,
            article=reading.article,
            reader_version=reading.reader,
            is_open=reading.is_open,
        )

    def _of_cut(self, asked: Asked, response: Response, at: datetime) -> Capture:
        return Capture(
            url=asked.url,
            outcome=Outcome.PARTIAL,
            captured_at=at,
            reason="the compressed body is cut or damaged",
            shown_url=asked.shown,
            http_status=response.status,
            headers=_kept_headers(response),
            body=response.body,
            reader_version=READER_VERSION,
        )

    def of_failure(self, asked: Asked, error: BaseException | None) -> Capture:
        outcome, reason = Outcome.NET_ERROR, type(error).__name__
        for kind, its_outcome, its_reason in _FAILURES:
            if isinstance(error, kind):
                outcome, reason = its_outcome, its_reason
                break
        if outcome is Outcome.NET_ERROR and _is_tls(error):
            reason = "the certificate or the TLS connection was refused"
        return Capture(
            asked.url, outcome, datetime.now(UTC), reason, shown_url=asked.shown, reader_version=READER_VERSION
        )

    def target(self, response: Response) -> str | None:
        """The site's own address that a redirect leads to; None when it leads nowhere that can be asked for."""
        location = response.headers.get(b"Location")
        if not location:
            return None
        try:
            base = self.site_address(response.url)
            found = resolve(base, location.decode("utf-8", "replace"))
        except BadAddress:
            return None
        return self.site_address(found) if found else None

    def site_address(self, url: str) -> str:
        return unbase(url, self.origin, self.site.host) if self.origin else url

    def _of_redirect(self, asked: Asked, response: Response, at: datetime) -> Capture | Hop:
        target = self.target(response)

        def capture(outcome: Outcome, reason: str, moved_to: str | None = None) -> Capture:
            return Capture(
                url=asked.url,
                outcome=outcome,
                captured_at=at,
                reason=reason,
                shown_url=asked.shown,
                final_url=target,
                http_status=response.status,
                headers=_kept_headers(response),
                moved_to=moved_to,
                reader_version=READER_VERSION,
            )

        if target is None:
            return capture(Outcome.HTTP_ERROR, "a redirect that leads nowhere")
        if self.site.owns(target) and self.site.is_dead_end(target, asked.url):
            return capture(Outcome.GONE, "a redirect to the home page, a list or a login")
        if not self.site.in_scope(target) or self._is_downgrade(response):
            return capture(Outcome.OUT_OF_SCOPE, "a redirect that leaves the site or https")
        if canonical(target) == asked.url:
            loops = asked.hops >= MAX_HOPS
            return capture(Outcome.HTTP_ERROR, "a redirect loop") if loops else Hop(self.spelled(response))
        if response.status in PERMANENT:
            return capture(Outcome.MOVED, "a permanent redirect", canonical(target))
        return capture(Outcome.HTTP_ERROR, "a passing redirect to another page")

    def spelled(self, response: Response) -> str:
        """Where the redirect leads, to the letter: a site may insist on ``www.``, which no stored address has."""
        raw = response.headers.get(b"Location") or b""
        location = urljoin(response.url, raw.decode("latin-1").strip()).partition("#")[0]
        return rebase(self.site_address(tidy(location)), self.origin) if self.origin else location

    def _is_downgrade(self, response: Response) -> bool:
        location = (response.headers.get(b"Location") or b"").strip().lower()
        return self.origin is None and location.startswith(b"http:")


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _kept_headers(response: Response) -> dict[str, str]:
    return kept_headers(lambda name: _header(response, name))


def _is_tls(error: BaseException | None) -> bool:
    return any(word in str(error).lower() for word in ("ssl", "certificate", "tls"))
