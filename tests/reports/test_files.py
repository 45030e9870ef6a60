"""A file with other bytes at the same address: which one, and from which hash to which, in every rendering."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from reports.comparison import compare_versions
from reports.diff import canonical_article, compare_articles
from reports.patch import PatchError, apply_diff
from reports.render.document import document_lines
from reports.render.html import diff_page
from reports.render.jsondiff import comparison_object, diff_object
from reports.render.terminal import diff_lines, version_lines
from reports.render.unified import unified
from reports.shapes import version_object
from reports.significance import Significance, judge
from storage.records import Article, FileHash, PageState
from tests.reports.made import article, link, media, version

PICTURE, PAPER = "https://en.odkb-csto.org/upload/a.jpg", "https://en.odkb-csto.org/upload/b.pdf"
A, B, C = "a" * 64, "b" * 64, "c" * 64
BARE = article(
    "The council met.", media=(media("/upload/a.jpg", "The council"),), links=(link("/upload/b.pdf", "a paper"),)
)


def known(picture: str | None, paper: str | None) -> Article:
    pairs = ((PICTURE, picture), (PAPER, paper))
    return replace(BARE, files=tuple(FileHash(href, sha256) for href, sha256 in pairs if sha256))


OLD, NEW = known(A, B), known(A, C)
COMPARISON = compare_versions(version(OLD, 1), version(NEW, 2))


def test_a_file_that_differs_is_media_and_substantive() -> None:
    diff = compare_articles(OLD, NEW)
    assert diff.fields == ("media",)
    assert [(file.href, file.old, file.new) for file in diff.files] == [(PAPER, B, C)]
    assert (judge(diff).significance, judge(diff).reasons) == (Significance.SUBSTANTIVE, ("media",))


@pytest.mark.parametrize(("old", "new"), [(BARE, OLD), (OLD, BARE), (known(A, None), known(None, B)), (OLD, OLD)])
def test_a_hash_that_one_of_the_two_does_not_know_is_compared_with_nothing(old: Article, new: Article) -> None:
    diff = compare_articles(old, new)
    assert (diff.fields, diff.files) == ((), ())
    assert list(unified(compare_versions(version(old, 1), version(new, 2)))) == []


def test_the_terminal_names_the_file_and_both_hashes() -> None:
    shown = "\n".join(line.plain for line in diff_lines(COMPARISON))
    assert f"Files\n  ~ {PAPER} [-{B[:12]}-]{{+{C[:12]}+}}" in shown
    assert "Media\n" not in shown


def test_the_page_names_the_file_and_both_hashes() -> None:
    shown = diff_page(COMPARISON)
    assert "File changed</p>" in shown
    assert f"<del>{PAPER} sha256 {B[:12]}</del><ins>{PAPER} sha256 {C[:12]}</ins>" in shown


def test_the_unified_diff_has_a_line_for_each_hash() -> None:
    lines = list(unified(COMPARISON))
    assert f"-File: {PAPER} sha256 {B[:12]}" in lines
    assert f"+File: {PAPER} sha256 {C[:12]}" in lines
    assert f" File: {PICTURE} sha256 {A[:12]}" in lines


def test_the_json_diff_has_the_whole_hashes_and_makes_the_new_version() -> None:
    told = json.loads(json.dumps(comparison_object(COMPARISON)))
    assert told["files"] == [{"href": PAPER, "old": B, "new": C}]
    assert told["fields"] == ["media"]
    assert apply_diff(OLD, told) == canonical_article(NEW)
    with pytest.raises(PatchError):
        apply_diff(BARE, told)
    with pytest.raises(PatchError):
        apply_diff(NEW, told)
    assert diff_object(compare_articles(OLD, OLD))["files"] is None


def test_a_version_shows_the_files_that_are_known() -> None:
    assert version_object(version(OLD), "listed")["files"] == [
        {"href": PICTURE, "sha256": A},
        {"href": PAPER, "sha256": B},
    ]
    assert version_object(version(BARE), "listed")["files"] == []
    line = f"File: {PICTURE} sha256 {A[:12]}"
    assert line in list(document_lines(OLD))
    assert line in [text.plain for text in version_lines(version(OLD), PageState.LISTED)]
    assert not any("File:" in text for text in document_lines(BARE))
