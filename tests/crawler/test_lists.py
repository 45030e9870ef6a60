from __future__ import annotations

from collections import Counter

from crawler.lists import ListWalk

PROBE = Counter({"div.strip>a": 4, "footer>a": 2})


def walk_after(first_page: dict[str, int]) -> ListWalk:
    walk = ListWalk("/news/")
    walk.learn_frame(PROBE, Counter(first_page))
    return walk


def test_a_page_that_only_the_frame_links_is_not_listed_and_is_nothing_new() -> None:
    walk = walk_after({"div.list>a": 20, "div.strip>a": 5})
    assert walk.add("a", "a/", "div.list>a")
    assert not walk.add("b", "b/", "div.strip>a")
    assert walk.listed() == [("a", "a/")]


def test_a_page_that_stands_in_the_list_and_in_the_frame_is_listed() -> None:
    walk = walk_after({"div.list>a": 20})
    walk.add("a", "a/", "footer>a")
    walk.add("a", "a/", "div.list>a")
    assert walk.listed() == [("a", "a/")]


def test_a_list_drawn_like_the_strip_is_told_by_the_number_of_its_links() -> None:
    walk = walk_after({"div.strip>a": 24})
    assert walk.add("a", "a/", "div.strip>a")
    assert walk.listed() == [("a", "a/")]


def test_a_list_that_names_nothing_of_its_own_lists_nothing() -> None:
    walk = walk_after({"div.strip>a": 5})
    assert not walk.add("a", "a/", "div.strip>a")
    assert walk.listed() == []


def test_a_page_is_new_to_a_list_once() -> None:
    walk = walk_after({})
    assert walk.add("a", "a/", "div.list>a")
    assert not walk.add("a", "a/", "div.list>a")
