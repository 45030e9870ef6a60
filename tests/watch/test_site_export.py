"""The whole history as HTML files: what a reader finds, and that nothing in it is live."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from lxml import html

from crawler.pages.urls import canonical
from reports.exports import site as exporting
from reports.exports.names import page_name
from reports.render.text import is_unsafe
from storage.archive import Archive
from storage.engine import open_store
from storage.forgetting import forget
from storage.records import RunMode, RunOutcome, RunReport
from tests.browser import DESKTOP, PHONE, looked_at
from tests.reports.made import NOON, PAYLOADS, article, link, media
from tests.reports.page_check import look_through
from tests.watch.conftest import NEWS, Run, capture

if TYPE_CHECKING:
    from selenium.webdriver import Chrome


def export(program: Run, store: str, folder: Path, *more: str) -> Any:
    return program("export", "--format", "site", "--out", str(folder), *more, db=store)


def page_of(folder: Path, slug: str) -> Path:
    return folder / "pages" / page_name(canonical(f"{NEWS}/{slug}/"))


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def dead_ends(folder: Path) -> list[str]:
    """Links within the site that lead to no file of it."""
    found = []
    for file in folder.rglob("*.html"):
        for element in html.document_fromstring(file.read_bytes()).iter("a", "link"):
            href = element.get("href") or ""
            if not href.startswith(("https://", "http://")):
                target = Path(os.path.normpath(file.parent / unquote(href)))
                if href.startswith("/") or not target.is_relative_to(folder) or not target.is_file():
                    found.append(f"{file}: {href}")
    return found


def hostile_store(store: str) -> None:
    engine = open_store(store, write=True)
    archive = Archive(engine, clock=lambda: NOON)
    captures = []
    for place, payload in enumerate(PAYLOADS):
        for turn in (1, 2):
            content = article(
                f"{payload} {turn}",
                f"Number {place}.",
                title=f"{payload} {place}",
                language=payload,
                links=(link(payload, payload),),
                media=(media(payload, payload),),
            )
            at = NOON.replace(hour=turn)
            captures.append(capture(f"x{place}", content, at))
    run_id = archive.begin_run("csto-en", RunMode.IMPORT, reader_version="1", program_version="0")
    archive.record(run_id, [replace(each, body=None) for each in captures])
    archive.settle(run_id, RunReport(RunOutcome.COMPLETE, 0, True, True, True, len(captures), 1000))
    engine.dispose()


def test_every_page_version_and_change_has_a_file_of_its_own(program: Run, store: str, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    ended = export(program, store, folder)
    assert (ended.code, ended.out, ended.err) == (0, "", f"4 versions written to {folder}\n")
    edited = page_of(folder, "edited")
    assert {each.name for each in edited.iterdir()} == {"index.html", "1.html", "2.html", "1-2.html"}
    assert "It agreed on a plan of 13 steps." in (edited / "2.html").read_text(encoding="utf-8")
    assert "<del>12</del>" in (edited / "1-2.html").read_text(encoding="utf-8")
    index = (edited / "index.html").read_text(encoding="utf-8")
    assert "substantive" in index
    assert "2026-07-26 12:00 UTC" in index
    for slug, state in (("deleted", "gone"), ("unlisted", "unlisted")):
        told = (page_of(folder, slug) / "index.html").read_text(encoding="utf-8")
        assert f'<span class="kind">{state}</span>' in told
        assert f'<span class="kind">{slug}</span>' in told
    first = (folder / "index.html").read_text(encoding="utf-8")
    assert first.index(">deleted<") < first.index(">new<")
    assert dead_ends(folder) == []


def test_one_store_gives_the_same_bytes_and_the_next_export_takes_their_place(
    program: Run, store: str, tmp_path: Path
) -> None:
    export(program, store, tmp_path / "a")
    export(program, store, tmp_path / "b")
    first = files_of(tmp_path / "a")
    assert first == files_of(tmp_path / "b")
    told = json.loads((tmp_path / "a.manifest.json").read_bytes())
    assert (told["rows"], told["counts"]["pages"], told["bytes"]) == (4, 3, sum(map(len, first.values())))
    (tmp_path / "a" / "pages" / "left.html").write_text("of an older site", encoding="utf-8")
    assert export(program, store, tmp_path / "a").code == 0
    assert files_of(tmp_path / "a") == first
    assert {each.name for each in tmp_path.iterdir() if each.name.startswith(".a")} == set()


def test_a_folder_with_anything_else_in_it_is_left_alone(program: Run, store: str, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    export(program, store, folder)
    (folder / "CNAME").write_text("history.example.org", encoding="utf-8")
    before = files_of(folder)
    ended = export(program, store, folder)
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (2, "", 1)
    assert files_of(folder) == before
    assert export(program, store, folder, "--scope", "standing").code == 2


def test_an_export_that_fails_leaves_the_old_site(
    program: Run, store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "site"
    export(program, store, folder)
    before = files_of(folder)
    monkeypatch.setattr(exporting, "diff_view", lambda _comparison: 1 / 0)
    assert export(program, store, folder).code == 1
    assert files_of(folder) == before
    assert not [each for each in tmp_path.iterdir() if each.name.endswith(".part")]


def test_a_long_list_has_parts(program: Run, store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "LATEST", 2)
    folder = tmp_path / "site"
    export(program, store, folder)
    first, second = sorted((folder / "sections").iterdir())
    assert f'href="{second.name}"' in first.read_text(encoding="utf-8")
    assert f'href="{first.name}"' in second.read_text(encoding="utf-8")
    assert (
        first.read_text(encoding="utf-8").count("<td><a "),
        second.read_text(encoding="utf-8").count("<td><a "),
    ) == (2, 1)
    assert (folder / "index.html").read_text(encoding="utf-8").count('href="pages/') == 2
    assert dead_ends(folder) == []


def test_a_site_as_of_a_moment_and_without_a_forgotten_page(program: Run, store: str, tmp_path: Path) -> None:
    then, now = tmp_path / "then", tmp_path / "now"
    export(program, store, then, "--as-of", "2026-07-26")
    assert not (page_of(then, "edited") / "2.html").exists()
    assert ">listed<" in (page_of(then, "deleted") / "index.html").read_text(encoding="utf-8")
    engine = open_store(store, write=True)
    forget(engine, [1])
    engine.dispose()
    assert export(program, store, now).code == 0
    assert not page_of(now, "edited").exists()


def test_no_payload_is_live_in_any_page(program: Run, tmp_path: Path) -> None:
    store, folder = f"sqlite:///{tmp_path / 'hostile.db'}", tmp_path / "site"
    hostile_store(store)
    assert export(program, store, folder).code == 0
    pages = list(folder.rglob("*.html"))
    assert len(pages) > 3 * len(PAYLOADS)
    for file in pages:
        text = file.read_text(encoding="utf-8")
        found = look_through(text)
        assert (found.scripts, found.handlers, found.unsafe) == (0, 0, ""), file
        assert found.images == 1, file  # the style sheet
        assert not [c for c in text if is_unsafe(c) and c != "\n"], file
        assert "default-src 'none'" in text
    assert dead_ends(folder) == []


def test_in_a_browser_it_fits_a_phone_and_asks_nothing_of_anybody(
    chrome: Chrome, program: Run, store: str, tmp_path: Path
) -> None:
    folder = tmp_path / "site"
    export(program, store, folder)
    edited = page_of(folder, "edited")
    section = next((folder / "sections").iterdir())
    for file in (folder / "index.html", section, edited / "index.html", edited / "2.html", edited / "1-2.html"):
        for size in (PHONE, DESKTOP):
            seen = looked_at(chrome, file, size, folder=folder, dark=size == PHONE)
            assert seen.is_good, (seen, seen.findings)
            assert not seen.errors
    assert (
        chrome.execute_script("return getComputedStyle(document.querySelector('del')).textDecorationLine")
        == "line-through"
    )
