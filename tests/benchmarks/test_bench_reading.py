"""The runner of ``make bench-reading``, on our reader and on readers that are known through and through."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from benchmarks import bench_reading
from benchmarks.bench_reading import HALF, Plan, main, material, measure
from benchmarks.corpus import FAMILIES, half
from benchmarks.extracts import Again, Extract, Page
from benchmarks.peers import blocks_of, day_of, is_russian

SMALL = ["--ours-only", "--family", FAMILIES[0], "--pages", "2", "--sites", "1", "--rounds", "2"]


class Fixed:
    """Says of each page what it is told to say of its bytes."""

    def __init__(self, says: str = "") -> None:
        self.says, self.learned = says, 0

    def learn(self, pages: Sequence[tuple[str, bytes]], again: Again) -> None:
        self.learned += len(pages)
        assert all(again(url) != body for url, body in pages), "the site sends other bytes each time"

    def extract(self, page: Page) -> Extract:
        assert self.learned, "a reader is shown the site before it reads"
        if self.says == "breaks":
            raise RecursionError
        return Extract(signature=self.says or sha256(page.body).hexdigest())


@pytest.fixture(scope="module")
def stuff() -> bench_reading.Material:
    plan = Plan((FAMILIES[0],), pages=2, sites=1)
    return material(plan.make(FAMILIES[0], plan.seeds(FAMILIES[0])[0]), rounds=2, pages=2)


def test_the_bytes_alone_cry_wolf_at_every_visit_and_miss_nothing(stuff: bench_reading.Material) -> None:
    tally = measure(Fixed, stuff)
    assert (tally.pages, tally.revisits, tally.false_edits) == (2, 2, 2)
    assert tally.edits.total() > 10
    assert tally.missed.total() == 0


def test_a_reader_that_always_says_the_same_misses_every_edit(stuff: bench_reading.Material) -> None:
    tally = measure(lambda: Fixed("same"), stuff)
    assert tally.false_edits == 0
    assert tally.missed == tally.edits


def test_a_reader_that_breaks_has_read_nothing_and_the_run_goes_on(stuff: bench_reading.Material) -> None:
    tally = measure(lambda: Fixed("breaks"), stuff)
    assert (tally.unread, tally.failures) == (2, 4 + len(stuff.edits))


def test_all_seeds_are_of_the_half_that_nothing_is_tuned_on() -> None:
    plan = Plan((FAMILIES[0], "random"), sites=3, random_sites=5)
    assert {half(seed) for family in plan.families for seed in plan.seeds(family)} == {HALF}
    assert [len(plan.seeds(family)) for family in plan.families] == [3, 5]


def test_a_floor_holds_for_the_reader_that_set_it_and_not_for_a_worse_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    floor = tmp_path / "floor.json"
    assert main([*SMALL, "--set-floor", str(floor)]) == 0
    kept = json.loads(floor.read_text(encoding="utf-8"))
    assert kept["seeds"][FAMILIES[0]]
    assert main(["--ours-only", "--floor", str(floor)]) == 0
    monkeypatch.setattr(bench_reading, "Ours", Fixed)
    capsys.readouterr()
    assert main(["--ours-only", "--floor", str(floor)]) == 1
    assert f"{FAMILIES[0]}: false_edits is 1.0, the floor is" in capsys.readouterr().out


def test_our_own_figures_need_no_peer_and_write_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--out", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert "csto-watch" in said.out
    assert said.err == ""
    assert list(tmp_path.iterdir()) == []


def test_the_text_of_a_fragment_is_parted_where_a_browser_parts_it() -> None:
    html = (
        "<div>a <b>b</b><!-- c --> d<br>e<p>f</p>g<table><tr><td>h</td><td>i</td></tr></table><script>j</script>k</div>"
    )
    assert [text for block in blocks_of(html) if (text := block.strip())] == ["a b d", "e", "f", "g", "h | i", "k"]


def test_the_language_of_a_page_is_that_of_its_paragraphs() -> None:
    menu = "<ul>" + "<li>News of the organization</li>" * 20 + "</ul>"
    assert is_russian(menu + "<p>Состоялось заседание</p>")
    assert not is_russian("<ul><li>Новости организации</li></ul><p>A meeting was held</p>")


def test_a_date_is_read_from_what_begins_with_one() -> None:
    assert str(day_of("2026-11-20T10:00:00+03:00")) == "2026-11-20"
    assert (day_of("20 November"), day_of(None)) == (None, None)
