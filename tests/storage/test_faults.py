"""What disks, other tools and other machines do to a store, provoked for real: it is refused or whole, and nothing is half."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from crawler.importing import import_files
from replica.site import ReplicaSite
from storage import medium, queries, transactions
from storage.archive import Archive
from storage.engine import log_bytes, open_engine, open_store, reading, writing
from storage.errors import DiskFailed, OutOfSpace, StoreBusy, StoreReadOnly
from storage.transactions import written
from storage.verify import verify
from tests.storage.shimmed import run, shim_in
from tests.storage.stage import Stage, article
from watch import cli

PAGES = 12


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Saved captures to import: real pages of the replica."""
    site = ReplicaSite(PAGES, "bitrix", 3)
    lines = [
        {"url": site.url(address), "captured_at": "2026-01-01", "html": site.respond(address).body.decode()}
        for address in site.addresses[:PAGES]
    ]
    path = tmp_path / "manifest.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def filled(folder: Path) -> str:
    """The URL of a closed store with a page in it, in a folder of its own."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'store.db'}"
    stage = Stage(url)
    stage.crawl({"a": article("First.")})
    stage.close()
    return url


def goes_on(url: str, manifest: Path) -> None:
    """The same import, run again, ends well; each page has one version, and all is whole."""
    engine = open_store(url, write=True)
    summary = import_files(Archive(engine), manifest=manifest)
    assert summary.exit_code == 0
    imported = [page for page in queries.pages(engine) if page.site == "csto-en" and "odkb" in page.url]
    assert [page.versions for page in imported] == [1] * PAGES
    assert verify(engine) == []
    engine.dispose()


# --- kills ------------------------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_a_kill_at_any_write_of_an_import_leaves_a_whole_store(tmp_path: Path, manifest: Path) -> None:
    """The kernel kills it inside its N-th write; so many N, evenly spread, as fit into the time."""
    if shutil.which("strace") is None:
        pytest.skip("strace isn't installed")
    whole = filled(tmp_path / "whole")
    writes = tmp_path / "writes"
    url = _copied(whole, tmp_path / "counted")
    done = subprocess.run(_traced(url, manifest, "-o", str(writes)), capture_output=True, text=True, check=False)
    if "ptrace" in done.stderr.lower() and done.returncode:
        pytest.skip(f"processes can't be traced here: {done.stderr.strip()[:200]}")
    assert done.returncode == 0, done.stderr
    total = writes.read_text().count("pwrite64(")
    assert total > 50
    until, killed = time.monotonic() + 45, 0
    for position in _spread(total):
        if time.monotonic() > until:
            break
        url = _copied(whole, tmp_path / f"killed-{position}")
        inject = f"inject=pwrite64:signal=KILL:when={position}"
        code = subprocess.run(_traced(url, manifest, "-e", inject, "-o", os.devnull), check=False, stderr=-3).returncode
        killed += code in {-signal.SIGKILL, 128 + signal.SIGKILL}
        engine = open_store(url, write=True)
        assert verify(engine) == []
        engine.dispose()
        goes_on(url, manifest)
    assert killed >= 5


def _spread(total: int) -> Iterator[int]:
    """1 to ``total`` in an order in which any beginning is evenly spread."""
    step = next(n for n in range(int(total * 0.618), total) if all(total % d or n % d for d in range(2, total)))
    yield from (1 + (number * step) % total for number in range(total))


def _traced(url: str, manifest: Path, *more: str) -> list[str]:
    program = [sys.executable, "-m", "watch", "--db", url, "import", "--manifest", str(manifest)]
    return ["strace", "-f", "-qq", "-e", "trace=pwrite64", *more, *program]


def _copied(url: str, folder: Path) -> str:
    folder.mkdir()
    shutil.copy(url.removeprefix("sqlite:///"), folder / "store.db")
    return f"sqlite:///{folder / 'store.db'}"


# --- another tool's lock ----------------------------------------------------------------------------------------------
@pytest.fixture
def held(tmp_path: Path) -> Iterator[str]:
    """A store that the sqlite3 shell holds."""
    shell = shutil.which("sqlite3")
    if shell is None:
        pytest.skip("the sqlite3 shell isn't installed")
    url = filled(tmp_path / "held")
    holder = subprocess.Popen([shell, url.removeprefix("sqlite:///")], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdin is not None
    assert holder.stdout is not None
    holder.stdin.write(b"BEGIN IMMEDIATE;\nSELECT 'held';\n")
    holder.stdin.flush()
    assert holder.stdout.readline() == b"held\n"
    yield url
    holder.kill()
    holder.wait()
    holder.stdin.close()
    holder.stdout.close()


def test_a_lock_of_another_tool_is_waited_for_three_times(held: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "PAUSE_SECONDS", 0.001)
    engine = open_engine(f"{held}?timeout=0.3")
    start, begun = time.monotonic(), []
    with pytest.raises(StoreBusy):
        written(engine, begun.append)
    assert 0.85 < time.monotonic() - start < 6
    assert begun == []
    engine.dispose()


def test_a_command_that_can_t_write_for_another_tool_s_lock_ends_with_17(held: str, manifest: Path) -> None:
    command = [sys.executable, "-m", "watch", "--db", f"{held}?timeout=0.2", "import", "--manifest", str(manifest)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (17, "")
    assert len(done.stderr.splitlines()) == 1
    assert "is locked by another program" in done.stderr


def test_how_long_to_wait_is_a_number_of_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    for given in ("soon", "-1", "nan", "1e9"):
        assert cli.run(["--db", f"sqlite:///x.db?timeout={given}", "pages"]) == 2
        assert "timeout is how many seconds" in capsys.readouterr().err


# --- errors of the disk -----------------------------------------------------------------------------------------------
@pytest.mark.slow
@pytest.mark.parametrize(("error", "code", "words"), [(errno.EIO, 17, "disk"), (errno.ENOSPC, 3, "no space left")])
@pytest.mark.parametrize("position", [2, 60])
def test_a_write_that_fails_ends_an_import_with_one_line_and_nothing_half(
    tmp_path: Path, manifest: Path, error: int, code: int, words: str, position: int
) -> None:
    url = filled(tmp_path / "disk")
    shim = shim_in(tmp_path / "shim")
    order = ["--db", url, "import", "--manifest", str(manifest)]
    stays = 1 if error == errno.ENOSPC else None
    done = run(shim, *order, folder=tmp_path / "disk", fail=position, errno=error, stays=stays)
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    engine = open_store(url, write=True)
    assert verify(engine) == []
    engine.dispose()
    goes_on(url, manifest)


def test_after_a_failed_sync_no_transaction_is_begun_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel may have dropped what it couldn't write, and would call a second sync a success."""
    engine = open_store(filled(tmp_path / "disk"), write=True)
    begun = []

    def fails(_connection: object) -> None:
        begun.append(1)
        raise DiskFailed("the store")

    with pytest.raises(DiskFailed):
        written(engine, fails)
    assert len(begun) == 1
    engine.dispose()


@pytest.mark.slow
def test_a_capture_whose_sync_failed_is_there_once_or_not_at_all(tmp_path: Path, manifest: Path) -> None:
    """Its outcome is unknown: what the kernel has of it may reach the disk. After a second run it is there once."""
    shim = shim_in(tmp_path / "shim")
    for position in (60, 84):
        url = filled(tmp_path / f"disk-{position}")
        folder = tmp_path / f"disk-{position}"
        order = ["--db", url, "import", "--manifest", str(manifest)]
        run(shim, *order, folder=folder, fail=position, errno=errno.EIO)
        engine = open_store(url, write=True)
        with reading(engine) as connection:
            counts = connection.execute(text("SELECT run_id, count(*) FROM capture WHERE run_id > 1 GROUP BY run_id"))
            assert [row[1] for row in counts] in ([], [PAGES])
        engine.dispose()
        goes_on(url, manifest)


@pytest.mark.parametrize(
    ("words", "is_full", "kind"),
    [
        ("disk I/O error", False, DiskFailed),
        ("disk I/O error", True, OutOfSpace),
        ("unable to open database file", False, StoreReadOnly),
        ("unable to open database file", True, OutOfSpace),
    ],
)
def test_sqlite_s_word_for_a_failure_is_told_from_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, kind: type[Exception], *, is_full: bool
) -> None:
    from sqlalchemy.exc import OperationalError

    from storage import engine as engines

    monkeypatch.setattr(engines, "is_full", lambda _file: is_full)
    with pytest.raises(kind), engines.translated(str(tmp_path / "store.db")):
        raise OperationalError("INSERT", {}, Exception(words))


def test_a_full_disk_is_known_by_trying(tmp_path: Path) -> None:
    assert not medium.is_full(tmp_path / "store.db")
    assert list(tmp_path.iterdir()) == []
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.decode().strip()}")
    try:
        with pytest.raises(OSError, match="No space left"):
            (place / "filler").write_bytes(bytes(200_000))
        assert medium.is_full(place / "store.db")
        assert [path.name for path in place.iterdir()] == ["filler"]
    finally:
        subprocess.run(["umount", place], check=True)


# --- where the file lies ----------------------------------------------------------------------------------------------
MOUNTS = (
    r"22 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
    r"30 22 0:40 / /srv rw,relatime shared:5 - nfs4 server:/export rw",
    r"31 30 0:41 / /srv/my\040disk rw - ext4 /dev/vdb rw",
    r"32 22 0:42 / /over rw - ext4 /dev/vdc rw",
    r"33 22 0:43 / /over rw - 9p host rw",
)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("/var/store.db", "ext4"),
        ("/srv/a/store.db", "nfs4"),
        ("/srv/my disk/store.db", "ext4"),
        ("/srvice/store.db", "ext4"),
        ("/over/store.db", "9p"),
    ],
)
def test_a_file_lies_on_what_is_mounted_deepest_and_last(file: str, name: str) -> None:
    assert medium.file_system(Path(file), MOUNTS) == name


def test_where_nothing_can_be_known_a_file_lies_on_a_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert medium.file_system(tmp_path, ()) is None
    monkeypatch.setattr(medium, "_MOUNTS", tmp_path / "none")
    assert medium.network_file_system(tmp_path / "store.db") is None


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a place for a store that lies, as far as the program can tell, on a network file system."""
    mounted = tmp_path / "mountinfo"
    mounted.write_text(f"22 1 0:40 / {tmp_path.resolve()} rw - nfs4 server:/export rw\n", encoding="utf-8")
    monkeypatch.setattr(medium, "_MOUNTS", mounted)
    return f"sqlite:///{tmp_path / 'store.db'}"


def _journal(engine: object) -> tuple[object, ...]:
    with engine.connect() as connection:  # type: ignore[attr-defined]
        return tuple(connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous"))


def test_on_a_network_file_system_there_is_no_write_ahead_log(network: str, tmp_path: Path) -> None:
    stage = Stage(network)
    stage.crawl({"a": article("First.")})
    assert _journal(stage.engine) == ("delete", 3)
    assert not (tmp_path / "store.db-wal").exists()
    assert stage.is_whole()
    stage.close()
    reader = open_store(network, write=False)
    assert len(queries.pages(reader)) == 1
    reader.dispose()


def test_a_store_that_was_carried_to_a_network_file_system_gives_up_its_log(
    tmp_path: Path, network: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(medium, "_MOUNTS", tmp_path / "none")
        stage = Stage(network)
        stage.crawl({"a": article("First.")})
        assert _journal(stage.engine) == ("wal", 2)
        stage.close()
    stage = Stage(network)
    assert _journal(stage.engine) == ("delete", 3)
    stage.pass_time(days=1)
    assert stage.crawl({"a": article("First.", "Second.")}).events == {"edited": 1}
    stage.close()


def test_status_warns_of_a_network_file_system(network: str, capsys: pytest.CaptureFixture[str]) -> None:
    Stage(network).close()
    assert cli.run(["--db", network, "status"]) == 0
    assert "network file system (nfs4)" in capsys.readouterr().err
    assert cli.run(["--db", network, "status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sqlite"]["network_file_system"] == "nfs4"


def test_a_log_that_a_long_reader_keeps_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url, file = filled(tmp_path / "disk"), tmp_path / "disk" / "store.db"
    writer, reader = open_store(url, write=True), open_store(url, write=False)
    with reading(reader) as long_one:
        assert long_one.scalar(text("SELECT count(*) FROM body")) == 1
        with writing(writer) as connection:
            connection.execute(text("CREATE TABLE filler (data BLOB)"))
        for _ in range(18):
            with writing(writer) as connection:
                connection.execute(text("INSERT INTO filler VALUES (zeroblob(4000000))"))
        assert log_bytes(file) > 64 * 2**20
        cli.run(["--db", url, "status"])
        assert "log has grown to " in capsys.readouterr().err
        assert cli.run(["--db", url, "status", "--json"]) in {0, 21}
        assert json.loads(capsys.readouterr().out)["sqlite"]["log_bytes"] == log_bytes(file)
    reader.dispose()
    writer.dispose()
    assert log_bytes(file) == 0
    cli.run(["--db", url, "status"])
    assert "log has grown" not in capsys.readouterr().err


# --- what is switched on for each connection --------------------------------------------------------------------------
def test_foreign_keys_hold_on_every_connection_also_after_a_migration(tmp_path: Path) -> None:
    url = filled(tmp_path / "disk")
    for engine in (open_store(url, write=True), open_engine(url), open_engine(url, read_only=True)):
        for _ in range(3):
            with engine.connect() as connection:
                assert connection.scalar(text("PRAGMA foreign_keys")) == 1
            engine.dispose()
    new = open_store(f"sqlite:///{tmp_path / 'new.db'}", write=True)
    with new.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    new.dispose()


def test_a_reference_to_nothing_can_t_be_written(tmp_path: Path) -> None:
    engine = open_store(filled(tmp_path / "disk"), write=True)
    with pytest.raises(Exception, match="FOREIGN KEY"), writing(engine) as connection:
        connection.execute(text("UPDATE capture SET run_id = 77"))
    engine.dispose()
    with closing(sqlite3.connect(tmp_path / "disk" / "store.db")) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
