"""A private PostgreSQL for the tests: a cluster in a temporary folder, run as an ordinary user, on a unix socket."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "40",
    "shared_buffers": "32MB",
    "autovacuum": "off",
}


@contextmanager
def private_cluster() -> Iterator[str]:
    """The SQLAlchemy URL of a server that lives as long as the block; skips where no server is installed."""
    initdb, pg_ctl = _binary("initdb"), _binary("pg_ctl")
    as_user = _ordinary_user()
    folder = Path(tempfile.mkdtemp(prefix="csto-pg-"))
    try:
        _own(folder, as_user)
        data = folder / "data"
        _run(
            [
                *_command_as(as_user),
                initdb,
                "-D",
                str(data),
                "-U",
                "tester",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "-N",
            ],
            folder,
        )
        settings = " ".join(f"-c {name}={value!r}" for name, value in _SETTINGS.items())
        options = f"{settings} -c unix_socket_directories={folder}"
        start = ["-D", str(data), "-l", str(folder / "log"), "-w", "-o", options, "start"]
        _run([*_command_as(as_user), pg_ctl, *start], folder)
        try:
            yield f"postgresql+psycopg://tester@/postgres?host={folder}"
        finally:
            _run([*_command_as(as_user), pg_ctl, "-D", str(data), "-m", "immediate", "stop"], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binary(name: str) -> str:
    """PATH first, then where Debian keeps the servers, the newest first."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: int(place.parent.name), reverse=True)
    found = shutil.which(name) or next((str(p / name) for p in places if (p / name).exists()), None)
    if found is None:
        pytest.skip(f"no PostgreSQL server: {name} is not installed and CSTO_WATCH_TEST_PG is not set")
    return found


def _ordinary_user() -> str | None:
    """initdb refuses root; anybody else runs it as they are."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    pytest.skip("no PostgreSQL server: it doesn't run as root, and there is no other user")


def _command_as(user: str | None) -> Sequence[str]:
    if user is None:
        return ()
    entry = pwd.getpwnam(user)
    setpriv = shutil.which("setpriv")
    if setpriv:
        return (setpriv, f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups")
    return ("runuser", "-u", user, "--")


def _own(folder: Path, user: str | None) -> None:
    folder.chmod(0o755)
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)


def _run(command: Sequence[str], folder: Path) -> None:
    # pg_ctl's server inherits its output: a pipe would never close.
    with (folder / "output").open("a") as output:
        done = subprocess.run(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        told = (folder / "output").read_text() + ((folder / "log").read_text() if (folder / "log").exists() else "")
        raise RuntimeError(f"{command} ended with {done.returncode}:\n{told}")
