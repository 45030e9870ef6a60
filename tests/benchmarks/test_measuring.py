"""What the figures of the reader are counted with."""

from __future__ import annotations

import random

import pytest

from benchmarks import exactness, fuzz_reading, noise, redesign
from benchmarks.corpus import make_site
from benchmarks.largest_box import read_largest_box
from benchmarks.mutations import MUTATIONS, mutated
from benchmarks.shares import wilson


@pytest.mark.parametrize(
    ("hits", "of", "interval"),
    [(0, 10, (0.0, 0.277533)), (5, 10, (0.236593, 0.763407)), (10, 10, (0.722467, 1.0)), (0, 0, (0.0, 1.0))],
)
def test_wilsons_interval_is_that_of_the_textbook(hits: int, of: int, interval: tuple[float, float]) -> None:
    assert wilson(hits, of) == pytest.approx(interval, abs=2e-6)


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_depends_on_its_seed_alone_and_takes_any_page(name: str) -> None:
    for page in (b"x", b"<p>", b"<html><p>Some words" * 40):
        for seed in range(20):
            assert MUTATIONS[name](random.Random(seed), page) == MUTATIONS[name](random.Random(seed), page)
            assert mutated(random.Random(seed), page) == mutated(random.Random(seed), page)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in fuzz_reading.READERS if kind != "ours"])
def test_a_planted_fault_is_found_for_what_it_is(kind: str) -> None:
    tally = fuzz_reading.fuzz(fuzz_reading.Task(7, 60, None, kind, 1))
    assert [fault for fault, _ in tally.faults] == [kind]


def test_the_control_of_exactness_reads_no_page_right() -> None:
    site = make_site("bitrix", 3, 6)
    tally = exactness.Tally()
    for truth in site.articles:
        exactness._add_control(tally, site, truth)
    assert (tally.control_pages, tally.control_exact) == (6, 0)
    assert read_largest_box(site.render(site.articles[0]), site.content_type) is not None


def test_an_edit_that_is_told_in_another_field_is_counted_as_wrong() -> None:
    article = read_largest_box(b"<h1>A title</h1><p>Some words of a text.</p>", "text/html")
    other = read_largest_box(b"<h1>A title</h1><p>Other words of a text.</p>", "text/html")
    tally = noise.Tally()
    noise._judge(tally, "one", "title", frozenset({"title"}), article, other)
    noise._judge(tally, "two", "word", frozenset({"body"}), article, other)
    noise._judge(tally, "three", "word", frozenset({"body"}), article, None)
    assert (tally.seen.total(), tally.right.total(), len(tally.wrong)) == (2, 1, 2)


def test_the_sets_are_as_large_as_they_are_said_to_be() -> None:
    whole = exactness.tasks(part=False, seed=1, save=None)
    sizes = {
        group: sum(len(t.seeds) * t.pages for t in whole if t.group == group) for group in {t.group for t in whole}
    }
    assert sizes == {"written": 1200, "drawn": 400, "random_building": 4000, "random_held_out": 4000}
    assert len(set(redesign.pairs_of(part=False))) == 132
    assert len(redesign.pairs_of(part=True)) == 12
    assert noise.PAGES * len(noise.WRITTEN) * (noise.CRAWLS - 1) == 15_000
