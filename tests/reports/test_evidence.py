"""A folder of evidence is checked with ``sha256sum`` and ``grep`` alone, and no byte of it can be another."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import time
from hashlib import sha256
from pathlib import Path

import pytest

from reports.exports.evidence import write_evidence
from reports.whole import LEFT_FOR_DEAD, FolderTaken
from storage import queries
from storage.engine import reading
from storage.proofs import NotProven, Proof, prove
from storage.records import Outcome, Version
from storage.times import utc_now
from tests.storage.stage import Stage, address, article

A, B, C = article("First."), article("Second, «quoted» — и по-русски."), article("Third.")

if shutil.which("sha256sum") is None:
    pytest.skip("no sha256sum here", allow_module_level=True)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A page with three versions among forty others, and runs after them."""
    opened = Stage(f"sqlite:///{tmp_path / 'store.db'}")
    others = {f"p{number}": article(f"Text {number}.") for number in range(40)}
    for shown in (A, B, C, C):
        opened.crawl({"a": shown, **others})
    return opened


def proven(stage: Stage, number: int, name: str = "a") -> tuple[Proof, Version]:
    version = queries.version(stage.engine, address(name), number=number)
    assert version is not None
    with reading(stage.engine) as connection:
        return prove(connection, version.id), version


def checked(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "check.sh"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_every_version_can_be_proven(stage: Stage, tmp_path: Path, number: int) -> None:
    folder = tmp_path / "evidence"
    write_evidence(*proven(stage, number), folder, utc_now())
    done = checked(folder)
    assert (done.returncode, done.stderr) == (0, "")
    ((newest,),) = stage.rows("SELECT hash FROM seal ORDER BY number DESC LIMIT 1")
    assert bytes(newest).hex() in done.stdout
    assert (folder / "after" / "body.html.txt").read_bytes().startswith(b"Article(title='Title'")
    assert (folder / "before").is_dir() == (number > 1)
    said = json.loads((folder / "version.json").read_text(encoding="utf-8"))
    assert (said["url"], said["version"]) == (address("a") + "/", number)
    assert sha256((folder / "after" / "content.json").read_bytes()).hexdigest() == said["content_sha256"]
    assert sha256((folder / "after" / "text.json").read_bytes()).hexdigest() == said["text_sha256"]


def test_no_file_of_the_folder_opens_as_a_web_page_where_its_scripts_would_run(stage: Stage, tmp_path: Path) -> None:
    """The bytes were ``body.html`` once: a double click ran what the page held, with the rights of a file."""
    write_evidence(*proven(stage, 2), tmp_path / "evidence", utc_now())
    assert {path.suffix for path in (tmp_path / "evidence").rglob("*")} <= {".json", ".txt", ".sh", ".bin", ""}


def test_no_other_byte_passes(stage: Stage, tmp_path: Path) -> None:
    """Any byte of any file that the way quotes, with the sums made anew for it: the step that quotes it breaks."""
    folder = tmp_path / "evidence"
    write_evidence(*proven(stage, 2), folder, utc_now())
    chance = random.Random(20261126)
    script = (folder / "check.sh").read_text(encoding="utf-8")
    steps = [line.split()[1] for line in script.splitlines() if line.startswith("quoted ")]
    for name in sorted(set(steps)):
        good = (folder / name).read_bytes()
        forged = bytearray(good)
        forged[chance.randrange(len(forged))] ^= 1
        (folder / name).write_bytes(forged)
        assert checked(folder).returncode != 0, name
        _sum_anew(folder)
        done = checked(folder)
        assert done.returncode == 1, name
        assert "BROKEN" in done.stdout
        (folder / name).write_bytes(good)
        _sum_anew(folder)
    assert checked(folder).returncode == 0


def _sum_anew(folder: Path) -> None:
    names = sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS"
    )
    lines = [f"{sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def test_a_version_of_a_run_that_goes_on_can_t_be_proven_yet(stage: Stage) -> None:
    stage.pass_time(days=1)
    stage.begin()
    stage.show("z", article("Seen for the first time."))
    stage.archive.settle_batch(stage.run_id)
    with pytest.raises(NotProven, match="no seal holds this version yet"):
        proven(stage, 1, "z")
    stage.end()
    assert proven(stage, 1, "z")[0].seal_number == 5


OPENER = "(SELECT opened_by FROM version WHERE number = 2 LIMIT 1)"


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE capture SET http_status = 203 WHERE id = {OPENER}",
        f"UPDATE answer SET final_url = 'https://example.org/x' WHERE capture_id = {OPENER}",
        "UPDATE event SET url = 'https://example.org/x' WHERE kind = 'edited'",
        "UPDATE run SET note = 'x' WHERE id = 2",
    ],
)
def test_what_was_altered_is_not_proven(stage: Stage, statement: str) -> None:
    from sqlalchemy import text

    from storage.engine import writing

    with writing(stage.engine) as connection:
        connection.execute(text(statement))
    with pytest.raises(NotProven, match="csto-watch verify"):
        proven(stage, 2)


def test_evidence_is_never_mixed_with_other_files(stage: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "mine.txt").write_text("keep me", encoding="utf-8")
    with pytest.raises(FolderTaken):
        write_evidence(*proven(stage, 1), folder, utc_now())
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["evidence"]
    assert (folder / "mine.txt").read_text(encoding="utf-8") == "keep me"


def test_a_page_that_came_back_names_the_bytes_before_it_in_time(stage: Stage, tmp_path: Path) -> None:
    stage.crawl({"a": Outcome.GONE})
    stage.crawl({"a": A})
    folder = tmp_path / "evidence"
    write_evidence(*proven(stage, 4), folder, utc_now())
    assert checked(folder).returncode == 0
    assert (folder / "before" / "text.txt").read_text(encoding="utf-8") == "Title\n\nThird.\n"


def test_a_folder_that_a_killed_program_left_goes_with_the_first_one_a_day_later(stage: Stage, tmp_path: Path) -> None:
    left = tmp_path / ".evidence.abcdefgh.part"
    (left / "after").mkdir(parents=True)
    os.utime(left, (time.time() - LEFT_FOR_DEAD - 60,) * 2)
    write_evidence(*proven(stage, 1), tmp_path / "evidence", utc_now())
    assert not left.exists()
