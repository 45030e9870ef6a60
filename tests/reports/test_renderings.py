"""One diff, four renderings; and tables for a person or a pipe."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from rich.console import Console

from benchmarks.edit_pairs import KINDS, LANGUAGES, make_pair
from reports.comparison import Comparison, compare_versions
from reports.diff import BlockOp
from reports.instants import for_people, rfc3339
from reports.patch import apply_diff
from reports.render.document import document_lines
from reports.render.html import diff_page, is_web_address
from reports.render.jsondiff import comparison_object
from reports.render.table import Sheet, as_table, as_tabs
from reports.render.terminal import diff_lines, version_lines, words
from reports.render.text import is_unsafe
from reports.render.unified import all_lines, unified
from storage.records import Article, PageState
from tests.reports.made import PAYLOADS, URL, article, link, media, version
from tests.reports.page_check import Found, look_through
from tests.reports.test_diff import FIRST, FOURTH, SECOND, THIRD, articles

OLD = article(FIRST, SECOND, THIRD, links=(link("/a/", "the plan"),))
NEW = article(
    FIRST, SECOND.replace("spring", "autumn"), FOURTH, title="A meeting of ministers", links=(link("/b/", "the plan"),)
)


def comparison(old: Article = OLD, new: Article = NEW) -> Comparison:
    return compare_versions(version(old, 1), version(new, 2))


def on_terminal(lines: object, *, width: int = 200, no_color: bool = False) -> str:
    console = Console(
        width=width,
        force_terminal=True,
        color_system="standard",
        no_color=no_color,
        highlight=False,
        markup=False,
        emoji=False,
    )
    with console.capture() as captured:
        for line in lines:  # type: ignore[attr-defined]
            console.print(line)
    return captured.get()


def plain(lines: object) -> str:
    return "\n".join(line.plain for line in lines)  # type: ignore[attr-defined]


def test_the_terminal_marks_words_so_that_no_colour_is_needed() -> None:
    shown = plain(diff_lines(comparison()))
    assert "plan for the [-spring-]{+autumn+} exercises" in shown
    assert "A meeting of [-experts-]{+ministers+}" in shown
    assert "[-the plan <https://en.odkb-csto.org/a/>-]{+the plan <https://en.odkb-csto.org/b/>+}" in shown
    assert "substantive: " in shown


def test_the_terminal_shows_deleted_words_in_red_and_inserted_ones_in_green() -> None:
    shown = on_terminal(diff_lines(comparison()))
    assert "\x1b[9;31m[-spring-]\x1b[0m" in shown
    assert "\x1b[1;32m{+autumn+}\x1b[0m" in shown
    assert "31m" not in on_terminal(diff_lines(comparison()), no_color=True)


_MARKED = re.compile(r"\[-(.*?)-\]|\{\+(.*?)\+\}|\[<(.*?)<\]|\{>(.*?)>\}|\[¶(.*?)\]|\{¶(.*?)\}")


def side(shown: str, *, is_new: bool) -> str:
    return _MARKED.sub(lambda found: "".join(found[n] or "" for n in ((2, 4, 6) if is_new else (1, 3, 5))), shown)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_from_the_marks_of_a_terminal_each_text_can_be_read_letter_by_letter(kind: str, language: str) -> None:
    for number in range(15):
        pair = make_pair(kind, language, 7, number)
        made = comparison(*(article(*each.blocks) for each in (pair.old, pair.new)))
        for step in made.diff.blocks:
            if not step.spans:
                continue
            shown = words(step.spans).plain
            assert step.old is not None
            assert step.new is not None
            if step.op is not BlockOp.JOINED:
                assert side(shown, is_new=True) == step.new.text
            if step.op is not BlockOp.SPLIT:
                assert side(shown, is_new=False) == step.old.text


def test_two_equal_versions_are_said_to_be_equal() -> None:
    assert plain(diff_lines(comparison(OLD, OLD))).endswith("No difference.")
    assert list(unified(comparison(OLD, OLD))) == []
    assert "No difference." in diff_page(comparison(OLD, OLD))


def test_a_moved_paragraph_is_shown_at_both_places() -> None:
    moved = comparison(article(FIRST, SECOND, THIRD), article(SECOND, THIRD, FIRST))
    shown = plain(diff_lines(moved))
    assert f"moved away: {FIRST}" in shown
    assert f"moved here: {FIRST}" in shown


def test_a_unified_diff_has_the_lines_of_both_versions_and_a_header() -> None:
    lines = list(unified(comparison()))
    assert lines[0] == f"--- {URL} version 1\t2026-07-27T12:00:00Z"
    assert lines[1].startswith(f"+++ {URL} version 2\t")
    assert lines[2].startswith("@@ -1,")
    assert f"-{SECOND}" in lines
    assert f"+{SECOND.replace('spring', 'autumn')}" in lines


def test_a_unified_diff_leaves_out_what_is_far_from_a_change() -> None:
    many = [f"Paragraph number {n} stays as it was written." for n in range(40)]
    changed = [*many[:20], "Paragraph number 20 was written anew.", *many[21:]]
    lines = list(unified(comparison(article(*many), article(*changed))))
    assert len(lines) == 2 + 1 + 3 + 2 + 3
    assert lines[2] == "@@ -22,7 +22,7 @@"


def patched(old: list[str], lines: list[str]) -> list[str]:
    """What patch(1) does with a unified diff, without fuzz."""
    out, at = [], 0
    for line in lines[2:]:
        if line.startswith("@@"):
            start, length = (int(number) for number in line.split()[1].lstrip("-").split(","))
            begin = start - 1 if length else start
            out += old[at:begin]
            at = begin
        elif line[0] in " -":
            assert old[at] == line[1:]
            out += [old[at]] if line[0] == " " else []
            at += 1
        else:
            out.append(line[1:])
    return out + old[at:]


@settings(max_examples=150, deadline=None)
@given(articles(), articles())
def test_a_unified_diff_turns_the_old_lines_into_the_new_ones(old: Article, new: Article) -> None:
    made = comparison(old, new)
    both = list(all_lines(made))
    before = [text for mark, text in both if mark != "+"]
    after = [text for mark, text in both if mark != "-"]
    assert patched(before, list(unified(made)) or ["", ""]) == after


@settings(deadline=None)
@given(articles(), articles())
def test_every_rendering_tells_of_a_difference_exactly_when_there_is_one(old: Article, new: Article) -> None:
    made = comparison(old, new)
    differs = made.diff.fields != ()
    assert bool(list(unified(made))) == differs
    assert ("No difference." not in plain(diff_lines(made))) == differs
    assert ("<p>No difference.</p>" not in diff_page(made)) == differs
    assert bool(comparison_object(made)["fields"]) == differs


def test_the_json_diff_names_versions_and_verdict_and_can_be_applied() -> None:
    told = json.loads(json.dumps(comparison_object(comparison())))
    assert (told["url"], told["from_version"], told["to_version"]) == (URL, 1, 2)
    assert told["fields"] == ["title", "body", "links"]
    assert told["significance"] == "substantive"
    assert {"headline", "links", "removed", "added", "date"} <= set(told["reasons"])
    assert apply_diff(OLD, told) == NEW


def test_html_marks_words_and_needs_nothing_from_elsewhere() -> None:
    page = diff_page(comparison())
    assert "plan for the <del>spring</del><ins>autumn</ins> exercises" in page
    assert page.startswith("<!doctype html>")
    assert "default-src 'none'" in page
    assert look_through(page) == Found(ins=page.count("<ins>"), deleted=page.count("<del>"), links=1)


def hostile(payload: str) -> Comparison:
    old = article(
        f"Before {payload} it.",
        "And more text.",
        title=payload,
        links=(link("/a/", payload),),
        media=(media("/1.jpg", payload),),
    )
    new = article(
        f"After {payload} it all.",
        payload,
        title=f"{payload} new",
        links=(link(f"/{payload}", payload),),
        language=payload,
    )
    return compare_versions(version(old, 1, url=payload), version(new, 2, url=payload))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_is_live_in_html(payload: str) -> None:
    found = look_through(diff_page(hostile(payload)))
    assert (found.scripts, found.handlers, found.foreign, found.images) == (0, 0, 0, 0)
    assert found.unsafe == ""


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_reaches_a_terminal_or_forges_a_line(payload: str) -> None:
    made = hostile(payload)
    texts = [*diff_lines(made), *version_lines(made.new, PageState.LISTED)]
    assert not [text.plain for text in texts if any(map(is_unsafe, text.plain))]
    lines = [*unified(made), *document_lines(made.new.article)]
    assert not [line for line in lines if any(map(is_unsafe, line.replace("\t", "")))]
    escapes = on_terminal(texts).replace("\x1b[", "")
    assert not [c for c in escapes if is_unsafe(c) and c != "\n"]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_breaks_a_table(payload: str) -> None:
    sheet = Sheet(("STATE", "PAGE"))
    sheet.add("listed", payload)
    header, row = as_tabs(sheet)
    assert header == "STATE\tPAGE"
    assert row.count("\t") == 1
    assert not [c for c in row.replace("\t", "") if is_unsafe(c)]
    shown = on_terminal([as_table(sheet)], width=400)
    assert "[bold red]" in shown or "[bold red]" not in payload


def test_a_pipe_gets_whole_cells_and_a_narrow_terminal_folds_them() -> None:
    sheet = Sheet(("STATE", "PAGE"))
    sheet.add("listed", "x" * 500)
    assert list(as_tabs(sheet))[1] == "listed\t" + "x" * 500
    assert on_terminal([as_table(sheet)], width=60).count("x") == 500


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://example.org/a", True),
        ("http://example.org/a", True),
        ("javascript:alert(1)", False),
        ("java\tscript:alert(1)", False),
        ("data:text/html,x", False),
        ("urn:capture:a.txt", False),
        ("https://example.org/\u202eabc", False),
        ("https://example.org/a b", False),
    ],
)
def test_only_a_plain_web_address_becomes_a_link(url: str, is_link: bool) -> None:
    assert is_web_address(url) is is_link


def test_a_moment_is_shown_in_local_time_beside_utc() -> None:
    moment = datetime(2026, 7, 26, 22, 30, tzinfo=UTC)
    moscow = timezone(timedelta(hours=3), "MSK")
    assert for_people(moment, moscow) == "2026-07-27 01:30 MSK (2026-07-26 22:30 UTC)"
    assert for_people(moment.replace(hour=12), moscow) == "2026-07-26 15:30 MSK (12:30 UTC)"
    assert for_people(moment, UTC) == "2026-07-26 22:30 UTC"
    assert for_people(None) == "time unknown"
    assert rfc3339(moment.astimezone(moscow)) == "2026-07-26T22:30:00Z"
