"""``backup``: a copy is whole, of one moment, and under its name only when it is both; while a crawl runs, and whatever fails."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from replica.server import ReplicaServer
from replica.site import ReplicaSite
from storage.backup import back_up
from storage.engine import open_store, reading
from storage.errors import OutOfSpace, StorageError, StoreCorrupt, StoreHeld, StoreMissing, TargetBusy, TargetRefused
from storage.lock import store_lock
from storage.roots import content_root
from storage.verify import verify
from tests.storage.stage import Stage, article


@pytest.fixture
def filled(sqlite_url: str) -> str:
    stage = Stage(sqlite_url)
    stage.crawl({"a": article("First."), "b": article("Second.")})
    stage.close()
    return sqlite_url


@pytest.fixture
def large(filled: str, tmp_path: Path) -> str:
    enlarge(tmp_path / "store.db")
    return filled


def enlarge(file: Path) -> None:
    """By 24 MB that don't compress. They are no bodies of the record: only SQLite's own check is made of them."""
    rows = [(os.urandom(32), 100_000, "zstd", os.urandom(100_000)) for _ in range(240)]
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executemany("INSERT INTO body (sha256, size, codec, data) VALUES (?, ?, ?, ?)", rows)


def root_of(path: Path) -> str:
    engine = open_store(f"sqlite:///{path}", write=False)
    try:
        assert verify(engine) == []
        with reading(engine) as connection:
            return content_root(connection).hex()
    finally:
        engine.dispose()


def left_beside(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.glob(f"{target.name}?*"))


# --- what it is -------------------------------------------------------------------------------------------------------
def test_a_backup_is_the_same_store_in_one_file(filled: str, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    size = back_up(filled, target, whole=True)
    assert size == target.stat().st_size > 0
    assert root_of(target) == root_of(tmp_path / "store.db")
    assert left_beside(target) == []


def test_what_stands_only_in_the_log_is_in_the_copy(filled: str, tmp_path: Path) -> None:
    """The control: a copy of the file alone lacks it."""
    stage = Stage(filled)
    stage.crawl({"c": article("Third.")})
    shutil.copy(tmp_path / "store.db", tmp_path / "naive.db")
    back_up(filled, tmp_path / "copy.db")
    stage.close()
    assert captures_in(tmp_path / "copy.db") == {1, 2, 3}
    assert captures_in(tmp_path / "naive.db") < {1, 2, 3}


def captures_in(path: Path, *, is_closed: bool = True) -> set[int]:
    """In the file alone; ``is_closed=False``: in its write-ahead log too, where whoever read last may have left it."""
    how = "mode=ro&immutable=1" if is_closed else "mode=ro"
    with closing(sqlite3.connect(f"file:{path}?{how}", uri=True)) as connection:
        return {id_ for (id_,) in connection.execute("SELECT id FROM capture")}


def test_commits_of_another_do_not_make_it_begin_again(large: str, tmp_path: Path) -> None:
    """Each commit between two steps would restart a backup whose reader isn't fixed to one moment."""
    told: list[tuple[int, int]] = []

    def write_between(done: int, total: int) -> None:
        told.append((done, total))
        with closing(sqlite3.connect(tmp_path / "store.db")) as connection, connection:
            connection.execute("UPDATE run SET note = ?", (str(done),))
            connection.execute("UPDATE body SET codec = ? WHERE rowid = (SELECT min(rowid) FROM body)", (str(done),))

    back_up(large, tmp_path / "copy.db", told=write_between)
    assert len(told) > 4
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert told[-1][0] == told[-1][1]
    with closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
        assert connection.execute("SELECT DISTINCT note FROM run").fetchall() == [("",)]


@pytest.mark.slow
def test_backups_of_a_store_that_is_crawled_hold_all_that_was_acknowledged(tmp_path: Path) -> None:
    db_url = f"sqlite:///{tmp_path / 'store.db'}"
    copies: list[tuple[Path, set[int]]] = []
    with ReplicaServer(ReplicaSite(40, "divs", 7)) as server, crawling(db_url, server.base_url) as crawl:
        while crawl.is_running and len(copies) < 12:
            known = set(crawl.acknowledged)
            if known and (not copies or known > copies[-1][1]):
                target = tmp_path / f"copy-{len(copies)}.db"
                back_up(db_url, target, whole=True)
                copies.append((target, known))
            time.sleep(0.05)
        assert crawl.ended() == 0, crawl.told
    assert len(copies) >= 3
    for target, known in copies:
        root_of(target)
        assert known <= captures_in(target)
    assert captures_in(copies[0][0]) < captures_in(tmp_path / "store.db", is_closed=False)


class Crawl:
    """A crawl in a process of its own, and the captures that it has acknowledged so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.acknowledged: set[int] = set()
        self.told: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.told.append(line)
            if line.startswith("captured "):
                self.acknowledged = self.acknowledged | {int(line.split()[1])}

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def ended(self) -> int:
        code = self._process.wait(120)
        self._reader.join()
        return code


@contextmanager
def crawling(db_url: str, base_url: str) -> Iterator[Crawl]:
    command = ["--db", db_url, "crawl", "--base-url", base_url, "--mode", "full", "--delay", "0.1", "-v"]
    with subprocess.Popen(
        [sys.executable, "-m", "watch", *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Crawl(process)
        finally:
            process.kill()


# --- when it is killed ------------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_a_killed_backup_leaves_nothing_under_its_name_and_the_next_one_clears_up(large: str, tmp_path: Path) -> None:
    target, part = tmp_path / "copy.db", tmp_path / "copy.db.part"
    whole = size_of(tmp_path / "store.db")
    killed_in_between = 0
    for share in (0, 0.2, 0.5, 0.8, 1):
        part.unlink(missing_ok=True)
        kill_at(start_backup(large, target), part, max(1, int(share * whole)))
        if target.exists():  # it was quicker than the signal
            assert left_beside(target) == []
            target.unlink()
        killed_in_between += part.exists()
    assert killed_in_between >= 3
    part.write_bytes(b"left by a kill")
    assert start_backup(large, target).wait() == 0
    assert left_beside(target) == []
    assert integrity(target) == "ok"


@pytest.mark.slow
def test_a_killed_backup_leaves_the_older_one_as_it_was(large: str, tmp_path: Path) -> None:
    target, part = tmp_path / "copy.db", tmp_path / "copy.db.part"
    target.write_bytes(b"the older one")
    kill_at(start_backup(large, target, "--force"), part, 1)
    assert part.exists()
    assert target.read_bytes() == b"the older one"


def start_backup(url: str, target: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "watch", "--db", url, "backup", str(target), *more]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_at(process: subprocess.Popen[bytes], file: Path, size: int) -> None:
    """Kill the process once the file is so large."""
    end = time.monotonic() + 60
    while size_of(file) < size and process.poll() is None:
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.001)
    process.kill()
    process.wait()


def size_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def integrity(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        (found,) = connection.execute("PRAGMA integrity_check").fetchone()
        return str(found)


# --- what is refused --------------------------------------------------------------------------------------------------
def test_a_file_that_is_there_stays_unless_it_is_to_be_replaced(filled: str, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_bytes(b"mine")
    with pytest.raises(TargetRefused, match="is there already"):
        back_up(filled, target)
    assert target.read_bytes() == b"mine"
    back_up(filled, target, replace=True)
    assert root_of(target) == root_of(tmp_path / "store.db")


def test_the_store_itself_and_what_stands_beside_it_are_refused(filled: str, tmp_path: Path) -> None:
    os.link(tmp_path / "store.db", tmp_path / "hard.db")
    (tmp_path / "soft.db").symlink_to(tmp_path / "store.db")
    for name in ("store.db", "hard.db", "soft.db", "store.db-wal", "store.db-shm", "store.db-journal", "store.db.lock"):
        with pytest.raises(TargetRefused, match="is the store itself"):
            back_up(filled, tmp_path / name, replace=True)
    assert len(captures_in(tmp_path / "store.db")) == 2


def test_a_store_in_use_is_never_replaced(filled: str, tmp_path: Path) -> None:
    """A log that is left there would be played into the copy: the control shows what becomes of it."""
    other = Stage(f"sqlite:///{tmp_path / 'other.db'}")
    other.crawl({"x": article("Other.")})
    with pytest.raises(TargetRefused, match=r"other\.db-wal stands beside it"):
        back_up(filled, tmp_path / "other.db", replace=True)
    other.close()
    with store_lock(other.url), pytest.raises(StoreHeld):
        back_up(filled, tmp_path / "other.db", replace=True)
    assert captures_in(tmp_path / "other.db") == {1}


def test_no_file_is_no_target(filled: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/null"), tmp_path):
        with pytest.raises(TargetRefused, match="is no file"):
            back_up(filled, path, replace=True)


def test_two_backups_to_one_name_do_not_meet(filled: str, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    with FileLock(tmp_path / "copy.db.part.lock"), pytest.raises(TargetBusy):
        back_up(filled, target)
    back_up(filled, target)
    assert left_beside(target) == []


def test_a_store_that_is_not_there_is_no_source(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing):
        back_up(f"sqlite:///{tmp_path / 'none.db'}", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_a_store_on_a_server_is_backed_up_by_other_means(tmp_path: Path) -> None:
    with pytest.raises(TargetRefused, match=r"pg_dump.*copy-to"):
        back_up("postgresql+psycopg://someone:hunter2@127.0.0.1:9/none", tmp_path / "copy.db")


# --- what is damaged --------------------------------------------------------------------------------------------------
def test_a_damaged_structure_makes_no_backup(large: str, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_bytes(b"the older one")
    with (tmp_path / "store.db").open("r+b") as file:  # the tables' roots stand in the first pages
        file.seek(4096 * 3)
        file.write(bytes(4096 * 40))
    with pytest.raises(StoreCorrupt, match=r"store\.db is damaged"):
        back_up(large, target, replace=True)
    assert target.read_bytes() == b"the older one"
    assert left_beside(target) == []


def test_a_damaged_content_is_found_where_it_is_asked_for(filled: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection, connection:
        connection.execute("UPDATE content SET text_sha256 = zeroblob(32)")
    with pytest.raises(StoreCorrupt, match=r"store\.db is damaged in 2 places: `csto-watch verify`"):
        back_up(filled, tmp_path / "copy.db", whole=True)
    assert not (tmp_path / "copy.db").exists()
    back_up(filled, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").exists()


# --- disks ------------------------------------------------------------------------------------------------------------
@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a small disk needs root and mount")
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {done.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_nothing_and_the_same_call_goes_on_once_there_is_room(large: str, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "8m") as disk:
        with pytest.raises(OutOfSpace):
            back_up(large, disk / "copy.db")
        assert list(disk.iterdir()) == []
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        back_up(large, disk / "copy.db")
        assert integrity(disk / "copy.db") == "ok"


def test_a_read_only_disk_is_the_systems_error(filled: str, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "8m") as disk:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(OSError, match="Read-only file system"):
            back_up(filled, disk / "copy.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes where it likes")
def test_a_folder_that_may_not_be_written_is_the_systems_error(filled: str, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    with pytest.raises(PermissionError):
        back_up(filled, folder / "copy.db")


def test_the_errors_have_the_documented_exit_codes() -> None:
    codes = {error: error.exit_code for error in (TargetRefused, TargetBusy, OutOfSpace, StoreCorrupt, StorageError)}
    assert codes == {TargetRefused: 2, TargetBusy: 75, OutOfSpace: 3, StoreCorrupt: 17, StorageError: 17}
