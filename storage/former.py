"""At which address a page stood at a given time: pages that moved keep their history, and their captures their page alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, select

from storage.models import AddressRow, EventRow, table_of
from storage.records import EventKind

_address, _event = table_of(AddressRow), table_of(EventRow)
LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Former:
    """An address that a page left: canonical, and as the site linked it. ``shown_at``: when an article was last seen there, where
    that is known. ``run_id``: of a crawl that saw it leave, else None."""

    left_at: datetime
    shown_at: datetime | None
    url: str
    shown_url: str
    run_id: int | None


class FormerAddresses:
    """Of all pages that moved: few. What has no time was long ago."""

    def __init__(self, connection: Connection) -> None:
        canonical = {
            (row.page_id, row.shown_url): row.url
            for row in connection.execute(select(_address.c.page_id, _address.c.shown_url, _address.c.url))
        }
        self._shown = {(page_id, url): shown_url for (page_id, shown_url), url in canonical.items()}
        moved = (
            select(_event.c.page_id, _event.c.url, _event.c.seen_at, _event.c.not_before)
            .add_columns(_event.c.run_id, _event.c.is_past)
            .where(_event.c.kind == EventKind.MOVED.value)
            .order_by(_event.c.seen_at.is_not(None), _event.c.seen_at, _event.c.id)
        )
        self._of_page: dict[int, list[Former]] = {}
        for row in connection.execute(moved):
            # Where the page kept its address, another one has a history of its own at the new one.
            if (url := canonical.get((row.page_id, row.url))) is not None:
                run_id = None if row.is_past else row.run_id
                former = Former(row.seen_at or LONG_AGO, row.not_before, url, row.url, run_id)
                self._of_page.setdefault(row.page_id, []).append(former)

    def shown(self, page_id: int, url: str) -> str:
        """A former address as the site linked it."""
        return str(self._shown.get((page_id, url), url))

    def at(self, page_id: int, at: datetime | None) -> Former | None:
        """Where the page stood once it had moved by then, if it did; None: where it stands now."""
        return next((each for each in self._of(page_id) if each.left_at > (at or LONG_AGO)), None)

    def left(self, page_id: int, at: datetime | None) -> Former | None:
        """The address that the page left at this instant, or stood at; None: where it stands now."""
        return next((each for each in self._of(page_id) if each.left_at >= (at or LONG_AGO)), None)

    def asked(self, page_id: int, at: datetime, run_id: int, *, is_article: bool) -> Former | None:
        """Where a capture was fetched that is no redirect; None: where the page stands now.

        An article that was seen behind the last one of the old address was found at the new one, though the redirect was met
        after it: a crawl fetches in any order. Of a failure the crawl tells that met the redirect: it got nothing else there.
        """
        for each in self._of(page_id):
            if is_article and each.shown_at is not None:
                if at <= each.shown_at:
                    return each
            elif each.left_at > at and each.run_id != run_id:
                return each
        return None

    def _of(self, page_id: int) -> list[Former]:
        return self._of_page.get(page_id, [])
