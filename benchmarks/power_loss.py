"""The power goes at a random moment: is anything lost that was acknowledged, is the store whole?

A process records captures, and a shim before the C library logs each write, sync, rename and removal of its files. From the
log the disk is rebuilt as it may have been at random moments (``benchmarks.disk``); each such image is opened, searched for every
capture that had been acknowledged by then, and checked. The control is the same with ``synchronous=OFF``: it must lose.

``python -m benchmarks.power_loss --images 2000`` prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select, text

from benchmarks.disk import WRITE, Disk, deeds
from benchmarks.shim import NoCompiler, built, environment
from storage.engine import open_store, reading
from storage.errors import BodyUnreadable, StorageError
from storage.models import CaptureRow, PageRow, table_of
from storage.unpacking import COLUMNS, Unpacker
from storage.verify import verify

IMAGES: Final = 2000
PER_LOG: Final = 100
CAPTURES: Final = 160
VERIFY_EACH: Final = 5
"""Each image's acknowledged captures are looked for and their bytes hashed; so many of them are verified as a whole."""
ACKNOWLEDGED: Final = "/acknowledged"


@dataclass
class Found:
    images: int = 0
    acknowledged: int = 0
    """Summed over the images."""
    in_between: int = 0
    """Images taken while something wasn't synced yet."""
    without_store: int = 0
    """Images from before the store had its name: nothing had been acknowledged."""
    verified: int = 0
    lost: list[str] = field(default_factory=list)
    corrupt: list[str] = field(default_factory=list)


def logged(shim: Path, folder: Path, seed: int, *mode: str) -> Path:
    """The log of one writer's life."""
    disk, log = folder / "disk", folder / "log"
    shutil.rmtree(disk, ignore_errors=True)
    log.unlink(missing_ok=True)
    disk.mkdir()
    pages = str(random.Random(seed).choice((20, 100, 1000)))
    command = [sys.executable, "-m", "benchmarks.power_loss_writer", str(disk), str(seed), str(CAPTURES), pages, *mode]
    subprocess.run(command, env=environment(shim, folder=disk, log=log), check=True)
    return log


def images(log: Path, count: int, chance: random.Random) -> Iterator[tuple[int, dict[str, bytes], list[str], bool]]:
    """(moment, the files left, the lines acknowledged by then, whether anything wasn't synced) at random moments of a log."""
    all_deeds = list(deeds(log))
    moments = sorted(chance.choices(range(1, len(all_deeds) + 1), k=count))
    disk, said, done = Disk(), "", 0
    for moment in moments:
        for deed in all_deeds[done:moment]:
            if deed.path.endswith(ACKNOWLEDGED):
                said += deed.data.decode() if deed.what == WRITE else ""
            else:
                disk.do(deed)
        done = moment
        yield moment, disk.image(chance), said.splitlines(), disk.has_unsynced


def look(found: Found, folder: Path, left: dict[str, bytes], said: list[str], about: str, *, whole: bool) -> None:
    """Put the files into a folder, open the store, and look for what was acknowledged."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in left.items():
        (folder / Path(name).name).write_bytes(content)
    found.images += 1
    found.acknowledged += len(said)
    if not (folder / "store.db").exists():
        found.without_store += 1
        found.lost += [f"{about}: {len(said)} captures and the store itself"] if said else []
        return
    try:
        lost, damages = _state(folder / "store.db", said, whole=whole)
    except StorageError as error:
        found.corrupt.append(f"{about}: {error}")
        return
    found.verified += whole
    found.lost += [f"{about}: {line}" for line in lost]
    found.corrupt += [f"{about}: {damage}" for damage in damages]


def _is_readable(unpack: Unpacker, row: Any) -> bool:
    try:
        unpack(row)
    except BodyUnreadable:
        return False
    return True


def _state(file: Path, said: list[str], *, whole: bool) -> tuple[list[str], list[str]]:
    """The acknowledged captures that aren't there as they were told, and what is damaged."""
    engine = open_store(f"sqlite:///{file}", write=True)  # as the next crawl does
    try:
        with reading(engine) as connection:
            capture, page = table_of(CaptureRow).c, table_of(PageRow).c
            statement = select(capture.id, capture.outcome, page.url).where(page.id == capture.page_id)
            there = {f"{row.id} {row.outcome} {row.url}" for row in connection.execute(statement)}
            unpack = Unpacker(connection)
            damages = [row[0] for row in connection.execute(text("PRAGMA integrity_check")) if row[0] != "ok"]
            damages += [
                f"body {row.sha256.hex()}"
                for row in connection.execute(select(*COLUMNS)).all()
                if not _is_readable(unpack, row)
            ]
        if whole:
            damages += [str(damage) for damage in verify(engine)]
        return [line for line in said if line not in there], damages
    finally:
        engine.dispose()


def taken(shim: Path, count: int, seed: int, *mode: str) -> Found:
    found = Found()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for number in range(0, count, PER_LOG):
            log = logged(shim, folder, seed + number, *mode)
            chance = random.Random(f"{seed} {number}")
            for moment, left, said, waits in images(log, min(PER_LOG, count - number), chance):
                found.in_between += waits
                whole = found.images % VERIFY_EACH == 0
                look(found, folder / "image", left, said, f"seed {seed + number}, deed {moment}", whole=whole)
    return found


def figures(count: int = IMAGES, seed: int = 1) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as place:
        try:
            shim = built(Path(place))
        except NoCompiler as error:
            return {"skipped": str(error)}
        found = taken(shim, count, seed)
        control = taken(shim, max(20, count // 20), seed, "off")
    return {
        "seed": seed,
        "images": found.images,
        "acknowledged_in_all_images": found.acknowledged,
        "with_something_unsynced": found.in_between,
        "before_the_store_had_its_name": found.without_store,
        "verified_whole": found.verified,
        "lost": found.lost,
        "corrupt": found.corrupt,
        "at_most_95_percent": round(3 / count, 5),
        "control": {
            "images": control.images,
            "lost_captures": len(control.lost),
            "corrupt": len({line.partition(":")[0] for line in control.corrupt}),
        },
    }


def is_good(row: dict[str, Any]) -> bool:
    if "skipped" in row:
        return True
    control = row["control"]
    is_fooled = control["lost_captures"] and control["corrupt"]
    return bool(not row["lost"] and not row["corrupt"] and row["with_something_unsynced"] and is_fooled)


def main() -> None:
    parser = argparse.ArgumentParser(description="Power loss at random moments, on rebuilt images of the disk.")
    parser.add_argument("--images", type=int, default=IMAGES)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    row = figures(options.images, options.seed)
    print(json.dumps(row, indent=1))
    sys.exit(0 if is_good(row) else 1)


if __name__ == "__main__":
    main()
