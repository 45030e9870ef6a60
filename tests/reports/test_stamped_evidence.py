"""Evidence with time stamps is checked with ``sha256sum``, ``grep`` and ``openssl``, and says what it couldn't check."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from crawler.stamping import TimeStamping, stamp_newest
from reports.exports.evidence import write_evidence
from storage import queries
from storage.engine import reading
from storage.proofs import Proof, prove
from storage.records import Version
from storage.times import utc_now
from tests.storage.authority import Authority, authority
from tests.storage.stage import Stage, address, article

TOOLS = ("sh", "dirname", "cut", "sha256sum", "grep")


@pytest.fixture
def tsa(tmp_path: Path) -> Iterator[Authority]:
    with authority(tmp_path) as made:
        yield made


@pytest.fixture
def stage(tmp_path: Path, tsa: Authority) -> Iterator[Stage]:
    """Five runs; the seals 1, 3 and 5 are stamped. The page has a version of each of the first three runs."""
    opened = Stage(f"sqlite:///{tmp_path / 'store.db'}")
    for number, words in enumerate(("First.", "Second.", "Third.", "Third.", "Third."), 1):
        opened.crawl({"a": article(words), "b": article("Other.")})
        if number % 2:
            stamp_newest(opened.engine, TimeStamping(tsa.url, tsa.ca))
    yield opened
    opened.close()


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH with what check.sh may use, openssl among it, and nothing else: no Python."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in (*TOOLS, "openssl"):
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    return folder


def proven(stage: Stage, number: int) -> tuple[Proof, Version]:
    version = queries.version(stage.engine, address("a"), number=number)
    assert version is not None
    with reading(stage.engine) as connection:
        return prove(connection, version.id), version


def checked(folder: Path, tools: Path, **more: str) -> subprocess.CompletedProcess[str]:
    command = [str(tools / "sh"), "check.sh"]
    return subprocess.run(
        command, cwd=folder, env={"PATH": str(tools), **more}, capture_output=True, text=True, check=False
    )


def sum_anew(folder: Path) -> None:
    names = sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS"
    )
    lines = [f"{sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


@pytest.mark.parametrize(("number", "stamped"), [(1, 1), (2, 3), (3, 3)])
def test_the_first_stamp_that_covers_a_version_goes_with_it(
    stage: Stage, tmp_path: Path, tools: Path, number: int, stamped: int
) -> None:
    folder = tmp_path / "evidence"
    write_evidence(*proven(stage, number), folder, utc_now())
    done = checked(folder, tools)
    assert (done.returncode, done.stderr) == (0, "")
    assert f": seals/seal-{stamped:06}.txt\n" in done.stdout
    assert "NOT CHECKED" not in done.stdout
    names = sorted(path.name for path in (folder / "stamps").iterdir())
    assert names == [f"seal-{stamped:06}.pem", f"seal-{stamped:06}.tsr"]
    (said,) = json.loads((folder / "version.json").read_text(encoding="utf-8"))["stamps"]
    assert said["seal"] == stamped
    assert f"openssl ts -verify -data seals/seal-{stamped:06}.txt" in (folder / "README.txt").read_text()


def test_what_wasn_t_checked_is_said(stage: Stage, tmp_path: Path, tools: Path, tsa: Authority) -> None:
    proof, version = proven(stage, 2)
    unknown = replace(proof, stamps=tuple(replace(stamp, trusted=None) for stamp in proof.stamps))
    folder = tmp_path / "evidence"
    write_evidence(unknown, version, folder, utc_now())
    assert (
        "NOT CHECKED: stamps/seal-000003.tsr, for the authority's certificate isn't known"
        in checked(folder, tools).stdout
    )
    assert "Stamped 2" in checked(folder, tools, CA=str(tsa.ca)).stdout
    (tools / "openssl").unlink()
    done = checked(folder, tools)
    assert done.returncode == 0
    assert "NOT CHECKED: stamps/seal-000003.tsr, for there is no openssl here" in done.stdout


def test_another_authority_s_certificate_breaks_the_check(stage: Stage, tmp_path: Path, tools: Path) -> None:
    folder = tmp_path / "evidence"
    write_evidence(*proven(stage, 2), folder, utc_now())
    with authority(tmp_path, "other") as other:
        done = checked(folder, tools, CA=str(other.ca))
    assert done.returncode == 1
    assert "BROKEN: stamps/seal-000003.tsr is no time stamp of seals/seal-000003.txt" in done.stdout


@pytest.mark.parametrize("name", ["stamps/seal-000003.tsr", "seals/seal-000003.txt"])
def test_a_flipped_bit_of_a_token_or_its_seal_is_found(stage: Stage, tmp_path: Path, tools: Path, name: str) -> None:
    """The token alone, with all sums made anew: only openssl is left to find it."""
    folder = tmp_path / "evidence"
    write_evidence(*proven(stage, 2), folder, utc_now())
    good = (folder / name).read_bytes()
    forged = bytearray(good)
    forged[-3] ^= 1  # in the signature, or in the hash of the seal before
    (folder / name).write_bytes(forged)
    assert checked(folder, tools).returncode != 0
    sum_anew(folder)
    done = checked(folder, tools)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout
    (folder / name).write_bytes(good)
    sum_anew(folder)
    assert checked(folder, tools).returncode == 0


def test_a_stamp_outlives_its_authority_s_certificates(stage: Stage, tmp_path: Path) -> None:
    """The folder is checked in twenty years: openssl is told so by a clock of its own."""
    folder = tmp_path / "evidence"
    write_evidence(*proven(stage, 2), folder, utc_now())
    later = int(utc_now().timestamp()) + 20 * 365 * 86400
    plain = 'openssl ts -verify -data "$2" -in "$1" -CAfile "$ca" >'
    script = (folder / "check.sh").read_text(encoding="utf-8")
    assert plain in script
    (folder / "check.sh").write_text(script.replace(plain, plain.replace(" >", f" -attime {later} >")))
    sum_anew(folder)
    done = subprocess.run(["sh", "check.sh"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "(a certificate has run out since)" in done.stdout
