"""What is held until a second crawl agrees or a person accepts: texts that shrink all at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import queries
from storage.records import Article, EventKind, Outcome, PageState, RunMode
from tests.storage.stage import Stage, address, article

LONG = article("A sentence of some length. " * 30)
STUB = article("Nothing left.")


def test_a_page_left_with_almost_nothing_is_held(stage: Stage) -> None:
    stage.crawl({"a": LONG})
    settlement = stage.crawl({"a": STUB})
    assert (settlement.held, settlement.events) == (1, {})
    assert stage.state("a") is PageState.SUSPECT
    (held,) = queries.held(stage.engine)
    assert (held.kind, held.url, held.reason, held.held_at) == (
        "shrinkage",
        address("a") + "/",
        "most of its text is gone",
        stage.now,
    )
    assert len(stage.bodies("a")) == 1
    assert stage.is_whole()


def test_a_second_crawl_that_agrees_makes_it_an_edit_seen_at_the_first(stage: Stage) -> None:
    stage.crawl({"a": LONG})
    full = stage.now
    stage.crawl({"a": STUB})
    first = stage.now
    stage.crawl({"a": STUB})
    event = stage.event(EventKind.EDITED)
    assert (event.not_before, event.seen_at, event.recorded_at) == (full, first, stage.now)
    assert queries.held(stage.engine) == []
    assert stage.state("a") is PageState.LISTED
    assert queries.history(stage.engine, address("a"))[-1].captures == 2
    assert stage.is_whole()


def test_a_second_look_in_the_same_run_doesn_t_agree(stage: Stage) -> None:
    stage.crawl({"a": LONG})
    stage.begin()
    stage.list("a")
    for _ in range(2):
        stage.pass_time(minutes=1)
        stage.show("a", STUB)
    stage.end()
    assert len(queries.held(stage.engine)) == 1
    assert stage.told() == []


def test_a_page_that_has_its_text_again_is_back_without_a_word(stage: Stage) -> None:
    stage.crawl({"a": LONG})
    stage.crawl({"a": STUB})
    stage.crawl({"a": LONG})
    assert stage.told() == []
    assert queries.held(stage.engine) == []
    assert stage.state("a") is PageState.LISTED
    stage.crawl({"a": STUB})
    assert len(queries.held(stage.engine)) == 1, "what was seen before that counts for nothing"


def test_another_stub_is_held_in_place_of_the_first(stage: Stage) -> None:
    stage.crawl({"a": LONG})
    stage.crawl({"a": STUB})
    stage.crawl({"a": article("Something else.")})
    (held,) = queries.held(stage.engine)
    assert held.held_at == stage.now
    assert stage.told() == []


def test_an_accepted_stub_is_an_edit(stage: Stage) -> None:
    stage.crawl({"a": LONG})
    stage.crawl({"a": STUB})
    (held,) = queries.held(stage.engine)
    assert stage.archive.accept([held.id]).events == {"edited": 1}
    assert stage.bodies("a")[-1] == (2, ["Nothing left."])
    assert stage.state("a") is PageState.LISTED
    stage.crawl({"a": STUB})
    assert stage.told() == []
    assert stage.is_whole()


def test_a_rejected_stub_makes_no_version(stage: Stage) -> None:
    stage.crawl({"a": LONG})
    stage.crawl({"a": STUB})
    stage.archive.reject([queries.held(stage.engine)[0].id])
    assert stage.state("a") is PageState.LISTED
    stage.crawl({"a": LONG})
    assert len(stage.bodies("a")) == 1
    assert stage.told() == []


@pytest.mark.parametrize(
    ("before", "after", "is_held"),
    [(500, 49, True), (500, 50, False), (499, 10, False), (5000, 499, True)],
)
def test_one_page_is_held_below_a_tenth_of_five_hundred_characters(
    stage: Stage, before: int, after: int, *, is_held: bool
) -> None:
    stage.crawl({"a": article("x" * before)})
    assert stage.crawl({"a": article("y" * after)}).held == (1 if is_held else 0)


@pytest.mark.parametrize(("pages", "length", "is_held"), [(5, 39, True), (4, 39, False), (5, 40, False)])
def test_five_pages_that_lose_most_of_their_text_in_one_run_are_held(
    stage: Stage, pages: int, length: int, *, is_held: bool
) -> None:
    names = [f"p{number}" for number in range(pages)]
    others = {f"q{number}": article(f"Other {number}. " * 9) for number in range(pages + 1)}
    stage.crawl(others | {name: article(name * 50) for name in names})
    settlement = stage.crawl(others | {name: article((name * 50)[:length]) for name in names})
    assert settlement.held == (pages if is_held else 0)
    assert settlement.events == ({} if is_held else {"edited": pages})


def test_a_shrunk_text_is_no_clear_edit_before_its_run_has_ended(stage: Stage) -> None:
    stage.crawl({"a": article("x" * 100)})
    stage.begin()
    stage.show("a", article("y" * 39))
    assert stage.archive.settle_batch(stage.run_id).events == {}
    assert stage.end().events["edited"] == 1


def test_a_capture_that_its_reader_doubts_is_held_and_an_agreeing_one_believed(stage: Stage) -> None:
    stage.crawl({"a": LONG})
    empty = article()
    doubt = {"article": empty, "body": b"<h1>Title</h1>", "reason": "no paragraph is left"}
    stage.begin()
    stage.show("a", Outcome.SUSPECT, **doubt)
    assert stage.end().held == 1
    assert queries.held(stage.engine)[0].reason == "no paragraph is left"
    stage.pass_time(days=1)
    stage.begin()
    stage.show("a", Outcome.SUSPECT, **doubt)
    assert stage.end().events == {"edited": 1, "unlisted": 1}
    assert stage.bodies("a")[-1] == (2, [])
    assert stage.is_whole()


def test_a_doubtful_capture_without_an_article_is_held_and_can_be_waved_through(stage: Stage) -> None:
    stage.crawl({"a": LONG})
    stage.begin(RunMode.URL)
    stage.show("a", Outcome.SUSPECT, body=b"<h1></h1>")
    stage.end(walked_lists=False)
    assert stage.state("a") is PageState.SUSPECT
    (held,) = queries.held(stage.engine)
    assert stage.archive.accept([held.id]).events == {}
    assert stage.state("a") is PageState.LISTED
    assert len(stage.bodies("a")) == 1
    assert stage.is_whole()


def test_a_new_page_that_is_doubtful_is_held_and_no_version(stage: Stage) -> None:
    stage.begin()
    stage.list("a")
    stage.show("a", Outcome.SUSPECT, article=STUB)
    stage.end()
    assert stage.state("a") is PageState.SUSPECT
    assert stage.told() == []
    stage.crawl({"a": LONG})
    assert stage.told() == ["new a"]
    assert stage.state("a") is PageState.LISTED


def test_a_capture_that_can_t_know_the_body_doesn_t_shrink_it(stage: Stage) -> None:
    stage.crawl({"a": LONG})
    blind = Article("Another title", None, "en", (), unknown=frozenset({"body", "published", "links", "media"}))
    assert stage.crawl({"a": blind}).held == 0
    assert stage.event(EventKind.EDITED).fields == ("title",)
    assert stage.bodies("a")[1][1] == stage.bodies("a")[0][1]


def test_short_captures_from_the_past_shrink_nothing(stage: Stage) -> None:
    names = [f"p{number}" for number in range(6)]
    stage.crawl({name: article(f"{name} " * 300) for name in names})
    stage.begin(RunMode.IMPORT, None)
    for name in names:
        stage.show(name, article(f"{name}, early."), at=stage.now - timedelta(days=50), source="import")
    assert stage.end(walked_lists=False).events == {"edited": 6}
    assert queries.held(stage.engine) == []


def test_old_stubs_don_t_make_a_new_one_unbelievable(stage: Stage) -> None:
    """What counts is how many pages have shrunk now."""
    names = [f"p{number}" for number in range(5)]
    stage.crawl({name: article(f"{name} " * 100) for name in names})
    stage.pass_time(days=1)
    stage.begin()
    stage.list(*names)
    for name in names[1:]:
        stage.show(name, article("Old."), at=stage.now - timedelta(days=50))
    stage.show("p0", article("p0 " * 30))
    assert stage.end().held == 0


def test_three_pages_that_lose_most_of_their_text_by_one_difference_are_held(stage: Stage) -> None:
    common = "The same long paragraph, which stands on each of these pages."
    texts = {f"p{n}": f"What page {n} tells in short." for n in range(3)}
    stage.crawl({name: article(text, common) for name, text in texts.items()})
    settlement = stage.crawl({name: article(text) for name, text in texts.items()})
    assert (settlement.held, settlement.events) == (3, {})
    assert queries.held(stage.engine)[0].reason == "most of its text is gone, the same as on other pages"
    assert stage.crawl({name: article(text) for name, text in texts.items()}).events == {"edited": 3}
    assert stage.is_whole()


def test_three_pages_that_lose_each_a_text_of_its_own_are_edited(stage: Stage) -> None:
    texts = {f"p{n}": f"What page {n} tells in short." for n in range(3)}
    stage.crawl(
        {
            name: article(text, f"A paragraph of {name} alone, which is a good deal longer.")
            for name, text in texts.items()
        }
    )
    assert stage.crawl({name: article(text) for name, text in texts.items()}).events == {"edited": 3}
