"""``make pictures``: the report as a reader sees it, as docs/img/report-{phone,desktop}[-dark].png.

Three weeks of the replica's site, always the same, are reported and opened in Chromium. Exit 1 where axe-core has a serious
finding, a request leaves the page or it is wider than the screen.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.pages_in_browser import main as look
from benchmarks.report_stores import make_watched

IMAGES: Final = Path(__file__).parent.parent / "docs" / "img"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=IMAGES)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        db_url, out = f"sqlite:///{folder}/store.db", Path(folder) / "report.html"
        make_watched(db_url)
        command = (sys.executable, "-m", "watch", "--db", db_url, "report", "--since", "2024-07-28", "--out", str(out))
        subprocess.run(command, check=True)
        sys.exit(look([str(out), "--pictures", str(options.out)]))


if __name__ == "__main__":
    main()
