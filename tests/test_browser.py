"""What the look at our pages in a browser finds: a page with faults must not pass."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser import DESKTOP, PHONE, looked_at

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

HEAD = (
    "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>A page</title>{}</head>"
    "<body><main>{}</main></body></html>"
)


def page(folder: Path, body: str, head: str = "") -> Path:
    path = folder / "page.html"
    path.write_text(HEAD.format(head, body), encoding="utf-8")
    return path


def test_a_plain_page_has_no_findings_and_no_request_leaves_it(chrome: Chrome, tmp_path: Path) -> None:
    (tmp_path / "own.css").write_text("p { color: black }", encoding="utf-8")
    path = page(tmp_path, "<h1>A page</h1><p>Text.</p>", "<link rel='stylesheet' href='own.css'>")
    seen = looked_at(chrome, path, picture=True)
    assert (seen.findings, seen.left, seen.errors, seen.overflow) == ((), (), (), 0)
    assert seen.picture.startswith(b"\x89PNG")
    assert seen.is_good


def test_what_a_page_asks_of_others_is_seen(chrome: Chrome, tmp_path: Path) -> None:
    own = tmp_path / "site"
    own.mkdir()
    (tmp_path / "beside.css").write_text("", encoding="utf-8")
    body = "<h1>A page</h1><img alt='a' src='http://pictures.example.org/a.png'>"
    path = page(own, body, "<link rel='stylesheet' href='../beside.css'>")
    seen = looked_at(chrome, path)
    assert {each.rpartition("/")[2] for each in seen.left} == {"a.png", "beside.css"}
    assert not seen.is_good


def test_a_picture_without_words_and_letters_that_are_too_pale_are_serious(chrome: Chrome, tmp_path: Path) -> None:
    body = "<h1>A page</h1><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='><p style='color: #ccc'>Pale.</p>"
    seen = looked_at(chrome, page(tmp_path, body))
    assert {finding.rule for finding in seen.serious} == {"image-alt", "color-contrast"}
    assert not seen.is_good


def test_a_page_that_is_too_wide_for_a_phone_is_told(chrome: Chrome, tmp_path: Path) -> None:
    viewport = "<meta name='viewport' content='width=device-width, initial-scale=1'>"
    path = page(tmp_path, "<h1>A page</h1><p style='width: 700px'>Wide.</p>", viewport)
    assert looked_at(chrome, path, PHONE, axe=False).overflow > 0
    assert looked_at(chrome, path, DESKTOP, axe=False).overflow == 0
