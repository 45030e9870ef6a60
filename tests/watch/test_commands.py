"""The commands on a store, as a person or a script calls them."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from pathlib import Path

import pytest

from tests.reports.page_check import look_through
from tests.watch.conftest import NEWS, Ended, Run

EVENT_KEYS = {
    "id", "kind", "url", "title", "site", "language", "run_id", "seen_at", "not_before", "from_version", "to_version", "fields",
    "significance", "reasons", "technical", "baseline", "group", "flapping", "moved_to", "recorded_at",
}  # fmt: skip
HISTORY_KEYS = {
    "url", "version", "state", "title", "published", "language", "content_sha256", "text_sha256", "reader_version", "technical",
    "first_seen_at", "last_seen_at", "captures",
}  # fmt: skip
PAGE_KEYS = {"url", "state", "title", "language", "versions", "first_seen_at", "last_seen_at", "next_check_at"}


def lines(ended: Ended) -> list[dict[str, object]]:
    assert ended.code == 0, ended.err
    return [json.loads(line) for line in ended.out.splitlines()]


def test_changes_are_json_lines_with_the_keys_that_scripts_rely_on(program: Run, store: str) -> None:
    events = lines(program("changes", "--json", db=store))
    assert [event["kind"] for event in events].count("new") == 3
    assert {event["kind"] for event in events} == {"new", "edited", "deleted", "unlisted"}
    assert all(set(event) >= EVENT_KEYS for event in events)
    (edited,) = (event for event in events if event["kind"] == "edited")
    assert (edited["significance"], edited["from_version"], edited["to_version"]) == ("substantive", 1, 2)
    assert edited["reasons"] == ["number", "date"]
    assert edited["fields"] == ["body"]
    assert edited["recorded_at"] == "2026-07-27T12:00:00Z"


def test_changes_can_be_asked_for_by_kind_run_moment_and_weight(program: Run, store: str) -> None:
    def kinds(*arguments: str) -> list[object]:
        return [event["kind"] for event in lines(program("changes", "--json", *arguments, db=store))]

    assert kinds("--kind", "edited", "--kind", "deleted") == ["edited", "deleted"]
    assert kinds("--run", "1") == ["new"] * 3
    assert "new" not in kinds("--since", "2026-07-27")
    assert kinds("--since", "2026-07-28") == []
    assert len(kinds("--min-significance", "substantive")) == 6


def test_a_first_crawl_is_folded_into_one_line_and_nothing_is_cut_in_a_pipe(program: Run, store: str) -> None:
    ended = program("changes", db=store)
    rows = list(csv.reader(io.StringIO(ended.out), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert rows[0] == ["SEEN", "KIND", "SIGNIFICANCE", "WHY", "PAGE"]
    assert [row[1] for row in rows[1:]] == ["new", "edited", "deleted", "unlisted"]
    assert rows[1][4] == "3 pages of csto-en: the beginning of the record"
    assert f"<{NEWS}/edited/>" in rows[2][4]
    assert "\x1b" not in ended.out


def test_pages_are_listed_with_their_state(program: Run, store: str) -> None:
    pages = lines(program("pages", "--json", db=store))
    assert all(set(page) >= PAGE_KEYS for page in pages)
    assert {str(page["url"]).split("/")[-2]: page["state"] for page in pages} == {
        "deleted": "gone",
        "edited": "listed",
        "unlisted": "unlisted",
    }
    assert [page["url"] for page in lines(program("pages", "--state", "gone", "--json", db=store))] == [
        f"{NEWS}/deleted/"
    ]


@pytest.mark.parametrize(
    "form", [f"{NEWS}/edited/", f"{NEWS}/edited", f"http://www.{NEWS[8:]}/edited/?utm_source=x#top"]
)
def test_a_page_is_found_at_any_form_of_its_address(program: Run, store: str, form: str) -> None:
    versions = lines(program("history", form, "--json", db=store))
    assert [version["version"] for version in versions] == [1, 2]
    assert all(set(version) >= HISTORY_KEYS and "blocks" not in version for version in versions)


def test_show_gives_the_latest_version_one_by_number_or_one_by_time(program: Run, store: str) -> None:
    def shown(*arguments: str) -> dict[str, object]:
        (version,) = lines(program("show", f"{NEWS}/edited/", "--json", *arguments, db=store))
        return version

    assert set(shown()) >= HISTORY_KEYS | {"blocks", "links", "media", "flags", "also_at"}
    assert shown()["version"] == 2
    assert shown("--version", "1")["version"] == 1
    assert shown("--at", "2026-07-26")["version"] == 1
    assert shown("--at", "2026-07-27")["version"] == 2
    assert shown()["blocks"] == [
        {"kind": "paragraph", "text": "The council met on Friday.", "language": "en"},
        {"kind": "paragraph", "text": "It agreed on a plan of 13 steps.", "language": "en"},
    ]


def test_show_in_a_pipe_is_the_article_as_plain_lines(program: Run, store: str) -> None:
    shown = program("show", f"{NEWS}/edited/", db=store).out.splitlines()
    assert shown[0] == "Title: A meeting of experts (edited)"
    assert "The council met on Friday." in shown


def test_diff_compares_the_last_two_versions_or_any(program: Run, store: str) -> None:
    url = f"{NEWS}/edited/"
    assert "on [-Monday-]{+Friday+}." in program("diff", url, db=store).out
    assert "on [-Friday-]{+Monday+}." in program("diff", url, "2", "1", db=store).out
    assert "+It agreed on a plan of 13 steps." in program("diff", url, "1", "--format", "unified", db=store).out
    (told,) = lines(program("diff", url, "1", "2", "--format", "json", db=store))
    assert (told["from_version"], told["to_version"], told["fields"]) == (1, 2, ["body"])
    page = program("diff", url, "--format", "html", db=store).out
    assert "<del>Monday</del><ins>Friday</ins>" in page
    assert look_through(page).scripts == 0


def test_export_writes_a_file_and_its_manifest_as_of_a_moment(program: Run, store: str, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    ended = program("export", "--format", "jsonl", "--out", str(out), "--as-of", "2026-07-26", db=store)
    assert (ended.code, ended.out) == (0, ""), ended.err
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert {row["url"]: row["version"] for row in rows} == {
        f"{NEWS}/{slug}/": 1 for slug in ("edited", "deleted", "unlisted")
    }
    manifest = json.loads(out.with_name("out.jsonl.manifest.json").read_text(encoding="utf-8"))
    assert (manifest["rows"], manifest["as_of"]) == (3, "2026-07-26T23:59:59.999999Z")
    assert program("export", "--format", "csv", "--out", str(tmp_path / "out.csv"), db=store).code == 0


def test_report_is_one_file_with_the_words_that_changed(program: Run, store: str, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    for _ in range(2):
        before = out.read_bytes() if out.exists() else None
        assert program("report", "--since", "2026-07-27", "--out", str(out), db=store).code == 0
        assert before in {None, out.read_bytes()}
    page = out.read_text(encoding="utf-8")
    assert "<del>12</del><ins>13</ins>" in page
    assert look_through(page).foreign == 0


def test_a_report_can_be_of_a_part_of_the_record(program: Run, store: str, tmp_path: Path) -> None:
    out = tmp_path / "report.html"

    def told(*options: str) -> str:
        ended = program("report", "--out", str(out), *options, db=store)
        assert ended.code == 0, ended.err
        return out.read_text(encoding="utf-8")

    assert "<del>12</del>" not in told("--until", "2026-07-26")
    assert "<del>12</del>" in told("--section", "/news/news_odkb/", "--site", "csto-en")
    assert "<article" not in told("--section", "/documents/")
    assert "Content root" not in told("--no-root")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--site", "nowhere"), "--site: the store knows no site nowhere; it knows csto-en"),
        (("--since", "2026-07-27", "--until", "2026-07-25"), "--until 2026-07-25 is before --since 2026-07-27"),
        (("--until", "soon"), "--until: 'soon' is no moment"),
    ],
)
def test_a_part_that_there_is_not_costs_a_line(program: Run, store: str, options: tuple[str, ...], said: str) -> None:
    ended = program("report", "--out", "report.html", *options, db=store)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert not Path("report.html").exists()


def test_verify_finds_a_whole_store_whole_and_names_what_was_damaged(program: Run, store: str, tmp_path: Path) -> None:
    whole = program("verify", db=store)
    (said, root, seal) = whole.out.splitlines()
    assert (whole.code, said) == (0, "The store is whole."), whole.err
    (told,) = lines(program("verify", "--json", db=store))
    assert root == f"content_root  {told['content_root']}"
    assert told["seal"]["number"] == 2  # type: ignore[index]
    assert seal == f"seal 2  {told['seal']['sha256']}"  # type: ignore[index]
    assert (told["is_whole"], told["damage"]) == (True, [])
    assert told["counts"] | {"page": 3, "run": 2, "capture": 6, "version": 4} == told["counts"]  # type: ignore[operator]
    damage(tmp_path)
    damaged = program("verify", db=store)
    assert (damaged.code, damaged.out) == (17, "")
    assert "damaged: content" in damaged.err


def test_verify_as_json_tells_the_damage_on_stdout_and_ends_with_17(program: Run, store: str, tmp_path: Path) -> None:
    before = json.loads(program("verify", "--json", db=store).out)["content_root"]
    damage(tmp_path)
    ended = program("verify", "--json", db=store)
    told = json.loads(ended.out)
    assert (ended.code, told["is_whole"], len(ended.err.splitlines())) == (17, False, 1)
    assert len(told["damage"]) == told["counts"]["content"]
    assert told["damage"][0] == {
        "what": "content",
        "where": "1",
        "message": "its text_sha256 isn't what its article gives",
    }
    assert told["content_root"] == before, "of what is really there, not of hashes beside it"


def damage(folder: Path) -> None:
    with sqlite3.connect(folder / "store.db") as connection:
        connection.execute("UPDATE content SET text_sha256 = zeroblob(32)")
    connection.close()


def test_status_says_where_the_store_is_and_how_the_runs_went(program: Run, fresh_store: str) -> None:
    ended = program("status", "--json", db=fresh_store)
    (facts,) = lines(ended)
    assert facts["pages"] == {"gone": 1, "listed": 1, "unlisted": 1}
    assert facts["overdue"] == []
    assert str(facts["store"]).endswith("store.db")
    assert len(facts["runs"]) == 2  # type: ignore[arg-type]
    assert "complete" in program("status", db=fresh_store).out


def test_status_ends_with_21_when_nothing_was_complete_for_three_days(program: Run, store: str) -> None:
    ended = program("status", db=store)
    assert ended.code == 21
    assert "no complete run of csto-en" in ended.err
    assert "Gap" in ended.out


def test_review_of_a_store_without_doubts_says_so(program: Run, store: str) -> None:
    ended = program("review", db=store)
    assert (ended.code, ended.out) == (0, "")
    assert "Nothing is held." in ended.err


def test_a_held_page_that_is_not_there_is_a_wrong_argument(program: Run, store: str) -> None:
    ended = program("review", "accept", "77", db=store)
    assert (ended.code, ended.out) == (2, "")
    assert "77" in ended.err
