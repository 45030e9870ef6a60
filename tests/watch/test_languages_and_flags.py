"""Languages, flags and the reasons that follow from them, from a store to what a person or a script gets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.archive import Archive
from storage.engine import open_store
from storage.records import Article
from tests.reports.made import NOON, article
from tests.reports.test_flags import broken
from tests.reports.test_language import ENGLISH, RUSSIAN
from tests.watch.conftest import NEWS, Run, capture, crawl
from tests.watch.test_read import PAGE
from tests.watch.test_streams import on_terminal

EN, RU = ENGLISH[:4], RUSSIAN[:4]
ENGLISH_PAGE = article(*EN)


@pytest.fixture
def db_url(tmp_path: Path) -> str:
    return f"sqlite:///{(tmp_path / 'told.db').as_posix()}"


def made(db_url: str, *states: dict[str, Article]) -> None:
    """A store with a crawl a day; each crawl finds these articles at these addresses."""
    engine = open_store(db_url, write=True)
    try:
        for day, state in enumerate(states):
            now = NOON + timedelta(days=day)
            archive = Archive(engine, clock=lambda now=now: now)  # type: ignore[misc]
            crawl(archive, [capture(slug, content, now) for slug, content in state.items()], list(state))
    finally:
        engine.dispose()


def changes(program: Run, db_url: str, *arguments: str) -> list[dict[str, Any]]:
    ended = program("changes", "--json", *arguments, db=db_url)
    assert ended.code == 0, ended.err
    return [json.loads(line) for line in ended.out.splitlines()]


def edits(program: Run, db_url: str) -> list[tuple[list[str], str, list[str]]]:
    return [(e["fields"], e["significance"], e["reasons"]) for e in changes(program, db_url, "--kind", "edited")]


def shown(program: Run, db_url: str, slug: str, *arguments: str) -> dict[str, Any]:
    ended = program("show", f"{NEWS}/{slug}/", "--json", *arguments, db=db_url)
    assert ended.code == 0, ended.err
    told: dict[str, Any] = json.loads(ended.out)
    return told


def two(old: Sequence[str], new: Sequence[str]) -> tuple[dict[str, Article], dict[str, Article]]:
    return {"a": article(*old)}, {"a": article(*new)}


def test_an_english_page_that_is_suddenly_russian_is_one_event(program: Run, db_url: str, tmp_path: Path) -> None:
    russian = article(*RU, title="Заседание экспертов", language="ru")
    made(db_url, {"a": ENGLISH_PAGE}, {"a": russian})
    assert edits(program, db_url) == [(["title", "body", "language"], "substantive", ["language_changed"])]
    assert "The page is in Russian now. It was in English." in program("diff", f"{NEWS}/a/", db=db_url).out
    program("report", "--out", "report.html", db=db_url)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "The page is in Russian now. It was in English." in page
    assert RU[2] not in page
    assert "now in another language" in program("changes", db=db_url).out


def test_a_translated_paragraph_is_told_as_a_translation(program: Run, db_url: str, tmp_path: Path) -> None:
    made(db_url, *two((EN[0], RU[1], EN[2], RU[3]), (EN[0], EN[1], EN[2], RU[3])))
    assert edits(program, db_url) == [(["body"], "substantive", ["translated"])]
    assert "translation completed" in program("changes", db=db_url).out
    blocks = shown(program, db_url, "a", "--version", "1")["blocks"]
    assert [block["language"] for block in blocks] == ["en", "ru", "en", "ru"]
    on_screen = on_terminal(tmp_path, "--db", db_url, "show", f"{NEWS}/a/", width=200)
    assert on_screen.count("[untranslated: Russian]") == 1


def test_the_report_marks_what_is_still_untranslated(program: Run, db_url: str, tmp_path: Path) -> None:
    made(db_url, *two((EN[0], RU[1], EN[2]), (EN[0], RU[1], EN[2].replace("autumn", "spring"))))
    program("report", "--out", "report.html", db=db_url)
    assert '<span class="kind">untranslated: Russian</span>' in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "[untranslated: Russian]" in program("diff", f"{NEWS}/a/", db=db_url).out


def test_typography_alone_is_cosmetic_and_a_look_alike_letter_is_not(program: Run, db_url: str) -> None:
    made(
        db_url,
        {"a": article('He said "yes" - and left.', EN[0]), "b": article("The CRRF forces came.", EN[0])},
        {"a": article("He said “yes” — and left.", EN[0]), "b": article("The СRRF forces came.", EN[0])},
    )
    assert edits(program, db_url) == [
        (["body"], "cosmetic", ["typography"]),
        (["body"], "minor", ["homoglyph"]),
    ]
    assert shown(program, db_url, "a")["flags"] == []
    assert shown(program, db_url, "b")["flags"] == ["homoglyph"]
    assert shown(program, db_url, "b")["blocks"][0]["text"] == "The СRRF forces came."
    assert shown(program, db_url, "b", "--version", "1")["flags"] == []


def test_broken_letters_are_flagged_and_their_repair_is_told(program: Run, db_url: str) -> None:
    bad = article(*(broken(text, "cp1251") for text in RU), title="A meeting", language="ru")
    good = article(*RU, title="A meeting", language="ru")
    made(db_url, {"a": ENGLISH_PAGE}, {"a": ENGLISH_PAGE, "b": bad}, {"a": ENGLISH_PAGE, "b": good})
    assert shown(program, db_url, "b", "--version", "1")["flags"] == ["mojibake"]
    new, edited = (event for event in changes(program, db_url) if not event["baseline"])
    assert (new["kind"], new["significance"], new["reasons"]) == ("new", "substantive", ["new", "mojibake"])
    assert (edited["fields"], edited["significance"], edited["reasons"]) == (["body"], "minor", ["encoding"])


def test_a_date_in_the_future_is_flagged(program: Run, db_url: str) -> None:
    made(db_url, {"a": replace(ENGLISH_PAGE, published=date(2030, 1, 1)), "b": article(EN[1])})
    assert shown(program, db_url, "a")["flags"] == ["future_date"]
    assert [event["reasons"] for event in changes(program, db_url)] == [["new", "future_date"], ["new"]]


def test_bidi_controls_are_visible_wherever_a_text_is_shown(program: Run, db_url: str, tmp_path: Path) -> None:
    made(db_url, *two((EN[0],), (f"{EN[0]} \u202esdrow\u202c \u2066here\u2069",)))
    url = f"{NEWS}/a/"
    program("report", "--out", "report.html", db=db_url)
    screens = [
        program("show", url, db=db_url).out,
        *(program("diff", url, "--format", form, db=db_url).out for form in ("terminal", "unified", "html", "json")),
        (tmp_path / "report.html").read_text(encoding="utf-8"),
        on_terminal(tmp_path, "--db", db_url, "show", url, width=200),
        program("show", url, "--json", db=db_url).out,
    ]
    for screen in screens:
        assert "\\u202esdrow\\u202c \\u2066here\\u2069" in screen
        assert not set("\u202e\u202c\u2066\u2069") & set(screen)
    assert shown(program, db_url, "a")["blocks"][0]["text"].endswith("\u202esdrow\u202c \u2066here\u2069")


def test_show_names_the_other_addresses_of_an_article(program: Run, db_url: str) -> None:
    made(db_url, {"a": ENGLISH_PAGE, "b": ENGLISH_PAGE, "c": article(*EN[1:])})
    assert shown(program, db_url, "a")["also_at"] == [f"{NEWS}/b/"]
    assert shown(program, db_url, "b")["also_at"] == [f"{NEWS}/a/"]
    assert shown(program, db_url, "c")["also_at"] == []


def test_a_run_counts_the_lines_that_changes_lists_of_it(program: Run, db_url: str) -> None:
    both, edited = {"a": ENGLISH_PAGE, "b": ENGLISH_PAGE}, article(*EN[:3], "A new end of it all was written.")
    made(db_url, {**both, "c": article(*EN[1:])}, {"a": edited, "b": edited, "c": article(*EN[1:])})
    for run, count in (("1", {"new": 2}), ("2", {"edited": 1})):
        told = changes(program, db_url, "--run", run)
        assert {event["kind"] for event in told} == set(count)
        assert len(told) == sum(count.values())
    runs = json.loads(program("status", "--json", db=db_url).out)
    assert [run["events"] for run in runs["runs"]] == [{"edited": 1}, {"new": 2}]


def test_read_shows_languages_and_flags(program: Run, tmp_path: Path) -> None:
    page = PAGE.replace("</p></article>", f"</p><p>{RUSSIAN[0]}</p><p>The СRRF was there as well.</p></article>")
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    told = json.loads(program("read", "page.html", "--json").out)
    languages = {block["text"]: block["language"] for block in told["page"]}
    assert languages[RUSSIAN[0]] == "ru"
    assert languages["The СRRF was there as well."] == "en"
    assert [block["language"] for block in told["article"]["blocks"]] == ["en", "en", "ru", "en"]
    assert told["flags"] == ["homoglyph"]
    lines = program("read", "page.html").out.splitlines()
    (marked,) = (line for line in lines if "untranslated: Russian" in line)
    assert RUSSIAN[0] in marked
    assert "Flags      homoglyph" in lines


def test_a_saved_case_has_no_languages(program: Run, tmp_path: Path) -> None:
    """What is computed when it is shown isn't expected of the reader."""
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    program("read", "page.html", "--save", "case")
    expected = json.loads((tmp_path / "case" / "expected.json").read_text(encoding="utf-8"))
    assert set(expected["blocks"][0]) == {"kind", "text"}
    assert "flags" not in expected
