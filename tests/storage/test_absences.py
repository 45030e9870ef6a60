"""Pages that are gone, off the lists, or gone by the dozen."""

from __future__ import annotations

import pytest

from storage import queries
from storage.errors import UnknownRecord
from storage.pieces import chunks
from storage.records import EventKind, Outcome, PageState, RunMode, RunOutcome
from tests.storage.stage import BATCH, Stage, address, article

A, B = article("First."), article("Second.")
GONE = (Outcome.GONE, Outcome.SOFT_404)


def many(count: int) -> dict[str, object]:
    return {f"p{number}": article(f"Text of {number}.") for number in range(count)}


def without(
    stage: Stage, mode: RunMode = RunMode.FULL, *, missing: tuple[str, ...], status: int = 404, **changes: object
):
    """A crawl in which the missing pages answer 404 (twice), or another status, and are still listed."""
    stage.pass_time(days=1)
    stage.begin(mode)
    names = list(stage.states())
    stage.list(*names)
    for name in missing:
        stage.gone(name, status)
        stage.pass_time(minutes=1)
        stage.gone(name, status)
    there = [name for name in names if name not in missing]
    for some in chunks(there, BATCH):
        stage.record(*(stage.capture(name, article(f"Text of {name[1:]}."), stage.now) for name in some))
    stage.archive.settle_batch(stage.run_id)
    return stage.end(**changes)


@pytest.mark.parametrize("outcome", GONE)
def test_a_page_missing_at_both_looks_of_a_full_crawl_is_deleted(stage: Stage, outcome: Outcome) -> None:
    stage.crawl({"a": A, "b": B})
    seen = stage.now
    stage.pass_time(days=1)
    stage.begin()
    stage.list("a", "b")
    stage.show("b", B)
    first_look = stage.now
    stage.show("a", outcome)
    stage.pass_time(minutes=5)
    stage.show("a", outcome)
    stage.end()
    event = stage.event(EventKind.DELETED)
    assert (event.seen_at, event.not_before, event.from_version, event.to_version) == (first_look, seen, 1, None)
    assert stage.states() == {"a": "gone", "b": "listed"}
    assert stage.bodies("a") == [(1, ["First."])]
    assert stage.is_whole()


def test_one_404_is_a_doubt_and_no_event(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.crawl({"a": Outcome.GONE})
    assert stage.state("a") is PageState.SUSPECT
    assert stage.told() == []


def test_a_second_look_counts_only_where_the_run_took_one(stage: Stage) -> None:
    stage.crawl(many(3))
    without(stage, missing=("p0",), looked_twice=False)
    assert stage.state("p0") is PageState.SUSPECT


def test_a_second_look_counts_only_in_a_full_crawl(stage: Stage) -> None:
    stage.crawl(many(3))
    without(stage, RunMode.DUE, missing=("p0",))
    assert stage.state("p0") is PageState.SUSPECT


@pytest.mark.parametrize(("hours", "state"), [(11.9, PageState.SUSPECT), (12, PageState.GONE)])
def test_a_404_is_believed_when_seen_again_twelve_hours_later(stage: Stage, hours: float, state: PageState) -> None:
    stage.crawl({"a": A})
    stage.crawl({"a": Outcome.GONE}, RunMode.DUE)
    first = stage.now
    stage.pass_time(hours=hours - 24)
    stage.crawl({"a": Outcome.GONE}, RunMode.DUE)
    assert stage.state("a") is state
    assert [event.seen_at for event in stage.events([EventKind.DELETED])] == (
        [first] if state is PageState.GONE else []
    )


def test_a_410_is_believed_at_once_even_in_a_partial_run(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.begin(RunMode.DUE)
    stage.pass_time(days=1)
    stage.gone("a", 410)
    stage.end(outcome=RunOutcome.PARTIAL)
    assert stage.told() == ["deleted a"]
    assert stage.state("a") is PageState.GONE


def test_an_incomplete_run_calls_no_404_gone(stage: Stage) -> None:
    stage.crawl(many(3))
    without(stage, missing=("p0",), outcome=RunOutcome.PARTIAL)
    assert stage.state("p0") is PageState.SUSPECT
    without(stage, missing=("p0",), outcome=RunOutcome.INTERRUPTED)
    assert stage.told() == []
    without(stage, missing=("p0",))
    assert stage.told() == ["deleted p0"]


def test_a_page_in_doubt_that_answers_again_is_back_without_a_word(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.crawl({"a": Outcome.GONE})
    stage.crawl({"a": A})
    assert stage.state("a") is PageState.LISTED
    assert stage.told() == []
    stage.crawl({"a": Outcome.GONE})
    assert stage.state("a") is PageState.SUSPECT, "the first 404 of a new row of them is a doubt again"


def test_a_404_before_the_article_in_one_run_says_nothing(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.begin()
    stage.list("a")
    stage.pass_time(days=1)
    stage.gone("a")
    stage.pass_time(minutes=1)
    stage.show("a", A)
    stage.end()
    assert stage.state("a") is PageState.LISTED
    assert stage.told() == []


def test_a_page_that_returns_is_restored_with_the_version_it_had(stage: Stage) -> None:
    stage.crawl(many(3))
    without(stage, missing=("p0",))
    missing_at = stage.now
    stage.crawl(many(3))
    event = stage.event(EventKind.RESTORED)
    assert (event.from_version, event.to_version) == (1, 1)
    assert (event.not_before, event.seen_at) == (missing_at, stage.now)
    assert stage.told() == ["restored p0"]
    assert stage.state("p0") is PageState.LISTED
    assert stage.bodies("p0") == [(1, ["Text of 0."])]
    assert stage.is_whole()


def test_a_page_that_returns_with_another_text_is_restored_and_edited(stage: Stage) -> None:
    stage.crawl(many(3))
    without(stage, missing=("p0",))
    stage.crawl(many(3) | {"p0": B})
    assert sorted(stage.told()) == ["edited p0", "restored p0"]
    event = stage.event(EventKind.RESTORED)
    assert (event.from_version, event.to_version) == (1, 2)


def test_a_page_that_is_gone_is_not_told_of_again(stage: Stage) -> None:
    stage.crawl(many(3))
    without(stage, missing=("p0",))
    without(stage, missing=("p0",))
    assert stage.told() == []
    assert stage.state("p0") is PageState.GONE


@pytest.mark.parametrize(
    ("known", "missing", "is_held"),
    [
        (10, 4, False),
        (10, 5, True),
        (100, 5, False),
        (101, 5, False),
        (100, 6, True),
        (500, 20, False),
        (500, 21, True),
    ],
)
def test_pages_gone_by_the_dozen_are_held(stage: Stage, known: int, missing: int, *, is_held: bool) -> None:
    stage.crawl(many(known))
    names = tuple(f"p{number}" for number in range(missing))
    settlement = without(stage, missing=names)
    assert settlement.mass_disappearance == (missing if is_held else 0)
    assert settlement.held == (missing if is_held else 0)
    assert settlement.events == ({} if is_held else {"deleted": missing})
    assert list(stage.states().values()).count("suspect" if is_held else "gone") == missing


def test_a_mass_disappearance_makes_the_run_an_alarm(stage: Stage) -> None:
    stage.crawl(many(10))
    without(stage, missing=tuple(f"p{number}" for number in range(6)))
    run = queries.runs(stage.engine)[0]
    assert (run.outcome, run.exit_code) == (RunOutcome.ALARM, 20)
    assert stage.end().mass_disappearance == 6, "settled again, it is still an alarm"


def test_an_accepted_disappearance_deletes_the_pages(stage: Stage) -> None:
    stage.crawl(many(10))
    seen = stage.now
    without(stage, missing=tuple(f"p{number}" for number in range(6)))
    held = queries.held(stage.engine)
    assert [page.kind for page in held] == ["disappearance"] * 6
    assert (held[0].url, held[0].reason) == (address("p0") + "/", "gone together with many others")
    assert stage.archive.accept([page.id for page in held]).events == {"deleted": 6}
    assert stage.state("p3") is PageState.GONE
    event = stage.event(EventKind.DELETED, "p3")
    assert (event.run_id, event.not_before) == (stage.run_id, seen)
    assert queries.held(stage.engine) == []


def test_a_rejected_disappearance_leaves_the_pages_where_they_were(stage: Stage) -> None:
    stage.crawl(many(10))
    without(stage, missing=tuple(f"p{number}" for number in range(6)))
    assert stage.archive.reject([page.id for page in queries.held(stage.engine)]).events == {}
    assert set(stage.states().values()) == {"listed"}
    assert queries.held(stage.engine) == []


def test_a_second_complete_crawl_that_agrees_applies_a_held_disappearance(stage: Stage) -> None:
    stage.crawl(many(10))
    names = tuple(f"p{number}" for number in range(6))
    assert without(stage, missing=names).mass_disappearance == 6
    assert stage.events([EventKind.DELETED]) == []
    assert without(stage, missing=names).mass_disappearance == 0
    assert len(stage.events([EventKind.DELETED])) == 6
    assert queries.held(stage.engine) == []


def test_an_incomplete_crawl_agrees_with_no_held_disappearance(stage: Stage) -> None:
    stage.crawl(many(10))
    names = tuple(f"p{number}" for number in range(6))
    without(stage, missing=names)
    without(stage, missing=names, is_complete=False)
    assert stage.events([EventKind.DELETED]) == []
    assert len(queries.held(stage.engine)) == 6


def test_held_pages_that_return_wait_no_longer(stage: Stage) -> None:
    stage.crawl(many(10))
    without(stage, missing=tuple(f"p{number}" for number in range(6)))
    stage.crawl(many(10))
    assert queries.held(stage.engine) == []
    assert set(stage.states().values()) == {"listed"}
    assert stage.told() == []


def test_an_answer_to_what_is_not_held_changes_nothing(stage: Stage) -> None:
    stage.crawl(many(10))
    without(stage, missing=tuple(f"p{number}" for number in range(6)))
    known = queries.held(stage.engine)
    with pytest.raises(UnknownRecord, match="no held page 99; `csto-watch review` lists them"):
        stage.archive.accept([known[0].id, 99])
    with pytest.raises(UnknownRecord):
        stage.archive.reject([99])
    assert queries.held(stage.engine) == known


def test_a_page_left_out_of_all_lists_is_unlisted_and_then_relisted(stage: Stage) -> None:
    stage.crawl({"a": A, "b": B})
    listed = stage.now
    stage.pass_time(days=1)
    stage.begin()
    stage.list("b")
    stage.show("a", A)
    stage.show("b", B)
    stage.end()
    unlisted = stage.now
    assert stage.told() == ["unlisted a"]
    assert stage.states() == {"a": "unlisted", "b": "listed"}
    event = stage.event(EventKind.UNLISTED)
    assert (event.from_version, event.to_version, event.fields) == (1, 1, ())
    assert (event.seen_at, event.not_before) == (unlisted, listed)
    stage.crawl({"a": A, "b": B})
    assert stage.told() == ["relisted a"]
    event = stage.event(EventKind.RELISTED)
    assert (event.seen_at, event.not_before) == (stage.now, unlisted)
    assert stage.states() == {"a": "listed", "b": "listed"}


@pytest.mark.parametrize("changes", [{"outcome": RunOutcome.PARTIAL}, {"walked_lists": False}, {"is_complete": False}])
def test_only_a_complete_walk_of_the_lists_calls_a_page_unlisted(stage: Stage, changes: dict[str, object]) -> None:
    stage.crawl({"a": A, "b": B})
    stage.begin()
    stage.list("b")
    stage.show("b", B)
    stage.end(**changes)
    assert stage.told() == []
    assert stage.states() == {"a": "listed", "b": "listed"}


def test_a_page_found_without_a_list_is_unlisted_and_no_event(stage: Stage) -> None:
    stage.crawl({"a": A})
    stage.begin(RunMode.URL)
    stage.show("b", B)
    stage.end(walked_lists=False)
    assert stage.states() == {"a": "listed", "b": "unlisted"}
    assert stage.told() == ["new b"]
    stage.crawl({"a": A})
    assert stage.told() == []
    stage.crawl({"a": A, "b": B})
    assert stage.told() == [], "a list links it for the first time: it was never off one"
    assert stage.state("b") is PageState.LISTED


def test_a_page_that_is_gone_or_in_doubt_is_not_called_unlisted(stage: Stage) -> None:
    stage.crawl({"a": A, "b": B, "c": article("Third.")})
    stage.begin()
    stage.pass_time(days=1)
    stage.list("c")
    stage.show("c", article("Third."))
    stage.gone("a", 410)
    stage.gone("b")
    stage.end()
    assert stage.told() == ["deleted a"]
    assert stage.states() == {"a": "gone", "b": "suspect", "c": "listed"}
