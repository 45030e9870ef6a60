"""Nothing that a command asks goes over a large table from end to end, however long the history is. No clock has a say here."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from benchmarks.long_history import FLOOR_STEPS, GROWTH_LIMIT, counted, drop_index, unfit
from benchmarks.long_queries import LINEAR, QUERIES, Asked, Query, changes_since
from benchmarks.long_store import make_store
from benchmarks.query_plans import watched
from storage import queries
from storage.engine import open_store, reading
from storage.records import Outcome, RunMode
from storage.verify import verify
from tests.storage.stage import Stage, address, article

SIZES = (200, 1600)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    folder = tmp_path_factory.mktemp("history")
    for size in SIZES:
        make_store(f"sqlite:///{folder / f'{size}.db'}", size).dispose()
    return {size: folder / f"{size}.db" for size in SIZES}


def test_a_made_history_is_whole_and_of_its_size(sqlite_url: str) -> None:
    engine = make_store(sqlite_url, 200)
    assert verify(engine) == []
    listed = queries.pages(engine)
    assert (len(listed), sum(page.versions for page in listed)) == (10, 200)
    with reading(engine) as connection:
        contents, captures = (
            connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("content", "capture")
        )
    assert contents < 200 < captures
    engine.dispose()


@pytest.mark.parametrize("name", QUERIES)
def test_no_command_reads_more_of_a_longer_history(files: dict[int, Path], name: str) -> None:
    counts = {size: counted(QUERIES[name], files[size], size, seed=1) for size in SIZES}
    scans = [line for count in counts.values() for line in count["scans"]]
    assert scans == []
    assert all(count["rows"] for count in counts.values()) or not QUERIES[name].finds
    if name not in LINEAR:
        small, large = (counts[size]["steps"] for size in SIZES)
        # Of 200 versions some are fewer than are asked for (fifty pages, fifty events), hence the floor.
        assert large <= GROWTH_LIMIT * max(small, 2 * FLOOR_STEPS)


@pytest.mark.parametrize("name", [name for name, query in QUERIES.items() if query.over])
def test_what_lists_everything_goes_over_the_index_that_it_says(files: dict[int, Path], name: str) -> None:
    with Asked(files[SIZES[0]], SIZES[0], Random(1)) as asked, watched(asked.engine) as seen:
        QUERIES[name].work(asked)
    over = [line for line in seen.scans() if any(index in line for index in QUERIES[name].over)]
    assert over
    assert over == seen.scans()


def test_an_index_that_is_missing_is_noticed(tmp_path: Path) -> None:
    counts = {}
    for size in SIZES:
        file = tmp_path / f"{size}.db"
        make_store(f"sqlite:///{file}", size).dispose()
        drop_index(file)
        counts[size] = counted(Query(changes_since), file, size, seed=1)
    assert "changes: SCAN event" in unfit("changes", counts)


def test_a_search_that_reads_nearly_all_rows_is_told_by_its_steps(files: dict[int, Path]) -> None:
    """The plan calls it a search. Such an index on ``folded_into`` is what ``changes`` was read by."""
    steps = []
    for size in SIZES:
        store = open_store(f"sqlite:///{files[size]}", write=True)
        with store.begin() as connection:
            connection.execute(text("CREATE INDEX ix_trap ON event (is_past)"))
        with watched(store) as seen, store.connect() as connection:
            assert connection.scalar(text("SELECT count(url) FROM event INDEXED BY ix_trap WHERE is_past = 0")) >= size
        assert seen.scans() == []
        steps.append(seen.steps)
        with store.begin() as connection:
            connection.execute(text("DROP INDEX ix_trap"))
        store.dispose()
    assert steps[1] > GROWTH_LIMIT * steps[0]


def test_a_crawl_with_all_that_can_happen_scans_no_large_table(sqlite_url: str) -> None:
    stage = Stage(sqlite_url)
    names = [f"page-{number}" for number in range(12)]
    stage.crawl({name: article(f"Of {name}.", "Second.") for name in names})
    with watched(stage.engine) as seen:
        _eventful(stage, names)
    assert seen.scans() == []
    assert len(seen.plans) > 60
    told = {event.kind.value for event in stage.events()}
    assert told == {"new", "edited", "deleted", "restored", "moved", "unlisted", "relisted"}
    assert stage.is_whole()
    stage.close()


def _eventful(stage: Stage, names: list[str]) -> None:
    """Edits, a move onto a page of the same run, a 410 and its return, a page off the lists and on again, an import."""
    stage.pass_time(days=1)
    stage.begin()
    stage.list(*names[:10], "moved")
    stage.show("moved", article("Of page-0.", "Second."))
    stage.archive.settle_batch(stage.run_id)
    stage.show(names[0], Outcome.MOVED, moved_to=address("moved"), http_status=301)
    stage.gone(names[1], status=410)
    for name in names[2:]:
        stage.show(name, article(f"Of {name}.", "Third." if name == names[2] else "Second."))
    stage.archive.settle_batch(stage.run_id)
    stage.end()
    stage.crawl({name: article(f"Of {name}.", "Second.") for name in names[1:]})
    stage.begin(RunMode.IMPORT, site=None)
    stage.show(names[3], article("From the past."), at=stage.now.replace(year=2020))
    stage.end()


def test_pieces_of_a_list_join_without_a_gap(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many events are recorded at one instant: a piece begins behind the last event, not behind its instant."""
    stage = Stage(sqlite_url)
    stage.crawl({f"page-{number:02d}": article(f"Of page {number}.") for number in range(20)})
    stage.crawl({f"page-{number:02d}": article(f"Of page {number}.", "More.") for number in range(20)})
    whole = (stage.events(), queries.pages(stage.engine), stage.events(run_id=stage.run_id))
    for most in (1, 7, 20):
        monkeypatch.setattr("storage.queries.CHUNK", most)
        monkeypatch.setattr("storage.page_lists.CHUNK", most)
        assert (stage.events(), queries.pages(stage.engine), stage.events(run_id=stage.run_id)) == whole
    assert [event.id for event in whole[0]] == sorted(event.id for event in whole[0])
    assert len(whole[0]) == 40
    stage.close()
