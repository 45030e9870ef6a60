"""One text at three or more addresses that don't agree on whose it is: a message in the pages' place, no article."""

from __future__ import annotations

from storage import queries
from storage.records import Article, RunMode
from tests.storage.stage import Stage, article

MESSAGE = "The page can't be shown at the moment. Please come back later."


def titled(name: str, *texts: str) -> Article:
    return article(*texts, title=f"Title of {name}")


def known(*names: str) -> dict[str, Article]:
    return {name: titled(name, f"What {name} tells, " * 3, "in two parts.") for name in names}


NAMES = tuple("abcdefghij")


def test_a_message_in_the_place_of_three_articles_is_held(stage: Stage) -> None:
    stage.crawl(known(*NAMES))
    settlement = stage.crawl(known(*NAMES) | {name: titled(name, MESSAGE) for name in "abc"})
    assert (settlement.held, settlement.events) == (3, {})
    assert {(each.kind, each.reason) for each in queries.held(stage.engine)} == {
        ("same_text", "other pages with other titles show the very same text")
    }
    assert stage.crawl(known(*NAMES)).events == {}
    assert queries.held(stage.engine) == []
    assert stage.is_whole()


def test_a_message_with_a_title_of_its_own_is_held(stage: Stage) -> None:
    stage.crawl(known(*NAMES))
    settlement = stage.crawl(known(*NAMES) | dict.fromkeys("abc", article(MESSAGE, title="Sorry")))
    assert (settlement.held, settlement.events) == (3, {})


def test_a_message_that_comes_page_by_page_is_held(stage: Stage) -> None:
    stage.crawl(known(*NAMES))
    stage.pass_time(days=1)
    stage.begin()
    stage.list(*NAMES)
    for name in NAMES:
        stage.show(name, titled(name, MESSAGE) if name in "dgj" else known(name)[name])
        stage.archive.settle_batch(stage.run_id)
    assert stage.end().held == 3
    assert stage.told() == []


def test_two_pages_with_one_text_are_edits(stage: Stage) -> None:
    stage.crawl(known(*NAMES))
    assert stage.crawl(known(*NAMES) | {name: titled(name, MESSAGE) for name in "ab"}).events == {"edited": 2}


def test_new_pages_with_one_text_and_titles_of_their_own_are_held_and_told_when_seen_again(stage: Stage) -> None:
    shown = {name: titled(name, MESSAGE) for name in "abc"} | known("d")
    assert stage.crawl(shown).events == {"new": 1}
    assert stage.states() == {"a": "suspect", "b": "suspect", "c": "suspect", "d": "listed"}
    settlement = stage.crawl(shown)
    assert (settlement.held, settlement.events) == (0, {"new": 3})
    assert set(stage.states().values()) == {"listed"}
    assert queries.held(stage.engine) == []
    assert stage.is_whole()


def test_held_new_pages_that_show_articles_then_are_new(stage: Stage) -> None:
    stage.crawl({name: titled(name, MESSAGE) for name in "abc"})
    assert stage.crawl(known("a", "b", "c")).events == {"new": 3}
    assert [len(stage.bodies(name)) for name in "abc"] == [1, 1, 1]
    assert queries.held(stage.engine) == []
    assert stage.is_whole()


def test_one_article_in_three_sections_is_one(stage: Stage) -> None:
    one = titled("it", "What it tells.")
    assert stage.crawl(dict.fromkeys("abc", one)).held == 0
    edited = titled("it, and more", "What it tells now.")
    assert stage.crawl(dict.fromkeys("abc", edited)).held == 0
    assert {name: len(stage.bodies(name)) for name in "abc"} == {"a": 2, "b": 2, "c": 2}
    assert stage.crawl(dict.fromkeys("abcdef", edited)).held == 0


def test_an_edited_article_that_comes_to_two_more_sections_is_one(stage: Stage) -> None:
    stage.crawl(known(*NAMES))
    edited = titled("a", "What a tells, another way.")
    assert stage.crawl(known(*NAMES) | dict.fromkeys(("a", "x", "y"), edited)).held == 0


def test_an_accepted_one_is_a_version(stage: Stage) -> None:
    stage.crawl(known(*NAMES))
    stage.crawl(known(*NAMES) | {name: titled(name, MESSAGE) for name in "abc"})
    ids = [each.id for each in queries.held(stage.engine)]
    assert stage.archive.accept(ids[:1]).events == {"edited": 1}
    stage.archive.reject(ids[1:])
    assert stage.states() == dict.fromkeys(NAMES, "listed")
    assert [len(stage.bodies(name)) for name in "abc"] == [2, 1, 1]


def test_empty_bodies_and_imports_are_no_message(stage: Stage) -> None:
    assert stage.crawl({name: titled(name) for name in "abc"}).held == 0
    stage.begin(RunMode.IMPORT, None)
    for name in "xyz":
        stage.show(name, titled(name, MESSAGE), source="import")
    assert stage.end(walked_lists=False).held == 0
