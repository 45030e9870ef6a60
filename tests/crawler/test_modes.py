"""What each mode asks for, by the server's own log."""

from __future__ import annotations

from collections.abc import Callable

from crawler.exit_codes import ExitCode
from storage.records import RunMode
from tests.crawler.conftest import Rig

Make = Callable[..., Rig]


def articles_asked(it: Rig) -> set[str]:
    known = {address.rstrip("/") for address in it.site.addresses}
    return {path.rstrip("/") for path in it.asked} & known


def test_due_asks_for_everything_on_an_empty_store_and_then_only_for_what_is_new(rig: Make) -> None:
    it = rig(20)
    it.crawl(RunMode.DUE)
    assert len(articles_asked(it)) == len(it.site.addresses)
    added = it.site.add_article()
    run = it.crawl(RunMode.DUE)
    assert articles_asked(it) == {added.address.rstrip("/")}
    assert run.left_by_plan == len(it.site.addresses) - 1
    assert run.events == {"new": 1}


def test_new_stops_at_the_first_list_page_that_names_nothing_unknown(rig: Make) -> None:
    it = rig(60)
    it.crawl()
    it.site.retitle(it.site.pick())
    added = it.site.add_article()
    run = it.crawl(RunMode.NEW)
    assert articles_asked(it) == {added.address.rstrip("/")}
    assert run.events == {"new": 1}
    assert run.exit_code == ExitCode.COMPLETE


def test_url_checks_just_these_pages(rig: Make) -> None:
    it = rig(20)
    it.crawl()
    address = it.site.pick()
    it.site.retitle(address)
    run = it.crawl(RunMode.URL, urls=(it.site.url(address),))
    assert articles_asked(it) == {address.rstrip("/")}
    assert not any("PAGEN" in path for path in it.asked)
    assert run.events == {"edited": 1}


def test_a_limit_asks_for_no_more_pages_and_ends_no_baseline(rig: Make) -> None:
    it = rig(20)
    run = it.crawl(limit=5)
    assert len(articles_asked(it)) == 5
    assert run.exit_code == ExitCode.COMPLETE
    rest = it.crawl(RunMode.DUE)
    assert len(articles_asked(it)) == len(it.site.addresses) - 5
    assert all(event.baseline for event in it.events(rest))


def test_full_walks_every_list_to_its_end_and_asks_for_every_page_once(rig: Make) -> None:
    it = rig(60)
    it.crawl()
    it.crawl()
    pages = [path.rstrip("/") for path in it.asked if path.rstrip("/") in {a.rstrip("/") for a in it.site.addresses}]
    assert sorted(pages) == sorted(address.rstrip("/") for address in it.site.addresses)


def test_nothing_but_lists_articles_and_the_probe_page_is_asked_for(rig: Make) -> None:
    it = rig(30)
    it.crawl()
    traps = ("/search", "/bitrix", "login", "/auth/", "clear_cache", "print=", "jscsto")
    assert not [path for path in it.asked if any(trap in path for trap in traps)]


def test_a_limit_that_the_first_lists_meet_walks_no_further(rig: Make) -> None:
    it = rig(60)
    it.crawl(limit=3)
    assert len({path.partition("?")[0] for path in it.asked if path.endswith("/news/") or "PAGEN" in path}) <= 2
    assert len(it.asked) < 12
