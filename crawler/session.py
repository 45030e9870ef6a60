"""One crawl's state: the site, the store, the ledger, the lists, and what it came to. The spider decides, this remembers."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

from crawler.errors import UsageError
from crawler.files import Files
from crawler.judging import Judge
from crawler.ledger import Ledger
from crawler.lists import ListWalk, Walk
from crawler.middlewares.pace import Pace
from crawler.models import model_of, site_model
from crawler.pages.learning import Learner
from crawler.pages.reading import READER_VERSION, reader_mark
from crawler.pages.urls import canonical
from crawler.reread import learn_from_edits, reread_before
from crawler.resolver import exempt
from crawler.verdict import Stop, Tally, Verdict, judge
from crawler.version import program_version
from storage import queries
from storage.archive import Archive
from storage.forgotten import forgotten_of
from storage.learned import texts_of
from storage.records import Capture, KnownPage, Outcome, RecordedCapture, Revision, RunMode, RunReport, Settlement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Engine

    from crawler.options import CrawlOptions
    from crawler.pages.model import Model
    from crawler.pages.reading import Reading
    from crawler.pages.urls import Origin
    from crawler.sites import Site

logger = logging.getLogger(__name__)

TEMPLATE_CHANGED: Final = "template changed: the site's pages stand in another markup than before"
DUE_AFTER: Final = timedelta(hours=20)
MANY_LISTED: Final = 3
"""A list that named so many pages and names none now is no list any more."""


class Observer(Protocol):
    """Whoever watches a crawl. Called from the crawl's threads; must not raise."""

    def started(self, total: int | None) -> None: ...
    def total(self, pages: int) -> None: ...
    def captured(self, capture: RecordedCapture) -> None:
        """After the commit: from here on no crash loses it."""

    def finished(self) -> None: ...


class Silence:
    def started(self, total: int | None) -> None: ...
    def total(self, pages: int) -> None: ...
    def captured(self, capture: RecordedCapture) -> None: ...
    def finished(self) -> None: ...


@dataclass
class Session:
    options: CrawlOptions
    engine: Engine
    archive: Archive
    run_id: int
    started_at: datetime
    site: Site
    origin: Origin | None
    observer: Observer = field(default_factory=Silence)
    model: Model | None = None
    """What earlier runs learned of the site's templates."""
    template_changed: bool = False
    ledger: Ledger = field(default_factory=Ledger)
    lists: dict[str, ListWalk] = field(default_factory=dict)
    frame_places: set[str] = field(default_factory=set)
    """Structural places of links to articles on the probe pages and on some articles: the strip, the menus."""
    frame_pages: int = 0
    stop: Stop | None = None
    storage_error: Exception | None = None
    errors: list[str] = field(default_factory=list)
    left_by_limit: int = 0
    left_by_plan: int = 0
    looked_twice: bool = False
    listed_before: int = 0
    listed_now: int = 0
    was_closed: bool = False
    """Whether the spider came to its end, early or not; a second Ctrl-C lets it not."""
    requests: int = 0
    bytes: int = 0
    settlement: Settlement | None = None

    def __post_init__(self) -> None:
        self.judge = Judge(self.site, self.origin, Learner(self.site, self.model, self._known_texts))
        self.files = Files(self.site)
        self.pace = Pace(self.options.delay, self.options.jitter)

    @classmethod
    def open(cls, options: CrawlOptions, engine: Engine, observer: Observer | None = None) -> Session:
        site, archive = options.checked_site(), Archive(engine, retention=options.retention, rules=options.rules)
        refuse_forgotten(engine, options)
        model = model_of(engine, site.name)
        run_id = archive.begin_run(
            site.name,
            options.mode,
            base_url=options.base_url,
            reader_version=reader_mark(model),
            program_version=program_version(),
        )
        origin = options.checked_origin()
        if origin:
            exempt(urlsplit(str(origin)).hostname or "")
        return cls(options, engine, archive, run_id, archive.now(), site, origin, observer or Silence(), model)

    @property
    def origins(self) -> frozenset[str]:
        """Scheme, host and port that this run may ask: the mirror alone, or the site's hosts over https."""
        if self.origin:
            return frozenset((str(self.origin),))
        return frozenset(f"https://{host}" for host in (self.site.host, *self.site.aliases))

    # --- where to go ------------------------------------------------------------------------------------------------
    def due_before(self) -> datetime | None:
        """Pages that were checked since then are left alone; None: none are."""
        return self.started_at - DUE_AFTER if self.options.mode is RunMode.DUE else None

    def pages_to_visit(self) -> Iterator[KnownPage]:
        """Never-checked pages first, then the others; what this run has asked for already is left out."""
        only_new = self.options.mode is RunMode.NEW
        for page in queries.known_pages(self.engine, self.site.name, not_checked_since=self.due_before()):
            if only_new and page.checked_at is not None:
                return
            if page.url not in self.ledger and self._is_a_page(page.shown_url):
                yield page

    def _is_a_page(self, url: str) -> bool:
        """An import may have put a list or a tab of the home page into the store: it is kept, and not asked for."""
        return self.site.in_scope(url) and not self.site.is_list(url)

    def count_to_visit(self) -> int:
        only_new = self.options.mode is RunMode.NEW
        unknown = len(self.unknown_pages())
        due = queries.count_known(self.engine, self.site.name, not_checked_since=self.due_before(), only_new=only_new)
        total = due + unknown
        everything = queries.count_known(self.engine, self.site.name, not_checked_since=None, only_new=False)
        self.left_by_plan = everything - due if self.options.mode is RunMode.DUE else 0
        limit = self.options.limit
        if limit is not None and total > limit:
            self.left_by_limit = total - limit
            return limit
        return total

    def is_known(self, url: str) -> bool:
        return queries.is_known(self.engine, url)

    def is_forgotten(self, url: str) -> bool:
        return bool(forgotten_of(self.engine, [url]))

    def has_named_enough(self) -> bool:
        """Whether ``--limit`` is met by unknown pages that the lists have named already: a first look needn't walk them all."""
        limit = self.options.limit
        if limit is None:
            return False
        named = (url for walk in self.lists.values() for url in walk.named if walk.is_under(url))
        return sum(not self.is_known(url) for url in named) >= limit

    def is_one_page_everywhere(self) -> bool:
        """A maintenance page, a captive portal: it stands in the place of every list that answers, and of the probe page."""
        walks = self.lists.values()
        return any(w.is_like_probe for w in walks) and not any(w.pages for w in walks)

    def is_emptied(self, path: str) -> bool:
        """Whether a list that names nothing is to be believed: one of one or two pages may well be empty now."""
        deeper = [other for other in self.site.lists if other != path and other.startswith(path)]
        count = self._count_listed(path) - sum(self._count_listed(other) for other in deeper)
        return count >= MANY_LISTED

    def _count_listed(self, path: str) -> int:
        return queries.count_listed_under(self.engine, f"https://{self.site.host}{path}")

    # --- what was found ---------------------------------------------------------------------------------------------
    def keep(self, batch: list[Capture]) -> None:
        """Record a batch, tell the observer what is safe now, and settle what is clear. Runs in a worker thread."""
        for capture in self.archive.record(self.run_id, batch):
            self.observer.captured(capture)
        self.archive.settle_batch(self.run_id)

    def note_lists(self) -> None:
        """Tell the store which pages the lists name, once the frame is known from articles too. Runs in a worker thread."""
        frame = self.frame()
        self.listed_before = self._count_listed("/")
        listed: set[str] = set()
        for walk in self.lists.values():
            found = walk.listed(frame)
            listed.update(url for url, _shown in found)
            self.archive.note_listed(self.run_id, found)
        self.listed_now = len(listed)

    def frame(self) -> set[str]:
        """The places in which any page of the site links articles of anywhere."""
        return self.frame_places.union(*(walk.foreign_places() for walk in self.lists.values()))

    def unknown_pages(self) -> list[tuple[str, str]]:
        """Pages that the lists, or the strips and menus on them, link and that the store doesn't know: (canonical, shown)."""
        named = {url: link.shown for walk in self.lists.values() for url, link in walk.named.items()}
        unknown = queries.unknown_among(self.engine, list(named))
        return [(url, shown) for url, shown in named.items() if url in unknown and url not in self.ledger]

    # --- how it ended -----------------------------------------------------------------------------------------------
    def verdict(self) -> Verdict:
        return judge(self.tally())

    def tally(self) -> Tally:
        walks = list(self.lists.values())
        return Tally(
            outcomes=dict(self.ledger.counts()),
            lists_failed=tuple(w.path for w in walks if w.walk in (Walk.FAILED, Walk.OPEN)),
            lists_emptied=tuple(w.path for w in walks if w.walk is Walk.EMPTIED),
            lists_walked=sum(w.walk in (Walk.ENDED, Walk.CUT_SHORT) for w in walks),
            listed=self.listed_now,
            listed_before=self.listed_before,
            expects_lists=self.options.mode is not RunMode.URL,
            stop=self.stop,
            is_full_walk=bool(walks) and all(w.walk in (Walk.ENDED, Walk.ABSENT, Walk.EMPTIED) for w in walks),
            errors=tuple(self.errors),
            left_by_limit=self.left_by_limit,
            files_unaccounted=self.files.ledger.counts()[Outcome.UNACCOUNTED],
        )

    def record_unaccounted(self) -> None:
        """What was asked for and never answered gets its outcome too; pages that waited for files are recorded without."""
        waited = self.files.abandon()
        missing = self.ledger.open_addresses()
        now = datetime.now(UTC)
        for url in missing:
            self.ledger.close(url, Outcome.UNACCOUNTED)
        captures = waited + [
            Capture(u, Outcome.UNACCOUNTED, now, "no answer and no error", reader_version=READER_VERSION)
            for u in missing
        ]
        for start in range(0, len(captures), 50):
            self.archive.record(self.run_id, captures[start : start + 50])

    def _known_texts(self, url: str) -> frozenset[str] | None:
        return texts_of(self.engine, url)

    def conclude_reading(self) -> None:
        """Decide the pages that were read before their template was known, and keep what was learned. Before settling."""
        conclusion = self.judge.learner.conclude()
        self.template_changed = conclusion.template_changed
        if conclusion.model is not None and conclusion.is_new:
            self._keep_model(conclusion.model)
        revised = {canonical(url): reading for url, reading in conclusion.revised.items()}
        again = {canonical(url): reading for url, reading in conclusion.revised_again.items()}
        for url, reading in revised.items():
            self.ledger.close(url, reading.outcome)
        self.archive.revise(self.run_id, [*_revisions(revised, 0), *_revisions(again, 1)])
        learned = learn_from_edits(self.archive, self.run_id, self.site, self.model) if self.model is not None else None
        if learned is not None:
            self._keep_model(learned)
        reread_before(self.archive, self.run_id, self.model)

    def _keep_model(self, model: Model) -> None:
        self.model = model
        self.archive.keep_model(site_model(self.site.name, model, self.run_id), reader_mark(model))

    def settle(self) -> Verdict:
        verdict = self.verdict()
        if self.template_changed:
            verdict = replace(verdict, note="; ".join(filter(None, (verdict.note, TEMPLATE_CHANGED))))
        walked = all(w.walk in (Walk.ENDED, Walk.ABSENT) for w in self.lists.values()) and bool(self.lists)
        report = RunReport(
            outcome=verdict.outcome,
            exit_code=int(verdict.exit_code),
            is_complete=verdict.is_complete,
            walked_lists=walked and verdict.is_complete,
            looked_twice=self.looked_twice,
            requests=self.requests,
            bytes=self.bytes,
            note=verdict.note,
            template_changed=self.template_changed,
        )
        self.settlement = self.archive.settle(self.run_id, report)
        return verdict


def refuse_forgotten(engine: Engine, options: CrawlOptions) -> None:
    """UsageError where a page is asked for that the store was told to forget."""
    asked = dict(options.asked_urls())
    for url in forgotten_of(engine, asked):
        raise UsageError(f"--url: {asked[url]} was forgotten: it isn't fetched again")


def _revisions(readings: Mapping[str, Reading], look: int) -> Iterator[Revision]:
    for url, reading in readings.items():
        yield Revision(url, look, reading.outcome, reading.reason, reading.article, reading.reader)
