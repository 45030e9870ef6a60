"""Models of templates in the store, and open captures that their run's end decides."""

from __future__ import annotations

from storage.learned import latest_model, models_of, sites_with_models, texts_of, waiting_edits
from storage.records import Outcome, Revision, SiteModel
from tests.storage.stage import SITE, Stage, address, article

OLD, NEW = article("The text.", "More text."), article("The text.", "More text.", "The site's own words.")


def test_models_are_kept_version_by_version(stage: Stage) -> None:
    run_id = stage.begin()
    for version in (1, 2, 2):
        stage.archive.keep_model(SiteModel(SITE, version, 1, 9, b"{}" * version, run_id), "2+aa")
    assert [(model.version, model.data) for model in models_of(stage.engine, SITE)] == [(2, b"{}{}"), (1, b"{}")]
    assert latest_model(stage.engine, "elsewhere") is None
    assert sites_with_models(stage.engine) == [SITE]
    assert stage.rows("SELECT reader_version FROM run WHERE id = :id", id=run_id) == [("2+aa",)]


def test_an_open_capture_is_settled_as_it_was_revised(stage: Stage) -> None:
    stage.crawl({"a": OLD})
    stage.begin()
    stage.list("a")
    stage.show("a", NEW, is_open=True, body=b"<p>now</p>")
    stage.archive.settle_batch(stage.run_id)
    assert len(stage.events()) == 1
    assert stage.archive.revise(stage.run_id, [Revision(address("a"), 0, Outcome.OK, "", OLD, "2+aa")]) == 1
    stage.end()
    assert len(stage.events()) == 1
    assert texts_of(stage.engine, address("a")) == frozenset({"The text.", "More text."})


def test_edits_that_wait_come_with_the_bytes_of_both_sides(stage: Stage) -> None:
    stage.begin()
    stage.list("a")
    stage.show("a", OLD, body=b"<p>then</p>")
    stage.end()
    stage.begin()
    stage.show("a", NEW, is_open=True, body=b"<p>now</p>")
    ((before, now),) = waiting_edits(stage.engine, stage.run_id)
    assert (before.body, now.body) == (b"<p>then</p>", b"<p>now</p>")
    assert texts_of(stage.engine, address("nowhere")) is None
