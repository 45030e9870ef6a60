"""``make pictures``: the report and the static site as a reader sees them, as docs/img/NAME-{phone,desktop}[-dark].png.

Three weeks of the replica's site, always the same, are reported, exported and opened in Chromium: the report, the site's first
page, the history of the page that was edited most and one of its changes. Exit 1 where axe-core has a serious finding, a request
leaves the page or it is wider than the screen. All of a page is looked at; the picture is of its beginning.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Mapping
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
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder:
        place = Path(folder)
        db_url = f"sqlite:///{place}/store.db"
        make_watched(db_url)
        pages = {"report": write_report(db_url, place / "report.html"), **write_site(db_url, place / "site")}
        sys.exit(0 if draw(pages, options.out) else 1)


def write_report(db_url: str, out: Path) -> Path:
    _program(db_url, "report", "--since", "2024-07-28", "--out", str(out))
    return out


def write_site(db_url: str, out: Path) -> dict[str, Path]:
    _program(db_url, "export", "--format", "site", "--out", str(out))
    histories = sorted(out.glob("pages/**/index.html"), key=lambda page: (-len(list(page.parent.iterdir())), str(page)))
    changes = sorted(each for each in histories[0].parent.glob("*-*.html"))
    return {"site": out / "index.html", "site-history": histories[0], "site-change": changes[0]}


def _program(db_url: str, *arguments: str) -> None:
    subprocess.run((sys.executable, "-m", "watch", "--db", db_url, *arguments), check=True)


def draw(pages: Mapping[str, Path], folder: Path) -> bool:
    """Whether nothing is wrong with any page."""
    folder.mkdir(parents=True, exist_ok=True)
    is_good = True
    with browser() as driver:
        for name, page in pages.items():
            # A page of the site may ask for what is in it: its style sheet.
            home = next((above for above in page.parents if (above / "style.css").exists()), None)
            for picture, seen in look_at_all(driver, page, home, tallest=SHOWN):
                serious, left = len(seen.serious), len(seen.left)
                print(f"{name}, {seen.name}: {serious} serious findings, {left} requests, overflow {seen.overflow}")
                is_good &= seen.is_good
                (folder / f"{name}{picture.removeprefix(page.stem)}").write_bytes(seen.picture)
    return is_good


if __name__ == "__main__":
    main()
