"""``crawl --media``: the bytes of images and documents, end to end."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from crawler.exit_codes import ExitCode
from crawler.importing import import_files
from replica.edits import files_of
from replica.model import Anchor, Image, Part, Text
from reports.exports.jsonl import export_jsonl
from reports.exports.snapshots import Snapshot
from storage import queries
from storage.archive import Archive
from storage.engine import open_store
from storage.records import Article, RunMode
from storage.verify import verify
from tests.crawler.conftest import Rig

Make = Callable[..., Rig]


def all_files(it: Rig) -> set[str]:
    return {path for address in it.site.truths for path in files_of(it.site.article(address))}


def asked_files(it: Rig) -> list[str]:
    return [path for path in it.asked if path.startswith("/upload/")]


def stored(it: Rig, address: str) -> Article:
    engine = open_store(it.db_url, write=False)
    try:
        assert verify(engine) == []
        page = queries.resolve_url(engine, it.site.url(address))
        assert page is not None
        version = queries.version(engine, page.url)
        assert version is not None
        return version.article
    finally:
        engine.dispose()


def sha256(it: Rig, path: str) -> str:
    return hashlib.sha256(it.site.respond(path).body).hexdigest()


def test_every_file_of_the_articles_is_fetched_once_and_hashed(rig: Make) -> None:
    it = rig(30)
    run = it.crawl(media=True)
    files = all_files(it)
    assert sorted(asked_files(it)) == sorted(files)
    assert len(files) > 10
    assert (run.files, run.exit_code) == ({"ok": len(files)}, ExitCode.COMPLETE)
    assert run.captures == {"ok": len(it.site.truths)}
    address = it.site.pick("file")
    known = {file.href: file.sha256 for file in stored(it, address).files}
    assert known == {it.site.url(path): sha256(it, path) for path in files_of(it.site.article(address))}


def test_without_media_no_file_is_asked_for(rig: Make) -> None:
    it = rig()
    run = it.crawl()
    assert asked_files(it) == []
    assert run.files == {}


def test_crawls_with_and_without_tell_nothing_until_a_file_is_swapped(rig: Make) -> None:
    it = rig(20)
    for media in (False, True, False, True, False):
        run = it.crawl(media=media)
        assert it.events(run) == [] or run.run_id == 1
    address = it.site.pick("file")
    edit = it.site.swap_file(address)
    assert it.events(it.crawl()) == []
    events = it.events(it.crawl(media=True))
    assert [(e.kind.value, e.fields, e.url.rstrip("/")) for e in events] == [
        ("edited", ("media",), edit.url.rstrip("/")),
    ]
    assert it.events(it.crawl(media=True)) == []
    assert it.events(it.crawl()) == []
    stored(it, address)


def test_a_document_that_is_swapped_is_told(rig: Make) -> None:
    it = rig(40)
    it.crawl(media=True)
    address, path = next(
        (at, path) for at in it.site.addresses for path in files_of(it.site.article(at)) if path.endswith(".docx")
    )
    it.site.swap_file(address, path)
    assert [event.fields for event in it.events(it.crawl(media=True))] == [("media",)]


def test_a_file_on_many_pages_is_asked_for_once(rig: Make) -> None:
    it = rig()
    shared = Image("/upload/iblock/abc/shared.jpg", "")
    pages = [it.site.pick() for _ in range(3)]
    for address in pages:
        it.site.edit(address, lambda old: replace(old, lead=shared))
    run = it.crawl(media=True)
    assert asked_files(it).count(shared.src) == 1
    assert run.captures == {"ok": len(it.site.truths)}
    for address in pages:
        assert it.site.url(shared.src) in {file.href for file in stored(it, address).files}


def test_only_the_sites_own_files_are_asked_for_and_pages_are_no_files(rig: Make) -> None:
    it = rig()
    address = it.site.pick()
    links = (
        Anchor("https://example.org/foreign.pdf", "foreign"),
        Anchor("/upload/own.pdf", "own"),
        Anchor("/upload/own.PDF?download=1", "own with a question"),
        Anchor("/structure/", "a page"),
    )
    parts = (
        *(Part("paragraph", (Text("Read "), link, Text(" before the session of the council."))) for link in links),
        Part("paragraph", (Image("https://example.org/foreign.jpg", ""),)),
    )
    it.site.edit(address, lambda old: replace(old, lead=None, parts=(*old.parts, *parts)))
    run = it.crawl(RunMode.URL, urls=(it.site.url(address),), media=True)
    assert set(it.asked) >= {"/upload/own.pdf", "/upload/own.PDF?download=1"}
    own = set(files_of(it.site.article(address)))
    assert sorted(asked_files(it)) == sorted(own)
    assert run.files == {"ok": len(own)}


def test_a_file_that_fails_harms_no_page_and_keeps_its_last_hash(rig: Make) -> None:
    it = rig()
    it.crawl(media=True)
    address = it.site.pick("file")
    path = files_of(it.site.article(address))[0]
    before = stored(it, address)
    for fault, outcome in ((404, "gone"), (500, "http_error"), ("close_mid_body", "partial"), ("reset", "partial")):
        it.site.fault(path, fault, None)
        run = it.crawl(media=True)
        assert (run.files[outcome], run.exit_code) == (1, ExitCode.COMPLETE), fault
        assert it.events(run) == []
        assert stored(it, address) == before
        it.site.clear_faults()
    it.site.swap_file(address, path)
    assert [event.fields for event in it.events(it.crawl(media=True))] == [("media",)]


def test_a_file_that_is_too_large_is_unknown(rig: Make) -> None:
    it = rig()
    it.crawl(media=True)
    run = it.crawl(media=True, overrides={"CSTO_FILE_MAXSIZE": 20})
    assert set(run.files) == {"too_large"}
    assert it.events(run) == []


def test_a_file_that_robots_txt_disallows_is_not_asked_for(rig: Make) -> None:
    it = rig()
    it.site.robots_text += "Disallow: /upload/\n"
    run = it.crawl(media=True)
    assert asked_files(it) == []
    assert set(run.files) == {"robots_denied"}
    assert run.exit_code == ExitCode.COMPLETE


def test_a_redirect_is_followed_on_the_site_and_nowhere_else(rig: Make) -> None:
    it = rig()
    first, second = it.site.pick("file"), it.site.pick("file")
    one, other = (files_of(it.site.article(at))[0] for at in (first, second))
    it.site.redirect_file(one, "/upload/elsewhere.jpg")
    it.site.redirect_file(other, "https://example.org/elsewhere.jpg")
    run = it.crawl(media=True)
    assert run.files["out_of_scope"] == 1
    known = {file.href: file.sha256 for file in stored(it, first).files}
    assert known[it.site.url(one)] == sha256(it, "/upload/elsewhere.jpg")
    assert it.site.url(other) not in {file.href for file in stored(it, second).files}


def test_files_are_compared_in_gzip_as_without(rig: Make) -> None:
    it = rig()
    it.crawl(media=True)
    it.site.gzip = True
    assert it.events(it.crawl(media=True)) == []


def test_a_run_that_is_sent_away_over_a_file_loses_no_page_that_it_has_read(rig: Make) -> None:
    it = rig(20)
    path = files_of(it.site.article(it.site.pick("file")))[0]
    it.site.fault(path, 429, None, retry_after=3600)
    run = it.crawl(media=True)
    assert run.exit_code == ExitCode.BLOCKED
    read = sum(request.status == 200 for request in it.server.log if request.path in it.site.truths)
    assert read == run.captures["ok"] > 0
    it.site.clear_faults()
    assert it.crawl(media=True).captures == {"ok": len(it.site.truths)}
    stored(it, it.site.pick())


def test_an_export_and_its_import_keep_the_hashes(rig: Make, tmp_path: Path) -> None:
    it = rig()
    it.crawl(media=True)
    source, target = open_store(it.db_url, write=False), open_store(f"sqlite:///{tmp_path / 'other.db'}", write=True)
    try:
        path = tmp_path / "out.jsonl"
        export_jsonl((Snapshot(version, state) for version, state in queries.snapshot(source)), path)
        import_files(Archive(target), [path])
        first, second = (
            {version.url: version.content_sha256 for version, _ in queries.snapshot(engine)}
            for engine in (source, target)
        )
        assert first == second
        assert verify(target) == []
    finally:
        source.dispose()
        target.dispose()
