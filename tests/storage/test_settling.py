"""What a run comes to: versions and events, by RULES of the record (docs/data-model.md)."""

from __future__ import annotations

import pytest

from storage import queries
from storage.records import EventKind, Outcome, PageState, RunMode, RunOutcome
from tests.storage.stage import SITE, Stage, address, article, link, picture

A, B = article("First."), article("Second.")


def test_a_first_complete_crawl_is_a_baseline(stage: Stage) -> None:
    settlement = stage.crawl({"a": A, "b": B})
    assert settlement.events == {"new": 2}
    assert [event.baseline for event in stage.events()] == [True, True]
    assert queries.is_baseline(stage.engine, SITE) is False


def test_nothing_of_a_first_crawl_is_settled_before_its_end(stage: Stage) -> None:
    stage.begin()
    stage.show("a", A)
    assert stage.archive.settle_batch(stage.run_id).events == {}
    assert stage.events() == []


def test_a_crawl_that_did_not_end_well_leaves_the_site_a_baseline(stage: Stage) -> None:
    stage.crawl({"a": A}, outcome=RunOutcome.PARTIAL)
    assert queries.is_baseline(stage.engine, SITE) is True
    stage.crawl({"a": A, "b": B})
    assert [event.baseline for event in stage.events()] == [True, True]


def test_a_page_that_appears_after_the_first_crawl_is_news(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.crawl({"a": A, "b": B})
    event = stage.event(EventKind.NEW, "b")
    assert (event.baseline, event.past, event.from_version, event.to_version) == (False, False, None, 1)
    assert (event.seen_at, event.not_before, event.recorded_at) == (stage.now, None, stage.now)
    assert (event.title, event.site, event.language, event.run_id) == ("Title", SITE, "en", stage.run_id)


def test_an_unchanged_page_moves_its_last_sighting_and_makes_no_event(stage: Stage) -> None:
    stage.crawl({"a": A})
    first = stage.now
    stage.crawl({"a": A})
    (version,) = queries.history(stage.engine, address("a"))
    assert (version.first_seen_at, version.last_seen_at, version.captures) == (first, stage.now, 2)
    assert stage.told() == []


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"title": "Another"}, ("title",)),
        ({"published": None}, ("published",)),
        ({"language": "ru"}, ("language",)),
        ({"links": (link("https://example.org/x"),)}, ("links",)),
        ({"media": (picture("https://example.org/x.jpg"),)}, ("media",)),
        ({"title": "Another", "links": (link("https://example.org/x"),)}, ("title", "links")),
    ],
)
def test_an_edit_names_the_fields_that_changed(
    stage: Stage, changes: dict[str, object], fields: tuple[str, ...]
) -> None:
    stage.crawl({"a": A})
    before = stage.now
    stage.crawl({"a": article("First.", **changes)})
    event = stage.event(EventKind.EDITED, "a")
    assert event.fields == fields
    assert (event.from_version, event.to_version) == (1, 2)
    assert (event.not_before, event.seen_at) == (before, stage.now)


def test_an_edited_paragraph_makes_a_new_version(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.crawl({"a": article("First, edited.")})
    assert stage.event(EventKind.EDITED).fields == ("body",)
    assert stage.bodies("a") == [(1, ["First."]), (2, ["First, edited."])]
    assert stage.is_whole()


def test_a_text_that_comes_back_is_a_third_version(stage: Stage) -> None:
    for shown in (A, B, A):
        stage.crawl({"a": shown})
    assert stage.bodies("a") == [(1, ["First."]), (2, ["Second."]), (3, ["First."])]
    assert stage.is_whole()


def test_an_edit_is_told_before_its_run_has_ended(stage: Stage) -> None:
    others = {f"p{number}": article(f"Text {number}.") for number in range(4)}
    stage.crawl({"a": A} | others)
    stage.begin()
    stage.show("a", article("First, and more."))
    for name, shown in others.items():
        stage.show(name, shown)
    assert stage.archive.settle_batch(stage.run_id).events == {"edited": 1}
    assert stage.told() == ["edited a"]
    assert stage.archive.settle_batch(stage.run_id).events == {}


def test_settling_again_changes_nothing(stage: Stage) -> None:
    stage.crawl({"a": A, "b": A, "c": A})
    stage.crawl({"a": B, "b": Outcome.GONE})
    before = stage.events(), queries.pages(stage.engine), queries.runs(stage.engine)
    again = stage.end()
    assert (stage.events(), queries.pages(stage.engine), queries.runs(stage.engine)) == before
    assert again.events == {"edited": 1, "unlisted": 1}


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome.NET_ERROR,
        Outcome.HTTP_ERROR,
        Outcome.PARTIAL,
        Outcome.UNDECODABLE,
        Outcome.WRONG_TYPE,
        Outcome.TOO_LARGE,
        Outcome.EMPTY,
        Outcome.BLOCKED,
        Outcome.MAINTENANCE,
        Outcome.OUT_OF_SCOPE,
        Outcome.ROBOTS_DENIED,
        Outcome.EXTRACT_FAILED,
        Outcome.UNACCOUNTED,
    ],
)
def test_an_answer_that_is_no_article_changes_nothing(stage: Stage, outcome: Outcome) -> None:
    stage.crawl({"a": A})
    known = queries.history(stage.engine, address("a"))
    stage.crawl({"a": outcome})
    assert stage.told() == []
    assert stage.state("a") is PageState.LISTED
    assert queries.history(stage.engine, address("a")) == known


def test_a_304_is_a_sighting_of_what_was_shown_last(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.crawl({"a": Outcome.NOT_MODIFIED})
    (version,) = queries.history(stage.engine, address("a"))
    assert (version.last_seen_at, version.captures) == (stage.now, 2)
    assert stage.told() == []
    assert stage.is_whole()


def test_a_listed_page_that_never_answered_is_pending_and_no_event(stage: Stage) -> None:
    stage.crawl({"a": A, "b": Outcome.GONE, "c": Outcome.NET_ERROR})
    assert stage.states() == {"a": "listed", "b": "pending", "c": "pending"}
    assert stage.told() == ["new a"]
    stage.crawl({"a": A, "b": Outcome.GONE, "c": Outcome.NET_ERROR})
    assert stage.told() == []


def test_a_run_s_row_counts_its_captures_and_events(stage: Stage) -> None:
    stage.crawl({"a": A, "b": Outcome.NET_ERROR}, note="all well")
    (run,) = queries.runs(stage.engine)
    assert (run.site, run.mode, run.outcome, run.exit_code) == (SITE, RunMode.FULL, RunOutcome.COMPLETE, 0)
    assert (run.captures, run.events) == ({"net_error": 1, "ok": 1}, {"new": 1})
    assert (run.requests, run.bytes, run.note, run.base_url) == (10, 1000, "all well", None)
    assert (run.started_at, run.finished_at) == (stage.now, stage.now)


def test_a_page_shown_twice_in_one_run_is_settled_in_order(stage: Stage) -> None:
    stage.begin()
    stage.list("a")
    stage.show("a", A)
    stage.pass_time(minutes=1)
    stage.show("a", B)
    stage.end()
    assert stage.bodies("a") == [(1, ["First."]), (2, ["Second."])]
    assert stage.told() == ["new a", "edited a"]
    assert stage.states() == {"a": "listed"}
    assert stage.is_whole()
