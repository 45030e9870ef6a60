"""The figures of ``make bench-reading`` mean what they say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from benchmarks.block_scores import Tally, falls, figures_of
from benchmarks.corpus import Block, Link, Truth
from benchmarks.extracts import Extract, canonical_block, extract_of

TRUTH = Truth(
    "a-slug",
    "news/news_odkb",
    "A title",
    date(2026, 11, 20),
    "en",
    (Block("paragraph", "One."), Block("paragraph", "Two."), Block("paragraph", "Two."), Block("list_item", "three;")),
    links=(Link("https://en.odkb-csto.org/", "Two"),),
)
WHOLE = ("One.", "Two.", "Two.", "three;")


def scored(*extracts: Extract, truth: Truth = TRUTH) -> dict[str, object]:
    tally = Tally()
    for extract in extracts:
        tally.score_page(truth, extract)
    return figures_of(tally, ())


def test_a_page_read_whole_scores_one_and_is_exact() -> None:
    row = scored(Extract(blocks=WHOLE))
    assert (row["block_precision"], row["block_recall"], row["block_f1"], row["pages_exact"]) == (1, 1, 1, 1)


def test_a_block_that_stands_twice_counts_twice() -> None:
    row = scored(Extract(blocks=("One.", "Two.", "three;")))
    assert (row["block_precision"], row["block_recall"], row["pages_exact"]) == (1, 0.75, 0)
    assert scored(Extract(blocks=("Two.", "Two.", "Two.", "Two.")))["block_precision"] == 0.5


def test_f1_is_the_harmonic_mean_over_all_pages_together() -> None:
    row = scored(Extract(blocks=("One.", "menu")), Extract(blocks=WHOLE))
    assert row["block_precision"] == pytest.approx(5 / 6, abs=1e-4)
    assert row["block_recall"] == pytest.approx(5 / 8, abs=1e-4)
    assert row["block_f1"] == pytest.approx(10 / 14, abs=1e-4)


def test_blocks_in_another_order_are_found_and_not_exact() -> None:
    row = scored(Extract(blocks=tuple(reversed(WHOLE))))
    assert (row["block_f1"], row["pages_exact"]) == (1, 0)


def test_the_title_given_as_a_block_is_held_against_nobody() -> None:
    assert scored(Extract(blocks=("A  title", *WHOLE)))["pages_exact"] == 1


def test_a_reader_without_blocks_has_no_scores_of_blocks() -> None:
    row = scored(Extract(blocks=None, signature="x"))
    assert {row[key] for key in ("block_precision", "block_recall", "block_f1", "pages_exact")} == {None}


def test_a_reader_that_finds_nothing_scores_nothing() -> None:
    row = scored(Extract())
    assert {row[key] for key in ("block_precision", "block_recall", "block_f1", "pages_exact")} == {0}


def test_fields_outside_of_the_blocks_are_right_only_where_they_are_equal() -> None:
    links = (("https://en.odkb-csto.org/", "Two"),)
    row = scored(Extract("A title", date(2026, 11, 21), WHOLE, links=links), Extract("A title - Site", None, WHOLE))
    assert row["fields_right"] == {"title": 0.5, "published": 0, "links": 0.5, "media": 0}


def test_another_signature_of_the_same_page_is_a_false_edit() -> None:
    tally = Tally()
    tally.score_revisit(Extract(signature="a"), Extract(signature="b"))
    tally.score_revisit(Extract(signature="a"), Extract(signature="a"))
    assert figures_of(tally, ())["false_edits"] == 0.5


def test_a_reader_that_says_nothing_accuses_nobody_and_misses_everything() -> None:
    tally = Tally()
    tally.score_revisit(Extract(signature="a"), Extract())
    tally.score_edit("word", Extract(), Extract(signature="a"))
    row = figures_of(tally, ("word",))
    assert (row["false_edits"], row["missed_edits"]) == (0, {"word": 1})


def test_an_edit_is_missed_where_the_signature_stays() -> None:
    tally = Tally()
    for after in ("a", "b", "c", "d"):
        tally.score_edit("title", Extract(signature="a"), Extract(signature=after))
    assert figures_of(tally, ("title", "date"))["missed_edits"] == {"title": 0.25, "date": None}


def test_the_noise_of_writing_is_in_no_block_and_no_signature() -> None:
    plain = extract_of("Cafe\u0301", None, ["On\xade  word", "- an item", "| a | b |", "\u200b"])
    assert plain.blocks == ("One word", "an item", "a | b")
    assert plain == extract_of("Café", None, ["One\xa0word", "an item", "a | b"])


def test_a_dash_that_opens_a_turn_of_an_interview_is_text() -> None:
    assert canonical_block("— And then?") == "— And then?"


def test_the_signature_of_a_peer_holds_title_date_and_text() -> None:
    signatures = {
        extract_of(title, day, [text]).signature
        for title, day, text in (
            ("a", None, "b"),
            ("c", None, "b"),
            ("a", date(2026, 1, 1), "b"),
            ("a", None, "d"),
            (None, None, "b"),
        )
    }
    assert len(signatures) == 5
    printed = {extract_of("a", None, ["b"], day).signature for day in ("5 May", "5\xa0May", "6 May")}
    assert len(printed) == 2


def test_tallies_of_two_sites_add_up() -> None:
    first, second = Tally(cpu_ms=3, lxml_ms=1), Tally(cpu_ms=5, lxml_ms=3)
    first.score_page(TRUTH, Extract(blocks=WHOLE))
    second.score_page(replace(TRUTH, blocks=TRUTH.blocks[:1]), Extract(blocks=("menu",)))
    second.score_edit("word", Extract(signature="a"), Extract(signature="a"))
    first.add(second)
    row = figures_of(first, ("word",), with_clock=True)
    assert (row["pages"], row["block_recall"], row["missed_edits"], row["ms_a_page"]) == (2, 0.8, {"word": 1}, 4)
    assert row["ratio_to_lxml"] == 2


def test_the_clock_stays_out_where_nothing_is_there_to_compare_it_with() -> None:
    assert "ms_a_page" not in scored(Extract(blocks=WHOLE))


def whole_row(blocks: tuple[str, ...], after: str) -> dict[str, object]:
    tally = Tally()
    tally.score_page(TRUTH, Extract("A title", blocks=blocks, signature="a"))
    tally.score_edit("word", Extract(signature="a"), Extract(signature=after))
    return figures_of(tally, ("word", "date"))


def test_figures_that_are_equal_or_better_stand_on_the_floor() -> None:
    floor = whole_row(WHOLE[:3], "a")
    assert falls("bitrix", floor, floor) == []
    assert falls("bitrix", whole_row(WHOLE, "b"), floor) == []


def test_every_figure_that_fell_is_named_with_both_values() -> None:
    fallen = falls("bitrix", whole_row(WHOLE[:3], "a"), whole_row(WHOLE, "b"))
    assert "bitrix: block_recall is 0.75, the floor is 1.0" in fallen
    assert "bitrix: missed edits, word is 1.0, the floor is 0.0" in fallen
    assert len(fallen) == 4


def test_a_figure_that_is_gone_has_fallen() -> None:
    assert falls("bitrix", whole_row((), "b"), whole_row(WHOLE, "b"))
