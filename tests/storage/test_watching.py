"""The fields watched: their shares in each run, and what happens when one falls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest

from storage import queries
from storage.records import Article, EventKind, PageState, RunMode, RunOutcome
from storage.watching import Watched
from tests.storage.stage import Stage, article, link, picture

X, PIC = link("https://example.org/x"), picture("https://example.org/x.jpg")


def pages(count: int, **more: object) -> dict[str, Article]:
    return {
        f"p{n}": article(f"What page {n} tells. " * 9, title=f"Title {n}", links=(X,), media=(PIC,))
        for n in range(count)
    } | {
        f"p{n}": article(
            f"What page {n} tells. " * 9, **({"title": f"Title {n}", "links": (X,), "media": (PIC,)} | more)
        )
        for n in range(count if more else 0)
    }


def last(stage: Stage) -> Mapping[str, float]:
    return queries.runs(stage.engine, limit=1)[0].fields


def test_a_run_says_how_many_of_its_articles_have_each_field(stage: Stage) -> None:
    shown = pages(3) | {"q": article("Short.", title="Q", published=None)}
    settlement = stage.crawl(shown)
    expected = {
        "articles": 4, "title": 1.0, "published": 0.75, "body": 1.0, "links": 0.75, "media": 0.75, "median_length": 170
    }  # fmt: skip
    assert last(stage) == settlement.fields == expected
    stage.crawl(shown)
    assert last(stage) == expected, "pages as they were count like any"


def test_a_run_without_an_article_has_no_shares(stage: Stage) -> None:
    stage.crawl({})
    assert last(stage) == {"articles": 0}


@pytest.mark.parametrize(
    ("lost", "word"),
    [
        ({"published": None}, "published date"),
        ({"links": ()}, "links"),
        ({"media": ()}, "media"),
        ({"title": None}, "title"),
    ],
)
def test_a_field_that_falls_is_an_alarm_and_its_pages_are_held(
    stage: Stage, lost: dict[str, object], word: str
) -> None:
    stage.crawl(pages(8))
    settlement = stage.crawl(pages(8, **lost))
    assert (settlement.held, settlement.events) == (8, {})
    assert settlement.alarm == f"{word}: 100% of the articles had it, 0% have it now"
    run = queries.runs(stage.engine, limit=1)[0]
    assert (run.outcome, run.exit_code, run.note) == (RunOutcome.ALARM, 20, settlement.alarm)
    held = queries.held(stage.engine)
    assert {(each.kind, each.reason) for each in held} == {("field_lost", settlement.alarm)}
    assert set(stage.states().values()) == {"suspect"}
    assert {len(stage.bodies(f"p{n}")) for n in range(8)} == {1}
    assert stage.is_whole()


def test_a_second_crawl_that_agrees_applies_it_and_is_no_alarm(stage: Stage) -> None:
    stage.crawl(pages(8))
    stage.crawl(pages(8, published=None))
    first = stage.now
    settlement = stage.crawl(pages(8, published=None))
    assert (settlement.held, settlement.events, settlement.alarm) == (0, {"edited": 8}, "")
    assert queries.runs(stage.engine, limit=1)[0].outcome is RunOutcome.COMPLETE
    assert queries.held(stage.engine) == []
    events = stage.events([EventKind.EDITED])
    assert {(event.fields, event.seen_at) for event in events} == {(("published",), first)}
    assert len({event.group for event in events}) == 1
    assert stage.crawl(pages(8, published=None)).alarm == ""
    assert stage.is_whole()


def test_a_crawl_in_which_the_field_is_back_lets_go_without_a_word(stage: Stage) -> None:
    stage.crawl(pages(8))
    stage.crawl(pages(8, published=None))
    settlement = stage.crawl(pages(8))
    assert (settlement.events, settlement.alarm) == ({}, "")
    assert queries.held(stage.engine) == []
    assert set(stage.states().values()) == {"listed"}
    assert stage.is_whole()


def test_an_accepted_loss_is_an_edit(stage: Stage) -> None:
    stage.crawl(pages(8))
    stage.crawl(pages(8, published=None))
    assert stage.archive.accept([each.id for each in queries.held(stage.engine)]).events == {"edited": 8}
    assert stage.state("p0") is PageState.LISTED
    assert stage.crawl(pages(8, published=None)).alarm == ""


def test_another_content_without_the_field_is_an_alarm_again(stage: Stage) -> None:
    stage.crawl(pages(8))
    stage.crawl(pages(8, published=None))
    settlement = stage.crawl(pages(8, published=None, media=()))
    assert "published date: 100%" in settlement.alarm
    assert settlement.held == 8


@pytest.mark.parametrize(
    ("known", "lost", "is_alarm"), [(40, 4, False), (40, 5, False), (40, 8, False), (40, 9, True), (4, 4, False)]
)
def test_a_fall_is_more_than_twenty_points_and_five_pages(
    stage: Stage, known: int, lost: int, *, is_alarm: bool
) -> None:
    stage.crawl(pages(known))
    settlement = stage.crawl(pages(known) | pages(lost, published=None))
    assert (bool(settlement.alarm), settlement.held) == (is_alarm, lost if is_alarm else 0)
    assert settlement.events == ({} if is_alarm else {"edited": lost})


def test_a_rare_field_lost_by_most_that_had_it_is_a_fall_too(stage: Stage) -> None:
    few = pages(6)
    many = {f"q{n}": article(f"Text {n}, no picture.", title=f"Q {n}") for n in range(40)}
    stage.crawl(few | many)
    assert stage.crawl(pages(6, media=()) | many).alarm == "media: 13% of the articles had it, 0% have it now"


def test_texts_that_are_much_shorter_on_the_whole_are_a_fall(stage: Stage) -> None:
    stage.crawl({f"p{n}": article(f"What page {n} tells. " * 20) for n in range(6)})
    settlement = stage.crawl({f"p{n}": article(f"What page {n} tells. " * 11) for n in range(6)})
    assert settlement.alarm == "body: the texts' median length was 379 characters, it is 208 now"
    assert (settlement.held, settlement.events) == (6, {})


def test_one_short_text_is_no_fall(stage: Stage) -> None:
    stage.crawl({"a": article("What it tells. " * 20)})
    assert stage.crawl({"a": article("What it tells. " * 10)}).alarm == ""


def test_a_run_that_was_cut_off_keeps_its_outcome_and_holds_them_all_the_same(stage: Stage) -> None:
    stage.crawl(pages(8))
    settlement = stage.crawl(pages(8, published=None), outcome=RunOutcome.INTERRUPTED, note="cut off")
    run = queries.runs(stage.engine, limit=1)[0]
    assert (run.outcome, settlement.held) == (RunOutcome.INTERRUPTED, 8)
    assert run.note.startswith("cut off; published date")


def test_imports_raise_no_alarm(stage: Stage) -> None:
    stage.crawl(pages(8))
    stage.pass_time(days=1)
    stage.begin(RunMode.IMPORT, None)
    for name, each in pages(8, published=None).items():
        stage.show(name, each, source="import")
    assert stage.end(walked_lists=False).events == {"edited": 8}


def test_a_run_is_compared_with_the_last_complete_one_too() -> None:
    """New pages without the field make its share fall; some known pages that lost it say that it isn't the editors'."""
    watched = Watched(lost=Counter(published=5))
    for number in range(100):
        watched.before.add(2, 100)
        watched.now.add(2 if number >= 5 else 0, 100)
        watched.read.add(2 if number >= 5 else 0, 100)
    assert watched.falls({"articles": 100, "published": 1.0, "median_length": 100}) == {}
    for _ in range(50):
        watched.read.add(0, 100)
    assert list(watched.falls({"articles": 100, "published": 1.0, "median_length": 100})) == ["published"]
    assert watched.falls({}) == {}
