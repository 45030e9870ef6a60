"""crawler.pages.decode: bytes to text, strictly."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages.decode import decode, media_type_of, wrong_type

RUSSIAN = "Министры встретились в понедельник и говорили о плане."
META_1251 = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">'
META_UTF8 = '<meta charset="utf-8">'


@pytest.mark.parametrize(
    ("body", "content_type", "encoding"),
    [
        (RUSSIAN.encode(), "text/html; charset=utf-8", "utf-8"),
        (RUSSIAN.encode(), "text/html; charset=UTF8", "utf-8"),
        (RUSSIAN.encode(), None, "utf-8"),
        (RUSSIAN.encode(), "text/html; charset=windows-1251", "utf-8"),  # FAULTS H22: the label flips, the text doesn't
        (RUSSIAN.encode("cp1251"), "text/html; charset=windows-1251", "cp1251"),
        (RUSSIAN.encode("cp1251"), "text/html; charset=cp1251", "cp1251"),
        (RUSSIAN.encode("cp1251"), "text/html; charset=x-cp1251", "cp1251"),
        (RUSSIAN.encode("cp1251"), "text/html", "cp1251"),
        (RUSSIAN.encode("cp1251"), None, "cp1251"),
        ((META_1251 + RUSSIAN).encode("cp1251"), "text/html; charset=utf-8", "cp1251"),  # FAULTS T8
        ((META_1251 + RUSSIAN).encode("cp1251"), "text/html", "cp1251"),
        ((META_1251 + RUSSIAN).encode(), "text/html", "utf-8"),
        ((META_UTF8 + RUSSIAN).encode("cp1251"), "text/html; charset=windows-1251", "cp1251"),
        (RUSSIAN.encode("koi8-r"), "text/html; charset=koi8-r", "koi8-r"),
        (codecs.BOM_UTF8 + RUSSIAN.encode(), "text/html; charset=windows-1251", "utf-8"),  # FAULTS H23
        (codecs.BOM_UTF16_LE + RUSSIAN.encode("utf-16-le"), "text/html; charset=utf-8", "utf-16-le"),
        (codecs.BOM_UTF16_BE + RUSSIAN.encode("utf-16-be"), None, "utf-16-be"),
        (RUSSIAN.encode(), "text/html; charset=utf-16", "utf-8"),
        (RUSSIAN.encode(), "text/html; charset=no-such-thing", "utf-8"),
    ],
)
def test_every_label_that_is_true_gives_the_text(body: bytes, content_type: str | None, encoding: str) -> None:
    decoded = decode(body, content_type)
    assert decoded is not None
    assert decoded.text.endswith(RUSSIAN)
    assert not decoded.text.startswith("\ufeff")
    assert decoded.encoding == encoding


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (RUSSIAN.encode("cp1251"), "text/html; charset=utf-8"),
        ((META_UTF8 + RUSSIAN).encode("cp1251"), "text/html; charset=utf-8"),
        ((META_UTF8 + RUSSIAN).encode("cp1251"), None),
        (codecs.BOM_UTF8 + RUSSIAN.encode("cp1251"), "text/html; charset=windows-1251"),
        (RUSSIAN.encode() + b"\xd0", "text/html; charset=utf-8"),
        ("Ÿœž‘’".encode("cp1252"), None),
        (bytes(range(128, 256)), None),
    ],
)
def test_what_no_label_reads_is_undecodable_and_never_guessed(body: bytes, content_type: str | None) -> None:
    assert decode(body, content_type) is None


def test_a_nul_is_dropped() -> None:
    decoded = decode(b"<p>min\x00isters</p>", "text/html; charset=utf-8")
    assert decoded is not None
    assert decoded.text == "<p>ministers</p>"


@given(
    st.binary(max_size=200),
    st.sampled_from([None, "text/html", "text/html; charset=utf-8", "text/html; charset=cp1251"]),
)
def test_decoding_never_raises_and_never_replaces(body: bytes, content_type: str | None) -> None:
    decoded = decode(body, content_type)
    if decoded is not None and "\ufffd" in decoded.text:
        assert "\ufffd".encode() in body or decoded.encoding.startswith("utf-16")


@pytest.mark.parametrize(
    ("body", "media_type", "is_wrong"),
    [
        (b"<!DOCTYPE html><html>", "text/html", False),
        (b"<html>", None, False),
        (b"<?xml version='1.0'?><html>", "application/xhtml+xml", False),
        (b"just words", "text/html", False),
        (b"%PDF-1.7 ...", "text/html", True),
        (b"<html>", "application/pdf", True),
        (b"PK\x03\x04...", "text/html", True),
        (b"\x89PNG\r\n", "text/html", True),
        (b"\xff\xd8\xff\xe0", None, True),
        (b"RIFF....WEBPVP8", None, True),
        (b'{"error": 1}', "text/html", True),
        (b"[1, 2]", None, True),
        (b"<html>", "application/json", True),
        (b"<html>", "text/plain", True),
        (b"<?xml version='1.0'?><rss version='2.0'>", "text/html", True),
        (b"<!-- x --><feed xmlns='http://www.w3.org/2005/Atom'>", "text/html", True),
    ],
)
def test_what_is_no_html_is_told_by_its_bytes_and_then_by_its_header(
    body: bytes, media_type: str | None, is_wrong: bool
) -> None:
    assert (wrong_type(body, media_type) is not None) is is_wrong


def test_the_media_type_is_the_header_without_its_parameters() -> None:
    assert media_type_of(" Text/HTML ; charset=x") == "text/html"
    assert media_type_of(None) is None
    assert media_type_of("") is None
