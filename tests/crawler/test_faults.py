"""What goes wrong on the wire makes no version, no deletion and no edit."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
from sqlalchemy import text

from crawler.exit_codes import ExitCode
from crawler.options import CrawlOptions
from crawler.run import crawl_without_reactor
from storage.archive import Archive
from storage.engine import open_store, reading
from storage.errors import DiskFailed, StoreBusy
from storage.records import EventKind, RunMode
from tests.crawler.conftest import Rig

Make = Callable[..., Rig]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("close_mid_body", "partial"),
        ("reset", "partial"),
        ("short_body", "partial"),
        ("gzip_cut", "partial"),
        (500, "http_error"),
        (403, "http_error"),
        (418, "http_error"),
    ],
)
def test_a_broken_answer_has_its_outcome_and_changes_nothing(rig: Make, fault: str | int, outcome: str) -> None:
    it = rig()
    it.crawl()
    address = it.site.pick()
    it.site.retitle(address)
    it.site.fault(address, fault, None)
    run = it.crawl(RunMode.URL, urls=(it.site.url(address),))
    assert run.captures == {outcome: 1}
    assert it.events(run) == []
    it.site.clear_faults()
    assert [event.kind for event in it.events(it.crawl())] == [EventKind.EDITED]


@pytest.mark.parametrize("fault", ["close_mid_body", "reset", "short_body", "gzip_cut", 500, 502, 504])
def test_a_fault_that_passes_is_tried_again_and_leaves_no_trace(rig: Make, fault: str | int) -> None:
    it = rig()
    it.crawl()
    address = it.site.pick()
    it.site.fault(address, fault, 2)
    run = it.crawl(RunMode.URL, urls=(it.site.url(address),))
    assert run.captures == {"ok": 1}
    assert it.asked.count(address) == 3


def test_bytes_under_a_wrong_label_are_never_read_as_an_edit(rig: Make) -> None:
    it = rig(12, language="ru", markup="divs")
    it.crawl(site="csto-ru")
    address = it.site.pick()
    it.site.fault(address, "wrong_charset", None)
    run = it.crawl(RunMode.URL, site="csto-ru", urls=(it.site.url(address),))
    assert set(run.captures) <= {"undecodable", "ok"}
    assert it.events(run) == []


def test_a_list_that_fails_makes_the_run_partial_and_calls_no_page_unlisted_or_gone(rig: Make) -> None:
    it = rig(30)
    it.crawl()
    address = it.site.pick()
    it.site.delete(address, 404)
    other = it.site.pick()
    it.site.unlist(other)
    it.site.fault("/news/speech/", 500, None)
    run = it.crawl()
    assert run.exit_code == ExitCode.PARTIAL
    assert it.events(run) == []


def test_lists_that_are_suddenly_empty_alarm_and_unlist_nothing(rig: Make) -> None:
    it = rig(12)
    it.crawl()
    for address in it.site.listed:
        it.site.unlist(address)
    run = it.crawl()
    assert run.exit_code == ExitCode.STRUCTURE_ALARM
    assert it.events(run) == []


def test_a_site_under_maintenance_is_left_alone(rig: Make) -> None:
    it = rig(12)
    it.crawl()
    for address in it.site.addresses:
        it.site.replace_by(address, "captcha")
    run = it.crawl()
    assert run.exit_code == ExitCode.BLOCKED
    assert it.events(run) == []


def test_a_server_that_isnt_there_is_given_up_after_robots_txt(rig: Make) -> None:
    it = rig(6)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    options = CrawlOptions(it.db_url, base_url=f"http://127.0.0.1:{port}", delay=0, backoff=0)
    assert crawl_without_reactor(options).exit_code == ExitCode.BLOCKED


def test_a_server_that_dies_half_way_makes_the_run_partial_and_the_next_run_whole(rig: Make) -> None:
    it = rig(30)
    it.crawl()
    it.site.retitle(it.site.addresses[-1])
    for address in it.site.addresses[8:]:
        it.site.fault(address, "reset", None)
    run = it.crawl()
    assert run.exit_code == ExitCode.PARTIAL
    assert it.events(run) == []
    it.site.clear_faults()
    assert [event.fields for event in it.events(it.crawl())] == [("title",)]


def test_a_redirect_to_another_host_is_never_followed(rig: Make) -> None:
    it, canary = rig(6), rig(3)
    it.crawl()
    address = it.site.pick()
    it.site.redirect(address, f"{canary.server.base_url}/news/", 302)
    run = it.crawl(RunMode.URL, urls=(it.site.url(address),))
    assert run.captures == {"out_of_scope": 1}
    assert it.events(run) == []
    assert canary.server.log == []


def test_a_store_that_fails_while_the_lists_are_noted_ends_the_crawl_with_its_own_error(
    rig: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its lists a site would look empty: exit 20, and nobody would look at the disk."""
    it = rig(6)
    it.crawl()

    def fails(*_: object) -> None:
        raise DiskFailed("the store")

    monkeypatch.setattr(Archive, "note_listed", fails)
    with pytest.raises(DiskFailed):
        it.crawl()
    monkeypatch.undo()
    run = it.crawl()
    assert (run.exit_code, run.events) == (ExitCode.COMPLETE, {})


def test_a_batch_that_was_recorded_is_not_recorded_again_when_it_can_t_be_settled(
    rig: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = rig(6)
    it.crawl()
    tried = []

    def fails(*_: object) -> None:
        tried.append(1)
        raise StoreBusy("the store")

    monkeypatch.setattr(Archive, "settle_batch", fails)
    with pytest.raises(StoreBusy):
        it.crawl()
    monkeypatch.undo()
    assert len(tried) == 1
    engine = open_store(it.db_url, write=False)
    with reading(engine) as connection:
        counts = connection.execute(text("SELECT count(*) FROM capture WHERE run_id = 2 GROUP BY page_id")).scalars()
        assert set(counts) == {1}
    engine.dispose()
    assert it.crawl().exit_code == ExitCode.COMPLETE
