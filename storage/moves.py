"""Pages that moved. A redirect for good carries the history to the new address; equal texts only make a proposal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from storage.doubts import SIGHTINGS
from storage.forgotten import forgotten_among
from storage.histories import Settling, insert_event
from storage.holding import DISAPPEARANCE, let_go, stand
from storage.models import AddressRow, CaptureRow, EventRow, HeldRow, PageRow, Standing, VersionRow, table_of
from storage.records import EventKind, Outcome, PageState
from storage.seals import note_joined
from storage.spans import unsettled
from storage.visits import are_listed

_address, _capture, _event = table_of(AddressRow), table_of(CaptureRow), table_of(EventRow)
_held, _page, _version = table_of(HeldRow), table_of(PageRow), table_of(VersionRow)


def settle_moves(connection: Connection, run_id: int, settling: Settling) -> list[int]:
    """Follow the run's permanent redirects; the ids of the pages that have moved on."""
    redirects = select(_capture.c.id).where(
        unsettled([run_id]),
        _capture.c.standing == Standing.WAITING,
        _capture.c.outcome == Outcome.MOVED.value,
    )
    # A crawl records as time goes on; an import in the order of its files.
    in_time = (_capture.c.captured_at.is_(None), _capture.c.captured_at) if settling.is_past else ()
    moved: list[int] = []
    for id_ in connection.scalars(redirects.order_by(*in_time, _capture.c.id)).all():
        # Read only now: the one before may have joined its page to another.
        capture = connection.execute(select(_capture).where(_capture.c.id == id_)).one()
        stand(connection, [id_], Standing.PASSED)
        if capture.moved_to and _follow(connection, capture, settling):
            moved.append(capture.page_id)
    return moved


def move_targets(connection: Connection, run_id: int) -> set[str]:
    """The addresses that this run's redirects lead to: what is found there may be a page that moved."""
    is_redirect = unsettled([run_id]) & (_capture.c.standing == Standing.WAITING) & _capture.c.moved_to.is_not(None)
    return {url for url in connection.scalars(select(_capture.c.moved_to).where(is_redirect)) if url}


def link_pages(connection: Connection, old: Row[Any], new: Row[Any], settling: Settling, **when: Any) -> None:
    """The old page has moved to another with a history of its own: each keeps its own, and the old one says where to."""
    connection.execute(
        update(_page)
        .where(_page.c.id == old.id)
        .values(state=PageState.MOVED.value, moved_to=new.shown_url, missing_since=None, listing=0)
    )
    _tell(connection, old, new.shown_url, settling, when)


def page_at(connection: Connection, url: str) -> Row[Any] | None:
    """The page whose address now is this."""
    return connection.execute(select(_page).where(_page.c.url == url)).one_or_none()


def _follow(connection: Connection, capture: Row[Any], settling: Settling) -> bool:
    """Whether the page's address has changed."""
    old = connection.execute(select(_page).where(_page.c.id == capture.page_id)).one()
    new = page_at(connection, capture.moved_to)
    if capture.at_url is not None or old.state == PageState.MOVED or (new is not None and new.id == old.id):
        return False
    if forgotten_among(connection, [capture.moved_to]):
        return False  # it would take the forgotten page's place
    shown_before = _shown_before(connection, old, new, capture, settling)
    when = {"seen_at": capture.captured_at, "not_before": old.last_seen_at}
    if settling.is_past and capture.captured_at is not None:
        known = [at for at in (old.last_seen_at, shown_before) if at is not None and at <= capture.captured_at]
        when["not_before"] = max(known, default=None)
    if old.current_version_id is None and shown_before is None:
        connection.execute(
            update(_page).where(_page.c.id == old.id).values(state=PageState.MOVED.value, moved_to=capture.moved_to)
        )
        return False
    if new is not None and new.current_version_id is not None:
        if not _is_of_this_run(connection, new, settling):
            link_pages(connection, old, new, settling, **when)
            return False
        _unsettle(connection, new)
    elif new is not None and _has_moved(connection, new):
        link_pages(connection, old, new, settling, **when)
        return False
    shown = new.shown_url if new is not None else capture.moved_to
    _tell(connection, old, shown, settling, when)
    if settling.is_past and capture.captured_at is not None:
        _keep_address(connection, old, capture)
    if new is not None:
        note_joined(connection, new.id, old.id, settling.recorded_at)
        _join(connection, old, new)
    _readdress(connection, old, capture.moved_to, shown)
    return True


def _shown_before(
    connection: Connection, old: Row[Any], new: Row[Any] | None, capture: Row[Any], settling: Settling
) -> datetime | None:
    """When an import, of which nothing is settled yet, saw an article for the last time at an address before its redirect.

    None where it saw one there afterwards, or another at the redirect's target while this one still stood: two histories.
    """
    if not settling.is_past or capture.captured_at is None:
        return None
    shown = select(func.max(_capture.c.captured_at)).where(
        _capture.c.run_id == settling.run_id,
        _capture.c.page_id == old.id,
        _capture.c.outcome == Outcome.OK.value,
        _capture.c.at_url.is_(None),
    )
    last = connection.scalar(shown)
    if last is None or last > capture.captured_at:
        return None
    both = select(_capture.c.id).where(
        _capture.c.page_id == (new.id if new is not None else None),
        _capture.c.outcome == Outcome.OK.value,
        or_(_capture.c.captured_at.is_(None), _capture.c.captured_at <= last),
    )
    return None if new is not None and connection.execute(both.limit(1)).first() else last


def _keep_address(connection: Connection, old: Row[Any], redirect: Row[Any]) -> None:
    """What an import has of the old address from after the redirect was recorded as the page's own, before that had moved."""
    later = (_capture.c.page_id == old.id) & (_capture.c.run_id == redirect.run_id)
    connection.execute(
        update(_capture)
        .where(later, _capture.c.captured_at > redirect.captured_at, _capture.c.at_url.is_(None))
        .values(at_url=old.url)
    )


def _is_of_this_run(connection: Connection, page: Row[Any], settling: Settling) -> bool:
    """Whether all that is known of a page was captured by the run that is being settled."""
    other = select(_capture.c.id).where(_capture.c.page_id == page.id, _capture.c.run_id != settling.run_id)
    return connection.scalar(other.limit(1)) is None and not are_listed(connection, page.id)


def _has_moved(connection: Connection, page: Row[Any]) -> bool:
    """Whether a redirect of this very import brought a history to it, or took one away: nothing else is told of it so far."""
    return connection.scalar(select(_event.c.id).where(_event.c.page_id == page.id).limit(1)) is not None


def _unsettle(connection: Connection, page: Row[Any]) -> None:
    """Take back what this very run told of a page before it met the redirect that leads there."""
    own = select(_event.c.id).where(_event.c.page_id == page.id)
    connection.execute(update(_event).where(_event.c.folded_into.in_(own)).values(folded_into=None))
    connection.execute(delete(_event).where(_event.c.page_id == page.id))
    counted = (_capture.c.page_id == page.id) & (_capture.c.standing == Standing.COUNTED)
    connection.execute(update(_capture).where(counted).values(standing=int(Standing.WAITING), version_id=None))
    connection.execute(delete(_version).where(_version.c.page_id == page.id))


def _tell(connection: Connection, old: Row[Any], moved_to: str, settling: Settling, when: dict[str, Any]) -> None:
    values = {
        "kind": EventKind.MOVED.value,
        "from_version_id": old.current_version_id,
        "to_version_id": old.current_version_id,
        "moved_to": moved_to,
    }
    insert_event(connection, values | when, settling, old)


def _join(connection: Connection, old: Row[Any], new: Row[Any]) -> None:
    """What was captured at the new address, and not settled yet, belongs to the old page's history."""
    connection.execute(update(_capture).where(_capture.c.page_id == new.id).values(page_id=old.id))
    connection.execute(update(_held).where(_held.c.page_id == new.id).values(page_id=old.id))
    connection.execute(update(_address).where(_address.c.page_id == new.id).values(page_id=old.id))
    connection.execute(delete(_page).where(_page.c.id == new.id))
    values = {"noted_run_id": new.noted_run_id or old.noted_run_id, "checked_at": new.checked_at or old.checked_at}
    connection.execute(update(_page).where(_page.c.id == old.id).values(values))


def _readdress(connection: Connection, page: Row[Any], url: str, shown_url: str) -> None:
    """Give the page its new address; the old one, and any before it, stand among its former ones."""
    connection.execute(delete(_address).where(_address.c.url == url))
    connection.execute(update(_address).where(_address.c.page_id == page.id).values(moved_to=shown_url))
    connection.execute(delete(_address).where(_address.c.url == page.url))
    row = {"url": page.url, "shown_url": page.shown_url, "page_id": page.id, "moved_to": shown_url}
    connection.execute(insert(_address).values(row))
    let_go(connection, page.id, DISAPPEARANCE, *SIGHTINGS)
    is_listed = page.listing == 1
    state = PageState.LISTED if is_listed else PageState.UNLISTED
    connection.execute(
        update(_page)
        .where(_page.c.id == page.id)
        .values(url=url, shown_url=shown_url, state=state.value, missing_since=None, moved_to=None)
    )
