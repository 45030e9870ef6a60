"""The lists of pages, a few in memory at a time, and how many pages there are in each state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from heapq import merge
from typing import Any, Final

from sqlalchemy import CompoundSelect, Connection, Engine, Row, Select, func, select, tuple_, union_all

from storage.engine import reading
from storage.models import AddressRow, PageRow, table_of
from storage.pieces import CHUNK
from storage.records import Page, PageState
from storage.roots import by_bytes
from storage.rows import page_of
from storage.twins import also_at

_address, _page = table_of(AddressRow), table_of(PageRow)
_again: Final = _page.alias("again")
_is_page_again: Final = select(_again.c.id).where(_again.c.url == _address.c.url).exists()
"""A former address at which there is a page of its own again."""
_MOSTLY: Final = PageState.LISTED
"""The state of most pages. Their number is what is left of all pages, which SQLite counts without looking at each."""


def each_page(engine: Engine, state: PageState | None = None, site: str | None = None) -> Iterator[Page]:
    """Every page, and every former address of one that moved, by address.

    Read in pieces: no transaction stays open while whoever asked is at work.
    """
    now = _pages_now(engine, state, site)
    former = _former_pages(engine, site) if state in {None, PageState.MOVED} else iter(())
    return merge(now, former, key=lambda page: page.url)


def states(engine: Engine) -> dict[PageState, int]:
    """How many pages ``each_page`` gives in each state."""
    with reading(engine) as connection:
        rarer = connection.execute(_counts_but(_MOSTLY)).all()
        counts = Counter({PageState(state): count for state, count in rarer})
        counts[_MOSTLY] = (connection.scalar(select(func.count()).select_from(_page)) or 0) - counts.total()
        joined = _address.join(_page, _page.c.id == _address.c.page_id)
        is_known = _page.c.state != PageState.FORGOTTEN.value
        former = select(func.count()).select_from(joined).where(~_is_page_again, is_known)
        counts[PageState.MOVED] += connection.scalar(former) or 0
    return {state: count for state, count in counts.items() if count}


def _counts_but(state: PageState) -> CompoundSelect[Any]:
    """Two ranges of the index: over 50,000 pages of which nearly all are in the one state, SQLite needs 0.2 ms, not 31."""
    ranges = (_page.c.state < state.value, _page.c.state > state.value)
    return union_all(*(select(_page.c.state, func.count()).where(part).group_by(_page.c.state) for part in ranges))


def _pages_now(engine: Engine, state: PageState | None, site: str | None) -> Iterator[Page]:
    last: Row[Any] | None = None
    while True:
        with reading(engine) as connection:
            rows = connection.execute(_piece(connection, state, site, last)).all()
            twins = also_at(connection, rows)
        if not rows:
            return
        yield from (page_of(row, twins) for row in rows)
        last = rows[-1]


def _piece(connection: Connection, state: PageState | None, site: str | None, last: Row[Any] | None) -> Select[Any]:
    address = by_bytes(connection, _page.c.shown_url)
    statement = select(_page).order_by(address, _page.c.id).limit(CHUNK)
    if last is not None:
        statement = statement.where(tuple_(address, _page.c.id) > (last.shown_url, last.id))
    if state is not None:
        statement = statement.where(_page.c.state == state.value)
    return statement if site is None else statement.where(_page.c.site == site)


def _former_pages(engine: Engine, site: str | None) -> Iterator[Page]:
    """The former addresses of pages that moved, each as a page that says where to."""
    last: Row[Any] | None = None
    while True:
        with reading(engine) as connection:
            rows = connection.execute(_former(connection, site, last)).all()
        if not rows:
            return
        yield from map(_former_page, rows)
        last = rows[-1]


def _former(connection: Connection, site: str | None, last: Row[Any] | None) -> Select[Any]:
    place = [by_bytes(connection, column) for column in (_address.c.shown_url, _address.c.url)]
    other = _page.alias("moved")
    columns = (_address.c.shown_url.label("old_shown"), _address.c.url.label("old"), _address.c.moved_to.label("to"))
    is_known = other.c.state != PageState.FORGOTTEN.value
    statement = select(*columns, other).join(other, other.c.id == _address.c.page_id).where(~_is_page_again, is_known)
    if last is not None:
        statement = statement.where(tuple_(*place) > (last.old_shown, last.old))
    if site is not None:
        statement = statement.where(other.c.site == site)
    return statement.order_by(*place).limit(CHUNK)


def _former_page(row: Row[Any]) -> Page:
    return Page(
        url=row.old_shown,
        state=PageState.MOVED,
        site=row.site,
        title=row.title,
        language=row.language,
        versions=row.versions,
        first_seen_at=row.first_seen_at,
        last_seen_at=None,
        checked_at=None,
        next_check_at=None,
        moved_to=row.to,
    )
