"""import and review from the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.engine import open_store
from tests.reports.made import NOON, article
from tests.watch.conftest import FIRST, NEWS, Run, capture, crawl

TEXT = "A visit to the range\n\n26.07.2026\n\nThe experts went there.\n\nThey came back in the evening.\n\nGo back\n"


def test_a_text_becomes_a_page_of_its_own_or_of_the_address_that_is_given(program: Run, tmp_path: Path) -> None:
    db = f"sqlite:///{tmp_path / 'new.db'}"
    (tmp_path / "saved.txt").write_text(TEXT, encoding="utf-8")
    ended = program("import", "saved.txt", "--json", db=db)
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["captures"] == {"ok": 1}
    assert program("import", "saved.txt", "--url", f"{NEWS}/range/", "--captured-at", "2026-07-27", db=db).code == 0
    pages = [json.loads(line)["url"] for line in program("pages", "--json", db=db).out.splitlines()]
    assert pages == [f"{NEWS}/range/", "urn:capture:saved.txt"]
    shown = json.loads(program("show", "urn:capture:saved.txt", "--json", db=db).out)
    assert (shown["published"], shown["first_seen_at"]) == ("2026-07-26", None)


def test_what_holds_no_article_is_named_with_its_reason(program: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html><body><p>Nothing here.</p></body></html>", encoding="utf-8")
    ended = program("import", "page.html", db=f"sqlite:///{tmp_path / 'new.db'}")
    assert ended.out == ""
    assert "page.html: " in ended.err
    (told,) = json.loads(program("import", "page.html", "--json", db=f"sqlite:///{tmp_path / 'new.db'}").out)[
        "not_read"
    ]
    assert told["source"] == "page.html"


def test_an_export_is_imported_into_another_store_with_the_same_contents(
    program: Run, store: str, tmp_path: Path
) -> None:
    other = f"sqlite:///{tmp_path / 'other.db'}"
    assert program("export", "--format", "jsonl", "--out", "out.jsonl", "--as-of", "2026-07-26", db=store).code == 0
    assert program("import", "out.jsonl", db=other).code == 0
    for slug in ("edited", "deleted", "unlisted"):
        url = f"{NEWS}/{slug}/"
        old = json.loads(program("show", url, "--version", "1", "--json", db=store).out)
        new = json.loads(program("show", url, "--json", db=other).out)
        for key in (
            "title",
            "published",
            "language",
            "blocks",
            "links",
            "media",
            "content_sha256",
            "text_sha256",
            "first_seen_at",
        ):
            assert old[key] == new[key]


@pytest.fixture
def doubtful_store(tmp_path: Path) -> str:
    """A page that shrank suddenly: held until somebody says."""
    db_url = f"sqlite:///{(tmp_path / 'doubt.db').as_posix()}"
    engine = open_store(db_url, write=True)
    clock = [NOON]
    archive = Archive(engine, clock=lambda: clock[0])
    long = replace(
        FIRST, blocks=article(*(f"Paragraph number {n} of the long report stands here." for n in range(40))).blocks
    )
    crawl(archive, [capture("long", long, NOON)], ["long"])
    clock[0] = NOON + timedelta(days=1)
    crawl(archive, [capture("long", replace(long, blocks=long.blocks[:1]), clock[0])], ["long"])
    engine.dispose()
    return db_url


@pytest.mark.parametrize(("answer", "versions"), [("accept", 2), ("reject", 1)])
def test_what_is_held_is_listed_and_answered(program: Run, doubtful_store: str, answer: str, versions: int) -> None:
    (held,) = [json.loads(line) for line in program("review", "--json", db=doubtful_store).out.splitlines()]
    assert (held["kind"], held["url"]) == ("shrinkage", f"{NEWS}/long/")
    assert "shrinkage" in program("review", db=doubtful_store).out
    assert program("pages", "--state", "suspect", db=doubtful_store).out.count("\n") == 2
    assert "csto-watch review" in program("status", db=doubtful_store).out
    ended = program("review", answer, str(held["id"]), db=doubtful_store)
    assert (ended.code, ended.out) == (0, ""), ended.err
    assert program("review", "--json", db=doubtful_store).out == ""
    assert len(program("history", f"{NEWS}/long/", "--json", db=doubtful_store).out.splitlines()) == versions
