"""How long a report of many changes takes and how large it is: ``csto-watch report`` on a store with as many edits, in a process.

``python -m benchmarks.report [--changes 1000]`` prints one JSON object and exits 1 where a limit is missed. The limit of
time is on that of the processor, which is the clock's on a machine that has nothing else to do. Memory is the most
that the process held. The negative control is the check of what is live in the page: with a script and a foreign picture put in,
it must find both.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

from benchmarks.report_stores import make_edited

MOST_SECONDS: Final = 5
MOST_BYTES: Final = 5_000_000
CHANGES: Final = 1000
_INJECTED: Final = '<script>alert(1)</script><img src="https://example.org/a.png">'
_LOADS: Final = frozenset({"src", "srcset", "data", "poster", "action", "formaction", "background"})


class _Live(HTMLParser):
    """Counts scripts, handlers, and what a browser would ask for without being told to."""

    def __init__(self) -> None:
        super().__init__()
        self.found = 0
        self.entries = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += tag in {"script", "iframe", "object", "embed", "base", "form", "link"}
        self.found += sum(name in _LOADS or name.startswith("on") for name, _ in attrs)
        self.entries += tag == "article"


def live(page: str) -> int:
    parser = _Live()
    parser.feed(page)
    parser.close()
    return parser.found


def entries(page: str) -> int:
    parser = _Live()
    parser.feed(page)
    return parser.entries


def figures(part: bool, seed: int) -> dict[str, Any]:
    """In part the clocks are left out: CI's machines are of any speed."""
    found = measure(CHANGES // 20 if part else CHANGES, seed)
    if part:
        del found["seconds"], found["cpu_seconds"]
    return found


def measure(changes: int, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        db_url, out = f"sqlite:///{folder}/store.db", Path(folder) / "report.html"
        make_edited(db_url, changes, seed)
        begun, cpu = time.monotonic(), _cpu()
        _write(db_url, out)
        seconds, cpu = time.monotonic() - begun, _cpu() - cpu
        page = out.read_text(encoding="utf-8")
        _write(db_url, out)
        again = out.read_text(encoding="utf-8")
    return {
        "changes": changes,
        "entries": entries(page),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "bytes": len(page.encode()),
        "megabytes_of_memory": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000),
        "same_bytes_again": page == again,
        "live": live(page),
        "control_live": live(page.replace("</main>", f"{_INJECTED}</main>")),
    }


def _cpu() -> float:
    """Of the processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _write(db_url: str, out: Path) -> None:
    command = (sys.executable, "-m", "watch", "--db", db_url, "report", "--out", str(out))
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def is_good(found: dict[str, Any]) -> bool:
    return bool(
        found["entries"] == found["changes"]
        and found.get("cpu_seconds", 0) < MOST_SECONDS
        and found["bytes"] < MOST_BYTES * found["changes"] / CHANGES + 100_000
        and found["same_bytes_again"]
        and found["live"] == 0
        and found["control_live"] == 2
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=CHANGES)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    found = measure(options.changes, options.seed)
    print(json.dumps({"seed": options.seed, **found}, indent=1))
    sys.exit(0 if is_good(found) else 1)


if __name__ == "__main__":
    main()
