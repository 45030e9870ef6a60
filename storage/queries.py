"""The ways out of the store. Everything here reads, in short transactions; nothing is changed by asking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from heapq import merge
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, Select, func, or_, select

from storage import settling
from storage.engine import reading
from storage.flapping import without_repeats
from storage.forgotten import forgotten_among, stub_of
from storage.models import (
    AddressRow,
    ContentRow,
    EventRow,
    HeldRow,
    Listing,
    PageRow,
    RunRow,
    VersionRow,
    table_of,
)
from storage.outgoing import one_version, standing, versions_of
from storage.page_lists import each_page
from storage.pieces import CHUNK, chunks
from storage.records import (
    Event,
    EventKind,
    HeldPage,
    KnownPage,
    Page,
    PageState,
    Run,
    Version,
)
from storage.roots import by_bytes
from storage.rows import event_of, page_of, run_of, version_of
from storage.technical import technical_lines
from storage.twins import also_at

_address, _content, _event, _held = table_of(AddressRow), table_of(ContentRow), table_of(EventRow), table_of(HeldRow)
_page, _run, _version = table_of(PageRow), table_of(RunRow), table_of(VersionRow)
_LEFT_ALONE: Final = (PageState.MOVED.value, PageState.FORGOTTEN.value)
_BEHIND_ALL: Final = "\U0010ffff"
"""No address has it: none stands behind it that starts with the same."""
_from, _to = _version.alias("from_version"), _version.alias("to_version")


def is_baseline(engine: Engine, site: str | None) -> bool:
    """Whether the site has had no complete crawl yet."""
    with reading(engine) as connection:
        return settling.is_baseline(connection, site)


def known_pages(engine: Engine, site: str, *, not_checked_since: datetime | None = None) -> Iterator[KnownPage]:
    """The site's pages that a crawl looks at: first those never checked, then the others, each oldest first.

    Pages that moved on or were forgotten are left out. Read in pieces: what a running crawl checks meanwhile may come twice.
    """
    is_new = _page.c.checked_at.is_(None)
    for part in (is_new, ~is_new):
        after = 0
        while True:
            statement = _known(site, not_checked_since).where(part, _page.c.id > after).order_by(_page.c.id)
            with reading(engine) as connection:
                rows = connection.execute(statement.limit(CHUNK)).all()
            if not rows:
                break
            yield from (KnownPage(row.id, row.url, row.shown_url, PageState(row.state), row.checked_at) for row in rows)
            after = rows[-1].id


def count_known(engine: Engine, site: str, *, not_checked_since: datetime | None = None, only_new: bool = False) -> int:
    """How many pages ``known_pages`` gives; ``only_new``: of those never checked."""
    known = _known(site, not_checked_since)
    if only_new:
        known = known.where(_page.c.checked_at.is_(None))
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(known.subquery())) or 0


def is_known(engine: Engine, url: str) -> bool:
    """Whether a page is, or once was, at this address."""
    with reading(engine) as connection:
        return find_page(connection, url) is not None


def unknown_among(engine: Engine, urls: Sequence[str]) -> set[str]:
    """Which of these canonical addresses no page has, or once had. That of a forgotten page is known, as far as that goes."""
    known: set[str] = set()
    with reading(engine) as connection:
        for some in chunks(urls):
            known.update(connection.scalars(select(_page.c.url).where(_page.c.url.in_(some))))
            known.update(connection.scalars(select(_address.c.url).where(_address.c.url.in_(some))))
        known |= forgotten_among(connection, set(urls) - known)
    return set(urls) - known


def count_listed_under(engine: Engine, start: str) -> int:
    """How many pages the lists link, as far as is known, whose address starts so."""
    with reading(engine) as connection:
        url = by_bytes(connection, _page.c.url)
        # A range, which an index can give: in SQLite LIKE knows no case, and no index then.
        statement = select(func.count()).where(url >= start, url < start + _BEHIND_ALL)
        return connection.scalar(statement.where(_page.c.listing == Listing.LISTED)) or 0


def resolve_url(engine: Engine, url: str) -> Page | None:
    """The page at an address, a former one included; canonical or as the site links it."""
    with reading(engine) as connection:
        page_id = find_page(connection, url)
        if page_id is None:
            return None
        row = connection.execute(select(_page).where(_page.c.id == page_id)).one()
        return page_of(row, also_at(connection, [row]))


def pages(engine: Engine, state: PageState | None = None, site: str | None = None) -> list[Page]:
    """``each_page`` as a list."""
    return list(each_page(engine, state, site))


def history(engine: Engine, url: str) -> list[Version]:
    """The versions of the page at an address, in order of time."""
    with reading(engine) as connection:
        page_id = find_page(connection, url)
        if page_id is None:
            return []
        in_time = versions_of(page_id).where(_version.c.position.is_not(None)).order_by(_version.c.position)
        return [version_of(row) for row in connection.execute(in_time)]


def version(engine: Engine, url: str, *, number: int | None = None, at: datetime | None = None) -> Version | None:
    """One version: by its number, as of an instant, or else the current one."""
    with reading(engine) as connection:
        page_id = find_page(connection, url)
        if page_id is None:
            return None
        row = connection.execute(one_version(page_id, number, at)).first()
        return version_of(row) if row else None


def last_two(engine: Engine, url: str) -> tuple[Version, Version] | None:
    """The last two states of a page, each as it was read last; None where it has had only one."""
    states: list[Version] = []
    for version in history(engine, url):
        if version.technical:
            states.pop()
        states.append(version)
    return (states[-2], states[-1]) if len(states) > 1 else None


def snapshot(engine: Engine, as_of: datetime | None = None) -> Iterator[tuple[Version, PageState]]:
    """The version and the state of every page as of an instant (else now), by page, out of one read transaction."""
    with reading(engine) as connection:
        yield from standing(connection, as_of)


def changes(
    engine: Engine,
    since: datetime | None = None,
    run_id: int | None = None,
    kinds: Sequence[EventKind] = (),
    *,
    technical: bool = False,
) -> list[Event]:
    """``each_change`` as a list."""
    return list(each_change(engine, since, run_id, kinds, technical=technical))


def each_change(  # noqa: PLR0913 - each but the store narrows what is asked
    engine: Engine,
    since: datetime | None = None,
    run_id: int | None = None,
    kinds: Sequence[EventKind] = (),
    *,
    technical: bool = False,
    until: datetime | None = None,
) -> Iterator[Event]:
    """Events in order of recording, by ``recorded_at``. Pages of one article and a flapping page have one line each.

    ``technical``: also what only a newer reader saw differently. That is no event: its line has the version's id, negated.
    Read in pieces: no transaction stays open while whoever asked is at work.
    """
    wanted = _events(since, run_id, kinds)
    if until is not None:
        wanted = wanted.where(_event.c.recorded_at <= until)
    told = _each_told(engine, wanted)
    if not technical or (kinds and EventKind.EDITED not in kinds):
        return told
    with reading(engine) as connection:
        lines = technical_lines(connection, since, run_id)
    if until is not None:
        lines = [line for line in lines if line.recorded_at <= until]
    return merge(told, sorted(lines, key=_in_order), key=_in_order)


def each_change_back(
    engine: Engine,
    since: datetime | None = None,
    kinds: Sequence[EventKind] = (),
    *,
    site: str | None = None,
    url: str | None = None,
) -> Iterator[Event]:
    """Events, the last recorded first, in pieces. ``url``: all of the one page, also those that another's line tells of."""
    wanted = _events(since, None, kinds, is_folded=url is not None)
    if site is not None:
        wanted = wanted.where(_page.c.site == site)
    if url is not None:
        with reading(engine) as connection:
            wanted = wanted.where(_event.c.page_id == find_page(connection, url))
    return _each_told(engine, wanted, newest_first=True)


def _in_order(event: Event) -> tuple[datetime, int]:
    return event.recorded_at, event.id


def _each_told(engine: Engine, wanted: Select[Any], *, newest_first: bool = False) -> Iterator[Event]:
    with reading(engine) as connection:
        flapping = connection.execute(wanted.where(_event.c.is_flapping).order_by(_event.c.id)).all()
    flips = {row.id: count for row, count in without_repeats(flapping)}
    last: Row[Any] | None = None
    while True:
        with reading(engine) as connection:
            rows = (_before if newest_first else _behind)(connection, wanted, last)
            folded = _folded(connection, [row.id for row in rows])
            twins = also_at(connection, [row for row in rows if row.kind == EventKind.NEW])
        if not rows:
            return
        for row in rows:
            if not row.is_flapping or row.id in flips:
                yield event_of(row, folded.get(row.id) or _twins_of_new(row, twins), flips.get(row.id, 0))
        last = rows[-1]


def _behind(connection: Connection, wanted: Select[Any], last: Row[Any] | None) -> Sequence[Row[Any]]:
    """The next events. A first crawl has all of its own at one instant: SQLite finds a place among these only by an equation."""
    next_ones = wanted.order_by(_event.c.recorded_at, _event.c.id).limit(CHUNK)
    if last is None:
        return connection.execute(next_ones).all()
    at_once = next_ones.where(_event.c.recorded_at == last.recorded_at, _event.c.id > last.id)
    later = next_ones.where(_event.c.recorded_at > last.recorded_at)
    return connection.execute(at_once).all() or connection.execute(later).all()


def _before(connection: Connection, wanted: Select[Any], last: Row[Any] | None) -> Sequence[Row[Any]]:
    next_ones = wanted.order_by(_event.c.recorded_at.desc(), _event.c.id.desc()).limit(CHUNK)
    if last is None:
        return connection.execute(next_ones).all()
    at_once = next_ones.where(_event.c.recorded_at == last.recorded_at, _event.c.id < last.id)
    earlier = next_ones.where(_event.c.recorded_at < last.recorded_at)
    return connection.execute(at_once).all() or connection.execute(earlier).all()


def versions_shown(engine: Engine, event_ids: Sequence[int], *, before: bool = False) -> Iterator[tuple[int, Version]]:
    """For each of these events that ends in a version: the event's id and the version. ``before``: that it begins with."""
    shown = _event.c.from_version_id if before else _event.c.to_version_id
    with reading(engine) as connection:
        for some in chunks(event_ids):
            found = versions_of().add_columns(_event.c.id.label("event_id"))
            found = found.join(_event, shown == _version.c.id).where(_event.c.id.in_(some))
            yield from ((row.event_id, version_of(row)) for row in connection.execute(found))


def runs(engine: Engine, limit: int | None = None) -> list[Run]:
    """Runs, the latest first."""
    with reading(engine) as connection:
        rows = connection.execute(select(_run).order_by(_run.c.id.desc()).limit(limit))
        return [run_of(row) for row in rows]


def run(engine: Engine, run_id: int) -> Run | None:
    with reading(engine) as connection:
        row = connection.execute(select(_run).where(_run.c.id == run_id)).one_or_none()
        return run_of(row) if row else None


def held(engine: Engine) -> list[HeldPage]:
    """What waits for a second crawl or for a person, oldest first."""
    other = _page.alias("other")
    statement = (
        select(_held, _page.c.shown_url, other.c.shown_url.label("other_url"))
        .join(_page, _page.c.id == _held.c.page_id)
        .outerjoin(other, other.c.id == _held.c.other_page_id)
        .order_by(_held.c.id)
    )
    with reading(engine) as connection:
        return [
            HeldPage(row.id, row.kind, row.shown_url, row.reason, row.held_at, row.other_url)
            for row in connection.execute(statement)
        ]


def find_page(connection: Connection, url: str) -> int | None:
    """The id of the page at an address; of the page that was there, where it has moved on or was forgotten."""
    for form in (url, stub_of(url)):
        now = select(_page.c.id).where(or_(_page.c.url == form, _page.c.shown_url == form))
        former = select(_address.c.page_id).where(or_(_address.c.url == form, _address.c.shown_url == form))
        found: int | None = connection.scalar(now.order_by(_page.c.url != form).limit(1))
        found = found if found is not None else connection.scalar(former.limit(1))
        if found is not None:
            return found
    return None


def _known(site: str, not_checked_since: datetime | None) -> Select[Any]:
    columns = (_page.c.id, _page.c.url, _page.c.shown_url, _page.c.state, _page.c.checked_at)
    statement = select(*columns).where(_page.c.site == site, _page.c.state.not_in(_LEFT_ALONE))
    if not_checked_since is not None:
        is_due = or_(_page.c.checked_at.is_(None), _page.c.checked_at < not_checked_since)
        statement = statement.where(is_due)
    return statement


def _events(
    since: datetime | None, run_id: int | None, kinds: Sequence[EventKind], *, is_folded: bool = False
) -> Select[Any]:
    columns = (
        _page.c.title,
        _page.c.site,
        _page.c.language,
        _page.c.same_as,
        _from.c.number.label("from_number"),
        _to.c.number.label("to_number"),
    )
    statement = (
        select(_event, *columns)
        .join(_page, _page.c.id == _event.c.page_id)
        .outerjoin(_from, _from.c.id == _event.c.from_version_id)
        .outerjoin(_to, _to.c.id == _event.c.to_version_id)
    )
    if not is_folded:
        statement = statement.where(_event.c.folded_into.is_(None))
    if since is not None:
        statement = statement.where(_event.c.recorded_at >= since)
    if run_id is not None:
        statement = statement.where(_event.c.run_id == run_id)
    if kinds:
        statement = statement.where(_event.c.kind.in_([kind.value for kind in kinds]))
    return statement


def _twins_of_new(row: Row[Any], twins: dict[int, tuple[str, ...]]) -> tuple[str, ...]:
    """A page that is new with a text that is known: where else it stands."""
    return twins.get(row.page_id, ()) if row.kind == EventKind.NEW else ()


def _folded(connection: Connection, event_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The addresses of the events that are shown in another's line."""
    urls: dict[int, tuple[str, ...]] = {}
    for some in chunks(event_ids):
        statement = (
            select(_event.c.folded_into, _event.c.url).where(_event.c.folded_into.in_(some)).order_by(_event.c.id)
        )
        for root, url in connection.execute(statement):
            urls[root] = (*urls.get(root, ()), url)
    return urls
