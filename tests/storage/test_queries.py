"""The ways out of the store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import queries
from storage.records import EventKind, Outcome, PageState, RunMode
from tests.storage.stage import SITE, START, Stage, address, article

A, B = article("First."), article("Second.")


def test_a_page_is_found_by_its_address_as_it_is_linked_and_as_it_is_kept(stage: Stage) -> None:
    stage.crawl({"a": A})
    for url in (address("a"), address("a") + "/"):
        page = queries.resolve_url(stage.engine, url)
        assert page is not None
        assert page.url == address("a") + "/"
    assert queries.resolve_url(stage.engine, address("b")) is None


def test_what_is_asked_of_an_unknown_page_is_nothing(stage: Stage) -> None:
    assert queries.history(stage.engine, address("a")) == []
    assert queries.version(stage.engine, address("a")) is None
    assert queries.last_two(stage.engine, address("a")) is None
    assert queries.is_known(stage.engine, address("a")) is False


def test_a_page_s_line(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.crawl({"a": B})
    (page,) = queries.pages(stage.engine)
    assert (page.url, page.state, page.site, page.title, page.language) == (
        address("a") + "/",
        PageState.LISTED,
        SITE,
        "Title",
        "en",
    )
    assert (page.versions, page.first_seen_at, page.last_seen_at) == (2, START + timedelta(days=1), stage.now)
    assert (page.checked_at, page.next_check_at) == (stage.now, stage.now + timedelta(hours=20))
    assert (page.moved_to, page.also_at) == (None, ())


def test_a_page_that_was_never_checked_has_no_next_check(stage: Stage) -> None:
    stage.begin()
    stage.list("a")
    stage.show("b", Outcome.NET_ERROR)
    assert [(page.state, page.checked_at, page.next_check_at) for page in queries.pages(stage.engine)] == [
        (PageState.PENDING, None, None)
    ] * 2


@pytest.mark.parametrize(
    ("outcome", "counts"),
    [
        (Outcome.GONE, True),
        (Outcome.EMPTY, True),
        (Outcome.EXTRACT_FAILED, True),
        (Outcome.NOT_MODIFIED, True),
        (Outcome.NET_ERROR, False),
        (Outcome.HTTP_ERROR, False),
        (Outcome.PARTIAL, False),
        (Outcome.BLOCKED, False),
        (Outcome.MAINTENANCE, False),
        (Outcome.ROBOTS_DENIED, False),
        (Outcome.UNACCOUNTED, False),
    ],
)
def test_only_an_answer_of_the_page_counts_as_a_check(stage: Stage, outcome: Outcome, *, counts: bool) -> None:
    stage.crawl({"a": A})
    checked = stage.now
    stage.crawl({"a": outcome})
    assert queries.pages(stage.engine)[0].checked_at == (stage.now if counts else checked)


def test_pages_can_be_asked_for_by_state_and_site(stage: Stage) -> None:
    stage.crawl({"b": B, "a": A, "c": Outcome.NET_ERROR})
    assert [page.url for page in queries.pages(stage.engine)] == [address(name) + "/" for name in "abc"]
    assert [page.url for page in queries.pages(stage.engine, PageState.PENDING)] == [address("c") + "/"]
    assert queries.pages(stage.engine, PageState.MOVED) == []
    assert queries.pages(stage.engine, site="csto-ru") == []
    assert len(queries.pages(stage.engine, site=SITE)) == 3


def test_a_crawl_looks_first_at_what_was_never_checked_and_then_at_what_is_due(stage: Stage) -> None:
    stage.begin()
    stage.list("a", "b", "c", "d")
    stage.show("a", A)
    stage.pass_time(hours=10)
    stage.show("c", B)
    known = list(queries.known_pages(stage.engine, SITE))
    assert [page.url for page in known] == [address(name) for name in "bdac"]
    assert (known[0].shown_url, known[0].state, known[0].checked_at) == (address("b") + "/", PageState.PENDING, None)
    since = stage.now - timedelta(hours=5)
    due = queries.known_pages(stage.engine, SITE, not_checked_since=since)
    assert [page.url for page in due] == [address(name) for name in "bda"]
    assert queries.count_known(stage.engine, SITE) == 4
    assert queries.count_known(stage.engine, SITE, not_checked_since=since) == 3
    assert queries.count_known(stage.engine, SITE, only_new=True) == 2
    assert list(queries.known_pages(stage.engine, "csto-ru")) == []


def test_known_pages_come_in_pieces_while_the_store_is_written(stage: Stage) -> None:
    names = [f"p{number:04}" for number in range(1100)]
    stage.begin()
    stage.list(*names)
    seen = []
    for page in queries.known_pages(stage.engine, SITE):
        seen.append(page.url)
        if len(seen) == 1:
            stage.show(names[-1], Outcome.GONE)
    assert sorted(seen) == [address(name) for name in names]
    assert seen[-1] == address(names[-1]), "what was checked meanwhile comes after what never was"


def test_how_many_pages_below_an_address_the_lists_ever_linked(stage: Stage) -> None:
    stage.begin(RunMode.URL)
    stage.show("a_b", A)
    stage.end(walked_lists=False)
    assert queries.count_listed_under(stage.engine, "https://example.org/news/") == 0
    stage.crawl({"a_b": A, "c": B})
    assert queries.count_listed_under(stage.engine, "https://example.org/news/") == 2
    assert queries.count_listed_under(stage.engine, "https://example.org/news/a_") == 1
    assert queries.count_listed_under(stage.engine, "https://example.org/news/a%") == 0
    assert queries.count_listed_under(stage.engine, "https://example.org/documents/") == 0


def test_a_version_by_number_by_instant_and_the_current_one(stage: Stage) -> None:
    stage.crawl({"a": A})
    first = stage.now
    stage.crawl({"a": B})
    second = stage.now

    def number(**which: object) -> int | None:
        version = queries.version(stage.engine, address("a"), **which)
        return version.number if version else None

    assert number() == 2
    assert (number(number=1), number(number=2), number(number=3)) == (1, 2, None)
    assert number(at=first - timedelta(microseconds=1)) is None
    assert (number(at=first), number(at=second - timedelta(microseconds=1)), number(at=second)) == (1, 1, 2)


def test_a_version_s_line(stage: Stage) -> None:
    stage.crawl({"a": A})
    first = stage.now
    stage.crawl({"a": A})
    version = queries.version(stage.engine, address("a"))
    assert (version.id, version.url, version.number, version.article) == (1, address("a") + "/", 1, A)
    assert (version.reader_version, version.technical, version.captures) == ("1", False, 2)
    assert (version.first_seen_at, version.last_seen_at) == (first, stage.now)
    assert (len(version.text_sha256), len(version.content_sha256)) == (64, 64)


def test_the_last_two_states(stage: Stage) -> None:
    stage.crawl({"a": A})
    assert queries.last_two(stage.engine, address("a")) is None
    stage.crawl({"a": B})
    stage.crawl({"a": A})
    old, new = queries.last_two(stage.engine, address("a"))
    assert (old.number, new.number) == (2, 3)


def test_changes_can_be_asked_for_by_time_run_and_kind(stage: Stage) -> None:
    stage.crawl({"a": A, "b": B})
    stage.crawl({"a": B})
    assert [event.kind.value for event in stage.events()] == ["new", "new", "edited", "unlisted"]
    assert [event.kind.value for event in stage.events(since=stage.now)] == ["edited", "unlisted"]
    assert stage.events(since=stage.now + timedelta(microseconds=1)) == []
    assert [event.kind.value for event in stage.events(run_id=1)] == ["new", "new"]
    assert [event.kind.value for event in stage.events([EventKind.EDITED, EventKind.DELETED])] == ["edited"]
    assert [event.id for event in stage.events()] == [1, 2, 3, 4]


def test_a_snapshot_holds_every_page_as_it_was(stage: Stage) -> None:
    stage.crawl({"a": A, "b": B})
    then = stage.now
    stage.crawl({"a": B, "b": B, "c": article("Third.")})
    stage.pass_time(days=1)
    stage.begin()
    stage.list("a", "c")
    stage.gone("b", 410)
    stage.end()
    now = {v.url[-2]: (v.number, state.value) for v, state in queries.snapshot(stage.engine)}
    assert now == {"a": (2, "listed"), "b": (1, "gone"), "c": (1, "listed")}
    before = {v.url[-2]: (v.number, state.value) for v, state in queries.snapshot(stage.engine, then)}
    assert before == {"a": (1, "listed"), "b": (1, "listed")}
    assert list(queries.snapshot(stage.engine, START)) == []


def test_a_snapshot_of_many_pages_holds_each_once(stage: Stage) -> None:
    stage.crawl({f"p{number}": article(f"Text {number}.") for number in range(510)})
    urls = [version.url for version, _ in queries.snapshot(stage.engine)]
    assert len(urls) == len(set(urls)) == 510
