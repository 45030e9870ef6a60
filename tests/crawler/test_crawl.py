"""The main job, end to end: crawl, read, remember, tell."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crawler.exit_codes import ExitCode
from storage.records import EventKind, RunMode, RunOutcome
from tests.crawler.conftest import Rig

Make = Callable[..., Rig]


def test_a_first_crawl_finds_every_page_and_its_news_are_a_baseline(rig: Make) -> None:
    it = rig(60)
    run = it.crawl()
    assert (run.outcome, run.exit_code) == (RunOutcome.COMPLETE, ExitCode.COMPLETE)
    assert run.captures == {"ok": len(it.site.truths)}
    events = it.events(run)
    assert len(events) == len(it.site.truths)
    assert all(event.kind is EventKind.NEW and event.baseline for event in events)


def test_a_second_crawl_of_an_unchanged_site_tells_nothing(rig: Make) -> None:
    it = rig(30)
    it.crawl()
    run = it.crawl()
    assert run.captures == {"ok": len(it.site.truths)}
    assert it.events(run) == []


def test_an_edit_and_a_new_page_are_told_and_are_no_baseline(rig: Make) -> None:
    it = rig()
    it.crawl()
    edit = it.site.retitle(it.site.pick())
    added = it.site.add_article()
    events = it.events(it.crawl())
    assert {(e.kind.value, e.fields, e.baseline) for e in events} == {("edited", ("title",), False), ("new", (), False)}
    assert {e.url.rstrip("/") for e in events} == {edit.url.rstrip("/"), added.url.rstrip("/")}


def test_a_404_is_looked_at_twice_in_a_full_crawl_and_is_then_deleted(rig: Make) -> None:
    it = rig()
    it.crawl()
    address = it.site.pick()
    it.site.delete(address, 404)
    run = it.crawl()
    assert [e.kind for e in it.events(run)] == [EventKind.DELETED]
    assert it.asked.count(address) == 2
    assert it.state(address) == "gone"


def test_a_404_that_passes_before_the_second_look_is_no_deletion(rig: Make) -> None:
    it = rig()
    it.crawl()
    address = it.site.pick()
    it.site.fault(address, 404, 1)
    run = it.crawl()
    assert it.events(run) == []
    assert it.state(address) == "listed"


def test_a_404_in_a_due_crawl_makes_the_page_suspect_and_no_event(rig: Make) -> None:
    it = rig()
    it.crawl()
    address = it.site.pick()
    it.site.delete(address, 404)
    run = it.crawl(RunMode.URL, urls=(it.site.url(address),))
    assert it.events(run) == []
    assert it.state(address) == "suspect"


def test_a_410_is_deleted_and_comes_back_as_restored_without_a_version(rig: Make) -> None:
    it = rig()
    it.crawl()
    address = it.site.pick()
    it.site.delete(address, 410)
    assert [e.kind for e in it.events(it.crawl())] == [EventKind.DELETED]
    it.site.restore(address)
    back = it.events(it.crawl())
    assert [(e.kind, e.to_version) for e in back] == [(EventKind.RESTORED, 1)]
    assert it.state(address) == "listed"


@pytest.mark.parametrize("status", [301, 308])
def test_a_page_that_moves_keeps_its_history(rig: Make, status: int) -> None:
    it = rig()
    it.crawl()
    edit = it.site.move(it.site.pick(), status=status)
    events = it.events(it.crawl())
    assert [(e.kind.value, (e.moved_to or "").rstrip("/")) for e in events] == [
        ("moved", (edit.moved_to or "").rstrip("/"))
    ]
    assert it.state(edit.address) == "moved"
    assert it.events(it.crawl()) == []


def test_a_chain_of_moves_leads_to_its_end_and_a_loop_leads_nowhere(rig: Make) -> None:
    it = rig()
    it.crawl()
    first = it.site.move(it.site.pick())
    second = it.site.move(first.after.url.removeprefix("https://en.odkb-csto.org"))  # type: ignore[union-attr]
    events = it.events(it.crawl())
    assert [(e.kind.value, (e.moved_to or "").rstrip("/")) for e in events] == [
        ("moved", (second.moved_to or "").rstrip("/"))
    ]


def test_an_unlisted_page_still_answers_and_is_told_as_unlisted_then_relisted(rig: Make) -> None:
    it = rig(30)
    it.crawl()
    address = it.site.pick()
    it.site.unlist(address)
    assert [e.kind for e in it.events(it.crawl())] == [EventKind.UNLISTED]
    assert it.events(it.crawl()) == []
    it.site.relist(address)
    assert [e.kind for e in it.events(it.crawl())] == [EventKind.RELISTED]


@pytest.mark.parametrize(
    "stand_in",
    ["soft_404", "maintenance", "login", "captcha", "empty", "home", "redirect_home", "teasers", "cut", "pdf"],
)
def test_what_stands_in_an_articles_place_never_becomes_a_version(rig: Make, stand_in: str) -> None:
    it = rig(30)
    it.crawl()
    address = it.site.pick()
    edit = it.site.replace_by(address, stand_in)
    run = it.crawl(RunMode.URL, urls=(it.site.url(address),))
    assert it.events(run) == []
    assert set(run.captures) <= set(edit.outcomes)
    assert it.state(address) in {"listed", "suspect"}
    it.site.restore(address)
    assert it.events(it.crawl()) == []
    assert it.state(address) == "listed"


def test_a_mass_disappearance_is_held_and_alarms(rig: Make) -> None:
    it = rig(40)
    it.crawl()
    for _ in range(6):
        it.site.delete(it.site.pick(), 404)
    run = it.crawl()
    assert (run.outcome, run.exit_code) == (RunOutcome.ALARM, ExitCode.STRUCTURE_ALARM)
    assert it.events(run) == []


def test_the_russian_site_is_crawled_as_a_site_of_its_own(rig: Make) -> None:
    it = rig(20, language="ru", markup="table")
    run = it.crawl(site="csto-ru")
    assert run.captures == {"ok": len(it.site.truths)}
    assert {event.language for event in it.events(run)} == {"ru"}
