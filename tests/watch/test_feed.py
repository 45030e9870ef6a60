"""``csto-watch feed`` on stores with a history."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import feedparser
import pytest

from storage.archive import Archive
from storage.engine import open_store
from tests.reports.atom import faults
from tests.reports.made import NOON, article
from tests.watch.conftest import FIRST, NEWS, SITE, Run, capture, crawl


def entries(path: Path) -> list[feedparser.FeedParserDict]:
    made = path.read_bytes()
    assert faults(made) == []
    found = feedparser.parse(made)
    assert not found.bozo
    return list(found.entries)


def titles(path: Path) -> list[str]:
    return [entry.title for entry in entries(path)]


def test_the_feed_holds_what_changed_the_newest_first(program: Run, store: str, tmp_path: Path) -> None:
    ended = program("feed", "--out", "feed.xml", db=store)
    assert (ended.code, ended.out, ended.err) == (0, "", "6 entries written to feed.xml\n")
    kinds = [title.partition(":")[0] for title in titles(tmp_path / "feed.xml")]
    assert kinds == ["Unlisted", "Deleted", "Edited", "New", "New", "New"]


def test_a_feed_that_says_so_already_isnt_touched(program: Run, store: str, tmp_path: Path) -> None:
    program("feed", "--out", "feed.xml", db=store)
    file = tmp_path / "feed.xml"
    os.utime(file, (1, 1))
    before = file.read_bytes()
    ended = program("feed", "--out", "feed.xml", db=store)
    assert ended.err == "6 entries: feed.xml says so already\n"
    assert (file.read_bytes(), file.stat().st_mtime) == (before, 1)
    file.write_bytes(before + b" ")
    program("feed", "--out", "feed.xml", db=store)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "kinds"),
    [
        (["--kind", "edited", "--kind", "deleted"], ["Deleted", "Edited"]),
        (["--since", "2026-07-27"], ["Unlisted", "Deleted", "Edited"]),
        (["--since", "2026-07-28"], []),
        (["--limit", "2"], ["Unlisted", "Deleted"]),
        (["--limit", "4"], ["Unlisted", "Deleted", "Edited", "New"]),
        (["--page", f"{NEWS}/edited?utm_source=x"], ["Edited", "New"]),
        (["--site", "csto-ru"], []),
        (["--site", "csto-en", "--section", "/news/", "--limit", "1"], ["Unlisted"]),
        (["--section", "news/speech"], []),
    ],
)
def test_a_feed_can_be_of_a_part(
    program: Run, store: str, tmp_path: Path, arguments: list[str], kinds: list[str]
) -> None:
    assert program("feed", "--out", "feed.xml", *arguments, db=store).code == 0
    assert [title.partition(":")[0] for title in titles(tmp_path / "feed.xml")] == kinds


def test_the_least_weight_of_an_edit_is_looked_at(program: Run, tmp_path: Path) -> None:
    db_url = f"sqlite:///{(tmp_path / 'store.db').as_posix()}"
    before = {slug: replace(FIRST, title=slug) for slug in ("cosmetic", "weighty")}
    before["cosmetic"] = replace(before["cosmetic"], blocks=article('He said "yes".', "And left.").blocks)
    after = {
        "cosmetic": replace(before["cosmetic"], blocks=article("He said “yes”.", "And left.").blocks),
        "weighty": replace(before["weighty"], blocks=article("The council met on Friday.", "It agreed.").blocks),
    }
    _two_crawls(db_url, before, after)
    program("feed", "--out", "all.xml", "--kind", "edited", db=db_url)
    program("feed", "--out", "some.xml", "--kind", "edited", "--min-significance", "substantive", db=db_url)
    assert sorted(titles(tmp_path / "all.xml")) == ["Edited: cosmetic", "Edited: weighty"]
    assert titles(tmp_path / "some.xml") == ["Edited: weighty"]


def _two_crawls(db_url: str, before: dict, after: dict) -> None:  # type: ignore[type-arg]
    clock = [NOON]
    engine = open_store(db_url, write=True)
    try:
        archive = Archive(engine, clock=lambda: clock[0])
        for day, pages in enumerate((before, after)):
            clock[0] = NOON + timedelta(days=day)
            crawl(archive, [capture(slug, content, clock[0]) for slug, content in pages.items()], list(pages))
    finally:
        engine.dispose()


def test_of_a_first_crawl_the_feed_holds_the_last_twenty_by_the_day_that_they_print(
    program: Run, tmp_path: Path
) -> None:
    db_url = f"sqlite:///{(tmp_path / 'store.db').as_posix()}"
    pages = {
        f"n{n:02}": article(
            f"Text of number {n}.", title=f"Number {n}", published=date(2026, 1, 1) + timedelta(days=n * 7 % 50)
        )
        for n in range(50)
    }
    _two_crawls(db_url, pages, {})
    program("feed", "--out", "feed.xml", "--kind", "new", db=db_url)
    latest = sorted(range(50), key=lambda n: n * 7 % 50, reverse=True)[:20]
    assert set(titles(tmp_path / "feed.xml")) == {f"New: Number {n}" for n in latest}


def test_thirty_different_edits_of_one_crawl_are_one_entry(program: Run, tmp_path: Path) -> None:
    db_url = f"sqlite:///{(tmp_path / 'store.db').as_posix()}"
    before = {f"n{n}": article(f"Text {n} of the page.", "It goes on.", title=f"Number {n}") for n in range(30)}
    after = {
        slug: replace(page, blocks=article(page.blocks[0].text + f" And {slug}.", "It goes on.").blocks)
        for slug, page in before.items()
    }
    _two_crawls(db_url, before, after)
    program("feed", "--out", "feed.xml", "--kind", "edited", db=db_url)
    (entry,) = entries(tmp_path / "feed.xml")
    assert entry.title == "Edited: 30 pages in one crawl"
    assert f"{NEWS}/n29/" in entry.content[0].value


def test_the_settings_say_under_whose_name_ids_are_made(program: Run, store: str, tmp_path: Path) -> None:
    said = '[feed]\nauthority = "example.org"\nauthority_date = "2026-11"\nauthor = "A watch"\n'
    (tmp_path / "csto-watch.toml").write_text(said, encoding="utf-8")
    program("feed", "--out", "feed.xml", db=store)
    found = feedparser.parse((tmp_path / "feed.xml").read_bytes())
    assert found.feed.author == "A watch"
    assert {entry.id.partition("/")[0] for entry in found.entries} == {"tag:example.org,2026-11:csto-watch"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--site", "csto-de"], "--site: no site is called 'csto-de'"),
        (["--self-url", "javascript:x"], "--self-url: that is no http or https address"),
        (["--page", f"{SITE}/nothing/"], "the store knows no page"),
        (["--limit", "0"], "--limit"),
        (["--since", "yesterday"], "--since: 'yesterday' is no moment"),
        (["--kind", "changed"], "changed"),
        (["--out", "no/folder/feed.xml"], "--out: there is no folder"),
    ],
)
def test_a_wrong_argument_costs_one_line_and_no_file(
    program: Run, store: str, tmp_path: Path, arguments: list[str], words: str
) -> None:
    ended = program("feed", "--out", "feed.xml", *arguments, db=store)
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err
    assert len(ended.err.splitlines()) == 1
    assert not list(tmp_path.glob("*.xml"))
