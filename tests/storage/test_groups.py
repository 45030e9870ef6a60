"""Pages that changed alike in one run share a group."""

from __future__ import annotations

from datetime import date

import pytest

from storage.groups import change_of
from storage.records import Article, EventKind
from tests.storage.stage import Stage, article, link, picture


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


@pytest.mark.slow
def test_long_runs_are_read_in_pieces(stage: Stage) -> None:
    stage.crawl(pages(520, "123"))
    stage.crawl(pages(520, "456"))
    assert len(set(groups(stage))) == 1


def alike(before: list[Article], now: list[Article]) -> bool:
    """Whether all these pages changed by one difference."""
    assert all(one != other for one, other in zip(before, now, strict=True))
    return len({change_of(one, other) for one, other in zip(before, now, strict=True)}) == 1


def test_a_word_replaced_in_other_surroundings_and_more_than_once_is_one_difference() -> None:
    before = [
        article("Call 123-45."),
        article("(123-45), now", "and 123-45!"),
        article("My own text.", "Tel. 123-45; x"),
    ]
    now = [article("Call 678-45."), article("(678-45), now", "and 678-45!"), article("My own text.", "Tel. 678-45; x")]
    assert alike(before, now)
    assert not alike(before[:2], [now[0], article("(678-45), now", "and 679-45!")])


def test_a_name_replaced_in_titles_is_one_difference() -> None:
    before = [article("x", title=f"The CSTO and {n}") for n in range(3)]
    assert alike(before, [article("x", title=f"The ODKB and {n}") for n in range(3)])
    assert not alike(before, [article("x", title=f"Of {n}, {n * 7}") for n in range(3)])


def test_the_same_block_moved_is_one_difference_and_blocks_of_their_own_are_not() -> None:
    before = [article(f"Own text {n}, long enough.", f"More of {n}, long enough.", "Press service") for n in range(3)]
    up = [article("Press service", f"Own text {n}, long enough.", f"More of {n}, long enough.") for n in range(3)]
    assert alike(before, up)
    short = article("Own text, long enough.", "Press service"), article("Press service", "Own text, long enough.")
    assert alike([*before, short[0]], [*up, short[1]])
    own = [article(f"More of {n}, long enough.", f"Own text {n}, long enough.", "Press service") for n in range(3)]
    assert not alike(before, own)


def test_a_target_or_a_picture_replaced_is_one_difference_whatever_it_is_called() -> None:
    def pages(target: str, source: str) -> list[Article]:
        shown = [(link(f"https://e.org/{n}", "own"), link(target, f"words {n}")) for n in range(3)]
        return [article(f"{n}", links=each, media=(picture(source, f"alt {n}"),)) for n, each in enumerate(shown)]

    assert alike(pages("https://e.org/a", "https://e.org/a.jpg"), pages("https://e.org/b", "https://e.org/a.jpg"))
    assert alike(pages("https://e.org/a", "https://e.org/a.jpg"), pages("https://e.org/a", "https://e.org/b.jpg"))


def test_dates_that_are_gone_are_one_difference_and_dates_of_their_own_are_not() -> None:
    before = [article("x", published=date(2026, 2, n)) for n in (1, 2, 3)]
    assert alike(before, [article("x", published=None)] * 3)
    assert not alike(before, [article("x", published=date(2026, 3, n)) for n in (1, 2, 3)])


def test_paragraphs_parted_otherwise_are_one_difference() -> None:
    before = [article(f"One of {n}. Two of {n}.") for n in range(3)]
    assert alike(before, [article(f"One of {n}.", f"Two of {n}.") for n in range(3)])


@pytest.mark.parametrize("field", ["title", "body", "links", "media"])
def test_pages_with_merely_the_same_fields_changed_are_not_alike(field: str) -> None:
    def page(n: int, word: str) -> Article:
        values = {"title": f"{word} {n}"} if field == "title" else {}
        links = (link(f"https://e.org/{word}{n}"),) if field == "links" else ()
        media = (picture(f"https://e.org/{word}{n}.jpg"),) if field == "media" else ()
        return article(f"{word} {n}" if field == "body" else "x", links=links, media=media, **values)

    assert not alike([page(n, "old") for n in range(3)], [page(n, f"new{n}") for n in range(3)])


def test_a_banner_that_got_into_the_texts_is_one_entry_and_not_held(stage: Stage) -> None:
    stage.crawl(pages(8, "123"))
    banner = {
        f"p{n}": article("Take part in our survey!", f"Text of {n}.", f"Call 123 and ask for {n}.") for n in range(8)
    }
    settlement = stage.crawl(banner)
    assert (settlement.events, settlement.held, settlement.alike) == ({"edited": 8}, 0, (8,))
    assert len(set(groups(stage))) == 1
