"""WARC files out of a store, and in again: this program's own, and those of other tools."""

from __future__ import annotations

import base64
import gzip
import hashlib
import subprocess
import sys
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import brotli
import pytest
from sqlalchemy import Engine, func, select
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.errors import UsageError
from crawler.import_runs import ImportSummary
from crawler.importing import CaptureFileError, import_files
from crawler.pages.urls import canonical
from crawler.warcs import DamagedWarc, records
from reports.exports.manifests import Tally
from reports.exports.warc import export_warc
from storage import queries
from storage.archive import Archive
from storage.captured import captured_root
from storage.engine import open_store, reading
from storage.fetches import Fetches
from storage.models import CaptureRow, PageRow, RunRow, VersionRow
from storage.records import Capture, EventKind, Outcome, RunMode, RunOutcome, RunReport
from tests.reports.made import article

HOST = "https://en.odkb-csto.org"
PAGE = f"{HOST}/news/news_odkb/bells/"
OTHER = f"{HOST}/news/news_odkb/quay/"
NOON = datetime(2021, 6, 3, 12, tzinfo=UTC)
REPORT = RunReport(RunOutcome.COMPLETE, 0, True, True, True, 0, 0)
DAY = "2021-06-03T12:00:00Z"


def html(title: str, text: str = "The ferry company counted every bell on the quay. It took three days.") -> bytes:
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>{title}</title></head><body><main><article><h1>{title}</h1>"
        f"<time datetime='2021-06-03'>03.06.2021</time><p>{text}</p><p>All bells but one were found to ring true, and"
        f" that one will go to the foundry in spring.</p></article></main></body></html>"
    ).encode()


def engine_at(path: Path) -> Engine:
    return open_store(f"sqlite:///{path}", write=True)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = engine_at(tmp_path / "store.db")
    yield engine
    engine.dispose()


@pytest.fixture
def archive(engine: Engine) -> Archive:
    return Archive(engine)


# --- out and in ------------------------------------------------------------------------------------------------------
def crawled(archive: Archive, *days: list[Capture]) -> None:
    for captures in days:
        run_id = archive.begin_run("csto-en", RunMode.FULL, reader_version="5+model", program_version="1")
        archive.record(run_id, captures)
        archive.settle(run_id, REPORT)


def answer(days: int, title: str, url: str = PAGE, **more: Any) -> Capture:
    """Its article is one that no reader would make of these bytes: it must come back all the same."""
    given = {
        "outcome": Outcome.OK,
        "http_status": 200,
        "headers": {"content-type": "text/html; charset=utf-8", "etag": '"%E91"', "vary": "a Set-Cookie: b"},
        "media_type": "text/html",
        "body": html(title),
        "article": article(f"Read otherwise: {title}"),
        "reader_version": "5+model",
    } | more
    return Capture(
        url.rstrip("/"),
        captured_at=NOON + timedelta(days=days, microseconds=days),
        shown_url=url,
        site="csto-en",
        **given,
    )


def failed(days: int, outcome: Outcome, **more: Any) -> Capture:
    return answer(days, "x", **({"outcome": outcome, "article": None, "body": None, "headers": {}} | more))


@pytest.fixture
def store(archive: Archive, engine: Engine) -> Engine:
    """Each kind of capture: an edit, the same bytes again, a 304, other bytes with the same text, a cut failure, no answer."""
    again = html("Bells") + b"<!-- noise -->"
    crawled(
        archive,
        [answer(0, "Bells"), answer(0, "Quay", OTHER)],
        [answer(1, "Bells"), failed(1, Outcome.NOT_MODIFIED, url=OTHER, http_status=304)],
        [answer(2, "Bells", body=again), failed(2, Outcome.NET_ERROR, url=OTHER, http_status=None, reason="timeout")],
        [answer(3, "Bells of the quay"), failed(3, Outcome.HTTP_ERROR, url=OTHER, http_status=500, body=b"x" * 70_000)],
        [answer(4, "Bells"), failed(4, Outcome.NOT_MODIFIED, url=OTHER, http_status=304)],
    )
    return engine


def exported(engine: Engine, path: Path, as_of: datetime | None = None) -> Tally:
    with reading(engine) as connection:
        return export_warc(Fetches(connection, as_of), path)


def root_of(engine: Engine) -> str:
    with reading(engine) as connection:
        return captured_root(connection).hex()


def kinds_in(path: Path) -> list[str]:
    with path.open("rb") as file:
        return [record.rec_type for record in ArchiveIterator(file)]


@pytest.mark.parametrize("name", ["out.warc.gz", "out.warc"])
def test_what_went_out_comes_back_and_goes_out_as_the_same_bytes(store: Engine, tmp_path: Path, name: str) -> None:
    tally = exported(store, tmp_path / name)
    assert tally.rows == 10
    again = engine_at(tmp_path / "again.db")
    summary = import_files(Archive(again), [tmp_path / name])
    assert sum(summary.captures.values()) == 10
    assert root_of(again) == root_of(store)
    exported(again, tmp_path / f"again.{name}")
    assert (tmp_path / f"again.{name}").read_bytes() == (tmp_path / name).read_bytes()
    again.dispose()


def test_a_history_that_moved_comes_back_whole(archive: Archive, engine: Engine, tmp_path: Path) -> None:
    """At the old address, then by way of a second one at a third, edited on its way and gone in the end."""
    third = f"{HOST}/news/news_odkb/harbour/"
    crawled(
        archive,
        [answer(0, "Bells")],
        [failed(1, Outcome.MOVED, http_status=301, moved_to=canonical(OTHER)), answer(1, "Bells", OTHER)],
        [
            failed(2, Outcome.MOVED, url=OTHER, http_status=308, moved_to=canonical(third)),
            answer(2, "Bells again", third),
        ],
        [
            failed(3, Outcome.MOVED, http_status=301, moved_to=canonical(third)),
            failed(3, Outcome.GONE, url=third, http_status=410),
        ],
    )
    assert exported(engine, tmp_path / "out.warc").rows == 7
    again = engine_at(tmp_path / "again.db")
    import_files(Archive(again), [tmp_path / "out.warc"])
    assert root_of(again) == root_of(engine)
    told, states = [], []
    for each in (engine, again):
        told.append({(event.kind, event.moved_to, event.seen_at) for event in queries.changes(each)})
        states.append([(page.url, page.state, page.versions, page.moved_to) for page in queries.pages(each)])
    assert told[1] == told[0]
    assert states[1] == states[0]
    assert {kind for kind, *_ in told[0]} == {EventKind.NEW, EventKind.EDITED, EventKind.MOVED, EventKind.DELETED}
    exported(again, tmp_path / "again.warc")
    assert (tmp_path / "again.warc").read_bytes() == (tmp_path / "out.warc").read_bytes()
    with (tmp_path / "out.warc").open("rb") as file:
        asked = [
            each.rec_headers["WARC-Target-URI"]
            for each in ArchiveIterator(file)
            if each.rec_type in {"response", "revisit"}
        ]
    assert list(dict.fromkeys(asked)) == [PAGE, OTHER, third], "each says where it was fetched"
    again.dispose()


def test_another_history_has_another_root(store: Engine, tmp_path: Path) -> None:
    exported(store, tmp_path / "out.warc", as_of=NOON + timedelta(days=2, hours=1))
    again = engine_at(tmp_path / "again.db")
    import_files(Archive(again), [tmp_path / "out.warc"])
    assert root_of(again) != root_of(store)
    again.dispose()


def test_each_capture_has_the_record_that_is_due_to_it(store: Engine, tmp_path: Path) -> None:
    exported(store, tmp_path / "out.warc")
    with (tmp_path / "out.warc").open("rb") as file:
        told = [
            (record.rec_type, record.rec_headers.get_header("WARC-Profile", "").rpartition("/")[2])
            for record in ArchiveIterator(file)
            if record.rec_type not in {"conversion", "request", "warcinfo"}
        ]
    same, unchanged = ("revisit", "identical-payload-digest"), ("revisit", "server-not-modified")
    bells = [("response", ""), same, ("metadata", ""), ("response", ""), same]
    assert told == [*bells, ("response", ""), unchanged, ("metadata", ""), ("response", ""), unchanged]


def test_every_revisit_points_to_a_record_that_stands_before_it(store: Engine, tmp_path: Path) -> None:
    exported(store, tmp_path / "out.warc.gz")
    known, revisits = set(), 0
    with (tmp_path / "out.warc.gz").open("rb") as file:
        for record in ArchiveIterator(file):
            head = record.rec_headers.get_header
            if record.rec_type == "response":
                known.add((head("WARC-Target-URI"), head("WARC-Date"), head("WARC-Payload-Digest")))
            elif record.rec_type == "revisit":
                revisits += 1
                refers = head("WARC-Refers-To-Target-URI"), head("WARC-Refers-To-Date"), head("WARC-Payload-Digest")
                assert refers in known
    assert revisits == 4


def test_a_cut_body_says_that_it_is(store: Engine, tmp_path: Path) -> None:
    exported(store, tmp_path / "out.warc")
    with (tmp_path / "out.warc").open("rb") as file:
        cut = [
            (record.http_headers.get_header("Content-Length"), len(record.content_stream().read()))
            for record in ArchiveIterator(file)
            if record.rec_headers.get_header("WARC-Truncated") == "length"
        ]
    assert cut == [("65536", 65536)]


def test_no_header_of_a_page_makes_another_one(archive: Archive, engine: Engine, tmp_path: Path) -> None:
    headers = {"etag": '"é1"', "vary": "a\r\nSet-Cookie: b", "x\r\ny": "z"}
    crawled(archive, [answer(0, "Bells", headers=headers)])
    exported(engine, tmp_path / "out.warc")
    with (tmp_path / "out.warc").open("rb") as file:
        first = next(record for record in ArchiveIterator(file) if record.rec_type == "response")
    assert first.http_headers.get_header("Set-Cookie") is None
    assert [name for name, _ in first.http_headers.headers] == ["ETag", "Vary", "Content-Type", "Content-Length"]
    assert first.http_headers.get_header("ETag") == '"%E91"'


@pytest.mark.parametrize(
    "name", ["a b.html", "x\r\nX-Forged: 1\r\n\r\nWARC/1.1", "\x1b]52;c;ZXZpbA==\x07", "100%25.html", "речь<1>.html"]
)
def test_the_name_of_an_imported_file_makes_no_field_and_comes_back(
    archive: Archive, engine: Engine, tmp_path: Path, name: str
) -> None:
    """A list of captures may name a page ``urn:capture:`` with any text behind it; it stood in WARC-Target-URI as it was."""
    url = f"urn:capture:{name}"
    crawled(archive, [answer(0, "Bells", url=url, http_status=None, headers={})])
    exported(engine, tmp_path / "out.warc")
    with (tmp_path / "out.warc").open("rb") as file:
        fields = [name for record in ArchiveIterator(file) for name, _ in record.rec_headers.headers]
    assert not [field for field in fields if "Forged" in field]
    record = next(each for each in records(tmp_path / "out.warc") if each.kind == "resource")
    assert record.url == url


def test_the_same_store_gives_the_same_bytes_and_no_clock_or_path_is_in_them(store: Engine, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        exported(store, tmp_path / name / "out.warc")
    data = (tmp_path / "a" / "out.warc").read_bytes()
    assert data == (tmp_path / "b" / "out.warc").read_bytes()
    assert str(tmp_path).encode() not in data
    assert f"{datetime.now(UTC):%Y-%m-%d}".encode() not in data


def check(path: Path) -> int:
    tool = Path(sys.executable).with_name("warcio")
    return subprocess.run([str(tool), "check", str(path)], capture_output=True, check=False).returncode


def test_warcio_check_passes_it_and_finds_a_flipped_byte(store: Engine, tmp_path: Path) -> None:
    path = tmp_path / "out.warc"
    exported(store, path)
    assert check(path) == 0
    data = bytearray(path.read_bytes())
    data[data.find(b"<p>") + 5] ^= 1
    path.write_bytes(data)
    assert check(path) == 1


def test_without_warcio_the_message_says_what_to_install(
    store: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported(store, tmp_path / "out.warc")
    for name in [name for name in sys.modules if name.startswith("warcio")] + ["warcio.archiveiterator"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(Exception, match=r"csto-watch\[warc\]"):
        exported(store, tmp_path / "other.warc")
    assert not (tmp_path / "other.warc").exists()
    with pytest.raises(UsageError, match=r"csto-watch\[warc\]"):
        import_files(Archive(store), [tmp_path / "out.warc"])


# --- of other tools ----------------------------------------------------------------------------------------------------
class Made:
    """A WARC file as another tool writes it."""

    def __init__(self, path: Path, *, is_packed: bool = True) -> None:
        self.path = path
        self._file = path.open("wb")
        self._writer = WARCWriter(self._file, gzip=is_packed, warc_version="1.1")

    def add(
        self,
        body: bytes,
        url: str = PAGE,
        at: str = DAY,
        kind: str = "response",
        status: str = "200 OK",
        http: dict[str, str] | None = None,
        **fields: str,
    ) -> Made:
        headers = {"Content-Type": "text/html; charset=utf-8"} | (http or {})
        head = {"WARC-Date": at} | {name.replace("_", "-"): value for name, value in fields.items()}
        is_http = kind in {"response", "revisit"}
        record = self._writer.create_warc_record(
            url,
            kind,
            BytesIO(body),
            len(body),
            "" if is_http else "text/html",
            warc_headers_dict=head,
            http_headers=StatusAndHeaders(status, list(headers.items()), "HTTP/1.1") if is_http else None,
        )
        self._writer.write_record(record)
        return self

    def done(self) -> Path:
        self._file.close()
        return self.path


def taken(archive: Archive, path: Path) -> ImportSummary:
    return import_files(archive, [path])


def titles(engine: Engine) -> list[str | None]:
    with reading(engine) as connection:
        return list(connection.scalars(select(PageRow.title).order_by(PageRow.url)))


def count(engine: Engine, table: type[Any]) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def chunked(data: bytes) -> bytes:
    pieces = [data[at : at + 100] for at in range(0, len(data), 100)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("http", "coded"),
    [
        ({}, lambda data: data),
        ({"Transfer-Encoding": "chunked"}, chunked),
        ({"Content-Encoding": "gzip"}, gzip.compress),
        ({"Content-Encoding": "deflate"}, zlib.compress),
        ({"Content-Encoding": "br"}, brotli.compress),
        ({"Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}, lambda data: chunked(gzip.compress(data))),
        # pywb and Browsertrix name the coding and keep the bytes without it.
        ({"Transfer-Encoding": "chunked"}, lambda data: data),
        ({"Content-Encoding": "gzip"}, lambda data: data),
        ({"Content-Encoding": "br"}, lambda data: data),
    ],
)
@pytest.mark.parametrize("is_packed", [True, False])
def test_a_page_is_read_whatever_its_codings(
    archive: Archive, engine: Engine, tmp_path: Path, http: dict[str, str], coded: Any, is_packed: bool
) -> None:
    path = Made(tmp_path / "a.warc", is_packed=is_packed).add(coded(html("Bells")), http=http).done()
    assert taken(archive, path).captures == {"ok": 1}
    with reading(engine) as connection:
        (fetch,) = [fetch for page in Fetches(connection).by_page() for fetch in page.fetches]
        assert fetch.captured_at == NOON
        assert fetch.http_status == 200
        assert fetch.body_sha256 == hashlib.sha256(html("Bells")).digest()
    assert titles(engine) == ["Bells"]


def test_resources_are_read_too(archive: Archive, engine: Engine, tmp_path: Path) -> None:
    path = Made(tmp_path / "a.warc").add(html("Bells"), kind="resource").done()
    assert taken(archive, path).captures == {"ok": 1}
    assert titles(engine) == ["Bells"]


def sha1(data: bytes) -> str:
    return f"sha1:{base64.b32encode(hashlib.sha1(data).digest()).decode()}"


@pytest.mark.parametrize(
    "refers",
    [
        {"WARC_Refers_To_Target_URI": PAGE, "WARC_Refers_To_Date": DAY},
        {"WARC_Payload_Digest": sha1(html("Bells"))},
    ],
)
def test_a_revisit_shows_what_the_record_shows_that_it_names(
    archive: Archive, engine: Engine, tmp_path: Path, refers: dict[str, str]
) -> None:
    profile = {"WARC_Profile": "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"}
    made = Made(tmp_path / "a.warc").add(html("Bells"))
    made.add(b"", at="2021-06-04T12:00:00Z", kind="revisit", **profile, **refers)
    made.add(b"", url=OTHER, at="2021-06-04T12:00:00Z", kind="revisit", **profile, **refers)
    assert taken(archive, made.done()).captures == {"ok": 3}
    assert count(engine, VersionRow) == 2
    assert titles(engine) == ["Bells", "Bells"]


def test_a_304_shows_what_its_page_showed_before(archive: Archive, engine: Engine, tmp_path: Path) -> None:
    made = Made(tmp_path / "a.warc").add(html("Bells"))
    made.add(b"", at="2021-06-04T12:00:00Z", status="304 Not Modified")
    profile = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    made.add(b"", at="2021-06-05T12:00:00Z", kind="revisit", status="304 Not Modified", WARC_Profile=profile)
    assert taken(archive, made.done()).captures == {"ok": 1, "not_modified": 2}
    with reading(engine) as connection:
        (version,) = connection.execute(select(VersionRow.captures, VersionRow.last_seen_at)).all()
    assert tuple(version) == (3, NOON + timedelta(days=2))


def test_what_is_no_page_of_a_site_is_left_out_and_counted(archive: Archive, engine: Engine, tmp_path: Path) -> None:
    made = Made(tmp_path / "a.warc").add(html("Bells"))
    made.add(html("Elsewhere"), url="https://example.org/news/")
    made.add(b"\x89PNG\r\n\x1a\n", url=f"{HOST}/upload/a.png", http={"Content-Type": "image/png"})
    made.add(html("List"), url=f"{HOST}/news/news_odkb/")
    made.add(b"", kind="revisit", url=OTHER, WARC_Payload_Digest=sha1(b"nowhere"))
    made.add(html("Later"), url=OTHER, at="2999-01-01T00:00:00Z")
    made.add(html("Packed"), url=OTHER, http={"Content-Encoding": "compress"})
    summary = taken(archive, made.done())
    assert summary.captures == {"ok": 1}
    assert summary.skipped == {
        "of another host": 1,
        "no HTML": 1,
        "a list page": 1,
        "a revisit of a record that isn't here, or wasn't taken": 1,
        "from the future": 1,
        "in a coding that isn't understood (compress)": 1,
    }
    assert count(engine, PageRow) == 1


def test_a_permanent_redirect_is_a_move_and_one_to_a_list_means_gone(
    archive: Archive, engine: Engine, tmp_path: Path
) -> None:
    made = Made(tmp_path / "a.warc")
    made.add(b"", status="301 Moved", http={"Location": OTHER})
    made.add(b"", url=OTHER, status="302 Found", http={"Location": f"{HOST}/news/"})
    assert taken(archive, made.done()).captures == {"moved": 1, "gone": 1}


def test_the_same_file_again_stores_nothing(archive: Archive, engine: Engine, tmp_path: Path) -> None:
    path = Made(tmp_path / "a.warc").add(html("Bells")).add(html("Quay"), url=OTHER).done()
    taken(archive, path)
    assert taken(archive, path).known == 2
    assert count(engine, CaptureRow) == 2


# --- damaged -----------------------------------------------------------------------------------------------------------
def three(path: Path, *, is_packed: bool) -> tuple[bytes, list[int]]:
    """A file of three pages, and where each of its records begins."""
    made, starts = Made(path, is_packed=is_packed), []
    for number in range(3):
        made._file.flush()
        starts.append(path.stat().st_size)
        made.add(html(f"Bells {number}"), url=f"{HOST}/news/news_odkb/bells-{number}/")
    return made.done().read_bytes(), starts


@pytest.mark.parametrize(
    ("is_packed", "harm", "what"),
    [
        (False, lambda data, at: data[: at + 700], "the record is cut"),
        (True, lambda data, at: data[: at + 300], "the record"),
        (
            False,
            lambda data, at: data[:at] + data[at:].replace(b"counted", b"c0unted", 1),
            "the record was altered: its block",
        ),
        (False, lambda data, at: data[:at] + b"GARBAGE" + data[at:], "the record"),
        (True, lambda data, at: data[:at] + b"\x00" * 40 + data[at + 40 :], "the record"),
        (
            False,
            lambda data, at: data[:at] + data[at:].replace(b"Content-Length", b"Content-Langth", 1),
            "its head lacks",
        ),
    ],
)
def test_a_damaged_record_is_named_with_its_place_and_what_came_before_it_stays(
    archive: Archive, engine: Engine, tmp_path: Path, is_packed: bool, harm: Any, what: str
) -> None:
    path = tmp_path / "a.warc"
    data, starts = three(path, is_packed=is_packed)
    path.write_bytes(harm(data, starts[1]))
    with pytest.raises(DamagedWarc) as refused:
        taken(archive, path)
    assert what in str(refused.value)
    assert str(path) in str(refused.value)
    assert "The 1 captures before it are kept" in str(refused.value)
    assert refused.value.exit_code == 2
    assert titles(engine) == ["Bells 0"]
    with reading(engine) as connection:
        (run,) = connection.execute(select(RunRow.outcome, RunRow.is_settled)).all()
    assert tuple(run) == ("failed", True)


def test_a_payload_that_has_not_its_digest_is_refused(archive: Archive, tmp_path: Path) -> None:
    path = Made(tmp_path / "a.warc").add(html("Bells"), WARC_Payload_Digest=sha1(b"other")).done()
    with pytest.raises(DamagedWarc, match=r"offset 0: the record was altered: its payload"):
        taken(archive, path)


@pytest.mark.parametrize("content", [b"", b"no WARC at all\r\n", b"\x1f\x8b\x08\x00broken"])
def test_what_is_no_warc_leaves_no_store_behind(
    archive: Archive, engine: Engine, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="offset 0"):
        taken(archive, path)
    assert count(engine, RunRow) == 0


def test_wrong_orders_are_refused(archive: Archive, tmp_path: Path) -> None:
    path = Made(tmp_path / "a.warc").add(html("Bells")).done()
    other = tmp_path / "a.html"
    other.write_bytes(html("Bells"))
    with pytest.raises(UsageError, match="leave out --url"):
        import_files(archive, [path], url=PAGE)
    with pytest.raises(UsageError, match="by themselves"):
        import_files(archive, [path, other])
    with pytest.raises(CaptureFileError, match="can't be read"):
        import_files(archive, [tmp_path / "none.warc"])
