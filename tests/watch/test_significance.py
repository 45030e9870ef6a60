"""Levels and reasons, from a store to what a person or a script gets."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.engine import open_store
from tests.reports.made import NOON, article
from tests.watch.conftest import NEWS, Run, capture, crawl

BEFORE = {
    "form": article("The station sends 20 000 readings.", "The pumps run.", title="Of readings"),
    "spelling": article("The station will recieve a pump.", "The wells are clean.", title="Of pumps"),
    "modal": article("The parties will sign the treaty.", "The hall was full.", title="Of a treaty"),
}
AFTER = {
    "form": article("The station sends 20,000 readings.", "The pumps run.", title="Of readings"),
    "spelling": article("The station will receive a pump.", "The wells are clean.", title="Of pumps"),
    "modal": article("The parties may sign the treaty.", "The hall was full.", title="Of a treaty"),
}


@pytest.fixture
def db_url(tmp_path: Path) -> str:
    url = f"sqlite:///{(tmp_path / 'store.db').as_posix()}"
    clock = [NOON]
    engine = open_store(url, write=True)
    try:
        archive = Archive(engine, clock=lambda: clock[0])
        for days, contents in enumerate((BEFORE, AFTER)):
            clock[0] = NOON + timedelta(days=days)
            crawl(archive, [capture(slug, text, clock[0]) for slug, text in contents.items()], list(contents))
    finally:
        engine.dispose()
    return url


@pytest.mark.parametrize(
    ("level", "slugs"),
    [("cosmetic", {"form", "spelling", "modal"}), ("minor", {"spelling", "modal"}), ("substantive", {"modal"})],
)
def test_changes_leave_out_what_weighs_less(level: str, slugs: set[str], program: Run, db_url: str) -> None:
    ended = program("changes", "--kind", "edited", "--min-significance", level, "--json", db=db_url)
    assert {json.loads(line)["url"] for line in ended.out.splitlines()} == {f"{NEWS}/{slug}/" for slug in slugs}


def test_a_reason_is_told_in_words_on_a_terminal_in_html_and_in_json(program: Run, db_url: str) -> None:
    told = "strength of a statement"
    (edited,) = program(
        "changes", "--min-significance", "substantive", "--kind", "edited", "--json", db=db_url
    ).out.splitlines()
    assert (json.loads(edited)["reasons"], json.loads(edited)["why"]) == (["modal"], [told])
    url = f"{NEWS}/modal/"
    assert json.loads(program("diff", url, "--format", "json", db=db_url).out)["why"] == [told]
    for arguments in (("changes",), ("diff", url), ("diff", url, "--format", "html")):
        assert told in program(*arguments, db=db_url).out, arguments
