"""``make pictures``: the report as a reader sees it, as docs/img/report-{phone,desktop}[-dark].png.

Three weeks of the replica's site, always the same, are reported and opened in Chromium. Exit 1 where axe-core has a serious
finding, a request leaves the page or it is wider than the screen. All of the page is looked at; the picture is of its beginning.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.pages_in_browser import browser, look_at_all, why_not
from benchmarks.report_stores import make_watched

IMAGES: Final = Path(__file__).parent.parent / "docs" / "img"
SHOWN: Final = 1600
"""Pixels from the top."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=IMAGES)
    options = parser.parse_args()
    if (reason := why_not()) is not None:
        raise SystemExit(reason)
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        page = Path(folder) / "report.html"
        write_report(f"sqlite:///{folder}/store.db", page)
        sys.exit(0 if draw(page, options.out) else 1)


def write_report(db_url: str, out: Path) -> None:
    make_watched(db_url)
    command = (sys.executable, "-m", "watch", "--db", db_url, "report", "--since", "2024-07-28", "--out", str(out))
    subprocess.run(command, check=True)


def draw(page: Path, folder: Path) -> bool:
    """Whether nothing is wrong with the page."""
    folder.mkdir(parents=True, exist_ok=True)
    is_good = True
    with browser() as driver:
        for name, seen in look_at_all(driver, page, tallest=SHOWN):
            print(
                f"{seen.name}: {len(seen.serious)} serious findings, {len(seen.left)} requests, overflow {seen.overflow}"
            )
            is_good &= seen.is_good
            (folder / name).write_bytes(seen.picture)
    return is_good


if __name__ == "__main__":
    main()
