"""``templates``: what was learned, on the screen and for scripts."""

from __future__ import annotations

import json
from pathlib import Path

from crawler.pages.model import Model, Template, encode
from storage.archive import Archive
from storage.engine import open_store
from storage.records import RunMode, SiteModel
from tests.watch.conftest import Run

LEARNED = Template(
    (("div.page", 1), ("section", 0)),
    40,
    slots=frozenset({">div#1", ">div#2"}),
    core=">div#0>p",
    title=("div.head", "h1"),
    row=2,
    passed=frozenset({">div#2"}),
    glues_days=True,
)


def store_with(path: Path, *templates: Template) -> str:
    url = f"sqlite:///{path / 'templates.db'}"
    engine = open_store(url, write=True)
    archive = Archive(engine)
    run_id = archive.begin_run("csto-en", RunMode.FULL, reader_version="3", program_version="0")
    archive.keep_model(SiteModel("csto-en", 1, 1, 40, encode(Model(1, 1, templates)), run_id), "3+aa")
    engine.dispose()
    return url


def test_the_place_of_article_and_title_are_told(program: Run, tmp_path: Path) -> None:
    done = program("templates", db=store_with(tmp_path, LEARNED))
    assert done.code == 0
    assert "40 pages: div.page[1] > section" in done.out
    assert "the title: div.head > h1" in done.out
    assert "the site's: div#1\n" in done.out
    assert "the site's: div#2, passed over\n" in done.out
    assert "the date: before the first word of the text" in done.out


def test_scripts_get_what_is_known_and_null_for_what_comes_and_goes(program: Run, tmp_path: Path) -> None:
    done = program("templates", "csto-en", "--json", db=store_with(tmp_path, LEARNED, Template((("div", 0),), 9)))
    templates = json.loads(done.out)["templates"]
    asked = ("title", "boxes_alike", "pages", "passed_over", "days_before_text")
    assert [tuple(one[key] for key in asked) for one in templates] == [
        ("div.head > h1", 2, 40, [">div#2"], True),
        (None, None, 9, [], False),
    ]
