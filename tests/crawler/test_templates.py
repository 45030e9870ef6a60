"""What a crawl learns of a site's templates, and what it does with it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from crawler.models import model_of
from crawler.pages.learning import SECOND_LOOKS
from crawler.run import CrawlSummary
from replica.answers import Answer
from storage.engine import open_store
from storage.learned import models_of
from tests.crawler.conftest import Rig

Make = Callable[..., Rig]
MARKUPS = ("bitrix", "semantic", "table", "divs")


def _versions(it: Rig) -> list[tuple[int, int]]:
    engine = open_store(it.db_url, write=False)
    try:
        return [(model.version, model.era) for model in models_of(engine, "csto-en")]
    finally:
        engine.dispose()


def test_the_first_crawl_looks_twice_at_a_few_pages_and_learns_their_template(rig: Make) -> None:
    it = rig(20)
    it.crawl()
    assert len(it.asked) - len(set(it.asked)) == SECOND_LOOKS
    assert _versions(it) == [(1, 1)]


def test_the_second_crawl_knows_the_template_and_looks_at_each_page_once(rig: Make) -> None:
    it = rig(20)
    it.crawl()
    it.crawl()
    assert len(it.asked) == len(set(it.asked))
    assert _versions(it) == [(1, 1)]


@pytest.mark.parametrize("before", MARKUPS)
def test_a_redesign_is_one_line_and_no_edit(rig: Make, before: str) -> None:
    it = rig(20, markup=before)
    it.crawl()
    for after in MARKUPS:
        if after != before:
            it.site.redesign(after)
            _tells_nothing_but_the_change(it, it.crawl())
    assert _versions(it)[0] == (4, 4)


def _tells_nothing_but_the_change(it: Rig, run: CrawlSummary) -> None:
    assert it.events(run) == []
    assert run.exit_code == 0
    assert run.template_changed
    assert "template changed" in run.note


def test_an_edit_on_the_day_of_a_redesign_is_an_edit(rig: Make) -> None:
    it = rig(20)
    it.crawl()
    it.site.redesign("bitrix")
    it.site.replace_word(it.site.pick())
    run = it.crawl()
    assert [(event.kind, event.fields) for event in it.events(run)] == [("edited", ("body",))]


def test_a_markup_that_comes_back_is_known(rig: Make) -> None:
    it = rig(20)
    it.crawl()
    it.site.redesign("bitrix")
    it.crawl()
    it.site.redesign("divs")
    run = it.crawl()
    assert it.events(run) == []
    assert len(it.asked) == len(set(it.asked))


def test_the_model_of_another_site_is_not_this_ones(rig: Make) -> None:
    it = rig(20)
    it.crawl()
    engine = open_store(it.db_url, write=False)
    try:
        assert model_of(engine, "csto-en") is not None
        assert model_of(engine, "csto-ru") is None
    finally:
        engine.dispose()


def test_a_new_box_that_rotates_is_learned_on_the_day_it_comes(rig: Make) -> None:
    it = rig(20, markup="bitrix")
    it.crawl()
    _show_words_of_the_hour(it)
    changed = it.site.pick()
    it.site.replace_word(changed)
    run = it.crawl()
    assert [(event.url, event.fields) for event in it.events(run)] == [(it.site.url(changed), ("body",))]
    assert it.events(it.crawl()) == []


def _show_words_of_the_hour(it: Rig) -> None:
    """From now on each answer has a box below its title that says something else each time."""
    respond, count = it.site.respond, itertools.count()

    def with_words(target: str, headers: Mapping[str, str] | None = None) -> Answer:
        answer = respond(target, headers)
        box = f"<div class='hour'><p>Word of the hour: the {next(count)}th watch has seen no ship on the lake today.</p></div>"
        return replace(answer, body=answer.body.replace(b"</h1>", b"</h1>" + box.encode()))

    it.site.respond = with_words  # type: ignore[method-assign]
