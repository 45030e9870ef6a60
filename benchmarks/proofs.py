"""A store moved to PostgreSQL and back, and evidence that is checked with nothing of ours.

A replica is crawled several times while it is edited, moved and emptied. ``copy-to``, ``verify --json`` and ``evidence`` run as
processes. Each pack is checked by its own ``check.sh`` in an environment whose PATH has sh, dirname, cut, sha256sum, grep and
openssl alone. Controls: a store with one altered row must give another root; a pack with one flipped bit, its sums made anew,
must fail, for every file that the way quotes.

``python -m benchmarks.proofs`` prints one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from benchmarks.shares import wilson
from crawler.options import CrawlOptions
from crawler.run import crawl_without_reactor
from replica.server import ReplicaServer
from replica.site import ReplicaSite
from storage.engine import open_store, reading
from storage.models import PageRow, VersionRow, table_of
from storage.records import RunMode

TOOLS: Final = ("sh", "dirname", "cut", "sha256sum", "grep", "openssl")
ROOT: Final = Path(__file__).parent.parent
_page, _version = table_of(PageRow), table_of(VersionRow)


def make_store(file: Path, articles: int, crawls: int, seed: int) -> None:
    """Crawls of a replica in between which articles are edited, deleted, moved, unlisted and added."""
    site, chance = ReplicaSite(articles, "bitrix", seed), random.Random(seed)
    with ReplicaServer(site) as server:
        options = CrawlOptions(f"sqlite:///{file}", mode=RunMode.FULL, base_url=server.base_url, delay=0, backoff=0)
        crawl_without_reactor(options)
        for _ in range(crawls - 1):
            chosen = chance.sample(sorted(site.addresses), 10)
            for address in chosen[:4]:
                site.retitle(address)
            site.edit(chosen[4], lambda article: replace(article, parts=article.parts[:1]))
            site.delete(chosen[5], 410)
            site.move(chosen[6])
            site.unlist(chosen[7])
            site.add_article()
            crawl_without_reactor(options)


def ours(*arguments: str, db: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "watch", "--db", db, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def said(db: str) -> dict[str, Any]:
    """What ``verify`` says a store is; its damage too."""
    found: dict[str, Any] = json.loads(ours("verify", "--json", db=db).stdout)
    return {name: found[name] for name in ("content_root", "seal", "is_whole", "counts")}


# --- there and back ---------------------------------------------------------------------------------------------------
def moved(file: Path, server: str) -> dict[str, Any]:
    here, back = f"sqlite:///{file}", f"sqlite:///{file.with_name('back.db')}"
    codes = [ours("copy-to", server, db=here).returncode, ours("copy-to", back, db=server).returncode]
    stores = [said(db) for db in (here, server, back)]
    return {
        "rows": sum(stores[0]["counts"].values()),
        "seals": stores[0]["seal"]["number"],
        "copied": codes == [0, 0],
        "whole": all(store["is_whole"] for store in stores),
        "equal_roots": len({store["content_root"] for store in stores}) == 1,
        "equal_seals": len({json.dumps(store["seal"]) for store in stores}) == 1,
        "control": {"altered_row_gives_another_root": _altered(file) != stores[0]["content_root"]},
    }


def _altered(file: Path) -> str | None:
    copy = file.with_name("altered.db")
    shutil.copy(file, copy)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("UPDATE page SET title = title || '.' WHERE id = (SELECT max(id) FROM page)")
        connection.commit()
    root: str | None = said(f"sqlite:///{copy}")["content_root"]
    return root


# --- packs ------------------------------------------------------------------------------------------------------------
def packs(file: Path, count: int, seed: int) -> dict[str, Any]:
    """As many versions as asked for, all that are later than the first among them: each proven, checked and forged."""
    db, chance = f"sqlite:///{file}", random.Random(seed)
    versions = _versions(db)
    later = [each for each in versions if each[1] > 1][:count]
    chosen = later + chance.sample(
        sorted(set(versions) - set(later)), min(count - len(later), len(versions) - len(later))
    )
    checked = forged = found = 0
    with tempfile.TemporaryDirectory() as folder, tools(Path(folder)) as path:
        for number, (url, version) in enumerate(chosen):
            pack = Path(folder) / f"pack-{number}"
            ours("evidence", url, "--version", str(version), "--out", str(pack), db=db)
            checked += passes(pack, path)
            for _ in altered(pack, chance):
                forged += 1
                found += not passes(pack, path)
    return {
        "packs": len(chosen),
        "of_later_versions": len(later),
        "checked": checked,
        "checked_at_least_95_percent": wilson(checked, len(chosen))[0],
        "control": {
            "forged_files": forged,
            "found": found,
            "missed_at_most_95_percent": wilson(forged - found, forged)[1],
        },
    }


def _versions(db: str) -> list[tuple[str, int]]:
    engine = open_store(db, write=False)
    try:
        with reading(engine) as connection:
            joined = select(_page.c.url, _version.c.number).join(_version, _version.c.page_id == _page.c.id)
            return [(url, number) for url, number in connection.execute(joined.order_by(_version.c.id))]
    finally:
        engine.dispose()


@contextmanager
def tools(folder: Path) -> Iterator[str]:
    """A PATH with what check.sh may use and nothing else: no Python, no program of ours."""
    place = folder / "tools"
    place.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        if found is None:
            raise RuntimeError(f"{name} isn't installed")
        (place / name).symlink_to(found)
    yield str(place)


def passes(pack: Path, path: str) -> bool:
    command = [f"{path}/sh", "check.sh"]
    done = subprocess.run(command, cwd=pack, env={"PATH": path}, capture_output=True, text=True, check=False)
    return done.returncode == 0


def altered(pack: Path, chance: random.Random) -> Iterator[str]:
    """The pack with one bit of one file flipped and its sums made anew, for every file that another quotes; then as it was."""
    script = (pack / "check.sh").read_text(encoding="utf-8")
    for name in sorted({line.split()[1] for line in script.splitlines() if line.startswith("quoted ")}):
        file = pack / name
        good = file.read_bytes()
        forged = bytearray(good)
        forged[chance.randrange(len(forged))] ^= 1 << chance.randrange(8)
        file.write_bytes(forged)
        _sum_anew(pack)
        yield name
        file.write_bytes(good)
    _sum_anew(pack)


def _sum_anew(pack: Path) -> None:
    files = sorted(path for path in pack.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{sha256(file.read_bytes()).hexdigest()}  {file.relative_to(pack)}\n" for file in files]
    (pack / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


# --- the figure -------------------------------------------------------------------------------------------------------
def figures(part: bool, seed: int = 1) -> dict[str, Any]:
    articles, crawls, count = (40, 3, 4) if part else (400, 5, 40)
    with tempfile.TemporaryDirectory() as folder, server_url() as server:
        file = Path(folder) / "store.db"
        make_store(file, articles, crawls, seed)
        open_store(f"sqlite:///{file}", write=True).dispose()  # the last to close it leaves no log behind
        return {"pages": articles, "crawls": crawls, "moved": moved(file, server), "packs": packs(file, count, seed)}


@contextmanager
def server_url() -> Iterator[str]:
    """A PostgreSQL as the suite starts it, or an empty database that CSTO_WATCH_TEST_PG names."""
    from tests.storage.cluster import private_cluster

    if named := os.environ.get("CSTO_WATCH_TEST_PG"):
        yield named
        return
    with private_cluster() as url:
        yield url


def is_good(row: dict[str, Any]) -> bool:
    there, proven = row["moved"], row["packs"]
    is_equal = all(there[name] for name in ("copied", "whole", "equal_roots", "equal_seals"))
    is_proven = 0 < proven["packs"] == proven["checked"]
    control = proven["control"]
    is_honest = there["control"]["altered_row_gives_another_root"] and 0 < control["forged_files"] == control["found"]
    return bool(is_equal and is_proven and is_honest)


def main(arguments: Sequence[str] | None = None) -> None:
    import argparse

    parser = argparse.ArgumentParser(description="Stores moved there and back; evidence checked with nothing of ours.")
    parser.add_argument("--part", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    row = figures(options.part, options.seed)
    print(json.dumps(row, indent=1))
    sys.exit(0 if is_good(row) else 1)


if __name__ == "__main__":
    main()
