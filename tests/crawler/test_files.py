"""Which addresses are files, what is one, and how long a capture waits for them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.files import Files, file_addresses, outcome_of_file
from crawler.sites import site_named
from storage.records import Article, Capture, FileHash, Link, Media, Outcome

SITE = site_named("csto-en")
AT = "https://en.odkb-csto.org"
ONE, TWO = f"{AT}/upload/one.jpg", f"{AT}/upload/two.pdf"
HASH = "a" * 64


def capture(*files: str, name: str = "a") -> Capture:
    links = tuple(Link(file, "a document") for file in files if file.endswith(".pdf"))
    media = tuple(Media(file, "") for file in files if not file.endswith(".pdf"))
    article = Article("Title", None, "en", (), links, media)
    return Capture(f"{AT}/news/{name}", Outcome.OK, datetime.now(UTC), article=article)


def known(found: Capture | None) -> dict[str, str]:
    assert found is not None
    assert found.article is not None
    return {file.href: file.sha256 for file in found.article.files}


def test_images_and_documents_of_the_site_are_files_each_once() -> None:
    documents = [
        f"{AT}/upload/x.{end}" for end in ["pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "rtf", "odt", "zip"]
    ]
    other = [
        f"{AT}/news/x",
        f"{AT}/upload/x.mp4",
        "https://example.org/x.pdf",
        "mailto:a@example.org",
        f"{AT}/search/x.pdf",
    ]
    links = tuple(Link(href, "") for href in [*documents, *other, f"{AT}/upload/x.PDF?v=2", documents[0]])
    media = (Media(ONE, ""), Media(ONE, "again"), Media("https://example.org/x.jpg", ""), Media("picture.jpg", ""))
    article = Article("Title", None, "en", (), links, media)
    assert file_addresses(article, SITE) == [ONE, *documents, f"{AT}/upload/x.PDF?v=2"]


@pytest.mark.parametrize(
    ("status", "body", "content_type", "outcome"),
    [
        (200, b"\x89PNG\r\n\x1a\n", "image/png", "ok"),
        (200, b"%PDF-1.4", "application/pdf", "ok"),
        (200, b"PK\x03\x04", "text/html", "ok"),
        (200, b"PK\x03\x04", "text/plain", "ok"),
        (200, b"\x00\x00\x00\x18ftypavif", "", "ok"),
        (200, b"whatever it is", "application/octet-stream", "ok"),
        (200, b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml", "ok"),
        (200, b"", "image/png", "empty"),
        (200, b"\xef\xbb\xbf\n<!DOCTYPE html><title>Checking your browser</title>", "image/jpeg", "wrong_type"),
        (200, b"<html><body>Please log in</body></html>", "", "wrong_type"),
        (200, b"File not found", "text/plain; charset=utf-8", "wrong_type"),
        (200, b'{"error": 1}', "application/json", "wrong_type"),
        (206, b"%PDF-1.4", "application/pdf", "http_error"),
        (403, b"%PDF-1.4", "application/pdf", "http_error"),
        (404, b"", "", "gone"),
        (410, b"", "", "gone"),
        (500, b"", "", "http_error"),
    ],
)
def test_a_page_in_a_files_place_is_no_file(status: int, body: bytes, content_type: str, outcome: str) -> None:
    assert outcome_of_file(status, body, content_type).value == outcome


def test_a_capture_waits_for_the_last_of_its_files() -> None:
    files = Files(SITE)
    assert files.add(capture(ONE, TWO)) == (None, [ONE, TWO])
    assert files.close(TWO, Outcome.OK, HASH) == []
    (ready,) = files.close(ONE, Outcome.GONE)
    assert known(ready) == {TWO: HASH}


def test_a_capture_without_files_waits_for_nothing() -> None:
    plain = capture()
    assert Files(SITE).add(plain) == (plain, [])


def test_a_file_is_asked_for_once_however_many_captures_wait_for_it() -> None:
    files = Files(SITE)
    files.add(capture(ONE))
    assert files.add(capture(ONE, name="b")) == (None, [])
    assert [c.url[-1] for c in files.close(ONE, Outcome.OK, HASH)] == ["a", "b"]
    ready, asked = files.add(capture(ONE, name="c"))
    assert (known(ready), asked) == ({ONE: HASH}, [])
    assert files.ledger.counts() == {Outcome.OK: 1}


def test_the_hashes_stand_in_the_order_of_their_addresses() -> None:
    files = Files(SITE)
    files.add(capture(TWO, ONE))
    files.close(TWO, Outcome.OK, HASH)
    (ready,) = files.close(ONE, Outcome.OK, HASH)
    assert ready.article is not None
    assert ready.article.files == (FileHash(ONE, HASH), FileHash(TWO, HASH))


def test_what_waits_when_a_run_ends_is_recorded_with_what_is_known() -> None:
    files = Files(SITE)
    files.add(capture(ONE, TWO))
    files.close(TWO, Outcome.OK, HASH)
    (left,) = files.abandon()
    assert known(left) == {TWO: HASH}
    assert files.ledger.counts() == {Outcome.OK: 1, Outcome.UNACCOUNTED: 1}
    assert files.abandon() == []


def test_five_files_in_a_row_that_the_network_keeps_are_the_last_that_are_asked_for() -> None:
    files = Files(SITE)
    addresses = [f"{AT}/upload/{number}.jpg" for number in range(6)]
    files.add(capture(*addresses))
    for url in addresses[:5]:
        assert not files.gave_up
        files.close(url, Outcome.NET_ERROR)
    assert files.gave_up
    files.close(addresses[5], Outcome.NET_ERROR)
    ready, asked = files.add(capture(ONE, name="b"))
    assert (known(ready), asked) == ({}, [])
    assert files.ledger.counts() == {Outcome.NET_ERROR: 7}


def test_a_file_that_answers_ends_a_row_of_failures() -> None:
    files = Files(SITE)
    addresses = [f"{AT}/upload/{number}.jpg" for number in range(9)]
    files.add(capture(*addresses))
    for number, url in enumerate(addresses):
        files.close(url, Outcome.GONE if number == 4 else Outcome.NET_ERROR)
    assert not files.gave_up
