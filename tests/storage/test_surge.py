"""Lone edits are told while their run goes on; edits by the dozen wait until all of it is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from storage.records import Article, EventKind
from tests.storage.stage import Stage, article, link


def pages(count: int, words: str = "") -> dict[str, Article]:
    return {
        f"p{number}": article(f"What page {number} tells, at length.", f"And more.{words}") for number in range(count)
    }


def look(stage: Stage, shown: Mapping[str, Article], size: int = 1) -> list[int]:
    """Show pages in batches; the edits told after each."""
    told = []
    for number, (name, each) in enumerate(shown.items(), 1):
        stage.show(name, each)
        if number % size == 0 or number == len(shown):
            told.append(stage.archive.settle_batch(stage.run_id).events.get("edited", 0))
    return told


def begin(stage: Stage, known: Mapping[str, Article]) -> None:
    stage.crawl(known)
    stage.pass_time(days=1)
    stage.begin()
    stage.list(*known)


def own(number: int) -> Article:
    return article(f"What page {number} tells, at length.", "And more.", f"A word of its own: {number}.")


def test_an_edit_among_the_first_pages_waits_until_more_were_looked_at(stage: Stage) -> None:
    known = pages(8)
    begin(stage, known)
    assert look(stage, known | {"p0": own(0)}) == [0, 0, 0, 0, 1, 0, 0, 0]
    assert stage.end().events == {"edited": 1}


def test_many_edits_wait_for_the_end_of_their_run(stage: Stage) -> None:
    known = pages(12)
    begin(stage, known)
    assert look(stage, {f"p{n}": own(n) for n in range(12)}) == [0] * 12
    assert stage.told() == []
    assert stage.end().events == {"edited": 12}
    assert stage.is_whole()


def test_once_edits_are_many_later_ones_wait_too_and_new_pages_don_t(stage: Stage) -> None:
    known = pages(60)
    begin(stage, known)
    look(stage, {f"p{n}": own(n) for n in range(6)}, size=6)
    assert look(stage, {f"p{n}": known[f"p{n}"] for n in range(6, 59)} | {"p59": own(59)}, size=5) == [0] * 11
    stage.show("q", article("Something new."))
    assert stage.archive.settle_batch(stage.run_id).events == {"new": 1}
    assert stage.end().events == {"edited": 7, "new": 1}


def test_few_edits_among_many_pages_are_told_at_once(stage: Stage) -> None:
    known = pages(50)
    begin(stage, known)
    assert look(stage, known | {f"p{n}": own(n) for n in range(0, 50, 6)}, size=50) == [9]


def test_five_pages_with_one_common_difference_are_a_surge_among_any_number(stage: Stage) -> None:
    known = pages(60)
    begin(stage, known)
    changed = pages(60, " Call 123.")
    assert look(stage, known | {f"p{n}": changed[f"p{n}"] for n in (1, 11, 21, 31, 41)}, size=60) == [0]
    assert stage.end().events == {"edited": 5}


@pytest.mark.parametrize(
    "without",
    [
        lambda each: article(*each, published=None),
        lambda each: article(*each, links=()),
        lambda each: article(*each, title=None),
    ],
)
def test_an_edit_that_loses_a_field_waits_for_the_end(stage: Stage, without: Callable[[list[str]], Article]) -> None:
    known = {
        name: article(*[b.text for b in each.blocks], links=(link("https://example.org/x"),))
        for name, each in pages(20).items()
    }
    begin(stage, known)
    texts = [block.text for block in known["p3"].blocks]
    assert look(stage, known | {"p3": without(texts)}, size=20) == [0]
    assert stage.end().events == {"edited": 1}


def test_a_text_that_was_replaced_whole_waits_for_the_end(stage: Stage) -> None:
    known = pages(20)
    begin(stage, known)
    assert look(stage, known | {"p3": article("Nothing remains here.")}, size=20) == [0]
    assert stage.end().events == {"edited": 1}


def test_what_waited_in_a_killed_run_is_settled_by_the_next(stage: Stage) -> None:
    known = pages(6)
    begin(stage, known)
    shown = {f"p{n}": own(n) for n in range(6)}
    look(stage, shown)
    assert stage.crawl(shown).events == {"edited": 6}
    assert len({event.run_id for event in stage.events([EventKind.EDITED])}) == 1
    assert stage.is_whole()
