"""A reader that finds other blocks than the one before it: told as technical, never as an edit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from crawler import judging, models, reread, session
from crawler.pages import reading
from crawler.pages.article import build
from crawler.pages.document import Document
from crawler.pages.found import Found
from crawler.pages.links import Links
from storage import queries
from storage.engine import open_store
from storage.records import Article, BlockKind, EventKind, Version
from storage.verify import verify
from tests.crawler.conftest import Rig

Make = Callable[..., Rig]
NEWER = "999"


def without_lists(found: Found, document: Document, links: Links) -> Article:
    """What another reader makes of a page: items of lists aren't the article's to it, and every title ends in a mark."""
    article = build(found, document, links)
    kept = tuple(block for block in article.blocks if block.kind is not BlockKind.LIST_ITEM)
    return replace(article, title=f"{article.title} [read otherwise]", blocks=kept or article.blocks)


def put_in_other_reader(patch: pytest.MonkeyPatch) -> None:
    """Wherever the version is named; the default of ``_as_reading`` was bound when it was defined."""
    patch.setattr(reading, "build", without_lists)
    patch.setattr(reading._as_reading, "__defaults__", (None, NEWER))
    for module in (reading, models, reread, judging, session):
        patch.setattr(module, "READER_VERSION", NEWER)


@pytest.fixture
def other_reader(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    return lambda: put_in_other_reader(monkeypatch)


def histories(it: Rig) -> dict[str, list[Version]]:
    engine = open_store(it.db_url, write=False)
    try:
        assert list(verify(engine)) == []
        return {page.url: list(queries.history(engine, page.url)) for page in queries.pages(engine)}
    finally:
        engine.dispose()


@pytest.mark.parametrize("markup", ["divs", "bitrix"])
def test_a_reader_that_finds_other_blocks_makes_technical_versions_and_no_event(
    rig: Make, other_reader: Callable[[], None], markup: str
) -> None:
    it = rig(20, markup)
    it.crawl()
    other_reader()
    crawled = it.crawl()
    assert it.events(crawled) == []
    for url, (first, second) in histories(it).items():
        assert (first.technical, second.technical) == (False, True), url
        assert second.reader_version.partition("+")[0] == NEWER
        assert second.article.title == f"{first.article.title} [read otherwise]"
        assert (first.first_seen_at, first.number, second.number) == (second.first_seen_at, 1, 2)


def test_the_crawls_after_it_tell_nothing_either_and_an_edit_once(rig: Make, other_reader: Callable[[], None]) -> None:
    it = rig(20)
    it.crawl()
    other_reader()
    it.crawl()
    assert it.events(it.crawl()) == []
    edit = it.site.replace_word(it.site.pick("paragraphs"))
    (event,) = it.events(it.crawl())
    assert (event.kind, event.fields, event.url.rstrip("/")) == (EventKind.EDITED, ("body",), edit.url.rstrip("/"))
    assert (event.from_version, event.to_version) == (2, 3)


def test_an_edit_made_while_the_reader_changed_is_told_in_its_own_fields_alone(
    rig: Make, other_reader: Callable[[], None]
) -> None:
    it = rig(20)
    it.crawl()
    other_reader()
    edit = it.site.set_link_target(it.site.pick("link"))
    (event,) = it.events(it.crawl())
    assert (event.fields, event.url.rstrip("/")) == (("links",), edit.url.rstrip("/"))


def test_the_old_reader_put_back_in_tells_nothing(rig: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    it = rig(12)
    with monkeypatch.context() as patch:
        put_in_other_reader(patch)
        it.crawl()
    assert it.events(it.crawl()) == []
    assert all(len(versions) == 2 for versions in histories(it).values())
