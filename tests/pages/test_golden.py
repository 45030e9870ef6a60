"""What is read from kept pages changes with the reader's version alone, never by the way."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.pages.reading import READER_VERSION
from tests.pages import golden

ABOUT, EXPECTED = golden.expected()
RENEW = "python -m tests.pages.golden --write"


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["site"], row["url"]): row for row in golden.readings(golden.saved())}


def _why() -> str:
    now = golden.about()
    newer = [f"{name} {ABOUT[name]} became {now[name]}" for name in golden.LIBRARIES if ABOUT[name] != now[name]]
    if newer:
        return f"{', '.join(newer)}: a library reads otherwise, and READER_VERSION has to go up for it too"
    return f"READER_VERSION is still {READER_VERSION}: put it up, then renew the goldens ({RENEW})"


def test_the_golden_readings_are_of_this_reader() -> None:
    assert ABOUT["reader"] == READER_VERSION, f"look at what differs (python -m tests.pages.golden), then {RENEW}"


@pytest.mark.parametrize(
    "row", EXPECTED, ids=lambda row: f"{row['site']}-{row['url'].rstrip('/').rpartition('/')[2][:40]}"
)
def test_a_golden_page_is_read_as_before(row: dict[str, Any], found: dict[tuple[str, str], dict[str, Any]]) -> None:
    now = found[row["site"], row["url"]]
    differing = sorted(name for name in row.keys() | now.keys() if row.get(name) != now.get(name))
    shown = "\n".join(f"{name}: {row.get(name)!r}\n  now: {now.get(name)!r}" for name in differing)
    assert not differing, f"{_why()}\n{shown}"


def test_there_are_goldens_of_every_markup_and_they_stay_small() -> None:
    assert 60 <= len(EXPECTED) <= 80
    assert sum(row["outcome"] == "ok" for row in EXPECTED) >= 60
    assert golden.PAGES.stat().st_size + golden.READ.stat().st_size < 400_000
