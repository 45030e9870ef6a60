"""Search over all versions, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from storage.articles import encode_article
from storage.bodies import digest
from storage.engine import open_engine, open_store, reading, writing
from storage.models import ContentRow, table_of
from storage.phrases import parse
from storage.recording import keep_article
from storage.records import Article, Outcome, PageState, Reread, RunMode
from storage.search import Finding, Reach, search
from storage.verify import verify
from storage.word_index import MOST_BYTES, candidates, entries, indexed_words
from storage.words import texts_of
from tests.storage.old_stores import make_old
from tests.storage.stage import START, Stage, address, article

EXERCISE = article("The joint exercise “Interaction” begins.", "Ещё одни совместные учения миротворцев.")
OVER = article("The joint exercise is over.", "It was the last.")
NOTHING = article("A council was held.")


def find(stage: Stage, typed: str, **which: Any) -> list[Finding]:
    return list(search(stage.engine, parse(typed), **which))


def found(stage: Stage, typed: str, **which: Any) -> list[tuple[str, tuple[int, ...]]]:
    """Names of pages, and the versions that say it."""
    return [(each.url.rstrip("/").rpartition("/")[2], each.versions) for each in find(stage, typed, **which)]


def day(number: int) -> datetime:
    return START + timedelta(days=number)


@pytest.fixture
def filled(stage: Stage) -> Stage:
    """ "a" loses its exercise on the second day, "b" never had one of its own, "c" is gone on the third."""
    stage.crawl({"a": EXERCISE, "b": NOTHING, "c": OVER})
    stage.crawl({"a": OVER, "b": NOTHING, "c": OVER})
    stage.pass_time(days=1)
    stage.begin()
    stage.list("a", "b")
    stage.show("a", OVER)
    stage.show("b", NOTHING)
    stage.gone("c", 410)
    stage.end()
    return stage


def test_words_in_any_form_are_found_in_every_version(filled: Stage) -> None:
    assert found(filled, "exercises") == [("a", (1, 2)), ("c", (1,))]
    assert found(filled, "begins") == [("a", (1,))]
    assert found(filled, "begin exercise") == [("a", (1,))]
    assert found(filled, "begins over") == []
    assert found(filled, "учение миротворцы") == [("a", (1,))]


def test_a_phrase_is_these_very_words_in_a_row(filled: Stage) -> None:
    assert found(filled, '"joint exercise is"') == [("a", (2,)), ("c", (1,))]
    assert found(filled, '"JOINT exercise interaction"') == [("a", (1,))]
    assert found(filled, '"joint exercises"') == []
    assert found(filled, '"exercise joint"') == []
    assert found(filled, '"ЕЩЕ ОДНИ"') == found(filled, "«ещё одни»") == [("a", (1,))]


def test_a_phrase_stays_within_a_block_and_may_stand_in_the_title(filled: Stage) -> None:
    assert found(filled, '"is over it"') == []
    assert found(filled, '"title the joint"') == []
    filled.crawl({"b": replace(NOTHING, title="A summit in Yerevan")})
    assert found(filled, '"summit in yerevan"') == [("b", (2,))]


def test_what_was_removed_is_told_with_its_version_and_its_bounds(filled: Stage) -> None:
    (began,) = find(filled, '"exercise interaction begins"', removed=True)
    assert (began.versions, began.first_seen_at, began.last_seen_at) == ((1,), day(1), day(1))
    assert began.removal is not None
    assert (began.removal.version, began.removal.seen_at, began.removal.not_before) == (2, day(2), day(1))
    assert not began.superseded


def test_what_the_current_version_says_is_not_removed_and_a_page_that_is_gone_says_so(filled: Stage) -> None:
    on_a, on_c = find(filled, '"is over"')
    assert (on_a.removal, on_a.state, on_a.first_seen_at, on_a.last_seen_at) == (None, PageState.LISTED, day(2), day(3))
    assert (on_c.removal, on_c.state, on_c.last_seen_at) == (None, PageState.GONE, day(2))
    assert find(filled, '"is over"', removed=True) == []


def test_what_came_back_was_not_removed(stage: Stage) -> None:
    for shown in (EXERCISE, OVER, EXERCISE):
        stage.crawl({"a": shown})
    (came_back,) = find(stage, "begins")
    assert (came_back.versions, came_back.removal) == ((1, 3), None)
    assert (came_back.first_seen_at, came_back.last_seen_at) == (day(1), day(3))
    stage.crawl({"a": OVER})
    (gone_again,) = find(stage, "begins")
    assert gone_again.removal is not None
    assert (gone_again.versions, gone_again.removal.version, gone_again.removal.not_before) == ((1, 3), 4, day(3))


def test_a_capture_from_the_past_moves_the_first_sighting_and_the_removal(stage: Stage) -> None:
    stage.crawl({"a": OVER})
    stage.begin(RunMode.IMPORT, site=None)
    stage.show("a", EXERCISE, at=START - timedelta(days=9))
    stage.show("a", EXERCISE, at=START - timedelta(days=3))
    stage.end()
    (began,) = find(stage, "begins", removed=True)
    assert (began.versions, began.first_seen_at, began.last_seen_at) == (
        (2,),
        START - timedelta(days=9),
        START - timedelta(days=3),
    )
    assert began.removal is not None
    assert (began.removal.version, began.removal.seen_at, began.removal.not_before) == (
        1,
        day(1),
        START - timedelta(days=3),
    )


def test_an_undated_capture_is_seen_first_at_an_unknown_time(stage: Stage) -> None:
    stage.begin(RunMode.IMPORT, site=None)
    stage.record(stage.capture("a", EXERCISE, None))
    stage.end()
    (began,) = find(stage, "begins")
    assert (began.first_seen_at, began.last_seen_at) == (None, None)
    assert found(stage, "begins", until=START) == [("a", (1,))]
    assert found(stage, "begins", since=START) == []


def test_only_what_stood_in_a_time_or_went_in_it(filled: Stage) -> None:
    assert found(filled, "begins", until=day(1)) == [("a", (1,))]
    assert found(filled, "begins", since=day(2)) == []
    assert found(filled, "begins", since=day(2), removed=True) == [("a", (1,))]
    assert found(filled, "begins", until=day(1), removed=True) == []
    assert found(filled, "over", since=day(3)) == [("a", (2,))]


def test_a_search_stops_where_it_is_told_to_and_says_so(stage: Stage) -> None:
    stage.crawl({f"page-{number:03d}": article(f"The council of {number} met.") for number in range(250)})
    whole, cut, enough = Reach(), Reach(most=100), Reach(most=500)
    assert [find(stage, '"met council"', reach=each) for each in (whole, cut, enough)] == [[], [], []]
    assert [(each.read, each.is_cut) for each in (whole, cut, enough)] == [(250, False), (100, True), (250, False)]
    reach = Reach(most=100)
    newest = [name for name, _ in found(stage, "council", reach=reach)]
    assert newest == [f"page-{number:03d}" for number in range(249, 249 - len(newest), -1)]
    assert reach.is_cut
    assert 0 < len(newest) < 250 == len(find(stage, "council"))


def test_a_text_that_stands_at_two_addresses_is_read_once_and_found_at_both(stage: Stage) -> None:
    stage.crawl({"a": NOTHING, "b": OVER, "c": OVER})
    reach = Reach()
    assert found(stage, '"joint exercise"', reach=reach) == [("c", (1,)), ("b", (1,))]
    assert reach.read == 1 + 2


def test_the_page_whose_text_was_recorded_last_comes_first(stage: Stage) -> None:
    stage.crawl({"a": OVER, "b": replace(OVER, title="Another")})
    assert [name for name, _ in found(stage, "over")] == ["b", "a"]
    stage.crawl({"a": replace(OVER, title="Changed")})
    assert [name for name, _ in found(stage, "over")] == ["a", "b"]


def test_a_line_that_only_an_older_reader_read_was_never_removed(stage: Stage) -> None:
    with_menu = article("The news.", "Subscribe to our channel.")
    stage.crawl({"a": with_menu})
    (capture_id,) = (row[0] for row in stage.rows("SELECT id FROM capture"))
    stage.run_id = stage.archive.begin_run(None, RunMode.REREAD, reader_version="2", program_version="0")
    assert stage.archive.record_reread(stage.run_id, [Reread(capture_id, article("The news."), "2")]) == 1
    stage.end()
    (menu,) = find(stage, '"subscribe to our channel"')
    assert (menu.versions, menu.removal, menu.superseded) == ((1,), None, True)
    assert found(stage, '"subscribe to our channel"', removed=True) == []
    (news,) = find(stage, "news")
    assert (news.versions, news.superseded) == ((1, 2), False)


def test_what_waits_or_was_turned_down_is_not_found(stage: Stage) -> None:
    stage.crawl({"a": article(*("A long text about the council and its many plans. " * 9,) * 9)})
    stage.crawl({"a": article("Suddenly short.")})
    assert stage.state("a") is PageState.SUSPECT
    assert find(stage, "suddenly") == []


def test_a_withdrawn_version_is_not_found(stage: Stage) -> None:
    stage.crawl({"a": EXERCISE})
    stage.crawl({"a": OVER})
    with writing(stage.engine) as connection:
        connection.execute(text("UPDATE version SET position = NULL WHERE number = 1"))
    assert find(stage, "begins") == []


def test_the_passage_is_cut_at_words_around_what_was_found(stage: Stage) -> None:
    shown = article("Title words.", "before " * 40 + "the joint exercise took place, " + "after " * 40)
    stage.crawl({"a": shown})
    (hit,) = find(stage, '"joint exercise" place')
    assert hit.passage.text.startswith("… before before")
    assert hit.passage.text.endswith("after …")
    assert [hit.passage.text[start:end] for start, end in hit.passage.spans] == ["joint exercise", "place"]


BOTH, NONE = ["a", "c"], list[str]()
NASTY = {
    "AND": NONE, "exercise AND OR NOT joint": NONE, "NEAR(joint exercise, 5)": NONE, "joint^exercise": BOTH, "exer*": BOTH,
    "^exercise": BOTH, "-exercise": BOTH, "joint -exercise": BOTH, "words:exercise": NONE, "'; DROP TABLE content; --": NONE,
    "exer\0cise": BOTH, "exercise \ud800": BOTH, "exercise 🙂": BOTH, "слово " * 5000: NONE,
    "x" * 100_000: NONE, "щ" * 3000: NONE,
    "(exercise": BOTH, "exercise))((": BOTH, "\\exercise'": BOTH, "exercise%": BOTH, "{joint exercise} : *": BOTH,
    "exercise:*": BOTH,
    "joint & exercise | !<->": BOTH, '"joint" "exercise"': BOTH, '"joint exercise': BOTH, '"joint" * "exercise"': BOTH,
    "\u202eexercise": BOTH, "…exercise…": BOTH, "jo*in": NONE, '"' * 999 + "joint": BOTH, "joint " * 999: BOTH,
}  # fmt: skip


def test_no_nasty_query_raises_and_each_finds_what_its_words_say(filled: Stage) -> None:
    answers = {typed: [name for name, _ in found(filled, typed)] for typed in NASTY}
    assert {ascii(typed)[:40]: names for typed, names in answers.items() if names != NASTY[typed]} == {}


def test_an_article_with_a_boundless_vocabulary_is_recorded_and_found(stage: Stage) -> None:
    boundless = article(" ".join(f"number{each}" for each in range(MOST_BYTES // 10)), "щ" * 5000)
    stage.crawl({"a": boundless, "b": OVER})
    assert found(stage, "number7") == [("a", (1,))]
    assert found(stage, "щ" * 5000) == [("a", (1,))]
    assert found(stage, "щ" * 4999) == []
    assert found(stage, "over") == [("b", (1,))]
    assert stage.is_whole()


def test_only_pages_that_hold_every_word_are_read(filled: Stage) -> None:
    """Without the index every page would be a candidate, and the answers the same."""

    def ids(typed: str) -> set[int]:
        with reading(filled.engine) as connection:
            return {row[0] for row in connection.execute(candidates(parse(typed), connection.dialect.name))}

    assert ids("council") == {2}
    assert ids('"joint exercise"') == {1, 3}
    assert ids("exercise council") == set()


def test_words_and_content_are_one_transaction(stage: Stage) -> None:
    with pytest.raises(ZeroDivisionError), writing(stage.engine) as connection:
        assert keep_article(connection, EXERCISE) // 0
    with reading(stage.engine) as connection:
        assert list(entries(connection)) == []
    assert stage.rows("SELECT count(*) FROM content") == [(0,)]


def test_an_unchanged_visit_adds_no_words(stage: Stage) -> None:
    stage.crawl({"a": EXERCISE})
    before = _index(stage)
    for _ in range(3):
        stage.crawl({"a": EXERCISE})
    assert _index(stage) == before == [(word, 1) for word in indexed_words(texts_of(EXERCISE))]


def test_an_older_store_is_indexed_when_it_is_brought_up_to_date(db_url: str, tmp_path: Path) -> None:
    today = Stage(f"sqlite:///{tmp_path / 'today.db'}")
    today.crawl({"a": EXERCISE})
    today.crawl({"a": OVER})
    with writing(today.engine) as connection:
        for number in range(2000):
            keep_article(connection, article(f"Text {number}.", title=f"Of word{number} and some"))
        connection.execute(text("UPDATE content SET codec = 'unknown' WHERE id = 100"))
    old = open_engine(db_url)
    make_old(old, "0004", today.engine)
    old.dispose()
    today.close()
    open_store(db_url, write=True).dispose()
    stage = Stage(db_url)
    assert found(stage, "begins") == [("a", (1,))]
    assert len({content for _, content in _index(stage)}) == 2001
    with writing(stage.engine) as connection:
        connection.execute(text("UPDATE content SET codec = 'zstd' WHERE id = 100"))
    assert [str(damage) for damage in verify(stage.engine)] == ["content 100: the search index doesn't hold it"]
    stage.close()


@pytest.mark.parametrize("also", [[], ["exercise", "begins"], ["forged"]], ids=["missing", "fewer", "other"])
def test_verify_names_a_content_whose_row_is_missing_or_differs(filled: Stage, also: list[str]) -> None:
    _reindex(filled, 1, EXERCISE, also)
    message = "the search index holds other words than its article" if also else "the search index doesn't hold it"
    assert [str(damage) for damage in verify(filled.engine)] == [f"content 1: {message}"]


def test_verify_names_words_of_no_content(filled: Stage) -> None:
    if filled.engine.dialect.name != "sqlite":
        pytest.skip("there the row refers to its content")
    for stray in (77, 2**40):
        with writing(filled.engine) as connection:
            connection.execute(text("INSERT INTO content_words (rowid, words) VALUES (:id, 'stray')"), {"id": stray})
    message = "the search index holds words of it, and there is no such content"
    assert [str(damage) for damage in verify(filled.engine)] == [f"content {id_}: {message}" for id_ in (77, 2**40)]


def test_a_damaged_index_is_no_damage_of_the_article(filled: Stage) -> None:
    """The histories of its pages are looked through all the same."""
    _reindex(filled, 1, EXERCISE, [])
    with writing(filled.engine) as connection:
        connection.execute(text("UPDATE page SET title = 'Forged' WHERE id = 1"))
    where = [f"{damage.what} {damage.where}" for damage in verify(filled.engine)]
    assert where == ["content 1", "page 1"]


def _index(stage: Stage) -> list[tuple[str, int]]:
    with reading(stage.engine) as connection:
        return sorted(entries(connection))


def _reindex(stage: Stage, content_id: int, shown: Article, words: list[str]) -> None:
    """Put other words in the index in place of those of an article."""
    with writing(stage.engine) as connection:
        key = table_of(ContentRow).c.key
        assert connection.scalar(
            text("SELECT key FROM content WHERE id = :id").columns(key=key.type), {"id": content_id}
        ) == (digest(encode_article(shown)))
        values = {"id": content_id, "old": " ".join(indexed_words(texts_of(shown))), "words": " ".join(words)}
        if connection.dialect.name == "sqlite":
            connection.execute(
                text("INSERT INTO content_words (content_words, rowid, words) VALUES ('delete', :id, :old)"), values
            )
            if words:
                connection.execute(text("INSERT INTO content_words (rowid, words) VALUES (:id, :words)"), values)
        else:
            connection.execute(text("DELETE FROM content_words WHERE content_id = :id"), values)
            if words:
                connection.execute(
                    text("INSERT INTO content_words VALUES (:id, to_tsvector('simple', :words))"), values
                )


def test_the_search_of_a_former_address_and_of_what_is_no_article(stage: Stage) -> None:
    stage.crawl({"a": EXERCISE, "x": Outcome.GONE})
    assert [each.url.rstrip("/") for each in find(stage, "begins")] == [address("a")]
