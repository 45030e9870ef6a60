from __future__ import annotations

from crawler.lists import ListWalk

FRAME = frozenset({"div.strip a", "footer a"})


def test_a_page_that_only_the_frame_links_is_not_listed() -> None:
    walk = ListWalk("/news/")
    walk.add("a", "a/", "div.list a")
    walk.add("b", "b/", "div.strip a")
    assert walk.listed(FRAME) == [("a", "a/")]


def test_a_page_that_stands_in_the_list_and_in_the_frame_is_listed() -> None:
    walk = ListWalk("/news/")
    assert walk.add("a", "a/", "footer a")
    assert not walk.add("a", "a/", "div.list a")
    assert walk.listed(FRAME) == [("a", "a/")]


def test_where_nothing_stands_outside_the_frame_every_page_is_listed() -> None:
    walk = ListWalk("/news/")
    walk.add("a", "a/", "footer a")
    assert walk.listed(FRAME) == [("a", "a/")]
