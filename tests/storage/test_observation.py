"""How often pages were looked at, and of which it can be said that nothing changed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from storage import visits
from storage.observation import LastSeal, Looks, last_seal, looks, makers, sites
from storage.records import Outcome
from storage.visits import list_visits
from tests.storage.stage import START, Stage, article

A, B, C = article("First."), article("Second."), article("Third.")


def seen(stage: Stage, since: datetime | None = None, until: datetime | None = None) -> dict[str, Looks]:
    return {page.url.rstrip("/").rpartition("/")[2]: page for page in looks(stage.engine, since, until)}


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def test_a_page_that_showed_the_same_three_times_was_steady_between_the_first_and_the_last(stage: Stage) -> None:
    for _ in range(3):
        stage.crawl({"a": A})
    page = seen(stage)["a"]
    assert (page.count, page.first_at, page.last_at, page.is_steady) == (3, day(1), day(3), True)


def test_an_edit_a_deletion_and_an_unlisting_are_no_steadiness(stage: Stage) -> None:
    for number in range(3):
        stage.crawl({"edited": A if number < 2 else B, "steady": C, "other": article("Fourth.")})
    stage.begin()
    stage.list("edited", "other")
    stage.gone("steady", status=410)
    stage.show("edited", B)
    stage.show("other", article("Fourth."))
    stage.end()
    found = seen(stage)
    assert {name: page.is_steady for name, page in found.items()} == {"edited": False, "steady": False, "other": True}


def test_an_edit_before_or_behind_the_interval_leaves_its_pages_steady_in_it(stage: Stage) -> None:
    for number in range(6):
        stage.crawl({"a": A if number < 3 else B})
    assert not seen(stage)["a"].is_steady
    before, behind = (
        seen(stage, until=day(3) + timedelta(hours=1))["a"],
        seen(stage, since=day(5) - timedelta(hours=1))["a"],
    )
    assert (before.is_steady, before.count, before.last_at) == (True, 3, day(3))
    assert (behind.is_steady, behind.count, behind.first_at) == (True, 2, day(5))


def test_a_page_that_nobody_looked_at_is_there_with_no_look(stage: Stage) -> None:
    stage.crawl({"a": A})
    page = seen(stage, since=day(9))["a"]
    assert (page.count, page.first_at, page.last_at) == (0, None, None)


def test_a_404_that_no_second_look_agrees_with_is_a_doubt(stage: Stage) -> None:
    stage.crawl({"a": A, "b": B})
    stage.crawl({"a": A, "b": B})
    stage.crawl({"a": A, "b": Outcome.GONE}, looked_twice=False)
    found = seen(stage)
    assert (found["a"].is_steady, found["b"].is_steady) == (True, False)


def test_an_answer_that_failed_is_no_look_and_no_doubt(stage: Stage) -> None:
    stage.crawl({"a": A, "b": B})
    stage.crawl({"a": Outcome.NET_ERROR, "b": B})
    stage.crawl({"a": A, "b": B})
    page = seen(stage)["a"]
    assert (page.count, page.is_steady) == (2, True)


def test_visits_that_were_packed_count_as_they_did(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "FEWEST", 4)
    for number in range(10):
        stage.crawl({"a": A, "b": B if number < 2 else C})
    spans = [(None, None), (day(3), None), (None, day(6)), (day(3), day(6)), (day(90), None)]
    before = [seen(stage, *span) for span in spans]
    assert list_visits(stage.engine).visits > 8
    assert [seen(stage, *span) for span in spans] == before
    assert before[0]["a"].count == 10
    assert before[3]["a"].count == 4


def test_what_the_report_stands_on_is_named(stage: Stage) -> None:
    assert last_seal(stage.engine) is None
    assert sites(stage.engine) == []
    stage.crawl({"a": A})
    stage.crawl({"a": A})
    found = last_seal(stage.engine)
    assert isinstance(found, LastSeal)
    assert (found.number, len(found.sha256)) == (2, 64)
    assert makers(stage.engine).readers == ("1",)
    assert makers(stage.engine, since=day(9)).programs == ()
    assert sites(stage.engine) == ["csto-en"]
