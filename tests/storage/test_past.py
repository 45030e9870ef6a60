"""Captures from the past, and captures that can't know everything, find their place in a page's history."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import queries
from storage.records import Article, Block, BlockKind, EventKind, Outcome, PageState, RunMode
from storage.timeline import Sighting, derive
from tests.storage.stage import START, Stage, address, article, link, picture

A, B = article("First."), article("Second.")
TEXT_CANT_KNOW = frozenset({"links", "media"})


def put_in(stage: Stage, shown: Article, at: float | None, name: str = "a") -> None:
    """Import a capture of some days after the start; None: nobody knows when."""
    stage.begin(RunMode.IMPORT, None)
    when = None if at is None else START + timedelta(days=at)
    stage.record(stage.capture(name, shown, when, source="import", http_status=None))
    stage.end(walked_lists=False)


def test_an_import_makes_a_page_and_notifies_nobody(stage: Stage) -> None:
    put_in(stage, A, 1)
    event = stage.event(EventKind.NEW)
    assert (event.past, event.baseline, event.seen_at) == (True, False, START + timedelta(days=1))
    assert stage.states() == {"a": "unlisted"}
    assert stage.is_whole()


def test_an_older_capture_of_the_same_text_only_moves_the_first_sighting(stage: Stage) -> None:
    stage.crawl({"a": A})
    crawled = stage.now
    put_in(stage, A, -10)
    (version,) = queries.history(stage.engine, address("a"))
    assert (version.first_seen_at, version.last_seen_at, version.captures) == (START - timedelta(days=10), crawled, 2)
    event = stage.event(EventKind.NEW)
    assert (event.seen_at, event.recorded_at, event.past) == (START - timedelta(days=10), crawled, False)


def test_an_older_capture_of_another_text_takes_the_next_number_and_stands_first(stage: Stage) -> None:
    stage.crawl({"a": A})
    crawled = stage.now
    put_in(stage, B, -10)
    assert stage.bodies("a") == [(2, ["Second."]), (1, ["First."])]
    new, edited = stage.event(EventKind.NEW), stage.event(EventKind.EDITED)
    assert (new.from_version, new.to_version, new.seen_at) == (None, 2, START - timedelta(days=10))
    assert (edited.from_version, edited.to_version, edited.past) == (2, 1, True)
    assert (edited.not_before, edited.seen_at) == (START - timedelta(days=10), crawled)
    assert queries.version(stage.engine, address("a")).number == 1
    assert stage.is_whole()


def test_an_old_capture_between_two_sightings_splits_them(stage: Stage) -> None:
    put_in(stage, A, 1)
    put_in(stage, A, 5)
    put_in(stage, B, 3)
    assert stage.bodies("a") == [(1, ["First."]), (2, ["Second."]), (3, ["First."])]
    first, second, third = queries.history(stage.engine, address("a"))
    days = [(v.first_seen_at, v.last_seen_at, v.captures) for v in (first, second, third)]
    assert days == [(START + timedelta(days=d), START + timedelta(days=d), 1) for d in (1, 3, 5)]
    edits = stage.events([EventKind.EDITED])
    assert [(e.from_version, e.to_version) for e in edits] == [(1, 2), (2, 3)]
    assert stage.is_whole()


def test_a_capture_put_in_before_a_known_edit_makes_its_bounds_truer(stage: Stage) -> None:
    put_in(stage, A, 1)
    put_in(stage, B, 9)
    before = stage.event(EventKind.EDITED)
    assert before.not_before == START + timedelta(days=1)
    put_in(stage, A, 6)
    after = stage.event(EventKind.EDITED)
    assert (after.id, after.recorded_at) == (before.id, before.recorded_at)
    assert after.not_before == START + timedelta(days=6)


def test_an_undated_capture_stands_before_all_dated_ones(stage: Stage) -> None:
    put_in(stage, A, -100)
    put_in(stage, B, None)
    assert stage.bodies("a") == [(2, ["Second."]), (1, ["First."])]
    assert queries.version(stage.engine, address("a"), at=START - timedelta(days=200)).number == 2
    assert queries.version(stage.engine, address("a"), at=START).number == 1


def test_an_old_capture_doesn_t_bring_a_deleted_page_back(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.pass_time(days=1)
    stage.begin()
    stage.gone("a", 410)
    stage.end()
    put_in(stage, B, -5)
    put_in(stage, B, None)
    assert stage.state("a") is PageState.GONE
    assert stage.events([EventKind.RESTORED]) == []


def test_an_imported_page_gets_its_site_when_a_crawl_finds_it(stage: Stage) -> None:
    put_in(stage, A, 1)
    assert queries.pages(stage.engine)[0].site is None
    stage.crawl({"a": A})
    assert queries.pages(stage.engine)[0].site == "csto-en"
    assert stage.told() == []


def test_a_capture_may_name_its_site_itself(stage: Stage) -> None:
    stage.begin(RunMode.IMPORT, None)
    stage.record(stage.capture("a", A, START, site="csto-ru"))
    stage.end()
    assert queries.pages(stage.engine, site="csto-ru")[0].state is PageState.UNLISTED


def test_what_a_capture_can_t_know_is_inherited_and_no_edit(stage: Stage) -> None:
    linked = article("First.", links=(link("https://example.org/x"),), media=(picture("https://example.org/x.jpg"),))
    stage.crawl({"a": linked})
    put_in(stage, article("First.", unknown=TEXT_CANT_KNOW), 30)
    (version,) = queries.history(stage.engine, address("a"))
    assert version.article == linked
    assert version.captures == 2
    assert stage.told() == []


def test_a_text_capture_that_differs_keeps_the_last_known_links_as_unknown(stage: Stage) -> None:
    linked = article("First.", links=(link("https://example.org/x"),))
    stage.crawl({"a": linked})
    put_in(stage, article("Second.", unknown=TEXT_CANT_KNOW), 30)
    version = queries.version(stage.engine, address("a"))
    assert (version.number, version.article.links, version.article.unknown) == (2, linked.links, TEXT_CANT_KNOW)
    assert stage.event(EventKind.EDITED).fields == ("body",)
    assert stage.is_whole()


def test_a_later_known_value_fills_what_was_unknown_without_an_event(stage: Stage) -> None:
    put_in(stage, article("First.", published=None, unknown=TEXT_CANT_KNOW | {"published"}), -10)
    known = article("First.", published=date(2026, 1, 2), links=(link("https://example.org/x"),))
    stage.crawl({"a": known})
    (version,) = queries.history(stage.engine, address("a"))
    assert (version.article, version.number, version.captures) == (known, 1, 2)
    assert stage.told() == []
    stage.crawl({"a": article("First.", published=date(2026, 1, 3), links=known.links)})
    assert stage.event(EventKind.EDITED).fields == ("published",)
    assert stage.is_whole()


def test_a_filled_version_has_the_hashes_of_what_it_holds_now(stage: Stage) -> None:
    put_in(stage, article("First.", unknown=TEXT_CANT_KNOW), -10)
    before = queries.version(stage.engine, address("a"))
    stage.crawl({"a": article("First.", links=(link("https://example.org/x"),))})
    after = queries.version(stage.engine, address("a"))
    assert before.id == after.id
    assert before.text_sha256 == after.text_sha256
    assert before.content_sha256 != after.content_sha256


def test_an_inherited_value_is_compared_with_nothing(stage: Stage) -> None:
    stage.crawl({"a": article("First.", links=(link("https://example.org/x"),))})
    put_in(stage, article("Second.", unknown=TEXT_CANT_KNOW), 30)
    stage.pass_time(days=40)
    stage.crawl({"a": article("Second.", links=(link("https://example.org/y"),))})
    assert stage.told() == []
    version = queries.version(stage.engine, address("a"))
    assert (version.number, version.article.links) == (2, (link("https://example.org/y"),))


def test_a_page_that_flips_again_and_again_is_flapping_and_has_one_line(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.crawl({"a": A})
    for shown in (B, A, B, A, B, A):
        stage.pass_time(hours=-21)
        stage.crawl({"a": shown}, RunMode.DUE)
    edits = stage.events([EventKind.EDITED])
    assert [(event.flapping, event.flips) for event in edits] == [(True, 6)]
    assert len(stage.bodies("a")) == 7
    assert stage.told() == ["edited a"]
    assert stage.is_whole()
    stage.pass_time(days=3)
    for shown in (B, A, B, A):
        stage.pass_time(hours=-21)
        stage.crawl({"a": shown}, RunMode.DUE)
    assert [event.flips for event in stage.events([EventKind.EDITED])] == [6, 4], "a second time is another line"


def test_flips_spread_over_days_are_edits(stage: Stage) -> None:
    for shown in (A, B, A, B, A, B):
        stage.crawl({"a": shown})
    assert [event.flapping for event in stage.events([EventKind.EDITED])] == [False] * 5


def test_edits_to_ever_new_texts_are_not_flapping(stage: Stage) -> None:
    stage.crawl({"a": A})
    for number in range(6):
        stage.pass_time(hours=-22)
        stage.crawl({"a": article(f"Text {number}.")}, RunMode.DUE)
    assert [event.flapping for event in stage.events([EventKind.EDITED])] == [False] * 6


def test_a_version_that_a_capture_from_the_past_proves_to_be_none_is_withdrawn(stage: Stage) -> None:
    """The title's edit is none once another text is found before: nobody knew then which title this text had."""
    untitled = frozenset({"title"})
    put_in(stage, article("First.", title=None, unknown=untitled), 3)
    put_in(stage, article("First.", title="One"), 1)
    put_in(stage, article("First.", title="Two"), 5)
    assert [v.article.title for v in queries.history(stage.engine, address("a"))] == ["One", "Two"]
    put_in(stage, article("Second.", title=None, unknown=untitled), 2)
    told = [(v.number, v.article.title, v.captures) for v in queries.history(stage.engine, address("a"))]
    assert told == [(3, "One", 1), (4, "One", 1), (1, "Two", 2)]
    withdrawn = queries.version(stage.engine, address("a"), number=2)
    assert (withdrawn.number, withdrawn.captures) == (2, 0)
    assert sorted((e.from_version, e.to_version) for e in stage.events([EventKind.EDITED])) == [(3, 4), (4, 1)]
    assert stage.event(EventKind.NEW).to_version == 3
    assert stage.is_whole()


# --- in whatever order ------------------------------------------------------------------------------------------------
articles = st.builds(
    lambda text, title, unknown: Article(
        title, None, "en", (Block(BlockKind.PARAGRAPH, text),), unknown=frozenset(unknown)
    ),
    st.sampled_from("AB"),
    st.sampled_from(["T", "U"]),
    st.sampled_from([(), ("title",)]),
)
sightings = st.lists(st.tuples(articles, st.none() | st.integers(0, 6)), min_size=1, max_size=8)


@settings(max_examples=300, deadline=None)
@given(sightings, st.randoms(use_true_random=False))
def test_the_time_line_is_the_same_in_whatever_order_captures_are_given(seen, random) -> None:
    line = [Sighting(i, at and START + timedelta(days=at), "1", shown) for i, (shown, at) in enumerate(seen, 1)]
    shuffled = list(line)
    random.shuffle(shuffled)
    one, other = derive(line), derive(shuffled)
    assert [(s.article, s.fields, s.sightings) for s in one.spans] == [
        (s.article, s.fields, s.sightings) for s in other.spans
    ]
    assert one.not_before == other.not_before


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(articles, st.integers(0, 6)), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_recording_in_any_order_gives_the_same_states_as_recording_in_order(tmp_path_factory, seen, random) -> None:
    """Each capture in a run of its own, so that each is put into a history that stands already."""
    stage = Stage(f"sqlite:///{tmp_path_factory.mktemp('order') / 'store.db'}")
    # Equal instants stand in order of recording. More than three flips within 24 h are one line of those that are recorded in
    # time; flips put in later aren't folded: the captures are more than a day apart here.
    dated = [(shown, day + place * 1.1) for place, (shown, day) in enumerate(seen)]
    shuffled = list(dated)
    random.shuffle(shuffled)
    try:
        for shown, day in sorted(dated, key=lambda each: each[1]):
            put_in(stage, shown, day, "ordered")
        for shown, day in shuffled:
            put_in(stage, shown, day, "shuffled")
        ordered, other = (queries.history(stage.engine, address(name)) for name in ("ordered", "shuffled"))
        assert [(v.article, v.first_seen_at, v.last_seen_at, v.captures) for v in ordered] == [
            (v.article, v.first_seen_at, v.last_seen_at, v.captures) for v in other
        ]
        assert told_of(stage, "ordered") == told_of(stage, "shuffled")
        assert stage.is_whole()
    finally:
        stage.close()


def told_of(stage: Stage, name: str) -> list[tuple[object, ...]]:
    """A page's events by what they say of time and fields; the numbers follow recording."""
    events = [event for event in stage.events() if event.url == address(name)]
    return sorted((str(e.seen_at), str(e.not_before), e.kind, e.fields) for e in events)


def test_captures_of_one_instant_stand_in_order_of_recording(stage: Stage) -> None:
    put_in(stage, A, 1)
    put_in(stage, B, 1)
    assert stage.bodies("a") == [(1, ["First."]), (2, ["Second."])]


def test_a_304_repeats_what_was_shown_last_also_in_the_past(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.crawl({"a": Outcome.NOT_MODIFIED})
    put_in(stage, B, 1.5)
    assert [number for number, _ in stage.bodies("a")] == [1, 2, 3]
    assert stage.bodies("a")[2][1] == ["First."]
