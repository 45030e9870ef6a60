"""Kept bytes read again by a newer reader: technical versions, and gaps that close."""

from __future__ import annotations

from storage import queries, rereading
from storage.records import Article, EventKind, Outcome, PageState, Reread, RunMode
from tests.storage.stage import SITE, Stage, address, article

A, B = article("First."), article("Second.")
NEW_A, NEW_B = article("First.", "And a caption."), article("Second.", "And a caption.")
READ_NOW = {"First.": NEW_A, "Second.": NEW_B}


def newly_read(shown: Article) -> Article:
    return READ_NOW[shown.blocks[0].text]


def reread(stage: Stage, readings: dict[int, Article] | None = None) -> int:
    """Read every kept body again: captions are articles' now, or whatever is given by capture."""
    stage.pass_time(hours=1)
    run = stage.archive.begin_run(None, RunMode.REREAD, reader_version="2", program_version="0")
    stage.run_id = run
    found = []
    for kept in rereading.kept_bodies(stage.engine):
        first = b"First." in kept.body
        shown = (readings or {}).get(kept.capture_id, NEW_A if first else NEW_B)
        found.append(Reread(kept.capture_id, shown, "2"))
    written = stage.archive.record_reread(run, found)
    stage.end(walked_lists=False)
    return written


def show_by_new_reader(stage: Stage, pages: dict[str, Article]) -> None:
    stage.pass_time(days=1)
    stage.begin()
    stage.list(*pages)
    for name, shown in pages.items():
        stage.show(name, shown, reader_version="2")
    stage.archive.settle_batch(stage.run_id)
    stage.end()


def test_what_a_newer_reader_sees_differently_is_technical_and_no_event(stage: Stage) -> None:
    stage.crawl({"a": A})
    crawled = stage.now
    events = stage.events()
    assert reread(stage) == 1
    assert stage.events() == events
    old, new = queries.history(stage.engine, address("a"))
    assert (old.technical, new.technical, new.number) == (False, True, 2)
    assert (new.article, new.reader_version, new.first_seen_at) == (NEW_A, "2", crawled)
    assert queries.version(stage.engine, address("a")).number == 2
    assert stage.is_whole()


def test_a_newer_reader_makes_no_false_edit_after_a_reread(stage: Stage) -> None:
    stage.crawl({"a": A, "b": B})
    stage.crawl({"a": A, "b": B})
    reread(stage)
    show_by_new_reader(stage, {"a": NEW_A, "b": NEW_B})
    assert stage.told() == []
    version = queries.version(stage.engine, address("a"))
    assert (version.technical, version.last_seen_at) == (True, stage.now)
    assert stage.is_whole()


def test_an_edit_seen_by_the_newer_reader_is_compared_with_its_own_reading(stage: Stage) -> None:
    stage.crawl({"a": A})
    reread(stage)
    show_by_new_reader(stage, {"a": NEW_B})
    event = stage.event(EventKind.EDITED)
    assert (event.from_version, event.to_version, event.fields) == (2, 3, ("body",))
    old, new = queries.last_two(stage.engine, address("a"))
    assert (old.number, new.number) == (2, 3)


def test_every_state_of_a_history_gets_its_technical_version_at_its_own_time(stage: Stage) -> None:
    stage.crawl({"a": A})
    first = stage.now
    stage.crawl({"a": A})
    stage.crawl({"a": B})
    second = stage.now
    assert reread(stage) == 2
    assert [(v.number, v.technical, v.first_seen_at) for v in queries.history(stage.engine, address("a"))] == [
        (1, False, first),
        (3, True, first),
        (2, False, second),
        (4, True, second),
    ]
    assert [(e.from_version, e.to_version) for e in stage.events([EventKind.EDITED])] == [(1, 2)]
    assert stage.is_whole()


def test_a_reread_that_agrees_writes_nothing(stage: Stage) -> None:
    stage.crawl({"a": A})
    kept = list(rereading.kept_bodies(stage.engine))
    assert reread(stage, {kept[0].capture_id: A}) == 0
    assert len(queries.history(stage.engine, address("a"))) == 1


def test_a_reread_may_be_repeated_without_effect(stage: Stage) -> None:
    stage.crawl({"a": A})
    assert reread(stage) == 1
    known = queries.history(stage.engine, address("a"))
    assert reread(stage) == 0
    assert queries.history(stage.engine, address("a")) == known


def test_technical_versions_are_listed_where_they_are_asked_for(stage: Stage) -> None:
    stage.crawl({"a": A})
    reread(stage)
    lines = [event for event in stage.events(technical=True) if event.technical]
    (line,) = lines
    assert (line.id, line.kind, line.fields) == (-2, EventKind.EDITED, ("body",))
    assert (line.from_version, line.to_version, line.past, line.run_id) == (1, 2, True, stage.run_id)
    assert stage.events(technical=True, run_id=stage.run_id) == [line]
    assert stage.events(technical=True, kinds=[EventKind.NEW]) == stage.events([EventKind.NEW])
    assert line in stage.events(technical=True, since=stage.now)
    stage.pass_time(seconds=1)
    assert stage.events(technical=True, since=stage.now) == []


def test_what_could_not_be_read_is_put_in_at_its_own_time(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.begin()
    stage.pass_time(days=1)
    failed = stage.show("a", Outcome.EXTRACT_FAILED, body=b"Second. in new markup")
    failed_at = stage.now
    stage.end(walked_lists=False)
    assert stage.told() == []
    assert reread(stage, {1: A, failed: B}) == 1
    event = stage.event(EventKind.EDITED)
    assert (event.seen_at, event.past, event.technical) == (failed_at, True, False)
    assert stage.bodies("a") == [(1, ["First."]), (2, ["Second."])]
    assert reread(stage, {1: A}) == 1, "the bytes are still there to be read by the next reader"
    assert stage.is_whole()


def test_a_page_never_read_before_is_new_by_a_reread(stage: Stage) -> None:
    stage.begin()
    stage.list("a")
    failed = stage.show("a", Outcome.EXTRACT_FAILED, body=b"First.")
    stage.end()
    assert stage.state("a") is PageState.PENDING
    reread(stage, {failed: A})
    event = stage.event(EventKind.NEW)
    assert (event.past, event.baseline) == (True, False)
    assert stage.state("a") is PageState.LISTED


def test_a_reread_that_finds_almost_nothing_is_not_held(stage: Stage) -> None:
    long = article("First." + " More." * 200)
    stage.crawl({"a": long})
    reread(stage)
    assert queries.held(stage.engine) == []
    assert queries.version(stage.engine, address("a")).technical


def test_a_reread_of_a_deleted_page_leaves_it_deleted(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.begin()
    stage.pass_time(days=1)
    stage.gone("a", 410)
    stage.end()
    reread(stage)
    assert stage.state("a") is PageState.GONE
    assert stage.events([EventKind.RESTORED]) == []


def test_kept_bodies_come_with_what_it_takes_to_read_them(stage: Stage) -> None:
    stage.begin()
    stage.list("a")
    stage.show("a", A, body=b"<p>First.", encoding="windows-1251", headers={"etag": "x"}, final_url=address("a") + "/")
    stage.end()
    (kept,) = rereading.kept_bodies(stage.engine)
    assert (kept.url, kept.shown_url, kept.site, kept.captured_at) == (
        address("a"),
        address("a") + "/",
        SITE,
        stage.now,
    )
    assert (kept.body, kept.encoding, kept.media_type, kept.headers) == (
        b"<p>First.",
        "windows-1251",
        "text/html",
        {"etag": "x"},
    )
    assert (kept.http_status, kept.final_url, kept.outcome, kept.reader_version) == (
        200,
        address("a") + "/",
        Outcome.OK,
        "1",
    )
    assert rereading.count_kept(stage.engine) == 1


def test_all_bodies_come_once_and_in_order_however_many(stage: Stage) -> None:
    stage.crawl({f"p{number}": article(f"Text {number}.") for number in range(45)})
    ids = [kept.capture_id for kept in rereading.kept_bodies(stage.engine)]
    assert ids == sorted(set(ids))
    assert len(ids) == rereading.count_kept(stage.engine) == 45


def test_a_reread_is_needed_after_the_reader_changed_and_until_it_was_done(stage: Stage) -> None:
    assert not rereading.needs_reread(stage.engine, "1")
    stage.crawl({"a": A})
    assert not rereading.needs_reread(stage.engine, "1")
    assert rereading.needs_reread(stage.engine, "2")
    reread(stage)
    assert not rereading.needs_reread(stage.engine, "2")
    assert rereading.needs_reread(stage.engine, "3")
