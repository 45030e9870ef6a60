"""crawler.importing: saved captures in, all of them or none."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from crawler.errors import UsageError
from crawler.exit_codes import ExitCode
from crawler.importing import CaptureFileError, ImportSummary, import_files
from reports.exports.jsonl import export_jsonl
from reports.exports.snapshots import Snapshot
from storage import queries
from storage.archive import Archive
from storage.engine import open_store
from storage.models import CaptureRow, EventRow, PageRow, RunRow, VersionRow
from storage.records import Outcome, RunMode, Version
from storage.rereading import kept_bodies
from storage.verify import verify

CAPTURES = Path(os.environ.get("CSTO_WATCH_CAPTURES", Path(__file__).parents[2] / ".." / "shared" / "captures"))
needs_captures = pytest.mark.skipif(
    not CAPTURES.is_dir(), reason="the real captures aren't here; CSTO_WATCH_CAPTURES names their folder"
)

PAGE = "https://en.odkb-csto.org/news/news_odkb/bells/"
TITLE = "Bells of the quay counted"
ONE = "The ferry company counted every bell on the quay. It took three days."
TWO = "All bells but one were found to ring true, and that one will go to the foundry in spring."
TEXT = f"{TITLE}\n\n03.06.2021\n\n{ONE}\n\n{TWO}\n\nGo back\n"
HTML = (
    f"<!DOCTYPE html><html lang='en'><head><title>{TITLE}</title><meta charset='windows-1251'></head><body>"
    f"<header><a href='/'>Home</a></header><main><article><h1>{TITLE}</h1><time datetime='2021-06-03'>03.06.2021</time>"
    f"<p>{ONE}</p><p>{TWO}</p><p>See <a href='/structure/'>the quay’s plan</a>.</p></article></main></body></html>"
)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}", write=True)
    yield engine
    engine.dispose()


@pytest.fixture
def archive(engine: Engine) -> Archive:
    return Archive(engine)


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def listed(folder: Path, *lines: dict[str, Any] | str, name: str = "list.jsonl") -> Path:
    return put(folder, name, "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))


def count(engine: Engine, table: type[Any]) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def only_version(engine: Engine, url: str) -> Version:
    page = queries.resolve_url(engine, url)
    assert page is not None
    assert page.versions == 1
    version = queries.version(engine, url)
    assert version is not None
    return version


def is_untouched(engine: Engine) -> bool:
    return all(count(engine, table) == 0 for table in (RunRow, PageRow, CaptureRow, VersionRow, EventRow))


# --- files ----------------------------------------------------------------------------------------------------------
def test_a_text_file_is_a_capture_of_a_page_of_its_own_name(archive: Archive, engine: Engine, tmp_path: Path) -> None:
    summary = import_files(archive, [put(tmp_path, "a bell.txt", TEXT)])
    version = only_version(engine, "urn:capture:a bell.txt")
    assert (version.article.title, version.article.published) == (TITLE, date(2021, 6, 3))
    assert [block.text for block in version.article.blocks] == [ONE, TWO]
    assert version.first_seen_at is None
    assert summary == ImportSummary(1, {"ok": 1}, {"new": 1}, (), ExitCode.COMPLETE)


@pytest.mark.parametrize("name", ["page.html", "page.HTM", "page.txt"])
def test_an_html_file_is_read_as_html_whatever_its_name(
    archive: Archive, engine: Engine, tmp_path: Path, name: str
) -> None:
    html = HTML.replace("windows-1251", "utf-8")
    import_files(archive, [put(tmp_path, name, html)], url=PAGE, captured_at=datetime(2021, 6, 4, tzinfo=UTC))
    version = only_version(engine, PAGE)
    assert version.article.title == TITLE
    assert version.article.unknown == frozenset()
    assert [link.href for link in version.article.links] == ["https://en.odkb-csto.org/structure/"]
    assert version.first_seen_at == datetime(2021, 6, 4, tzinfo=UTC)


def test_the_page_is_known_by_its_canonical_address_and_belongs_to_its_site(
    archive: Archive, engine: Engine, tmp_path: Path
) -> None:
    import_files(archive, [put(tmp_path, "a.txt", TEXT)], url="http://www.odkb-csto.org//news/news_odkb/x/?bxajaxid=1")
    page = queries.resolve_url(engine, "https://odkb-csto.org/news/news_odkb/x")
    assert page is not None
    assert (page.url, page.site) == ("https://odkb-csto.org/news/news_odkb/x/", "csto-ru")


def test_a_page_of_any_host_is_taken_and_belongs_to_no_site(archive: Archive, engine: Engine, tmp_path: Path) -> None:
    import_files(archive, [put(tmp_path, "a.txt", TEXT)], url="https://jscsto.odkb-csto.org/en/news/x/")
    page = queries.resolve_url(engine, "https://jscsto.odkb-csto.org/en/news/x")
    assert page is not None
    assert page.site is None


def test_the_bytes_are_kept_with_what_it_takes_to_read_them_again(
    archive: Archive, engine: Engine, tmp_path: Path
) -> None:
    import_files(archive, [put(tmp_path, "a.txt", TEXT), put(tmp_path, "b.html", HTML)])
    kept = {body.url: body for body in kept_bodies(engine)}
    assert kept["urn:capture:a.txt"].body == TEXT.encode()
    assert kept["urn:capture:a.txt"].media_type == "text/plain"
    assert kept["urn:capture:b.html"].body == HTML.encode()
    assert kept["urn:capture:b.html"].media_type != "text/plain"


def test_an_import_is_a_run_that_calls_no_page_gone_and_is_no_first_crawl(
    archive: Archive, engine: Engine, tmp_path: Path
) -> None:
    import_files(archive, [put(tmp_path, "a.txt", TEXT)], url=PAGE)
    run = queries.runs(engine, limit=1)[0]
    assert (run.mode, run.exit_code, run.captures) == (RunMode.IMPORT, 0, {"ok": 1})
    assert queries.is_baseline(engine, "csto-en")


def test_the_same_file_again_is_the_same_capture(archive: Archive, engine: Engine, tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt", TEXT)
    first, second = import_files(archive, [path]), import_files(archive, [path])
    assert only_version(engine, "urn:capture:a.txt").captures == 1
    assert (first.known, second.known, second.captures, second.events) == (0, 1, {"ok": 1}, {})
    assert verify(engine) == []


def test_other_bytes_another_instant_or_another_page_are_another_capture(
    archive: Archive, engine: Engine, tmp_path: Path
) -> None:
    path, other = put(tmp_path, "a.txt", TEXT), put(tmp_path, "b.txt", f"{TEXT}\n")
    import_files(archive, [path], url=PAGE)
    known = [
        import_files(archive, [path], url=PAGE, captured_at=datetime(2021, 6, 4, tzinfo=UTC)).known,
        import_files(archive, [path], url=PAGE, captured_at=datetime(2021, 6, 5, tzinfo=UTC)).known,
        import_files(archive, [other], url=PAGE).known,
        import_files(archive, [path]).known,
        import_files(archive, [path], url=PAGE).known,
    ]
    assert known == [0, 0, 0, 0, 1]
    assert only_version(engine, PAGE).captures == 4


def test_a_capture_that_stands_twice_in_a_list_is_stored_once(archive: Archive, engine: Engine, tmp_path: Path) -> None:
    line = {"url": PAGE, "captured_at": "2021-06-05", "html": HTML}
    import_files(archive, manifest=listed(tmp_path, *[line] * 60))
    assert count(engine, CaptureRow) == 1


def test_an_import_that_was_cut_off_is_called_again_and_stores_what_is_missing(
    archive: Archive, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = listed(tmp_path, *({"url": f"{PAGE}{number}/", "text": TEXT} for number in range(120)))
    with monkeypatch.context() as patch:
        patch.setattr(archive, "record", cut_off_behind(archive.record, 2))
        with pytest.raises(KeyboardInterrupt):
            import_files(archive, manifest=manifest)
    assert count(engine, CaptureRow) == 100
    summary = import_files(archive, manifest=manifest)
    assert (summary.known, summary.captures) == (100, {"ok": 120})
    assert (count(engine, CaptureRow), count(engine, VersionRow)) == (120, 120)
    assert verify(engine) == []


def cut_off_behind(record: Callable[..., Any], batches: int) -> Callable[..., Any]:
    """Records so many batches, and is interrupted at the next."""
    calls = iter(range(batches))

    def cut_off(*arguments: Any) -> Any:
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return record(*arguments)

    return cut_off


def test_a_text_and_the_html_of_one_page_are_one_version(archive: Archive, engine: Engine, tmp_path: Path) -> None:
    """The text can't know the link; the HTML that comes later fills it in, and that is no edit."""
    text = TEXT.replace("\n\nGo back", "\n\nSee the quay’s plan.\n\nGo back")
    import_files(archive, [put(tmp_path, "a.txt", text)], url=PAGE)
    html = put(tmp_path, "b.html", HTML.replace("windows-1251", "utf-8"))
    import_files(archive, [html], url=PAGE, captured_at=datetime(2021, 6, 4, tzinfo=UTC))
    version = only_version(engine, PAGE)
    assert len(version.article.links) == 1


def test_what_is_no_article_is_stored_with_its_outcome(archive: Archive, engine: Engine, tmp_path: Path) -> None:
    summary = import_files(archive, [put(tmp_path, "a.txt", "404 Not Found\nnginx\n"), put(tmp_path, "b.txt", TEXT)])
    assert summary.captures == {"ok": 1, "extract_failed": 1}
    assert [(item.where, item.url, item.outcome) for item in summary.not_read] == [
        (str(tmp_path / "a.txt"), "urn:capture:a.txt", Outcome.EXTRACT_FAILED)
    ]
    assert summary.not_read[0].reason
    assert summary.exit_code is ExitCode.COMPLETE
    assert count(engine, CaptureRow) == 2
    assert count(engine, VersionRow) == 1


def test_an_import_that_mostly_failed_is_partial(archive: Archive, engine: Engine, tmp_path: Path) -> None:
    bad = [put(tmp_path, f"{number}.txt", f"{number} Not Found\nnginx") for number in range(6)]
    assert import_files(archive, bad).exit_code is ExitCode.PARTIAL
    assert queries.runs(engine, limit=1)[0].exit_code == 12


# --- manifests ------------------------------------------------------------------------------------------------------
def test_each_line_of_a_manifest_is_a_capture(archive: Archive, engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    put(tmp_path / "saved", "c.txt", TEXT.replace("three days", "four days"))
    manifest = listed(
        tmp_path,
        {"url": PAGE, "captured_at": "2021-06-05T10:00:00+03:00", "text": TEXT, "title": "more than is needed"},
        "",
        {"url": PAGE.rstrip("/"), "captured_at": "2021-06-06", "html": HTML},
        {"file": "saved/c.txt", "captured_at": None},
        {"url": "https://example.org/x", "file": "saved/c.txt"},
    )
    summary = import_files(archive, manifest=manifest)
    assert summary.captures == {"ok": 4}
    assert queries.resolve_url(engine, "urn:capture:c.txt") is not None
    assert queries.resolve_url(engine, "https://example.org/x") is not None
    history = list(queries.history(engine, "https://en.odkb-csto.org/news/news_odkb/bells"))
    assert min(v.first_seen_at for v in history if v.first_seen_at) == datetime(2021, 6, 5, 7, tzinfo=UTC)
    assert max(v.last_seen_at for v in history if v.last_seen_at) == datetime(2021, 6, 6, tzinfo=UTC)


def test_html_that_stands_in_a_line_is_utf_8_whatever_its_head_says(
    archive: Archive, engine: Engine, tmp_path: Path
) -> None:
    import_files(archive, manifest=listed(tmp_path, {"url": PAGE, "html": HTML}))
    assert "See the quay’s plan." in [block.text for block in only_version(engine, PAGE).article.blocks]


def test_a_manifest_of_more_than_one_batch_is_stored_whole(archive: Archive, engine: Engine, tmp_path: Path) -> None:
    lines = [{"url": f"{PAGE}{number}/", "text": TEXT} for number in range(120)]
    assert import_files(archive, manifest=listed(tmp_path, *lines)).captures == {"ok": 120}
    assert count(engine, PageRow) == 120


# --- all or nothing -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("bad.txt", "", "is empty"),
        ("bad.txt", " \r\n\ufeff\n", "is empty"),
        ("bad.txt", b"\x7fELF\x02\x01\x01\x00\x00", "is binary, or in no encoding that is understood"),
        ("bad.txt", b"\xff\xd8\xff\xe0\x10JFIF", "is binary, or in no encoding that is understood"),
        ("bad.html", "", "is empty"),
        ("bad.html", "\n\n", "is empty"),
        ("bad.html", b"%PDF-1.7\n%\xe2\xe3", "is no HTML: "),
        ("bad.html", bytes(range(256)), "is binary"),
        (
            "bad.arc",
            "WARC/1.0\r\n",
            "'bad.arc' is of no kind that can be imported; these are .txt, .html, .htm, .jsonl, .warc, .warc.gz",
        ),
        ("bad", TEXT, "'bad' is of no kind that can be imported"),
        ("bad.jsonl", "", "there is no capture in it"),
        ("bad.jsonl", "{", "is no JSON object"),
        ("bad.jsonl", "[1]", "is no JSON object"),
        ("bad.jsonl", '{"url": "https://example.org/"}', "no line of a csto-watch export"),
        ("bad.jsonl", b"\xff\xfe", "is no UTF-8 text"),
    ],
)
def test_one_bad_file_is_named_and_nothing_is_stored(
    archive: Archive, engine: Engine, tmp_path: Path, name: str, content: str | bytes, what: str
) -> None:
    good = put(tmp_path, "good.txt", TEXT)
    bad = put(tmp_path, name, content)
    files = [bad] if what.startswith("there is no") else [good, bad]
    with pytest.raises(CaptureFileError) as refused:
        import_files(archive, files)
    message = str(refused.value)
    assert message.startswith(str(bad))
    assert what in message
    assert "\n" not in message
    assert refused.value.exit_code is ExitCode.USAGE
    assert is_untouched(engine)


def test_a_missing_file_a_folder_and_a_bad_name_are_named(archive: Archive, engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "folder.txt"
    folder.mkdir()
    for path, what in [
        (tmp_path / "none.txt", "can't be read: No such file or directory"),
        (folder, "is a folder; name the files in it"),
        (Path("a\0.txt"), "has a file name that can't be"),
        (tmp_path / "none.jsonl", "can't be read: No such file or directory"),
    ]:
        with pytest.raises(CaptureFileError, match=what):
            import_files(archive, [path])
    assert is_untouched(engine)


def test_a_file_that_may_not_be_read_is_named(archive: Archive, engine: Engine, tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt", TEXT)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(CaptureFileError, match="can't be read: Permission denied"):
        import_files(archive, [path])
    assert is_untouched(engine)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("no json", "is no JSON object"),
        ("[" * 100_000, "is no JSON object"),
        ({"url": PAGE}, "a capture has one of file, text and html"),
        ({"url": PAGE, "text": TEXT, "html": HTML}, "a capture has one of file, text and html"),
        ({"text": TEXT}, "url is missing"),
        ({"url": "nowhere", "text": TEXT}, "not a web address: 'nowhere' does not begin with http:// or https://"),
        ({"url": 5, "text": TEXT}, "url must be a text that isn't empty"),
        ({"url": PAGE, "text": 5}, "text must be a text that isn't empty"),
        ({"url": PAGE, "text": ""}, "text must be a text that isn't empty"),
        ({"url": PAGE, "text": " "}, "is empty"),
        ({"url": PAGE, "text": "\x00"}, "is binary"),
        ({"url": PAGE, "html": "{}"}, "is no HTML: JSON"),
        ({"url": PAGE, "text": TEXT, "captured_at": "yesterday"}, "captured_at must be such as 2026-07-26T12:00:00Z"),
        ({"url": PAGE, "text": TEXT, "captured_at": "2021-02-30"}, "captured_at must be such as"),
        ({"url": PAGE, "text": TEXT, "captured_at": "2021-06-03T10:00:00"}, "captured_at must be such as"),
        ({"url": PAGE, "text": TEXT, "captured_at": "0001-01-01T00:00:00+14:00"}, "captured_at must be such as"),
        ({"url": PAGE, "text": TEXT, "captured_at": 20210603}, "captured_at must be such as"),
        ({"url": PAGE, "file": "none.txt"}, "none.txt: can't be read: No such file or directory"),
        ({"url": PAGE, "file": "x.arc"}, "'x.arc' is of no kind that can be imported"),
        ({"url": PAGE, "file": "x.warc.gz"}, "'x.warc.gz' is a WARC file: import it by its name, without a list"),
        ({"url": PAGE, "file": "x.jsonl"}, "x.jsonl is a list itself"),
    ],
)
def test_one_bad_line_is_named_and_nothing_is_stored(
    archive: Archive, engine: Engine, tmp_path: Path, line: dict[str, Any] | str, what: str
) -> None:
    manifest = listed(tmp_path, {"url": PAGE, "text": TEXT}, line)
    with pytest.raises(CaptureFileError) as refused:
        import_files(archive, manifest=manifest)
    assert str(refused.value).startswith(f"{manifest}, line 2")
    assert what in str(refused.value)
    assert is_untouched(engine)


def test_wrong_arguments_are_refused(archive: Archive, engine: Engine, tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt", TEXT)
    for arguments in ({}, {"paths": [path], "manifest": path}, {"paths": [path, path], "url": PAGE}):
        with pytest.raises(UsageError):
            import_files(archive, **arguments)
    with pytest.raises(CaptureFileError, match="not a web address"):
        import_files(archive, [path], url="nowhere")
    assert is_untouched(engine)


# --- our own export -------------------------------------------------------------------------------------------------
def exported(engine: Engine, path: Path) -> Path:
    export_jsonl((Snapshot(version, state) for version, state in queries.snapshot(engine)), path)
    return path


def test_an_export_comes_back_as_the_same_versions(archive: Archive, engine: Engine, tmp_path: Path) -> None:
    at = datetime(2021, 6, 4, tzinfo=UTC)
    import_files(archive, [put(tmp_path, "a.html", HTML.replace("windows-1251", "utf-8"))], url=PAGE, captured_at=at)
    import_files(archive, [put(tmp_path, "b.txt", TEXT)])
    path = exported(engine, tmp_path / "out.jsonl")

    other = open_store(f"sqlite:///{tmp_path / 'other.db'}", write=True)
    try:
        assert import_files(Archive(other), [path]).captures == {"ok": 2}
        for url in (PAGE, "urn:capture:b.txt"):
            first, second = only_version(engine, url), only_version(other, url)
            assert second.article == first.article
            assert second.content_sha256 == first.content_sha256
            assert second.first_seen_at == first.first_seen_at
    finally:
        other.dispose()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"title": "Another title"}, "has been altered"),
        ({"blocks": [{"kind": "unheard of", "text": "x"}]}, "no article of an export"),
        ({"blocks": 5}, "no article of an export"),
        ({"published": "June"}, "no article of an export"),
        ({"url": "nowhere"}, "not a web address"),
    ],
)
def test_an_export_that_was_altered_is_refused(
    archive: Archive, engine: Engine, tmp_path: Path, change: dict[str, Any], what: str
) -> None:
    import_files(archive, [put(tmp_path, "b.txt", TEXT)])
    path = exported(engine, tmp_path / "out.jsonl")
    put(tmp_path, "out.jsonl", json.dumps(json.loads(path.read_text()) | change))
    runs = count(engine, RunRow)
    with pytest.raises(CaptureFileError, match=what):
        import_files(archive, [path])
    assert count(engine, RunRow) == runs


# --- the real captures ----------------------------------------------------------------------------------------------
@pytest.mark.captures
@needs_captures
def test_the_real_captures_are_in_the_store_with_exactly_their_articles(archive: Archive, engine: Engine) -> None:
    expected: dict[str, dict[str, Any]] = json.loads((CAPTURES / "expected.json").read_text(encoding="utf-8"))
    summary = import_files(archive, sorted(CAPTURES.glob("*.txt")))
    assert summary.captures == {"ok": len(expected)}
    for name, wanted in expected.items():
        article = only_version(engine, f"urn:capture:{name}").article
        assert article.title == wanted["title"]
        assert (article.published.isoformat() if article.published else None) == wanted["published"]
        assert [block.text for block in article.blocks] == wanted["blocks"]
        assert [media.src for media in article.media] == wanted["media"]


@pytest.mark.captures
@needs_captures
def test_the_made_up_shapes_make_one_version_for_each_address(archive: Archive, engine: Engine, tmp_path: Path) -> None:
    shapes: list[dict[str, Any]] = json.loads((CAPTURES / "shapes.json").read_text(encoding="utf-8"))
    lines = [{key: shape[key] for key in ("url", "captured_at", "text")} for shape in shapes]
    summary = import_files(archive, manifest=listed(tmp_path, *lines))
    addresses = len({shape["url"] for shape in shapes})
    assert summary.captures == {"ok": len(shapes)}
    assert summary.events == {"new": addresses}
    assert count(engine, PageRow) == count(engine, VersionRow) == addresses
