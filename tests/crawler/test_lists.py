from __future__ import annotations

from crawler.lists import STANDING, ListWalk, Named

HOST = "https://en.odkb-csto.org"
FRAME = {"div.strip>a", "footer>a"}


def named(path: str, place: str = "div.list>a") -> Named:
    return Named(HOST + path, HOST + path + "/", place)


def urls(listed: list[tuple[str, str]]) -> list[str]:
    return [url.removeprefix(HOST) for url, _shown in listed]


def twenty(start: int) -> list[Named]:
    return [named(f"/news/smi/a{number}") for number in range(start, start + 20)]


def test_a_page_that_only_the_frame_links_is_not_listed() -> None:
    walk = ListWalk("/news/smi/")
    walk.add_page(
        [named("/news/smi/a"), named("/news/smi/b", "div.strip>a"), named("/presscenter/c", "footer>a")], has_next=False
    )
    assert urls(walk.listed(FRAME)) == ["/news/smi/a"]


def test_a_page_that_stands_in_the_list_and_in_the_frame_is_listed() -> None:
    walk = ListWalk("/news/smi/")
    walk.add_page([named("/news/smi/a", "footer>a"), named("/news/smi/a")], has_next=False)
    assert urls(walk.listed(FRAME)) == ["/news/smi/a"]


def test_a_list_drawn_like_the_strip_is_told_by_its_addresses() -> None:
    walk = ListWalk("/news/smi/")
    links = [named(f"/news/smi/a{n}", "div.strip>a") for n in range(8)]
    walk.add_page([*links, named("/news/speech/b", "div.strip>a")], has_next=False)
    assert urls(walk.listed(FRAME)) == [f"/news/smi/a{n}" for n in range(8)]


def test_a_list_that_keeps_most_of_its_entries_in_the_frames_places_loses_none() -> None:
    walk = ListWalk("/news/smi/")
    rest = [named(f"/news/smi/a{n}", "div.strip>a") for n in range(30)]
    walk.add_page([named("/news/smi/first"), *rest], has_next=False)
    assert len(walk.listed(FRAME)) == 31


def test_a_standing_page_is_listed_wherever_it_is_linked() -> None:
    walk = ListWalk("/news/smi/")
    walk.add_page([*twenty(0), named("/institute", STANDING)], has_next=False)
    assert "/institute" in urls(walk.listed(FRAME | walk.foreign_places()))


def test_places_that_link_articles_of_elsewhere_are_the_frames() -> None:
    walk = ListWalk("/news/smi/")
    walk.add_page(
        [named("/news/smi/a"), named("/presscenter/c", "div.hot>a"), named("/structure", STANDING)], has_next=False
    )
    assert walk.foreign_places() == {"div.hot>a"}


def test_teasers_from_elsewhere_bring_nothing_new() -> None:
    walk = ListWalk("/news/smi/")
    assert walk.add_page([named("/presscenter/c")], has_next=False) == []


def test_the_last_page_served_again_with_another_strip_ends_the_list() -> None:
    walk = ListWalk("/news/smi/")
    assert len(walk.add_page(twenty(0), has_next=True)) == 20
    assert len(walk.add_page(twenty(20), has_next=False)) == 20
    assert walk.add_page([*twenty(20), named("/news/smi/other", "div.strip>a")], has_next=False) == []


def test_a_last_page_of_few_articles_is_no_repetition() -> None:
    walk = ListWalk("/news/smi/")
    walk.add_page(twenty(0), has_next=True)
    assert walk.add_page([named("/news/smi/last")], has_next=False) == [HOST + "/news/smi/last"]


def test_short_pages_go_on_as_long_as_the_list_says_so() -> None:
    walk = ListWalk("/news/smi/")
    walk.add_page([named("/news/smi/a")], has_next=True)
    assert walk.add_page([named("/news/smi/b")], has_next=True) == [HOST + "/news/smi/b"]


def test_a_first_page_of_few_articles_is_followed() -> None:
    walk = ListWalk("/news/smi/")
    assert walk.add_page([named("/news/smi/a")], has_next=False) == [HOST + "/news/smi/a"]


def test_an_article_that_a_parameter_names_lies_under_its_list() -> None:
    assert ListWalk("/news/news_odkb/").is_under(HOST + "/news/news_odkb?ELEMENT_ID=5")
    assert not ListWalk("/news/smi/").is_under(HOST + "/news/smile/x")
