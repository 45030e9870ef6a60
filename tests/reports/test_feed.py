"""The Atom feed: valid whatever a page says, with ids that last, and the same bytes each time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import feedparser
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from reports.comparison import Comparison, compare_versions, judged
from reports.entries import Entry, Fold, crowded, fold
from reports.feed import LONGEST, FeedEntry, FeedInput, Minting, entry_id, feed_bytes
from reports.sections import is_within, section_of
from reports.xmltext import iri
from storage.records import Event, EventKind
from tests.reports.atom import ATOM, faults
from tests.reports.made import NOON, URL, article, event, version
from tests.reports.page_check import look_through

HOME = "https://en.odkb-csto.org/"
ENGLISH = (article("The council met on Monday."), article("The council met on Friday."))
RUSSIAN = tuple(
    article(text, title="Заседание совета", language="ru")
    for text in ("Совет собрался в понедельник.", "Совет собрался в пятницу.")
)
BAD = "\x00\x0b\x1b[31m\ufffe\uffff\ud800]]><script>alert(1)</script>"


def told(*events: Event, comparison: Comparison | None = None) -> FeedEntry:
    (entry,) = fold([judged(each, comparison) for each in events])
    return FeedEntry(entry, comparison)


def edit(pair: tuple = ENGLISH, **fields: object) -> FeedEntry:  # type: ignore[type-arg]
    comparison = compare_versions(version(pair[0], 1), version(pair[1], 2))
    language = pair[1].language
    return told(event(title=pair[1].title, language=language, **fields), comparison=comparison)


def feed(*entries: FeedEntry, **more: object) -> bytes:
    return feed_bytes(FeedInput(entries, HOME, {}, **more))  # type: ignore[arg-type]


def parsed(made: bytes) -> feedparser.FeedParserDict:
    found = feedparser.parse(made)
    assert not found.bozo, found.bozo_exception
    return found


def test_an_edit_is_an_entry_with_its_difference_its_reasons_and_both_bounds() -> None:
    made = feed(edit())
    assert faults(made) == []
    (entry,) = parsed(made).entries
    assert (entry.title, entry.link) == ("Edited: A meeting of experts", URL)
    assert "The council met on <del>Monday</del><ins>Friday</ins>." in entry.content[0].value
    assert entry.summary == (
        "edited, substantive: date. First seen 2026-07-26 12:00 UTC; the state before was last seen 2026-07-26 00:00 UTC."
    )
    assert {(tag.scheme.rpartition("/")[2], tag.term) for tag in entry.tags} == {
        ("kind", "edited"),
        ("significance", "substantive"),
        ("reason", "date"),
        ("section", "news/news_odkb"),
    }
    assert (entry.updated, entry.published) == ("2026-07-26T12:00:00Z", "2026-07-26T12:00:00Z")


def test_an_edit_in_russian_is_told_with_its_language() -> None:
    made = feed(edit(RUSSIAN))
    assert faults(made) == []
    (entry,) = parsed(made).entries
    assert entry.title == "Edited: Заседание совета"
    assert "<del>понедельник</del><ins>пятницу</ins>" in entry.content[0].value
    assert (entry.title_detail.language, entry.content[0].language) == ("ru", "ru")
    assert parsed(made).feed.title_detail.language == "en"


def test_the_feed_is_as_new_as_its_newest_entry_and_lists_it_first() -> None:
    older, newer = edit(id=1), edit(id=2, recorded_at=NOON + timedelta(days=1))
    one, other = feed(older, newer), feed(newer, older)
    assert one == other
    found = parsed(one)
    assert found.feed.updated == found.entries[0].updated == "2026-07-27T12:00:00Z"
    assert found.entries[1].updated == "2026-07-26T12:00:00Z"


def test_a_feed_of_nothing_is_valid_and_always_the_same() -> None:
    assert faults(feed()) == []
    assert feed() == feed()


def test_a_feed_names_its_author_its_own_address_and_what_it_is_limited_to() -> None:
    scope = {"section": "news", "site": "csto-ru"}
    made = feed_bytes(FeedInput([edit()], HOME, scope, "https://example.org/a.xml?b=1&c=2", "A watch"))
    assert faults(made) == []
    found = parsed(made).feed
    assert (found.author, found.title) == ("A watch", "csto-watch: what changed, section news, site csto-ru")
    assert [link.href for link in found.links if link.rel == "self"] == ["https://example.org/a.xml?b=1&c=2"]
    assert found.id == "tag:odkb-csto.org,2026:csto-watch/feed/section=news/site=csto-ru"


@pytest.mark.parametrize("language", ["", "x" * 9, "en us", '"><b>', None])
def test_a_language_that_is_none_is_left_out(language: str | None) -> None:
    made = feed(told(event(EventKind.NEW, language=language)))
    assert faults(made) == []
    assert etree.fromstring(made).find(f"{ATOM}entry/{ATOM}title").attrib == {}


# --- ids -------------------------------------------------------------------------------------------------------------
TAG = re.compile(r"tag:[a-z0-9.@_-]+,\d{4}(-\d\d){0,2}:[A-Za-z0-9\-._~%!$&'()*+,;=:@/?]+")


@given(st.text())
@example(BAD)
@example("https://en.odkb-csto.org/news/имя/#top")
def test_an_id_is_a_tag_whatever_the_address(url: str) -> None:
    found = entry_id(told(event(EventKind.NEW, url=url)).entry, Minting())
    assert TAG.fullmatch(found)


def test_an_id_outlives_another_title_another_bound_and_another_host_of_the_feed() -> None:
    ids = {
        parsed(feed(each, self_url=where)).entries[0].id
        for where in ("https://example.org/a.xml", "https://example.com/b.xml")
        for each in (edit(), edit(seen_at=NOON - timedelta(days=3)), told(event(title="Another")))
    }
    assert ids == {
        "tag:odkb-csto.org,2026:csto-watch/event/1/20260726T120000Z/edited/en.odkb-csto.org/news/news_odkb/a-meeting/"
    }


def test_an_id_is_made_under_the_name_that_the_settings_give() -> None:
    found = entry_id(edit().entry, Minting("me@example.org", "2026-11-27"))
    assert found.startswith("tag:me@example.org,2026-11-27:csto-watch/event/1/")


def test_a_page_that_was_edited_twice_has_two_ids_and_one_that_flaps_has_one() -> None:
    assert len({entry_id(edit(id=id_).entry, Minting()) for id_ in (1, 2)}) == 2
    flips = [event(id=id_, flapping=True, recorded_at=NOON + timedelta(hours=id_)) for id_ in (1, 2)]
    assert len({entry_id(told(*flips[:many]).entry, Minting()) for many in (1, 2)}) == 1


# --- what is told together -------------------------------------------------------------------------------------------
def test_pages_that_changed_alike_are_one_entry_that_names_them() -> None:
    alike = [event(id=n, url=f"{HOME}news/speech/{n}/", title=f"Speech {n}", group="7-ab") for n in range(1, 6)]
    made = feed(told(*alike))
    assert faults(made) == []
    (entry,) = parsed(made).entries
    assert entry.title == "Edited alike, 5 pages: Speech 5"
    assert all(f'href="{each.url}"' in entry.content[0].value for each in alike)
    assert [link.href for link in entry.links if link.rel == "related"] == [each.url for each in alike[:4]]


def test_more_lone_edits_in_one_crawl_than_are_believed_are_one_entry() -> None:
    def entries(count: int) -> list[Entry]:
        edits = [judged(event(id=n, url=f"{HOME}news/speech/{n}/"), None) for n in range(count)]
        other_run = judged(event(id=900, run_id=3), None)
        new = judged(event(EventKind.NEW, id=901, url=f"{HOME}news/speech/new/"), None)
        return crowded(fold([*edits, other_run, new]), 20)

    assert len(entries(20)) == 22
    crowd, *others = entries(21)
    assert (crowd.fold, len(crowd.judged), len(others)) == (Fold.RUN, 21, 2)
    made = feed(FeedEntry(crowd))
    assert faults(made) == []
    (entry,) = parsed(made).entries
    assert entry.title == "Edited: 21 pages in one crawl"
    assert entry.content[0].value.count("<li>") == 21
    assert entry.id == "tag:odkb-csto.org,2026:csto-watch/run/2/edited"


# --- whatever a page says --------------------------------------------------------------------------------------------
def test_one_bad_page_never_kills_the_feed() -> None:
    pair = (article("Before.", title=BAD), article(f"After {BAD}.", title=BAD))
    made = feed(edit(id=1), edit(pair, id=2, url=f"{HOME}news/{BAD}"), edit(RUSSIAN, id=3))
    assert faults(made) == []
    found = parsed(made)
    assert len(found.entries) == 3
    for entry in etree.fromstring(made).iter(f"{ATOM}entry"):
        page = look_through(entry.findtext(f"{ATOM}content"))
        assert (page.scripts, page.handlers, page.foreign, page.unsafe) == (0, 0, 0, "")


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1), st.text(min_size=1), st.text())
@example(BAD, BAD, "https://[broken/")
def test_any_text_makes_a_valid_feed(title: str, body: str, url: str) -> None:
    pair = (article("Before.", title=title), article(body, title=title))
    entry = edit(pair, url=url, moved_to=url, also_at=(url + "x",))
    assert faults(feed(entry)) == []


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "java\tscript:x",
        "https://a b/",
        "https://",
        "https://[x/",
        "urn:capture:a.txt",
    ],
)
def test_what_is_no_web_address_becomes_no_link(url: str) -> None:
    made = feed(told(event(EventKind.MOVED, url=url, moved_to=url, also_at=(url,))))
    assert faults(made) == []
    assert etree.fromstring(made).findall(f"{ATOM}entry/{ATOM}link") == []


def test_an_address_is_an_iri_with_its_own_letters() -> None:
    assert iri('https://example.org/имя?a="b"') == "https://example.org/имя?a=%22b%22"


def test_a_difference_too_long_for_a_feed_is_left_out_and_said_so() -> None:
    long = edit((article("Before."), article("Before.", "<&> " * (LONGEST // 10))))
    (entry,) = parsed(feed(long)).entries
    assert "too long for a feed" in entry.content[0].value
    assert len(entry.content[0].value) < 1000


def test_the_checker_refuses_what_the_rfc_refuses() -> None:
    made = feed(edit(id=1), edit(id=2))
    assert faults(made) == []
    for good, bad in [
        (b"<updated>2026-07-26T12:00:00Z</updated>", b"<updated>2026-07-26</updated>"),
        (b'rel="alternate" href="https', b'rel="alternate" href="/'),
        (b"<name>csto-watch</name>", b"<name/>"),
        (b"csto-watch/event/2/", b"csto-watch/event/1/"),
        (b'xml:lang="en"', b'xml:lang="english language"'),
        (b'type="html"', b'type="markdown"'),
        (b"<author>", b"<writer>"),
    ]:
        assert good in made
        wrong = made.replace(good, bad).replace(b"</author>", b"</writer>" if bad == b"<writer>" else b"</author>")
        assert faults(wrong), bad


# --- sections --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("url", "section"),
    [
        (URL, "news/news_odkb"),
        (f"{HOME}news/?ELEMENT_ID=5", "news"),
        (f"{HOME}session/2020/session2020-2/", "session"),
        (f"{HOME}international_org/un/a/b/c/", "international_org/un"),
        (f"{HOME}institute/", ""),
        (HOME, ""),
        ("urn:capture:a/b/c.txt", ""),
        ("https://[broken/a/b/", ""),
    ],
)
def test_a_section_is_the_folders_of_an_address(url: str, section: str) -> None:
    assert section_of(url) == section


def test_a_section_lies_within_another_by_whole_folders() -> None:
    assert is_within("news/speech", "/news/")
    assert is_within("news", "news")
    assert not is_within("newsletter/a", "news")
    assert not is_within("", "news")


def test_a_title_that_is_missing_is_told_by_the_address() -> None:
    (entry,) = parsed(feed(told(replace(event(EventKind.DELETED), title=None)))).entries
    assert entry.title == f"Deleted: {URL}"
