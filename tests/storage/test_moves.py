"""Pages that moved, and articles at two addresses."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from storage import queries
from storage.engine import reading
from storage.fetches import Fetches
from storage.records import Article, EventKind, Outcome, PageState, RunMode, RunOutcome
from tests.storage.stage import START, Stage, address, article

A, B = article("First."), article("Second.")


def redirect(stage: Stage, old: str, new: str) -> None:
    stage.show(old, Outcome.MOVED, http_status=301, moved_to=address(new))


def move(stage: Stage, old: str, new: str, shown: object, *, target_first: bool = True) -> None:
    """A crawl in which one page redirects to another that is listed in its place."""
    stage.pass_time(days=1)
    stage.begin()
    stage.list(new)
    if target_first:
        stage.show(new, shown)
        stage.archive.settle_batch(stage.run_id)
        stage.pass_time(seconds=1)
    redirect(stage, old, new)
    stage.archive.settle_batch(stage.run_id)
    if not target_first:
        stage.pass_time(seconds=1)
        stage.show(new, shown)
        stage.archive.settle_batch(stage.run_id)
    stage.end()


Seen = tuple[str, Article | str, float | None]
"""An address, an article there or the address that it redirects to, and the day after the start."""


def imported(stage: Stage, *seen: Seen) -> int:
    """All in one import; how many captures it stored that weren't there."""
    stage.begin(RunMode.IMPORT, None)
    captures = []
    for name, shown, days in seen:
        when = None if days is None else START + timedelta(days=days)
        if isinstance(shown, str):
            more = {"http_status": 301, "moved_to": address(shown), "source": "import"}
            captures.append(stage.capture(name, Outcome.MOVED, when, **more))
        else:
            captures.append(stage.capture(name, shown, when, source="import"))
    new = sum(each.is_new for each in stage.archive.record(stage.run_id, captures))
    stage.end(walked_lists=False)
    return new


def fetched(stage: Stage) -> list[tuple[str, str, datetime]]:
    """Where, what and when, as an export tells it."""
    with reading(stage.engine) as connection:
        pages = Fetches(connection).by_page()
        return sorted((each.url, each.outcome.value, each.captured_at) for page in pages for each in page.fetches)


def told_of(seen: Sequence[Seen]) -> list[tuple[str, str, datetime]]:
    return sorted(
        (address(name), "moved" if isinstance(shown, str) else "ok", START + timedelta(days=days))
        for name, shown, days in seen
        if days is not None
    )


def test_a_page_that_moved_keeps_its_history(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.crawl({"a": B})
    seen = stage.now
    move(stage, "a", "z", B)
    assert stage.told() == ["moved a"]
    event = stage.event(EventKind.MOVED)
    assert (event.url, event.moved_to) == (address("a") + "/", address("z") + "/")
    assert (event.from_version, event.to_version) == (2, 2)
    assert (event.not_before, event.seen_at) == (seen, stage.now)
    assert stage.bodies("z") == stage.bodies("a") == [(1, ["First."]), (2, ["Second."])]
    assert stage.states() == {"a": "moved", "z": "listed"}
    assert stage.is_whole()


def test_the_old_address_is_listed_as_moved_and_says_where_to(stage: Stage) -> None:
    stage.crawl({"a": A})
    move(stage, "a", "z", A)
    (old,) = queries.pages(stage.engine, PageState.MOVED)
    assert (old.url, old.moved_to, old.versions) == (address("a") + "/", address("z") + "/", 1)
    assert [page.url for page in queries.known_pages(stage.engine, "csto-en")] == [address("z")]
    assert queries.is_known(stage.engine, address("a"))


def test_a_move_is_one_whichever_address_was_asked_first(stage: Stage) -> None:
    stage.crawl({"a": A})
    move(stage, "a", "z", A, target_first=False)
    assert stage.told() == ["moved a"]
    assert stage.bodies("z") == [(1, ["First."])]
    assert stage.is_whole()


@pytest.mark.parametrize("target_first", [True, False])
def test_a_page_that_moved_and_was_edited_is_both(stage: Stage, *, target_first: bool) -> None:
    stage.crawl({"a": A})
    move(stage, "a", "z", B, target_first=target_first)
    assert sorted(stage.told()) == ["edited z", "moved a"]
    assert stage.bodies("a") == [(1, ["First."]), (2, ["Second."])]


def test_a_move_to_an_address_that_was_not_asked_yet_is_a_move(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.begin(RunMode.URL)
    redirect(stage, "a", "z")
    stage.end(walked_lists=False)
    assert stage.told() == ["moved a"]
    assert stage.states() == {"a": "moved", "z": "listed"}
    stage.crawl({"z": A})
    assert stage.told() == []


def test_a_page_moves_on_and_back(stage: Stage) -> None:
    stage.crawl({"a": A})
    move(stage, "a", "b", A)
    move(stage, "b", "c", A)
    assert stage.states() == {"a": "moved", "b": "moved", "c": "listed"}
    assert {page.moved_to for page in queries.pages(stage.engine, PageState.MOVED)} == {address("c") + "/"}
    move(stage, "c", "a", A)
    assert stage.told() == ["moved c"]
    assert stage.states() == {"a": "listed", "b": "moved", "c": "moved"}
    assert stage.bodies("b") == [(1, ["First."])]
    assert stage.is_whole()


def test_a_chain_of_redirects_in_one_run_ends_at_its_last_address(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.pass_time(days=1)
    stage.begin()
    redirect(stage, "a", "b")
    redirect(stage, "b", "c")
    stage.list("c")
    stage.show("c", A)
    stage.end()
    assert stage.states() == {"a": "moved", "b": "moved", "c": "listed"}
    assert stage.bodies("a") == [(1, ["First."])]


def test_the_redirect_of_a_former_address_is_no_news(stage: Stage) -> None:
    stage.crawl({"a": A})
    move(stage, "a", "z", A)
    stage.pass_time(days=1)
    stage.begin()
    stage.list("a", "z")
    redirect(stage, "a", "z")
    stage.show("z", A)
    stage.end()
    assert stage.told() == []
    stage.crawl({"a": Outcome.GONE, "z": A})
    assert stage.told() == [], "nobody misses an address that the page has left"
    assert stage.states() == {"a": "moved", "z": "listed"}


def test_a_former_address_that_is_an_article_again_is_a_page_of_its_own(stage: Stage) -> None:
    stage.crawl({"a": A})
    move(stage, "a", "z", A)
    stage.crawl({"a": B, "z": A})
    assert stage.told() == ["new a"]
    assert stage.bodies("a") == [(1, ["Second."])]
    assert stage.bodies("z") == [(1, ["First."])]
    stage.crawl({"a": B, "z": A})
    assert stage.told() == []
    assert stage.states() == {"a": "listed", "z": "listed"}
    assert stage.is_whole()


def test_a_move_to_a_page_with_a_history_links_the_two(stage: Stage) -> None:
    stage.crawl({"a": A, "z": B})
    move(stage, "a", "z", B)
    assert stage.told() == ["moved a"]
    assert stage.states() == {"a": "moved", "z": "listed"}
    assert stage.bodies("a") == [(1, ["First."])]
    assert stage.bodies("z") == [(1, ["Second."])]
    stage.pass_time(days=1)
    stage.begin()
    stage.list("z")
    redirect(stage, "a", "z")
    stage.show("z", B)
    stage.end()
    assert stage.told() == []


def test_a_linked_page_that_answers_again_is_restored(stage: Stage) -> None:
    stage.crawl({"a": A, "z": B})
    move(stage, "a", "z", B)
    stage.crawl({"a": A, "z": B})
    assert stage.told() == ["restored a"]
    assert stage.states() == {"a": "listed", "z": "listed"}


def test_a_page_that_only_ever_redirected_makes_no_event(stage: Stage) -> None:
    stage.begin()
    stage.list("a", "z")
    redirect(stage, "a", "z")
    stage.show("z", A)
    stage.end()
    assert stage.told() == ["new z"]
    assert stage.states() == {"a": "moved", "z": "listed"}
    assert queries.pages(stage.engine, PageState.MOVED)[0].moved_to == address("z")


def test_a_page_gone_whose_text_stands_elsewhere_is_a_possible_move(stage: Stage) -> None:
    stage.crawl({"a": A, "b": B})
    stage.pass_time(days=1)
    stage.begin()
    stage.list("b", "z")
    stage.show("b", B)
    stage.show("z", A)
    stage.gone("a", 410)
    assert stage.end().held == 1
    assert sorted(stage.told()) == ["deleted a", "new z"]
    (held,) = queries.held(stage.engine)
    assert (held.kind, held.url, held.moved_to) == ("possible_move", address("a") + "/", address("z") + "/")
    assert stage.archive.accept([held.id]).events == {"moved": 1}
    assert stage.states() == {"a": "moved", "b": "listed", "z": "listed"}
    assert stage.event(EventKind.MOVED).moved_to == address("z") + "/"
    assert stage.is_whole()


def test_a_rejected_move_leaves_one_page_gone_and_the_other_new(stage: Stage) -> None:
    stage.crawl({"a": A, "b": B})
    stage.begin()
    stage.pass_time(days=1)
    stage.list("b", "z")
    stage.show("b", B)
    stage.show("z", A)
    stage.gone("a", 410)
    stage.end()
    stage.archive.reject([queries.held(stage.engine)[0].id])
    assert stage.states() == {"a": "gone", "b": "listed", "z": "listed"}
    assert queries.held(stage.engine) == []


def test_an_incomplete_run_proposes_no_move(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.begin()
    stage.pass_time(days=1)
    stage.show("z", A)
    stage.gone("a", 410)
    assert stage.end(outcome=RunOutcome.PARTIAL).held == 0


def test_one_article_at_two_addresses_is_two_pages_and_one_line(stage: Stage) -> None:
    stage.crawl({"a": A, "b": A, "c": B})
    lines = {event.url: event.also_at for event in stage.events()}
    assert lines == {address("a") + "/": (address("b") + "/",), address("c") + "/": ()}
    assert stage.end().events == {"new": 2}
    pages = {page.url.rstrip("/")[-1]: page.also_at for page in queries.pages(stage.engine)}
    assert pages == {"a": (address("b") + "/",), "b": (address("a") + "/",), "c": ()}


def test_an_edit_of_both_is_one_line_and_an_edit_of_one_parts_them(stage: Stage) -> None:
    stage.crawl({"a": A, "b": A})
    stage.crawl({"a": B, "b": B})
    (event,) = stage.events(run_id=stage.run_id)
    assert (event.kind, event.url, event.also_at) == (EventKind.EDITED, address("a") + "/", (address("b") + "/",))
    stage.crawl({"a": B, "b": article("Third.")})
    assert stage.told() == ["edited b"]
    assert {page.also_at for page in queries.pages(stage.engine)} == {()}


def test_a_second_address_for_a_known_article_is_told_with_the_first(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.crawl({"a": A, "b": A})
    (event,) = stage.events(run_id=stage.run_id)
    assert (event.kind, event.url, event.also_at) == (EventKind.NEW, address("b") + "/", (address("a") + "/",))


def test_an_import_of_a_whole_history_carries_it_over_the_redirect(stage: Stage) -> None:
    imported(stage, ("a", A, 0), ("a", "z", 2), ("z", A, 2), ("z", B, 4), ("a", "z", 6))
    assert stage.states() == {"a": "moved", "z": "unlisted"}
    assert stage.bodies("z") == [(1, ["First."]), (2, ["Second."])]
    moved = stage.event(EventKind.MOVED)
    assert (moved.url, moved.moved_to, moved.past) == (address("a"), address("z"), True)
    assert (moved.not_before, moved.seen_at) == (START, START + timedelta(days=2))
    assert stage.rows("SELECT at_url FROM capture ORDER BY captured_at DESC LIMIT 1") == [(address("a"),)]
    assert stage.is_whole()


def test_an_import_that_saw_articles_at_both_addresses_keeps_two_histories(stage: Stage) -> None:
    imported(stage, ("a", A, 1), ("z", B, 0), ("a", "z", 2))
    assert stage.states() == {"a": "moved", "z": "unlisted"}
    assert stage.is_whole()


def test_an_import_in_which_an_article_is_back_at_the_old_address_keeps_two_histories(stage: Stage) -> None:
    imported(stage, ("a", A, 0), ("a", "z", 2), ("z", B, 2), ("a", A, 4))
    assert stage.bodies("z") == [(1, ["Second."])]
    assert stage.bodies("a") == [(1, ["First."])]
    assert stage.is_whole()


@pytest.mark.parametrize(
    "seen",
    [
        [("a", A, 0), ("a", "z", 2), ("z", A, 2), ("z", B, 4), ("a", "z", 6)],
        [("a", A, 0), ("a", "b", 2), ("b", B, 3), ("b", "c", 5), ("c", A, 6)],
        [("b", "c", 5), ("a", "b", 2), ("a", A, 0), ("b", B, 3), ("c", A, 6)],
        [("a", A, 0), ("a", "z", 3), ("a", "z", 2), ("z", B, 2.5)],
        [("a", A, 0), ("z", B, 1), ("a", "z", 2)],
        [("a", A, 0), ("a", "b", 2), ("b", B, 3), ("b", "a", 5), ("a", A, 6)],
    ],
)
def test_an_import_of_redirects_is_the_same_when_it_is_repeated_and_says_where_each_was_fetched(
    stage: Stage, seen: list[Seen]
) -> None:
    assert imported(stage, *seen) == len(seen)
    assert stage.is_whole()
    assert fetched(stage) == told_of(seen)
    before = stage.states()
    assert imported(stage, *seen) == 0
    assert stage.is_whole()
    assert (stage.states(), fetched(stage)) == (before, told_of(seen))


def test_a_redirect_without_a_time_from_a_page_with_a_history_is_taken(stage: Stage) -> None:
    stage.crawl({"b": A})
    imported(stage, ("b", "a", None))
    assert stage.is_whole()


def test_redirects_of_two_pages_to_one_and_a_crawled_one_among_them_are_taken(stage: Stage) -> None:
    stage.crawl({"a": A})
    imported(stage, ("a", B, 1), ("c", B, 2), ("c", "b", 3), ("a", "b", 4), ("a", "b", 6))
    assert stage.is_whole()
    imported(stage, ("a", "b", 5), ("b", B, 2), ("b", "a", 4))
    assert stage.is_whole()


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("is_crawled", [False, True])
def test_drawn_imports_of_articles_and_redirects_leave_a_whole_store_and_store_nothing_twice(
    sqlite_url: str, seed: int, *, is_crawled: bool
) -> None:
    chance = random.Random(seed)
    stage = Stage(sqlite_url)
    if is_crawled:
        stage.crawl({chance.choice("abc"): A})
    seen: dict[tuple[str, float | None], Seen] = {}
    for _ in range(chance.randrange(3, 8)):
        name, days = chance.choice("abc"), chance.choice([None, *range(7), *range(7)])
        others = [other for other in "abc" if other != name]
        seen[name, days] = (name, chance.choice([A, B, *others]), days)
    chosen = chance.sample(list(seen.values()), len(seen))
    assert imported(stage, *chosen) == len(chosen)
    assert stage.is_whole()
    assert imported(stage, *chosen) == 0 or is_crawled
    assert stage.is_whole()
    assert is_crawled or fetched(stage) == told_of(chosen)
    stage.close()
