"""Pages that changed alike in one run share a group."""

from __future__ import annotations

import pytest

from storage.records import EventKind
from tests.storage.stage import Stage, article, link


def groups(stage: Stage) -> list[str | None]:
    return [event.group for event in stage.events([EventKind.EDITED], run_id=stage.run_id)]


def pages(count: int, phone: str) -> dict[str, object]:
    return {f"p{n}": article(f"Text of {n}.", f"Call {phone} and ask for {n}.") for n in range(count)}


@pytest.mark.parametrize(("count", "is_group"), [(2, False), (3, True), (7, True)])
def test_three_pages_that_change_the_same_words_are_a_group(stage: Stage, count: int, *, is_group: bool) -> None:
    stage.crawl(pages(count, "123"))
    stage.crawl(pages(count, "456"))
    found = groups(stage)
    assert len(found) == count
    assert (len(set(found)) == 1 and found[0] is not None) is is_group
    stage.end()
    assert groups(stage) == found


def test_pages_that_change_each_in_its_own_way_are_none(stage: Stage) -> None:
    stage.crawl(pages(4, "123"))
    stage.crawl({f"p{n}": article(f"Text of {n}.", f"Call {n} and ask for {n}.") for n in range(4)})
    assert groups(stage) == [None] * 4


def test_the_same_change_in_another_run_is_another_group(stage: Stage) -> None:
    stage.crawl(pages(3, "123"))
    stage.crawl(pages(3, "456"))
    first = groups(stage)[0]
    stage.crawl(pages(3, "123"))
    stage.crawl(pages(3, "456"))
    assert groups(stage)[0] not in {None, first}


def test_one_link_put_in_everywhere_is_a_group_beside_others(stage: Stage) -> None:
    stage.crawl(pages(5, "123"))
    changed = {
        f"p{n}": article(f"Text of {n}.", f"Call 123 and ask for {n}.", links=(link("https://example.org/x"),))
        for n in range(3)
    }
    stage.crawl(changed | {"p3": article("Another."), "p4": article("Text of 4.", "Call 123 and ask for 4.")})
    by_page = {event.url.rstrip("/")[-1]: event.group for event in stage.events([EventKind.EDITED])}
    assert by_page["0"] == by_page["1"] == by_page["2"] is not None
    assert by_page["3"] is None


def test_long_runs_are_read_in_pieces(stage: Stage) -> None:
    stage.crawl(pages(520, "123"))
    stage.crawl(pages(520, "456"))
    assert len(set(groups(stage))) == 1
