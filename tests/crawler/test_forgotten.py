"""A forgotten page is left alone: no list, no redirect and no plan brings a crawl to it again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crawler.errors import UsageError
from crawler.exit_codes import ExitCode
from crawler.pages.urls import canonical
from storage import queries
from storage.engine import open_store, reading
from storage.forgetting import forget
from storage.queries import find_page
from storage.records import PageState, RunMode
from storage.verify import verify
from tests.crawler.conftest import Rig

Make = Callable[..., Rig]


def forget_page(it: Rig, url: str) -> None:
    engine = open_store(it.db_url, write=True)
    with reading(engine) as connection:
        page_id = find_page(connection, canonical(url))
    assert page_id is not None
    forget(engine, [page_id])
    engine.dispose()


def state_of(it: Rig, url: str) -> PageState:
    engine = open_store(it.db_url, write=False)
    page = queries.resolve_url(engine, canonical(url))
    assert page is not None
    assert verify(engine) == []
    engine.dispose()
    return page.state


def test_a_full_crawl_asks_for_every_page_but_the_forgotten_one(rig: Make) -> None:
    it = rig(12)
    it.crawl()
    address = it.site.pick()
    forget_page(it, it.site.url(address))
    run = it.crawl()
    asked = {path.rstrip("/") for path in it.asked}
    assert address.rstrip("/") not in asked
    assert {a.rstrip("/") for a in it.site.addresses} - asked == {address.rstrip("/")}
    assert (run.exit_code, run.events) == (ExitCode.COMPLETE, {})
    assert state_of(it, it.site.url(address)) == PageState.FORGOTTEN


def test_asked_for_by_name_it_is_refused_before_a_run_begins(rig: Make) -> None:
    it = rig(8)
    it.crawl()
    url = it.site.url(it.site.pick())
    forget_page(it, url)
    with pytest.raises(UsageError, match="was forgotten"):
        it.crawl(RunMode.URL, urls=(url,))
    assert it.asked == []


def test_a_redirect_to_where_it_was_isn_t_followed_and_moves_no_page_there(rig: Make) -> None:
    it = rig(12)
    it.crawl()
    forgotten, other = it.site.addresses[:2]
    forget_page(it, it.site.url(forgotten))
    it.site.redirect(other, forgotten, 301)
    it.crawl()
    assert forgotten.rstrip("/") not in {path.rstrip("/") for path in it.asked}
    assert state_of(it, it.site.url(forgotten)) == PageState.FORGOTTEN
    assert state_of(it, it.site.url(other)) == PageState.LISTED
