"""``csto-watch stats`` on a store whose truth is known: every edit was planted at a known moment."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from crawler.pages.urls import canonical
from reports.survival import wilson
from storage.archive import Archive
from storage.engine import open_store
from storage.records import Article, Capture, Outcome, RunMode, RunOutcome, RunReport
from tests.reports.made import NOON, article
from tests.watch.conftest import SITE, Ended, Run

SECTIONS = ("news/news_odkb", "news/speech", "documents/statements")
NAMES = ("Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliet", "Kilo")
LOOKS = [timedelta(hours=6 * n) for n in range(13)] + [timedelta(days=n) for n in range(4, 40, 2)]
WORDS = {  # what an edit does to the second paragraph: new text, words that come and go ("The" is none of "the"), whether silent
    "number": ("The plan of {name} has 13 steps for {n} units.", 1, 1, True),
    "noted": ("Updated: the plan of {name} has 13 steps for {n} units.", 3, 2, False),
    "dated": ("The plan of {name} has 13 steps for {n} units.", 1, 1, False),
    "typography": ("The plan of {name} has 12 steps for {n} units .", 0, 0, None),
}


@dataclass
class Planted:
    """An item that appears, and is edited and deleted so long after the first look."""

    number: int
    section: str
    appears: timedelta
    edit: str | None = None
    edited: timedelta | None = None
    deleted: timedelta | None = None
    seen: list[timedelta] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{SITE}/{self.section}/n{self.number}/"

    def content(self, look: timedelta) -> Article | None:
        """What a look finds; None for a page that is gone."""
        if self.deleted is not None and look >= self.deleted:
            return None
        name, n = NAMES[self.number % len(NAMES)], 100 + self.number
        day = (NOON + self.appears).date()
        first = f"The council met with {name} on matter {n}."
        page = article(first, f"The plan of {name} has 12 steps for {n} units.", title=f"Matter {n}", published=day)
        if self.edit is None or self.edited is None or look < self.edited:
            return page
        text = WORDS[self.edit][0].format(name=name, n=n)
        published = day + timedelta(days=1) if self.edit == "dated" else day
        return replace(page, published=published, blocks=article(first, text).blocks)

    def first_look(self, moment: timedelta) -> int:
        return next(place for place, look in enumerate(LOOKS) if look >= moment)


def planted(seed: int = 7) -> list[Planted]:
    draw = random.Random(seed)
    items = []
    for number in range(60):
        appears = timedelta() if number < 12 else timedelta(hours=draw.uniform(1, 20 * 24))
        item = Planted(number, SECTIONS[number % 3], appears)
        if draw.random() < 0.6:
            item.edit = draw.choice(list(WORDS))
            # After the first look at it: what was edited before is the first text that anybody saw.
            item.edited = LOOKS[item.first_look(appears)] + timedelta(hours=draw.expovariate(1 / 60) + 0.1)
            if item.edited > LOOKS[-1]:
                item.edit = item.edited = None
        elif draw.random() < 0.2:
            item.deleted = LOOKS[item.first_look(appears)] + timedelta(days=draw.uniform(0.1, 15))
        items.append(item)
    return items


def make(db_url: str, items: list[Planted]) -> None:
    clock = [NOON]
    engine = open_store(db_url, write=True)
    try:
        archive = Archive(engine, clock=lambda: clock[0])
        for look in LOOKS:
            clock[0] = NOON + look
            run_id = archive.begin_run("csto-en", RunMode.FULL, reader_version="1", program_version="0")
            there = [
                item for item in items if item.appears <= look and (item.deleted is None or not _was_gone(item, look))
            ]
            listed = [item for item in there if item.content(look) is not None]
            archive.note_listed(run_id, [(canonical(item.url), item.url) for item in listed])
            archive.record(run_id, [_capture(item, look, clock[0]) for item in there])
            archive.settle(run_id, RunReport(RunOutcome.COMPLETE, 0, True, True, True, len(there), 1000))
    finally:
        engine.dispose()


def _was_gone(item: Planted, look: timedelta) -> bool:
    place = LOOKS.index(look)
    return place > 0 and item.deleted is not None and LOOKS[place - 1] >= item.deleted


def _capture(item: Planted, look: timedelta, at: datetime) -> Capture:
    content = item.content(look)
    return Capture(
        canonical(item.url),
        Outcome.OK if content else Outcome.GONE,
        at,
        shown_url=item.url,
        http_status=200 if content else 410,
        body=f"<html>{item.number} {at.isoformat()}</html>".encode(),
        article=content,
        reader_version="1",
    )


@pytest.fixture(scope="module")
def items() -> list[Planted]:
    return planted()


@pytest.fixture(scope="module")
def truth(items: list[Planted], tmp_path_factory: pytest.TempPathFactory) -> str:
    db_url = f"sqlite:///{(tmp_path_factory.mktemp('truth') / 'store.db').as_posix()}"
    make(db_url, items)
    return db_url


def told(ended: Ended) -> dict[str, Any]:
    assert ended.code == 0, ended.err
    found: dict[str, Any] = json.loads(ended.out)
    return found


def test_the_counts_are_those_that_were_planted(program: Run, truth: str, items: list[Planted]) -> None:
    found = told(program("stats", "--json", db=truth))
    edited = [item for item in items if item.edit]
    weighty = [item for item in edited if item.edit != "typography"]
    silent = [item for item in edited if WORDS[str(item.edit)][3]]
    assert (found["items"], found["edited"], found["edits"]) == (60, len(edited), len(edited))
    assert (found["weighty"], found["silent"]) == (len(weighty), len(silent))
    assert found["deletions"] == sum(item.deleted is not None for item in items)
    assert found["words_added"] == sum(WORDS[str(item.edit)][1] for item in edited)
    assert found["words_removed"] == sum(WORDS[str(item.edit)][2] for item in edited)
    low, high = wilson(len(edited), 60)
    assert found["edited_share"] == {"share": round(len(edited) / 60, 4), "low": round(low, 4), "high": round(high, 4)}
    assert found["left_out"] == {"alike": 0, "flapping": 0, "begun_before": 12}


def test_sections_weights_and_months_are_those_that_were_planted(
    program: Run, truth: str, items: list[Planted]
) -> None:
    found = told(program("stats", "--json", db=truth))
    edited = [item for item in items if item.edit]
    assert {row["section"]: (row["items"], row["edited"], row["silent"]) for row in found["sections"]} == {
        section: (
            20,
            sum(i.section == section for i in edited),
            sum(i.section == section and bool(WORDS[str(i.edit)][3]) for i in edited),
        )
        for section in SECTIONS
    }
    weights = Counter("cosmetic" if item.edit == "typography" else "substantive" for item in edited)
    assert {row["significance"]: row["edits"] for row in found["significance"]} == weights
    months: dict[str, int] = defaultdict(int)
    for item in edited:
        months[f"{NOON + LOOKS[item.first_look(item.edited)]:%Y-%m}"] += 1  # type: ignore[arg-type]
    assert {row["month"]: row["edits"] for row in found["months"] if row["edits"]} == months
    reasons = {row["reason"]: row["edits"] for row in found["reasons"]}
    assert reasons["number"] == sum(item.edit in {"number", "noted", "dated"} for item in edited)
    assert reasons["typography"] == sum(item.edit == "typography" for item in edited)


def bounds(items: list[Planted], least: str = "cosmetic") -> list[tuple[float, float]]:
    """What the looks can tell of each item's time to its first edit, in seconds."""
    found = []
    for item in items:
        if item.appears == timedelta():
            continue
        seen = LOOKS[item.first_look(item.appears)]
        last = LOOKS[item.first_look(item.deleted) - 1] if item.deleted else LOOKS[-1]
        is_weighty = item.edit is not None and (least == "cosmetic" or item.edit != "typography")
        if is_weighty and item.edited is not None:
            place = item.first_look(item.edited)
            found.append(((LOOKS[place - 1] - seen).total_seconds(), (LOOKS[place] - seen).total_seconds()))
        else:
            found.append(((last - seen).total_seconds(), inf))
    return found


@pytest.mark.parametrize("level", ["cosmetic", "substantive"])
def test_the_times_to_the_first_edit_are_those_that_the_looks_can_tell(
    program: Run, truth: str, items: list[Planted], level: str
) -> None:
    found = told(program("stats", "--json", db=truth))["time_to_edit"][level]
    known = bounds(items, level)
    assert (found["items"], found["edited"]) == (48, sum(late < inf for _, late in known))
    for name, seconds in (("1h", 3600), ("1d", 86400), ("7d", 604800), ("30d", 2592000)):
        assert found["by"][name]["followed"] == sum(late <= seconds or early >= seconds for early, late in known)
        least, most = estimate(known, seconds)
        assert found["by"][name]["least"] == pytest.approx(least, abs=2e-3)
        assert found["by"][name]["most"] == pytest.approx(most, abs=2e-3)


def estimate(known: list[tuple[float, float]], moment: float) -> tuple[float, float]:
    """The least and the most of the share by a moment, by plain self-consistency over all cells between bounds."""
    edges = sorted({bound for pair in known for bound in pair})
    cells = list(pairwise(edges))
    shares = [1 / len(cells)] * len(cells)
    within = [[place for place, (a, b) in enumerate(cells) if a >= early and b <= late] for early, late in known]
    for _ in range(3000):
        expected = [0.0] * len(cells)
        for places in within:
            total = sum(shares[place] for place in places)
            for place in places:
                expected[place] += shares[place] / total / len(known)
        shares = expected
    least = sum(share for (_, b), share in zip(cells, shares, strict=True) if b <= moment)
    return least, sum(share for (a, _), share in zip(cells, shares, strict=True) if a < moment)


def test_until_a_moment_all_is_as_it_was_known_then(program: Run, truth: str, items: list[Planted]) -> None:
    until = NOON + timedelta(days=10)
    found = told(program("stats", "--json", "--until", f"{until:%Y-%m-%dT%H:%M:%SZ}", db=truth))
    seen = [item for item in items if LOOKS[item.first_look(item.appears)] <= timedelta(days=10)]
    edited = [item for item in seen if item.edited and LOOKS[item.first_look(item.edited)] <= timedelta(days=10)]
    assert (found["items"], found["edited"]) == (len(seen), len(edited))
    assert found["time_to_edit"]["cosmetic"]["items"] == sum(item.appears > timedelta() for item in seen)
    assert found["time_to_edit"]["cosmetic"]["edited"] == sum(item.appears > timedelta() for item in edited)
    since = told(program("stats", "--json", "--since", f"{until:%Y-%m-%dT%H:%M:%SZ}", db=truth))
    at_once = [i for i in items if i.edited and LOOKS[i.first_look(i.edited)] == timedelta(days=10)]
    assert since["edits"] == found_edits(items) - len(edited) + len(at_once)


def found_edits(items: list[Planted]) -> int:
    return sum(item.edit is not None for item in items)


def test_a_section_and_a_site_can_be_asked_for(program: Run, truth: str) -> None:
    assert told(program("stats", "--json", "--section", "/news/", db=truth))["items"] == 40
    assert told(program("stats", "--json", "--section", "documents/statements", db=truth))["items"] == 20
    nothing = told(program("stats", "--json", "--site", "csto-ru", db=truth))
    assert (nothing["items"], nothing["edited_share"]) == (0, None)
    assert nothing["time_to_edit"]["cosmetic"]["by"]["1h"] == {"least": 0.0, "most": 1.0, "followed": 0}


def test_the_tables_name_what_they_count(program: Run, truth: str) -> None:
    ended = program("stats", db=truth)
    heads = [
        line.split("\t")[0] for line in ended.out.splitlines() if line.isupper() or "EDITS" in line or "MEDIAN" in line
    ]
    assert heads == ["SECTION", "EDITED, AT LEAST", "SIGNIFICANCE", "REASON", "MONTH"]
    assert ended.out.splitlines()[4].startswith("all\t60\t")
    assert ended.err == "12 items may have been there before they were first seen: no time to edit counts of them.\n"


def test_the_picture_is_an_svg_with_nothing_foreign_and_the_same_each_time(
    program: Run, truth: str, tmp_path: Path
) -> None:
    for name in ("one.svg", "other.svg"):
        assert program("stats", "--out", name, db=truth).code == 0
    drawn = (tmp_path / "one.svg").read_bytes()
    assert drawn == (tmp_path / "other.svg").read_bytes()
    root = etree.fromstring(drawn)
    assert {etree.QName(element).localname for element in root.iter()} <= {
        "svg",
        "title",
        "desc",
        "rect",
        "line",
        "path",
        "text",
    }
    texts = " ".join(root.itertext())
    assert "60 items" in texts
    assert all(section in texts for section in SECTIONS)
    assert b"href" not in drawn


def test_the_picture_can_be_a_png(program: Run, truth: str, tmp_path: Path) -> None:
    pytest.importorskip("resvg_py")
    assert program("stats", "--out", "a.png", db=truth).code == 0
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG\r\n")


def test_without_the_extra_a_png_costs_one_line(
    program: Run, store: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("reports.render.png.ready", lambda: False)
    ended = program("stats", "--out", "a.png", db=store)
    assert (ended.code, ended.out) == (2, "")
    assert "pip install 'csto-watch[pictures]'" in ended.err
    assert not (tmp_path / "a.png").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--out", "a.pdf"], "--out: a.pdf is no picture"),
        (["--site", "csto-de"], "--site: no site is called 'csto-de'"),
        (["--since", "2026-07-02", "--until", "2026-07-01"], "--until is before --since"),
        (["--until", "tomorrow"], "--until: 'tomorrow' is no moment"),
    ],
)
def test_a_wrong_argument_costs_one_line(program: Run, store: str, arguments: list[str], words: str) -> None:
    ended = program("stats", *arguments, db=store)
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err
    assert len(ended.err.splitlines()) == 1


def test_an_item_dated_long_before_it_was_seen_has_no_beginning(program: Run, tmp_path: Path) -> None:
    db_url = f"sqlite:///{(tmp_path / 'store.db').as_posix()}"
    known, late, fresh = (Planted(n, SECTIONS[0], timedelta(days=3) if n else timedelta()) for n in range(3))
    old = replace(late.content(timedelta(days=40)), published=date(2020, 1, 1))  # type: ignore[type-var]
    late.content = lambda _look: old  # type: ignore[method-assign, assignment]
    make(db_url, [known, late, fresh])
    found = told(program("stats", "--json", db=db_url))
    assert found["time_to_edit"]["cosmetic"]["items"] == 1
    assert found["left_out"]["begun_before"] == 2
